"""How numbers, money and days are written for a reader, by language.

Promise: no-break gaps, a true minus, the currency where the language puts it; called by template tags and documents.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from prm.accounts.actor import APPLICANT_LABEL
from prm.kit.currencies import exponent_of
from prm.kit.money import format_plain
from prm.kit.rounding import round_half_away

MINUS = "−"
SYSTEM_LABEL = "system"
MINUTES_AN_HOUR, MINUTES_A_DAY = 60, 24 * 60
GAP = "\u00a0"
MORE_PLACES = 4  # behind those of the currency, where an amount is not rounded yet
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


def typed(amount_minor: int, currency: str) -> str:
    """The amount as a field begins with it. A lone English comma could be either mark, so thousands are not parted."""
    if reader_locale().language == "en":
        return format_plain(amount_minor, currency)
    return minor(amount_minor, currency)


def money(amount_minor: int, currency: str) -> str:
    """The amount with its currency: €1,234.50 or 1 234,50 €."""
    return _with_symbol(minor(abs(amount_minor), currency), currency, negative=amount_minor < 0)


def exact_money(amount_minor: Fraction, currency: str, *, about: bool = False) -> str:
    """An amount before rounding, with up to four places more than the currency has; "≈" where those do not hold it, or
    where it is known no better (`about`)."""
    places = exponent_of(currency)
    shown = round_half_away(abs(amount_minor) * 10**MORE_PLACES)
    pattern = "#,##0." + "0" * places + "#" * MORE_PLACES
    value = Decimal(shown).scaleb(-places - MORE_PLACES)
    text = _polished(numbers.format_decimal(value, format=pattern, locale=reader_locale()))
    about = about or Fraction(shown, 10**MORE_PLACES) != abs(amount_minor)
    return ("≈" + GAP if about else "") + _with_symbol(text, currency, negative=amount_minor < 0)


def _with_symbol(text: str, currency: str, *, negative: bool) -> str:
    """The digits with the sign and the currency where the language puts them."""
    locale = reader_locale()
    sign = MINUS if negative else ""
    symbol = numbers.get_currency_symbol(currency, locale=locale)
    if currency == "RUB":
        symbol = "₽"
    if locale.language == "ru":
        return f"{sign}{text}{GAP}{symbol}"
    gap = GAP if symbol.isalpha() or symbol in SYMBOL_LEADS_WITH_GAP else ""
    return f"{sign}{symbol}{gap}{text}"


def compact_money(amount_minor: int, currency: str) -> str:
    """A short form for tiles; the exact one belongs in a title beside it."""
    value = major(amount_minor, currency)
    text = numbers.format_compact_decimal(abs(value), locale=reader_locale(), fraction_digits=1)  # type: ignore[arg-type]
    return _with_symbol(text.replace("\u202f", GAP), currency, negative=value < 0)


def percent(rate: Decimal) -> str:
    """A fraction of 1 as a percentage: 0.05 is 5% or 5 %."""
    value = (rate * 100).normalize()
    text = numbers.format_decimal(value, format="#,##0.######", locale=reader_locale())
    return _polished(text) + (GAP + "%" if reader_locale().language == "ru" else "%")


def rate(value: Decimal) -> str:
    """An exchange rate, with all its places."""
    return _polished(numbers.format_decimal(value, format="#,##0.##########", locale=reader_locale()))


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
    return f"{day(local.date())}, {local:%H:%M}{GAP}{_zone_name(local)}".rstrip(GAP)


def to_the_second(value: datetime) -> str:
    """5 Mar 2026, 14:05:09 CET: where the order of two moments decides."""
    local = timezone.localtime(value)
    return f"{day(local.date())}, {local:%H:%M:%S}{GAP}{_zone_name(local)}".rstrip(GAP)


def _zone_name(local: datetime) -> str:
    name = local.tzname() or ""
    return "МСК" if name == "MSK" and reader_locale().language == "ru" else name


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
