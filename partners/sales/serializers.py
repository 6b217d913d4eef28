"""The shapes of sales in the API; rows of the batch door are read by `sales.rows`, described here.

Called by: sales.api."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from partners.sales.models import LineKind, SaleLine, SaleSplit
from partners.sales.rows import LENGTHS, PERCENT_PATTERN, QUANTITY_PATTERN
from prm.api.fields import (
    ChoiceField,
    CodeField,
    CurrencyField,
    DayField,
    FlagField,
    IdField,
    InstantField,
    MoneyAmountField,
    TextField,
    WholeField,
)
from prm.api.serializers import StrictSerializer
from prm.kit.money import format_plain


@extend_schema_field({"type": "string", "pattern": QUANTITY_PATTERN, "examples": ["2.5"]})
class QuantityField(serializers.Field):
    """An exact number as text."""

    def to_representation(self, value: Any) -> str:
        return f"{value.normalize():f}"


@extend_schema_field({"type": "string", "pattern": PERCENT_PATTERN, "examples": ["62.5"]})
class PercentField(QuantityField):
    """A percent as text."""


class ShareWrite(StrictSerializer):
    """One partner of a split: a percent (together exactly 100) or whole parts, never mixed in a line."""

    partner = CodeField()
    percent = PercentField(required=False, allow_null=True)
    parts = WholeField(required=False, allow_null=True, min_value=0, max_value=1_000_000)


class SaleFacts(StrictSerializer):
    """What a line says besides its key. A line without a partner is a direct sale."""

    kind = ChoiceField(choices=LineKind.values, required=False)
    occurred_on = DayField()
    order_number = CodeField(max_length=LENGTHS["order_number"], required=False, allow_blank=True)
    partner = CodeField(required=False, allow_null=True, allow_blank=True)
    product = CodeField()
    quantity = QuantityField(required=False)
    amount = MoneyAmountField()
    currency = CurrencyField()
    cost = MoneyAmountField(required=False, allow_null=True)
    customer = CodeField(required=False, allow_null=True, allow_blank=True)
    splits = ShareWrite(many=True, required=False, allow_null=True)
    refunds = CodeField(max_length=LENGTHS["refunds"], required=False, allow_null=True, allow_blank=True)
    deal = CodeField(max_length=LENGTHS["deal"], required=False, allow_null=True, allow_blank=True)
    subscription = CodeField(
        max_length=LENGTHS["subscription"], required=False, allow_null=True, allow_blank=True
    )
    invoiced_on = DayField(required=False, allow_null=True)


class SaleWrite(SaleFacts):
    source = CodeField(max_length=LENGTHS["source"])  # type: ignore[assignment]  # a field of this name
    external_id = CodeField(max_length=LENGTHS["external_id"])


class ShareRead(ShareWrite):
    amount = MoneyAmountField()


class SaleRead(StrictSerializer):
    """A line as it stands. `refunded_id` is empty while the sale of a refund is not known."""

    id = IdField()
    source = CodeField(max_length=LENGTHS["source"])  # type: ignore[assignment]  # a field of this name
    external_id = CodeField(max_length=LENGTHS["external_id"])
    version = WholeField()
    kind = ChoiceField(choices=LineKind.values)
    occurred_on = DayField()
    order_number = TextField(allow_blank=True)
    partner = CodeField(allow_null=True)
    product = CodeField()
    customer = CodeField(allow_null=True)
    quantity = QuantityField()
    amount = MoneyAmountField()
    currency = CurrencyField()
    cost = MoneyAmountField(allow_null=True)
    splits = ShareRead(many=True)
    refunds = CodeField(max_length=LENGTHS["refunds"], allow_null=True)
    refunded_id = IdField(allow_null=True)
    subscription = CodeField(max_length=LENGTHS["subscription"], allow_null=True)
    invoiced_on = DayField(allow_null=True)
    deal_id = IdField(allow_null=True)
    split_by_deal_id = IdField(allow_null=True)
    voided = FlagField()
    recorded_at = InstantField()


class SaleQuery(StrictSerializer):
    """Filters of the list; days are inclusive at the start and exclusive at the end."""

    occurred_from = DayField(required=False)
    occurred_until = DayField(required=False)
    partner = CodeField(required=False)
    category = CodeField(required=False)
    kind = ChoiceField(choices=LineKind.values, required=False)
    source = CodeField(max_length=LENGTHS["source"], required=False)  # type: ignore[assignment]  # a field of this name
    direct = FlagField(required=False)
    voided = FlagField(required=False)


class BatchQuery(StrictSerializer):
    """How a batch is taken, and whether every row is answered or only those that were refused."""

    mode = ChoiceField(choices=["partial", "atomic"], required=False)
    results = ChoiceField(choices=["all", "failed"], required=False)


class VoidWrite(StrictSerializer):
    reason = TextField(max_length=500)


def shown_sale(line: SaleLine, shares: Sequence[SaleSplit]) -> dict[str, Any]:
    """A line as JSON; written out by hand, since lists of it are long."""
    return {
        "id": str(line.id),
        "source": line.source,
        "external_id": line.external_id,
        "version": line.revision,
        "kind": line.kind,
        "occurred_on": line.occurred_on.isoformat(),
        "order_number": line.order_number,
        "partner": line.partner.code if line.partner else None,
        "product": line.product.code,
        "customer": line.customer.code if line.customer else None,
        "quantity": f"{line.quantity.normalize():f}",
        "amount": format_plain(line.amount_minor, line.currency),
        "currency": line.currency,
        "cost": None if line.cost_minor is None else format_plain(line.cost_minor, line.currency),
        "splits": [_shown_share(share, line.currency) for share in shares],
        "refunds": line.refunded_external_id or None,
        "refunded_id": str(line.refunded_line_id) if line.refunded_line_id else None,
        "subscription": line.subscription_ref or None,
        "invoiced_on": line.invoiced_on.isoformat() if line.invoiced_on else None,
        "deal_id": str(line.deal_id) if line.deal_id else None,
        "split_by_deal_id": line.split_terms[0].get("deal_id") if line.split_terms else None,
        "voided": line.voided,
        "recorded_at": line.recorded_at.isoformat(),
    }


def _shown_share(share: SaleSplit, currency: str) -> dict[str, Any]:
    weight: Mapping[str, Any] = (
        {"parts": share.parts} if share.percent is None else {"percent": f"{share.percent.normalize():f}"}
    )
    return {
        "partner": share.partner.code,
        **weight,
        "amount": format_plain(share.amount_minor, currency),
    }


class BatchRow(SaleWrite):
    """A row of `sales:batch`; at most 20,000 in a request."""


class SaleBatchBody(StrictSerializer):
    rows = BatchRow(many=True)
    mode = ChoiceField(choices=["partial", "atomic"], required=False)

    most_rows: ClassVar[int] = 20_000
