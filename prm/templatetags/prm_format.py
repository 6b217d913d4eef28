"""Formats as template filters; the rules stand in prm.web.format."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from prm.web import format as formats

register = template.Library()


@register.filter
def money(amount_minor: int | None, currency: str) -> str:
    return "" if amount_minor is None else formats.money(amount_minor, currency)


@register.filter
def compact_money(amount_minor: int | None, currency: str) -> str:
    return "" if amount_minor is None else formats.compact_money(amount_minor, currency)


@register.filter
def minor(amount_minor: int | None, currency: str) -> str:
    return "" if amount_minor is None else formats.minor(amount_minor, currency)


@register.filter
def percent(rate: Decimal | str | None) -> str:
    return "" if rate is None else formats.percent(Decimal(rate))


@register.filter
def of_hundred(percents: Decimal | int | None) -> str:
    """A percentage that is kept as one: 5 is 5% or 5 %."""
    return "" if percents is None else formats.percent(Decimal(percents) / 100)


@register.filter
def quantity(value: Decimal | int | Literal[""] | None) -> str:
    """Empty where there is no number: a template finds "" for a key that is missing."""
    return "" if value is None or value == "" else formats.quantity(value)


@register.filter
def day(value: date | None) -> str:
    return "" if value is None else formats.day(value)


@register.filter
def month(value: date | None) -> str:
    return "" if value is None else formats.month(value)


@register.filter
def moment(value: datetime | None, zone: ZoneInfo | None = None) -> str:
    return "" if value is None else formats.moment(value, zone)


@register.filter
def to_the_second(value: datetime | None) -> str:
    return "" if value is None else formats.to_the_second(value)


@register.filter
def who(label: str) -> str:
    return formats.who(label)


@register.filter
def relative(value: datetime | None) -> SafeString | str:
    """How long ago, with the exact moment for the pointer and the screen reader."""
    if value is None:
        return ""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.isoformat(),
        formats.moment(value),
        formats.relative(value, timezone.now()),
    )


@register.filter
def sign_class(amount_minor: Any) -> str:
    """The class that colours a negative number; the minus itself is in the text."""
    return "amount-negative" if isinstance(amount_minor, int) and amount_minor < 0 else ""


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """A value by a key that only the template knows."""
    return mapping.get(key, "")


@register.filter
def at(sequence: Any, place: int) -> Any:
    """An element by a place that only the template knows."""
    return sequence[place]
