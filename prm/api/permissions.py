"""ScopeRequired: the token must hold the scope that the view declares for the method.

Promise: a method without a declared scope is refused; called by DRF through settings.
"""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from prm.accounts.actor import Actor
from prm.api.problems import Problem

if TYPE_CHECKING:  # DRF reads this module while it loads its own views
    from rest_framework.views import APIView


def scope_for(view: object, method: str) -> str | None:
    """What `view.scopes` asks of a method; HEAD reads like GET."""
    scopes: dict[str, str] = getattr(view, "scopes", {})
    return scopes.get("GET" if method == "HEAD" else method)


class ScopeRequired(BasePermission):
    def has_permission(self, request: Request, view: "APIView") -> bool:
        if getattr(view, "public", False):
            return True
        if request.auth is None:
            return False
        method = request.method or ""
        if not hasattr(view, method.lower()):
            return True  # answered 405 a moment later
        scope = scope_for(view, method)
        actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ApiView with the token
        if scope is None or scope not in actor.scopes:
            detail = _("This key does not hold the scope %(scope)s.") % {"scope": scope or "-"}
            raise Problem(403, "scope_required", detail)
        return True
