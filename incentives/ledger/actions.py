"""The only writer of transfers and periods.

Promises: a source posts once; a closed month takes nothing; a correction is a reversal; called by earnings and payouts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from incentives.ledger.models import LedgerAccount, Period, Transfer
from incentives.ledger.queries import list_balances
from incentives.ledger.rules import ROUTES, Kind, clawback_move
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.kit.ids import uuid7
from prm.kit.periods import Period as Month
from prm.outbox.actions import emit


class PeriodIsClosed(Exception):
    """A closed month takes no posting."""

    code = "period_is_closed"


class PeriodClosesInOrder(Exception):
    """The month before is still open."""

    code = "period_closes_in_order"


class PeriodNotCalculated(Exception):
    """The month has no finished calculation newer than its facts."""

    code = "period_not_calculated"


class AlreadyReversed(Exception):
    """A transfer is reversed once."""

    code = "already_reversed"


@dataclass(frozen=True)
class Posting:
    """One amount to move. `leg` tells apart the transfers of one source."""

    kind: Kind
    partner_id: UUID
    currency: str
    amount_minor: int
    leg: str = ""


@dataclass(frozen=True)
class Source:
    """The immutable row that causes the postings."""

    type: str
    id: UUID


def post(
    postings: Iterable[Posting],
    *,
    source: Source,
    actor: Actor,
    period_on: date,
    effective_on: date,
    at: datetime,
) -> list[Transfer]:
    """Write the transfers of one source in one journal; what the source has posted before is left as it is."""
    _hold_open(period_on)
    listed = [posting for posting in postings if posting.amount_minor]
    accounts = _accounts_for(listed)
    journal_id = uuid7()
    transfers = [
        Transfer(
            journal_id=journal_id,
            debit_id=accounts[ROUTES[posting.kind].debit, posting.partner_id, posting.currency],
            credit_id=accounts[ROUTES[posting.kind].credit, posting.partner_id, posting.currency],
            currency=posting.currency,
            amount_minor=posting.amount_minor,
            kind=posting.kind.value,
            source_type=source.type,
            source_id=source.id,
            leg=posting.leg or f"{posting.partner_id}:{posting.currency}",
            actor_label=actor.label,
            actor_id=actor.id,
            period_on=period_on,
            effective_on=effective_on,
            recorded_at=at,
        )
        for posting in listed
    ]
    return Transfer.objects.bulk_create(transfers, ignore_conflicts=True, batch_size=2_000)


def reverse_transfer(
    *, actor: Actor, transfer: Transfer, period_on: date, at: datetime, reason: str
) -> Transfer:
    """Take a transfer back as a whole, in an open month."""
    _hold_open(period_on)
    if Transfer.objects.filter(reverses_id=transfer.id).exists():
        raise AlreadyReversed
    reversal = Transfer.objects.create(
        journal_id=uuid7(),
        debit_id=transfer.credit_id,
        credit_id=transfer.debit_id,
        currency=transfer.currency,
        amount_minor=transfer.amount_minor,
        kind=Kind.REVERSAL.value,
        source_type="transfer",
        source_id=transfer.id,
        reverses_id=transfer.id,
        actor_label=actor.label,
        actor_id=actor.id,
        period_on=period_on,
        effective_on=period_on,
        recorded_at=at,
    )
    record(actor=actor, action="ledger.reversed", subject=transfer, at=at, reason=reason)
    return reversal


_RUN_SUMS = """
    SELECT partner_id, payout_currency, sum(payout_amount_minor)::bigint
    FROM incentives_entry WHERE tenant_id = %s AND run_id = %s
    GROUP BY partner_id, payout_currency HAVING sum(payout_amount_minor) <> 0
