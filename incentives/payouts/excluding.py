"""A partner's balance taken out of a run by hand before it is submitted, and put back.

Promises: nothing is lost, for what was taken out is free for the next run; it stays out when the run is calculated
again; total and content hash follow at once. Called by: payouts.{calculation,console}.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from incentives.payouts import queries
from incentives.payouts.composing import hold_out
from incentives.payouts.content import content_hash_of, payable_items
from incentives.payouts.hand_models import PayoutExclusion
from incentives.payouts.models import ItemState, PayoutAllocation, PayoutItem, PayoutRun
from incentives.payouts.rules import content_hash
from incentives.payouts.steps import ContentChanged, begin, require_unchanged
from prm.accounts.actor import Actor
from prm.audit.actions import record

EXCLUDED = "excluded"


class PreparerExcludes(Exception):
    """What a run pays is the word of the person who prepared it."""

    code = "preparer_excludes"


class ItemNotExcludable(Exception):
    """The balance is not payable in this run, or was not taken out of it."""

    code = "item_not_excludable"


class TakenElsewhere(Exception):
    """What was taken out is in another run by now."""

    code = "taken_elsewhere"


@dataclass(frozen=True)
class Kept:
    """What a payment was before it was taken out; `sha256` is over all that the bank would act on."""

    amount_minor: int
    withheld_minor: int
    bank_account_id: str
    sha256: str


def take_out(*, actor: Actor, item: PayoutItem, reason: str, at: datetime) -> PayoutItem:
    """Pay everybody else. Raises `PreparerExcludes`, `ItemNotExcludable`, `ContentChanged`."""
    run = _begin(actor, item.run_id)
    assert actor.user_id is not None
    item = _item_of(run, item)
    if item.state != ItemState.RESERVED:
        raise ItemNotExcludable
    exclusion = PayoutExclusion.objects.create(
        run=run,
        partner_id=item.partner_id,
        reason=reason,
        excluded_by_label=actor.label,
        excluded_by_user_id=actor.user_id,
        excluded_at=at,
    )
    _hold(run, {item.partner_id: exclusion}, at=at)
    _count_again(run)
    after = {"partner": item.partner.name, "total_minor": run.total_minor}
    record(actor=actor, action="payout.item_excluded", subject=run, at=at, after=after, reason=reason)
    return _item_of(run, item)


def put_back(*, actor: Actor, item: PayoutItem, at: datetime) -> PayoutItem:
    """Pay it after all, if it would be paid now as it was calculated. Raises `TakenElsewhere` besides."""
    run = _begin(actor, item.run_id)
    item = _item_of(run, item)
    if item.state != ItemState.HELD or item.reason != EXCLUDED:
        raise ItemNotExcludable
    kept = Kept(**item.facts["kept"])
    item.state, item.reason = ItemState.RESERVED, ""
    item.amount_minor, item.withheld_minor = kept.amount_minor, kept.withheld_minor
    item.bank_account_id = UUID(kept.bank_account_id)
    item.facts = {name: fact for name, fact in item.facts.items() if name not in ("kept", EXCLUDED)}
    with transaction.atomic():
        item.save()
        _take_again(item)
        if _sha256_of(run, item) != kept.sha256:
            raise ContentChanged
    PayoutExclusion.objects.filter(run_id=run.id, partner_id=item.partner_id).delete()
    _count_again(run)
    after = {"partner": item.partner.name, "total_minor": run.total_minor}
    record(actor=actor, action="payout.item_put_back", subject=run, at=at, after=after)
    return item


def hold_excluded(run: PayoutRun, *, at: datetime) -> None:
    """In a run that is calculated again, what was taken out of it stays out."""
    rows = PayoutExclusion.objects.filter(run_id=run.id)
    _hold(run, {row.partner_id: row for row in rows}, at=at)


def _begin(actor: Actor, run_id: UUID) -> PayoutRun:
    run = begin("submit", actor=actor, run_id=run_id)
    if actor.user_id != run.created_by_user_id:
        raise PreparerExcludes
    require_unchanged(run, lock=True)
    return run


def _item_of(run: PayoutRun, item: PayoutItem) -> PayoutItem:
    found: PayoutItem = queries.list_items(run).get(id=item.id)
    return found


def _hold(run: PayoutRun, exclusions: dict[UUID, PayoutExclusion], *, at: datetime) -> None:
    rows = queries.list_items(run).filter(state=ItemState.RESERVED, partner_id__in=exclusions)
    items = list(rows)
    for item in items:
        told = exclusions[item.partner_id]
        kept = Kept(item.amount_minor, item.withheld_minor, str(item.bank_account_id), _sha256_of(run, item))
        said = {"reason": told.reason, "by": told.excluded_by_label}
        item.facts = {**item.facts, "kept": vars(kept), EXCLUDED: said}
    hold_out(items, EXCLUDED, at=at)


def _sha256_of(run: PayoutRun, item: PayoutItem) -> str:
    return content_hash(payable_items(run, lock=True, only=item.id))


def _take_again(item: PayoutItem) -> None:
    """What was free for another run since belongs to this payment again."""
    try:
        PayoutAllocation.objects.filter(item_id=item.id).update(released_at=None)
    except IntegrityError as clash:
        raise TakenElsewhere from clash


def _count_again(run: PayoutRun) -> None:
    run.item_count, run.total_minor, run.funnel = queries.totals_of(run.id)
    run.content_hash = content_hash_of(run)
    run.version += 1
    run.save()
