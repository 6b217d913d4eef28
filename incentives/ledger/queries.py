"""Reads of the ledger: balances, periods, the journal.

Promise: balances are sums of transfers, never stored; called by ledger's interfaces, earnings, funds and payouts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from incentives.ledger.joins import joined_by_hash
from incentives.ledger.models import AccountCode, LedgerAccount, LedgerSeal, Period, Reimbursement, Transfer
from incentives.ledger.rules import MIRRORS, Kind
from partners.directory.family import led_to_by
from partners.directory.models import Partner
from prm.accounts.actor import Actor
from prm.kit.periods import Period as Month
from prm.kit.searching import search_key
from prm.tenancy.context import require_context
from prm.tenancy.queries import current_tenant

FEW = 20
_BALANCES = """
    SELECT a.partner_id, a.currency, a.code,
        coalesce(sum(t.signed), 0)::bigint AS balance_minor
    FROM incentives_ledgeraccount a
    LEFT JOIN (
        SELECT debit_id AS account_id, -amount_minor AS signed FROM incentives_transfer WHERE tenant_id = %(tenant)s
        UNION ALL
        SELECT credit_id, amount_minor FROM incentives_transfer WHERE tenant_id = %(tenant)s
    ) t ON t.account_id = a.id
    WHERE a.tenant_id = %(tenant)s AND (%(partners)s::uuid[] IS NULL OR a.partner_id = ANY(%(partners)s::uuid[]))
    GROUP BY a.partner_id, a.currency, a.code
"""

_SUMS = """
    SELECT a.currency, a.code, sum(t.signed)::bigint FROM (
        SELECT account_id, sum(signed) AS signed FROM (
            SELECT debit_id AS account_id, -amount_minor AS signed FROM incentives_transfer WHERE tenant_id = %(tenant)s
            UNION ALL
            SELECT credit_id, amount_minor FROM incentives_transfer WHERE tenant_id = %(tenant)s) moved
        GROUP BY account_id) t
    JOIN incentives_ledgeraccount a ON a.tenant_id = %(tenant)s AND a.id = t.account_id
    GROUP BY a.currency, a.code
"""
_OF_SOME = """
    SELECT a.partner_id, a.currency, a.code, (
        (SELECT coalesce(sum(t.amount_minor), 0) FROM incentives_transfer t
            WHERE t.tenant_id = %(tenant)s AND t.credit_id = a.id)
        - (SELECT coalesce(sum(t.amount_minor), 0) FROM incentives_transfer t
            WHERE t.tenant_id = %(tenant)s AND t.debit_id = a.id))::bigint
    FROM incentives_ledgeraccount a
    WHERE a.tenant_id = %(tenant)s AND a.partner_id = ANY(%(partners)s::uuid[])
"""


@dataclass(frozen=True)
class Balance:
    """What stands in one purse: credits minus debits, in minor units."""

    partner_id: UUID | None
    currency: str
    code: str
    balance_minor: int


@dataclass(frozen=True)
class PartnerBalance:
    """What one partner has in one currency, in minor units: the sums of its purses, each with the sign a reader
    expects. `due_minor` is what the partner owes back."""

    partner_id: UUID
    currency: str
    pending_minor: int
    available_minor: int
    in_transit_minor: int
    paid_minor: int
    withheld_minor: int
    due_minor: int
    expense_minor: int

    @property
    def owed_minor(self) -> int:
        """What the vendor owes the partner, less what is due back."""
        return self.pending_minor + self.available_minor - self.due_minor


def list_balances(*partner_ids: UUID) -> list[Balance]:
    """Every purse of the tenant, or of some partners. For many, both tables are read once: what this transaction posted
    the planner does not know, and would look through all transfers for each purse."""
    reads_all = len(partner_ids) > FEW or not partner_ids
    parameters = {"tenant": require_context().tenant_id, "partners": list(partner_ids) or None}
    with joined_by_hash(wanted=reads_all), connection.cursor() as cursor:
        cursor.execute(_BALANCES, parameters)
        return [Balance(*row) for row in cursor.fetchall()]


def partners_with_balance(*partner_ids: UUID) -> list[PartnerBalance]:
    """One row per partner and currency that ever had a transfer."""
    return _by_partner(list_balances(*partner_ids))


def _by_partner(balances: Iterable[Balance]) -> list[PartnerBalance]:
    purses: dict[tuple[UUID, str], dict[str, int]] = {}
    for balance in balances:
        if balance.partner_id is not None:
            codes = purses.setdefault((balance.partner_id, balance.currency), {})
            codes[balance.code] = balance.balance_minor
    return [_partner_balance(partner_id, currency, codes) for (partner_id, currency), codes in purses.items()]


def _partner_balance(partner_id: Any, currency: str, codes: Mapping[str, int]) -> PartnerBalance:
    return PartnerBalance(
        partner_id=partner_id,
        currency=currency,
        pending_minor=codes.get(AccountCode.PAYABLE_PENDING, 0),
        available_minor=codes.get(AccountCode.PAYABLE_AVAILABLE, 0),
        in_transit_minor=codes.get(AccountCode.IN_TRANSIT, 0),
        paid_minor=codes.get(AccountCode.BANK, 0),
        withheld_minor=codes.get(AccountCode.WITHHOLDING, 0),
        due_minor=-codes.get(AccountCode.CLAWBACK_DUE, 0),
        expense_minor=-codes.get(AccountCode.EXPENSE, 0),
    )


def available_in(currency: str, partner_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Per partner what is available for payout in one currency."""
    wanted = list(partner_ids)
    rows = partners_with_balance(*wanted) if wanted else []
    return {row.partner_id: row.available_minor for row in rows if row.currency == currency}


