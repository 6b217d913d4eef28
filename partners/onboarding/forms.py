"""The shapes of the onboarding pages: the wizard's steps, decisions, the programme's own settings.

Called by: onboarding.{public,console,portal}."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.directory.models import PartnerType
from partners.onboarding.models import ApplicationState, Programme, Question, QuestionKind
from partners.onboarding.queries import ApplicationFilter
from partners.onboarding.refusals import RequisitesWrong
from partners.onboarding.rules import FIELDS_OF, QUESTION, faults_in_company
from partners.onboarding.wording import FAULTS, LABELS, question_label
from prm.accounts.models import Membership
from prm.web.forms import EditForm, FilterForm, country_choices, tick_choices

ANY = pgettext_lazy("filter", "Any")
RUSSIAN_ONLY = _("For companies in Russia.")


class LinesField(forms.CharField):
    """A list of words, one per line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 3}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        lines = [line.strip() for line in super().clean(value).splitlines()]
        return list(dict.fromkeys(line[:80] for line in lines if line))[:50]


def offered(label: Any, words: Sequence[str], *, required: bool, hint: Any = "") -> forms.Field:
    """Ticks where the tenant offers a list, else free lines."""
    if words:
        return forms.MultipleChoiceField(
            label=label,
            choices=[(word, word) for word in words],
            widget=forms.CheckboxSelectMultiple,
            required=required,
        )
    return LinesField(label=label, required=required, help_text=hint or _("One per line."), max_length=2_000)


def company_fields(*, russian: bool = True) -> dict[str, forms.Field]:
    """Fields of the company; a reader far from Russia is not bothered with its registers."""
    fields: dict[str, forms.Field] = {
        "tax_id": forms.CharField(
            label=LABELS["tax_id"],
            max_length=30,
            help_text=_("INN, VAT number or the number of your tax register: it is checked at once."),
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        ),
        "country": forms.ChoiceField(label=LABELS["country"], choices=country_choices),
        "kpp": forms.CharField(label=LABELS["kpp"], required=False, max_length=9, help_text=RUSSIAN_ONLY),
        "ogrn": forms.CharField(label=LABELS["ogrn"], required=False, max_length=15, help_text=RUSSIAN_ONLY),
        "company_name": forms.CharField(
            label=LABELS["company_name"], max_length=200, widget=_auto("organization")
        ),
        "legal_name": forms.CharField(
            label=LABELS["legal_name"],
            required=False,
            max_length=300,
            help_text=_("As the register has it, if it differs."),
        ),
        "website": forms.URLField(
            label=LABELS["website"],
            required=False,
            max_length=200,
            assume_scheme="https",
            widget=_auto("url"),
        ),
    }
    return {name: field for name, field in fields.items() if russian or name not in ("kpp", "ogrn")}


def contact_fields() -> dict[str, forms.Field]:
    return {
        "contact_name": forms.CharField(label=LABELS["contact_name"], max_length=150, widget=_auto("name")),
        "position": forms.CharField(
            label=LABELS["position"], required=False, max_length=100, widget=_auto("organization-title")
        ),
        "email": forms.EmailField(
            label=LABELS["email"],
            help_text=_("We send the link to your application there; later you log in with it."),
            widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        ),
        "phone": forms.CharField(
            label=LABELS["phone"],
            required=False,
            max_length=40,
            widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        ),
    }


def profile_fields(programme: Programme) -> dict[str, forms.Field]:
    return {
        "partner_type": forms.ChoiceField(
            label=LABELS["partner_type"], choices=PartnerType.choices, widget=forms.RadioSelect
        ),
        "regions": offered(
            LABELS["regions"],
            programme.regions,
            required=True,
            hint=_("Where you sell, one region per line."),
        ),
        "specialisations": offered(
            LABELS["specialisations"],
            programme.specialisations,
            required=False,
            hint=_("What you know well, one per line."),
        ),
    }


def question_fields(questions: Sequence[Question]) -> dict[str, forms.Field]:
    """A field per question, named "question:<id>"."""
    made: dict[str, forms.Field] = {}
    for question in questions:
        label, name = question_label(question), f"{QUESTION}{question.id}"
        if question.kind == QuestionKind.CHOICE:
            made[name] = forms.ChoiceField(
                label=label,
                required=question.required,
                choices=[("", "—"), *((word, word) for word in question.choices)],
            )
        else:
            several = question.kind == QuestionKind.TEXT
            made[name] = forms.CharField(
                label=label,
                required=question.required,
                max_length=4_000 if several else 300,
                widget=forms.Textarea(attrs={"rows": 4}) if several else forms.TextInput(),
            )
    return made


def _auto(name: str) -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": name})


