"""One world with an object for each id that an address can hold, in two tenants and two portfolios.

Called by: the access matrix and the walls test. A new parameter of an address needs a line in `objects_of`.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from incentives.adjustments.models import AdjustmentTerms
from incentives.disputes.actions import Question, open_dispute
from incentives.disputes.models import DisputeTerms
from incentives.earnings.models import CalculationRun, Entry
from incentives.funds import claims as funds
from incentives.funds.actions import approve_request, ask_for_funds
from incentives.funds.budgets import allocate, make_budget
from incentives.holds.actions import Wanted, place_hold
from incentives.ledger.actions import close_period
from incentives.ledger.models import OuterAccount
from incentives.payouts.actions import prepare_run
from incentives.payouts.actions import work_on_run as work_on_payout
from incentives.payouts.bank_accounts import seal
from incentives.payouts.models import BankAccount, PayerAccount, PayoutItem, PayoutRun, Statement
from incentives.payouts.reconciling import PURPOSE
from incentives.payouts.statements import write_statements
from incentives.payouts.tax_models import TaxStanding, WithholdingRate
from incentives.plans.models import PartnerGoal, Plan, PlanAssignment, PlanVersion
from incentives.terms.models import TermsAcceptance, TermsRequest
from incentives.trials.models import (
    Backtest,
    BacktestAmount,
    BacktestChance,
    DealEstimate,
    DealProduct,
    EstimatedAmount,
    Standing,
)
from partners.conflicts.actions import EvidenceFacts, add_evidence, open_conflict
from partners.conflicts.models import ConflictSide
from partners.customers.actions import create_customer
from partners.deals.actions import approve_deal, ask_extension, register_deal
from partners.deals.amendments import ask_amendment
from partners.deals.interests import declare_interest
from partners.deals.models import Deal
from partners.deals.rules import Terms
from partners.deals.rulings import Part, set_parts
from partners.deals.terms import set_terms
from partners.directory.actions import change_partner, move_partner
from partners.directory.duplicates import mark_distinct
from partners.directory.models import Contact, Partner
from partners.products.models import Product, ProductCategory
from partners.profiles import actions as profiles
from partners.profiles import fields, terms
from partners.sales.models import SaleLine, SalePayment
from partners.segments.actions import create_segment
from partners.segments.engagement import note_engagement, set_weights
from partners.segments.models import QuadrantPlan, Segment
from partners.segments.potential import estimate_potential
from partners.tiers.actions import define_tier, pin_tier, set_calendar
from partners.tiers.models import Tier, TierWarning
from partners.training import actions as training
from partners.training.handouts import give_along
from partners.training.models import Attempt, Learner, LessonDone
from prm.accounts.actions import create_token, invite
from prm.accounts.actor import system_actor
from prm.accounts.consents import consent_to_ask, keep_consent
from prm.accounts.models import Membership
from prm.comments.actions import write_comment
from prm.files.actions import store_file
from prm.files.models import StoredFile
from prm.imports.actions import take_file
from prm.imports.kinds import import_kind
from prm.imports.models import ImportRow, RowState
from prm.jobs.actions import start_job
from prm.jobs.models import Job
from prm.kit.ids import uuid7
from prm.notifications.models import Notice
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from prm.workspace.branding import Picture, set_colour, set_logo
from tests.support.adjustments import propose
from tests.support.applications import furnish_joining
from tests.support.cast import NOW, Cast, Person, make_partner
from tests.support.commission import assign, calculate, make_plan, make_product, publish, sell
from tests.support.notices import TOLD, TOLD_WITH
from tests.support.payouts import IBAN, LATER, give_account
from tests.support.pictures import png

ANSWERS = b"payment_id,outcome,amount,currency,bank_reference\nX,paid,1.00,EUR,B-1\n"
FOREVER = datetime(2100, 1, 1, tzinfo=UTC)
SALES_FILE = b"External id,Partner,Product,Date,Amount,Currency\nL9,nobody,HW,2026-01-10,10.00,EUR\n"
RATE = [{"id": "base", "type": "rate", "rate": "0.1"}]
TARGET = {"id": "goal", "type": "target", "goal": "5", "steps": [{"from_attainment": "0", "rate": "0.1"}]}


@dataclass(frozen=True)
class World:
    """The cast, and per place ("own", "foreign") the objects its addresses name."""

    cast: Cast
    own: dict[str, Any]
    foreign: dict[str, Any]


def make_world(cast: Cast) -> World:
    give_account(cast, cast.northwind, cast.paul)
    give_account(cast, cast.zephyr, cast.zed)
    own = _furnish(cast.acme, cast.northwind, cast.vera, cast.felix)
    foreign = _furnish(cast.zenith, cast.zephyr, cast.zed, cast.zed)
    return World(cast, own, foreign)


def _furnish(tenant: Tenant, partner: Partner, admin: Person, finance: Person) -> dict[str, Any]:
    """A sale, a plan, a calculated and closed month, a payout run, and the small things around."""
    month = date(2026, 1, 1)
    with tenant_context(tenant.id):
        product = make_product(f"P-{partner.code}", category=f"hardware-{partner.code.lower()}")
        plan = make_plan()
        published = publish(plan, RATE, terms={"en": "Sell."})
        _terms(published, partner)
        assign(plan)
        customer = create_customer(
            actor=admin.actor, facts={"code": f"C-{partner.code}", "name": "Customer"}, at=NOW
        )
        contact = Contact.objects.create(partner=partner, name="Contact")
        line = sell(partner, product, f"L-{partner.code}", date(2026, 1, 10), 1_000_000)
        payment = SalePayment.objects.create(
            line=line,
            source=line.source,
            external_id=f"PAY-{partner.code}",
            paid_on=month,
            amount_minor=1,
            currency=line.currency,
            recorded_at=NOW,
            received_at=NOW,
        )
        draft = PlanVersion.objects.create(
            plan=plan,
            number=2,
            document={"currency": "EUR", "period": "quarter", "components": [*RATE, TARGET]},
            starts_on=month,
            edited_at=NOW,
        )
        goal = PartnerGoal.objects.create(
            plan=plan, component_id="goal", partner=partner, window_on=month, amount=7, changed_at=NOW
        )
    run = calculate(tenant, month, at=NOW)
    with tenant_context(tenant.id):
        close_period(actor=finance.actor, period_on=month, at=LATER)
        write_statements(period_on=month)
        payout = prepare_run(
            actor=admin.actor, period_on=month, currency="EUR", pays_on=date(2026, 12, 5), at=LATER
        )
    work_on_payout(tenant_id=tenant.id, run_id=payout.id, now=lambda: LATER)
    joining = furnish_joining(tenant, partner, admin)
    with tenant_context(tenant.id):
        job = start_job(actor=admin.actor, kind="calculation", at=NOW)
        file = StoredFile.objects.filter(partner_id=partner.id).first() or store_file(
            actor=admin.actor, purpose="import", name="a.csv", content=b"a,b\n", at=NOW
        )
        return {
            **_funds(admin, partner),  # before the admin has a stake in the partner
            "adjustment_id": _adjustment(admin, partner),
            "hold_id": _hold(admin, partner),
            "dispute_id": _dispute(admin, partner),
            "partner_id": partner.id,
            "below_id": _partner_below(tenant, partner, admin),
            "other_id": _found_distinct(admin, partner).id,
            "contact_id": contact.id,
            "product_id": product.id,
            "segment_id": _segment(admin).id,
            "tier_id": _tier(admin).id,
            **_deals(admin, partner),
            **_profile(admin, partner),
            "code:api-partner-by-code": partner.code,
            "code:api-product-by-code": product.code,
            "code:api-category-by-code": ProductCategory.objects.get().code,
            "code:api-customer-by-code": customer.code,
            "external_id": line.external_id,
            "category_id": ProductCategory.objects.get().id,
            "customer_id": customer.id,
            "line_id": line.id,
            "payment_id": payment.id,
            "plan_id": plan.id,
            "version_id": draft.id,
            "version_id:portal": published.id,
            "version_id:terms-acceptances": published.id,
            "version_id:terms-acceptances-export": published.id,
            "version_id:terms-remind": published.id,
            "backtest_id": _backtest(draft, partner).id,
            "goal_id": goal.id,
            "assignment_id": PlanAssignment.objects.get().id,
            "entry_id": Entry.objects.first().id,  # type: ignore[union-attr]
            "run_id:calculation": run.id,
            "run_id:payout": payout.id,
            "item_id": PayoutItem.objects.get().id,
            "account_id": _account_id(),
            "payer_id": _payer_id(tenant),
            "rate_id": _taxes(partner),
            "kept_id": _bank_statement(finance),
            "statement_id": Statement.objects.get().id,
            "job_id": job.id,
            "file_id": file.id,
            **_workspace(partner, admin),
            **_comment(admin, partner),
            **_training(admin, partner),
            **joining,
        }


def _terms(version: PlanVersion, partner: Partner) -> None:
    """Asked for and accepted."""
    TermsRequest.objects.create(partner=partner, version=version, asked_at=NOW)
    TermsAcceptance.objects.create(
        partner=partner, version=version, language="en", text_hash="0" * 64, accepted_at=NOW,
        accepted_by_label="Guess",
    )  # fmt: skip


def _backtest(draft: PlanVersion, partner: Partner) -> Backtest:
    month = date(2026, 1, 1)
    tested = Backtest.objects.create(
        version=draft, revision=1, first_on=month, last_on=month, throughout=True, state="done",
        started_by_label="Vera", created_at=NOW, finished_at=NOW,
    )  # fmt: skip
    BacktestAmount.objects.create(
        backtest=tested,
        partner=partner,
        month_on=month,
        currency="EUR",
        posted_minor=1,
        old_minor=1,
        new_minor=2,
    )
    BacktestChance.objects.create(
        backtest=tested, partner=partner, component_id="goal", window_on=month, volume=1, bound=2, missing=1,
        gain_minor=1,
    )  # fmt: skip
    return tested


def _workspace(partner: Partner, admin: Person) -> dict[str, Any]:
    """Members, invitations, a key and a file of sales, as the vendor's people meet them and as the partner's do."""
    invited = {
        place: invite(
            actor=admin.actor, email=email, role=role, partner_id=partner_id, sees_money=False, at=NOW
        )[0].id
        for place, email, role, partner_id in (
            ("", "new@vendor.example", "auditor", None),
            (":portal", "new@partner.example", "partner_user", partner.id),
        )
    }
    _look_and_consent(admin)
    token, _secret = create_token(
        actor=admin.actor, name="ERP", scopes=["rates:read"], expires_at=None, at=NOW
    )
    batch = take_file(
        actor=admin.actor,
        kind=import_kind("sales"),
        source="erp",
        name="sales.csv",
        content=SALES_FILE,
        at=NOW,
    )
    ImportRow.objects.create(batch=batch, number=2, values={"external_id": "L9"}, state=RowState.ERROR)
    partner_member = Membership.objects.filter(partner_id=partner.id).exclude(user_id=admin.user.id).first()
    mine, theirs = (
        Notice.objects.create(
            ring=uuid7(),
            member_id=member.id,
            partner_id=member.partner_id,
            kind=TOLD,
            params=TOLD_WITH,
            created_at=NOW,
        )
        for member in (admin.membership, partner_member or admin.membership)
    )
    return {
        "notice_id": mine.id,
        "notice_id:portal": theirs.id,
        "membership_id": admin.membership.id,
        "membership_id:portal": (partner_member or admin.membership).id,
        "invitation_id": invited[""],
        "invitation_id:portal": invited[":portal"],
        "token_id": token.id,
        "import_id": batch.id,
        "number": 2,
    }


def _look_and_consent(admin: Person) -> None:
    """A colour, a logo, and what the vendor's admin agreed to on the first day."""
    set_colour(actor=admin.actor, colour="#0f766e", at=NOW)
    set_logo(actor=admin.actor, picture=Picture("logo.png", png(96, 96)), at=NOW)
    text = consent_to_ask(admin.user.id, language="en", at=NOW)
    assert text is not None
    keep_consent(admin.membership, text, NOW)


