"""Forms of plans: what people type becomes the document of the plan language; nothing is saved here.

Called by: plans.console.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incentives.plans.cap_fields import CAP_FIELDS, LABELS, CapUnreadable, caps_as_written, read_cap
from incentives.plans.models import Audience
from prm.kit.money import is_currency

Choices = Sequence[tuple[str, Any]]
CHOOSE = {"required": _("Choose one.")}


def day_field(label: Any, *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label, required=required, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class EndForm(forms.Form):
    """When an assignment ends. A page has several: the list of errors says of whose."""

    ends_on = day_field(_("Until before"))

    def __init__(self, data: Mapping[str, Any] | None = None, *, assignment_id: UUID, label: str) -> None:
        super().__init__(data, auto_id=f"end-{assignment_id}-%s")
        field = self.fields["ends_on"]
        field.named = f"{label}: {field.label}"  # type: ignore[attr-defined]
        text = _("Write the day the assignment ends.")
        field.error_messages = {**field.error_messages, "required": text, "invalid": text}


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
        label=_("Minimum payout"),
        min_value=0,
        max_digits=15,
        initial=0,
        localize=True,
        help_text=_("In the payout currency."),
    )
    earning_event = forms.ChoiceField(
        label=pgettext_lazy("plan", "Earned"),
        choices=[
            ("order", _("with the order")),
            ("invoice", _("with the invoice")),
            ("payment", _("with the payments")),
        ],
        help_text=_(
            "With the invoice, a sale without the day of its invoice earns nothing yet; with the payments, it earns "
            "the share of it that is paid. Volume counts orders, a bonus with payments counts what is paid."
        ),
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

    def __init__(self, *args: Any, fixed: Mapping[str, str], **kwargs: Any) -> None:
        """`fixed`: the settings that earlier versions settled; they are shown as facts and keep what they are."""
        super().__init__(*args, **kwargs)
        for name, kind in CAP_FIELDS.items():
            self.fields[name] = forms.CharField(label=LABELS[kind], required=False, max_length=40)
        self.initial = {**self.initial, **fixed}
        self.facts = [(self.fields[name].label, self._said(name, value)) for name, value in fixed.items()]
        for name in fixed:
            self.fields[name].disabled, self.fields[name].widget = True, forms.HiddenInput()
        if fixed:
            currency = fixed["payout_currency"]
            self.fields["minimum_payout"].label = _("Minimum payout, %(currency)s") % {"currency": currency}
            self.fields["minimum_payout"].help_text = ""

    def _said(self, name: str, value: str) -> Any:
        """The label of a choice, anything else as it is."""
        return dict(getattr(self.fields[name], "choices", ())).get(value, value)

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
        self._read_caps(cleaned)
        return cleaned

    def _read_caps(self, cleaned: dict[str, Any]) -> None:
        """In the plan's currency, once that is known."""
        for name in CAP_FIELDS if "currency" in cleaned else ():
            try:
                cleaned[name] = read_cap(cleaned.get(name, ""), cleaned["currency"])
            except CapUnreadable as refusal:
                self.add_error(name, forms.ValidationError(refusal.message, code=refusal.code))

    def plan_fields(self) -> list[forms.BoundField]:
        """All but the caps, for the page."""
        return [field for field in self.visible_fields() if field.name not in CAP_FIELDS]

    def cap_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in CAP_FIELDS]

    def settings(self) -> dict[str, Any]:
        """The document's settings as the plan language writes them."""
        given = self.cleaned_data
        return {
            "currency": given["currency"],
            "payout_currency": given["payout_currency"],
            "period": given["period"],
            "hold_days": given["hold_days"],
            "minimum_payout": f"{given['minimum_payout']:f}",
            "earning_event": given["earning_event"],
            "refund_policy": given["refund_policy"],
            "caps": caps_as_written({name: given[name] for name in CAP_FIELDS}),
        }


class AssignmentForm(forms.Form):
    """Who gets the plan, and when. Each audience but everyone has the field in which its target is chosen."""

    needed_at_times = ("partner", "segment", "tier", "type")
    audience = forms.ChoiceField(label=_("Assign to"), choices=Audience.choices)
    partner = forms.ChoiceField(label=_("Partner"), error_messages=CHOOSE)
    segment = forms.ChoiceField(label=_("Segment"), error_messages=CHOOSE)
    tier = forms.ChoiceField(label=_("Tier"), error_messages=CHOOSE)
    type = forms.ChoiceField(label=_("Partner type"), error_messages=CHOOSE)
    starts_on = day_field(_("In force from"))
    ends_on = day_field(_("Until before"), required=False)

    def __init__(self, *args: Any, targets: Mapping[str, Choices], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for audience, choices in targets.items():
            self.fields[audience].choices = [("", "—"), *choices]  # type: ignore[attr-defined]
            self.fields[audience].required = not self.is_bound or self.data.get("audience") == audience

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on <= starts_on:
            self.add_error("ends_on", _("The end must be after the start."))
        return cleaned

    @property
    def target(self) -> str:
        return str(self.cleaned_data.get(self.cleaned_data["audience"], ""))

    def by_audience(self) -> list[tuple[str, forms.BoundField]]:
        """The fields of which one at a time is asked, with the audience that asks it."""
        return [(value, self[value]) for value in Audience.values if value in self.fields]
