"""The shapes of the workspace's pages: members, keys, settings, the filters of lists.

Called by: workspace pages.
"""

from collections.abc import Collection
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from prm.accounts.consents import ConsentText
from prm.accounts.models import ROLE_LABELS, User
from prm.accounts.permissions import PARTNER_ROLES, STAFF_ROLES
from prm.accounts.scopes import known_scopes
from prm.kit.money import AmountInvalid, parse_human_amount
from prm.web import format as formats
from prm.web.forms import ChoosingForm, DayInput, FilterForm
from prm.web.history import named_actions
from prm.workspace.queries import AuditFilter

ANY = pgettext_lazy("filter", "Any")

REFUSALS = {
    "already_member": ("email", _("This person has this place already.")),
    "role_not_grantable": ("role", _("You cannot give this role.")),
    "letter_not_sent": (
        None,
        _("The letter could not be sent, so nobody was invited. Try again in a few minutes."),
    ),
    "last_admin_cannot_leave": (
        "role",
        _("This is the last administrator here. Make somebody else an administrator first."),
    ),
}


def role_choices(roles: Collection[str]) -> list[tuple[str, Any]]:
    """In the order in which roles are always shown."""
    return [(role, label) for role, label in ROLE_LABELS.items() if role in roles]


class MemberFilterForm(FilterForm):
    q = forms.CharField(label=_("Name or e-mail"), required=False, max_length=150)
    role = forms.ChoiceField(
        label=_("Role"), required=False, choices=lambda: [("", ANY), *ROLE_LABELS.items()]
    )


class InvitationForm(ChoosingForm):
    """A place offered to an address. `companies` is None where the company is given."""

    email = forms.EmailField(label=_("E-mail"))
    role = forms.ChoiceField(label=_("Role"))
    partner_id = forms.ChoiceField(
        label=_("Partner"), required=False, help_text=_("For the roles of a partner's people.")
    )
    sees_money = forms.BooleanField(
        label=_("May see money"),
        required=False,
        initial=True,
        help_text=_(
            "Earnings, statements and bank details of the partner. The vendor's staff always see money."
        ),
    )
    language = forms.ChoiceField(label=_("Language of the letter"), choices=settings.LANGUAGES)

    def __init__(
        self,
        data: QueryDict | None,
        *,
        roles: Collection[str],
        companies: list[tuple[str, str]] | None,
        initial: dict[str, Any],
    ) -> None:
        super().__init__(data, initial=initial)
        self.set_choices("role", role_choices(roles))
        if companies is None:
            del self.fields["partner_id"]
        else:
            self.set_choices("partner_id", [("", "—"), *companies])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        role, partner_id = given.get("role", ""), given.get("partner_id", "")
        if "partner_id" in self.fields and role:
            if role in PARTNER_ROLES and not partner_id:
                self.add_error("partner_id", _("Choose the partner this person works for."))
            if role in STAFF_ROLES and partner_id:
                self.add_error("partner_id", _("The vendor's staff belong to no partner: choose none."))
        return given

    def place(self) -> dict[str, Any]:
        """The arguments of `invite`."""
        given = self.cleaned_data
        partner_id = given.get("partner_id")
        return {
            "email": given["email"],
            "role": given["role"],
            "partner_id": UUID(partner_id) if partner_id else None,
            "sees_money": given["sees_money"],
        }

    def refuse(self, refusal: Exception) -> None:
        """Say a refusal of the action at the field it is about."""
        field, text = REFUSALS[getattr(refusal, "code", "")]
        self.add_error(field, text)


class MemberForm(ChoosingForm):
    """What a member may do: another role of the same kind, and the right to see money at a partner."""

    role = forms.ChoiceField(label=_("Role"))
    sees_money = forms.BooleanField(
        label=_("May see money"),
        required=False,
        help_text=_("Earnings, statements and bank details of the partner."),
    )

    def __init__(self, data: QueryDict | None, *, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        is_partner = initial["role"] in PARTNER_ROLES
        self.set_choices("role", role_choices(PARTNER_ROLES if is_partner else STAFF_ROLES))
        if not is_partner:
            del self.fields["sees_money"]

    def place(self) -> dict[str, Any]:
        """The arguments of `change_member`."""
        given = self.cleaned_data
        return {"role": given["role"], "sees_money": given.get("sees_money", False)}

    def refuse(self, refusal: Exception) -> None:
        field, text = REFUSALS[getattr(refusal, "code", "")]
        self.add_error(field, text)


class ConsentForm(forms.Form):
    """A tick under the text on personal data, and which text stood there; both are gone where none is asked."""

    consent = forms.BooleanField(
        label=_("I agree to the processing of my personal data"),
        error_messages={"required": _("Nobody comes in without this consent: read the text and tick it.")},
    )
    read = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: QueryDict | None, *, text: ConsentText | None) -> None:
        super().__init__(data)
        self._text_hash = text.text_hash if text else ""
        if text is None:
            del self.fields["consent"], self.fields["read"]
        else:
            self.fields["read"].initial = text.text_hash

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("consent") and given.get("read") != self._text_hash:
            self.show_anew()
        return given

    def show_anew(self) -> None:
        """Another text, or another language, stands there by now: it is read before it is agreed to."""
        self.add_error("consent", _("The text is another one by now. Read it and tick it once more."))
        typed: Any = self.data
        self.data = typed = typed.copy()
        typed["read"] = self._text_hash
        typed.pop("consent", None)


