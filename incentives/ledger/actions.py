"""The only writer of transfers, reimbursements and periods.

Promises: a source posts once; a closed month takes nothing; a correction is a reversal. Called by: earnings, funds,
adjustments and payouts.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from incentives.ledger import sql_balances, sql_posting
from incentives.ledger.guards import ClosingForbidden, find_closing_objection
from incentives.ledger.joins import joined_by_hash
from incentives.ledger.models import ADJUSTMENT, Period, Reimbursement, Transfer
from incentives.ledger.queries import (
    FEW,
    PartnerBalance,
    closing_refusal,
    open_month_for,
    partners_with_balance,
)
from incentives.ledger.rules import ROUTES, Kind, due_from, due_move
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.kit.ids import uuid7
from prm.kit.periods import Period as Month
from prm.outbox.actions import emit
from prm.tenancy.context import require_context
from prm.tenancy.queries import current_tenant


class PeriodIsClosed(Exception):
    """A closed month takes no posting."""

    code = "period_is_closed"


class PeriodClosesInOrder(Exception):
    """The month before is still open."""

    code = "period_closes_in_order"


class PeriodNotCalculated(Exception):
    """The month has no finished calculation newer than its facts."""

    code = "period_not_calculated"


class PeriodNotOver(Exception):
    """A month is closed after its last day."""

    code = "period_not_over"


class ClosingRefused(Exception):
    """A higher room objects; `message` says why."""

    def __init__(self, objection: ClosingForbidden) -> None:
        super().__init__(objection.code)
        self.code = objection.code
        self.message = objection.message


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


@dataclass(frozen=True)
class Journal:
    """What causes postings, the month they are posted in, and the business day they count from."""

    source: Source
    period_on: date
    effective_on: date


def post(
    postings: Iterable[Posting],
    *,
    source: Source,
    actor: Actor,
    period_on: date,
    effective_on: date,
    at: datetime,
) -> None:
    """Write the transfers of one source in one journal; what the source has posted before is left as it is."""
    listed = [posting for posting in postings if posting.amount_minor]
    hold_books()
    _hold_open(period_on)
    if not listed:
        return
    parameters: dict[str, Any] = {
        "tenant": require_context().tenant_id,
        "journal": uuid7(),
        "kinds": [posting.kind.value for posting in listed],
        "debits": [ROUTES[posting.kind].debit for posting in listed],
        "credits": [ROUTES[posting.kind].credit for posting in listed],
        "partners": [posting.partner_id for posting in listed],
        "currencies": [posting.currency for posting in listed],
        "amounts": [posting.amount_minor for posting in listed],
        "legs": [posting.leg or f"{posting.partner_id}:{posting.currency}" for posting in listed],
        "source_type": source.type,
        "source_id": source.id,
        "actor_label": actor.label,
        "actor_id": actor.id,
        "period_on": period_on,
        "effective_on": effective_on,
        "at": at,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql_posting.ACCOUNTS, parameters)
        with joined_by_hash(wanted=len(listed) > FEW):
            cursor.execute(sql_posting.TRANSFERS, parameters)


def hold_books() -> None:
    """One writer of a tenant's ledger at a time, until its commit: balances that are read to decide what to post stay
    as they were read. Taken before any month is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"ledger:{require_context().tenant_id}"]
        )


def reverse(
    kinds: Collection[Kind], *, journal: Journal, actor: Actor, at: datetime, reason: str
) -> list[Transfer]:
    """Take back, each as a whole, what the journal's source has posted of these kinds and nobody has taken back. The
    transfer stays in the books, beside its mirror; asked again, it posts nothing."""
    hold_books()
    _hold_open(journal.period_on)
    posted = Transfer.objects.filter(
        source_type=journal.source.type, source_id=journal.source.id, kind__in=[kind.value for kind in kinds]
    )
    taken_back = Transfer.objects.filter(reverses_id=OuterRef("id"))
    transfers = list(posted.exclude(Exists(taken_back)).order_by("id"))
    journal_id = uuid7()
    for transfer in transfers:
        Transfer.objects.create(
            journal_id=journal_id,
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
            period_on=journal.period_on,
            effective_on=journal.effective_on,
            recorded_at=at,
        )
        record(actor=actor, action="ledger.reversed", subject=transfer, at=at, reason=reason)
    return transfers


