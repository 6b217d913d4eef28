"""One meaning, two executions: the reference and the SQL agree to the cent, in reasons and in explanation inputs."""

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pprint import pformat
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incentives.plans.facts import (
    Assignment,
    Facts,
    Goal,
    Held,
    Partner,
    Plan,
    Protection,
    SaleLine,
    SplitShare,
    Standing,
)
from incentives.plans.reference import evaluate
from prm.kit.periods import Period
from tests.support.plan_facts import (
    PARTNERS,
    amounts,
    day,
    document,
    everyone,
    facts,
    override,
    plan,
    protected,
    rate,
    rates,
    refund,
    registered,
    sale,
    tiers,
    version,
)
from tests.support.stored_facts import calculated, expected, with_uuids

YEAR = (date(2026, 1, 1), date(2027, 1, 1))


def agree(known: Facts, starts_on: date = YEAR[0], ends_on: date = YEAR[1]) -> None:
    known = with_uuids(known)
    reference = evaluate(known, starts_on, ends_on)
    found = calculated(known, starts_on, ends_on)
    assert (found.run.state, found.run.failure) == ("calculated", "")
    targets, outcomes = expected(reference)
    for told, wanted in ((found.targets, targets), (found.outcomes, outcomes)):
        assert told == wanted, pformat([replace(known, rates=()), differing(told, wanted)], width=200)
    assert found.run.funnel == {
        "looked_at": reference.looked_at,
        "earned": reference.earned,
        "reasons": dict(reference.funnel),
    }


def differing(found: dict[Any, Any], wanted: dict[Any, Any]) -> dict[Any, Any]:
    """What the SQL says and what the reference says, where they differ."""
    keys = [key for key in {**found, **wanted} if found.get(key) != wanted.get(key)]
    return {key: (found.get(key), wanted.get(key)) for key in keys}


LADDER = [("0", "0.05"), ("100000", "0.07"), ("250000", "0.1")]
QUARTER = [
    sale("jan", day(1, 10), "80000"),
    sale("feb", day(2, 10), "90000"),
    sale("mar", day(3, 10), "130000"),
]
MODES = ["marginal", "retroactive", "whole_transaction"]
THIRDS = [SplitShare("p1", parts=1), SplitShare("p2", parts=1), SplitShare("p3", parts=1)]
Q1_CLOSED = {Period(2026, month): datetime(2026, month + 1, 5, tzinfo=UTC) for month in (1, 2, 3)}


@pytest.mark.django_db
@pytest.mark.parametrize("mode", MODES)
def test_s1(mode: str) -> None:
    agree(facts(QUARTER, document(tiers(mode, LADDER))))


@pytest.mark.django_db
@pytest.mark.parametrize("basis", ["revenue", "commission"])
@pytest.mark.parametrize("own", [rate("0.12"), tiers("retroactive", LADDER)], ids=["rate", "tiers"])
def test_s2_overrides_and_a_move_in_the_tree(own: dict[str, Any], basis: str) -> None:
    """R moves from D1 to D2 on 15 March; part of a sale comes back before its window closes, part after."""
    lines = [
        sale("before", day(3, 14), "48500"),
        sale("after", day(3, 15), "48500.01"),
        refund("soon", day(3, 20), "333.33", of="before"),
        refund("late", day(4, 20), "100.01", of="before"),
        refund("rest", day(5, 20), "48066.66", of="before"),
    ]
    links = (Held("p2", day(1), day(3, 15)), Held("p3", day(3, 15)))
    partners = (
        replace(PARTNERS[0], parents=links),
        replace(PARTNERS[1], parents=(Held("p3", day(1)),)),
        PARTNERS[2],
    )
    above = override("0.03", "0.01", basis=basis, cap={"sale": "500"})
    agree(facts(lines, document(own, above), partners=partners, closed_at=Q1_CLOSED))


