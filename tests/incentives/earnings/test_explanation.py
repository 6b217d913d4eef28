"""Why an amount is what it is: the parts of a marginal amount, each rounding with its exact value, in both languages.

The targets come from the reference; what is stored of them is what the explanation is made from."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from incentives.earnings import explanation, explanation_steps, window_explanation
from incentives.earnings.entry_facts import EntryFacts, Explanation
from incentives.earnings.explanation import NOTE_STEPS, explain
from incentives.earnings.step_texts import STEP_TEXTS
from incentives.earnings.unrounded import Exact, amount_before_rounding
from incentives.earnings.wording import SpokenExplanation, speak
from incentives.plans.facts import Facts, Goal, Held, Payment, SaleLine, SplitShare
from incentives.plans.language import parse_document
from incentives.plans.targets import NOT_MEASURED, OVER_REFUNDED, WINDOW_CLOSED, Target, inputs_as_json
from prm.kit.money import Money
from prm.kit.periods import Period
from prm.kit.rounding import round_half_away
from tests.support.plan_facts import (
    PARTNERS,
    bonus,
    day,
    document,
    facts,
    override,
    rate,
    rates,
    refund,
    run,
    sale,
    target,
    target_of,
    tiers,
)

LADDER = [("0", "0.05"), ("100000", "0.07"), ("250000", "0.1")]
QUARTER = [
    sale("jan", day(1, 10), "80000"),
    sale("feb", day(2, 10), "90000"),
    sale("mar", day(3, 10), "130000"),
]
Q1_CLOSED = {Period(2026, month): datetime(2026, month + 1, 5, tzinfo=UTC) for month in (1, 2, 3)}
GAP = "\u00a0"


def explained(
    target: Target,
    raw: dict[str, Any],
    *,
    posted: int = 0,
    paid: int = 0,
    cause: str = "sale",
    before: Target | None = None,
) -> Explanation:
    """The entry that posts the target after `posted` (and `paid` in payout currency) was posted for it before, the last
    time with the inputs of the target `before`."""
    plan = parse_document(raw)
    inputs = inputs_as_json(target.inputs)
    told = EntryFacts(
        amount=Money(target.amount_minor - posted, target.currency),
        payout=Money(target.payout_amount_minor - paid, target.payout_currency),
        inputs=inputs,
        cause=cause,
        plan_name="Base",
        version_number=1,
        free_on=date(2026, 5, 1),
        posted_before=Money(posted, target.currency),
        payout_before=Money(paid, target.payout_currency),
        depth=target.key.depth,
        inputs_before=inputs_as_json(before.inputs) if before else {},
    )
    return explain(told, plan, plan.component(target.key.component_id))


def of(known: Facts, line_id: str, raw: dict[str, Any], **more: Any) -> Explanation:
    return explained(target_of(run(known), line_id), raw, **more)


def steps(told: Explanation) -> dict[str, object]:
    """The result of each step, by code."""
    return {step.code: step.result for step in told.steps}


def in_words(told: Explanation, language: str = "en") -> SpokenExplanation:
    with translation.override(language):
        return speak(told)


def results(spoken: SpokenExplanation) -> list[str]:
    return [f"{step.text} | {step.result}".replace(GAP, " ") for step in spoken.steps]


def test_s1_each_part_of_a_marginal_amount_stands_in_its_row() -> None:
    raw = document(tiers("marginal", LADDER))
    told = of(facts(QUARTER, raw), "feb", raw)
    parts = [(row.matched, row.part and (row.part.volume, row.part.amount)) for row in told.table]
    assert parts == [
        (True, (Exact(Fraction(2_000_000), "EUR"), Exact(Fraction(100_000), "EUR"))),
        (True, (Exact(Fraction(7_000_000), "EUR"), Exact(Fraction(490_000), "EUR"))),
        (False, None),
    ]
    assert told.parts_total == Exact(Fraction(590_000), "EUR")
    spoken = in_words(told)
    assert [(row.pays, row.volume, row.amount) for row in spoken.table] == [
        ("5%", "€20,000.00", "€1,000.00"),
        ("7%", "€70,000.00", "€4,900.00"),
        ("10%", "", ""),
    ]
    assert spoken.parts_total == "€5,900.00"


ABOVE = (
    replace(PARTNERS[0], parents=(Held("p2", day(1)),)),
    replace(PARTNERS[1], parents=(Held("p3", day(1)),)),
)


@pytest.mark.parametrize(
    ("basis", "language", "sentence", "steps"),
    [
        (
            "revenue",
            "en",
            "€10.00: 1% of €1,000.00 on a sale of a partner below, under Base, version 1. "
            "Free for payout on 1 May 2026.",
            [
                "A partner below made the sale: net of tax and freight. | €1,000.00",
                "You stand 2 levels above that partner on the day of the sale. | ",
                "1% of €1,000.00. | €10.00",
            ],
        ),
        (
            "commission",
            "ru",
            "1,20 €: 1 % от вознаграждения нижестоящего партнёра (120,00 €) по плану «Base», версия 1. "
            "Доступно к выплате с 01.05.2026.",
            [
                "Продажу сделал нижестоящий партнёр: без НДС и доставки. | 1 000,00 €",
                "В день продажи вы стоите выше этого партнёра; уровней между вами и продажей: 2. | ",
                "Вознаграждение самого партнёра за эту продажу, после округления. | 120,00 €",
                "1 % от суммы 120,00 €. | 1,20 €",
            ],
        ),
    ],
)
def test_s2_an_override_says_what_it_is_a_share_of(
    basis: str, language: str, sentence: str, steps: list[str]
) -> None:
    raw = document(rate("0.12"), override("0.03", "0.01", basis=basis))
    found = run(facts([sale("a", day(1), "1000.00")], raw, partners=(*ABOVE, PARTNERS[2])))
    (target,) = [target for target in found.targets if target.key.depth == 2]
    spoken = in_words(explained(target, raw), language)
    assert spoken.sentence.replace(GAP, " ") == sentence
    assert results(spoken)[: len(steps)] == steps


def test_one_part_alone_is_shown_too_and_other_modes_have_none() -> None:
    raw = document(tiers("marginal", LADDER))
    told = of(facts(QUARTER, raw), "jan", raw)
    assert [row.part is not None for row in told.table] == [True, False, False]
    raw = document(tiers("retroactive", LADDER))
    told = of(facts(QUARTER, raw), "feb", raw)
    assert ([row.part for row in told.table], told.parts_total) == ([None] * 3, None)
    assert [row.matched for row in told.table] == [False, False, True]


def test_parts_of_counted_units_say_what_money_their_rate_is_of() -> None:
    raw = document(tiers("marginal", [("0", "0.1"), ("10", "0.2")], measure="units"))
    told = of(facts([sale("a", day(1), "300.00", quantity=Decimal(15))], raw), "a", raw)
    spoken = in_words(told)
    assert spoken.has_bases
    assert [(row.volume, row.base, row.amount) for row in spoken.table] == [
        ("10", "€200.00", "€20.00"),
        ("5", "€100.00", "€20.00"),
    ]
    assert spoken.parts_total == "€40.00"


def test_the_rounding_shows_the_exact_value() -> None:
    raw = document(rate("0.05"))
    told = of(facts([sale("a", day(1), "250.10")], raw), "a", raw)
    assert results(in_words(told))[-3:] == [
        "5% of €250.10. | €12.505",
        "Rounded half away from zero: €12.505 becomes €12.51. | €12.51",
        "Free for payout from 1 May 2026. | ",
    ]
    russian = in_words(told, "ru")
    assert (
        russian.steps[-2].text.replace(GAP, " ")
        == "Округлено, половина — от нуля: 12,505 € становится 12,51 €."
    )


def test_a_whole_amount_has_nothing_to_round() -> None:
    raw = document(rate("0.05"))
    told = of(facts([sale("a", day(1), "100.00")], raw), "a", raw)
    assert (steps(told)["rounded_whole"], "rounded" in steps(told)) == (Money(500, "EUR"), False)


def test_s6_two_currencies_are_two_roundings_with_the_amount_between() -> None:
    raw = document(rate("0.06"), currency="USD", payout_currency="GBP")
    book = rates(("EUR", "USD", day(3, 1), "1.0835"), ("USD", "GBP", day(3, 1), "0.7912"))
    told = of(facts([sale("a", day(3, 2), "25400.00")], raw, rates=book), "a", raw)
    assert results(in_words(told))[1:-1] == [
        "Exchange rate EUR to USD, published on 1 Mar 2026. | 1.0835",
        "6% of US$27,520.90. | US$1,651.254",
        "Rounded half away from zero: US$1,651.254 becomes US$1,651.25. | US$1,651.25",
        "Payout rate USD to GBP, published on 1 Mar 2026. | 0.7912",
        "US$1,651.25 × 0.7912 = £1,306.469, rounded a second time, half away from zero, in the payout currency. "
        "| £1,306.47",
    ]


def test_s4_a_refund_rounds_the_share_and_takes_off_what_was_taken_before() -> None:
    raw = document(rate("0.1"))
    lines = [
        sale("a", day(1), "100.00"),
        refund("r1", day(2), "33.33", of="a"),
        refund("r2", day(3), "33.33", of="a"),
    ]
    told = of(facts(lines, raw), "r2", raw, cause="refund")
    assert results(in_words(told))[-5:-1] == [
        "Nothing is left to round. | €10.00",
        "66.66% of the sale has been returned so far: that share of €10.00. | €6.666",
        "Rounded half away from zero: €6.666 becomes €6.67. | €6.67",
        "Taken back, less the €3.33 of earlier returns. | −€3.34",
    ]


def test_a_refund_in_another_payout_currency_follows_what_is_left() -> None:
    raw = document(rate("0.1"), currency="USD", payout_currency="GBP")
    book = rates(("USD", "GBP", day(1, 1), "0.7912"))
    lines = [
        sale("a", day(1, 2), "100.00", currency="USD"),
        refund("r1", day(1, 3), "33.33", of="a", currency="USD"),
    ]
    told = of(facts(lines, raw, rates=book), "r1", raw, cause="refund")
    found = steps(told)
    assert found["payout_left"] == Money(528, "GBP")  # 6.67 x 0.7912 = 5.277304
    assert found["payout_taken"] == Money(-263, "GBP")
    assert "Before this return £7.91 stood" in "\n".join(results(in_words(told)))


def test_a_correction_shows_target_and_posted_in_both_currencies() -> None:
    raw = document(rate("0.06"), currency="USD", payout_currency="GBP")
    book = rates(("EUR", "USD", day(3, 1), "1.0835"), ("USD", "GBP", day(3, 1), "0.7912"))
    known = facts([sale("a", day(3, 2), "25400.00")], raw, rates=book)
    told = of(known, "a", raw, cause="amended", posted=100_000, paid=79_120)
    found = steps(told)
    assert (found["difference"], found["payout_difference"]) == (Money(65_125, "USD"), Money(51_527, "GBP"))
    assert found["rounded"] == Money(165_125, "USD")


def test_what_no_longer_earns_is_taken_back_without_an_old_calculation() -> None:
    raw = document(rate("0.05"))
    target = target_of(run(facts([sale("a", day(1), "250.10")], raw)), "a")
    told = explained(
        target, raw, posted=2 * target.amount_minor, paid=2 * target.amount_minor, cause="withdrawn"
    )
    assert [step.code for step in told.steps] == ["withdrawn", "free_on"]
    assert in_words(told).sentence.startswith(
        "−€12.51 taken back, because the sale no longer earns under Base"
    )


def test_a_limit_leaves_nothing_to_round() -> None:
    raw = document(rate("0.05", cap={"sale": "10.00"}))
    told = of(facts([sale("a", day(1), "250.10")], raw), "a", raw)
    assert results(in_words(told))[1:4] == [
        "5% of €250.10. | €12.505",
        "Cut by the limit per sale of €10.00. | €2.51",
        "Nothing is left to round. | €10.00",
    ]


def test_an_exact_value_that_was_stored_cut_says_so() -> None:
    thirds = [SplitShare(code, parts=1) for code in ("p1", "p2", "p3")]
    raw = document(tiers("marginal", [("0", "0.1"), ("10", "0.2")], measure="units"))
    known = facts([sale("a", day(1), "100.00", split=thirds)], raw)
    target = next(found for found in run(known).targets if found.key.partner_id == "p2")
    row = in_words(explained(target, raw)).table[0]
    assert row.amount.replace(GAP, " ") == "≈ €3.333"


AMOUNTS = st.integers(min_value=1, max_value=10_000_000).map(lambda minor: f"{minor // 100}.{minor % 100:02}")


@given(st.lists(AMOUNTS, min_size=1, max_size=6), st.sampled_from(["revenue", "units"]))
def test_what_is_shown_before_rounding_rounds_to_what_is_posted(amounts: Sequence[str], measure: str) -> None:
    bounds = LADDER if measure == "revenue" else [("0", "0.05"), ("2", "0.07"), ("3", "0.1")]
    raw = document(tiers("marginal", bounds, measure=measure))
    lines = [sale(f"l{place}", day(1, place + 1), amount) for place, amount in enumerate(amounts)]
    for paid in run(facts(lines, raw)).targets:
        exact = amount_before_rounding(inputs_as_json(paid.inputs), "EUR")
        told = explained(paid, raw)
        assert exact is not None
        assert told.parts_total == exact
        assert round_half_away(exact.minor) == paid.amount_minor


def test_every_step_has_its_words_in_both_languages() -> None:
    source = "".join(
        Path(str(told.__file__)).read_text() for told in (explanation, explanation_steps, window_explanation)
    )
    codes = set(re.findall(r'(?:Step|rounded_step|exchange_steps)\(\s*"([a-z_]+)"', source))
    rounded = {f"{code}_whole" for code in re.findall(r'rounded_step\(\s*"([a-z_]+)"', source)}
    assert codes | rounded <= STEP_TEXTS.keys()
    for code, text in STEP_TEXTS.items():
        with translation.override("ru"):
            russian = str(text)
        assert re.search("[а-я]", russian) or not re.search(
            "[a-z]{3}", re.sub(r"%\(\w+\)s", "", str(text))
        ), code
        names = [set(re.findall(r"%\((\w+)\)s", words)) for words in (str(text), russian)]
        assert names[0] == names[1], code


def test_a_part_payment_is_told_with_the_share_that_is_paid() -> None:
    raw = document(rate("0.07", cap={"window": "4"}), earning_event="payment")
    payments = (Payment(day(2, 3), 50_00, "EUR"), Payment(day(2, 4), 16_65, "EUR"))
    line = sale("a", day(1, 5), "99.99", payments=payments)
    told = in_words(of(facts([line], raw), "a", raw))
    assert results(told) == [
        "The sale counts for you whole: net of tax and freight. | €99.99",
        "7% of €99.99. | €6.9993",
        "Rounded half away from zero: €6.9993 becomes €7.00. | €7.00",
        "66.6567% of the sale is paid so far: that share of €7.00. | ≈ €4.665967",
        "Rounded half away from zero: ≈ €4.665967 becomes €4.67. | €4.67",
        "Cut by the limit of the window, €4.00 in all. | €0.67",
        "What the limits leave of it. | €4.00",
        "The plan pays as the customer pays, part by part. Hold days run from the first payment. | ",
        "Free for payout from 1 May 2026. | ",
    ]
    assert told.sentence.replace(GAP, " ").startswith(
        "€4.00 for the 66.6567% of the sale that is paid so far"
    )
    whole = replace(line, payments=(*payments, Payment(day(3), 33_34, "EUR")))
    told = in_words(of(facts([whole], raw), "a", raw, posted=200, paid=200, cause="payment"))
    assert "The sale is paid in full: all of it is earned. | €7.00" in results(told)


def test_a_closed_quarter_reverses_at_the_blended_rate_beside_the_sales_own_parts() -> None:
    raw = document(tiers("marginal", LADDER))
    lines = [*QUARTER, refund("r", day(4, 10), "60000", of="mar")]
    told = of(facts(lines, raw, closed_at=Q1_CLOSED), "r", raw, cause="refund")
    assert steps(told)["refund_taken"] == Money(-489_231, "EUR")
    assert told.parts_total == Exact(Fraction(1_060_000), "EUR")


UNMEASURED: dict[str, Any] = {
    "measure_where": {"all": [{"fact": "category", "op": "eq", "value": "clothing"}]}
}


@pytest.mark.parametrize(
    ("raw", "lines", "line_id", "english", "russian"),
    [
        (
            document(rate("0.1")),
            [sale("a", day(1), "100"), refund("b", day(2), "60", of="a"), refund("c", day(3), "60", of="a")],
            "c",
            "Refunds exceed the sale as it stands since it was amended: they count as all of it. Check them.",
            "Возвраты превышают продажу в её исправленном виде: они засчитаны как возврат всей продажи. Проверьте их.",
        ),
        (
            document(tiers("marginal", LADDER)),
            [*QUARTER, refund("r", day(4, 10), "60000", of="mar")],
            "r",
            "Its window was closed by then: taken back at the rate that the sale earned; volume and bonuses stay as "
            "they are.",
            "Период продажи к этому времени был закрыт: удержано по ставке, по которой она была начислена; объём и "
            "бонусы остаются прежними.",
        ),
        (
            document(tiers("marginal", LADDER, **UNMEASURED)),
            [sale("a", day(1), "100")],
            "a",
            "The sale is paid at the rate of its place and does not count towards the volume.",
            "Продажа оплачена по ставке своего места и в объём не входит.",
        ),
    ],
)
def test_what_the_calculation_noted_is_told(
    raw: dict[str, Any], lines: list[SaleLine], line_id: str, english: str, russian: str
) -> None:
    told = of(facts(lines, raw, closed_at=Q1_CLOSED), line_id, raw)
    for language, note in (("en", english), ("ru", russian)):
        assert [step.text for step in in_words(told, language).steps].count(note) == 1


def test_every_note_has_its_step() -> None:
    assert set(NOTE_STEPS) == {OVER_REFUNDED, NOT_MEASURED, WINDOW_CLOSED}
    assert set(NOTE_STEPS.values()) <= STEP_TEXTS.keys()


def corrected(
    line_id: str, raw: dict[str, Any], was: Sequence[SaleLine], now: Sequence[SaleLine], goals: Any = ((), ())
) -> Explanation:
    """The entry that corrects the line's amount when these sales are known instead of those."""
    before = target_of(run(replace(facts(was, raw), goals=goals[0])), line_id)
    after = target_of(run(replace(facts(now, raw), goals=goals[1])), line_id)
    posted = before.amount_minor
    return explained(after, raw, posted=posted, paid=posted, cause="volume_changed", before=before)


