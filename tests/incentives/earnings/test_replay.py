"""Every amount follows from what is stored of it: calculated again from the stored inputs, it is the same."""

import os
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings

from incentives.earnings.entries import explain_entry
from incentives.earnings.entry_facts import WITHDRAWN, EntryFacts
from incentives.earnings.models import CalculationRun, Entry
from incentives.earnings.replay import Replay, Verdict, replay
from incentives.earnings.replaying import replay_last_runs, replay_run
from incentives.plans.document import PlanDocument
from incentives.plans.facts import Facts, SplitShare
from incentives.plans.reference import evaluate
from incentives.plans.targets import Target
from partners.sales.models import SaleLine
from prm.currencies.models import ExchangeRate
from prm.kit.ids import uuid7
from prm.kit.money import Money
from prm.tenancy.context import tenant_context
from tests.incentives.earnings.test_formulas import CLOSED, QUARTER, told
from tests.support.api import Machine, make_key
from tests.support.cast import NOW, Cast
from tests.support.clients import client_of
from tests.support.commission import assign, calculate, make_plan, make_product, publish, sell
from tests.support.generated_facts import known_facts
from tests.support.plan_facts import day, document, facts, rate, rates, refund, run, sale, tiers

YEAR = (date(2026, 1, 1), date(2026, 9, 1))
JAN, LATER = date(2026, 1, 1), datetime(2026, 4, 3, tzinfo=UTC)


def again(target: Target, known: Facts, facts_told: EntryFacts | None = None) -> Replay:
    documents: dict[str, PlanDocument] = {
        version.id: version.document for plan in known.plans for version in plan.versions
    }
    ruling = documents[target.version_id]
    component = ruling.component(target.key.component_id)
    return replay(facts_told or told(target), ruling, component, target.key.canonical)


