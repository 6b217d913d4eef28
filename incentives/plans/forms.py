"""Forms of plans: what people type becomes the document of the plan language; nothing is saved here.

Called by: plans.console.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from incentives.plans.models import Audience
from partners.directory.models import PartnerType
from prm.kit.money import is_currency

TIER_ROWS = 8
Choices = Sequence[tuple[str, str]]


def day_field(label: Any, *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label, required=required, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class PlanForm(forms.Form):
    """The plan itself: what it is called and which slot it fills."""

    code = forms.SlugField(
        label=_("Code"), max_length=40, help_text=_("Short and lasting: files and the API use it.")
    )
    name = forms.CharField(label=_("Name"), max_length=120)
    slot = forms.SlugField(
        label=_("Slot"),
        max_length=40,
        initial="main",
        help_text=_("A partner has one plan per slot on a day; plans of different slots add up."),
    )


class VersionForm(forms.Form):
    """Dates and settings of a version."""

    starts_on = day_field(_("In force from"))
    ends_on = day_field(_("Until before"), required=False)
    currency = forms.CharField(label=_("Plan currency"), max_length=3, min_length=3)
    payout_currency = forms.CharField(label=_("Payout currency"), max_length=3, min_length=3)
    period = forms.ChoiceField(
        label=_("Usual window"),
        choices=[("month", _("Month")), ("quarter", _("Quarter")), ("year", _("Year"))],
    )
    hold_days = forms.IntegerField(
        label=_("Hold days"),
        min_value=0,
        max_value=3650,
        initial=0,
        help_text=_("Calendar days from the sale until it may be paid."),
    )
    minimum_payout = forms.DecimalField(
        label=_("Minimum payout"), min_value=0, max_digits=15, initial=0, localize=True
    )
    refund_policy = forms.ChoiceField(
        label=_("Refunds after a closed window"),
        choices=[
            ("original_rate", _("Take back at the rate the sale earned")),
            ("recompute", _("Calculate the window again")),
        ],
    )
    note = forms.CharField(
        label=_("What changes for partners"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean_currency(self) -> str:
        return self._currency("currency")

    def clean_payout_currency(self) -> str:
        return self._currency("payout_currency")

    def _currency(self, name: str) -> str:
        code = str(self.cleaned_data[name]).upper()
        if not is_currency(code):
            raise forms.ValidationError(_("%(code)s is not a currency code."), params={"code": code})
        return code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on <= starts_on:
            self.add_error("ends_on", _("The end must be after the start."))
        return cleaned

    def settings(self) -> dict[str, Any]:
        """The document's settings as the plan language writes them."""
        given = self.cleaned_data
        return {
            "currency": given["currency"],
            "payout_currency": given["payout_currency"],
            "period": given["period"],
            "hold_days": given["hold_days"],
            "minimum_payout": f"{given['minimum_payout']:f}",
            "refund_policy": given["refund_policy"],
        }