@pytest.mark.django_db
def test_s7_the_registration_pays_who_holds_the_deal() -> None:
    """P1's protection ends on 12 May; then P2, who sells, is next. A deal named on the line replaces the match."""
    lines = [
        sale("on time", day(5, 10), "60000", "p2", customer_id="bank"),
        sale("too late", day(5, 12), "60000", "p2", customer_id="bank"),
        sale("named", day(5, 10), "100", "p3", deal_id="second"),
        sale("split", day(5, 10), "99.99", customer_id="bank", split=THIRDS),
        sale("other line", day(5, 10), "100", "p2", customer_id="bank", product_id="sock"),
        refund("back", day(5, 20), "333.33", of="on time", partner="p2"),
        refund("rest", day(6, 20), "59666.67", of="on time", partner="p2"),
    ]
    held = (
        protected("first", "p1", day(1, 12), day(5, 12)),
        protected("second", "p2", day(5, 12), day(8, 12)),
    )
    agree(facts(lines, document(rate("0.1"), registered("0.05")), protections=held))


@pytest.mark.django_db
def test_s3_splits() -> None:
    lines = [
        sale("a", day(3), "9999.99", split=THIRDS),
        sale("b", day(3), "100.00", split=THIRDS, quantity=Decimal(10)),
        sale("c", day(3), "99.99", split=[SplitShare("p1", Decimal(75)), SplitShare("p2", Decimal(25))]),
    ]
    unit = {"id": "unit", "type": "per_unit", "amount": "1.5"}
    agree(facts(lines, document(rate("0.08"), unit)))


@pytest.mark.django_db
@pytest.mark.parametrize("policy", ["original_rate", "recompute"])
@pytest.mark.parametrize("mode", MODES)
def test_s5(mode: str, policy: str) -> None:
    lines = [*QUARTER, refund("r", day(4, 10), "60000", of="mar")]
    agree(facts(lines, document(tiers(mode, LADDER), refund_policy=policy), closed_at=Q1_CLOSED))


@pytest.mark.django_db
def test_s6_currency() -> None:
    spot = rates(("EUR", "USD", day(3, 1), "1.0835"), ("USD", "GBP", day(3, 1), "0.7912"))
    lines = [
        sale("s", day(3, 3), "25400"),
        refund("r", day(5, 3), "25400", of="s"),
        sale("late", day(3, 20), "10"),
    ]
    agree(facts(lines, document(rate("0.06"), currency="USD", payout_currency="GBP"), rates=spot))


def one_partner(**held: tuple[Held, ...]) -> tuple[Partner, ...]:
    return (replace(PARTNERS[0], **held), *PARTNERS[1:])  # type: ignore[arg-type]


SPREAD = [sale(f"s{month}", day(month, 15), "1000") for month in (1, 2, 3, 4, 5)]


@pytest.mark.django_db
@pytest.mark.parametrize("op", ["eq", "ne"])
def test_a_condition_on_a_segment_asks_for_the_day_of_the_sale(op: str) -> None:
    where = {"all": [{"fact": "segment", "op": op, "value": "key"}]}
    held = (Held("key", day(2, 15), day(4, 15)), Held("vip", day(1, 1)))
    known = facts(SPREAD, document(rate("0.1", where=where)), partners=one_partner(segments=held))
    paid = [target.key.line_id for target in evaluate(known, *YEAR).targets]
    assert paid == (["s2", "s3"] if op == "eq" else ["s1", "s4", "s5"])
    agree(known)


@pytest.mark.django_db
def test_a_condition_on_a_certificate_asks_for_the_day_of_the_sale() -> None:
    where = {"all": [{"fact": "certificate", "op": "in", "value": ["cloud", "edge"]}]}
    held = (Held("cloud", day(1, 1), day(2, 15)), Held("edge", day(4, 1)), Held("other", day(3, 1)))
    known = facts(SPREAD, document(rate("0.1", where=where)), partners=one_partner(certificates=held))
    assert [target.key.line_id for target in evaluate(known, *YEAR).targets] == ["s1", "s4", "s5"]
    agree(known)


