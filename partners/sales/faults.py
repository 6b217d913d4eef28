"""The words of each reason to refuse a line.

Promise: every code of rows, rules and actions has its sentence; called by sales interfaces and the import."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partners.sales.rules import Fault
from prm.kit.money import format_plain

FAULT_TEXTS: dict[str, str | Promise] = {
    "required": _("This field is required."),
    "unknown_field": _("This field is not known here."),
    "text_type": _("Write this as text."),
    "list_type": _("Write this as a list."),
    "row_type": _("A row is an object."),
    "malformed_json": _("The row is not valid JSON."),
    "code_format": _("A code has no blanks around it and no control characters."),
    "max_length": _("At most %(limit)s characters fit here."),
    "choice_unknown": _("Not one of the known values."),
    "day_format": _("Write the day as YYYY-MM-DD."),
    "day_range": _("The day is outside the years 1900 to 2200."),
    "quantity_format": _("Write the quantity as text of at most six decimal places, such as 2.5."),
    "amount_type": _('Write the amount as text, such as "1234.50".'),
    "amount_format": _("Enter an amount such as 1234.50."),
    "amount_precision": _("%(currency)s has %(exponent)s decimal places; %(text)s has more."),
    "amount_range": _("The amount is too large."),
    "amount_negative": _("The amount may not be negative; a refund is told by its kind."),
    "currency_unknown": _("This is not a currency code in use."),
    "refunds_on_sale": _("Only a refund names the line that it refunds."),
    "refunded_not_sale": _("What it names is not a sale."),
    "refund_currency": _("The sale is in %(currency)s; a refund has the currency of its sale."),
    "over_refunded": _("The refunds would exceed the sale; %(left)s %(currency)s are left."),
    "payment_of_nothing": _("A payment is more than 0; to take one back, void it."),
    "payment_currency": _("The sale is in %(currency)s; a payment has the currency of its sale."),
    "payment_not_sale": _("What it names is not a sale: a refund is not paid by the customer."),
    "payment_unknown_sale": _(
        "There is no sale %(code)s of this source, or it was voided. Send the sale first."
    ),
    "payment_outside": _("This payment id is taken by a payment of a sale that is not of your portfolio."),
    "paid_in_future": _("The day has not come yet. Send the payment when it is received."),
    "unknown_product": _("There is no product with the code %(code)s."),
    "unknown_partner": _("There is no partner with the code %(code)s."),
    "partner_not_named": _("Name a partner of your portfolio; direct sales are not yours to send in."),
    "line_outside": _("This line id is taken by a line that is not of your portfolio."),
    "unknown_sale": _("There is no sale %(code)s of your portfolio to refund."),
    "unknown_deal": _("There is no deal %(code)s."),
    "deal_format": _("Write a deal by its number, such as D-1042."),
    "unknown_customer": _("There is no customer with the code %(code)s."),
    "duplicate_in_batch": _("This id stands in the batch more than once; none of its rows was taken."),
    "not_applied": _("Another row was refused, so this one was not applied."),
    "split_empty": _("Name at least one partner with a share above zero."),
    "split_too_many": _("A line is split among at most %(limit)s partners."),
    "split_mixed": _("Use percents for all partners, or parts for all."),
    "split_percent_format": _("Write the percent as a text of at most six decimal places."),
    "split_percent_total": _("The percents total %(total)s, not 100."),
    "split_parts_format": _("Parts are whole numbers from 0 to 1,000,000."),
    "split_partner_twice": _("This partner is named twice."),
    "split_format": _("Write a split as NW 60%%; SW 40%%, or NW 1; SW 1."),
    "line_id_missing": _("Give a line id, or an order number and a product."),
}


def params_for_people(params: Mapping[str, Any]) -> dict[str, Any]:
    """Minor units as a plain amount; the rest as it is."""
    told = dict(params)
    if "left_minor" in told:
        told["left"] = format_plain(told.pop("left_minor"), told["currency"])
    return told


def text_of(fault: Fault) -> str:
    """The reason as a sentence in the reader's language."""
    return str(FAULT_TEXTS[fault.code]) % params_for_people(fault.params)
