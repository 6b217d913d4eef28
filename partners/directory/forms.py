"""The shapes of the directory's pages: filters, partner, place in the tree, manager, contact.

Called by: directory.{console,portal} and imports."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.directory.extras import ListFilter, matching
from partners.directory.models import SETTABLE_STATUSES, Contact, Partner, PartnerStatus, PartnerType
from partners.directory.queries import PartnerFilter
from prm.accounts.models import Membership
from prm.web.forms import DayInput, EditForm, FilterForm, country_choices, tick_choices

ANY = pgettext_lazy("filter", "Any")


class PartnerFilterForm(FilterForm):
    q = forms.CharField(
        label=_("Search"), required=False, max_length=200, widget=forms.TextInput(attrs={"type": "search"})
    )
    partner_type = forms.ChoiceField(
        label=_("Type"), required=False, choices=[("", ANY), *PartnerType.choices]
    )
    region = forms.ChoiceField(label=_("Region"), required=False)
    manager = forms.ChoiceField(label=_("Channel manager"), required=False)
    status = forms.ChoiceField(label=_("Status"), required=False, choices=[("", ANY), *PartnerStatus.choices])

    def __init__(
        self,
        request: HttpRequest,
        *,
        regions: list[str],
        managers: list[Membership],
        more: Sequence[ListFilter] = (),
    ) -> None:
        super().__init__(request)
        for one in more:
            self.fields[one.name] = forms.ChoiceField(
                label=str(one.label), required=False, choices=[("", ANY), *one.choices]
            )
        self.more = [one.name for one in more]
        self.set_choices("region", tick_choices(ANY, regions))
        people = [(str(manager.id), str(manager.user)) for manager in managers]
        self.set_choices("manager", [("", ANY), ("none", _("Nobody")), *people])

    def as_filter(self) -> PartnerFilter:
        own = {name: value for name, value in self.wanted.items() if name not in self.more}
        return PartnerFilter(**own, also=matching(self.wanted))


class PartnerForm(forms.ModelForm, EditForm):
    """Facts of a partner. Saved by actions, never by the form."""

    website = forms.URLField(label=_("Website"), required=False, max_length=200, assume_scheme="https")
    country = forms.ChoiceField(label=_("Country"), required=False, choices=country_choices)
    joined_on = forms.DateField(label=_("Joined on"), widget=DayInput)
    standing_from = forms.DateField(
        label=_("Type, region, country and tier count from"),
        help_text=_("Sales from this day on are looked at with the new values; earlier ones keep the old."),
        required=False,
        widget=DayInput,
    )

    class Meta:
        model = Partner
        fields: ClassVar = [
            "code", "name", "legal_name", "tax_id", "partner_type", "country", "region", "tier", "status", "joined_on",
            "website",
        ]  # fmt: skip
        labels: ClassVar = {"name": pgettext_lazy("record", "Name")}
        help_texts: ClassVar = {
            "code": _("The partner's id in your ERP, exactly as it is written there."),
            "tax_id": _("Number of the company in the tax register of its country."),
        }
        widgets: ClassVar = {
            "region": forms.TextInput(attrs={"list": "regions-in-use"}),
            "tier": forms.TextInput(attrs={"list": "tiers-in-use"}),
        }

    def __init__(self, *args: Any, new: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.set_choices("status", SETTABLE_STATUSES)
        if new:
            del self.fields["standing_from"]

    def facts(self) -> dict[str, Any]:
        return {name: value for name, value in super().facts().items() if name != "standing_from"}


class MoveForm(EditForm):
    """A place in the tree: the parent is named by its code, which an ERP and a person both know."""

    parent_code = forms.CharField(
        label=_("Code of the partner above"),
        help_text=_("Leave empty if the partner stands under nobody from that day."),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"list": "partners-to-choose"}),
    )
    starts_on = forms.DateField(
        label=pgettext_lazy("date", "From"),
        help_text=_(
            "Sales of this day and later count for the new place, until the next move already known."
        ),
        widget=DayInput,
    )


class ManagerForm(EditForm):
    manager = forms.ChoiceField(label=_("Channel manager"), required=False)

    def __init__(self, *args: Any, managers: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(manager.id), str(manager)) for manager in managers]
        self.set_choices("manager", [("", _("Nobody")), *people])


class ContactForm(forms.ModelForm, EditForm):
    class Meta:
        model = Contact
        fields: ClassVar = ["name", "position", "email", "phone"]
        labels: ClassVar = {"name": pgettext_lazy("person", "Name")}
        widgets: ClassVar = {"phone": forms.TextInput(attrs={"type": "tel"})}


class WebsiteForm(forms.ModelForm, EditForm):
    """What a partner's administrator may change of the own company."""

    website = forms.URLField(label=_("Website"), required=False, max_length=200, assume_scheme="https")

    class Meta:
        model = Partner
        fields: ClassVar = ["website"]
