"""Codes as names and rates as numbers, in the reader's language; called by templates."""

from decimal import Decimal

from babel import numbers
from django import template
from django.utils import translation

from prm.kit.countries import country_name
from prm.web.format import reader_locale

register = template.Library()


@register.filter
def country(code: str) -> str:
    """DE as Germany or Германия; nothing stays nothing."""
    return country_name(code, (translation.get_language() or "en")[:2]) if code else ""


@register.filter
def rate(value: Decimal) -> str:
    """An exchange rate with all its places and no closing zeros: 1.0835 or 1,0835."""
    return str(numbers.format_decimal(value, format="#,##0.##########", locale=reader_locale()))
