"""Forms of sales: the filters of the list, and the reason of a void."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.customers.models import Customer
from partners.directory.models import Partner
from partners.sales.models import LineKind
from partners.sales.queries import SaleFilter
from prm.web.forms import DayInput


class SaleFilterForm(forms.Form):
    """Days are inclusive, as people mean them."""

    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    partner = forms.ChoiceField(label=_("Partner"), required=False)
    category = forms.ChoiceField(label=_("Category"), required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("Sales and refunds")), *LineKind.choices]
    )
    seller = forms.ChoiceField(
        label=_("Sold by"),
        required=False,
        choices=[("", _("Anyone")), ("partner", _("Partners")), ("direct", _("Ourselves (direct)"))],
    )
    source = forms.ChoiceField(label=_("Source"), required=False)
    status = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("In force")), ("waiting", _("Refunds without their sale")), ("voided", _("Voided"))],
    )
    q = forms.CharField(label=_("Order or line id"), required=False, max_length=120)
    # Narrowed to by links alone, and shown as chips.
    credited = forms.ChoiceField(required=False, widget=forms.HiddenInput)
    customer = forms.ChoiceField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        partners: Iterable[tuple[UUID, str]],
        categories: Iterable[tuple[str, str]],
        sources: Iterable[str],
        linked: Mapping[str, Partner | Customer | None],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offered: dict[str, list[tuple[Any, Any]]] = {
            "partner": [("", _("Any partner")), *((str(key), name) for key, name in partners)],
            "category": [("", _("Any category")), *categories, ("none", _("Without a category"))],
            "source": [("", _("Any source")), *((source, source) for source in sources)],
            **{name: [(str(row.id), row.name)] if row else [] for name, row in linked.items()},
        }
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def chips(self) -> list[tuple[str, Any, str]]:
        """Parameter, label and name of what only links narrow to."""
        labels = {"credited": _("Credited to"), "customer": _("Customer")}
        self.is_valid()
        told = {name: self.cleaned_data.get(name) for name in labels}
        names = {name: dict(self.fields[name].choices) for name in labels}  # type: ignore[attr-defined]
        return [(name, labels[name], names[name][value]) for name, value in told.items() if value]


class DaysForm(forms.Form):
    since = forms.DateField(label=_("From"), required=False, widget=DayInput)
    until = forms.DateField(label=_("To"), required=False, widget=DayInput)


class PortalSaleFilterForm(DaysForm):
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("Sales and refunds")), *LineKind.choices]
    )
    q = forms.CharField(label=_("Order or line id"), required=False, max_length=120)
    customer = forms.UUIDField(required=False, widget=forms.HiddenInput)


class VoidForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


def filter_of(form: forms.Form, *, import_id: UUID | None = None) -> SaleFilter:
    """What the form narrows to; fields that cannot be read narrow nothing."""
    form.is_valid()
    given = form.cleaned_data
    until = given.get("until")
    return SaleFilter(
        since=given.get("since"),
        until=until + timedelta(days=1) if until else None,
        partner_id=_id_of(given.get("partner")),
        credited_id=_id_of(given.get("credited")),
        customer_id=_id_of(given.get("customer")),
        category=given.get("category", ""),
        kind=given.get("kind", ""),
        source=given.get("source", ""),
        seller=given.get("seller", ""),
        import_id=import_id,
        q=given.get("q", ""),
        status=given.get("status", ""),
    )


def _id_of(given: Any) -> UUID | None:
    return UUID(str(given)) if given else None
