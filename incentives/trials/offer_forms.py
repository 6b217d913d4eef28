"""What a deal is about to sell, row by row; called by trials.offer_pages."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from incentives.trials.estimates import LONGEST_SUBSCRIPTION, OfferedLine
from incentives.trials.models import DealProduct
from incentives.trials.offers import MOST_PRODUCTS
from partners.products.models import Product
from prm.web.forms import AmountField, EditForm, name_by_row

ROWS_AT_ONCE = 3
NAMES = ("product", "amount", "quantity", "cost", "months")


class OfferForm(EditForm):
    """Rows of a product with what is known of it; a row without product says nothing. The cost is the vendor's to know:
    a form that does not ask for it keeps what was told, as long as the rest of the row stays.

    `wants_more`: the person asked for more rows instead of saving.
    """

    def __init__(
        self,
        data: Any,
        *,
        products: Sequence[Product],
        told: Sequence[DealProduct],
        currency: str,
        asks_cost: bool,
    ) -> None:
        super().__init__(data)
        self._products = {str(product.id): product for product in products}
        self._held = {row.product_id: row for row in told}
        self._currency, self._names = currency, [n for n in NAMES if n != "cost" or asks_cost]
        self.wants_more = data is not None and "more" in data
        self.row_count = self._count_rows(data, len(told))
        for row in range(self.row_count):
            self._add_row(row, told[row] if row < len(told) else None)

    @property
    def hint(self) -> Any:
        """Said once above all rows."""
        if "cost" in self._names:
            return _("Without months it is sold once; with them amount, quantity and cost are of each month.")
        return _("Without months it is sold once; with them amount and quantity are of each month.")

    @property
    def is_full(self) -> bool:
        return self.row_count >= MOST_PRODUCTS

    def _count_rows(self, data: Any, held: int) -> int:
        sent = sum(key.startswith("product_") for key in data) if data is not None else 0
        more = ROWS_AT_ONCE if self.wants_more or not sent else 0
        return min(max(sent, held) + more, MOST_PRODUCTS)

    def _add_row(self, row: int, held: DealProduct | None) -> None:
        choices = [("", "—"), *((key, product.name) for key, product in self._products.items())]
        self.fields[f"product_{row}"] = forms.ChoiceField(
            label=_("Product"),
            required=False,
            choices=choices,
            initial=str(held.product_id) if held else "",
        )
        self.fields[f"amount_{row}"] = AmountField(
            label=format_lazy("{}, {}", _("Net amount"), self._currency),
            required=False,
            currency=self._currency,
            initial=held.amount_minor if held else None,
        )
        self.fields[f"quantity_{row}"] = forms.DecimalField(
            label=_("Quantity"),
            required=False,
            min_value=0,
            max_digits=18,
            decimal_places=6,
            initial=f"{held.quantity.normalize():f}" if held and held.quantity is not None else None,
        )
        if "cost" in self._names:
            self.fields[f"cost_{row}"] = AmountField(
                label=format_lazy("{}, {}", _("Cost"), self._currency),
                required=False,
                currency=self._currency,
                initial=held.cost_minor if held else None,
            )
        self.fields[f"months_{row}"] = forms.IntegerField(
            label=_("Months of the subscription"),
            required=False,
            min_value=0,
            max_value=LONGEST_SUBSCRIPTION,
            initial=(held.months or None) if held else None,
        )
        name_by_row(self, self._names, row)

    def rows(self) -> list[list[Any]]:
        return [[self[f"{name}_{row}"] for name in self._names] for row in range(self.row_count)]

    def clean(self) -> dict[str, Any]:
        told, seen = self.cleaned_data, set()
        for row in range(self.row_count):
            product = told.get(f"product_{row}")
            if product and told.get(f"amount_{row}") is None and f"amount_{row}" not in self.errors:
                self.add_error(f"amount_{row}", _("Say for how much it is sold."))
            if product and product in seen:
                self.add_error(f"product_{row}", _("Each product once."))
            seen.add(product)
        return told

    def lines(self) -> list[OfferedLine]:
        return [self._line(row) for row in range(self.row_count) if self.cleaned_data.get(f"product_{row}")]

    def _line(self, row: int) -> OfferedLine:
        told = self.cleaned_data
        line = OfferedLine(
            product_id=self._products[told[f"product_{row}"]].id,
            amount_minor=told[f"amount_{row}"],
            quantity=told[f"quantity_{row}"],
            cost_minor=told.get(f"cost_{row}"),
            months=told[f"months_{row}"] or 0,
        )
        held = self._held.get(line.product_id)
        if "cost" in self._names or held is None:
            return line
        facts = [(one.amount_minor, one.quantity, one.months) for one in (line, held)]
        return replace(line, cost_minor=held.cost_minor) if facts[0] == facts[1] else line