def _partner_below(tenant: Tenant, partner: Partner, admin: Person) -> UUID:
    below = make_partner(tenant, "BELOW", "Below")
    move_partner(actor=admin.actor, partner=below, parent=partner, starts_on=date(2026, 1, 1), at=NOW)
    return below.id


def _tier(admin: Person) -> Tier:
    """A tier, a calendar, and a pin and a warning of each partner."""
    rule = {"all": [{"fact": "status", "op": "eq", "value": "active"}]}
    facts: Any = {"name": "Gold", "rank": 1, "rule": rule}
    tier = define_tier(actor=admin.actor, facts=facts, at=NOW)
    set_calendar(actor=admin.actor, facts={"every": "year"}, at=NOW)
    for own in Partner.objects.all():
        pin_tier(actor=admin.actor, partner=own, ends_on=date(2999, 1, 1), reason="Guess", at=NOW)
        TierWarning.objects.create(partner=own, tier=tier, warned_on=NOW.date(), decides_on=date(2999, 1, 1))
    return tier


def _estimated(deal: Deal) -> Deal:
    """With what it sells and would earn."""
    DealProduct.objects.create(
        deal=deal, partner_id=deal.partner_id, product=Product.objects.all()[0], place=0, amount_minor=1
    )
    made = DealEstimate.objects.create(
        deal=deal,
        partner_id=deal.partner_id,
        amount_minor=1,
        currency="EUR",
        occurred_on=NOW.date(),
        made_at=NOW,
    )
    EstimatedAmount.objects.create(
        estimate=made, partner_id=deal.partner_id, version=PlanVersion.objects.get(published_at__isnull=False),
        component_id="base", currency="EUR", amount_minor=1, earlier_minor=0,
    )  # fmt: skip
    Standing.objects.create(
        partner_id=deal.partner_id, version=PlanVersion.objects.get(published_at__isnull=True), component_id="goal",
        window_on=date(2026, 1, 1), window_ends_on=date(2026, 4, 1), volume=1, goal=2, earned_minor=0,
        as_of=NOW.date(), made_at=NOW,
    )  # fmt: skip
    return deal


