"""The demo's story: a vendor with partners, two years of sales, closed months, a paid run and open questions.

Promise: made by the product's own actions, dated back from today; called by the command load_demo.
"""

import random
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from allauth.account.models import EmailAddress
from django.utils import timezone

from analytics.demo.accounts import (
    add_account_numbers,
    add_bank_details,
    add_payer,
    add_statement,
    add_taxes,
)
from analytics.demo.adjustments import add_adjustments
from analytics.demo.brand import add_brand
from analytics.demo.comments import add_comments
from analytics.demo.conflicts import add_conflicts
from analytics.demo.deals import add_deals
from analytics.demo.disputes import add_disputes
from analytics.demo.extras import add_extras
from analytics.demo.funds import add_funds
from analytics.demo.holds import add_holds
from analytics.demo.joining import add_joining, fitting
from analytics.demo.names import PASSWORD, Login, Vendor
from analytics.demo.plans import add_plans
from analytics.demo.profiles import add_profiles
from analytics.demo.sales import demo_lines, demo_payments
from analytics.demo.segments import add_engagement, add_segments, add_tiers
from analytics.demo.stage import MONTHS_OF_SALES, Stage
from analytics.demo.terms import add_terms
from analytics.demo.training import add_courses, add_training
from analytics.demo.trials import add_estimates, add_trial
from analytics.facts.actions import mark_everything, refresh_facts, refresh_rankings
from incentives.earnings.actions import start_calculation
from incentives.earnings.work import work_on_run as calculate
from incentives.ledger.actions import close_period
from incentives.ledger.seals import seal_transfers
from incentives.payouts import actions as payouts
from incentives.payouts import exporting, outcomes
from incentives.payouts.models import PayoutItem, PayoutRun
from incentives.payouts.statements import write_statements
from partners.customers.actions import create_customer
from partners.directory.actions import PartnerFacts, create_partner, move_partner
from partners.products.actions import create_category, create_product
from partners.sales.actions import record_sales
from partners.sales.payments import record_payments
from prm.accounts.actor import Actor
from prm.accounts.models import Membership, User
from prm.accounts.permissions import permissions_of
from prm.currencies.actions import PublishedRate, publish_rates
from prm.kit.ids import uuid7
from prm.kit.periods import Period
from prm.notifications.actions import DELIVER, deliver
from prm.notifications.models import Notice
from prm.outbox.models import Event
from prm.tenancy.context import identity_context, tenant_context
from prm.tenancy.models import Tenant

MONTHS_IN_THE_BOOKS = 5
UNREAD = 12
BATCH_ROWS = 2_000
Say = Callable[[str], None]


def tell(vendor: Vendor, say: Say) -> None:
    """Load one vendor from nothing; each step commits by itself."""
    say(f"{vendor.name}: people, products and partners")
    stage = _open(vendor)
    with tenant_context(stage.tenant.id):
        _products(stage)
        _partners(stage)
        add_courses(stage)
        add_plans(stage)
        add_brand(stage)
    _people_of_partners(stage)
    with tenant_context(stage.tenant.id):
        add_terms(stage)
    say(f"{vendor.name}: {MONTHS_OF_SALES} months of sales")
    _sales(stage)
    say(f"{vendor.name}: calculating and closing months")
    _books(stage)
    say(f"{vendor.name}: payouts")
    _payouts(stage)
    with tenant_context(stage.tenant.id):
        seal_transfers(until=timezone.now(), at=timezone.now())
    say(f"{vendor.name}: applications and first steps")
    add_joining(stage)
    add_extras(vendor, stage.tenant.id, stage.first("programme_admin"), stage.partners, stage.today)
    _facts(stage)
    with tenant_context(stage.tenant.id):
        add_deals(stage)
        add_conflicts(stage)
        add_comments(stage)
        add_training(stage)
        add_profiles(stage)
        add_tiers(stage)
        add_segments(stage)
        add_funds(stage)
        add_adjustments(stage)
        add_holds(stage)
        add_disputes(stage)
        add_engagement(stage)
    add_trial(stage)
    with tenant_context(stage.tenant.id):
        add_estimates()
        _notices()


def _facts(stage: Stage) -> None:
    """The figures of the first page, as a worker would have them within a minute."""
    with tenant_context(stage.tenant.id):
        mark_everything(at=timezone.now())
    rebuilt = 1
    while rebuilt:
        with tenant_context(stage.tenant.id):
            rebuilt = refresh_facts()
    with tenant_context(stage.tenant.id):
        refresh_rankings(today=stage.today)


