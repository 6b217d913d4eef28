"""Profiles in words: values as a reader says them, what a write changed, the panel on the partner's page.

Called by: profiles actions and interfaces, its catalogue."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.directory.extras import TrailWords
from partners.profiles.fields import FIELD, Values, fields_for, list_fields, values_of
from partners.profiles.models import CustomField, FieldKind, PartnerDocument, Term, TermKind
from partners.profiles.queries import find_listing, is_active, list_documents
from partners.profiles.terms import FIELD_OF_KIND, Codes, list_terms, terms_of
from prm.accounts.actor import Actor
from prm.tenancy.queries import current_tenant
from prm.web import format as formats
from prm.web.panels import Panel

LIST_LABELS = {FIELD_OF_KIND[kind.value]: kind.label for kind in TermKind}


@dataclass(frozen=True)
class Profile:
    """What is known of a partner beyond its record: lists by label, and the custom fields that the actor sees."""

    lists: list[tuple[Any, list[Term]]]
    fields: list[tuple[CustomField, str]]

    @property
    def is_empty(self) -> bool:
        return not any(terms for _label, terms in self.lists) and not any(said for _f, said in self.fields)


def profile_of(actor: Actor, partner_id: UUID) -> Profile:
    terms, values = terms_of(partner_id), values_of(partner_id)
    lists = [(LIST_LABELS[name], held) for name, held in terms.items()]
    fields = [(field, said_value(field, values.get(field.code, ""))) for field in fields_for(actor)]
    return Profile(lists, fields)


def said_value(field: CustomField, value: str) -> str:
    """As a reader reads it; "" where nothing is said."""
    if not value:
        return ""
    if field.kind == FieldKind.DATE:
        return formats.day(date.fromisoformat(value))
    if field.kind == FieldKind.YES_NO:
        return _("yes") if value == "yes" else _("no")
    if field.kind == FieldKind.CHOICE:
        return dict(field.choices()).get(value, value)
    return value


def said_changes(
    terms: tuple[Codes, Codes], values: tuple[Values, Values]
) -> tuple[dict[str, str], dict[str, str]]:
    """What was and is, for the trail: codes by list, and the value of each custom field."""
    before, after = ({name: ", ".join(codes) for name, codes in side.items()} for side in terms)
    for told, side in zip((before, after), values, strict=True):
        told |= {FIELD + code: value for code, value in sorted(side.items())}
    return before, after


def trail_words() -> TrailWords:
    """How a reader of the trail says the words of the lists, custom fields and their values, those out of use too."""
    labels: dict[str, Any] = {}
    values: dict[str, dict[str, Any]] = {}
    for name, terms in list_terms(retired=True).items():
        values[name] = {term.code: term.label for term in terms}
    flags = {"yes": gettext_lazy("yes"), "no": gettext_lazy("no")}
    for field in list_fields(retired=True):
        name = FIELD + field.code
        labels[name] = field.label
        if field.kind in (FieldKind.CHOICE, FieldKind.YES_NO):
            values[name] = flags if field.kind == FieldKind.YES_NO else dict(field.choices())
    return TrailWords(labels, values)


def said_documents(company_id: UUID) -> list[tuple[PartnerDocument, str]]:
    """The papers with what their last day means today: "expired", "ending" or ""."""
    today = timezone.localtime(timezone=current_tenant().zone).date()
    return [(document, document.standing_on(today)) for document in list_documents(company_id)]


def profile_panel(actor: Actor, partner_id: UUID) -> Panel:
    content = {
        "partner_id": partner_id,
        "profile": profile_of(actor, partner_id),
        "documents": said_documents(partner_id),
        "listing": find_listing(partner_id),
        "is_hidden": not is_active(partner_id),
        "may_change": actor.can("profiles.change"),
    }
    return Panel(gettext_lazy("Profile"), "console/partners/profiles/_panel.html", content)
