"""Entries read for their explanation: the rate from its row, what was posted before, as the database has them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from incentives.earnings.entries import explain_entry
from incentives.earnings.entry_facts import Factor
from incentives.earnings.models import CalculationRun, Entry
from incentives.plans.models import Plan
from partners.products.models import Product
from partners.sales.models import SaleLine
from prm.currencies.models import ExchangeRate
from prm.kit.money import Money
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key
from tests.support.cast import NOW, Cast
from tests.support.clients import client_of
from tests.support.commission import assign, calculate, make_plan, make_product, publish, sell

JAN = date(2026, 1, 1)


@pytest.fixture
def acme(cast: Cast) -> Cast:
    """5 % in dollars, paid out in euros, at a rate of ten places."""
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, [{"id": "base", "type": "rate", "rate": "0.05"}], currency="USD", payout_currency="EUR")
        assign(plan)
        ExchangeRate.objects.create(
            base="USD",
            quote="EUR",
            published_on=date(2026, 1, 5),
            rate=Decimal("0.9172345678"),
            source="test",
            recorded_at=NOW,
        )
        sell(cast.northwind, make_product(), "A1", date(2026, 1, 6), 25_010, currency="USD")
    calculate(cast.acme, JAN)
    return cast


def test_the_payout_rate_is_told_with_all_its_places(acme: Cast) -> None:
    with tenant_context(acme.acme.id):
        entry = Entry.objects.get()
        assert entry.inputs["payout_exchange"]["rate"] == "0.917235"
        told = explain_entry(acme.vera.actor, entry.id).explanation
    results = {step.code: step.result for step in told.steps}
    assert results["payout_exchange"] == Factor(Decimal("0.9172345678"))
    assert (results["rounded"], results["payout_rounded"]) == (Money(1_251, "USD"), Money(1_147, "EUR"))


def test_a_correction_knows_what_was_posted_before_in_both_currencies(acme: Cast) -> None:
    with tenant_context(acme.acme.id):
        SaleLine.objects.update(amount_minor=50_020, revision=2, recorded_at=datetime(2026, 4, 2, tzinfo=UTC))
    calculate(acme.acme, JAN, at=datetime(2026, 4, 3, tzinfo=UTC))
    with tenant_context(acme.acme.id):
        entry = Entry.objects.get(cause="amended")
        told = explain_entry(acme.vera.actor, entry.id).explanation
    results = {step.code: step.result for step in told.steps}
    assert results["rounded_whole"] == Money(2_501, "USD")
    assert (results["difference"], results["payout_difference"]) == (Money(1_250, "USD"), Money(1_147, "EUR"))


def test_the_history_names_the_calculation_and_who_started_it_to_staff_alone(acme: Cast) -> None:
    with tenant_context(acme.acme.id):
        SaleLine.objects.update(amount_minor=50_020, revision=2, recorded_at=datetime(2026, 4, 2, tzinfo=UTC))
        CalculationRun.objects.update(started_by_label="Felix Finance")
    calculate(acme.acme, JAN, at=datetime(2026, 4, 3, tzinfo=UTC))
    with tenant_context(acme.acme.id):
        entry = Entry.objects.get(cause="amended")
        history = explain_entry(acme.vera.actor, entry.id).history
        first, second = (posting.run for posting in history)
        assert (str(first), first and first.started_by_label) == ("C-1", "Felix Finance")
        assert (str(second), second and second.started_by_label) == ("C-2", "system")
    page = client_of(acme.vera).get(f"/acme/m/earnings/{entry.id}/").content.decode()
    assert f"/acme/m/calculations/{history[0].entry.run_id}/" in page
    assert "Felix Finance" in page
    assert "the system" in page
    without_runs = client_of(acme.nina).get(f"/acme/m/earnings/{entry.id}/").content.decode()
    assert "C-2" in without_runs
    assert "/m/calculations/" not in without_runs
    own = client_of(acme.paul).get(f"/acme/p/earnings/{entry.id}/").content.decode()
    assert "Sale amended" in own
    assert "Felix Finance" not in own
    assert "C-2" not in own


def test_a_machine_is_told_the_history_of_an_entry(acme: Cast) -> None:
    with tenant_context(acme.acme.id):
        entry = Entry.objects.get()
    (posting,) = Machine(make_key(acme.acme, "earnings:read")).get(f"entries/{entry.id}").json()["history"]
    assert {name: posting[name] for name in ("entry_id", "calculation", "started_by", "cause", "amount")} == {
        "entry_id": str(entry.id),
        "calculation": "C-1",
        "started_by": "system",
        "cause": "sale",
        "amount": "12.51",
    }


LADDER = {"id": "base", "type": "tiers", "mode": "retroactive", "window": "quarter", "tiers": [
    {"from": "0", "rate": "0.05"}, {"from": "1000", "rate": "0.1"}]}  # fmt: skip


@pytest.fixture
def second_tier(cast: Cast) -> Cast:
    """A calculated sale that a second one, not calculated yet, takes into the second tier."""
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, [LADDER])
        assign(plan)
        sell(cast.northwind, make_product(), "A1", date(2026, 1, 6), 60_000)
    calculate(cast.acme, JAN)
    with tenant_context(cast.acme.id):
        sell(cast.northwind, Product.objects.get(), "A2", date(2026, 1, 7), 60_000)
    return cast


def _tier_told(cast: Cast) -> list[str]:
    with tenant_context(cast.acme.id):
        entry = Entry.objects.filter(line_id=SaleLine.objects.get(external_id="A1").id).order_by("id")[1]
        told = explain_entry(cast.vera.actor, entry.id).explanation
    return [step.code for step in told.steps if step.code.startswith("tier_")]


def test_a_correction_names_the_tier_of_the_entry_before(second_tier: Cast) -> None:
    calculate(second_tier.acme, JAN, at=datetime(2026, 4, 3, tzinfo=UTC))
    assert _tier_told(second_tier) == ["tier_rose"]


def test_tiers_of_two_versions_are_not_compared(second_tier: Cast) -> None:
    with tenant_context(second_tier.acme.id):
        publish(Plan.objects.get(), [LADDER], at=datetime(2026, 4, 2, tzinfo=UTC))
    calculate(second_tier.acme, JAN, at=datetime(2026, 4, 3, tzinfo=UTC))
    assert _tier_told(second_tier) == []
