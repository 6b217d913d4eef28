"""The operator's admin: the vendors and people of the installation, for those who run it; called by prm.urls.

Promise: for anybody but an operator it does not exist, and it opens after a second factor alone. Vendors are read
(commands open, suspend and resume them); of a person nothing is changed but whether they may log in.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from prm.accounts.models import ROLE_LABELS, User
from prm.accounts.operators import allow_login
from prm.accounts.queries import list_places, list_second_factors
from prm.tenancy.models import Tenant
from prm.tenancy.queries import list_tenants


class OperatorSite(admin.AdminSite):
    """Django's admin behind our own door: its log-in page and its password page are allauth's."""

    site_title = site_header = gettext_lazy("Operator")
    index_title = gettext_lazy("This installation")
    site_url = None

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        opened = super().admin_view(view, cacheable)

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            return turn_away(request) or opened(request, *args, **kwargs)

        return guarded

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return turn_away(request) or redirect("admin:index")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_change_password")


def turn_away(request: HttpRequest) -> HttpResponse | None:
    """Where somebody who may not come in is sent; None lets them in."""
    if not isinstance(request.user, User):
        return redirect_to_login(request.get_full_path(), reverse("account_login"))
    if not request.user.is_operator:
        raise Http404
    if not is_mfa_enabled(request.user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]):
        messages.warning(request, _("The operator's pages open with a second factor alone: add one first."))
        return redirect("mfa_index")
    proofs = get_authentication_records(request, request.user)
    if not any(proof["method"] == "mfa" for proof in proofs):  # it was added after this login
        return redirect_to_login(request.get_full_path(), reverse("mfa_reauthenticate"))
    return None


class PersonAdmin(admin.ModelAdmin):
    list_display = ("email", "known_as", "is_active", "is_operator")
    list_filter = ("is_active", "is_operator")
    search_fields = ("email", "name")
    ordering = ("email",)
    fields = ("email", "known_as", "is_active", "is_operator", "second_factors", "places")
    readonly_fields = ("email", "known_as", "is_operator", "second_factors", "places")
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        allow_login(person=obj, allowed=obj.is_active)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {"title": self.opts.verbose_name_plural})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return super().change_view(request, object_id, form_url, {"title": self.opts.verbose_name})

    @admin.display(description=pgettext_lazy("person", "Name"), ordering="name")
    def known_as(self, person: User) -> str:
        return person.name

    @admin.display(description=gettext_lazy("Second factors"))
    def second_factors(self, person: User) -> str:
        return ", ".join(list_second_factors(person.id)) or "—"

    @admin.display(description=gettext_lazy("Places"))
    def places(self, person: User) -> str:
        """The live ones, in vendors that are not suspended."""
        told = [
            f"{place.partner_name or place.tenant_name} ({ROLE_LABELS[place.role]})"
            for place in list_places(person.id)
        ]
        return ", ".join(told) or "—"


class VendorAdmin(admin.ModelAdmin):
    """A list alone: no context shows the rows of several vendors, a guard function tells their names."""

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_changelist"
        return [path("", self.admin_site.admin_view(self.changelist_view), name=name)]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Tenant | None = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": self.opts.verbose_name_plural,
            "opts": self.opts,
            "vendors": list_tenants(),
        }
        return TemplateResponse(request, "operator/vendors.html", context)


operators = OperatorSite()
operators.register(User, PersonAdmin)
operators.register(Tenant, VendorAdmin)
