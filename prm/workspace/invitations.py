"""The page behind an invitation's link, outside every tenant: join with a new account, or accept with the own one.

Promise: one link makes one membership, for the invited address alone; each context is opened and closed in turn.
Called by: workspace.urls.
"""

from http import HTTPStatus

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from prm.accounts.actions import (
    AlreadyMember,
    ConsentMissing,
    InvitationNotValid,
    accept_invitation,
    sign_up_invited,
)
from prm.accounts.models import ROLE_LABELS, User
from prm.kit.markdown import html_of
from prm.tenancy.context import identity_context
from prm.tenancy.queries import find_tenant
from prm.web.brand import brand_links
from prm.web.forms import posted
from prm.workspace.forms import ConsentForm, JoinForm
from prm.workspace.queries import Offer, find_offer


@transaction.non_atomic_requests
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    offer = _offer(request, secret)
    if offer is None:
        raise Http404
    if offer.state(timezone.now()) != "open":
        return _closed(request, offer)
    if isinstance(request.user, User):
        return _accept(request, offer, secret, request.user)
    if offer.has_account:
        return redirect_to_login(request.get_full_path(), reverse("account_login"))
    return _join(request, offer, secret)


def _offer(request: HttpRequest, secret: str) -> Offer | None:
    user_id = request.user.id if isinstance(request.user, User) else None
    return find_offer(secret, user_id, language=_language(), at=timezone.now())


def _language() -> str:
    return (get_language() or "en")[:2]


def _accept(request: HttpRequest, offer: Offer, secret: str, user: User) -> HttpResponse:
    """A person who is logged in: one tick and one button, if the invited address is theirs."""
    if user.email.lower() != offer.invitation.email:
        return _shown(
            request, offer, "other_address", HTTPStatus.FORBIDDEN if request.method == "POST" else 200
        )
    form = ConsentForm(posted(request), text=offer.consent)
    if not form.is_valid():
        return _shown(request, offer, "accept", 422 if form.errors else 200, form=form)
    return _enter(request, offer, secret, user)


def _join(request: HttpRequest, offer: Offer, secret: str) -> HttpResponse:
    """A new person: a name and a password, then in."""
    form = JoinForm(posted(request), email=offer.invitation.email, text=offer.consent)
    if not form.is_valid():
        return _shown(request, offer, "join", 422 if form.errors else 200, form=form)
    try:
        user = sign_up_invited(email=offer.invitation.email, language=_language(), **form.person())
    except IntegrityError:  # sent twice: the first one made the account
        return redirect(request.get_full_path())
    with identity_context():
        perform_login(request, user)
        record_authentication(request, user, method="password", email=user.email)
    return _enter(request, offer, secret, user)


def _enter(request: HttpRequest, offer: Offer, secret: str, user: User) -> HttpResponse:
    try:
        accept_invitation(
            tenant_id=offer.tenant.id, secret=secret, user=user, consent=offer.consent, at=timezone.now()
        )
    except ConsentMissing:  # another text binds since the page was read: the person is shown that one
        return redirect(request.get_full_path())
    except AlreadyMember:
        messages.info(request, _("You have this place already."))
    except InvitationNotValid:  # withdrawn or used between the page and its button
        return _closed(request, _offer(request, secret) or offer)
    face = "p" if offer.invitation.partner_id else "m"
    return redirect(f"/{offer.tenant.slug}/{face}/")


def _html(offer: Offer) -> SafeString:
    text = html_of(offer.consent.text) if offer.consent else ""
    return mark_safe(text)  # noqa: S308 - every character was escaped before the markup was added


def _closed(request: HttpRequest, offer: Offer) -> HttpResponse:
    return _shown(request, offer, offer.state(timezone.now()), HTTPStatus.GONE)


def _shown(
    request: HttpRequest,
    offer: Offer,
    state: str,
    status: int = HTTPStatus.OK,
    form: ConsentForm | None = None,
) -> HttpResponse:
    context = {
        "state": state,
        "offer": offer,
        "consent": _html(offer),
        "tenant": offer.tenant,
        "brand": brand_links(find_tenant(offer.tenant.slug)),
        "role_label": ROLE_LABELS[offer.invitation.role],
        "form": form,
    }
    return render(request, "account/invitation.html", context, status=status)
