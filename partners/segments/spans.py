"""The spans of days that people choose from, in words; called by fact catalogues and the rule in words."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.segments.rules import MONTHS_IN_QUARTER
from prm.tenancy.queries import current_tenant

TRAILING = (1, 3, 6, 12, 24, 36)
YEARS_BACK = 3
QUARTERS_BACK = 6


def span_choices() -> list[tuple[str, str]]:
    """Trailing months, then years and quarters of the calendar, the newest first."""
    today = timezone.localtime(timezone=current_tenant().zone).date()
    codes = [f"{months}m" for months in TRAILING]
    codes += [str(today.year - back) for back in range(YEARS_BACK + 1)]
    codes += [_quarter(today, back) for back in range(QUARTERS_BACK)]
    return [(code, span_words(code)) for code in codes]


def span_words(code: str) -> str:
    """ "12m" is "the last 12 months"; "2026-Q1" is "Q1 2026"."""
    if code.endswith("m"):
        months = int(code[:-1])
        return ngettext("the last %(n)d month", "the last %(n)d months", months) % {"n": months}
    year, _dash, part = code.partition("-")
    if part.startswith("Q"):
        return _("Q%(quarter)s %(year)s") % {"quarter": part[1:], "year": year}
    return f"{part}.{year}" if part else year


def _quarter(today: date, back: int) -> str:
    index = today.year * 4 + (today.month - 1) // MONTHS_IN_QUARTER - back
    return f"{index // 4}-Q{index % 4 + 1}"
