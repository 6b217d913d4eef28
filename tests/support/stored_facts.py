"""Puts the pure facts of a calculation into the database, and reads what the SQL made of them.

Promise: facts with UUIDs for ids mean the same in both executions; called by the agreement and acceptance tests.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from incentives.earnings.models import CalculationRun, Entry, LineOutcome
from incentives.ledger.models import Period as LedgerPeriod
from incentives.plans.document_json import document_as_json
from incentives.plans.facts import Facts, SaleLine
from incentives.plans.models import PartnerGoal, Plan, PlanAssignment, PlanVersion
from incentives.plans.reference import Evaluation
from incentives.plans.targets import inputs_as_json
from partners.customers.models import Customer
from partners.deals.models import Deal, Protection
from partners.directory.models import Partner, PartnerParent, PartnerStanding
from partners.products.models import Product, ProductCategory
from partners.sales.models import SaleLine as StoredLine
from partners.sales.models import SalePayment, SaleSplit
from partners.segments.models import Segment, SegmentMember
from partners.training.models import Certificate, Course
from prm.currencies.models import ExchangeRate
from prm.kit.ids import uuid7
from prm.kit.periods import Period
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from tests.support.cast import make_tenant
from tests.support.commission import calculate

AT = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
NEVER = datetime(2999, 1, 1, tzinfo=UTC)


def with_uuids(facts: Facts) -> Facts:
    """The same facts with a UUID for every id; the order of ids is kept where it means something."""

    def ids(kind: int, names: Iterable[str]) -> dict[str, str]:
        return {name: str(UUID(int=(kind << 64) + place)) for place, name in enumerate(sorted(names), 1)}

    partners = ids(1, (partner.id for partner in facts.partners))
    products = ids(2, (product.id for product in facts.products))
    customers = ids(3, (customer.id for customer in facts.customers))
    deals = ids(8, (held.deal_id for held in facts.protections))
    lines = ids(4, (line.id for line in facts.lines))
    plans = ids(5, (plan.id for plan in facts.plans))
    versions = ids(6, (version.id for plan in facts.plans for version in plan.versions))
    rates = ids(7, (rate.id for rate in facts.rates))

    def line_of(line: SaleLine) -> SaleLine:
        return replace(
            line,
            id=lines[line.id],
            product_id=products[line.product_id],
            partner_id=partners[line.partner_id] if line.partner_id is not None else None,
            customer_id=customers[line.customer_id] if line.customer_id is not None else None,
            deal_id=deals[line.deal_id] if line.deal_id is not None else None,
            split=tuple(replace(share, partner_id=partners[share.partner_id]) for share in line.split),
        )

    return replace(
        facts,
        lines=tuple(line_of(line) for line in facts.lines),
        partners=tuple(
            replace(
                partner,
                id=partners[partner.id],
                parents=tuple(replace(held, value=partners[held.value]) for held in partner.parents),
            )
            for partner in facts.partners
        ),
        products=tuple(replace(product, id=products[product.id]) for product in facts.products),
        customers=tuple(replace(customer, id=customers[customer.id]) for customer in facts.customers),
        protections=tuple(
            replace(held, deal_id=deals[held.deal_id], partner_id=partners[held.partner_id])
            for held in facts.protections
        ),
        rates=tuple(replace(rate, id=rates[rate.id]) for rate in facts.rates),
        plans=tuple(
            replace(
                plan, id=plans[plan.id], versions=tuple(replace(v, id=versions[v.id]) for v in plan.versions)
            )
            for plan in facts.plans
        ),
        goals=tuple(
            replace(goal, plan_id=plans[goal.plan_id], partner_id=partners[goal.partner_id])
            for goal in facts.goals
        ),
        assignments=tuple(
            replace(
                item,
                plan_id=plans[item.plan_id],
                target=partners[item.target] if item.audience == "partner" else item.target,
            )
            for item in facts.assignments
        ),
    )


def store(facts: Facts, starts_on: date, ends_on: date) -> Tenant:
    """A tenant of its own whose tables say what the facts say; its books begin at `starts_on`."""
    name = f"t{uuid7().hex}"
    tenant = make_tenant(name, name, first_period_on=starts_on, fiscal_month=facts.fiscal_month)
    with tenant_context(tenant.id):
        _store_partners(facts)
        _store_products(facts)
        _store_protections(facts)
        _store_plans(facts)
        _store_lines(facts)
        _store_periods(facts, starts_on, ends_on)
    return tenant


def _store_partners(facts: Facts) -> None:
    Partner.objects.bulk_create(
        Partner(
            id=UUID(partner.id),
            number=place,
            code=partner.code,
            name=partner.code,
            name_key=partner.code,
            joined_on=max(partner.joined_on, date(2000, 1, 1)),
            created_at=AT,
            changed_at=AT,
        )
        for place, partner in enumerate(facts.partners)
    )
    PartnerStanding.objects.bulk_create(
        PartnerStanding(
            partner_id=UUID(partner.id),
            starts_on=standing.starts_on,
            ends_on=standing.ends_on,
            partner_type=standing.partner_type,
            country=standing.country,
            region=standing.region,
            tier=standing.tier,
        )
        for partner in facts.partners
        for standing in partner.standings
    )
    PartnerParent.objects.bulk_create(
        PartnerParent(
            partner_id=UUID(partner.id),
            parent_id=UUID(held.value),
            starts_on=held.starts_on,
            ends_on=held.ends_on,
        )
        for partner in facts.partners
        for held in partner.parents
    )
    _store_memberships(facts)
    _store_certificates(facts)


def _store_memberships(facts: Facts) -> None:
    held = [(partner.id, item) for partner in facts.partners for item in partner.segments]
    segments = {
        code: Segment.objects.create(code=code, name=code, kind="list", created_at=AT, changed_at=AT)
        for code in sorted({item.value for _, item in held})
    }
    SegmentMember.objects.bulk_create(
        SegmentMember(
            segment=segments[item.value],
            partner_id=UUID(partner_id),
            starts_on=item.starts_on,
            ends_on=item.ends_on,
        )
        for partner_id, item in held
    )


def _store_certificates(facts: Facts) -> None:
    """Every second one that ends was revoked and would have held longer."""
    held = [(partner.id, item) for partner in facts.partners for item in partner.certificates]
    courses = {
        code: Course.objects.create(code=code, title=code, changed_at=AT)
        for code in sorted({item.value for _, item in held})
    }
    Certificate.objects.bulk_create(
        Certificate(
            number=place,
            code=f"code-{place}",
            partner_id=UUID(partner_id),
            course=courses[item.value],
            person="Person",
            issued_on=item.starts_on,
            valid_until=None if item.ends_on is None else item.ends_on + timedelta(days=30 * (place % 2)),
            revoked_on=item.ends_on if place % 2 else None,
        )
        for place, (partner_id, item) in enumerate(held)
    )


def _store_products(facts: Facts) -> None:
    codes = sorted({product.category for product in facts.products if product.category is not None})
    categories = {code: ProductCategory.objects.create(code=code, name=code) for code in codes}
    Product.objects.bulk_create(
        Product(
            id=UUID(product.id),
            code=product.code,
            name=product.code,
            category=categories[product.category] if product.category is not None else None,
            earns=product.earns,
            changed_at=AT,
        )
        for product in facts.products
    )
    Customer.objects.bulk_create(
        Customer(
            id=UUID(customer.id),
            code=customer.id,
            name=customer.id,
            industry=customer.industry,
            match_key=customer.claim_keys[0] if customer.claim_keys else customer.id,
            web_key=customer.claim_keys[1] if len(customer.claim_keys) > 1 else "",
            changed_at=AT,
        )
        for customer in facts.customers
    )
    ExchangeRate.objects.bulk_create(
        ExchangeRate(
            id=UUID(rate.id),
            base=rate.base,
            quote=rate.quote,
            published_on=rate.published_on,
            rate=rate.rate,
            recorded_at=AT,
        )
        for rate in facts.rates
    )


def _store_protections(facts: Facts) -> None:
    lines = {category.code: category for category in ProductCategory.objects.all()}
    deals = {
        held.deal_id: Deal.objects.create(
            id=UUID(held.deal_id),
            number=place,
            partner_id=UUID(held.partner_id),
            customer=held.claim_key,
            line=lines[held.category],
            amount_minor=1,
            currency="EUR",
            closes_on=held.ends_on,
            state="expired",
            claim_key=held.claim_key,
            claim_basis="name",
            name_key=held.claim_key,
            submitted_at=AT,
            decide_by=AT,
            changed_at=AT,
        )
        for place, held in enumerate(facts.protections)
    }
    Protection.objects.bulk_create(
        Protection(
            deal=deals[held.deal_id],
            partner_id=UUID(held.partner_id),
            claim_key=held.claim_key,
            line=lines[held.category],
            starts_on=held.starts_on,
            ends_on=held.ends_on,
        )
        for held in facts.protections
    )


def _store_plans(facts: Facts) -> None:
    for plan in facts.plans:
        stored = Plan.objects.create(
            id=UUID(plan.id), code=plan.code, name=plan.code, slot=plan.slot, created_at=AT
        )
        PlanVersion.objects.bulk_create(
            PlanVersion(
                id=UUID(version.id),
                plan=stored,
                number=version.number,
                document=document_as_json(version.document),
                starts_on=version.starts_on,
                ends_on=version.ends_on,
                edited_at=version.published_at,
                edited_by_user_id=uuid7(),
                published_at=version.published_at,
                published_by_user_id=uuid7(),
            )
            for version in plan.versions
        )
    PartnerGoal.objects.bulk_create(
        PartnerGoal(
            plan_id=UUID(goal.plan_id),
            component_id=goal.component_id,
            partner_id=UUID(goal.partner_id),
            window_on=goal.window_on,
            amount=goal.amount,
            changed_at=AT,
        )
        for goal in facts.goals
    )
    slots = {plan.id: plan.slot for plan in facts.plans}
    PlanAssignment.objects.bulk_create(
        PlanAssignment(
            plan_id=UUID(item.plan_id),
            slot=slots[item.plan_id],
            audience=item.audience,
            target=item.target,
            starts_on=item.starts_on,
            ends_on=item.ends_on,
            created_at=AT,
        )
        for item in facts.assignments
    )


def _store_lines(facts: Facts) -> None:
    by_name = {(line.source, line.external_id): line.id for line in facts.lines}

    def refunded(line: SaleLine) -> UUID | None:
        name = by_name.get((line.source, line.refunded_external_id)) if line.refunded_external_id else None
        return UUID(name) if name else None

    StoredLine.objects.bulk_create(
        (
            StoredLine(
                id=UUID(line.id),
                source=line.source,
                external_id=line.external_id,
                kind=line.kind,
                occurred_on=line.occurred_on,
                order_number=line.order_number,
                quantity=line.quantity,
                amount_minor=line.amount_minor,
                currency=line.currency,
                cost_minor=line.cost_minor,
                refunded_external_id=line.refunded_external_id,
                refunded_line_id=refunded(line),
                subscription_ref=line.subscription_ref,
                invoiced_on=line.invoiced_on,
                deal_id=UUID(line.deal_id) if line.deal_id is not None else None,
                recorded_at=line.recorded_at,
                first_recorded_at=line.recorded_at,
                partner_id=UUID(line.partner_id) if line.partner_id is not None else None,
                product_id=UUID(line.product_id),
                customer_id=UUID(line.customer_id) if line.customer_id is not None else None,
            )
            for line in facts.lines
        ),
        batch_size=2000,
    )
    SalePayment.objects.bulk_create(
        SalePayment(
            line_id=UUID(line.id),
            source=line.source,
            external_id=f"{line.external_id}-{place}",
            paid_on=payment.paid_on,
            amount_minor=payment.amount_minor,
            currency=payment.currency,
            recorded_at=line.recorded_at,
            received_at=line.recorded_at,
        )
        for line in facts.lines
        for place, payment in enumerate(line.payments)
    )
    SaleSplit.objects.bulk_create(
        SaleSplit(
            line_id=UUID(line.id), partner_id=UUID(share.partner_id), percent=share.percent, parts=share.parts
        )
        for line in facts.lines
        for share in line.split
    )


def _store_periods(facts: Facts, starts_on: date, ends_on: date) -> None:
    """Closed when the facts say so; the other months before the last one are closed too late to matter."""
    period, last = Period.of(starts_on), Period.of(ends_on).plus(-1)
    while period < last:
        closed_at = facts.closed_at.get(period, NEVER)
        LedgerPeriod.objects.create(starts_on=period.starts_on, closed_at=closed_at)
        period = period.plus(1)


@dataclass(frozen=True)
class Calculated:
    """What the SQL says, in the words of the reference."""

    run: CalculationRun
    targets: dict[tuple[Any, ...], tuple[Any, ...]]
    outcomes: dict[tuple[str, str | None, str], tuple[str, dict[str, str]]]


def calculated(facts: Facts, starts_on: date, ends_on: date, *, shard_count: int = 3) -> Calculated:
    """One calculation over the whole span, in a tenant of its own."""
    tenant = store(facts, starts_on, ends_on)
    run = calculate(tenant, Period.of(ends_on).plus(-1).starts_on, at=AT, shard_count=shard_count)
    with tenant_context(tenant.id):
        targets = {_key(entry): _content(entry) for entry in Entry.objects.filter(run_id=run.id)}
        outcomes = {
            (str(row.line_id), str(row.partner_id) if row.partner_id else None, row.slot): (
                row.reason,
                row.facts,
            )
            for row in LineOutcome.objects.all()
        }
    return Calculated(run, targets, outcomes)


def _key(entry: Entry) -> tuple[Any, ...]:
    return (
        str(entry.plan_id),
        entry.component_id,
        str(entry.line_id) if entry.line_id else None,
        entry.window_on,
        str(entry.credited_partner_id),
        str(entry.partner_id),
        entry.depth,
        entry.belongs_on,
    )


def _content(entry: Entry) -> tuple[Any, ...]:
    return (
        entry.amount_minor,
        entry.currency,
        entry.payout_amount_minor,
        entry.payout_currency,
        str(entry.version_id),
        entry.occurred_on,
        entry.free_on,
        entry.inputs,
    )


def expected(
    evaluation: Evaluation,
) -> tuple[dict[tuple[Any, ...], tuple[Any, ...]], dict[tuple[Any, ...], Any]]:
    """Targets and outcomes of the reference in the shape of `Calculated`."""
    targets = {
        (
            target.key.plan_id,
            target.key.component_id,
            target.key.line_id,
            target.key.window_on,
            target.key.credited_partner_id,
            target.key.partner_id,
            target.key.depth,
            target.key.belongs_on,
        ): (
            target.amount_minor,
            target.currency,
            target.payout_amount_minor,
            target.payout_currency,
            target.version_id,
            target.occurred_on,
            target.free_on,
            inputs_as_json(target.inputs),
        )
        for target in evaluation.targets
    }
    outcomes = {
        (outcome.line_id, outcome.partner_id, outcome.slot): (outcome.reason, dict(outcome.facts))
        for outcome in evaluation.outcomes
    }
    return targets, outcomes
