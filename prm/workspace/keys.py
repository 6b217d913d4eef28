"""The vendor's keys for machines: list, make, replace, revoke; a key is shown once; called by workspace.urls."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.accounts import actions as accounts
from prm.accounts.models import ApiToken
from prm.accounts.scopes import known_scopes
from prm.tenancy.queries import current_tenant
from prm.web.forms import posted
from prm.web.pages import PageRequest, console_page
from prm.workspace import queries
from prm.workspace.forms import TokenForm


@console_page("tokens.view")
def token_list(request: PageRequest) -> HttpResponse:
    context = {
        "tokens": queries.list_tokens(),
        "scopes": {scope.code: scope.label for scope in known_scopes()},
        "now": timezone.now(),
        "may_change": request.actor.can("tokens.change"),
    }
    return render(request, "console/prm/workspace/tokens.html", context)


@console_page("tokens.change", post="tokens.change", fresh=True)
def token_create(request: PageRequest) -> HttpResponse:
    zone = current_tenant().zone
    form = TokenForm(posted(request), today=timezone.localtime(timezone=zone).date())
    if form.is_valid():
        token, key = accounts.create_token(
            actor=request.actor,
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            expires_at=form.expires_at(zone),
            at=timezone.now(),
        )
        return _shown_once(request, token, key)
    status = 422 if form.errors else 200
    return render(request, "console/prm/workspace/token_form.html", {"form": form}, status=status)


@console_page("tokens.change", post="tokens.change", fresh=True)
def token_rotate(request: PageRequest, token_id: UUID) -> HttpResponse:
    token = queries.access_token(token_id)
    if request.method == "POST":
        try:
            key = accounts.rotate_token(actor=request.actor, token=token, at=timezone.now())
        except accounts.TokenAlreadyRevoked:
            messages.error(request, _("This key is revoked. Make another one."))
            return redirect("token-list")
        return _shown_once(request, token, key)
    return render(request, "console/prm/workspace/token_rotate.html", {"token": token})


@console_page("tokens.change", post="tokens.change")
def token_revoke(request: PageRequest, token_id: UUID) -> HttpResponse:
    token = queries.access_token(token_id)
    if request.method == "POST":
        try:
            accounts.revoke_token(actor=request.actor, token=token, at=timezone.now())
        except accounts.TokenAlreadyRevoked:
            messages.info(request, _("This key was revoked already."))
        else:
            messages.success(request, _("The key %(name)s opens nothing any more.") % {"name": token.name})
        return redirect("token-list")
    return render(request, "console/prm/workspace/token_revoke.html", {"token": token})


def _shown_once(request: PageRequest, token: ApiToken, key: str) -> HttpResponse:
    """The answer to the post itself: the key is nowhere to be asked for again."""
    return render(request, "console/prm/workspace/token_made.html", {"token": token, "key": key})