_RUN_SUMS = """
    SELECT partner_id, payout_currency, sum(payout_amount_minor)::bigint
    FROM incentives_entry WHERE tenant_id = %s AND run_id = %s
    GROUP BY partner_id, payout_currency HAVING sum(payout_amount_minor) <> 0
"""


def post_run_entries(*, actor: Actor, run_id: UUID, period_on: date, at: datetime) -> int:
    """Bring a calculation's entries into the ledger, netted per partner and payout currency; returns how many sums.

    Called inside the transaction that finishes the run. What a refund took from something paid becomes due back.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RUN_SUMS, [actor.tenant_id, run_id])
        sums = cursor.fetchall()
    postings = [
        Posting(Kind.ACCRUAL if amount > 0 else Kind.ACCRUAL_LESS, partner_id, currency, abs(amount))
        for partner_id, currency, amount in sums
    ]
    journal = Journal(Source("calculation_run", run_id), period_on, Month.of(period_on).plus(1).starts_on)
    post(postings, **vars(journal), actor=actor, at=at)
    keep_dues_apart({partner_id for partner_id, _, _ in sums}, journal=journal, actor=actor, at=at)
    return len(sums)


def reimburse(
    *,
    actor: Actor,
    source: Source,
    partner_id: UUID,
    currency: str,
    amount_minor: int,
    label: str,
    at: datetime,
) -> Reimbursement:
    """Owe a partner a cost that the vendor shares: posted in the month of today, or in the first open one, and free at
    once. A source is reimbursed once."""
    owed = Reimbursement(
        source_type=source.type,
        source_id=source.id,
        label=label,
        partner_id=partner_id,
        amount_minor=amount_minor,
        currency=currency,
    )
    return _owe(owed, Kind.FUNDS, actor=actor, at=at)


@dataclass(frozen=True)
class Correction:
    """What people change of a balance, up or down. `settles_with`: the entry or adjustment whose money it corrects."""

    partner_id: UUID
    currency: str
    amount_minor: int
    label: str
    belongs_on: date | None
    settles_with: UUID | None
    written_by_user_id: UUID | None


def adjust(*, actor: Actor, adjustment_id: UUID, correction: Correction, at: datetime) -> Reimbursement:
    """Owe a partner more, or less, than was calculated: posted as a reimbursement is. What it takes from something paid
    becomes due back; so does what is more than the partner is owed."""
    owed = Reimbursement(source_type=ADJUSTMENT, source_id=adjustment_id, **vars(correction))
    kind = Kind.ADJUSTMENT if correction.amount_minor > 0 else Kind.ADJUSTMENT_LESS
    return _owe(owed, kind, actor=actor, at=at)


def _owe(owed: Reimbursement, kind: Kind, *, actor: Actor, at: datetime) -> Reimbursement:
    hold_books()
    today = _today(at)
    owed.period_on, owed.occurred_on, owed.free_on, owed.recorded_at = open_month_for(today), today, today, at
    owed.save(force_insert=True)
    journal = Journal(Source(owed.source_type, owed.source_id), owed.period_on, today)
    posting = Posting(kind, owed.partner_id, owed.currency, abs(owed.amount_minor))
    post([posting], **vars(journal), actor=actor, at=at)
    keep_dues_apart({owed.partner_id}, journal=journal, actor=actor, at=at)
    return owed


def keep_dues_apart(partner_ids: set[UUID], *, journal: Journal, actor: Actor, at: datetime) -> None:
    """Bring what these partners owe back to what it should be by now: after corrections of paid sales, after what was
    netted in a payment, after a payment came back. Asked again, it posts nothing."""
    if not partner_ids:
        return
    hold_books()
    balances = {(row.partner_id, row.currency): row for row in partners_with_balance(*partner_ids)}
    moves = []
    for partner_id, currency, unpaid, taken_back in _dues(partner_ids, balances.values()):
        balance = balances.get((partner_id, currency))
        move = due_move(due_from(unpaid, taken_back), balance.due_minor if balance else 0)
        if move is not None:
            moves.append(Posting(move[0], partner_id, currency, move[1]))
    post(moves, **vars(journal), actor=actor, at=at)


def _dues(partner_ids: set[UUID], balances: Iterable[PartnerBalance]) -> list[tuple[UUID, str, int, int]]:
    """Partner, currency, what is unpaid, what of it takes back from paid sales."""
    parameters: dict[str, Any] = {"tenant": require_context().tenant_id, "partners": list(partner_ids)}
    with connection.cursor() as cursor:
        cursor.execute(sql_balances.EVER_SENT, parameters)
        if not cursor.fetchone()[0]:
            return [(row.partner_id, row.currency, row.owed_minor, 0) for row in balances]
        cursor.execute(sql_balances.DUES, parameters)
        return list(cursor.fetchall())


def mature(*, period_on: date, actor: Actor, at: datetime) -> None:
    """At the closing of a month: what stands in closed months and is free by now becomes available."""
    owed = {(row.partner_id, row.currency): row.available_minor for row in partners_with_balance()}
    parameters: dict[str, Any] = {
        "tenant": require_context().tenant_id,
        "partners": list({partner_id for partner_id, _ in owed}),
        "also_on": period_on,
        "day": _today(at),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql_balances.FREE, parameters)
        free = cursor.fetchall()
    postings = [
        Posting(Kind.MATURITY, partner_id, currency, amount - owed.get((partner_id, currency), 0))
        for partner_id, currency, amount in free
        if amount > owed.get((partner_id, currency), 0)
    ]
    month = Period.objects.get(starts_on=period_on)
    journal = Journal(Source("period", month.id), period_on, _today(at))
    post(postings, **vars(journal), actor=actor, at=at)


def note_calculating(*, period_on: date) -> None:
    """While a calculation goes on the month does not count as calculated, so it cannot be closed."""
    Period.objects.update_or_create(starts_on=period_on, defaults={"calculated_at": None})


def note_calculated(*, period_on: date, at: datetime) -> None:
    """Remember that the month's sums are as of `at`."""
    Period.objects.update_or_create(starts_on=period_on, defaults={"calculated_at": at})


