"""Pages of money in the states that depend on who acts next: runs, disputes, funds, versions, tests, bank details.

Promise: each state that a page words in its own way is looked at, with the errors of the forms that it alone has;
played after the pages of the resolver, for the demo's runs and disputes go on here. Called by the scenes."""

from collections.abc import Callable
from uuid import UUID

from playwright.sync_api import Page

from incentives.disputes.models import Dispute
from incentives.funds.models import FundsClaim, FundsRequest
from incentives.payouts.models import PayoutItem, PayoutRun
from incentives.payouts.tax_models import WithholdingRate
from incentives.plans.models import PlanVersion
from tests.screens.desk import Desk
from tests.screens.forms import refuse_emptiness
from tests.screens.pages import email_of
from tests.screens.stage import Stage
from tests.screens.world import WORDS

RATE = {"id": "flat", "title": "A", "type": "rate", "rate": "0.05"}
DISORDERED_TIERS = {
    "id": "volume", "title": "B", "type": "tiers", "mode": "marginal", "measure": "revenue", "window": "quarter",
    "tiers": [{"from": "0", "rate": "0.05"}, {"from": "0", "rate": "0.07"}],
}  # fmt: skip


def lists_where_nothing_matches(stage: Stage) -> None:
    desk = _desk(stage)
    month, plan_id = desk.month_and_plan_without_entries()
    queries = {
        "entry-list": f"?partner={stage.objects['partner_id']}&period={month}&plan={plan_id}",
        "outcome-list": "?q=zzzz",
        "statement-list": "?partner=zzzz",
        "journal": f"?kind={desk.kind_without_transfers()}",
        "disputes": "?state=withdrawn",
        "funds-requests": "?state=expired",
        "funds-claims": "?state=withdrawn",
        "portal-entry-list": f"?period={month}&plan={plan_id}",
        "portal-outcome-list": "?q=zzzz",
    }
    for name, query in queries.items():
        page = stage.partner() if name.startswith("portal") else stage.staff()
        stage.open(f"{name}-nothing-matches", page, stage.address(name, query))
        assert page.locator(".empty a[href='?']").count(), f"{name}{query} is not empty"


def without_the_right(stage: Stage) -> None:
    page = stage.eye.person(stage.world.unseeing)
    for room in ("entry-list", "statement-list", "goals", "funds", "disputes"):
        stage.open(f"portal-{room}-forbidden", page, stage.address(f"portal-{room}"), status=403)


def disputes_to_their_end(stage: Stage) -> None:
    desk, partner, finance = _desk(stage), stage.partner(), stage.staff("finance")
    for about, key in desk.questionable().items():
        name = f"portal-dispute-open-{about}"
        stage.open(name, partner, stage.address("portal-dispute-open", f"?{about}={key}"))
        refuse_emptiness(stage.eye, name, partner)
    for state in ("accepted", "rejected"):
        ids = {"state": state, "partner_id": stage.objects["partner_id"]}
        _dispute_on_both_faces(stage, state, desk.newest(Dispute, **ids))
    opened, answered = stage.objects["dispute_id"], stage.objects["dispute_id:portal"]
    path = stage.address("dispute", dispute_id=opened)
    _refuse(stage, "dispute-answer", finance, path, "form[action$='/answer/']")
    _refuse(stage, "dispute-reject", finance, path, _with("reject"), "[value=reject]")
    stage.goto(finance, path)
    finance.fill(f"{_with('preview')} [name=amount]", "10")
    finance.fill(f"{_with('preview')} [name=ruling]", desk.words["reason"])
    finance.click("[value=preview]")
    finance.wait_for_load_state()
    stage.look("dispute-balance-afterwards", finance)
    desk.accept_far_above_the_limit(opened)
    _dispute_on_both_faces(stage, "waits-for-adjustment", opened)
    desk.withdraw_dispute(answered, email_of(stage.vendor, "partner_admin"))
    _dispute_on_both_faces(stage, "withdrawn", answered)


def _dispute_on_both_faces(stage: Stage, state: str, dispute_id: UUID) -> None:
    for name, page in (("dispute", stage.staff("finance")), ("portal-dispute", stage.partner())):
        stage.open(f"{name}-{state}", page, stage.address(name, dispute_id=dispute_id))