@dataclass(frozen=True)
class ControlTotal:
    """Per currency: the sum over all purses, and the expense less entries and reimbursements; both must be zero."""

    currency: str
    purses_minor: int
    subledger_minor: int

    @property
    def holds(self) -> bool:
        return self.purses_minor == 0 and self.subledger_minor == 0


_SUBLEDGER = """
    SELECT e.payout_currency, sum(e.payout_amount_minor)::bigint
    FROM incentives_entry e JOIN incentives_calculationrun r ON r.tenant_id = %(tenant)s AND r.id = e.run_id
        AND r.finished_at IS NOT NULL
    WHERE e.tenant_id = %(tenant)s GROUP BY 1
"""
_REIMBURSED = """
    SELECT currency, sum(amount_minor)::bigint FROM incentives_reimbursement WHERE tenant_id = %(tenant)s GROUP BY 1
"""
_EXPENSES = (AccountCode.EXPENSE, AccountCode.FUNDS_EXPENSE, AccountCode.ADJUSTMENT_EXPENSE)


@dataclass(frozen=True)
class PurseSum:
    """What stands in all purses of one code and currency."""

    currency: str
    code: str
    balance_minor: int


def purse_sums() -> list[PurseSum]:
    """Each transfer is read once, and what comes back does not grow with partners."""
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, {"tenant": require_context().tenant_id})
        return [PurseSum(*row) for row in cursor.fetchall()]


def control_totals(sums: Iterable[PurseSum] | None = None) -> list[ControlTotal]:
    """What shows at a glance whether the books hold; `prove_books` says where they do not."""
    purses: dict[str, int] = {}
    expense: dict[str, int] = {}
    for balance in purse_sums() if sums is None else sums:
        purses[balance.currency] = purses.get(balance.currency, 0) + balance.balance_minor
        if balance.code in _EXPENSES:
            expense[balance.currency] = expense.get(balance.currency, 0) - balance.balance_minor
    with connection.cursor() as cursor:
        earned: dict[str, int] = {}
        for subledger in (_SUBLEDGER, _REIMBURSED):
            cursor.execute(subledger, {"tenant": require_context().tenant_id})
            for currency, amount in cursor.fetchall():
                earned[currency] = earned.get(currency, 0) + amount
    return [
        ControlTotal(currency, purses.get(currency, 0), expense.get(currency, 0) - earned.get(currency, 0))
        for currency in sorted(purses.keys() | earned.keys())
    ]


@dataclass(frozen=True)
class TransferFilter:
    """What the journal was narrowed to; empty values narrow nothing."""

    partner: UUID | None = None
    period_on: date | None = None
    kind: str = ""


def list_transfers(actor: Actor, wanted: TransferFilter) -> QuerySet[Transfer]:
    rows = Transfer.objects.select_related("debit", "credit")
    if wanted.partner is not None:
        purses = LedgerAccount.objects.filter(partner_id=wanted.partner).values("id")
        rows = rows.filter(Q(debit_id__in=purses) | Q(credit_id__in=purses))
    if wanted.period_on is not None:
        rows = rows.filter(period_on=wanted.period_on)
    return rows.filter(kind=wanted.kind) if wanted.kind else rows


def list_periods() -> QuerySet[Period]:
    return Period.objects.all()


def is_closed(period_on: date) -> bool:
    return Period.objects.filter(starts_on=period_on, closed_at__isnull=False).exists()


def last_closed() -> date | None:
    """The latest closed month; months are closed in order, so all before it are closed too."""
    row = Period.objects.filter(closed_at__isnull=False).order_by("-starts_on").first()
    return row.starts_on if row else None


def closing_time(period_on: date) -> datetime | None:
    row = Period.objects.filter(starts_on=period_on).first()
    return row.closed_at if row else None


def open_month_for(day: date) -> date:
    """The month a posting of this day goes to: its own, or the first one after the closed ones."""
    month, closed = Month.of(day), last_closed()
    if closed is not None and month.starts_on <= closed:
        return Month.of(closed).plus(1).starts_on
    return month.starts_on


def list_reimbursements(*partner_ids: UUID, currency: str = "") -> QuerySet[Reimbursement]:
    """What these partners, or all, are owed beside entries, oldest first."""
    rows = Reimbursement.objects.order_by("occurred_on", "id")
    rows = rows.filter(partner_id__in=partner_ids) if partner_ids else rows
    return rows.filter(currency=currency) if currency else rows


@dataclass(frozen=True)
class Movement:
    """One payment that left for a partner's bank, or came back from it, in a month."""

    kind: str
    source_id: UUID
    leg: str
    effective_on: date
    amount_minor: int


