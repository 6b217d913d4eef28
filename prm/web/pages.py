"""Page decorators: who may open a page and who may post to it, declared beside the view.

Promise: the declaration (`view.access`) is the only source of the access matrix; called by console.py and portal.py.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _

from prm.accounts.actor import Actor
from prm.accounts.requests import PlatformRequest
from prm.tenancy.queries import TenantCard

View = Callable[..., HttpResponse]


class PageRequest(PlatformRequest):
    """A request inside a tenant: the tenant and the actor are known."""

    tenant: TenantCard
    actor: Actor


class VisitRequest(PlatformRequest):
    """A request of a stranger inside a tenant."""

    tenant: TenantCard
    visitor: Actor


@dataclass(frozen=True)
class Access:
    """Who may use a route: its face, the permission to read, the permission to post, and whether it asks for a fresh
    login (money, roles): for the post, or for reading where nothing is posted."""

    face: str
    permission: str
    post: str | None = None
    fresh: bool = False

    def asks_again(self, method: str) -> bool:
        return self.fresh and (method == "POST" or self.post is None)


def console_page(permission: str, *, post: str | None = None, fresh: bool = False) -> Callable[[View], View]:
    """A page of the vendor's staff. `post` names the permission of its form; without it the page only reads."""
    return _page(Access("console", permission, post, fresh))


def portal_page(permission: str, *, post: str | None = None, fresh: bool = False) -> Callable[[View], View]:
    """A page of a partner's people."""
    return _page(Access("portal", permission, post, fresh))


def public_page(*, posts: bool = False) -> Callable[[View], View]:
    """A page of a tenant that anybody may open. Its request carries `visitor` instead of `actor`, and its context shows
    one application at most."""
    access = Access("public", "", "" if posts else None)

    def decorate(view: View) -> View:
        @wraps(view)
        def opened(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.visitor is None:
                raise Http404
            if request.method not in ("GET", "HEAD", *(("POST",) if posts else ())):
                return HttpResponseNotAllowed(["GET", "POST"] if posts else ["GET"])
            return view(request, *args, **kwargs)

        opened.access = access  # type: ignore[attr-defined]
        return opened

    return decorate


def _page(access: Access) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.actor is None:
                return _send_to_login(request)
            _require(access, request)
            if access.asks_again(request.method) and not _logged_in_lately(request):
                return _ask_again(request)
            if access.face == "portal":
                _note_visit(request)
            return view(request, *args, **kwargs)

        guarded.access = access  # type: ignore[attr-defined]
        return guarded

    return decorate


Visit = Callable[[Actor, date], None]
_visits: list[Visit] = []
_CAME = "came"


def on_portal_visit(note: Visit) -> None:
    """`note(actor, day)` is told once a day and login that somebody of a partner came to the portal; in catalogues."""
    if note not in _visits:
        _visits.append(note)


def _note_visit(request: Any) -> None:
    """Staff who look as a partner are nobody of the partner's."""
    if request.actor.is_viewing:
        return
    today = timezone.localdate()
    mark = f"{request.actor.id} {today.isoformat()}"
    if request.session.get(_CAME) == mark:
        return
    for note in _visits:
        note(request.actor, today)
    request.session[_CAME] = mark


def _send_to_login(request: HttpRequest) -> HttpResponse:
    """A stranger logs in first; a person without a place here meets a missing page."""
    if request.user.is_authenticated:
        raise Http404
    return redirect_to_login(request.get_full_path(), reverse("account_login"))


def _require(access: Access, request: Any) -> None:
    reads = request.method in ("GET", "HEAD")
    if request.actor.is_viewing and not reads:
        raise PermissionDenied("who looks as a partner changes nothing")
    needed = access.permission if reads else access.post
    if needed is None:
        raise PermissionDenied("this page takes no changes")
    if not request.actor.can(needed):
        raise PermissionDenied(needed)


def _logged_in_lately(request: HttpRequest) -> bool:
    """Whether the person proved who they are within the last minutes, by logging in or again since."""
    proofs = get_authentication_records(request, request.user)
    return bool(proofs) and time.time() - proofs[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def _ask_again(request: HttpRequest) -> HttpResponse:
    """Money and roles need a login of the last minutes: confirm it is you, come back to the page, repeat the step."""
    came_from = request.headers.get("referer", "")
    safe = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    back = urlsplit(came_from).path if safe else request.path
    messages.info(request, _("Confirm that it is you, then repeat the step: nothing was done yet."))
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}")