RETURNED = [*QUARTER, refund("r", day(4, 10), "60000", of="mar")]
CLIFF = {
    "en": "The volume of the window fell from €300,000.00 to €240,000.00: out of the tier from "
    "€250,000.00, which pays 10%, into the tier from €100,000.00, which pays 7%. Every sale of the window now earns "
    "7% instead of 10%, from the first unit; what was posted above that is taken back. | 7%",
    "ru": "Объём за период снизился с 300 000,00 € до 240 000,00 €: из ступени от 250 000,00 €, где платится 10 %, "
    "в ступень от 100 000,00 €, где платится 7 %. Теперь за каждую продажу этого периода, с первой единицы, положено "
    "7 % вместо 10 %; проведённое сверх этого удерживается. | 7 %",
}


@pytest.mark.parametrize("language", ["en", "ru"])
def test_s5_a_fall_into_a_lower_tier_names_both_and_the_whole_window(language: str) -> None:
    raw = document(tiers("retroactive", LADDER), refund_policy="recompute")
    for line_id in ("jan", "feb", "mar"):
        told = corrected(line_id, raw, QUARTER, RETURNED)
        assert CLIFF[language] in results(in_words(told, language))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            "The volume of the window rose from €80,000.00 to €170,000.00: out of the tier from €0.00, "
            "which pays 5%, into the tier from €100,000.00, which pays 7%. Every sale of the window now earns 7% "
            "instead of 5%, from the first unit. | 7%",
        ),
        (
            "ru",
            "Объём за период вырос с 80 000,00 € до 170 000,00 €: из ступени от 0,00 €, где платится 5 %, в ступень "
            "от 100 000,00 €, где платится 7 %. Теперь за каждую продажу этого периода, с первой единицы, положено "
            "7 % вместо 5 %. | 7 %",
        ),
    ],
)
def test_s1_a_rise_into_a_higher_tier_names_both_and_the_whole_window(language: str, said: str) -> None:
    raw = document(tiers("retroactive", LADDER))
    assert said in results(in_words(corrected("jan", raw, QUARTER[:1], QUARTER[:2]), language))


