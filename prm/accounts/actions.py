"""Writes about people: preferences, invitations, memberships, tokens.

Promise: every change of a place or a token leaves an audit record; called by workspace, web and API views.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from prm.accounts.actor import Actor, system_actor
from prm.accounts.consents import ConsentText, consent_to_ask, keep_consent
from prm.accounts.models import ApiToken, Invitation, Membership, User
from prm.accounts.rules import INVITATION_LIFETIME, hash_of, roles_grantable_by
from prm.accounts.scopes import unknown_among
from prm.accounts.tokens import mint_token
from prm.audit.actions import record
from prm.tenancy.context import identity_context, tenant_context


class RoleNotGrantable(Exception):
    """The actor may not give this role here."""

    code = "role_not_grantable"


class LastAdminCannotLeave(Exception):
    """A tenant and a partner always keep one administrator."""

    code = "last_admin_cannot_leave"


class InvitationNotValid(Exception):
    """The invitation was used, withdrawn or is too old."""

    code = "invitation_not_valid"


class AlreadyMember(Exception):
    """The person has this place already."""

    code = "already_member"


class ConsentMissing(Exception):
    """Nobody takes a place without agreeing to the text on personal data that binds on the day."""

    code = "consent_missing"


class ScopeUnknown(Exception):
    """A token was asked for with a scope that no resource has."""

    code = "scope_unknown"


class TokenAlreadyRevoked(Exception):
    """A revoked token stays revoked: make another one."""

    code = "token_already_revoked"


def prefer_language(*, user: User, language: str) -> None:
    User.objects.filter(id=user.id).update(language=language)


def prefer_theme(*, user: User, theme: str) -> None:
    User.objects.filter(id=user.id).update(theme=theme)


def invite(
    *, actor: Actor, email: str, role: str, partner_id: UUID | None, sees_money: bool, at: datetime
) -> tuple[Invitation, str]:
    """Offer one place to one address; returns the row and the secret that its link carries, known only now.

    An open invitation of the same address to the same place is withdrawn: one link works, the newest. Staff always see
    money.
    """
    place_id = actor.partner_id or partner_id
    sees_money = sees_money or _is_staff_role(role)
    if role not in roles_grantable_by(actor.role) or (place_id is None) != _is_staff_role(role):
        raise RoleNotGrantable
    address = email.strip().lower()
    if Membership.objects.filter(user__email=address, partner_id=place_id, ended_at__isnull=True).exists():
        raise AlreadyMember
    _withdraw_open(actor, address, place_id, at)
    secret = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        email=address,
        role=role,
        partner_id=place_id,
        sees_money=sees_money,
        secret_hash=hash_of(secret),
        invited_by_label=actor.label,
        created_at=at,
        expires_at=at + INVITATION_LIFETIME,
    )
    after = {
        "email": invitation.email,
        "role": role,
        "sees_money": sees_money,
        "partner_id": invitation.partner_id,
    }
    record(actor=actor, action="member.invited", subject=invitation, at=at, after=after)
    return invitation, secret


def _withdraw_open(actor: Actor, email: str, partner_id: UUID | None, at: datetime) -> None:
    open_ones = Invitation.objects.select_for_update().filter(
        email=email, partner_id=partner_id, accepted_at__isnull=True, withdrawn_at__isnull=True
    )
    for invitation in open_ones:
        withdraw_invitation(actor=actor, invitation=invitation, at=at)


def withdraw_invitation(*, actor: Actor, invitation: Invitation, at: datetime) -> None:
    """Close an open offer; its link is dead from the commit on."""
    invitation.withdrawn_at = at
    invitation.save(update_fields=["withdrawn_at"])
    record(actor=actor, action="member.invitation_withdrawn", subject=invitation, at=at)


def accept_invitation(
    *, tenant_id: UUID, secret: str, user: User, consent: ConsentText | None, at: datetime
) -> Membership:
    """Turn a live invitation into a membership of `user`, whose verified address must be the invited one.

    `consent` is the text that the person read and agreed to; None where none is asked any more. Raises
    `InvitationNotValid`, `ConsentMissing` (also when another text binds by now), `AlreadyMember`.
    """
    with tenant_context(tenant_id):
        invitation = Invitation.objects.select_for_update().filter(secret_hash=hash_of(secret)).first()
        if not _is_open(invitation, user.email, at):
            raise InvitationNotValid
        assert invitation is not None
        asked = consent_to_ask(user.id, language=consent.language if consent else user.language, at=at)
        if asked is not None and asked != consent:
            raise ConsentMissing
        try:
            with transaction.atomic():
                membership = Membership.objects.create(
                    user_id=user.id,
                    role=invitation.role,
                    partner_id=invitation.partner_id,
                    sees_money=invitation.sees_money,
                )
        except IntegrityError as clash:
            raise AlreadyMember from clash
        invitation.accepted_at = at
        invitation.save(update_fields=["accepted_at"])
        actor = system_actor(tenant_id, label=str(user))
        record(
            actor=actor, action="member.joined", subject=membership, at=at, after={"role": membership.role}
        )
        if asked is not None:
            _keep_consent(actor, membership, asked, at)
        return membership


def _keep_consent(actor: Actor, membership: Membership, text: ConsentText, at: datetime) -> None:
    keep_consent(membership, text, at)
    after = {"number": text.number, "language": text.language, "text_hash": text.text_hash}
    record(actor=actor, action="member.consented", subject=membership, at=at, after=after)


def _is_open(invitation: Invitation | None, email: str, at: datetime) -> bool:
    return (
        invitation is not None
        and invitation.accepted_at is None
        and invitation.withdrawn_at is None
        and invitation.expires_at > at
        and invitation.email == email.lower()
    )


def sign_up_invited(*, email: str, name: str, password: str, language: str) -> User:
    """Make the person an invitation speaks to; following its link has proved the address."""
    with identity_context():
        user = User.objects.create_user(email, password, name=name, language=language)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user


def change_member(*, actor: Actor, membership: Membership, role: str, sees_money: bool, at: datetime) -> None:
    """Give a member another role of the same kind (staff or partner). Staff always see money."""
    sees_money = sees_money or _is_staff_role(role)
    if role not in roles_grantable_by(actor.role) or (membership.partner_id is None) != _is_staff_role(role):
        raise RoleNotGrantable
    before = {"role": membership.role, "sees_money": membership.sees_money}
    if before == {"role": role, "sees_money": sees_money}:
        return
    if role != membership.role:
        _keep_an_admin(membership)
    membership.role, membership.sees_money = role, sees_money
    membership.save(update_fields=["role", "sees_money"])
    after = {"role": role, "sees_money": sees_money}
    record(actor=actor, action="member.changed", subject=membership, at=at, before=before, after=after)


def end_membership(*, actor: Actor, membership: Membership, at: datetime) -> None:
    _keep_an_admin(membership)
    membership.ended_at = at
    membership.save(update_fields=["ended_at"])
    record(actor=actor, action="member.removed", subject=membership, at=at)


def _is_staff_role(role: str) -> bool:
    return not role.startswith("partner_")


def _keep_an_admin(leaving: Membership) -> None:
    """Lock the admins of the place and refuse when the last one would go."""
    if leaving.role not in ("programme_admin", "partner_admin"):
        return
    admins = Membership.objects.select_for_update().filter(
        role=leaving.role, partner_id=leaving.partner_id, ended_at__isnull=True
    )
    if {admin.id for admin in admins} <= {leaving.id}:
        raise LastAdminCannotLeave


def note_token_use(*, token_id: UUID, at: datetime) -> None:
    """Remember the last use, at most once a minute so that a busy token is not a hot row."""
    stale = ApiToken.objects.filter(id=token_id).exclude(
        last_used_at__gte=at.replace(second=0, microsecond=0)
    )
    stale.update(last_used_at=at)


def create_token(
    *, actor: Actor, name: str, scopes: Iterable[str], expires_at: datetime | None, at: datetime
) -> tuple[ApiToken, str]:
    """Make a key for a machine; returns the row and the whole key, which is known only now."""
    wanted = set(scopes)
    if not wanted or unknown_among(wanted):
        raise ScopeUnknown(", ".join(sorted(unknown_among(wanted))))
    minted = mint_token()
    token = ApiToken.objects.create(
        name=name,
        prefix=minted.prefix,
        secret_hash=minted.secret_hash,
        scopes=sorted(wanted),
        created_by_id=actor.id if actor.kind == "person" else None,
        created_at=at,
        expires_at=expires_at,
    )
    after = {"name": name, "scopes": token.scopes, "expires_at": expires_at}
    record(actor=actor, action="token.created", subject=token, at=at, after=after)
    return token, minted.text


def rotate_token(*, actor: Actor, token: ApiToken, at: datetime) -> str:
    """Give a token another secret; the old one dies with the commit, the memory of answered keys stays."""
    if token.revoked_at is not None:
        raise TokenAlreadyRevoked
    minted = mint_token()
    before = {"prefix": token.prefix}
    token.prefix, token.secret_hash = minted.prefix, minted.secret_hash
    token.save(update_fields=["prefix", "secret_hash"])
    after = {"prefix": token.prefix}
    record(actor=actor, action="token.rotated", subject=token, at=at, before=before, after=after)
    return minted.text


def revoke_token(*, actor: Actor, token: ApiToken, at: datetime) -> None:
    """Close a key: the next request that presents it is refused."""
    if token.revoked_at is not None:
        raise TokenAlreadyRevoked
    token.revoked_at = at
    token.save(update_fields=["revoked_at"])
    record(actor=actor, action="token.revoked", subject=token, at=at)