class AssignmentForm(forms.Form):
    """Who gets the plan, and when."""

    audience = forms.ChoiceField(
        label=_("For"),
        choices=[
            (value, label) for value, label in Audience.choices if value in ("everyone", "type", "partner")
        ],
    )
    partner_type = forms.ChoiceField(
        label=_("Partner type"), required=False, choices=[("", "—"), *PartnerType.choices]
    )
    partner = forms.ChoiceField(label=_("Partner"), required=False)
    starts_on = day_field(_("From"))
    ends_on = day_field(_("Until before"), required=False)

    def __init__(self, *args: Any, partners: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["partner"].choices = [("", "—"), *partners]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        needed = {"type": "partner_type", "partner": "partner"}.get(str(cleaned.get("audience")))
        if needed and not cleaned.get(needed):
            self.add_error(needed, _("Choose one."))
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on <= starts_on:
            self.add_error("ends_on", _("The end must be after the start."))
        return cleaned

    @property
    def target(self) -> str:
        given = self.cleaned_data
        return str({"type": given["partner_type"], "partner": given["partner"]}.get(given["audience"], ""))


class ComponentForm(forms.Form):
    """What all components share: an id, a title, conditions, limits, dates."""

    kind: ClassVar[str]

    id = forms.RegexField(
        label=_("Id"),
        regex=r"^[a-z][a-z0-9_-]{0,39}$",
        help_text=_("Small Latin letters and digits, for example base. It stays the same in later versions."),
    )
    title = forms.CharField(label=_("Title"), max_length=80, required=False)
    categories = forms.MultipleChoiceField(
        label=_("Only these categories"), required=False, widget=forms.CheckboxSelectMultiple
    )
    products = forms.CharField(
        label=_("Only these products"), required=False, help_text=_("Product codes, separated by commas.")
    )
    regions = forms.CharField(
        label=_("Only these regions"), required=False, help_text=_("Separated by commas, spelt exactly.")
    )
    partner_types = forms.MultipleChoiceField(
        label=_("Only these partner types"),
        required=False,
        choices=PartnerType.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    cap = forms.DecimalField(label=_("At most, per sale"), required=False, min_value=0, localize=True)
    floor = forms.DecimalField(label=_("At least, per sale"), required=False, min_value=0, localize=True)
    starts_on = day_field(_("Only sales from"), required=False)
    ends_on = day_field(_("Only sales before"), required=False)

    def __init__(self, *args: Any, categories: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["categories"].choices = list(categories)  # type: ignore[attr-defined]

    def component(self) -> dict[str, Any]:
        """The component as the plan language writes it."""
        given = self.cleaned_data
        written: dict[str, Any] = {"id": given["id"], "type": self.kind}
        if given["title"]:
            written["title"] = given["title"]
        conditions = [
            {"fact": fact, "op": "in", "value": values}
            for fact, values in (
                ("category", given["categories"]),
                ("product", _words(given["products"])),
                ("region", _words(given["regions"])),
                ("partner_type", given["partner_types"]),
            )
            if values
        ]
        if conditions:
            written["where"] = {"all": conditions}
        for name in ("cap", "floor"):
            if given[name] is not None:
                written[name] = {"sale": f"{given[name]:f}"}
        for name, key in (("starts_on", "from"), ("ends_on", "to")):
            if given[name]:
                written[key] = given[name].isoformat()
        return written | self.own()

    def own(self) -> dict[str, Any]:
        """The fields of this kind alone."""
        return {}


class RateForm(ComponentForm):
    kind = "rate"

    percent = forms.DecimalField(
        label=_("Rate, %"), min_value=0, max_value=100, max_digits=9, decimal_places=4, localize=True
    )
    basis = forms.ChoiceField(label=_("Of"), choices=[("revenue", _("net sales")), ("margin", _("margin"))])

    def own(self) -> dict[str, Any]:
        return {"rate": _fraction(self.cleaned_data["percent"]), "basis": self.cleaned_data["basis"]}


class PerUnitForm(ComponentForm):
    kind = "per_unit"

    amount = forms.DecimalField(
        label=_("Amount for each unit"), min_value=0, max_digits=15, decimal_places=6, localize=True
    )

    def own(self) -> dict[str, Any]:
        return {"amount": f"{self.cleaned_data['amount']:f}"}


class TiersForm(ComponentForm):
    """Rows `from_0`, `pays_0`, …: an empty row is left out."""

    kind = "tiers"

    mode = forms.ChoiceField(
        label=_("How tiers work"),
        choices=[
            ("marginal", _("Each slice earns its own rate")),
            ("retroactive", _("The reached rate applies from the first unit")),
            ("whole_transaction", _("The reached tier applies to the whole order")),
        ],
    )
    measure = forms.ChoiceField(
        label=_("Measured by"),
        choices=[("revenue", _("net sales")), ("margin", _("margin")), ("units", _("units sold"))],
    )
    window = forms.ChoiceField(
        label=_("Volume adds up over"),
        choices=[("month", _("Month")), ("quarter", _("Quarter")), ("year", _("Year"))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in range(TIER_ROWS):
            self.fields[f"from_{row}"] = forms.DecimalField(
                label=_("From volume"), required=row == 0, min_value=0, localize=True
            )
            self.fields[f"pays_{row}"] = forms.DecimalField(
                label=_("Rate, %"), required=row == 0, min_value=0, max_value=100, localize=True
            )

    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The pairs of fields, for the table of the page."""
        return [(self[f"from_{row}"], self[f"pays_{row}"]) for row in range(TIER_ROWS)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for row in range(1, TIER_ROWS):
            if (cleaned.get(f"from_{row}") is None) != (cleaned.get(f"pays_{row}") is None):
                missing = "from" if cleaned.get(f"from_{row}") is None else "pays"
                self.add_error(f"{missing}_{row}", _("Fill in both, or neither."))
        return cleaned

    def own(self) -> dict[str, Any]:
        given = self.cleaned_data
        tiers = [
            {"from": f"{given[f'from_{row}']:f}", "rate": _fraction(given[f"pays_{row}"])}
            for row in range(TIER_ROWS)
            if given.get(f"from_{row}") is not None
        ]
        return {"mode": given["mode"], "measure": given["measure"], "window": given["window"], "tiers": tiers}


COMPONENT_FORMS: dict[str, type[ComponentForm]] = {
    form.kind: form for form in (RateForm, PerUnitForm, TiersForm)
}


def initial_of(component: dict[str, Any]) -> dict[str, Any]:
    """What a form shows for a component of a document; conditions beyond the form's four are not editable here."""
    initial: dict[str, Any] = {
        "id": component.get("id"),
        "title": component.get("title", ""),
        "cap": (component.get("cap") or {}).get("sale"),
        "floor": (component.get("floor") or {}).get("sale"),
        "starts_on": component.get("from"),
        "ends_on": component.get("to"),
        "amount": component.get("amount"),
        "basis": component.get("basis"),
        "mode": component.get("mode"),
        "measure": component.get("measure"),
        "window": component.get("window"),
    }
    if component.get("rate") is not None:
        initial["percent"] = Decimal(component["rate"]) * 100
    for row, tier in enumerate(component.get("tiers", [])):
        initial[f"from_{row}"] = tier["from"]
        initial[f"pays_{row}"] = Decimal(tier["rate"]) * 100 if "rate" in tier else None
    for condition in (component.get("where") or {}).get("all", []):
        _fill_condition(initial, condition)
    return initial


def _fill_condition(initial: dict[str, Any], condition: dict[str, Any]) -> None:
    values = condition.get("value")
    listed = [str(value) for value in values] if isinstance(values, list) else [str(values)]
    match condition.get("fact"):
        case "category":
            initial["categories"] = listed
        case "partner_type":
            initial["partner_types"] = listed
        case "product":
            initial["products"] = ", ".join(listed)
        case "region":
            initial["regions"] = ", ".join(listed)


def is_editable_by_form(component: dict[str, Any]) -> bool:
    """Whether the form shows all of the component; anything else is changed through the API."""
    where = component.get("where")
    plain = where is None or (
        set(where) == {"all"}
        and all(
            c.get("op") == "in" and c.get("fact") in ("category", "product", "region", "partner_type")
            for c in where["all"]
        )
    )
    tiers = component.get("tiers", [])
    return (
        component.get("type") in COMPONENT_FORMS
        and plain
        and "measure_where" not in component
        and len(tiers) <= TIER_ROWS
        and all("rate" in tier for tier in tiers)
    )


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _fraction(percent: Decimal) -> str:
    value = percent / 100
    return f"{value.normalize():f}"
