"""The shapes of the programme's settings: page, question, document, plan of first steps; called by setup_pages."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.directory.models import PartnerType
from partners.onboarding.forms import LinesField
from partners.onboarding.kinds import StepKind
from partners.onboarding.models import DocumentKind, QuestionKind
from partners.onboarding.rules import LONGEST_STEP
from prm.web.forms import ChoosingForm, EditForm

LANGUAGES = ("en", "ru")


def long_text(label: Any, language: str, *, rows: int = 5, hint: Any = "") -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows, "lang": language})
    return forms.CharField(label=label, required=False, max_length=100_000, widget=area, help_text=hint)


def gathered(told: Mapping[str, Any], name: str) -> dict[str, str]:
    """Texts by language from fields "name_en", "name_ru"; empty ones left out."""
    texts = {language: told[f"{name}_{language}"].strip() for language in LANGUAGES}
    return {language: text for language, text in texts.items() if text}


class ProgrammeForm(EditForm):
    is_open = forms.BooleanField(label=_("Applications are open"), required=False)
    intro_en = long_text(
        _("Introduction in English"),
        "en",
        hint=_("Marks of Markdown work: ## heading, **bold**, - list. Empty: a text of ours."),
    )
    intro_ru = long_text(_("Introduction in Russian"), "ru")
    benefits_en = long_text(_("What the programme gives, in English"), "en")
    benefits_ru = long_text(_("What the programme gives, in Russian"), "ru")
    shows_tiers = forms.BooleanField(
        label=_("Show the tiers on the page"),
        required=False,
        help_text=_("Their names, what each asks for and what it brings, to anybody."),
    )
    faq_en = long_text(
        _("Questions and answers in English"),
        "en",
        hint=_("Write each question as a heading: ## Who may join?"),
    )
    faq_ru = long_text(_("Questions and answers in Russian"), "ru")
    regions = LinesField(
        label=_("Regions to choose from"),
        required=False,
        help_text=_("One per line. Empty: typed freely."),
        max_length=4_000,
    )
    specialisations = LinesField(
        label=_("Specialisations to choose from"),
        required=False,
        help_text=_("One per line. Empty: typed freely."),
        max_length=4_000,
    )
    reply_days = forms.IntegerField(label=_("Days for an answer"), min_value=1, max_value=60)
    reapply_days = forms.IntegerField(
        label=_("Days until a rejected company may apply again"), min_value=0, max_value=730
    )

    def facts(self) -> dict[str, Any]:
        told = super().facts()
        plain = {
            name: told[name]
            for name in (
                "is_open",
                "shows_tiers",
                "regions",
                "specialisations",
                "reply_days",
                "reapply_days",
            )
        }
        return {**plain, **{name: gathered(told, name) for name in ("intro", "benefits", "faq")}}


class QuestionForm(EditForm):
    words_en = forms.CharField(
        label=_("Question in English"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"lang": "en"}),
    )
    words_ru = forms.CharField(label=_("Question in Russian"), required=False, max_length=300)
    kind = forms.ChoiceField(label=_("Answer"), choices=QuestionKind.choices)
    choices = LinesField(
        label=_("The list to choose from"), required=False, help_text=_("One per line."), max_length=4_000
    )
    required = forms.BooleanField(label=_("An answer is required"), required=False)
    position = forms.IntegerField(
        label=pgettext_lazy("order", "Place"), min_value=1, max_value=999, required=False
    )

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        if not told.get("words_en") and not told.get("words_ru"):
            self.add_error("words_en", _("Write the question in at least one language."))
        if told.get("kind") == QuestionKind.CHOICE and not told.get("choices"):
            self.add_error("choices", _("Write what can be chosen."))
        return told

    def facts(self) -> dict[str, Any]:
        told = super().facts()
        facts = {name: told[name] for name in ("kind", "choices", "required")} | {
            "words": gathered(told, "words")
        }
        return facts | ({"position": told["position"]} if told["position"] else {})


class DocumentForm(EditForm):
    kind = forms.ChoiceField(label=_("Document"), choices=DocumentKind.choices)
    text_en = long_text(
        _("Text in English"),
        "en",
        rows=12,
        hint=_("Marks of Markdown work: ## heading, **bold**, - list. A published text never changes."),
    )
    text_ru = long_text(_("Text in Russian"), "ru", rows=12)
    notice_days = forms.IntegerField(
        label=_("Notice, days"),
        min_value=0,
        max_value=365,
        initial=30,
        help_text=_("Partners are asked again when it is over. The first version binds at once."),
    )

    def texts(self) -> dict[str, str]:
        return gathered(self.cleaned_data, "text")


class OnBehalfForm(EditForm):
    document = forms.ChoiceField(label=_("Document"))

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["version"]
        self.set_choices("document", choices)


class GroupPlanForm(ChoosingForm):
    """Which plan of a group within a type to open."""

    type = forms.ChoiceField(label=_("Type"), choices=PartnerType.choices)
    group = forms.ChoiceField(label=_("Segment"))

    def __init__(self, *args: Any, groups: Sequence[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.set_choices("group", list(groups))


class PlanForm(EditForm):
    """One line per kind of step: in or out, its place, its days, what it needs."""

    def __init__(
        self, *args: Any, kinds: Mapping[str, StepKind], steps: Sequence[Mapping[str, Any]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = kinds
        planned = {step["kind"]: (place, step) for place, step in enumerate(steps, 1)}
        for rank, (code, kind) in enumerate(kinds.items(), 1):
            place, step = planned.get(code, (len(steps) + rank, {"days": 14, "needs": []}))
            others = [(other.code, other.label) for other in kinds.values() if other.code != code]
            self.fields |= {
                f"use_{code}": forms.BooleanField(
                    label=str(kind.label), required=False, initial=code in planned
                ),
                f"place_{code}": forms.IntegerField(
                    label=pgettext_lazy("steps", "Order"), min_value=1, max_value=99, initial=place
                ),
                f"days_{code}": forms.IntegerField(
                    label=_("Days to complete"), min_value=0, max_value=LONGEST_STEP, initial=step["days"]
                ),
                f"needs_{code}": forms.MultipleChoiceField(
                    label=_("Needs first"),
                    required=False,
                    choices=others,
                    initial=step.get("needs", []),
                    widget=forms.CheckboxSelectMultiple,
                ),
            }
            for part in ("place", "days", "needs"):  # the list of errors stands apart from the steps
                field = self.fields[f"{part}_{code}"]
                field.named = f"{kind.label}: {field.label}"  # type: ignore[attr-defined]

    def lines(self) -> list[dict[str, Any]]:
        """The fields of each kind, for the template."""
        return [
            {"kind": kind, **{part: self[f"{part}_{code}"] for part in ("use", "place", "days", "needs")}}
            for code, kind in self.kinds.items()
        ]

    def steps(self) -> list[dict[str, Any]]:
        told = self.cleaned_data
        chosen = sorted(
            (code for code in self.kinds if told[f"use_{code}"]), key=lambda code: told[f"place_{code}"]
        )
        return [
            {
                "kind": code,
                "days": told[f"days_{code}"],
                "needs": [need for need in told[f"needs_{code}"] if need in chosen],
            }
            for code in chosen
        ]
