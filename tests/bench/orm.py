"""Bench of the calculation beside what an application would write with Django's ORM: Decimal in Python and
`bulk_create` in batches, and a loop with a transaction per sale.

Promise: where the peers' simplified rules cover, both sides earned the same to the cent before speeds are told; called
by the bench command.

The peers' rules: a flat rate by category for everybody, a split line goes to its seller whole, a refund takes back its
part. No tiers, splits, limits, differences to what is posted, reasons, proof, hash or audit. They write the product's
own tables, in tenants of their own with the same rows, under the same policies.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection

from tests.bench.calculation import LINES, MARCH, NOW, ROUNDS, calculate, make_rows, timed
from tests.bench.quiet import beyond_the_walls, no_vacuum_by_itself, settle
from tests.bench.ratio import Line, Speed

if TYPE_CHECKING:
    from incentives.earnings.models import Entry
    from partners.sales.models import SaleLine

BULK_LINES, LOOP_LINES, AT_ONCE = min(LINES, 20_000), min(LINES, 1_000), 5_000
QUICKER_THAN_BULK, QUICKER_THAN_LOOP = 12.0, 200.0
PURSES = ("expense", "payable_pending")
APRIL = MARCH.replace(month=4)
# What flat-rate partners earned with lines that are not split, as a peer that has as many of the lines sees them.
_EARNED = """
SELECT l.external_id, p.code, e.cause, e.amount_minor, e.payout_amount_minor, e.currency, e.occurred_on, e.component_id
FROM incentives_entry e JOIN partners_saleline l ON l.tenant_id = e.tenant_id AND l.id = e.line_id
    JOIN partners_partner p ON p.tenant_id = e.tenant_id AND p.id = e.partner_id AND p.partner_type = 'reseller'
WHERE e.tenant_id = %s AND right(l.external_id, 8) <= %s
    AND NOT EXISTS (SELECT 1 FROM partners_salesplit s WHERE s.tenant_id = l.tenant_id
        AND s.line_id IN (l.id, l.refunded_line_id))
