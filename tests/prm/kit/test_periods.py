"""Months and windows, half-open, beginning at the fiscal month."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prm.kit.periods import Period, Window, WindowKind, window_of


def test_period() -> None:
    march = Period.parse("2026-03")
    assert (march.starts_on, march.ends_on, str(march)) == (date(2026, 3, 1), date(2026, 4, 1), "2026-03")
    assert date(2026, 3, 31) in march
    assert date(2026, 4, 1) not in march
    assert march.plus(-3) == Period(2025, 12) < march
    assert Period.of(date(2026, 12, 31)).plus(1) == Period(2027, 1)


@pytest.mark.parametrize("code", ["2026-13", "2026-3", "26-03", "2026-03-01", "2026‑03", ""])
def test_period_code_refused(code: str) -> None:
    with pytest.raises(ValueError, match="2026-03"):
        Period.parse(code)


@pytest.mark.parametrize(
    ("day", "kind", "fiscal_month", "starts_on", "ends_on"),
    [
        (date(2026, 2, 28), "month", 4, date(2026, 2, 1), date(2026, 3, 1)),
        (date(2026, 3, 31), "quarter", 1, date(2026, 1, 1), date(2026, 4, 1)),
        (date(2026, 4, 1), "quarter", 1, date(2026, 4, 1), date(2026, 7, 1)),
        (date(2026, 1, 15), "quarter", 2, date(2025, 11, 1), date(2026, 2, 1)),
        (date(2026, 3, 31), "year", 4, date(2025, 4, 1), date(2026, 4, 1)),
        (date(2026, 4, 1), "year", 4, date(2026, 4, 1), date(2027, 4, 1)),
    ],
)
def test_window(day: date, kind: str, fiscal_month: int, starts_on: date, ends_on: date) -> None:
    assert window_of(day, kind, fiscal_month) == Window(starts_on, ends_on, WindowKind(kind))


def test_window_periods() -> None:
    window = window_of(date(2026, 2, 1), WindowKind.QUARTER)
    assert [str(period) for period in window.periods()] == ["2026-01", "2026-02", "2026-03"]
    assert window.last_period == Period(2026, 3)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.sampled_from(WindowKind), st.integers(1, 12))
def test_windows_tile_time(day: date, kind: WindowKind, fiscal_month: int) -> None:
    window = window_of(day, kind, fiscal_month)
    assert day in window
    assert window_of(window.starts_on, kind, fiscal_month) == window
    assert window_of(window.ends_on, kind, fiscal_month).starts_on == window.ends_on