def _notices() -> None:
    """What was told to people so far, as a worker would have written it down; the last few are still unread."""
    for ring in Event.objects.filter(name=DELIVER).order_by("id"):
        deliver(**ring.payload, at=timezone.now())
    newest = Notice.objects.order_by("-id").values("id")[:UNREAD]
    Notice.objects.exclude(id__in=newest).update(read_at=timezone.now())
    Notice.objects.update(mailed_at=timezone.now())


def _open(vendor: Vendor) -> Stage:
    today = timezone.localdate()
    first_period = Period.of(today).plus(-MONTHS_IN_THE_BOOKS)
    tenant_id = uuid7()
    with tenant_context(tenant_id):
        tenant = Tenant.objects.create(
            id=tenant_id,
            slug=vendor.slug,
            name=vendor.name,
            currency=vendor.currency,
            time_zone=vendor.time_zone,
            language=vendor.language,
            first_period_on=first_period.starts_on,
        )
    staff: dict[str, list[Actor]] = {}
    for login in vendor.logins:
        if login.partner is None:
            actor = _person(tenant, login.email, login.name, login.role, login.language)
            staff.setdefault(login.role, []).append(actor)
    return Stage(vendor, tenant, today, random.Random(vendor.seed), staff, [])  # noqa: S311 (demo data)


def _person(
    tenant: Tenant,
    email: str,
    name: str,
    role: str,
    language: str,
    *,
    partner_id: UUID | None = None,
    sees_money: bool = True,
) -> Actor:
    with identity_context():
        user = User.objects.create_user(email, PASSWORD, name=name, language=language)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    with tenant_context(tenant.id):
        place = Membership.objects.create(user=user, role=role, partner_id=partner_id, sees_money=sees_money)
    return Actor(
        kind="person",
        id=place.id,
        label=name,
        tenant_id=tenant.id,
        role=role,
        permissions=permissions_of(role, sees_money=sees_money),
        partner_id=partner_id,
        user_id=user.id,
        sees_money=sees_money,
    )


def _products(stage: Stage) -> None:
    admin, at = stage.first("programme_admin"), stage.moment(800)
    categories = {
        code: create_category(actor=admin, code=code, name=name, at=at)
        for code, name in stage.vendor.categories
    }
    for code, name, category, _price in stage.vendor.products:
        facts = {"code": code, "name": name, "category": categories[category], "earns": True}
        create_product(actor=admin, facts=facts, at=at)  # type: ignore[arg-type]
    for place, name in enumerate(stage.vendor.customers):
        industry = stage.vendor.industries[place % len(stage.vendor.industries)]
        country = stage.vendor.regions[0][0]
        facts = {"code": f"C{place + 1:03}", "name": name, "industry": industry, "country": country}
        create_customer(actor=admin, facts=facts, at=at)  # type: ignore[arg-type]
    if stage.vendor.currency == "EUR":
        _rates(stage, admin)


def _rates(stage: Stage, admin: Actor) -> None:
    """A USD rate every Monday of the two years, wandering a little."""
    level, rates = Decimal("0.9200"), []
    day = stage.today - timedelta(days=31 * MONTHS_OF_SALES)
    while day <= stage.today:
        level += Decimal(stage.random.randint(-30, 30)) / 10_000
        rates.append(PublishedRate("USD", "EUR", day, level, "demo"))
        day += timedelta(days=5)
    publish_rates(actor=admin, rates=rates, at=stage.moment())


def _partners(stage: Stage) -> None:
    """Distributors with resellers below, some on their own; the channel manager keeps half of them."""
    vendor, admin, manager = stage.vendor, stage.first("programme_admin"), stage.first("channel_manager")
    names = [f"{head} {tail}" for tail in vendor.tails for head in vendor.heads][: vendor.partner_count]
    for place, name in enumerate(names):
        country, region = vendor.regions[place % len(vendor.regions)]
        kind = "distributor" if place % 12 == 0 else "integrator" if place % 7 == 3 else "reseller"
        joined_on = stage.today - timedelta(days=30 * MONTHS_OF_SALES - 11 * place)
        facts: PartnerFacts = {
            "code": f"P{place + 1:03}",
            "name": name,
            "partner_type": kind,
            "country": country,
            "tax_id": fitting(country, 500 + place) if vendor.currency == "RUB" else "",
            "region": region,
            "joined_on": min(joined_on, stage.today - timedelta(days=6)),
        }
        partner = create_partner(
            actor=manager if place % 2 == 0 else admin, facts=facts, at=stage.moment(700)
        )
        stage.partners.append(partner)
    for place, partner in enumerate(stage.partners):
        if partner.partner_type != "distributor" and place % 3:
            parent = stage.partners[place - place % 12]
            move_partner(
                actor=admin, partner=partner, parent=parent, starts_on=partner.joined_on, at=stage.moment(690)
            )


