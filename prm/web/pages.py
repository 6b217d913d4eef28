"""Page decorators: who may open a page and who may post to it, declared beside the view.

Promise: the declaration (`view.access`) is the only source of the access matrix; called by console.py and portal.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from prm.accounts.actor import Actor
from prm.accounts.requests import PlatformRequest
from prm.tenancy.queries import TenantCard

View = Callable[..., HttpResponse]


class PageRequest(PlatformRequest):
    """A request inside a tenant: the tenant and the actor are known."""

    tenant: TenantCard
    actor: Actor


@dataclass(frozen=True)
class Access:
    """Who may use a route: its face, the permission to read, the permission to post, and whether the post asks for
    a fresh login (money)."""

    face: str
    permission: str
    post: str | None = None
    fresh: bool = False


def console_page(permission: str, *, post: str | None = None, fresh: bool = False) -> Callable[[View], View]:
    """A page of the vendor's staff. `post` names the permission of its form; without it the page only reads."""
    return _page(Access("console", permission, post, fresh))


def portal_page(permission: str, *, post: str | None = None, fresh: bool = False) -> Callable[[View], View]:
    """A page of a partner's people."""
    return _page(Access("portal", permission, post, fresh))


def _page(access: Access) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.actor is None:
                return _send_to_login(request)
            _require(access, request)
            return view(request, *args, **kwargs)

        guarded.access = access  # type: ignore[attr-defined]
        return guarded

    return decorate


def _send_to_login(request: HttpRequest) -> HttpResponse:
    """A stranger logs in first; a person without a place here meets a missing page."""
    if request.user.is_authenticated:
        raise Http404
    return redirect_to_login(request.get_full_path(), reverse("account_login"))


def _require(access: Access, request: Any) -> None:
    reads = request.method in ("GET", "HEAD")
    needed = access.permission if reads else access.post
    if needed is None:
        raise PermissionDenied("this page takes no changes")
    if not request.actor.can(needed):
        raise PermissionDenied(needed)
    if access.fresh and not reads:
        raise_if_reauthentication_required(request)
