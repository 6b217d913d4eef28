"""Plans, sale lines and calculations for tests, written straight into the tables that their rooms own.

Called by: tests of earnings, of crashes, the bench.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from incentives.earnings.actions import start_calculation
from incentives.earnings.models import CalculationRun, Entry, LineOutcome
from incentives.earnings.queries import open_run
from incentives.earnings.work import work_on_run
from incentives.plans.language import document_as_json, parse_document
from incentives.plans.models import Plan, PlanAssignment, PlanVersion
from partners.directory.models import Partner
from partners.products.models import Product, ProductCategory
from partners.sales.models import SaleLine, SaleSplit
from prm.accounts.actor import system_actor
from prm.kit.ids import uuid7
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant

NOW = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def make_product(code: str = "P1", category: str = "", *, earns: bool = True) -> Product:
    line = None
    if category:
        line, _ = ProductCategory.objects.get_or_create(code=category, defaults={"name": category})
    return Product.objects.create(code=code, name=code, category=line, earns=earns, changed_at=LONG_AGO)


def make_plan(code: str = "base", *, slot: str = "main") -> Plan:
    return Plan.objects.create(code=code, name=code.title(), slot=slot, created_at=NOW)


def publish(
    plan: Plan,
    components: list[dict[str, Any]],
    *,
    starts_on: date = date(2026, 1, 1),
    ends_on: date | None = None,
    at: datetime = NOW,
    terms: Mapping[str, str] | None = None,
    pays_after_acceptance: bool = False,
    **settings: Any,
) -> PlanVersion:
    document = parse_document({"currency": "EUR", **settings, "components": components})
    return PlanVersion.objects.create(
        plan=plan,
        number=plan.versions.count() + 1,
        document=document_as_json(document),
        starts_on=starts_on,
        ends_on=ends_on,
        edited_at=at,
        edited_by_user_id=uuid7(),
        published_at=at,
        published_by_user_id=uuid7(),
        terms=dict(terms or {}),
        pays_after_acceptance=pays_after_acceptance,
    )


def assign(
    plan: Plan,
    *,
    audience: str = "everyone",
    target: str = "",
    starts_on: date = date(2026, 1, 1),
    ends_on: date | None = None,
    at: datetime = NOW,
) -> PlanAssignment:
    return PlanAssignment.objects.create(
        plan=plan,
        slot=plan.slot,
        audience=audience,
        target=target,
        starts_on=starts_on,
        ends_on=ends_on,
        created_at=at,
    )


def sell(
    partner: Partner | None,
    product: Product,
    external_id: str,
    occurred_on: date,
    amount_minor: int,
    *,
    at: datetime = NOW,
    refunds: SaleLine | None = None,
    split: Mapping[UUID, Decimal | int] | None = None,
    **fields: Any,
) -> SaleLine:
    """A sale line, or with `refunds` a refund of that line. Split weights that are Decimals are percents."""
    if refunds is not None:
        fields |= {
            "kind": "refund",
            "refunded_external_id": refunds.external_id,
            "refunded_line_id": refunds.id,
        }
    line = SaleLine.objects.create(
        partner=partner,
        product=product,
        external_id=external_id,
        occurred_on=occurred_on,
        amount_minor=amount_minor,
        recorded_at=at,
        first_recorded_at=at,
        **{"source": "erp", "quantity": Decimal(1), "currency": "EUR", **fields},
    )
    for partner_id, weight in (split or {}).items():
        kind = {"percent": weight} if isinstance(weight, Decimal) else {"parts": weight}
        SaleSplit.objects.create(line=line, partner_id=partner_id, **kind)
    return line


def calculate(tenant: Tenant, period_on: date, *, at: datetime = NOW, shard_count: int = 2) -> CalculationRun:
    """Start a calculation and work it off in this process, with those that follow from it; outside a context."""
    with tenant_context(tenant.id):
        first = start_calculation(
            actor=system_actor(tenant.id), period_on=period_on, at=at, shard_count=shard_count
        )
    run: CalculationRun | None = first
    while run is not None:
        work_on_run(tenant_id=tenant.id, run_id=run.id, now=lambda: at)
        with tenant_context(tenant.id):
            run = open_run()
    with tenant_context(tenant.id):
        return CalculationRun.objects.get(id=first.id)


def amounts_of(run: CalculationRun) -> list[int]:
    """What the run posted, in the order of the lines' dates."""
    assert run.tenant_id is not None
    with tenant_context(run.tenant_id):
        posted = Entry.objects.filter(run_id=run.id).order_by(
            "occurred_on", "line_id", "partner_id", "component_id"
        )
        return list(posted.values_list("amount_minor", flat=True))


def outcomes_of(
    tenant: Tenant, lines: Iterable[SaleLine] | None = None
) -> dict[tuple[UUID, UUID | None, str], str]:
    """The reason per line, partner and slot."""
    with tenant_context(tenant.id):
        found = LineOutcome.objects.all()
        if lines is not None:
            found = found.filter(line_id__in=[line.id for line in lines])
        return {(row.line_id, row.partner_id, row.slot): row.reason for row in found}