def _people_of_partners(stage: Stage) -> None:
    for login in stage.vendor.logins:
        if login.partner is not None:
            partner = stage.partners[login.partner]
            person = _person(
                stage.tenant,
                login.email,
                login.name,
                login.role,
                login.language,
                partner_id=partner.id,
                sees_money=login.sees_money,
            )
            stage.people.append(person)
            _further_places(stage, login, person)
    with tenant_context(stage.tenant.id):
        add_bank_details(stage)
        add_taxes(stage)
        add_account_numbers(stage)
        add_payer(stage)


def _further_places(stage: Stage, login: Login, person: Actor) -> None:
    assert person.user_id is not None
    with tenant_context(stage.tenant.id):
        for place in login.also:
            Membership.objects.create(
                user_id=person.user_id,
                role=login.role,
                partner_id=stage.partners[place].id,
                sees_money=login.sees_money,
            )


def _sales(stage: Stage) -> None:
    lines = demo_lines(stage.vendor, stage.partners, stage.today, stage.random, MONTHS_OF_SALES)
    for start in range(0, len(lines), BATCH_ROWS):
        with tenant_context(stage.tenant.id):
            record_sales(
                actor=stage.first("programme_admin"),
                rows=lines[start : start + BATCH_ROWS],
                mode="partial",
                at=timezone.now(),
            )
    with tenant_context(stage.tenant.id):
        record_payments(
            actor=stage.first("programme_admin"),
            rows=demo_payments(lines, stage.today, stage.random),
            mode="partial",
            at=timezone.now(),
        )


def _books(stage: Stage) -> None:
    """All months of the books but the current one are calculated and closed; the current one is calculated."""
    month, last = Period.of(stage.tenant.first_period_on), Period.of(stage.today)
    while month <= last:
        with tenant_context(stage.tenant.id):
            run = start_calculation(
                actor=stage.first("finance"), period_on=month.starts_on, at=timezone.now()
            )
        calculate(tenant_id=stage.tenant.id, run_id=run.id, now=timezone.now)
        if month < last:
            with tenant_context(stage.tenant.id):
                close_period(actor=stage.first("finance"), period_on=month.starts_on, at=timezone.now())
            with tenant_context(stage.tenant.id):
                write_statements(period_on=month.starts_on)
        month = month.plus(1)


def _payouts(stage: Stage) -> None:
    """One run settled but for a returned payment, one that waits for approval."""
    month = Period.of(stage.today)
    paid = _payout(stage, month.plus(-2).starts_on)
    with tenant_context(stage.tenant.id):
        approver = stage.second("finance")
        payouts.approve_run(actor=approver, run=paid, typed_total_minor=paid.total_minor, at=timezone.now())
        run = PayoutRun.objects.get(id=paid.id)
        if run.state == "submitted":  # above the threshold a second approver is needed
            payouts.approve_run(
                actor=stage.first("finance"), run=run, typed_total_minor=run.total_minor, at=timezone.now()
            )
        run = PayoutRun.objects.get(id=paid.id)
        exporting.start_export(actor=approver, run=run, at=timezone.now())
        exporting.write_export(run_id=run.id, at=timezone.now())
        for place, item in enumerate(
            PayoutItem.objects.filter(run_id=run.id, state="sent").order_by("partner__code")
        ):
            outcome = "returned" if place == 1 else "paid"
            _settle(stage, item, outcome, f"B{place + 1}")
        add_statement(stage, run)
    _payout(stage, month.plus(-1).starts_on)


def _settle(stage: Stage, item: PayoutItem, outcome: str, event_ref: str) -> None:
    """One person of finance records the bank's answer, another one confirms it."""
    answer = outcomes.record_outcome(
        actor=stage.second("finance"), item=item, outcome=outcome, event_ref=event_ref, note="",
        at=timezone.now(),
    )  # fmt: skip
    if answer is not None:
        outcomes.confirm_answer(
            actor=stage.first("finance"), run=answer.run, answer_id=answer.id, at=timezone.now()
        )


def _payout(stage: Stage, period_on: date) -> PayoutRun:
    admin = stage.first("programme_admin")
    with tenant_context(stage.tenant.id):
        run = payouts.prepare_run(
            actor=admin,
            period_on=period_on,
            currency=stage.vendor.currency,
            pays_on=stage.today + timedelta(days=3),
            at=timezone.now(),
        )
    payouts.work_on_run(tenant_id=stage.tenant.id, run_id=run.id, now=timezone.now)
    with tenant_context(stage.tenant.id):
        run = PayoutRun.objects.get(id=run.id)
        return payouts.submit_run(actor=admin, run=run, typed_total_minor=run.total_minor, at=timezone.now())
