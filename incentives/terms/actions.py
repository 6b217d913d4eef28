"""Asking partners for the terms of versions, accepting them, reminding who has not.

Promises: who is asked is told once; an acceptance is written once per partner and version, for the text that was read;
a reminder reaches nobody twice within a week. Called by: terms.{console,portal,api,tasks}."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q

from incentives.plans.models import PlanVersion
from incentives.terms.models import TermsAcceptance, TermsRequest
from incentives.terms.queries import (
    covered_by,
    earned_in,
    outstanding,
    own_terms,
    today,
    versions_with_terms,
)
from incentives.terms.refusals import NobodyToRemind, NotAsked, TermsOutdated, TextChanged
from incentives.terms.rules import REMIND_EVERY
from partners.directory.family import family_ids
from partners.directory.models import Partner
from partners.onboarding.rules import in_language, text_hash
from prm.accounts.actor import Actor, system_actor
from prm.audit.actions import record
from prm.notifications.actions import PartnerPeople, notify
from prm.outbox.actions import emit
from prm.tenancy.context import require_context
from prm.tenancy.locks import hold

ASK = "incentives.terms.ask"
MAY_ACCEPT, MAY_REMIND = "terms.accept", "terms.remind"


def ask_partners(*, at: datetime, run_id: UUID | None = None) -> int:
    """Ask whom the versions with terms cover and who was not asked yet, and whoever earned by one in the run; how many
    were asked."""
    hold("terms")
    day, versions = today(at), {version.id: version for version in versions_with_terms()}
    if not versions:
        return 0
    wanted = {(one.id, partner_id) for one in versions.values() for partner_id in covered_by(one, day)}
    if run_id is not None:
        wanted |= earned_in(run_id, versions)
    asked = TermsRequest.objects.filter(version_id__in={version_id for version_id, _partner in wanted})
    new = wanted - set(asked.values_list("version_id", "partner_id"))
    TermsRequest.objects.bulk_create(
        TermsRequest(version_id=version_id, partner_id=partner_id, asked_at=at)
        for version_id, partner_id in sorted(new)
    )
    system = system_actor(_tenant_id())
    for version_id in {version_id for version_id, _partner in new}:
        rows = outstanding(system, versions[version_id], day).filter(asked_at=at, told_at__isnull=True)
        _tell(versions[version_id], rows, "terms.published", at)
    return len(new)


def remind(*, actor: Actor, version: PlanVersion, at: datetime) -> int:
    """Tell again those of the actor's partners who have not accepted; how many. Raises `NobodyToRemind`."""
    if not actor.can(MAY_REMIND):
        raise PermissionDenied(MAY_REMIND)
    quiet = Q(told_at__isnull=True) | Q(told_at__lte=at - REMIND_EVERY)
    rows = outstanding(actor, version, today(at)).filter(quiet).select_for_update(of=("self",))
    count = _tell(version, rows, "terms.reminded", at)
    if not count:
        raise NobodyToRemind
    record(actor=actor, action="terms.reminded", subject=version, at=at, after={"partners": count})
    return count


def _tell(version: PlanVersion, rows: Iterable[TermsRequest], kind: str, at: datetime) -> int:
    """Everybody of these partners who may accept, in a language of their own."""
    told = list(rows)
    params: dict[str, str | int | date] = {"plan": version.plan.name, "day": version.starts_on}
    for row in told:
        readers = PartnerPeople(row.partner_id, MAY_ACCEPT)
        notify(kind, to=readers, params=params, link=("portal-terms-version", [version.id]))
    TermsRequest.objects.filter(id__in=[row.id for row in told]).update(told_at=at)
    return len(told)


def accept_terms(
    *, actor: Actor, partner: Partner, version: PlanVersion, language: str, read_hash: str, at: datetime
) -> TermsAcceptance:
    """Accept for the partner, by its own people or by the vendor on its behalf. What was accepted before stays as it
    is. `read_hash` is that of the text the person has read. Raises `NotAsked`, `TermsOutdated`, `TextChanged`."""
    _refuse_strangers(actor, partner)
    family = family_ids(partner.id)
    standing = TermsAcceptance.objects.filter(version=version, partner_id__in=family).first()
    if standing is not None:
        return standing
    asked = next((one for one in own_terms(partner.id, today(at)) if one.version.id == version.id), None)
    if asked is None:
        raise NotAsked
    if asked.taken_over:
        raise TermsOutdated
    text, code = in_language(version.terms, language)
    if text_hash(text) != read_hash:
        raise TextChanged
    return _keep(actor, partner, version, code, read_hash, at)


def _keep(
    actor: Actor, partner: Partner, version: PlanVersion, language: str, hashed: str, at: datetime
) -> TermsAcceptance:
    try:
        with transaction.atomic():
            acceptance = TermsAcceptance.objects.create(
                partner=partner,
                version=version,
                language=language,
                text_hash=hashed,
                accepted_at=at,
                accepted_by_label=actor.label,
                accepted_by_user_id=actor.user_id,
                on_behalf=not actor.is_partner,
            )
    except IntegrityError as clash:
        if "terms_acceptance_once" not in str(clash):
            raise
        return TermsAcceptance.objects.get(version=version, partner=partner)
    after = {
        "plan": version.plan.code,
        "number": version.number,
        "language": language,
        "text_hash": hashed,
    }
    record(actor=actor, action="terms.accepted", subject=partner, at=at, after=after)
    emit("terms.accepted", partner_id=partner.id, version_id=version.id)
    return acceptance


def _refuse_strangers(actor: Actor, partner: Partner) -> None:
    """A partner's person accepts for the own company; of the vendor's side a key whose scope the API has checked."""
    if actor.kind != "person":
        return
    if not actor.can(MAY_ACCEPT) or actor.is_viewing or actor.partner_id != partner.id:
        raise PermissionDenied(MAY_ACCEPT)


def _tenant_id() -> UUID:
    return require_context().tenant_id