@pytest.mark.django_db
def test_volume_counts_the_sales_made_inside_the_segment() -> None:
    inside = {"all": [{"fact": "segment", "op": "in", "value": ["key"]}]}
    component = tiers("marginal", [("0", "0.05"), ("1500", "0.1")], window="year", measure_where=inside)
    held = (Held("key", day(2, 1), day(4, 1)),)
    agree(facts(SPREAD, document(component), partners=one_partner(segments=held)))


@pytest.mark.django_db
def test_the_plan_of_a_segment_beats_the_tiers_and_yields_to_the_partners_own() -> None:
    plans = tuple(
        plan(version(document(rate(share)), plan_id=name), plan_id=name)
        for name, share in (("tier", "0.01"), ("segment", "0.02"), ("own", "0.03"))
    )
    assignments = (
        Assignment("tier", "tier", day(1, 1), "gold"),
        Assignment("segment", "segment", day(1, 1), "key"),
        Assignment("own", "partner", day(4, 1), "p1"),
    )
    held = (Held("key", day(2, 1), day(5, 1)),)
    known = facts(SPREAD, partners=one_partner(segments=held), plans=plans, assignments=assignments)
    paid = {"s1": 1000, "s2": 2000, "s3": 2000, "s4": 3000, "s5": 3000}
    assert amounts(evaluate(known, *YEAR)) == paid
    agree(known)


@pytest.mark.django_db
def test_in_two_segments_with_plans_of_equal_rank_the_lines_stop() -> None:
    plans = tuple(
        plan(version(document(rate("0.02")), plan_id=name), plan_id=name) for name in ("one", "two")
    )
    assignments = (
        Assignment("one", "segment", day(1, 1), "key"),
        Assignment("two", "segment", day(1, 1), "vip"),
    )
    held = (Held("key", day(1, 1)), Held("vip", day(2, 1), day(4, 1)))
    known = facts(SPREAD, partners=one_partner(segments=held), plans=plans, assignments=assignments)
    found = evaluate(known, *YEAR)
    assert [(o.line_id, o.reason) for o in found.outcomes] == [
        ("s2", "plan_conflict"),
        ("s3", "plan_conflict"),
    ]
    agree(known)


@pytest.mark.django_db
def test_one_plan_through_two_segments_is_no_conflict() -> None:
    assignments = tuple(Assignment("plan", "segment", day(1, 1), code) for code in ("key", "vip"))
    held = (Held("key", day(1, 1)), Held("vip", day(2, 1)))
    known = facts(
        SPREAD, document(rate("0.02")), partners=one_partner(segments=held), assignments=assignments
    )
    assert len(evaluate(known, *YEAR).targets) == len(SPREAD)
    agree(known)


# --- Generated plans and facts. Small numbers on purpose: bounds, halves and full refunds must be met often.

