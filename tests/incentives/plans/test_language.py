"""The plan language: what is read, and each fault at its field."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incentives.plans.document import (
    BonusComponent,
    Limit,
    Measure,
    NegativeMargin,
    PerUnitComponent,
    RateComponent,
    Tier,
    TierMode,
    TiersComponent,
    changed_fixed_settings,
)
from incentives.plans.document_json import canonical_json
from incentives.plans.fields import MESSAGES
from incentives.plans.language import PlanInvalid, parse_document
from prm.kit.periods import WindowKind
from tests.support.plan_facts import bonus, document, override, rate, target, tiers

WHERE = {"all": [{"fact": "category", "op": "in", "value": ["bikes", "parts"]}]}


def faults(raw: object) -> list[tuple[str, str]]:
    with pytest.raises(PlanInvalid) as caught:
        parse_document(raw)
    assert all(error.message for error in caught.value.errors)
    return [(error.pointer, error.code) for error in caught.value.errors]


def test_reads_settings_and_their_defaults() -> None:
    read = parse_document({"currency": "KWD", "components": [rate()]})
    assert (read.payout_currency, read.period, read.hold_days, read.minimum_payout_minor) == (
        "KWD",
        "month",
        0,
        0,
    )
    assert (read.earning_event, read.refund_policy) == ("order", "original_rate")
    read = parse_document(document(rate(), payout_currency="JPY", minimum_payout="5000", hold_days=30))
    assert (read.payout_currency, read.minimum_payout_minor, read.hold_days) == ("JPY", 5000, 30)
    for event in ("order", "invoice", "payment"):
        assert parse_document(document(rate(), earning_event=event)).earning_event == event


def test_reads_components() -> None:
    read = parse_document(
        document(
            rate("0.125", "margin", basis="margin", negative="zero", where=WHERE, cap={"sale": "100.00"}),
            {"id": "unit", "type": "per_unit", "amount": "0.005", "from": "2026-01-01", "to": "2026-02-01"},
            tiers(
                "marginal", [("0", "0.05"), ("1000.50", "0.1")], "volume", floor={"sale": "7"}, title="Volume"
            ),
            tiers(
                "retroactive",
                [("0", "1.5"), ("10.5", "2")],
                "units",
                measure="units",
                amounts=True,
                window="year",
            ),
        )
    )
    first, second, third, fourth = read.components
    assert isinstance(first, RateComponent)
    assert (first.rate, first.basis, first.negative) == (
        Decimal("0.125"),
        Measure.MARGIN,
        NegativeMargin.ZERO,
    )
    assert first.cap == Limit(10000)
    assert isinstance(second, PerUnitComponent)
    assert (second.amount, second.starts_on, second.ends_on) == (
        Decimal("0.005"),
        date(2026, 1, 1),
        date(2026, 2, 1),
    )
    assert isinstance(third, TiersComponent)
    assert (third.mode, third.window, third.floor, third.title) == (
        TierMode.MARGINAL,
        WindowKind.QUARTER,
        Limit(700),
        "Volume",
    )
    assert third.tiers == (
        Tier(Decimal(0), rate=Decimal("0.05")),
        Tier(Decimal("1000.5"), rate=Decimal("0.1")),
    )
    assert isinstance(fourth, TiersComponent)
    assert fourth.pays_amounts
    assert fourth.window is WindowKind.YEAR


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"currency": "XXX"}, "/currency", "currency_unknown"),
        ({"currency": 978}, "/currency", "currency_unknown"),
        ({"payout_currency": "eur"}, "/payout_currency", "currency_unknown"),
        ({"period": "week"}, "/period", "choice_unknown"),
        ({"hold_days": -1}, "/hold_days", "integer_expected"),
        ({"hold_days": "30"}, "/hold_days", "integer_expected"),
        ({"hold_days": True}, "/hold_days", "integer_expected"),
        ({"minimum_payout": 50}, "/minimum_payout", "number_not_string"),
        ({"minimum_payout": "50.001"}, "/minimum_payout", "amount_precision"),
        ({"minimum_payout": "-1"}, "/minimum_payout", "amount_negative"),
        ({"refund_policy": "never"}, "/refund_policy", "choice_unknown"),
        ({"earning_event": "delivery"}, "/earning_event", "choice_unknown"),
        ({"caps": [{"per": "sale"}]}, "/caps/0", "tier_pay"),
        ({"caps": [{"per": "day", "amount": "1"}]}, "/caps/0/per", "choice_unknown"),
        ({"caps": [{"per": "life", "over": "me", "amount": "1"}]}, "/caps/0/over", "choice_unknown"),
        ({"caps": [{"per": "life", "amount": "0.001"}]}, "/caps/0/amount", "amount_precision"),
        (
            {"caps": [{"per": "life", "amount": "1"}, {"per": "life", "rate": "1"}]},
            "/caps/1/per",
            "cap_repeated",
        ),
        ({"caps": {}}, "/caps", "list_expected"),
        ({"components": []}, "/components", "list_expected"),
        ({"components": {}}, "/components", "list_expected"),
        ({"components": ["rate"]}, "/components/0", "object_expected"),
        ({"colour/~": 1}, "/colour~1~0", "field_unknown"),
    ],
)
def test_faults_of_settings(changes: dict[str, Any], pointer: str, code: str) -> None:
    assert faults(document(rate()) | changes) == [(pointer, code)]


@pytest.mark.parametrize("missing", ["currency", "components"])
def test_required_settings(missing: str) -> None:
    raw = document(rate())
    del raw[missing]
    assert (f"/{missing}", "field_missing") in faults(raw)
    assert faults([]) == [("", "object_expected")]


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"rate": 0.05}, "/rate", "number_not_string"),
        ({"rate": "5"}, "/rate", "rate_above_one"),
        ({"rate": "-0.05"}, "/rate", "decimal_format"),
        ({"rate": "5e-2"}, "/rate", "decimal_format"),
        ({"rate": "0.0500001"}, "/rate", "decimal_precision"),
        ({"rate": None}, "/rate", "decimal_format"),
        ({"basis": "units"}, "/basis", "choice_unknown"),
        ({"negative": "zero"}, "/negative", "negative_needs_margin"),
        ({"id": "Base"}, "/id", "id_format"),
        ({"id": 1}, "/id", "id_format"),
        ({"type": "rates"}, "/type", "choice_unknown"),
        ({"type": ["rate"]}, "/type", "choice_unknown"),
        ({"title": "x" * 81}, "/title", "text_expected"),
        ({"from": "2026-02-30"}, "/from", "date_format"),
        ({"from": "20260201"}, "/from", "date_format"),
        ({"from": "2026-02-01", "to": "2026-02-01"}, "/to", "dates_order"),
        ({"cap": {"sale": "1.001"}}, "/cap/sale", "amount_precision"),
        ({"cap": {}}, "/cap", "limit_empty"),
        ({"cap": {"window": "-5"}}, "/cap/window", "amount_negative"),
        ({"cap": "5"}, "/cap", "object_expected"),
        ({"cap": {"sale": "5"}, "floor": {"sale": "6"}}, "/floor", "floor_above_cap"),
        ({"cap": {"window": "5"}, "floor": {"window": "6"}}, "/floor", "floor_above_cap"),
        ({"where": {"all": []}}, "/where/all", "group_empty"),
        (
            {"where": {"all": [{"fact": "mood", "op": "eq", "value": "x"}]}},
            "/where/all/0/fact",
            "fact_unknown",
        ),
        ({"measure_where": WHERE}, "/measure_where", "field_unknown"),
    ],
)
def test_faults_of_a_component(changes: dict[str, Any], pointer: str, code: str) -> None:
    assert faults(document(rate(component_id="other"), rate() | changes)) == [
        (f"/components/1{pointer}", code)
    ]


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"basis": "units"}, "/basis", "choice_unknown"),
        ({"levels": []}, "/levels", "list_expected"),
        ({"levels": [{"rate": "0.03"}]}, "/levels/0/up", "field_missing"),
        ({"levels": [{"up": 0, "rate": "0.03"}]}, "/levels/0/up", "integer_expected"),
        ({"levels": [{"up": 1, "rate": "3"}]}, "/levels/0/rate", "rate_above_one"),
        ({"levels": [{"up": 2, "rate": "0"}, {"up": 2, "rate": "0"}]}, "/levels/1/up", "levels_order"),
        ({"levels": [{"up": 1, "rate": "0", "who": "me"}]}, "/levels/0/who", "field_unknown"),
    ],
)
def test_faults_of_an_override(changes: dict[str, Any], pointer: str, code: str) -> None:
    raw = override("0.03", component_id="base") | changes
    assert faults(document(raw)) == [(f"/components/0{pointer}", code)]


@pytest.mark.parametrize(
    ("rows", "pointer", "code"),
    [
        ([], "/tiers", "list_expected"),
        ([{"from": "1", "rate": "0.1"}], "/tiers/0/from", "tiers_start"),
        ([{"from": "0", "rate": "0.1"}, {"from": "0", "rate": "0.2"}], "/tiers/1/from", "tiers_order"),
        (
            [{"from": "0", "rate": "0.1"}, {"from": "9", "rate": "0.2"}, {"from": "8", "rate": "0.3"}],
            "/tiers/2/from",
            "tiers_order",
        ),
        ([{"from": "0", "rate": "0.1", "to": "5"}], "/tiers/0/to", "field_unknown"),
        ([{"from": "0"}], "/tiers/0", "tier_pay"),
        ([{"from": "0", "rate": "0.1", "amount": "1"}], "/tiers/0", "tier_pay"),
        ([{"from": "0", "amount": "1"}], "/tiers/0/amount", "amount_needs_units"),
        ([{"from": "0", "rate": "0.1"}, {"from": 5, "rate": "0.2"}], "/tiers/1/from", "number_not_string"),
        (
            [{"from": "0", "rate": "0.1"}, {"from": "5.001", "rate": "0.2"}],
            "/tiers/1/from",
            "amount_precision",
        ),
        (["0"], "/tiers/0", "object_expected"),
        ([{"rate": "0.1"}], "/tiers/0/from", "field_missing"),
    ],
)
def test_faults_of_tiers(rows: list[Any], pointer: str, code: str) -> None:
    component = {"id": "base", "type": "tiers", "mode": "marginal", "tiers": rows}
    found = faults(document(component))
    assert (f"/components/0{pointer}", code) in found
    assert {place for place, _ in found if place.startswith("/components/0/tiers")} == {
        f"/components/0{pointer}"
    }


def test_tiers_pay_all_by_rate_or_all_by_amount() -> None:
    rows = [{"from": "0", "rate": "0.1"}, {"from": "5", "amount": "2"}]
    component = {"id": "base", "type": "tiers", "mode": "marginal", "measure": "units", "tiers": rows}
    assert faults(document(component)) == [("/components/0/tiers/1", "tiers_mixed")]


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"steps": [{"goal": "0", "amount": "1"}]}, "/steps/0/goal", "bonus_of_nothing"),
        ({"steps": [{"goal": "1.001", "amount": "1"}]}, "/steps/0/goal", "amount_precision"),
        ({"steps": [{"goal": "1"}]}, "/steps/0", "tier_pay"),
        (
            {"steps": [{"goal": "2", "amount": "1"}, {"goal": "2", "amount": "2"}]},
            "/steps/1/goal",
            "tiers_order",
        ),
        ({"steps": [{"goal": "1", "amount": "1", "prorate": "yes"}]}, "/steps/0/prorate", "boolean_expected"),
        ({"measure": "units", "steps": [{"goal": "1", "rate": "0.1"}]}, "/steps", "bonus_rate_of_units"),
        ({"steps": [{"from_attainment": "1", "amount": "1"}]}, "/steps", "bonus_needs_target"),
        ({"floor": {"window": "1"}}, "/floor", "bonus_limit"),
        ({"cap": {"sale": "1"}}, "/cap", "bonus_limit"),
        ({"measure_where": WHERE}, "/measure_where", "field_unknown"),
    ],
)
def test_faults_of_a_bonus(changes: dict[str, Any], pointer: str, code: str) -> None:
    component = bonus({"goal": "10", "amount": "1"}) | changes
    assert faults(document(component)) == [(f"/components/0{pointer}", code)]


@pytest.mark.parametrize("targets", [1, 2])
def test_a_bonus_by_attainment_takes_all_from_the_plans_one_target(targets: int) -> None:
    of_goal = target([("0", "0.05")], "100", measure="margin", window="year", where=WHERE)
    by_attainment = bonus({"from_attainment": "1", "amount": "5"})
    many = [of_goal | {"id": f"goal{place}"} for place in range(targets)]
    if targets > 1:
        assert faults(document(by_attainment, *many)) == [("/components/0/steps", "bonus_needs_target")]
        return
    read = parse_document(document(by_attainment, *many)).components[0]
    assert isinstance(read, BonusComponent)
    assert (read.of_target, read.measure, read.window) == ("goal0", Measure.MARGIN, WindowKind.YEAR)
    assert read.where == parse_document(document(of_goal)).components[0].where
    assert faults(document(by_attainment | {"window": "month"}, *many)) == [
        ("/components/0/window", "bonus_of_target")
    ]


def test_volume_may_be_that_of_a_group() -> None:
    component = tiers("marginal", [("0", "0.1")], scope="group")
    (read,) = parse_document(document(component)).components
    assert isinstance(read, TiersComponent)
    assert read.of_group


def test_all_faults_at_once_in_reading_order() -> None:
    raw = document(rate(0.1), tiers("sideways", [("1", "7")]), hold_days="x")  # type: ignore[arg-type]
    assert faults(raw) == [
        ("/components/0/rate", "number_not_string"),
        ("/components/1/id", "id_repeated"),
        ("/components/1/mode", "choice_unknown"),
        ("/components/1/tiers/0/from", "tiers_start"),
        ("/components/1/tiers/0/rate", "rate_above_one"),
        ("/hold_days", "integer_expected"),
    ]


def test_everything_measured_is_said_in_words() -> None:
    raw = document(tiers("marginal", [("0", "0.1")], where=WHERE, measure_where={"all": []}))
    read = parse_document(raw)
    assert json.loads(canonical_json(read))["components"][0]["measure_where"] == {"all": []}
    assert parse_document(json.loads(canonical_json(read))) == read


def test_canonical_json_has_one_text_for_one_meaning() -> None:
    first = canonical_json(parse_document(document(rate("0.050"), minimum_payout="50")))
    shuffled = dict(reversed(list(document(rate("0.05"), minimum_payout="50.00").items())))
    assert canonical_json(parse_document(shuffled)) == first
    assert first == (
        '{"components":[{"basis":"revenue","id":"base","rate":"0.05","type":"rate"}],"currency":"EUR",'
        '"earning_event":"order","hold_days":0,"minimum_payout":"50.00","payout_currency":"EUR",'
        '"period":"quarter","refund_policy":"original_rate"}'
    )


def test_currencies_and_period_stay_the_same_in_all_versions() -> None:
    first = parse_document(document(rate()))
    later = parse_document(
        document(rate("0.06"), currency="USD", payout_currency="EUR", period="year", hold_days=5)
    )
    assert changed_fixed_settings(first, later) == ("currency", "period")


decimals = st.decimals(0, 1, places=6).map(lambda value: f"{value:f}")
rows = st.lists(st.tuples(st.integers(1, 10**9), decimals), max_size=4, unique_by=lambda row: row[0]).map(
    lambda rest: [("0", "0.01"), *((f"{start}", value) for start, value in sorted(rest))]
)
components = st.one_of(
    st.builds(rate, decimals, where=st.sampled_from([WHERE, {"any": [WHERE, WHERE]}])),
    st.builds(rate, decimals, basis=st.just("margin"), negative=st.sampled_from(["pay", "zero"])),
    st.builds(tiers, st.sampled_from(["marginal", "retroactive", "whole_transaction"]), rows),
    st.builds(tiers, st.just("marginal"), rows, measure=st.just("units"), amounts=st.just(True)),
)


@given(st.lists(components, min_size=1, max_size=4))
def test_canonical_json_reads_back(written: list[dict[str, Any]]) -> None:
    named = [component | {"id": f"c{place}"} for place, component in enumerate(written)]
    read = parse_document(document(*named))
    assert parse_document(json.loads(canonical_json(read))) == read


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["0", "EUR", "rate", "tiers"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "type", "tiers", "from", "where", "cap", "mode", "all"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(st.sampled_from(["currency", "components", "caps", "period", "hold_days"]), json_values)
)
def test_any_json_is_read_or_refused_with_messages(raw: dict[str, Any]) -> None:
    try:
        parse_document(raw)
    except PlanInvalid as caught:
        refused = caught
    else:
        return
    assert refused.errors
    assert all(error.code in MESSAGES and error.message for error in refused.errors)