def tier_steps(told: Explanation) -> list[str]:
    return [step.code for step in told.steps if step.code in ("tier_fell", "tier_rose")]


@pytest.mark.parametrize(("mode", "told"), [("retroactive", ["tier_fell"]), ("marginal", [])])
def test_only_where_the_whole_volume_decides_is_there_a_cliff(mode: str, told: list[str]) -> None:
    raw = document(tiers(mode, LADDER), refund_policy="recompute")
    assert tier_steps(corrected("mar", raw, QUARTER, RETURNED)) == told


@pytest.mark.parametrize(("returned", "told"), [("50000.00", []), ("50000.01", ["tier_fell"])])
def test_a_return_that_leaves_the_tier_is_no_cliff(returned: str, told: list[str]) -> None:
    raw = document(tiers("retroactive", LADDER), refund_policy="recompute")
    lines = [*QUARTER, refund("r", day(4, 10), returned, of="mar")]
    assert tier_steps(corrected("mar", raw, QUARTER, lines)) == told


SET_ANEW = (Goal("plan", "goal", "p1", day(1), Decimal("210000")),)


@pytest.mark.parametrize(("goals", "told"), [(((), ()), ["tier_rose"]), (((), SET_ANEW), [])])
def test_a_goal_that_is_set_anew_moves_the_tiers_not_the_volume(goals: Any, told: list[str]) -> None:
    raw = document(target([("0", "0.05"), ("1", "0.1")], "200000", mode="retroactive"))
    first, second = sale("s", day(2, 20), "160000"), sale("t", day(3, 1), "60000")
    assert tier_steps(corrected("s", raw, [first], [first, second], goals)) == told


