"""The shapes of payments in the API; rows of the batch door are read by `sales.payment_rows`, described here.

Called by: sales.payment_api."""

from typing import Any, ClassVar

from partners.sales.models import SalePayment
from partners.sales.rows import LENGTHS
from prm.api.fields import (
    ChoiceField,
    CodeField,
    CurrencyField,
    DayField,
    FlagField,
    IdField,
    InstantField,
    MoneyAmountField,
    WholeField,
)
from prm.api.serializers import StrictSerializer
from prm.kit.money import format_plain


class PaymentRowWrite(StrictSerializer):
    """A row of `sale-payments:batch`; at most 20,000 in a request. `sale` is the external id of the sale, of the same
    source; the amount is in its currency."""

    source = CodeField(max_length=LENGTHS["source"])  # type: ignore[assignment]  # a field of this name
    external_id = CodeField(max_length=LENGTHS["external_id"])
    sale = CodeField(max_length=LENGTHS["sale"])
    paid_on = DayField()
    amount = MoneyAmountField()
    currency = CurrencyField()


class PaymentBatchBody(StrictSerializer):
    rows = PaymentRowWrite(many=True)
    mode = ChoiceField(choices=["partial", "atomic"], required=False)

    most_rows: ClassVar[int] = 20_000


class PaymentRead(StrictSerializer):
    """A payment as it stands."""

    id = IdField()
    source = CodeField(max_length=LENGTHS["source"])  # type: ignore[assignment]  # a field of this name
    external_id = CodeField(max_length=LENGTHS["external_id"])
    version = WholeField()
    sale = CodeField(max_length=LENGTHS["sale"])
    sale_id = IdField()
    paid_on = DayField()
    amount = MoneyAmountField()
    currency = CurrencyField()
    voided = FlagField()
    received_at = InstantField()
    recorded_at = InstantField()


class PaymentQuery(StrictSerializer):
    """Filters of the list; days are inclusive at the start and exclusive at the end."""

    paid_from = DayField(required=False)
    paid_until = DayField(required=False)
    source = CodeField(max_length=LENGTHS["source"], required=False)  # type: ignore[assignment]  # a field of this name
    sale = CodeField(max_length=LENGTHS["sale"], required=False)
    voided = FlagField(required=False)


def shown_payment(payment: SalePayment) -> dict[str, Any]:
    return {
        "id": str(payment.id),
        "source": payment.source,
        "external_id": payment.external_id,
        "version": payment.revision,
        "sale": payment.line.external_id,
        "sale_id": str(payment.line_id),
        "paid_on": payment.paid_on.isoformat(),
        "amount": format_plain(payment.amount_minor, payment.currency),
        "currency": payment.currency,
        "voided": payment.voided,
        "received_at": payment.received_at.isoformat(),
        "recorded_at": payment.recorded_at.isoformat(),
    }
