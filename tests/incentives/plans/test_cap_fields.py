"""The caps of a plan as fields: what is shown reads back the same, what is neither amount nor percent is refused."""

from typing import Any

import pytest
from django.utils import translation

from incentives.plans.cap_fields import CAP_FIELDS, CapUnreadable, caps_as_shown, caps_as_written, read_cap

CAPS: list[dict[str, Any]] = [
    {"per": "sale", "over": "all", "rate": "0.15"},
    {"per": "window", "over": "beneficiary", "amount": "14000.00"},
]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_what_is_shown_reads_back_the_same(language: str) -> None:
    with translation.override(language):
        shown = caps_as_shown(CAPS, "EUR")
        assert caps_as_written({name: read_cap(shown.get(name, ""), "EUR") for name in CAP_FIELDS}) == CAPS


@pytest.mark.parametrize(
    ("text", "cap"),
    [
        ("", None),
        ("14 000,5", {"amount": "14000.50"}),
        ("0", {"amount": "0.00"}),
        ("15%", {"rate": "0.15"}),
        ("7,25 %", {"rate": "0.0725"}),
    ],
)
def test_an_amount_or_a_percent(text: str, cap: dict[str, str] | None) -> None:
    assert read_cap(text, "EUR") == cap


@pytest.mark.parametrize("text", ["much", "-5", "101%", "1.2345", "5 % of it", "%"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(CapUnreadable):
        read_cap(text, "EUR")