def test_s9_a_goal_is_told_with_what_of_it_is_reached_and_its_rows_as_amounts() -> None:
    raw = document(target([("0", "0.05"), ("1", "x1.5"), ("1.2", "0.1")], "150000"))
    told = of(facts([sale("s", day(2, 20), "201000")], raw), "s", raw)
    spoken = in_words(told)
    assert "The goal of this window; 134% of it is reached with this sale. | €150,000.00" in results(spoken)
    assert [(row.starts_at, row.ends_at, row.pays, row.amount) for row in spoken.table] == [
        ("€0.00", "€150,000.00", "5%", "€7,500.00"),
        ("€150,000.00", "€180,000.00", "7.5%", "€2,250.00"),
        ("€180,000.00", "", "10%", "€2,100.00"),
    ]
    assert spoken.parts_total == "€11,850.00"


def test_a_cap_of_the_window_is_told_after_the_rounding() -> None:
    raw = document(rate("0.05", cap={"window": "10"}))
    known = facts([sale("a", day(1, 5), "150"), sale("b", day(1, 6), "100.10")], raw)
    told = results(in_words(of(known, "b", raw)))
    assert told[1:5] == [
        "5% of €100.10. | €5.005",
        "Rounded half away from zero: €5.005 becomes €5.01. | €5.01",
        "Cut by the limit of the window, €10.00 in all. | €2.51",
        "What the limits leave of it. | €2.50",
    ]