"""
_LEDGER = "SELECT coalesce(sum(amount_minor), 0) FROM incentives_transfer WHERE tenant_id = %s"
_ENTRIES = "SELECT coalesce(sum(amount_minor), 0) FROM incentives_entry WHERE tenant_id = %s"


def orm_ratios() -> Iterator[Line]:
    """Each round over rows of its own; the sides go first in turn."""
    sides: list[tuple[Callable[[UUID], None], int]] = [
        (calculate, LINES),
        (write_in_bulk, BULK_LINES),
        (write_one_by_one, LOOP_LINES),
    ]
    speeds: dict[Callable[[UUID], None], list[float]] = {side: [] for side, _lines in sides}
    with no_vacuum_by_itself():
        for place in range(ROUNDS):
            tenants = {side: make_rows(lines) for side, lines in sides}
            for side, lines in sides if place % 2 else reversed(sides):
                settle()
                speeds[side].append(lines / timed(partial(side, tenants[side])))
            for side, lines in sides[1:]:
                _refuse_different_amounts(tenants[calculate], tenants[side], lines)
    ours = median(speeds[calculate])
    what = f"calculation: sales/s, {LINES:,} lines, to bulk_create"
    yield Speed("P2", what, ours, median(speeds[write_in_bulk]), QUICKER_THAN_BULK)
    what = f"calculation: sales/s, {LINES:,} lines, to a loop of rows"
    yield Speed("P2", what, ours, median(speeds[write_one_by_one]), QUICKER_THAN_LOOP)


@dataclass
class _Rules:
    """What the peers know before they look at a line: rates by category, plan and version, and purses made so far."""

    rates: dict[str, Decimal]
    plan_id: UUID
    version_id: UUID
    run_id: UUID
    accounts: dict[tuple[UUID, str], UUID] = field(default_factory=dict)

    def amount(self, line: "SaleLine", refunded: "SaleLine | None") -> int:
        if refunded is None:
            return self._rounded(line.amount_minor * self._rate(line))
        whole = self._rounded(refunded.amount_minor * self._rate(line))
        return -self._rounded(Decimal(whole) * line.amount_minor / refunded.amount_minor)

    def entry(self, line: "SaleLine", refunded: "SaleLine | None") -> "Entry":
        from incentives.earnings.models import Entry

        amount, partner_id = self.amount(line, refunded), line.partner_id
        assert partner_id is not None
        return Entry(
            run_id=self.run_id, period_on=MARCH, belongs_on=MARCH, plan_id=self.plan_id, version_id=self.version_id,
            component_id=line.product.category.code, line_id=line.id, credited_partner_id=partner_id,
            partner_id=partner_id, occurred_on=line.occurred_on, amount_minor=amount, currency=line.currency,
            payout_amount_minor=amount, payout_currency=line.currency, free_on=line.occurred_on, cause=line.kind,
            inputs={"base_minor": line.amount_minor, "rate": str(self._rate(line))}, recorded_at=NOW,
        )  # fmt: skip

    def _rate(self, line: "SaleLine") -> Decimal:
        return self.rates[line.product.category.code]

    @staticmethod
    def _rounded(amount: Decimal) -> int:
        return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def write_in_bulk(tenant_id: UUID) -> None:
    """In one transaction, the ledger netted per partner as ours is."""
    from incentives.earnings.models import Entry
    from incentives.ledger.models import LedgerAccount, Transfer
    from partners.sales.models import SaleLine
    from prm.tenancy.context import tenant_context

    with tenant_context(tenant_id):
        rules = _rules(tenant_id)
        lines = {
            line.id: line
            for line in SaleLine.objects.select_related("product__category").iterator(chunk_size=AT_ONCE)
        }
        entries = [
            rules.entry(line, lines[line.refunded_line_id] if line.refunded_line_id else None)
            for line in lines.values()
        ]
        entries = [entry for entry in entries if entry.amount_minor]
        Entry.objects.bulk_create(entries, batch_size=AT_ONCE)
        sums: dict[UUID, int] = {}
        for entry in entries:
            sums[entry.partner_id] = sums.get(entry.partner_id, 0) + entry.amount_minor
        accounts = [
            LedgerAccount(code=code, partner_id=partner_id, currency="EUR")
            for partner_id in sums
            for code in PURSES
        ]
        LedgerAccount.objects.bulk_create(accounts, batch_size=AT_ONCE)
        purses = [(partner_id, code) for partner_id in sums for code in PURSES]
        rules.accounts = dict(zip(purses, (account.id for account in accounts), strict=True))
        transfers = [_transfer(rules, key, key, amount) for key, amount in sums.items() if amount]
        Transfer.objects.bulk_create(transfers, batch_size=AT_ONCE)


def write_one_by_one(tenant_id: UUID) -> None:
    """A transaction per sale: read the line, write its entry and its transfer."""
    from partners.sales.models import SaleLine
    from prm.tenancy.context import tenant_context

    with tenant_context(tenant_id):
        rules = _rules(tenant_id)
        line_ids = list(SaleLine.objects.order_by("external_id").values_list("id", flat=True))
    for line_id in line_ids:
        with tenant_context(tenant_id):
            _write_one(rules, line_id)


def _write_one(rules: _Rules, line_id: UUID) -> None:
    from incentives.ledger.models import LedgerAccount
    from partners.sales.models import SaleLine

    line = SaleLine.objects.select_related("product__category").get(id=line_id)
    refunded = SaleLine.objects.get(id=line.refunded_line_id) if line.refunded_line_id else None
    entry = rules.entry(line, refunded)
    if not entry.amount_minor:
        return
    entry.save(force_insert=True)
    for code in PURSES:
        account, _made = LedgerAccount.objects.get_or_create(
            code=code, partner_id=entry.partner_id, currency="EUR"
        )
        rules.accounts[entry.partner_id, code] = account.id
    _transfer(rules, entry.partner_id, entry.id, entry.amount_minor).save(force_insert=True)


def _rules(tenant_id: UUID) -> _Rules:
    """A run of theirs has the number of the tenant."""
    from incentives.plans.models import PlanVersion
    from tests.bench.by_hand import FLAT_RATES

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '300s'")
    version = PlanVersion.objects.get(plan__code="flat")
    rates = {code: Decimal(rate) for code, rate in FLAT_RATES.items()}
    return _Rules(rates, version.plan_id, version.id, tenant_id)


def _transfer(rules: _Rules, partner_id: UUID, leg: UUID, amount: int) -> Any:
    from incentives.ledger.models import Transfer

    codes = PURSES if amount > 0 else reversed(PURSES)
    debit, credit = (rules.accounts[partner_id, code] for code in codes)
    return Transfer(
        journal_id=rules.run_id, debit_id=debit, credit_id=credit, currency="EUR", amount_minor=abs(amount),
        kind="accrual" if amount > 0 else "accrual_less", source_type="calculation_run", source_id=rules.run_id,
        leg=f"{leg}:EUR", actor_label="system", period_on=MARCH, effective_on=APRIL, recorded_at=NOW,
    )  # fmt: skip


def _refuse_different_amounts(ours: UUID, theirs: UUID, lines: int) -> None:
    last = f"{lines:08d}"
    with beyond_the_walls() as cursor:
        sides = []
        for tenant_id in (ours, theirs):
            cursor.execute(_EARNED, [tenant_id, last])
            sides.append(set(cursor.fetchall()))
        cursor.execute(_ENTRIES, [theirs])
        earned = cursor.fetchone()
        cursor.execute(_LEDGER + " AND kind = 'accrual'", [theirs])
        (more,) = cursor.fetchone()
        cursor.execute(_LEDGER + " AND kind = 'accrual_less'", [theirs])
        (less,) = cursor.fetchone()
    assert earned == (more - less,), (earned, more, less)
    assert len(sides[0]) > lines // 4, (len(sides[0]), lines)
    if sides[0] != sides[1]:
        raise AssertionError(f"the engine and the ORM disagree: {sorted(map(str, sides[0] ^ sides[1]))[:5]}")
