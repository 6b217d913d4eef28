"""Forms of sales: the filters of the list, and the reason of a void."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

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

    def __init__(
        self,
        *args: Any,
        partners: Iterable[tuple[UUID, str]],
        categories: Iterable[tuple[str, str]],
        sources: Iterable[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offered: dict[str, list[tuple[Any, Any]]] = {
            "partner": [("", _("Any partner")), *((str(key), name) for key, name in partners)],
            "category": [("", _("Any category")), *categories, ("none", _("Without a category"))],
            "source": [("", _("Any source")), *((source, source) for source in sources)],
        }
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]


class DaysForm(forms.Form):
    since = forms.DateField(label=_("From"), required=False, widget=DayInput)
    until = forms.DateField(label=_("To"), required=False, widget=DayInput)


class PortalSaleFilterForm(DaysForm):
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("Sales and refunds")), *LineKind.choices]
    )
    q = forms.CharField(label=_("Order or line id"), required=False, max_length=120)


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
        partner_id=UUID(given["partner"]) if given.get("partner") else None,
        category=given.get("category", ""),
        kind=given.get("kind", ""),
        source=given.get("source", ""),
        seller=given.get("seller", ""),
        import_id=import_id,
        q=given.get("q", ""),
        status=given.get("status", ""),
    )