def payments_of(partner_id: UUID, currency: str, *, until: date) -> list[tuple[date, Movement]]:
    """The partner's payments, returns and withheld tax in months up to `until`, each with its month, oldest first. A
    reversal shows as what it amounts to: that of a return as a payment."""
    moving = [kind.value for kind in MIRRORS]
    rows = Transfer.objects.select_related("reverses").filter(
        Q(kind__in=moving) | Q(reverses__kind__in=moving),
        currency=currency,
        period_on__lte=until,
        debit__partner_id=partner_id,
    )
    return [(row.period_on, _movement(row)) for row in rows.order_by("id")]


def _movement(row: Transfer) -> Movement:
    cause = row.reverses or row
    kind = MIRRORS[Kind(cause.kind)] if row.reverses else row.kind
    return Movement(kind, cause.source_id, cause.leg, row.effective_on, row.amount_minor)


def closing_refusal(period: Period, *, today: date) -> str:
    """The code of what stands against closing this month, "" when nothing in the ledger does."""
    month = Month.of(period.starts_on)
    before = month.plus(-1).starts_on
    if period.closed_at is not None:
        return "period_is_closed"
    if before >= current_tenant().first_period_on and not is_closed(before):
        return "period_closes_in_order"
    if today < month.ends_on:
        return "period_not_over"
    return "" if period.calculated_at is not None else "period_not_calculated"


def next_to_close() -> Period | None:
    """The earliest month that is not closed, if the books have come to it."""
    return Period.objects.filter(closed_at__isnull=True).order_by("starts_on").first()


def count_closable(actor: Actor) -> int:
    """1 when nothing in the ledger stands against closing the next month, else 0."""
    following = next_to_close()
    return int(following is not None and not closing_refusal(following, today=timezone.localdate()))


NAMES = ("pending_minor", "available_minor", "due_minor", "in_transit_minor", "paid_minor", "withheld_minor")


def balance_totals(sums: Iterable[PurseSum]) -> list[dict[str, Any]]:
    """The sums of all partners' balances, one row per currency."""
    codes: dict[str, dict[str, int]] = {}
    for purses in sums:
        codes.setdefault(purses.currency, {})[purses.code] = purses.balance_minor
    return [
        {
            "currency": currency,
            **{name: getattr(_partner_balance(None, currency, found), name) for name in NAMES},
        }
        for currency, found in sorted(codes.items())
    ]


def partners_with_purse(partner: str = "") -> QuerySet[Partner]:
    """Partners that ever had a transfer; of those by a code or the beginning of a name, the ones merged into them
    too."""
    owners = LedgerAccount.objects.exclude(partner_id=None).values("partner_id")
    rows = Partner.objects.filter(id__in=owners)
    return rows.filter(named_partner(partner)) if partner else rows


def named_partner(typed: str) -> Q:
    named = Q(code=typed) | Q(name_key__startswith=search_key(typed))
    found = Partner.objects.filter(led_to_by(named)).values("id")
    return Q(id__in=found) | Q(merged_into_id__in=found)


def balances_of(partners: Iterable[Partner]) -> list[dict[str, Any]]:
    """The balances of some partners, in their order: their purses alone are summed, each by its index."""
    known = {partner.id: partner for partner in partners}
    with connection.cursor() as cursor:
        cursor.execute(_OF_SOME, {"tenant": require_context().tenant_id, "partners": list(known)})
        rows = _by_partner(Balance(*row) for row in cursor.fetchall())
    places = {id_: place for place, id_ in enumerate(known)}
    return [
        {"balance": row, "partner": known[row.partner_id]}
        for row in sorted(rows, key=lambda row: (places[row.partner_id], row.currency))
    ]


@dataclass(frozen=True)
class Sealed:
    """The newest seal, how many transfers all seals cover, and how many are not sealed yet."""

    head: LedgerSeal
    sealed_count: int
    waiting_count: int


def find_sealed() -> Sealed | None:
    head = LedgerSeal.objects.order_by("-number").first()
    if head is None:
        return None
    covered = LedgerSeal.objects.aggregate(total=Sum("transfer_count"))["total"]
    return Sealed(head, covered, Transfer.objects.filter(recorded_at__gte=head.until).count())


def partner_choices() -> list[tuple[str, str]]:
    """Partners that have a purse, by name."""
    owners = LedgerAccount.objects.exclude(partner_id=None).values("partner_id").distinct()
    rows = Partner.objects.filter(id__in=owners).order_by("name_key", "id")
    return [(str(id_), name) for id_, name in rows.values_list("id", "name")]


def posting_months() -> list[date]:
    """Months that hold transfers, newest first."""
    months = Transfer.objects.order_by("-period_on").values_list("period_on", flat=True)
    return list(months.distinct())


def with_partners(transfers: list[Transfer]) -> list[dict[str, Any]]:
    partners = Partner.objects.in_bulk({t.debit.partner_id for t in transfers if t.debit.partner_id})
    return [
        {"transfer": t, "partner": partners.get(t.debit.partner_id) if t.debit.partner_id else None}
        for t in transfers
    ]