def _deals(admin: Person, partner: Partner) -> dict[str, Any]:
    """A protected deal whose partner asks for more days, and an interest that its vendor's admin declared."""
    facts: Any = {
        "customer": "Customer",
        "line": ProductCategory.objects.get(),
        "amount_minor": 100,
        "currency": "EUR",
        "closes_on": date(2026, 6, 1),
    }
    set_terms(actor=admin.actor, terms=Terms(answer_days=10), at=NOW)
    deal = register_deal(actor=admin.actor, partner=partner, facts=facts, at=NOW)
    approve_deal(actor=admin.actor, deal=deal, at=NOW)
    ask_extension(actor=admin.actor, deal=deal, days=30, why="Tender", at=NOW)
    ask_amendment(actor=admin.actor, deal=deal, facts={"customer": "Customers"}, why="Misspelt", at=NOW)
    conflict = open_conflict(actor=admin.actor, deal=deal, at=NOW)
    side = ConflictSide.objects.get()
    add_evidence(actor=admin.actor, side=side, evidence=EvidenceFacts(NOW.date(), "A meeting"), at=NOW)
    set_parts(actor=admin.actor, deal=deal, parts=[Part(partner, "sold", Decimal(100))], at=NOW)
    interest = declare_interest(actor=admin.actor, partner=partner, kind="related", note="", at=NOW)
    return {
        "deal_id": _estimated(deal).id,
        "interest_id": interest.id,
        "conflict_id": conflict.id,
        "side_id": side.id,
    }