"""


def post_run_entries(*, actor: Actor, run_id: UUID, period_on: date, at: datetime) -> int:
    """Bring a calculation's entries into the ledger, netted per partner and payout currency; returns how many rows.

    Called inside the transaction that finishes the run. What a refund took from something paid becomes clawback due.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RUN_SUMS, [actor.tenant_id, run_id])
        sums = cursor.fetchall()
    postings = [
        Posting(Kind.ACCRUAL if amount > 0 else Kind.ACCRUAL_LESS, partner_id, currency, abs(amount))
        for partner_id, currency, amount in sums
    ]
    source = Source("calculation_run", run_id)
    effective_on = Month.of(period_on).plus(1).starts_on
    post(postings, source=source, actor=actor, period_on=period_on, effective_on=effective_on, at=at)
    moves = _clawback_moves({partner_id for partner_id, _, _ in sums})
    post(moves, source=source, actor=actor, period_on=period_on, effective_on=effective_on, at=at)
    return len(postings) + len(moves)


def _clawback_moves(partner_ids: set[UUID]) -> list[Posting]:
    purses: dict[tuple[UUID, str], dict[str, int]] = {}
    for balance in list_balances():
        if balance.partner_id in partner_ids:
            purses.setdefault((balance.partner_id, balance.currency), {})[balance.code] = (
                balance.balance_minor
            )
    moves = []
    for (partner_id, currency), codes in purses.items():
        payable = codes.get("payable_pending", 0) + codes.get("payable_available", 0)
        move = clawback_move(payable, -codes.get("clawback_due", 0))
        if move is not None:
            moves.append(Posting(move[0], partner_id, currency, move[1]))
    return moves


def note_calculating(*, period_on: date) -> None:
    """While a calculation goes on the month does not count as calculated, so it cannot be closed."""
    Period.objects.update_or_create(starts_on=period_on, defaults={"calculated_at": None})


def note_calculated(*, period_on: date, at: datetime) -> None:
    """Remember that the month's sums are as of `at`."""
    Period.objects.update_or_create(starts_on=period_on, defaults={"calculated_at": at})


def close_period(*, actor: Actor, period_on: date, at: datetime) -> Period:
    """Close a month for good. Raises when it is closed, not its turn, or not calculated."""
    period, _created = Period.objects.select_for_update().get_or_create(starts_on=period_on)
    if period.closed_at is not None:
        raise PeriodIsClosed
    earlier_open = Period.objects.filter(starts_on__lt=period_on, closed_at__isnull=True).exists()
    if earlier_open:
        raise PeriodClosesInOrder
    if period.calculated_at is None:
        raise PeriodNotCalculated
    period.closed_at, period.closed_by_label = at, actor.label
    period.save(update_fields=["closed_at", "closed_by_label"])
    record(actor=actor, action="period.closed", subject=period, at=at)
    emit("period.closed", period_on=period_on.isoformat())
    return period


def _hold_open(period_on: date) -> None:
    """Keep the month open until our commit; one that is closed refuses."""
    period, _created = Period.objects.get_or_create(starts_on=period_on)
    held = Period.objects.select_for_update(of=("self",)).get(id=period.id)
    if held.closed_at is not None:
        raise PeriodIsClosed


def _accounts_for(postings: list[Posting]) -> dict[tuple[str, UUID, str], UUID]:
    """The purses of these postings, made where they are missing."""
    wanted = {
        (code, posting.partner_id, posting.currency)
        for posting in postings
        for code in (ROUTES[posting.kind].debit, ROUTES[posting.kind].credit)
    }
    with transaction.atomic():
        LedgerAccount.objects.bulk_create(
            [
                LedgerAccount(code=code, partner_id=partner_id, currency=currency)
                for code, partner_id, currency in wanted
            ],
            ignore_conflicts=True,
        )
    partner_ids: set[Any] = {partner_id for _, partner_id, _ in wanted}
    rows = LedgerAccount.objects.filter(partner_id__in=partner_ids)
    found = {(row.code, row.partner_id, row.currency): row.id for row in rows}
    return {key: found[key] for key in wanted}
