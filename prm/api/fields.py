"""Fields of the API: strict about JSON types, exact about money and days, with codes that stay.

Promise: a number where text belongs, or an amount with too many places, is refused and never coerced.
Called by: every serializers.py.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, NamedTuple
from uuid import UUID

from django.core.validators import RegexValidator
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty

from prm.kit.countries import is_country
from prm.kit.money import CURRENCY_EXPONENTS, AmountInvalid, format_plain, is_currency, parse_amount

# What the schema shows of a code: no blanks around it, no control characters.
CODE_PATTERN = r"^[^\s\x00-\x1f\x7f-\x9f]([^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f])?$"
RATE_PATTERN = r"^-?[0-9]{1,12}(\.[0-9]{1,9})?$"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_EARLIEST, _LATEST = date(1900, 1, 1), date(2200, 12, 31)
_LARGEST_WHOLE = 2**63 - 1


def reads_text(field: serializers.Field) -> bool:
    """Query parameters are all text: there a number or a flag is read from its letters."""
    return bool(field.context.get("from_query"))


class TextField(serializers.CharField):
    """A JSON string; numbers are not turned into text."""

    default_error_messages: ClassVar[dict[str, Any]] = {"text_type": _("Write this as text.")}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("text_type")
        return unicodedata.normalize("NFC", super().to_internal_value(data))


class CodeField(TextField):
    """A business key (SKU, partner code, external id): exact, without blanks around it, never a number."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "code_format": _("A code has no blanks around it and no control characters."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 60, "trim_whitespace": False, **kwargs})
        self.validators.append(RegexValidator(CODE_PATTERN, code="code_format"))  # the schema reads it here

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if text != text.strip() or any(unicodedata.category(letter) == "Cc" for letter in text):
            self.fail("code_format")
        return text


class ChoiceField(serializers.ChoiceField):
    """One of a set of codes."""

    default_error_messages: ClassVar[dict[str, Any]] = {"choice_unknown": _("Not one of the known values.")}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or data not in self.choices:
            self.fail("choice_unknown")
        return data


class WholeField(serializers.IntegerField):
    """A JSON integer that fits a bigint."""

    default_error_messages: ClassVar[dict[str, Any]] = {"whole_type": _("Write this as a whole number.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": -_LARGEST_WHOLE, "max_value": _LARGEST_WHOLE, **kwargs})

    def to_internal_value(self, data: Any) -> int:
        if reads_text(self) and isinstance(data, str) and re.fullmatch(r"-?[0-9]{1,19}", data):
            return int(data)
        if type(data) is not int:
            self.fail("whole_type")
        return int(data)


class FlagField(serializers.BooleanField):
    """JSON true or false."""

    default_error_messages: ClassVar[dict[str, Any]] = {"flag_type": _("Write true or false.")}

    def to_internal_value(self, data: Any) -> bool:
        if reads_text(self) and data in ("true", "false"):
            return bool(data == "true")
        if not isinstance(data, bool):
            self.fail("flag_type")
        return bool(data)


class IdField(serializers.UUIDField):
    """An id of ours, in its usual spelling."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "id_format": _("Write the id as it was given to you.")
    }

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str) or not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", data):
            self.fail("id_format")
        return UUID(data)


class DayField(serializers.DateField):
    """A calendar day, `YYYY-MM-DD`."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "day_format": _("Write the day as YYYY-MM-DD."),
        "day_range": _("The day is outside the years 1900 to 2200."),
    }

    def to_internal_value(self, value: Any) -> date:
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            self.fail("day_format")
        try:
            day = date.fromisoformat(value)
        except ValueError:
            self.fail("day_format")
        if not _EARLIEST <= day <= _LATEST:
            self.fail("day_range")
        return day