def _comment(admin: Person, partner: Partner) -> dict[str, Any]:
    """A comment with a file, shared with the partner."""
    comment = write_comment(
        actor=admin.actor,
        key="partner",
        subject_id=partner.id,
        body="Hello",
        shared=True,
        files=[("a.txt", b"text")],
        at=NOW,
    )
    return {"comment_id": comment.id, "subject_key": "partner", "subject_id": partner.id}


def _found_distinct(admin: Person, partner: Partner) -> Partner:
    """The partner below, of which somebody said that it is another company."""
    other = Partner.objects.get(code="BELOW")
    mark_distinct(actor=admin.actor, one=partner, other=other, at=NOW)
    return other


def _profile(admin: Person, partner: Partner) -> dict[str, Any]:
    """A word, a custom field and what the partner says in both; a paper; a place in the public directory; a pause."""
    for status in ("paused", "active"):
        told_status: Any = {"status": status}
        change_partner(actor=admin.actor, partner=partner, changes=told_status, at=NOW - timedelta(days=1))
    word: Any = {"kind": "industry", "code": "food", "label_en": "Food"}
    term = terms.add_term(actor=admin.actor, facts=word, at=NOW)
    asked: Any = {"code": "engineers", "label_en": "Engineers", "kind": "number", "partner_access": "fills"}
    field = fields.define_field(actor=admin.actor, facts=asked, at=NOW)
    told = {"industries": ["food"], "custom_fields": {"engineers": 4}}
    profiles.write_profile(actor=admin.actor, partner=partner, told=told, at=NOW)
    paper: Any = {"kind": "contract", "title": "Contract", "valid_until": None, "shared": True}
    kept: Any = {"name": "a.pdf", "content": b"%PDF-1.4 x"}
    document = profiles.add_document(actor=admin.actor, company=partner, facts=paper, at=NOW, **kept)
    profiles.list_publicly(actor=admin.actor, partner=partner, about="", at=NOW)
    return {"term_id": term.id, "field_id": field.id, "paper_id": document.id}


