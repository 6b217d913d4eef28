"""The shapes of exchange rates in the API; called by currencies.api."""

import re
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from prm.api.fields import CurrencyField, DayField, IdField, InstantField, TextField
from prm.api.serializers import StrictSerializer

PATTERN = r"^[0-9]{1,10}(\.[0-9]{1,10})?$"


@extend_schema_field({"type": "string", "pattern": PATTERN, "examples": ["1.0835"]})
class RateText(serializers.Field[Decimal, Any, str, Any]):
    """A rate as text with at most 10 decimal places: `"1.0835"`."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "rate_format": _('Write the rate as text with at most 10 decimal places, such as "1.0835".')
    }

    def to_internal_value(self, data: Any) -> Decimal:
        if not isinstance(data, str) or not re.fullmatch(PATTERN, data):
            self.fail("rate_format")
        return Decimal(data)

    def to_representation(self, value: Decimal) -> str:
        return f"{value.normalize():f}"


class RateWrite(StrictSerializer):
    base = CurrencyField()
    quote = CurrencyField()
    published_on = DayField()
    rate = RateText()
    source = TextField(required=False, max_length=60)  # type: ignore[assignment]  # DRF takes it off the class


class RateRead(StrictSerializer):
    id = IdField()
    base = CurrencyField()
    quote = CurrencyField()
    published_on = DayField()
    rate = RateText()
    source = TextField()  # type: ignore[assignment]
    recorded_at = InstantField()


class RateFilter(StrictSerializer):
    base = CurrencyField(required=False)
    quote = CurrencyField(required=False)
    since = DayField(required=False)
    until = DayField(required=False)


class RateQuestion(StrictSerializer):
    """Which rate counts for a sale of this day?"""

    base = CurrencyField()
    quote = CurrencyField()
    on = DayField()
