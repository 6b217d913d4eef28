"""The limit of two approvals is in the vendor's currency: a run in another one is held against it by a stored rate, and
what was decided when it was submitted stays."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from incentives.payouts import actions
from incentives.payouts.exporting import NotApproved, start_export
from incentives.payouts.models import PayoutRun
from prm.currencies.models import ExchangeRate
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast, Person
from tests.support.clients import client_of
from tests.support.payouts import LATER, calculated_payout, owe_northwind, submitted_payout, tick
from tests.support.rows import nothing_written

JANUARY = date(2026, 1, 1)
TODAY = LATER.date()


@pytest.fixture
def dollars(cast: Cast) -> Cast:
    owe_northwind(cast, currency="USD")
    return cast


def set_limit(cast: Cast, limit_minor: int) -> None:
    """In euros."""
    with tenant_context(cast.acme.id):
        type(cast.acme).objects.filter(id=cast.acme.id).update(second_approver_above_minor=limit_minor)


def quote(cast: Cast, base: str, quote: str, rate: str, *, days_ago: int = 0) -> None:
    with tenant_context(cast.acme.id):
        ExchangeRate.objects.create(
            base=base,
            quote=quote,
            published_on=TODAY - timedelta(days=days_ago),
            rate=Decimal(rate),
            recorded_at=LATER,
        )


def approve(cast: Cast, run: PayoutRun, person: Person) -> str:
    with tenant_context(cast.acme.id):
        total = run.total_minor
        return actions.approve_run(actor=person.actor, run=run, typed_total_minor=total, at=tick()).state


@pytest.mark.parametrize(
    ("currency", "rate", "limit_minor", "after_one"),
    [
        ("EUR", "", 10_000, "approved"),
        ("EUR", "", 9_999, "submitted"),
        ("USD", "0.9", 9_000, "approved"),
        ("USD", "0.9", 8_999, "submitted"),
        ("USD", "1.2", 11_999, "submitted"),
        ("USD", "1.00001", 10_000, "submitted"),
        ("JPY", "0.006", 6_000, "approved"),
        ("JPY", "0.006", 5_999, "submitted"),
    ],
)
def test_the_total_is_held_against_the_limit_in_the_limits_currency(
    cast: Cast, currency: str, rate: str, limit_minor: int, after_one: str
) -> None:
    owe_northwind(cast, currency=currency)
    if rate:
        quote(cast, currency, "EUR", rate)
    set_limit(cast, limit_minor)
    run = submitted_payout(cast, JANUARY, currency=currency)
    assert approve(cast, run, cast.felix) == after_one
    if after_one == "submitted":
        assert approve(cast, run, cast.olga) == "approved"


@pytest.mark.parametrize(
    ("stored", "days_ago"), [(None, 0), (("EUR", "USD"), 0), (("USD", "EUR"), 8)], ids=str
)
def test_without_a_rate_of_the_day_two_people_approve(
    dollars: Cast, stored: tuple[str, str] | None, days_ago: int
) -> None:
    """Neither a rate of the other direction nor one of the week before says it."""
    if stored:
        quote(dollars, *stored, "0.1", days_ago=days_ago)
    run = submitted_payout(dollars, JANUARY, currency="USD")
    assert approve(dollars, run, dollars.felix) == "submitted"
    with tenant_context(dollars.acme.id), nothing_written(), pytest.raises(actions.RunStateRefuses):
        start_export(actor=dollars.felix.actor, run=run, at=tick())
    assert approve(dollars, run, dollars.olga) == "approved"


class TestWhatWasDecidedStays:
    def test_a_rate_and_a_limit_of_later_change_nothing(self, dollars: Cast) -> None:
        quote(dollars, "USD", "EUR", "0.9")
        set_limit(dollars, 8_999)
        run = submitted_payout(dollars, JANUARY, currency="USD")
        quote(dollars, "USD", "EUR", "0.1")
        set_limit(dollars, 1_000_000)
        assert approve(dollars, run, dollars.felix) == "submitted"
        with tenant_context(dollars.acme.id):
            kept = PayoutRun.objects.get()
            assert (kept.approvals_needed, kept.limit_rate.rate) == (2, Decimal("0.9"))

    @pytest.mark.parametrize("change", [{"approvals_needed": 1}, {"limit_rate": None}], ids=str)
    def test_it_is_part_of_what_is_approved(self, dollars: Cast, change: dict[str, int | None]) -> None:
        quote(dollars, "USD", "EUR", "0.9")
        set_limit(dollars, 8_999)
        run = submitted_payout(dollars, JANUARY, currency="USD")
        with tenant_context(dollars.acme.id):
            PayoutRun.objects.update(**change)
            with nothing_written(), pytest.raises(actions.ContentChanged):
                actions.approve_run(actor=dollars.felix.actor, run=run, typed_total_minor=10_000, at=tick())

    def test_a_run_that_was_sent_back_is_judged_anew(self, dollars: Cast) -> None:
        run = submitted_payout(dollars, JANUARY, currency="USD")
        quote(dollars, "USD", "EUR", "0.9")
        with tenant_context(dollars.acme.id):
            actions.reject_run(actor=dollars.felix.actor, run=run, reason="x", at=tick())
            actions.recalculate_run(actor=dollars.vera.actor, run=run, at=tick())
        actions.work_on_run(tenant_id=dollars.acme.id, run_id=run.id, now=tick)
        with tenant_context(dollars.acme.id):
            again = PayoutRun.objects.get()
            assert again.approvals_needed is None
            actions.submit_run(actor=dollars.vera.actor, run=again, typed_total_minor=10_000, at=tick())
        assert approve(dollars, run, dollars.olga) == "approved"

    def test_one_approval_of_two_exports_nothing(self, dollars: Cast) -> None:
        run = submitted_payout(dollars, JANUARY, currency="USD")
        approve(dollars, run, dollars.felix)
        with tenant_context(dollars.acme.id):
            PayoutRun.objects.update(state="approved")
            with nothing_written(), pytest.raises(NotApproved):
                start_export(actor=dollars.felix.actor, run=run, at=tick())
            PayoutRun.objects.update(state="submitted")
        approve(dollars, run, dollars.olga)
        with tenant_context(dollars.acme.id):
            assert start_export(actor=dollars.felix.actor, run=run, at=tick()).state == "exporting"


def test_the_page_says_what_was_compared(dollars: Cast) -> None:
    run = calculated_payout(dollars, JANUARY, currency="USD")
    with tenant_context(dollars.acme.id):
        actions.submit_run(actor=dollars.vera.actor, run=run, typed_total_minor=10_000, at=tick())
    path = f"/acme/m/payouts/{run.id}/"
    shown = client_of(dollars.felix).get(path).content.decode()
    assert "two people, for no exchange rate says what it is in EUR" in shown
    quote(dollars, "USD", "EUR", "0.9")
    with tenant_context(dollars.acme.id):
        PayoutRun.objects.update(limit_rate=ExchangeRate.objects.get().id, approvals_needed=1)
    shown = client_of(dollars.felix).get(path).content.decode()
    assert "90.00" in shown
    assert "by the rate of" in shown