def _training(admin: Person, partner: Partner) -> dict[str, Any]:
    """A published course, a path to it, and a certificate of the partner's first person."""
    facts: dict[str, Any] = {"code": "basics", "title": "Basics"}
    course = training.save_course(actor=admin.actor, course=None, facts=facts, at=NOW)
    told: dict[str, Any] = {"title": "Start", "body": "Text"}
    lesson = training.save_lesson(actor=admin.actor, course=course, lesson=None, facts=told, at=NOW)
    give_along(actor=admin.actor, lesson=lesson, name="start.txt", content=b"text", at=NOW)
    asked: Any = {"text": "One?", "choices": ["a", "b"], "right": [1]}
    question = training.save_question(actor=admin.actor, course=course, question=None, at=NOW, **asked)
    course = training.publish_course(actor=admin.actor, course=course, at=NOW)
    named = {"name": "Path"}
    path = training.save_path(actor=admin.actor, path=None, facts=named, courses=[course], at=NOW)
    member = Membership.objects.filter(partner_id=partner.id).order_by("id").first()
    certificate = training.issue_certificate(
        actor=admin.actor, partner=partner, course=course, person="Person", member=member, at=NOW
    )
    pupil = {"partner_id": partner.id, "member_id": member.id if member else admin.membership.id}
    Learner.objects.create(duty="sales", **pupil)
    LessonDone.objects.create(lesson=lesson, read_at=NOW, **pupil)
    Attempt.objects.create(course=course, handed_in_at=NOW, right=0, asked=1, passed=False, **pupil)
    return {
        "course_id": course.id,
        "lesson_id": lesson.id,
        "quiz_id": question.id,
        "path_id": path.id,
        "certificate_id": certificate.id,
        "code:certificate-check": certificate.code,
    }