CONDITIONS: list[dict[str, Any]] = [
    {"fact": "category", "op": "eq", "value": "bikes"},
    {"fact": "product", "op": "ne", "value": "BIKE"},
    {"fact": "tier", "op": "in", "value": ["gold", "silver"]},
    {"fact": "region", "op": "not_in", "value": ["North"]},
    {"fact": "partner", "op": "eq", "value": "p1"},
    {"fact": "partner_type", "op": "eq", "value": "reseller"},
    {"fact": "country", "op": "ne", "value": "DE"},
    {"fact": "source", "op": "eq", "value": "erp"},
    {"fact": "industry", "op": "eq", "value": "finance"},
    {"fact": "customer_is_new", "op": "eq", "value": True},
    {"fact": "segment", "op": "eq", "value": "key"},
    {"fact": "segment", "op": "not_in", "value": ["vip", "nobody"]},
    {"fact": "certificate", "op": "in", "value": ["cloud", "edge"]},
    {"fact": "certificate", "op": "ne", "value": "cloud"},
    {"fact": "deal_is_registered", "op": "eq", "value": True},
    {"fact": "deal_is_registered", "op": "eq", "value": False},
]
conditions = st.sampled_from(CONDITIONS)
groups = st.recursive(
    conditions,
    lambda inner: st.builds(
        lambda kind, members: {kind: members},
        st.sampled_from(["all", "any"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=4,
).map(lambda tree: tree if "fact" not in tree else {"all": [tree]})
maybe_where = st.none() | st.none() | groups
days = st.integers(0, 200).map(lambda offset: date(2026, 1, 1) + timedelta(days=offset))
rate_texts = st.sampled_from(["0", "0.05", "0.1", "0.333333", "0.5", "1"])
amount_texts = st.sampled_from(["0", "0.5", "1.5", "0.333333", "7"])


@st.composite
def components(draw: st.DrawFn, component_id: str, currency: str) -> dict[str, Any]:
    kind = draw(st.sampled_from(["tiers", *_OWN_FIELDS]))
    written: dict[str, Any] = {"id": component_id, "type": kind}
    where = draw(maybe_where)
    if where is not None:
        written["where"] = where
    if draw(st.integers(0, 4)) == 0:
        written["floor"] = {"sale": "1" if currency == "JPY" else draw(st.sampled_from(["0.07", "1.00"]))}
    if draw(st.integers(0, 4)) == 0:
        written["cap"] = {"sale": "4" if currency == "JPY" else draw(st.sampled_from(["1.00", "4.50"]))}
    if draw(st.integers(0, 4)) == 0:
        written.setdefault("cap", {})["window"] = draw(st.sampled_from(["3", "9"]))
    if draw(st.integers(0, 5)) == 0:
        written["from"] = draw(days).isoformat()
    written |= draw(_OWN_FIELDS[kind])
    if "margin" in (written.get("basis"), written.get("measure")) and draw(st.booleans()):
        written["negative"] = "zero"
    return written


@st.composite
def override_fields(draw: st.DrawFn) -> dict[str, Any]:
    ups = sorted(draw(st.sets(st.integers(1, 3), min_size=1)))
    levels = [{"up": up, "rate": draw(rate_texts)} for up in ups]
    return {"levels": levels, "basis": draw(st.sampled_from(["revenue", "commission"]))}


@st.composite
def tier_fields(draw: st.DrawFn) -> dict[str, Any]:
    measure = draw(st.sampled_from(["revenue", "revenue", "margin", "units"]))
    pays = draw(st.sampled_from(["rate", "amount"])) if measure == "units" else "rate"
    starts = ["0", *map(str, sorted(draw(st.sets(st.integers(1, 25), min_size=1, max_size=3))))]
    values = amount_texts if pays == "amount" else rate_texts
    fields: dict[str, Any] = {
        "mode": draw(st.sampled_from(MODES)),
        "measure": measure,
        "window": draw(st.sampled_from(["month", "quarter", "year"])),
        "tiers": [{"from": start, pays: draw(values)} for start in starts],
    }
    measure_where: dict[str, Any] | None = draw(st.none() | st.just({"all": []}) | groups)
    if measure_where is not None:
        fields["measure_where"] = measure_where
    return fields


@st.composite
def target_fields(draw: st.DrawFn) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "mode": draw(st.sampled_from(["marginal", "retroactive"])),
        "measure": draw(st.sampled_from(["revenue", "revenue", "margin", "units"])),
        "window": draw(st.sampled_from(["month", "quarter", "year"])),
        "steps": [{"from_attainment": "0", "rate": draw(st.sampled_from(["0.05", "0.1", "0.333333"]))}],
    }
    for start in sorted(draw(st.sets(st.sampled_from(["0.333333", "0.5", "1", "1.2"]), max_size=3))):
        pays = draw(st.sampled_from([{"multiplier": "1.5"}, {"multiplier": "0.333333"}, {"rate": "0.5"}]))
        fields["steps"].append({"from_attainment": start, **pays})
    if draw(st.integers(0, 3)):
        fields["goal"] = draw(st.sampled_from(["7", "10", "24"]))
    measure_where: dict[str, Any] | None = draw(st.none() | st.just({"all": []}) | groups)
    if measure_where is not None:
        fields["measure_where"] = measure_where
    return fields


@st.composite
def goals(draw: st.DrawFn, made: Sequence[Plan]) -> tuple[Goal, ...]:
    """Of single partners, of any window that may begin then; some name no target."""
    found = []
    for partner in ("p1", "p2"):
        for window_on in draw(
            st.sets(st.sampled_from([day(1), day(2), day(4), date(2025, 7, 1)]), max_size=2)
        ):
            plan_id, component_id = draw(
                st.sampled_from([(each.id, f"c{n}") for each in made for n in range(3)])
            )
            amount = draw(st.sampled_from([Decimal(8), Decimal("12.5"), Decimal("0.07")]))
            found.append(Goal(plan_id, component_id, partner, window_on, amount))
    return tuple(found)


_OWN_FIELDS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "rate": st.fixed_dictionaries({"rate": rate_texts, "basis": st.sampled_from(["revenue", "margin"])}),
    "per_unit": st.fixed_dictionaries({"amount": amount_texts}),
    "tiers": tier_fields(),
    "target": target_fields(),
    "override": override_fields(),
    "recurring": st.fixed_dictionaries({"rate": rate_texts, "months": st.integers(1, 4)}),
    "registered_deal": st.fixed_dictionaries({"rate": rate_texts}),
}


@st.composite
def plan_caps(draw: st.DrawFn) -> list[dict[str, Any]]:
    kinds = [(per, over) for per in ("sale", "window", "life") for over in ("beneficiary", "all")]
    chosen = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=3, unique=True))
    return [
        {"per": per, "over": over}
        | draw(st.sampled_from([{"amount": "5"}, {"amount": "12"}, {"rate": "0.07"}]))
        for per, over in chosen
    ]


