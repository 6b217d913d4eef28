"""What two registrations are compared by, the vendor's clock, and the reminders."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from partners.deals.rules import (
    claim_of,
    decide_by,
    due_reminder,
    last_protected,
    plain_domain,
    protected_until,
    weighted,
)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (("ООО «Ромашка»", "7707083893", ""), ("Romashka LLC", "7707 083 893", "")),
        (("Acme", "", "https://www.acme.example/shop"), ("ACME Group", "", "info@acme.example")),
        (("ООО «Ёлки»", "", ""), ("Елки", "", "")),
        (("ООО Ромашка", "", ""), ("Romashka Ltd.", "", "")),
        (("Müller GmbH", "", "mueller@gmail.com"), ("MULLER", "", "")),
        (("A.C.M.E. Inc", "", ""), ("acme", "", "")),
    ],
)
def test_two_spellings_are_one_claim(left: tuple[str, str, str], right: tuple[str, str, str]) -> None:
    assert claim_of(*left) == claim_of(*right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (("Acme", "123", ""), ("Acme", "124", "")),
        (("Acme", "", "acme.example"), ("Acme", "", "acme.test")),
        (("Acme North", "", ""), ("Acme South", "", "")),
        (("123", "", ""), ("Other", "123", "")),
    ],
)
def test_others_are_not(left: tuple[str, str, str], right: tuple[str, str, str]) -> None:
    assert claim_of(*left) != claim_of(*right)


@pytest.mark.parametrize("typed", ["", "acme", "http://", "not a domain", "-acme.de"])
def test_what_is_no_domain(typed: str) -> None:
    assert plain_domain(typed) == ""


@pytest.mark.parametrize(
    ("submitted", "until"),
    [
        ((2026, 1, 12, 10), (2026, 1, 14, 10)),  # Monday to Wednesday
        ((2026, 1, 16, 10), (2026, 1, 20, 10)),  # over a weekend
        ((2026, 1, 17, 10), (2026, 1, 21, 0)),  # a Saturday counts from Monday
    ],
)
def test_the_vendor_has_48_hours_of_working_days(
    submitted: tuple[int, int, int, int], until: tuple[int, int, int, int]
) -> None:
    zone = ZoneInfo("Europe/Berlin")
    assert decide_by(datetime(*submitted, tzinfo=zone), 48) == datetime(*until, tzinfo=zone)


def test_ninety_days_and_thirty_more() -> None:
    assert protected_until(date(2026, 1, 12), 90) == date(2026, 4, 12)
    assert protected_until(date(2026, 4, 12), 30) == date(2026, 5, 12)
    assert last_protected(date(2026, 4, 12)) == date(2026, 4, 11)


@pytest.mark.parametrize(
    ("today", "days"),
    [((4, 27), None), ((4, 28), 14), ((5, 4), 14), ((5, 5), 7), ((5, 11), 1), ((5, 12), None)],
)
def test_reminders_come_14_7_and_1_days_before(today: tuple[int, int], days: int | None) -> None:
    assert due_reminder(date(2026, 5, 12), date(2026, *today)) == days


def test_a_deal_weighs_by_its_stage() -> None:
    assert [weighted(1_000, stage) for stage in ("qualified", "proposal", "negotiation")] == [200, 500, 800]
