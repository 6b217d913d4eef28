"""How numbers, money and days are written for a reader, by language.

Promise: no-break gaps, a true minus, the currency where the language puts it; called by template tags and documents.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from prm.accounts.actor import APPLICANT_LABEL
from prm.kit.currencies import exponent_of

MINUS = "−"
SYSTEM_LABEL = "system"
MINUTES_AN_HOUR, MINUTES_A_DAY = 60, 24 * 60
GAP = "\u00a0"
SYMBOL_LEADS_WITH_GAP = frozenset({"₽"})
LOCALES = {"en": Locale("en", "GB"), "ru": Locale("ru", "RU")}


def reader_locale() -> Locale:
    return LOCALES[(translation.get_language() or "en")[:2]]


def _polished(text: str) -> str:
    return text.replace("-", MINUS).replace("\u202f", GAP)


def major(amount_minor: int, currency: str) -> Decimal:
    """Minor units as an exact decimal of the currency: 1234 EUR is 12.34."""
    return Decimal(amount_minor).scaleb(-exponent_of(currency))


def minor(amount_minor: int, currency: str) -> str:
    """The amount without its currency: 1,234.50 or 1 234,50."""
    places = exponent_of(currency)
    pattern = "#,##0" + ("." + "0" * places if places else "")
    value = major(amount_minor, currency)
    return _polished(numbers.format_decimal(value, format=pattern, locale=reader_locale()))


def money(amount_minor: int, currency: str) -> str:
    """The amount with its currency: €1,234.50 or 1 234,50 €."""
    locale = reader_locale()
    text = minor(abs(amount_minor), currency)
    sign = MINUS if amount_minor < 0 else ""
    symbol = numbers.get_currency_symbol(currency, locale=locale)
    if currency == "RUB":
        symbol = "₽"
    if locale.language == "ru":
        return f"{sign}{text}{GAP}{symbol}"
    gap = GAP if symbol.isalpha() or symbol in SYMBOL_LEADS_WITH_GAP else ""
    return f"{sign}{symbol}{gap}{text}"


def compact_money(amount_minor: int, currency: str) -> str:
    """A short form for tiles; the exact one belongs in a title beside it."""
    locale = reader_locale()
    value = major(amount_minor, currency)
    text = numbers.format_compact_decimal(abs(value), locale=locale, fraction_digits=1)  # type: ignore[arg-type]
    sign = MINUS if value < 0 else ""
    symbol = "₽" if currency == "RUB" else numbers.get_currency_symbol(currency, locale=locale)
    text = text.replace("\u202f", GAP)
    if locale.language == "ru":
        return f"{sign}{text}{GAP}{symbol}"
    gap = GAP if symbol.isalpha() or symbol in SYMBOL_LEADS_WITH_GAP else ""
    return f"{sign}{symbol}{gap}{text}"


def percent(rate: Decimal) -> str:
    """A fraction of 1 as a percentage: 0.05 is 5% or 5 %."""
    value = (rate * 100).normalize()
    text = numbers.format_decimal(value, format="#,##0.######", locale=reader_locale())
    return _polished(text) + (GAP + "%" if reader_locale().language == "ru" else "%")


def quantity(value: Decimal | int) -> str:
    return _polished(numbers.format_decimal(Decimal(value), format="#,##0.######", locale=reader_locale()))


def day(value: date) -> str:
    """5 Mar 2026 or 05.03.2026."""
    if reader_locale().language == "ru":
        return f"{value:%d.%m.%Y}"
    return dates.format_date(value, "d MMM y", locale=reader_locale())


def month(value: date) -> str:
    """March 2026 or март 2026 г."""
    if reader_locale().language == "ru":
        return dates.format_date(value, "LLLL y", locale=reader_locale()) + GAP + "г."
    return dates.format_date(value, "LLLL y", locale=reader_locale())


def short_month(value: date) -> str:
    return dates.format_date(value, "LLL yy", locale=reader_locale()).replace("\u202f", GAP)


def moment(value: datetime, zone: ZoneInfo | None = None) -> str:
    """5 Mar 2026, 14:05 CET: in the given zone, or in the vendor's while a page of theirs is made."""
    local = timezone.localtime(value, zone)
    return f"{day(local.date())}, {local:%H:%M}{GAP}{local.tzname() or ''}".rstrip(GAP)


def to_the_second(value: datetime) -> str:
    """5 Mar 2026, 14:05:09 CET: where the order of two moments decides."""
    local = timezone.localtime(value)
    return f"{day(local.date())}, {local:%H:%M:%S}{GAP}{local.tzname() or ''}".rstrip(GAP)


def relative(value: datetime, now: datetime) -> str:
    """How long ago, in whole steps; the exact moment belongs in a title beside it."""
    passed = now - value
    if passed < timedelta(minutes=1):
        return _("just now")
    minutes = int(passed.total_seconds() // 60)
    if minutes >= MINUTES_A_DAY:
        days = minutes // MINUTES_A_DAY
        return ngettext("%(n)d day ago", "%(n)d days ago", days) % {"n": days}
    if minutes >= MINUTES_AN_HOUR:
        hours = minutes // MINUTES_AN_HOUR
        return ngettext("%(n)d hour ago", "%(n)d hours ago", hours) % {"n": hours}
    return ngettext("%(n)d minute ago", "%(n)d minutes ago", minutes) % {"n": minutes}


def who(label: str) -> str:
    """Who did it, as stored; the system's own work is named in the reader's language."""
    if label == APPLICANT_LABEL:
        return pgettext("who did it", "the applicant")
    return pgettext("who did it", "the system") if label == SYSTEM_LABEL else label
