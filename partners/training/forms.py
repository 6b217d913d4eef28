"""The shapes of training's pages; called by training.{console,portal}."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.directory.models import PartnerType
from partners.training.models import Course, CourseState, Duty, LearningPath, Lesson, QuizQuestion
from prm.web.forms import EditForm, FilterForm

MOST_CHOICES = 6
ANY = pgettext_lazy("filter", "Any")


class CourseFilterForm(FilterForm):
    state = forms.ChoiceField(label=_("Status"), required=False, choices=[("", ANY), *CourseState.choices])


class CourseForm(forms.ModelForm, EditForm):
    line = forms.ChoiceField(label=_("Product line"), required=False)

    class Meta:
        model = Course
        fields: ClassVar = [
            "code",
            "title",
            "about",
            "audience",
            "pass_percent",
            "attempts_allowed",
            "wait_hours",
            "valid_months",
            "needed_for_deals",
        ]
        help_texts: ClassVar = {
            "code": _("How segments, tiers and the API name it."),
            "attempts_allowed": _("0: as often as wanted."),
            "valid_months": _("Empty: for good."),
            "needed_for_deals": _(
                "Without a valid certificate of anybody in the company its deals are refused."
            ),
        }

    def __init__(self, *args: Any, lines: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lines = {str(line.id): line for line in lines}
        self.set_choices("line", [("", "—"), *((key, line.name) for key, line in self._lines.items())])
        self.order_fields(["code", "title", "about", "line"])

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if told.get("needed_for_deals") and not told.get("line"):
            self.add_error("line", _("Choose the product line whose deals need it."))
        return told

    def clean_pass_percent(self) -> int:
        percent: int = self.cleaned_data["pass_percent"]
        if not 1 <= percent <= 100:  # noqa: PLR2004 - a percent
            raise forms.ValidationError(_("Enter a percentage from 1 to 100."), code="percent_invalid")
        return percent

    def course_facts(self) -> dict[str, Any]:
        told = {name: self.cleaned_data[name] for name in self.Meta.fields}
        return told | {"line": self._lines.get(self.cleaned_data["line"])}


class LessonForm(forms.ModelForm, EditForm):
    """`attached` takes the place of the file that the lesson gives along; `without_file` only takes it away."""

    attached = forms.FileField(
        label=_("File to take along"),
        required=False,
        help_text=_("PDF, picture, table or archive, up to 20 MB; every partner may load it."),
    )
    without_file = forms.BooleanField(label=_("Give no file any more"), required=False)

    class Meta:
        model = Lesson
        fields: ClassVar = ["title", "position", "body", "video_url"]
        widgets: ClassVar = {"body": forms.Textarea(attrs={"rows": 14})}
        help_texts: ClassVar = {
            "body": _("Headings with #, lists with -, **bold**, links as [text](https://…)."),
            "video_url": _("Opens in its own window; nothing is loaded from there on our pages."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.handout_id is None:
            del self.fields["without_file"]

    def clean_video_url(self) -> str:
        address: str = self.cleaned_data["video_url"]
        if address and not address.startswith("https://"):
            raise forms.ValidationError(_("Give an address that begins with https://."), code="not_https")
        return address


class QuestionForm(EditForm):
    """The question, up to six choices with a tick beside the right ones, and where the answer stands."""

    text = forms.CharField(label=_("Question"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    lesson = forms.ChoiceField(
        label=_("Answered in"), required=False, help_text=_("Named to who answers wrongly.")
    )

    def __init__(
        self,
        *args: Any,
        lessons: list[Lesson],
        question: QuizQuestion | None = None,
        right: list[int] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._lessons = {str(lesson.id): lesson for lesson in lessons}
        self.set_choices("lesson", [("", "—"), *((key, one.title) for key, one in self._lessons.items())])
        held = question.choices if question else []
        for place in range(MOST_CHOICES):
            self.fields[f"choice_{place}"] = forms.CharField(
                label=_("Choice %(n)s") % {"n": place + 1},
                max_length=300,
                required=False,
                initial=held[place] if place < len(held) else "",
            )
            self.fields[f"right_{place}"] = forms.BooleanField(
                label=_("Choice %(n)s is right") % {"n": place + 1},
                required=False,
                initial=place in (right or []),
            )
        if question:
            self.initial.update(text=question.text, lesson=str(question.lesson_id or ""))

    def told(self) -> dict[str, Any]:
        """The arguments of `save_question`: empty choices are left out, and the right ones named by their places."""
        given = self.cleaned_data
        kept = [place for place in range(MOST_CHOICES) if given[f"choice_{place}"].strip()]
        return {
            "text": given["text"],
            "choices": [given[f"choice_{place}"].strip() for place in kept],
            "right": [at for at, place in enumerate(kept) if given[f"right_{place}"]],
            "lesson": self._lessons.get(given["lesson"]),
        }


class PathForm(forms.ModelForm, EditForm):
    partner_type = forms.ChoiceField(
        label=_("Type of partner"), required=False, choices=[("", ANY), *PartnerType.choices]
    )

    class Meta:
        model = LearningPath
        fields: ClassVar = ["name", "about", "partner_type"]

    def __init__(self, *args: Any, courses: Any, steps: Sequence[UUID] = (), **kwargs: Any) -> None:
        """One number a course: its place on the path; empty: not on it. `steps` are the courses held, in order."""
        super().__init__(*args, **kwargs)
        self._courses = {_place_of(course.id): course for course in courses}
        places = {_place_of(course_id): place for place, course_id in enumerate(steps, 1)}
        for name, course in self._courses.items():
            self.fields[name] = forms.IntegerField(
                label=_("Place of “%(course)s”") % {"course": course.title},
                help_text=_("Empty: not on this path."),
                required=False,
                min_value=1,
                max_value=999,
                initial=places.get(name),
            )

    def path_facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def chosen(self) -> list[Course]:
        """By their places; equal ones as the courses are listed."""
        placed = [(place, name) for name in self._courses if (place := self.cleaned_data[name])]
        return [self._courses[name] for _place, name in sorted(placed, key=lambda pair: pair[0])]


class DutyForm(EditForm):
    duty = forms.ChoiceField(
        label=_("What you do"), required=False, choices=[("", _("I have not said")), *Duty.choices]
    )


class IssueForm(EditForm):
    partner = forms.ChoiceField(label=_("Partner"))
    course = forms.ChoiceField(label=_("Course"))
    person = forms.CharField(
        label=_("Person"), max_length=150, help_text=_("The name that stands on the certificate.")
    )

    def __init__(self, *args: Any, partners: Any, courses: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rows = {
            "partner": {str(row.id): row for row in partners},
            "course": {str(row.id): row for row in courses},
        }
        for name, rows in self._rows.items():
            self.set_choices(name, [("", _("Choose…")), *((key, str(row)) for key, row in rows.items())])

    def told(self) -> dict[str, Any]:
        given = self.cleaned_data
        chosen = {name: rows[given[name]] for name, rows in self._rows.items()}
        return {**chosen, "person": given["person"], "member": None}


class RevokeForm(EditForm):
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The partner reads it."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class QuizForm(EditForm):
    """One field a question; `given` are the chosen places by question id."""

    def __init__(self, *args: Any, questions: list[QuizQuestion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._questions = questions
        for question in questions:
            choices = [(str(place), text) for place, text in enumerate(question.choices)]
            options: dict[str, Any] = {"label": question.text, "choices": choices}
            if question.takes_several:
                hint = _("Several are right.")
                field: forms.Field = forms.MultipleChoiceField(
                    widget=forms.CheckboxSelectMultiple, help_text=hint, **options
                )
            else:
                field = forms.ChoiceField(widget=forms.RadioSelect, **options)
            self.fields[_name(question.id)] = field

    def given(self) -> dict[str, list[int]]:
        answers = {}
        for question in self._questions:
            chosen = self.cleaned_data[_name(question.id)]
            answers[str(question.id)] = [
                int(place) for place in ([chosen] if isinstance(chosen, str) else chosen)
            ]
        return answers


def _place_of(course_id: UUID) -> str:
    return f"place_{course_id}"


def _name(question_id: UUID) -> str:
    return f"q_{question_id}"