@st.composite
def documents(draw: st.DrawFn, currency: str, payout: str) -> dict[str, Any]:
    written = [draw(components(f"c{place}", currency)) for place in range(draw(st.integers(1, 3)))]
    return document(
        *written,
        currency=currency,
        payout_currency=payout,
        refund_policy=draw(st.sampled_from(["original_rate", "recompute"])),
        hold_days=draw(st.sampled_from([0, 30])),
        period=draw(st.sampled_from(["month", "quarter"])),
        earning_event=draw(st.sampled_from(["order", "order", "invoice"])),
        caps=draw(st.just([]) | st.just([]) | plan_caps()),
    )


@st.composite
def plans_and_assignments(draw: st.DrawFn) -> tuple[list[Any], list[Assignment]]:
    made, assignments = [], []
    for plan_id in ["plan", "other", "spiff"][: draw(st.integers(1, 3))]:
        currency = draw(st.sampled_from(["EUR", "EUR", "JPY", "KWD"]))
        payout = draw(st.sampled_from([currency, "USD"]))
        versions = [
            version(
                draw(documents(currency, payout)),
                number,
                draw(st.sampled_from([date(2025, 1, 1), day(2, 10), day(4, 1)]))
                if number > 1
                else date(2025, 1, 1),
                draw(st.sampled_from([None, day(5, 1)])),
                date(2025, 12, number),
                plan_id,
            )
            for number in range(1, draw(st.integers(1, 3)) + 1)
        ]
        made.append(plan(*versions, plan_id=plan_id, slot="spiff" if plan_id == "spiff" else "main"))
        audience, target = draw(
            st.sampled_from(
                [("everyone", "")] * 3
                + [("partner", "p1"), ("tier", "gold"), ("type", "reseller")]
                + [("segment", "key"), ("segment", "vip")]
            )
        )
        assignments.append(
            replace(
                everyone(plan_id, draw(st.sampled_from([date(2025, 1, 1), day(2, 1)]))),
                audience=audience,
                target=target,
                ends_on=draw(st.sampled_from([None, day(6, 1)])),
            )
        )
    return made, assignments


