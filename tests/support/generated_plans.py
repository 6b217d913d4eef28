"""Plans made up by Hypothesis: conditions, components, limits, versions, assignments, goals.

Promise: a component keeps its type and window in all versions of its plan, as publishing demands; called by
tests/support/generated_facts.py."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from incentives.plans.facts import Assignment, Goal, Plan
from tests.support.plan_facts import day, document, everyone, plan, version

MEASURED = ("tiers", "target", "bonus")  # with a window of their own
EVENTS = ("order", "order", "invoice")
MODES = ["marginal", "retroactive", "whole_transaction"]

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
def kinds_and_windows(draw: st.DrawFn) -> tuple[str, str]:
    """What a component keeps in all versions of its plan."""
    return draw(st.sampled_from(KINDS)), draw(st.sampled_from(["month", "quarter", "year"]))


@st.composite
def components(draw: st.DrawFn, component_id: str, currency: str, kind: str, window: str) -> dict[str, Any]:
    written: dict[str, Any] = {"id": component_id, "type": kind} | draw(limits(currency))
    where = draw(maybe_where)
    if where is not None:
        written["where"] = where
    if draw(st.integers(0, 5)) == 0:
        written["from"] = draw(days).isoformat()
    written |= draw(_OWN_FIELDS[kind])
    if kind in MEASURED:
        written["window"] = window
    if kind == "bonus":
        written = bonus_alone(written)
    if "margin" in (written.get("basis"), written.get("measure")) and draw(st.booleans()):
        written["negative"] = "zero"
    return written


@st.composite
def limits(draw: st.DrawFn, currency: str) -> dict[str, Any]:
    found: dict[str, dict[str, str]] = {}
    sale_floors, sale_caps = (["1"], ["4"]) if currency == "JPY" else (["0.07", "1.00"], ["1.00", "4.50"])
    for name, per, amounts_of in (
        ("floor", "sale", sale_floors),
        ("cap", "sale", sale_caps),
        ("cap", "window", ["3", "9"]),
        ("floor", "window", ["2", "3"]),
    ):
        if draw(st.integers(0, 4)) == 0:
            found.setdefault(name, {})[per] = draw(st.sampled_from(amounts_of))
    return found


def bonus_alone(written: dict[str, Any]) -> dict[str, Any]:
    """Without what a bonus does not take; one that follows a target takes the target's window."""
    of_target = "from_attainment" in written["steps"][0]
    cap = {"cap": {"window": written["cap"]["window"]}} if "window" in written.get("cap", {}) else {}
    left = ("floor", "cap", "where", "from", "window") if of_target else ("floor", "cap")
    return {name: value for name, value in written.items() if name not in left} | cap


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
        "scope": draw(st.sampled_from(["partner", "group"])),
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
def bonus_fields(draw: st.DrawFn, *, of_target: bool) -> dict[str, Any]:
    measure = draw(st.sampled_from(["revenue", "revenue", "margin", "units"]))
    starts = ["0.333333", "0.5", "1", "1.2"] if of_target else ["1", "2", "3", "7", "15"]
    pays = [{"amount": "2"}, {"amount": "9"}]
    if measure != "units" and not of_target:
        pays += [{"rate": "0.05"}, {"rate": "0.333333"}]
    steps = []
    for start in sorted(draw(st.sets(st.sampled_from(starts), min_size=1, max_size=3)), key=Decimal):
        step: dict[str, Any] = {"from_attainment" if of_target else "goal": start} | draw(
            st.sampled_from(pays)
        )
        if not of_target and draw(st.booleans()):
            step["prorate"] = True
        steps.append(step)
    return {"steps": steps} if of_target else {"measure": measure, "steps": steps}


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
    "bonus": bonus_fields(of_target=False),
}
KINDS = ("tiers", *_OWN_FIELDS)


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
def documents(
    draw: st.DrawFn,
    currency: str,
    payout: str,
    period: str,
    kinds: Sequence[tuple[str, str]],
    *,
    follows: bool,
    events: Sequence[str],
) -> dict[str, Any]:
    written = [
        draw(components(f"c{place}", currency, *kind))
        for place, kind in enumerate(kinds[: draw(st.integers(1, 3))])
    ]
    if follows:
        written = [each for each in written if each["type"] != "target"]
        target = {"id": "c8", "type": "target", "window": kinds[0][1]} | draw(target_fields())
        bonus = {"id": "c9", "type": "bonus"} | draw(limits(currency)) | draw(bonus_fields(of_target=True))
        written += [target, bonus_alone(bonus)]
    return document(
        *written,
        currency=currency,
        payout_currency=payout,
        refund_policy=draw(st.sampled_from(["original_rate", "recompute"])),
        hold_days=draw(st.sampled_from([0, 30])),
        period=period,
        earning_event=draw(st.sampled_from(events)),
        caps=draw(st.just([]) | st.just([]) | plan_caps()),
    )


@st.composite
def plans_and_assignments(draw: st.DrawFn, events: Sequence[str]) -> tuple[list[Any], list[Assignment]]:
    made, assignments = [], []
    for plan_id in ["plan", "other", "spiff"][: draw(st.integers(1, 3))]:
        currency = draw(st.sampled_from(["EUR", "EUR", "JPY", "KWD"]))
        payout, period = draw(st.sampled_from([currency, "USD"])), draw(st.sampled_from(["month", "quarter"]))
        kinds = [draw(kinds_and_windows()) for _ in range(3)]
        follows = draw(st.integers(0, 3)) == 0
        versions = [
            version(
                draw(documents(currency, payout, period, kinds, follows=follows, events=events)),
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
