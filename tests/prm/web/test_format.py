"""Moments and amounts in the reader's language."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from prm.kit.money import parse_human_amount
from prm.templatetags.prm_format import of_hundred
from prm.web import format as formats

AT = datetime(2026, 3, 5, 11, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "zone", "text"),
    [
        ("en", "Europe/Moscow", "5 Mar 2026, 14:05 MSK"),
        ("ru", "Europe/Moscow", "05.03.2026, 14:05 МСК"),
        ("ru", "Europe/Berlin", "05.03.2026, 12:05 CET"),
    ],
)
def test_a_zone_is_named_in_the_readers_language(language: str, zone: str, text: str) -> None:
    with translation.override(language):
        assert formats.moment(AT, ZoneInfo(zone)).replace(formats.GAP, " ") == text


@pytest.mark.parametrize(
    ("language", "currency", "text"),
    [
        ("en", "EUR", "50000.00"),
        ("en", "JPY", "5000000"),
        ("ru", "EUR", "50 000,00"),
        ("ru", "JPY", "5 000 000"),
    ],
)
def test_a_field_begins_with_an_amount_that_it_reads_back(language: str, currency: str, text: str) -> None:
    with translation.override(language):
        said = formats.typed(5_000_000, currency)
    assert said.replace(formats.GAP, " ") == text
    assert parse_human_amount(said, currency) == 5_000_000


@pytest.mark.parametrize(("language", "text"), [("en", "12.5%"), ("ru", "12,5 %")])
def test_a_percentage_is_written_as_the_language_does_however_it_is_kept(language: str, text: str) -> None:
    with translation.override(language):
        said = (formats.percent(Decimal("0.125")), of_hundred(Decimal("12.50")))
    assert [one.replace(formats.GAP, " ") for one in said] == [text, text]