splits = st.sampled_from(
    [
        (),
        (),
        (),
        tuple(THIRDS),
        (SplitShare("p1", Decimal("33.333333")), SplitShare("p2", Decimal("66.666667"))),
        (SplitShare("p2", parts=2), SplitShare("p3", parts=0), SplitShare("p1", parts=5)),
    ]
)
cents = st.integers(0, 3000) | st.sampled_from([500, 1000, 1000, 2000]) | st.just(1000)


def written(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


@st.composite
def sale_lines(draw: st.DrawFn, name: str) -> SaleLine:
    make = refund if draw(st.integers(0, 6)) == 0 else sale
    return make(
        name,
        draw(days) - timedelta(days=30),
        "0",
        partner=draw(st.sampled_from(["p1", "p1", "p2", "p3", None])),
        amount_minor=draw(cents),
        currency=draw(st.sampled_from(["EUR", "EUR", "EUR", "USD", "JPY"])),
        cost_minor=draw(st.none() | cents),
        split=draw(splits),
        source=draw(st.sampled_from(["erp", "erp", "shop"])),
        order_number=draw(st.sampled_from(["", "", "o1", "o2"])),
        quantity=draw(st.sampled_from([Decimal(1), Decimal(7), Decimal("2.5"), Decimal("0.333333")])),
        product_id=draw(st.sampled_from(["bike", "bike", "sock", "visit"])),
        customer_id=draw(st.sampled_from([None, "bank", "bank", "farm"])),
        deal_id=draw(st.sampled_from([None, None, None, "d0", "d1"])),
        subscription_ref=draw(st.sampled_from(["", "", "sub1", "sub2"])),
        invoiced_on=draw(st.none() | days),
        recorded_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=draw(st.integers(0, 200))),
    )


@st.composite
def refund_lines(draw: st.DrawFn, name: str, sales: Sequence[SaleLine]) -> SaleLine:
    of = draw(st.sampled_from(sales))
    share = draw(st.sampled_from([1, 2, 3, 4]))
    return refund(
        name,
        of.occurred_on + timedelta(days=draw(st.integers(0, 120))),
        "0",
        of=draw(st.sampled_from([of.external_id] * 6 + ["unknown"])),
        partner=of.partner_id,
        amount_minor=of.amount_minor // share + draw(st.sampled_from([0, 0, 0, 1])),
        currency=draw(st.sampled_from([of.currency] * 8 + ["USD"])),
        source=of.source,
        recorded_at=datetime(2026, 2, 1, tzinfo=UTC) + timedelta(days=draw(st.integers(0, 200))),
    )


@st.composite
def memberships(draw: st.DrawFn) -> tuple[Held, ...]:
    """In two segments, each for some of the spans between a few days; a membership never meets itself."""
    bounds = [date(2025, 6, 1), day(1, 20), day(3, 1), day(4, 15), None]
    found = []
    for code in ("key", "vip"):
        for place, starts_on in enumerate(bounds[:-1]):
            if starts_on is not None and draw(st.booleans()):
                found.append(Held(code, starts_on, bounds[place + 1]))
    return tuple(found)


@st.composite
def certificates(draw: st.DrawFn) -> tuple[Held, ...]:
    """Of several people: they may overlap."""
    found = []
    for code in draw(st.lists(st.sampled_from(["cloud", "edge", "Über"]), max_size=3)):
        starts_on = draw(days) - timedelta(days=60)
        lasts = draw(st.sampled_from([None, 1, 40, 90]))
        found.append(Held(code, starts_on, None if lasts is None else starts_on + timedelta(days=lasts)))
    return tuple(found)


# Who may stand above whom: never in a circle.
ABOVE = {"p1": ("p2", "p3"), "p2": ("p3",), "p3": ()}


