"""What custom fields take."""

from datetime import date

import pytest

from partners.profiles.rules import LONGEST, ValueInvalid, kept_value


@pytest.mark.parametrize(
    ("kind", "told", "kept"),
    [
        ("text", "  two words ", "two words"),
        ("number", "1 200,50", "1200.5"),
        ("number", "−3", "-3"),
        ("number", 12, "12"),
        ("number", "100", "100"),
        ("date", date(2026, 3, 1), "2026-03-01"),
        ("date", "2026-03-01", "2026-03-01"),
        ("yes_no", True, "yes"),
        ("yes_no", "no", "no"),
        ("choice", "gold", "gold"),
        ("text", "", ""),
        ("number", None, ""),
    ],
)
def test_a_value_is_kept_as_text(kind: str, told: object, kept: str) -> None:
    assert kept_value(kind, told, ["gold", "silver"]) == kept


@pytest.mark.parametrize(
    ("kind", "told", "code"),
    [
        ("text", 5, "text_type"),
        ("text", "x" * (LONGEST + 1), "text_long"),
        ("text", "a\nb", "text_characters"),
        ("number", "much", "number_format"),
        ("number", True, "number_format"),
        ("number", "1e9", "number_format"),
        ("date", "1.3.2026", "day_format"),
        ("yes_no", "maybe", "flag_format"),
        ("choice", "iron", "choice_unknown"),
    ],
)
def test_what_is_not_a_value_says_why(kind: str, told: object, code: str) -> None:
    with pytest.raises(ValueInvalid) as fault:
        kept_value(kind, told, ["gold", "silver"])
    assert fault.value.code == code
