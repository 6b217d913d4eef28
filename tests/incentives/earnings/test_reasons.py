"""Whatever earned nothing says why, and what would change that, in both languages."""

import re

import pytest
from django.utils import translation

from incentives.earnings.unmatched import ALL_MET, OUTRANKED
from incentives.earnings.wording import reason_text
from incentives.plans.reasons import CAPPED, NO_PLAN, OUTSIDE_DATES, REASONS


@pytest.mark.parametrize(
    ("reason", "english", "russian"),
    [
        (
            NO_PLAN,
            "No plan was assigned to the partner on that day. Assign one that covers it.",
            "На этот день партнёру не назначен план начислений. Назначьте план, который действует в этот день.",
        ),
        (
            CAPPED,
            "A limit of the plan left nothing of the amount. A version with a higher limit, in force on that day, "
            "would pay it.",
            "Предел, заданный планом, не оставил ничего от суммы. Версия плана с более высоким пределом, действующая "
            "в этот день, оплатила бы её.",
        ),
        (
            OUTSIDE_DATES,
            "No published version or component of the plan covers that day. Publish a version that does, or correct "
            "the date of the sale.",
            "Ни опубликованная версия, ни компонент плана не действуют в этот день. Опубликуйте версию, которая "
            "действует, или исправьте дату продажи.",
        ),
    ],
)
def test_a_reason_names_the_way_to_mend_it(reason: str, english: str, russian: str) -> None:
    for language, wanted in (("en", english), ("ru", russian)):
        with translation.override(language):
            assert reason_text(reason, {}, {}).fix == wanted


def test_a_limit_is_named_with_what_it_took() -> None:
    facts = {
        "limit": "plan_sale_cap_of_all",
        "limit_minor": "727500",
        "cut_minor": "48500",
        "currency": "EUR",
    }
    with translation.override("en"):
        assert reason_text(CAPPED, facts, {}).fix == (
            "Cut by the plan's limit per sale for all together, €7,275.00. It took €485.00 and left nothing. A version "
            "with a higher limit, in force on that day, would pay it."
        )
    with translation.override("ru"):
        assert reason_text(CAPPED, facts, {}).fix == (
            "Срезано по пределу плана на одну продажу для всех получателей вместе: 7\u00a0275,00\u00a0€. Удержано "
            "485,00\u00a0€, не осталось ничего. Версия плана с более высоким пределом, действующая в этот день, "
            "оплатила бы эту сумму."
        )


@pytest.mark.parametrize("reason", [*REASONS, ALL_MET, OUTRANKED])
def test_every_reason_has_its_words_in_both_languages(reason: str) -> None:
    with translation.override("en"):
        english = reason_text(reason, {}, {})
    with translation.override("ru"):
        russian = reason_text(reason, {}, {})
    for told in (english.label, english.fix):
        assert re.search("[A-Za-z]{2}", told)
    for told in (russian.label, russian.fix):
        assert re.search("[а-я]{2}", told)
