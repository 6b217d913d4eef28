"""Composition of all addresses; the tenant's slug has already been taken off the path."""

from importlib import import_module
from itertools import chain

from django.urls import URLPattern, include, path, re_path

from prm.accounts.admin import operators
from prm.api.urls import missing_resource
from prm.web import views
from prm.workspace import urls as workspace

BUSINESS_APPS = ("partners", "incentives", "campaigns", "analytics")


def faces(name: str) -> list[URLPattern]:
    """One face's addresses: the platform's own, then each app's, found by name so that nothing is imported upwards."""
    apps = [import_module(f"{app}.urls") for app in BUSINESS_APPS]
    return list(chain(getattr(workspace, name, []), *(getattr(app, name, []) for app in apps)))


urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("", views.switcher, name="home"),
    path("switch/", views.switcher, name="switcher"),
    path("switch/to/", views.switch, name="switch"),
    path("preferences/language/", views.set_language, name="set-language"),
    path("preferences/theme/", views.set_theme, name="set-theme"),
    path("account/", include("allauth.urls")),
    path("invite/", include(workspace.public)),
    path("operator/", operators.urls),
    path("m/", include(faces("console"))),
    path("p/", include(faces("portal"))),
    path("join/", include(faces("join"))),
    path("check/", include(faces("check"))),
    path("find/", include(faces("find"))),
    path("brand/", include(faces("brand"))),
    path("api/v1/", include(faces("api"))),
    re_path(r"^api/", missing_resource, name="api-missing"),
]