def of_window(known: Facts, raw: dict[str, Any], **more: Any) -> Explanation:
    (found,) = [each for each in run(known).targets if each.key.window_on is not None]
    return explained(found, raw, **more)


S9 = document(
    target([("0", "0.05"), ("1", "x1.5"), ("1.2", "0.1")], "150000"),
    bonus({"from_attainment": "1.2", "amount": "2000"}),
    caps=[{"per": "window", "amount": "14000"}],
)


def test_s9_a_bonus_is_told_with_its_goal_its_step_and_what_a_cap_took() -> None:
    told = in_words(of_window(facts([sale("s", day(2, 20), "210000")], S9), S9, cause="bonus"))
    assert results(told) == [
        "All that counts from 1 Jan 2026 until before 1 Apr 2026. | €210,000.00",
        "The goal of this window; 140% of it is reached. | €150,000.00",
        "The highest step that is reached begins here. | €180,000.00",
        "The step pays its amount once in the window. | €2,000.00",
        "Cut by the plan's limit of the window, €14,000.00 in all. | €750.00",
        "What the limits leave of it. | €1,250.00",
        "Dated as the sale that first reached the step; the hold begins with the end of that month. | ",
        "Free for payout from 1 May 2026. | ",
    ]
    assert [(row.starts_at, row.pays, row.matched) for row in told.table] == [
        ("€180,000.00", "€2,000.00", True)
    ]