def funds_in_each_state(stage: Stage) -> None:
    desk, admin, finance, partner = _desk(stage), stage.staff(), stage.staff("finance"), stage.partner()
    half = stage.address("funds-request", request_id=desk.newest(FundsRequest, state="half_approved"))
    stage.open("funds-request-half-approved", admin, half)
    stage.open("funds-request-second", finance, half)
    refuse_emptiness(stage.eye, "funds-request-second", finance, _with("refuse"), "[value=refuse]")
    asked = stage.objects["request_id"]
    path = stage.address("funds-request", request_id=asked)
    _refuse(stage, "funds-request-back", admin, path, _with("return"), "[value=return]")
    claim = stage.address("funds-claim", claim_id=stage.objects["claim_id"])
    _refuse(stage, "funds-claim-back", admin, claim, _with("return"), "[value=return]")
    stage.goto(admin, path)
    admin.fill("[name=amount]", "99999999")
    admin.click("[value=approve]")
    admin.locator(".field-error").wait_for()
    stage.look("funds-request-too-much-error", admin)
    settled = desk.newest(FundsClaim, state="settled")
    for name, page in (("funds-claim", admin), ("portal-funds-claim", partner)):
        stage.open(f"{name}-settled", page, stage.address(name, claim_id=settled))
    for state in ("submitted", "returned"):
        own = desk.newest(FundsRequest, state=state, partner_id=stage.objects["partner_id"])
        stage.open(
            f"portal-funds-request-{state}", partner, stage.address("portal-funds-request", request_id=own)
        )
    desk.refuse_request(asked)
    stage.open("funds-request-refused", admin, path)
    stage.open("funds-budget-first-day", admin, stage.address("funds-budget", budget_id=desk.new_budget()))


def versions_in_each_state(stage: Stage) -> None:
    desk, admin = _desk(stage), stage.staff()
    bare, faulty = desk.draft_version("27", []), desk.draft_version("28", [RATE, DISORDERED_TIERS])
    published = desk.newest(PlanVersion, published_at__isnull=False)
    for state, page, version_id in (
        ("ready-to-publish", stage.staff("programme_admin", 1), stage.objects["version_id"]),
        ("published", admin, published),
        ("without-components", admin, bare.id),
        ("with-faults", admin, faulty.id),
    ):
        stage.open(f"version-{state}", page, stage.address("version-detail", version_id=version_id))
    for name in ("plan-detail", "plan-goals"):
        stage.open(f"{name}-first-day", admin, stage.address(name, plan_id=bare.plan_id))
    path = stage.address("assignment-create", plan_id=bare.plan_id)
    for _ in range(2):
        _assign_to_everyone(stage, admin, path)
    stage.look("assignment-overlaps-error", admin)


def _assign_to_everyone(stage: Stage, page: Page, path: str) -> None:
    stage.goto(page, path)
    page.select_option("[name=audience]", "everyone")
    page.fill("[name=starts_on]", "2026-01-01")
    page.locator("main form[method=post] button[type=submit]").last.click()
    page.wait_for_load_state()


def a_draft_being_tested(stage: Stage) -> None:
    desk, admin, version_id = _desk(stage), stage.staff(), stage.objects["version_id"]
    trial = desk.start_trial(version_id)
    path = stage.address("backtest-detail", backtest_id=trial)
    stage.open("backtest-running", admin, path)
    stage.open("version-being-tested", admin, stage.address("version-detail", version_id=version_id))
    desk.ask_to_stop(trial)
    stage.open("backtest-stopping", admin, path)
    desk.end_trial(trial, broke=False)
    stage.open("backtest-stopped", admin, path)
    trial = desk.start_trial(version_id)
    desk.end_trial(trial, broke=True)
    stage.open("backtest-failed", admin, stage.address("backtest-detail", backtest_id=trial))


def what_finance_confirms(stage: Stage) -> None:
    """Bank details from their proposal to the rest before they count, with what their partner sees meanwhile."""
    desk, finance = _desk(stage), stage.staff("finance", 1)
    unpaid, account_id = stage.eye.person(stage.world.unpaid), desk.waiting_account("P008")
    path = stage.address("bank-detail", account_id=account_id)
    stage.open("bank-detail-to-confirm", finance, path)
    refuse_emptiness(stage.eye, "bank-detail-to-confirm", finance, "form[action$='/decline/']")
    stage.open("portal-statement-list-no-bank-details", unpaid, stage.address("portal-statement-list"))
    stage.open("portal-bank-waiting", unpaid, stage.address("portal-bank"))
    desk.confirm(account_id)
    stage.open("bank-detail-resting", finance, path)
    stage.open("portal-bank-resting", unpaid, stage.address("portal-bank"))
    rate_id = desk.newest(WithholdingRate, confirmed_at__isnull=True, replaced_at__isnull=True)
    stage.open("withholding-to-confirm", finance, stage.address("withholding-detail", rate_id=rate_id))
    taxed = stage.address("partner-tax", partner_id=stage.objects["partner_id"])
    stage.open("partner-tax-of-finance", finance, taxed)
    refuse_emptiness(stage.eye, "partner-tax-of-finance", finance)


