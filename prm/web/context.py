"""What every page gets: menu, tenant, actor, places, language and theme; called by the template engine."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import get_script_prefix
from django.utils import translation
from django.utils.translation import gettext as _

from prm.accounts.models import ROLE_LABELS
from prm.web.brand import brand_links
from prm.web.menu import menu_for


def page(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    theme = (
        user.theme if user is not None and user.is_authenticated else request.COOKIES.get("prm_theme", "auto")
    )
    content: dict[str, Any] = {
        "tenant": getattr(request, "tenant", None),
        "brand": brand_links(getattr(request, "tenant", None)),
        "actor": None,
        "viewing": getattr(request, "viewing", None),
        "menu": [],
        "memberships": [],
        "page_language": translation.get_language() or settings.LANGUAGE_CODE,
        "page_theme": theme if theme in ("light", "dark") else "auto",
        "languages": settings.LANGUAGES,
    }
    actor = getattr(request, "actor", None)
    if actor is not None:
        face = "portal" if actor.is_partner else "console"
        content["menu"] = menu_for(actor, face, request.path)
        content["bottom_items"] = [
            item for group in content["menu"] for item in group["items"] if item["at_hand"]
        ]
        content["home_url"] = get_script_prefix() + ("p/" if actor.is_partner else "m/")
        content["actor"] = {"label": actor.label, "role_label": ROLE_LABELS[actor.role], "face": face}
    content["memberships"] = [
        {
            "id": place.membership_id,
            "label": place.partner_name or _("%(tenant)s, staff") % {"tenant": place.tenant_name},
            "tenant": place.tenant_name,
            "role_label": ROLE_LABELS[place.role],
            "active": actor is not None and actor.id == place.membership_id,
        }
        for place in getattr(request, "places", [])
    ]
    return content