def test_a_bonus_by_rate_shows_its_one_rounding() -> None:
    raw = document(rate(), bonus({"goal": "10", "rate": "0.01"}))
    told = results(in_words(of_window(facts([sale("s", day(2, 20), "100.50")], raw), raw)))
    assert told[2:4] == [
        "1% of €100.50. | €1.005",
        "Rounded half away from zero: €1.005 becomes €1.01. | €1.01",
    ]


def test_a_top_up_says_what_was_earned_and_what_is_the_least() -> None:
    raw = document(rate("0.1", floor={"window": "30"}))
    told = in_words(of_window(facts([sale("s", day(2, 20), "100")], raw), raw, cause="top_up"))
    assert results(told)[:3] == [
        "Earned by sales from 1 Jan 2026 until before 1 Apr 2026. | €10.00",
        "The least that the plan pays there, where anything was earned. | €30.00",
        "The rest is topped up. | €20.00",
    ]
    assert told.sentence.replace(GAP, " ").startswith("€20.00: topped up to the least of €30.00")


def test_a_correction_of_a_bonus_speaks_of_its_window() -> None:
    raw = document(rate(), bonus({"goal": "10", "rate": "0.01"}))
    known = facts([sale("s", day(2, 20), "1000")], raw)
    told = results(in_words(of_window(known, raw, posted=700, paid=700, cause="volume_changed")))
    assert (
        "This line is a correction (Volume changed): the window should earn €10.00, €7.00 was posted before. | €3.00"
        in told
    )