@settings(
    max_examples=int(os.environ.get("PRM_EXAMPLES", "40")), deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(known=known_facts())
def test_generated_amounts_are_calculated_again_from_what_is_stored(known: Facts) -> None:
    for target in evaluate(known, *YEAR).targets:
        found = again(target, known)
        assert found.holds, target
        assert found.content_hash == found.posted_hash


@settings(
    max_examples=int(os.environ.get("PRM_EXAMPLES", "10")), deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(known=known_facts())
def test_an_amount_that_is_far_off_is_never_within_rounding(known: Facts) -> None:
    """By a hundred units of each currency, which no generated number of six places can hide."""
    for target in evaluate(known, *YEAR).targets:
        off = told(replace(target, amount_minor=target.amount_minor + 10**7))
        assert again(target, known, off).verdict is Verdict.DIFFERING, target


def test_short_numbers_come_to_exactly_what_was_posted_returns_too() -> None:
    raw = document(
        rate("0.07"), tiers("marginal", [("0", "0.05"), ("100", "0.1")], "volume"), payout_currency="GBP"
    )
    lines = [sale("a", day(1, 5), "150.50"), refund("r", day(5, 5), "75.25", of="a")]
    known = facts(lines, raw, rates=rates(("EUR", "GBP", day(1, 5), "0.7912")))
    verdicts = [again(target, known).verdict for target in run(known).targets]
    assert verdicts == [Verdict.EQUAL] * len(verdicts)
    assert any(target.inputs.refund for target in run(known).targets)


def test_a_share_of_six_places_of_a_large_amount_is_within_rounding() -> None:
    known = facts(
        [*QUARTER, refund("r", day(4, 10), "60000", of="mar")],
        document(tiers("marginal", [("0", "0.05"), ("100000", "0.07"), ("250000", "0.1")])),
        closed_at=CLOSED,
    )
    (target,) = [target for target in run(known).targets if target.inputs.refund]
    assert (target.amount_minor, again(target, known).verdict) == (-489_231, Verdict.WITHIN_ROUNDING)


def a_third() -> tuple[Target, Facts]:
    """A third of a unit at 1.5 yen is half a yen, 0.333333 of one is less."""
    shares = (SplitShare("p1", parts=1), SplitShare("p2", parts=2))
    third = sale("a", day(1, 5), "100", quantity=Decimal(1), split=shares)
    raw = document({"id": "unit", "type": "per_unit", "amount": "1.5"}, currency="JPY", payout_currency="JPY")
    known = facts([third], raw, rates=rates(("EUR", "JPY", day(1, 1), "160")))
    return run(known).targets[0], known


def test_what_six_places_do_not_hold_is_within_rounding_and_no_more() -> None:
    target, known = a_third()
    found = again(target, known)
    assert (target.amount_minor, found.verdict) == (1, Verdict.WITHIN_ROUNDING)
    assert found.content_hash == found.posted_hash
    two = again(target, known, told(replace(target, amount_minor=2, payout_amount_minor=2)))
    assert (two.verdict, two.content_hash == two.posted_hash) == (Verdict.DIFFERING, False)


def test_what_no_longer_earns_is_exactly_what_it_takes_back() -> None:
    known = facts([sale("a", day(1, 5), "150.55")], document(rate("0.07")))
    (target,) = run(known).targets
    for posted, verdict in ((1_054, Verdict.EQUAL), (1_055, Verdict.DIFFERING)):
        taken = replace(
            told(target), amount=Money(-1_054, "EUR"), payout=Money(-1_054, "EUR"), cause=WITHDRAWN,
            posted_before=Money(posted, "EUR"), payout_before=Money(posted, "EUR"),
        )  # fmt: skip
        assert again(target, known, taken).verdict is verdict


@pytest.fixture
def acme(cast: Cast) -> Cast:
    """5 % in dollars, paid out in euros at a rate of ten places: of two sales, one returned in part, one withdrawn."""
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, [rate("0.05")], currency="USD", payout_currency="EUR")
        assign(plan)
        ExchangeRate.objects.create(
            base="USD", quote="EUR", published_on=date(2026, 1, 5), rate=Decimal("0.9172345678"), source="test",
            recorded_at=NOW,
        )  # fmt: skip
        product = make_product()
        sold = sell(cast.northwind, product, "A1", date(2026, 1, 6), 25_010, currency="USD")
        sell(cast.northwind, product, "R1", date(2026, 1, 9), 8_336, refunds=sold, currency="USD")
        sell(cast.southwind, product, "A2", date(2026, 1, 7), 10_000, currency="USD")
    calculate(cast.acme, JAN)
    with tenant_context(cast.acme.id):
        SaleLine.objects.filter(external_id="A2").update(voided=True, recorded_at=LATER)
    calculate(cast.acme, JAN, at=LATER)
    return cast


def replayed() -> str:
    out = StringIO()
    call_command("replay_entries", stdout=out)
    return out.getvalue()


def test_every_entry_has_an_answer_on_its_page_and_for_machines(acme: Cast) -> None:
    with tenant_context(acme.acme.id):
        entries = list(Entry.objects.order_by("id"))
        verdicts = {entry.cause: explain_entry(acme.vera.actor, entry.id).replay.verdict for entry in entries}
    assert verdicts == dict.fromkeys(("sale", "refund", "withdrawn"), Verdict.EQUAL)
    client, machine = client_of(acme.vera), Machine(make_key(acme.acme, "earnings:read"))
    for entry in entries:
        told_to_machines = machine.get(f"entries/{entry.id}").json()
        assert (told_to_machines["replays"], told_to_machines["replay"]["verdict"]) == (True, "equal")
        assert told_to_machines["replay"]["content_hash"] == told_to_machines["replay"]["posted_hash"]
        page = client.get(f"/acme/m/earnings/{entry.id}/").content.decode()
        assert "the same amount" in page
        assert told_to_machines["replay"]["content_hash"][:12] in page


def test_the_command_counts_and_comes_to_the_hash_of_the_calculation(acme: Cast) -> None:
    assert "acme: 2026-01 C-2: 4 equal, 0 within rounding, 0 differing; the same hash" in replayed()


def test_the_first_calculation_is_hashed_again_without_what_came_later(acme: Cast) -> None:
    with tenant_context(acme.acme.id):
        first, second = CalculationRun.objects.order_by("number")
        assert first.result_hash != second.result_hash
        for of_run, entries in ((first, 3), (second, 4)):
            told_again = replay_run(of_run)
            assert (told_again.content_hash, told_again.counts.total()) == (of_run.result_hash, entries)


def test_the_command_names_what_differs_from_what_was_calculated(acme: Cast) -> None:
    """The inputs still come to what the calculation hashed."""
    with tenant_context(acme.acme.id):
        foreign = Entry.objects.get(cause="refund")
        foreign.id, foreign.amount_minor, foreign._state.adding = uuid7(), -1, True
        foreign.save(force_insert=True)
        (told_again,) = replay_last_runs()
    assert (told_again.differing, told_again.counts[Verdict.EQUAL]) == ([foreign.id], 4)
    out = StringIO()
    with pytest.raises(CommandError, match="1 calculations do not come to what was posted"):
        call_command("replay_entries", stdout=out)
    assert f"1 differing; the same hash\n  differing: {foreign.id}" in out.getvalue()