_REFUSALS: dict[str, type[Exception]] = {
    error.code: error for error in (PeriodIsClosed, PeriodClosesInOrder, PeriodNotOver, PeriodNotCalculated)
}


def close_period(*, actor: Actor, period_on: date, at: datetime) -> Period:
    """Close a month for good. Raises when it is closed, not its turn, not over, or not calculated with all its facts:
    a day that no calculation has made a month of the books is not made one here.

    Its statements are written by those who hear `period.closed`.
    """
    if not actor.can("periods.close"):
        raise PermissionDenied("periods.close")
    hold_books()
    kept = Period.objects.select_for_update().filter(starts_on=period_on).first()
    period = kept or Period(starts_on=period_on)
    refusal = closing_refusal(period, today=_today(at))
    if refusal:
        raise _REFUSALS[refusal]
    objection = find_closing_objection(period_on)
    if objection is not None:
        raise ClosingRefused(objection)
    mature(period_on=period_on, actor=actor, at=at)
    period.closed_at, period.closed_by_label = at, actor.label
    period.save(update_fields=["closed_at", "closed_by_label"])
    record(actor=actor, action="period.closed", subject=period, at=at)
    emit("period.closed", period_on=period_on.isoformat())
    return period


def _today(at: datetime) -> date:
    return at.astimezone(current_tenant().zone).date()


def _hold_open(period_on: date) -> None:
    """Keep the month open until our commit, beside others who post into it; one that is closed refuses."""
    Period.objects.get_or_create(starts_on=period_on)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT closed_at FROM incentives_period WHERE tenant_id = %s AND starts_on = %s FOR SHARE",
            [require_context().tenant_id, period_on],
        )
        (closed_at,) = cursor.fetchone()
    if closed_at is not None:
        raise PeriodIsClosed