class ApplicantForm(EditForm):
    """Some fields of an application: those of a wizard's page, or those that were asked about."""

    def __init__(self, *args: Any, fields: Mapping[str, forms.Field], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["version"]
        self.fields.update(fields)

    def clean(self) -> dict[str, Any]:
        """Requisites that were typed on this page are checked together: the country decides what a tax id is."""
        typed: dict[str, Any] = super().clean() or {}
        if (
            "tax_id" in self.fields
            and "country" in self.fields
            and not self.errors.keys() & {"country", "tax_id"}
        ):
            facts = {name: str(typed.get(name, "")) for name in FIELDS_OF["company"]}
            self.add_faults(faults_in_company(facts))
        return typed

    def add_faults(self, faults: Mapping[str, str]) -> None:
        for name, fault in faults.items():
            self.add_error(
                name if name in self.fields else None, forms.ValidationError(FAULTS[fault], code=fault)
            )

    def refuse(self, refusal: Exception) -> None:
        if isinstance(refusal, RequisitesWrong):
            self.add_faults(refusal.faults)
        else:
            super().refuse(refusal)


class DocumentsForm(EditForm):
    """Two ticks; the agreement's is there only where the vendor has one."""

    agreement = forms.BooleanField(label=_("We accept the partner agreement"))
    consent = forms.BooleanField(label=_("We agree to the processing of personal data"))

    def __init__(self, *args: Any, has_agreement: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["version"]
        if not has_agreement:
            del self.fields["agreement"]


class ReplyForm(ApplicantForm):
    """What was asked back, and a word to the vendor: one of them at least."""

    needed_at_times = ("reply",)

    def __init__(self, *args: Any, fields: Mapping[str, forms.Field], **kwargs: Any) -> None:
        super().__init__(*args, fields=fields, **kwargs)
        self.fields["reply"] = forms.CharField(
            label=_("Your answer"),
            required=not fields,
            max_length=4_000,
            widget=forms.Textarea(attrs={"rows": 4}),
        )


class ApplicationFilterForm(FilterForm):
    q = forms.CharField(
        label=_("Search"), required=False, max_length=200, widget=forms.TextInput(attrs={"type": "search"})
    )
    state = forms.ChoiceField(
        label=pgettext_lazy("application", "Status"),
        required=False,
        choices=[
            ("waiting", _("Waiting for us")),
            ("all", ANY),
            *(choice for choice in ApplicationState.choices if choice[0] != "draft"),
        ],
    )
    partner_type = forms.ChoiceField(
        label=_("Type"), required=False, choices=[("", ANY), *PartnerType.choices]
    )
    source = forms.ChoiceField(label=_("Source"), required=False)
    overdue = forms.BooleanField(label=_("Late only"), required=False)

    def __init__(self, request: HttpRequest, *, sources: list[str]) -> None:
        super().__init__(request)
        self.data = self._parameters = parameters = request.GET.copy()  # type: ignore[assignment]
        parameters.setdefault("state", "waiting")  # the queue is what waits, unless something else is wanted
        self.set_choices("source", tick_choices(ANY, sources))

    @property
    def wanted(self) -> dict[str, Any]:
        return {name: value for name, value in super().wanted.items() if value is not False}

    @property
    def narrowed(self) -> bool:
        """Whether anything but the state was chosen."""
        return bool(set(self.wanted) - {"state"})

    def as_filter(self) -> ApplicationFilter:
        return ApplicationFilter(**self.wanted)


class ApproveForm(EditForm):
    """What the new partner begins with; everything is filled in, so that one key is enough."""

    code = forms.CharField(
        label=_("Code"),
        max_length=60,
        help_text=_("The partner's id in your ERP, exactly as it is written there."),
    )
    partner_type = forms.ChoiceField(label=_("Type"), choices=PartnerType.choices)
    tier = forms.CharField(label=_("Tier"), required=False, max_length=40)
    manager = forms.ChoiceField(label=_("Channel manager"), required=False)

    def __init__(self, *args: Any, managers: list[Membership] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["version"]
        if managers is None:  # a channel manager's own partners join the own portfolio
            del self.fields["manager"]
        else:
            people = [(str(manager.id), str(manager.user)) for manager in managers]
            self.set_choices("manager", [("", _("Nobody")), *people])


class RejectForm(EditForm):
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The applicant reads it word for word."),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["version"]


class AskForm(EditForm):
    text = forms.CharField(
        label=_("Question"),
        help_text=_("The applicant reads it word for word."),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    fields_asked = forms.MultipleChoiceField(
        label=_("Fields the applicant may change"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing else of the application opens."),
    )

    def __init__(self, *args: Any, askable: Collection[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["version"]
        self.set_choices("fields_asked", list(askable))