class InstantField(serializers.DateTimeField):
    """A moment with its offset, RFC 3339."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "instant_format": _("Write the moment as 2026-03-31T12:00:00Z or with an offset."),
    }

    def to_internal_value(self, value: Any) -> datetime:
        if not isinstance(value, str) or not _INSTANT.fullmatch(value):
            self.fail("instant_format")
        try:
            moment = parse_datetime(value)
        except ValueError:
            moment = None
        if moment is None or not _EARLIEST <= moment.date() <= _LATEST:
            self.fail("instant_format")
        return moment


@extend_schema_field({"type": "string", "pattern": RATE_PATTERN, "examples": ["0.125"]})
class RateField(serializers.Field):
    """An exact decimal as text: `"0.125"`; not an amount of money."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "rate_format": _("Write the number as text, such as 0.125.")
    }

    def to_internal_value(self, data: Any) -> Decimal:
        if not isinstance(data, str) or not re.fullmatch(RATE_PATTERN, data):
            self.fail("rate_format")
        return Decimal(data)

    def to_representation(self, value: Decimal) -> str:
        return format(value, "f")


@extend_schema_field({"type": "string", "minLength": 2, "maxLength": 2, "examples": ["DE"]})
class CountryField(TextField):
    """Two capital letters of ISO 3166, or "" where the country is not known."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "country_unknown": _("This is not the code of a country.")
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"allow_blank": True, "max_length": 2, **kwargs})

    def to_internal_value(self, data: Any) -> str:
        code = super().to_internal_value(data)
        if code and not is_country(code):
            self.fail("country_unknown")
        return code


@extend_schema_field({"type": "string", "enum": sorted(CURRENCY_EXPONENTS), "examples": ["EUR"]})
class CurrencyField(serializers.Field):
    """Three letters of ISO 4217, of a currency in use."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "currency_unknown": _("This is not a currency code in use.")
    }

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or not is_currency(data):
            self.fail("currency_unknown")
        return str(data)

    def to_representation(self, value: str) -> str:
        return value


class _Pair(NamedTuple):
    """An amount as it came, with the currency that stood beside it."""

    amount: Any
    currency: Any


class MoneyAmountField(serializers.Field):
    """`"amount": "1234.50"` beside `"currency": "EUR"`, as whole minor units inside.

    Use it as `amount = MoneyAmountField()` next to `currency = CurrencyField()`: validated data then holds `amount` as
    an integer of minor units. To show a row, name where it stands: `MoneyAmountField(source="amount_minor")`.
    `currency_field` is the sibling; without one in the body, `context["currency"]` (the tenant's) is taken.
    """

    default_error_messages: ClassVar[dict[str, Any]] = {
        "amount_type": _('Write the amount as text, such as "1234.50".'),
        "amount_format": _("Enter an amount such as 1234.50."),
        "amount_precision": _("%(currency)s has %(exponent)s decimal places; %(text)s has more."),
        "amount_range": _("The amount is too large."),
        "amount_negative": _("The amount may not be negative."),
        "amount_zero": _("The amount may not be zero."),
    }

    def __init__(
        self, *, currency_field: str = "currency", negative: bool = False, zero: bool = True, **kwargs: Any
    ) -> None:
        self.currency_field = currency_field
        self.negative = negative
        self.zero = zero
        super().__init__(**kwargs)

    def get_value(self, dictionary: Mapping[Any, Any]) -> Any:
        amount = super().get_value(dictionary)
        if amount is empty or amount is None:
            return amount
        return _Pair(amount, dictionary.get(self.currency_field, self.context.get("currency")))

    def to_internal_value(self, data: Any) -> int:
        amount, currency = data if isinstance(data, _Pair) else _Pair(data, self.context.get("currency"))
        if not isinstance(amount, str):
            self.fail("amount_type")
        known = isinstance(currency, str) and is_currency(currency)
        try:
            minor = parse_amount(amount, currency if known else "KWD")  # the currency's own field reports it
        except AmountInvalid as fault:
            if not known and fault.code == "amount_precision":
                return 0
            raise self._refused(fault.code, fault.params) from fault
        if minor < 0 and not self.negative:
            self.fail("amount_negative")
        if minor == 0 and not self.zero:
            self.fail("amount_zero")
        return minor

    def _refused(self, code: str, params: Mapping[str, Any]) -> serializers.ValidationError:
        return serializers.ValidationError(str(self.error_messages[code]) % params, code=code)

    def get_attribute(self, instance: Any) -> Any:
        minor = super().get_attribute(instance)
        if minor is None:
            return None
        if isinstance(instance, Mapping):
            return minor, instance[self.currency_field]
        return minor, getattr(instance, self.currency_field)

    def to_representation(self, value: tuple[int, str]) -> str:
        return format_plain(*value)