class JoinForm(ConsentForm):
    """A new person's name and password; the address is the invited one."""

    name = forms.CharField(label=_("Your name"), max_length=150)
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters. A sentence is easier to remember than a riddle."),
    )

    field_order = ("name", "password", "consent", "read")

    def __init__(self, data: QueryDict | None, *, email: str, text: ConsentText | None) -> None:
        super().__init__(data, text=text)
        self._email = email
        self.fields["name"].widget.attrs["autocomplete"] = "name"

    def person(self) -> dict[str, str]:
        """The arguments of `sign_up_invited` that were typed."""
        return {name: self.cleaned_data[name] for name in ("name", "password")}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if password := given.get("password"):
            person = User(email=self._email, name=given.get("name", ""))
            try:
                password_validation.validate_password(password, person)
            except forms.ValidationError as faults:
                self.add_error("password", faults)
        return given


class TokenForm(ChoosingForm):
    """A key for a machine."""

    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("The program that will use the key, such as ERP.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(scope.code, scope.label) for scope in known_scopes()],
        error_messages={"required": _("Choose at least one.")},
    )
    expires_on = forms.DateField(
        label=_("Works until the end of"),
        required=False,
        widget=DayInput,
        help_text=_("Empty: until it is revoked."),
    )

    def __init__(self, data: QueryDict | None, *, today: date) -> None:
        super().__init__(data)
        self._today = today

    def clean_expires_on(self) -> date | None:
        day: date | None = self.cleaned_data["expires_on"]
        if day is not None and day < self._today:
            raise forms.ValidationError(_("This day has passed."), code="day_passed")
        return day

    def expires_at(self, zone: ZoneInfo) -> datetime | None:
        """The last moment of the day, in the tenant's zone."""
        day: date | None = self.cleaned_data["expires_on"]
        return datetime.combine(day, time.max, tzinfo=zone) if day else None


class AuditFilterForm(FilterForm):
    action = forms.ChoiceField(label=_("What was done"), required=False)
    actor = forms.ChoiceField(label=_("Who did it"), required=False)
    subject = forms.UUIDField(label=_("Object"), required=False, widget=forms.HiddenInput)
    since = forms.DateField(label=_("From day"), required=False, widget=DayInput)
    until = forms.DateField(label=_("To day"), required=False, widget=DayInput)

    def __init__(self, request: HttpRequest, *, actors: list[tuple[str, str]], subject_label: str) -> None:
        super().__init__(request)
        self._subject_label = subject_label
        actions = sorted(named_actions().items(), key=lambda item: str(item[1]).casefold())
        asked = request.GET.get("action", "")
        if asked and asked not in dict(actions):
            actions.append((asked, asked))
        self.set_choices("action", [("", ANY), *actions])
        self.set_choices("actor", [("", ANY), ("system", _("The system itself")), *actors])

    def narrowed(self) -> AuditFilter:
        return AuditFilter(**self.wanted)

    def _words(self, name: str, value: Any) -> str:
        return self._subject_label if name == "subject" else super()._words(name, value)


class SettingsForm(forms.Form):
    """The tenant's settings. Only fields that differ from what was shown are written, so two editors do not collide."""

    name = forms.CharField(label=_("Name"), max_length=200, show_hidden_initial=True)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=lambda: [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())],
        widget=forms.Select(attrs={"lang": "en"}),
        help_text=_("Days of the audit log and deadlines are counted in it."),
        show_hidden_initial=True,
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        help_text=_("Of letters to people who have not chosen one."),
        show_hidden_initial=True,
    )
    second_approver_above = forms.CharField(
        label=_("Second approver above"), max_length=40, show_hidden_initial=True
    )

    def __init__(self, data: QueryDict | None, *, currency: str, initial: dict[str, Any]) -> None:
        threshold = initial.pop("second_approver_above_minor")
        said = formats.typed(threshold, currency)
        super().__init__(data, initial=initial | {"second_approver_above": said})
        self._currency = currency
        field = self.fields["second_approver_above"]
        field.help_text = _("In %(currency)s. A payout run above this amount needs two approvals.") % {
            "currency": currency
        }

    def clean_second_approver_above(self) -> int:
        try:
            amount_minor = parse_human_amount(self.cleaned_data["second_approver_above"], self._currency)
        except AmountInvalid as fault:
            raise forms.ValidationError(_("This is not an amount."), code=fault.code) from fault
        if amount_minor < 0:
            raise forms.ValidationError(_("An amount below zero means nothing here."), code="negative")
        return amount_minor

    def changes(self) -> dict[str, Any]:
        """The arguments of `change_settings`: what the person changed."""
        names = {"second_approver_above": "second_approver_above_minor"}
        return {names.get(name, name): self.cleaned_data[name] for name in self.changed_data}