def a_run_from_hand_to_hand(stage: Stage) -> None:
    """The demo's waiting run is sent back and cancelled; another one goes all the way to the bank."""
    desk, admin = _desk(stage), stage.staff()
    preparer, approver = stage.staff("finance"), stage.staff("finance", 1)
    waiting = stage.objects["run_id:payout"]
    path = stage.address("payout-detail", run_id=waiting)
    stage.open("payout-to-approve", approver, path)
    refuse_emptiness(stage.eye, "payout-to-approve", approver, "form[action$='/approve/']")
    for tab in ("held", "look"):
        stage.open(f"payout-{tab}", approver, f"{path}?show={tab}")
    desk.send_back(waiting)
    stage.open("payout-sent-back", admin, path)
    desk.cancel(waiting)
    stage.open("payout-cancelled", admin, path)
    run = desk.prepare_run(1)
    path = stage.address("payout-detail", run_id=run)
    desk.stop_run(run)
    stage.open("payout-failed", preparer, path)
    desk.calculate_run_again(run)
    stage.open("payout-to-submit", preparer, path)
    refuse_emptiness(stage.eye, "payout-to-submit", preparer, "form[action$='/submit/']")
    _take_somebody_out(stage, desk, run)
    desk.hand_over(run)
    stage.open("payout-of-its-preparer", preparer, path)
    desk.approve(run)
    stage.open("payout-to-export", approver, path)
    desk.start_export(run)
    stage.open("payout-exporting", approver, path)
    stage.goto(approver, stage.console())  # the page would load itself again as soon as the file is written
    item = desk.write_export(run)
    stage.open("payout-exported", approver, path)
    refuse_emptiness(stage.eye, "payout-exported", approver, "form[action$='/paid/']")
    _answer_by_hand(stage, desk, item)
    nothing = desk.prepare_run(2)
    desk.calculate_run(nothing)
    stage.open("payout-nothing-payable", preparer, stage.address("payout-detail", run_id=nothing))
    settled = desk.newest(PayoutRun, state__in=["settled", "partly_settled"])
    stage.open("payout-settled", approver, stage.address("payout-detail", run_id=settled))


def _take_somebody_out(stage: Stage, desk: Desk, run: UUID) -> None:
    preparer, item = stage.staff("finance"), desk.newest(PayoutItem, run_id=run, state="reserved")
    stage.open("item-take-out-of-preparer", preparer, stage.address("item-take-out", item_id=item))
    refuse_emptiness(stage.eye, "item-take-out-of-preparer", preparer)
    desk.take_out(item)
    stage.open("payout-one-taken-out", preparer, stage.address("payout-detail", "?show=held", run_id=run))


def _answer_by_hand(stage: Stage, desk: Desk, item: UUID) -> None:
    """One person of finance records it, another one finds it waiting."""
    recorder, confirmer = stage.staff("finance", 1), stage.staff("finance", 2)
    path = stage.address("item-outcome", item_id=item)
    stage.open("item-outcome-to-record", recorder, path)
    refuse_emptiness(stage.eye, "item-outcome-to-record", recorder)
    desk.record_unclear(item)
    stage.open("item-outcome-waits-for-another", recorder, path)
    stage.open("item-outcome-to-confirm", confirmer, path)
    refuse_emptiness(stage.eye, "item-outcome-to-confirm", confirmer, "form[action$='/decline/']")


def a_month_to_close(stage: Stage) -> None:
    """Of the vendor on its first day, whose last month is calculated."""
    Desk(stage.world.fresh, stage.vendor.currency, WORDS[stage.vendor.language]).calculate_last_month()
    page = stage.eye.person(stage.world.two_places)
    stage.open("ledger-ready-to-close", page, f"/{stage.world.fresh}/m/ledger/")


def _desk(stage: Stage) -> Desk:
    return Desk(stage.vendor.slug, stage.vendor.currency, WORDS[stage.vendor.language])


def _refuse(
    stage: Stage, name: str, page: Page, path: str, form: str, button: str = "button[type=submit]"
) -> None:
    """Send that form of the page emptied with that button, and look at what it says."""
    stage.goto(page, path)
    refuse_emptiness(stage.eye, name, page, form, button)


def _with(verb: str) -> str:
    return f"form:has(button[value={verb}])"


MONEY_SCENES: tuple[Callable[[Stage], None], ...] = (
    lists_where_nothing_matches,
    without_the_right,
    disputes_to_their_end,
    funds_in_each_state,
    versions_in_each_state,
    a_draft_being_tested,
    what_finance_confirms,
    a_run_from_hand_to_hand,
    a_month_to_close,
)
