"""Reads of the workspace: members and invitations, tokens, the audit trail.

Promise: a partner's person meets the people of the own partner alone; a foreign, missing or ended row answers 404.
Called by: workspace pages.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from prm.accounts.actor import Actor
from prm.accounts.consents import ConsentText, consent_to_ask
from prm.accounts.models import ApiToken, Invitation, Membership, User
from prm.accounts.permissions import STAFF_ROLES
from prm.accounts.queries import find_invited_tenant
from prm.accounts.rules import hash_of
from prm.audit.models import AuditRecord, AuditSeal
from prm.tenancy.context import identity_context, tenant_context
from prm.tenancy.models import Tenant
from prm.tenancy.queries import current_tenant
from prm.workspace.companies import company_names


def list_members(actor: Actor, *, q: str = "", role: str = "", partner_id: str = "") -> QuerySet[Membership]:
    """Live places that the actor may manage; `q` is part of a name or an address."""
    rows = Membership.objects.filter(ended_at__isnull=True).select_related("user")
    if actor.partner_id is not None:
        rows = rows.filter(partner_id=actor.partner_id)
    if role:
        rows = rows.filter(role=role)
    if partner_id:
        rows = rows.filter(partner_id=partner_id)
    return rows.filter(Q(user__name__icontains=q) | Q(user__email__icontains=q)) if q else rows


def access_member(actor: Actor, membership_id: UUID) -> Membership:
    return get_object_or_404(list_members(actor), id=membership_id)


def list_invitations(actor: Actor) -> QuerySet[Invitation]:
    """Offers that are neither accepted nor withdrawn, too old ones included, newest first."""
    rows = Invitation.objects.filter(accepted_at__isnull=True, withdrawn_at__isnull=True).order_by("-id")
    return rows if actor.partner_id is None else rows.filter(partner_id=actor.partner_id)


def access_invitation(actor: Actor, invitation_id: UUID) -> Invitation:
    return get_object_or_404(list_invitations(actor), id=invitation_id)


@dataclass(frozen=True)
class Offer:
    """What the holder of an invitation's link may know; `consent` is the text to agree to, None where it was before."""

    tenant: Tenant
    invitation: Invitation
    company: str
    has_account: bool
    consent: ConsentText | None

    def state(self, at: datetime) -> str:
        """ "open", or why the link opens nothing any more."""
        if self.invitation.accepted_at is not None:
            return "used"
        if self.invitation.withdrawn_at is not None:
            return "withdrawn"
        if self.invitation.expires_at <= at or self.tenant.suspended_at is not None:
            return "expired"
        return "open"


def find_offer(secret: str, user_id: UUID | None, *, language: str, at: datetime) -> Offer | None:
    """The invitation behind a link, asked outside of any context, for the person who is logged in or nobody."""
    hashed = hash_of(secret)
    tenant_id = find_invited_tenant(hashed)
    if tenant_id is None:
        return None
    with tenant_context(tenant_id):
        tenant, invitation = current_tenant(), Invitation.objects.get(secret_hash=hashed)
        partner_id = invitation.partner_id
        company = company_names([partner_id]).get(partner_id, "") if partner_id else ""
        consent = consent_to_ask(user_id, language=language, at=at)
    with identity_context():
        has_account = User.objects.filter(email=invitation.email).exists()
    return Offer(tenant, invitation, company, has_account, consent)


def list_tokens() -> QuerySet[ApiToken]:
    """Keys, live ones first, newest first."""
    return ApiToken.objects.select_related("created_by__user").order_by("revoked_at", "-id")


def access_token(token_id: UUID) -> ApiToken:
    """A key that still works or once did."""
    return get_object_or_404(ApiToken, id=token_id)


@dataclass(frozen=True)
class AuditFilter:
    """What the trail was narrowed to; empty values narrow nothing. `actor`: a membership, a key, or "system"."""

    action: str = ""
    actor: str = ""
    subject: UUID | None = None
    since: date | None = None
    until: date | None = None


def list_audit_records(wanted: AuditFilter) -> QuerySet[AuditRecord]:
    """Records that pass the filter; the caller orders and cuts. Days are the tenant's."""
    rows = AuditRecord.objects.all()
    if wanted.action:
        rows = rows.filter(action=wanted.action)
    if wanted.actor:
        rows = (
            rows.filter(actor_kind="system")
            if wanted.actor == "system"
            else rows.filter(actor_id=wanted.actor)
        )
    if wanted.subject:
        rows = rows.filter(subject_id=wanted.subject)
    if wanted.since:
        rows = rows.filter(recorded_at__gte=_midnight(wanted.since))
    return rows.filter(recorded_at__lt=_midnight(wanted.until + timedelta(days=1))) if wanted.until else rows


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=current_tenant().zone)


def actor_choices() -> list[tuple[str, str]]:
    """The vendor's people, ended ones too, and the keys: those who may have acted."""
    people = Membership.objects.filter(role__in=STAFF_ROLES).select_related("user")
    named = [(str(row.id), str(row.user)) for row in people] + [
        (str(token.id), token.name) for token in ApiToken.objects.all()
    ]
    return sorted(named, key=lambda choice: choice[1].casefold())


def label_of_actor(actor_id: str) -> str:
    """How the trail itself names an actor that is in no list."""
    return _label("actor_label", actor_id=actor_id)


def label_of_subject(subject_id: str) -> str:
    return _label("subject_label", subject_id=subject_id)


def _label(column: str, **wanted: str) -> str:
    try:
        keys = {name: UUID(text) for name, text in wanted.items()}
    except ValueError:
        return ""
    return AuditRecord.objects.filter(**keys).order_by("-id").values_list(column, flat=True).first() or ""


def count_seals() -> tuple[int, int]:
    """How many records are chained, and how many wait for the next sealing."""
    sealed = AuditSeal.objects.count()
    return sealed, AuditRecord.objects.count() - sealed