def _funds(admin: Person, partner: Partner) -> dict[str, Any]:
    """A budget that the partner has a part of, an approved request, and a claim of one cost that waits."""
    facts: Any = {
        "name": "Events", "purpose": "", "segment": None, "currency": "EUR", "amount_minor": 1_000,
        "share_percent": Decimal(50), "starts_on": NOW.date(), "ends_on": date(2999, 1, 1),
        "claims_until": date(2999, 1, 1), "second_above_minor": 1_000,
    }  # fmt: skip
    plan: Any = {
        "activity": "Fair", "purpose": "Leads", "expected_leads": None, "starts_on": NOW.date(),
        "ends_on": NOW.date(), "planned_minor": 100,
    }  # fmt: skip
    cost: Any = {
        "description": "Stand", "supplier": "Hall", "invoice_number": "1", "invoiced_on": NOW.date(),
        "net_minor": 100, "gross_minor": 119,
    }  # fmt: skip
    someone = system_actor(admin.tenant.id)
    budget = make_budget(actor=admin.actor, facts=facts, at=NOW)
    allocation = allocate(actor=admin.actor, budget=budget, partner=partner, amount_minor=500, at=NOW)
    request = ask_for_funds(actor=someone, allocation=allocation, facts=plan, at=NOW)
    approve_request(actor=admin.actor, request=request, amount_minor=None, at=NOW)
    claim = funds.start_claim(actor=someone, request=request, at=NOW)
    proof = funds.Proof("a.pdf", b"%PDF-1.4 x")
    kept = funds.add_cost(actor=someone, claim=claim, facts=cost, proof=proof, at=NOW)
    funds.submit_claim(actor=someone, claim=claim, at=NOW)
    return {
        "budget_id": budget.id,
        "allocation_id": allocation.id,
        "request_id": request.id,
        "claim_id": claim.id,
        "cost_id": kept.id,
    }


def _adjustment(admin: Person, partner: Partner) -> UUID:
    """A posted one, and the vendor's own limit."""
    AdjustmentTerms.objects.create()
    return propose(admin, partner, 100, at=NOW, belongs_on=date(NOW.year, NOW.month, 1)).id


def _hold(admin: Person, partner: Partner) -> UUID:
    return place_hold(actor=admin.actor, wanted=Wanted(partner, "Papers"), at=NOW).id


def _dispute(admin: Person, partner: Partner) -> UUID:
    """An open one, and the vendor's own days."""
    DisputeTerms.objects.create()
    question = Question(partner=partner, body="Too little", entry=Entry.objects.first())
    return open_dispute(actor=system_actor(admin.tenant.id), question=question, at=NOW).id


def _segment(admin: Person) -> Segment:
    """A segment with members, and a row in each table of engagement and potential."""
    partners = list(Partner.objects.all())
    for partner in partners:
        note_engagement(kind="sign_in", partner_id=partner.id, happened_on=NOW.date(), reference="1")
        estimate_potential(actor=admin.actor, partner=partner, amount_minor=1, reason="Guess", at=NOW)
    set_weights(actor=admin.actor, changes={"sign_in": Decimal(2)}, at=NOW)
    QuadrantPlan.objects.create(quadrant="grow")
    rule = {"all": [{"fact": "status", "op": "eq", "value": "active"}]}
    facts: Any = {"code": "active", "name": "Active", "rule": rule}
    return create_segment(actor=admin.actor, facts=facts, at=NOW)


def _account_id() -> UUID | None:
    account = BankAccount.objects.first()
    return account.id if account else None


def _payer_id(tenant: Tenant) -> UUID:
    """Waits for a second person; Zenith has nobody of finance who could propose it."""
    key = uuid7()
    PayerAccount.objects.create(
        id=key, currency="EUR", file_kind="pain001", name="Vendor", account_last4="3000", proposed_at=NOW,
        proposed_by_label="Finance", account_sealed=seal(IBAN, tenant_id=tenant.id, row_id=key),
    )  # fmt: skip
    return key


def _taxes(partner: Partner) -> UUID:
    """How the partner is taxed, a rate that waits for a second person, and what a bookkeeping calls an account."""
    TaxStanding.objects.create(partner=partner, status="company", set_at=NOW, set_by_label="Finance")
    OuterAccount.objects.create(code="bank", number="51", set_at=NOW, set_by_label="Finance")
    return WithholdingRate.objects.create(
        status="self_employed", percent=Decimal(6), starts_on=NOW.date(), proposed_at=NOW, proposed_by_label="Finance"
    ).id  # fmt: skip


def _bank_statement(finance: Person) -> UUID:
    """Of a day of these years, and kept as long."""
    return store_file(
        actor=finance.actor, purpose=PURPOSE, name="a.csv", content=ANSWERS, at=NOW, expires_at=FOREVER
    ).id  # fmt: skip


__all__ = ["CalculationRun", "Job", "PayoutRun", "Plan", "Product", "SaleLine", "World", "make_world"]