@st.composite
def parents(draw: st.DrawFn, code: str) -> tuple[Held, ...]:
    """Another one, or nobody, between a few days."""
    bounds = [date(2025, 1, 1), day(1, 25), day(3, 10), None]
    found = []
    for place, starts_on in enumerate(bounds[:-1]):
        parent = draw(st.sampled_from((None, *ABOVE[code])))
        if parent is not None and starts_on is not None:
            found.append(Held(parent, starts_on, bounds[place + 1]))
    return tuple(found)


@st.composite
def protections(draw: st.DrawFn) -> tuple[Protection, ...]:
    """One after the other on each customer and line."""
    found: list[Protection] = []
    for key, category in (
        ("tax:bank", "bikes"),
        ("web:bank", "bikes"),
        ("tax:bank", "clothing"),
        ("fold:farm", "bikes"),
    ):
        starts_on = date(2025, 12, 15)
        for _ in range(draw(st.integers(0, 2))):
            starts_on += timedelta(days=draw(st.integers(0, 40)))
            ends_on = starts_on + timedelta(days=draw(st.integers(1, 90)))
            holder = draw(st.sampled_from(["p1", "p2", "p3"]))
            found.append(protected(f"d{len(found)}", holder, starts_on, ends_on, key, category))
            starts_on = ends_on
    while len(found) < 2:  # so that every deal that a line may name is known
        day_of = date(2027, 1, 1 + len(found))
        found.append(protected(f"d{len(found)}", "p1", day_of, day_of + timedelta(days=1), "tax:nobody"))
    return tuple(found)


@st.composite
def known_facts(draw: st.DrawFn) -> Facts:
    sales = [draw(sale_lines(f"s{place}")) for place in range(draw(st.integers(6, 14)))]
    refunds = [draw(refund_lines(f"r{place}", sales)) for place in range(draw(st.integers(0, 5)))]
    made, assignments = draw(plans_and_assignments())
    moved = Standing(day(3, 15), None, "integrator", "", "South", draw(st.sampled_from(["silver", ""])))
    first = replace(PARTNERS[0].standings[0], ends_on=moved.starts_on)
    partners: list[Partner] = [
        replace(
            partner,
            segments=draw(memberships()),
            certificates=draw(certificates()),
            parents=draw(parents(code)),
            joined_on=draw(
                st.sampled_from([date(2020, 1, 1), date(2020, 1, 1), day(1, 17), day(3, 2), day(5, 31)])
            ),
        )
        for code, partner in zip(
            ABOVE, (replace(PARTNERS[0], standings=(first, moved)), *PARTNERS[1:]), strict=True
        )
    ]
    priced = draw(st.sampled_from([date(2025, 12, 1), day(2, 1)]))
    pairs = [
        ("EUR", "JPY", "161.37"),
        ("USD", "EUR", "0.9231"),
        ("USD", "JPY", "149.5"),
        ("JPY", "EUR", "0.0062"),
    ]
    pairs += [
        ("EUR", "USD", "1.0835"),
        ("JPY", "USD", "0.0067"),
        ("EUR", "KWD", "0.3312"),
        ("KWD", "USD", "3.2571"),
    ]
    return facts(
        [*sales, *refunds],
        partners=tuple(partners),
        plans=tuple(made),
        assignments=tuple(assignments),
        protections=draw(protections()),
        goals=draw(goals(made)),
        rates=rates(
            *((a, b, priced + timedelta(days=7 * week), r) for a, b, r in pairs for week in range(35))
        ),
        closed_at={
            Period(2026, month): datetime(2026, month + 1, 5, tzinfo=UTC)
            for month in range(1, draw(st.integers(1, 7)))
        },
        fiscal_month=draw(st.sampled_from([1, 1, 2, 7])),
    )


@settings(
    max_examples=int(os.environ.get("PRM_EXAMPLES", "60")),
    deadline=None,
    print_blob=True,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
@given(known=known_facts())
def test_generated_plans_and_sales(own_database: str, known: Facts) -> None:
    """Each example is a tenant of its own, with real commits: working tables go when their shard commits."""
    agree(known, date(2026, 1, 1), date(2026, 9, 1))
