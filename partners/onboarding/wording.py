"""What applicants and staff read about fields, faults and states; called by onboarding forms, pages and letters."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from partners.directory.models import PartnerType
from partners.onboarding.models import Application, Question
from partners.onboarding.rules import QUESTION, in_language
from prm.web.forms import reader_countries
from prm.web.requisites import TAX_ID_FAULTS

FAULTS: dict[str, Any] = {
    **TAX_ID_FAULTS,
    "kpp": gettext_lazy("A KPP has 9 characters, such as 773601001."),
    "ogrn": gettext_lazy(
        "This OGRN does not exist: it has 13 or 15 digits, and the last one is a check digit."
    ),
}
LABELS: dict[str, Any] = {
    "tax_id": gettext_lazy("Tax id"),
    "country": gettext_lazy("Country"),
    "kpp": gettext_lazy("KPP"),
    "ogrn": gettext_lazy("OGRN"),
    "company_name": gettext_lazy("Name of the company"),
    "legal_name": gettext_lazy("Legal name"),
    "website": gettext_lazy("Website"),
    "contact_name": gettext_lazy("Name and surname"),
    "position": gettext_lazy("Position"),
    "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Phone"),
    "partner_type": gettext_lazy("Kind of partnership"),
    "regions": gettext_lazy("Regions"),
    "specialisations": gettext_lazy("Specialisations"),
}
STEP_LABELS: dict[str, Any] = {
    "company": pgettext_lazy("application step", "Company"),
    "contact": pgettext_lazy("application step", "Contact"),
    "profile": pgettext_lazy("application step", "Business"),
    "questions": pgettext_lazy("application step", "Questions"),
    "agreement": pgettext_lazy("application step", "Agreement"),
    "check": pgettext_lazy("application step", "Check and send"),
}
ALREADY_HERE = gettext_lazy("Your company is already here. Ask its administrator to invite you.")


def reader_language() -> str:
    return (get_language() or "en")[:2]


def question_label(question: Question) -> str:
    return in_language(question.words, reader_language())[0]


def field_label(code: str, questions: Mapping[str, Question]) -> str:
    """The words of a field or of a question, as "question:<id>"."""
    if code.startswith(QUESTION):
        question = questions.get(code.removeprefix(QUESTION))
        return question_label(question) if question else _("A question that is no longer asked")
    return str(LABELS.get(code, code))


def shown_value(application: Application, code: str) -> str:
    """What stands in a field, as a person reads it."""
    if code.startswith(QUESTION):
        return str(application.answers.get(code.removeprefix(QUESTION), ""))
    value: Any = getattr(application, code)
    if code == "country":
        return str(reader_countries().get(value, value))
    if code == "partner_type":
        return str(dict(PartnerType.choices).get(value, value))
    return ", ".join(value) if isinstance(value, list) else str(value)


def shown_facts(
    application: Application, codes: Iterable[str], questions: Mapping[str, Question]
) -> list[tuple[str, str]]:
    """(label, value) pairs, empty values left out."""
    pairs = [(field_label(code, questions), shown_value(application, code)) for code in codes]
    return [(label, value) for label, value in pairs if value]
