"""Profiles in the list of partners and in files: filters by words and choices, a column for each list and field.

Promise: a file says words by their codes or their names, several with commas between them; what an export writes, an
import reads. Called by: profiles catalogue."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.directory.extras import Extra, ListFilter
from partners.directory.models import Partner
from partners.profiles import fields, terms
from partners.profiles.actions import CUSTOM, TermNotYours, note_changes, write_profile
from partners.profiles.fields import FIELD
from partners.profiles.models import CustomField, FieldKind, FieldValue, PartnerTerm, Term, TermKind
from partners.profiles.presentation import LIST_LABELS, trail_words
from partners.profiles.rules import ValueInvalid, kept_value
from prm.accounts.actor import Actor
from prm.imports import cells
from prm.imports.cells import CellInvalid
from prm.imports.kinds import ImportColumn, Parser, Reading
from prm.tenancy.queries import current_tenant

FILTERED = (TermKind.INDUSTRY, TermKind.SPECIALISATION)
FILTER_LABELS = {
    TermKind.INDUSTRY: pgettext_lazy("filter", "Industry"),
    TermKind.SPECIALISATION: pgettext_lazy("filter", "Specialisation"),
}
ALIASES = {
    "industries": ("industry", "отрасли", "отрасль"),
    "specialisations": ("specialisation", "специализации", "специализация"),
    "languages": ("language", "языки", "язык"),
    "territories": ("regions served", "territory", "регионы работы"),
}


def profile_filters() -> list[ListFilter]:
    """Industry, specialisation, and every custom field that is a choice."""
    words = terms.list_terms(retired=True)
    found = [
        ListFilter(
            kind.value,
            FILTER_LABELS[kind],
            [(term.code, term.label) for term in words[terms.FIELD_OF_KIND[kind]] if _is_offered(term)],
            partial(_with_word, kind.value),
        )
        for kind in FILTERED
    ]
    found += [
        ListFilter(FIELD + field.code, field.label, field.choices(), partial(_with_value, field.code))
        for field in fields.list_fields()
        if field.kind == FieldKind.CHOICE
    ]
    return [one for one in found if one.choices]


def _is_offered(term: Term) -> bool:
    return term.retired_at is None or term.held_by > 0  # type: ignore[attr-defined]


def _with_word(kind: str, code: str) -> Q:
    held = PartnerTerm.objects.filter(term__kind=kind, term__code=code, ends_on__isnull=True)
    return Q(id__in=held.values("partner_id"))


def _with_value(code: str, value: str) -> Q:
    return Q(id__in=FieldValue.objects.filter(field__code=code, value=value).values("company_id"))


def profile_columns() -> list[ImportColumn]:
    words = terms.list_terms(retired=True)
    lists = [
        ImportColumn(
            name,
            LIST_LABELS[name],
            _reads_words(words[name]),
            aliases=ALIASES[name],
            hint=_("Codes or names, with commas between them."),
        )
        for name in terms.TERM_FIELDS
        if words[name]
    ]
    return lists + [
        ImportColumn(FIELD + field.code, field.label, _reads_value(field), aliases=_names_of(field))
        for field in fields.list_fields()
    ]


def _names_of(field: CustomField) -> tuple[str, ...]:
    return tuple(name.casefold() for name in (field.code, field.label_en, field.label_ru) if name)


def _reads_words(words: list[Term]) -> Parser:
    known = {name.casefold(): term.code for term in words for name in (term.label_ru, term.label_en) if name}
    known |= {term.code.casefold(): term.code for term in words}

    def parse(cell: str, reading: Reading) -> list[str]:
        told = [part.strip() for part in cell.replace(";", ",").split(",") if part.strip()]
        unknown = [word for word in told if word.casefold() not in known]
        if unknown:
            raise CellInvalid("word_unknown", words=", ".join(unknown))
        return [known[word.casefold()] for word in told]

    return parse


def _reads_value(field: CustomField) -> Parser:
    flag, day = cells.flag(), cells.day()
    names = {one["code"].casefold(): one["code"] for one in field.options}
    names |= {one[key].casefold(): one["code"] for one in field.options for key in ("en", "ru") if one[key]}

    def parse(cell: str, reading: Reading) -> str:
        told: Any = cell
        if field.kind == FieldKind.YES_NO:
            told = flag(cell, reading)
        elif field.kind == FieldKind.DATE:
            told = day(cell, reading)
        elif field.kind == FieldKind.NUMBER:
            told = cells.styled(cell, reading)
        elif field.kind == FieldKind.CHOICE:
            return str(names.get(cell.casefold(), cell))  # the field judges what is no choice of today
        try:
            return kept_value(field.kind, told)
        except ValueInvalid as fault:
            raise CellInvalid(fault.code) from None

    return parse


def profile_cells(partner_ids: Collection[UUID]) -> dict[UUID, dict[str, str]]:
    words: defaultdict[tuple[UUID, str], list[str]] = defaultdict(list)
    held = PartnerTerm.objects.filter(partner_id__in=partner_ids, ends_on__isnull=True)
    for partner_id, kind, code in held.values_list("partner_id", "term__kind", "term__code"):
        words[partner_id, terms.FIELD_OF_KIND[kind]].append(code)
    found: defaultdict[UUID, dict[str, str]] = defaultdict(dict)
    for (partner_id, name), codes in words.items():
        found[partner_id][name] = ", ".join(sorted(codes))
    said = FieldValue.objects.filter(company_id__in=partner_ids, field__retired_at__isnull=True)
    for partner_id, code, value in said.values_list("company_id", "field__code", "value"):
        found[partner_id][FIELD + code] = value
    return dict(found)


def write_cells(actor: Actor, partner: Partner, values: Mapping[str, Any], at: datetime) -> None:
    """An empty cell leaves what is there."""
    lists = {name: values[name] for name in terms.TERM_FIELDS if values.get(name) is not None}
    custom = {
        name.removeprefix(FIELD): value
        for name, value in values.items()
        if name.startswith(FIELD) and value is not None
    }
    if lists or custom:
        write_profile(actor=actor, partner=partner, told={**lists, CUSTOM: custom}, at=at)


def snapshot(partner_id: UUID) -> dict[str, Any]:
    return {**terms.codes_of(partner_id), CUSTOM: fields.values_of(partner_id)}


def restore(actor: Actor, partner: Partner, before: Mapping[str, Any], at: datetime) -> None:
    """Put back what was said before, words that went out of use since included."""
    on = at.astimezone(current_tenant().zone).date()
    told = {name: before[name] for name in terms.TERM_FIELDS}
    words = terms.write_terms(partner, told, on=on, also_retired=True)
    note_changes(actor, partner, words, fields.restore_values(partner, before[CUSTOM]), at)


class CellFault(Exception):
    """A refusal of the profile at the column of the file."""

    def __init__(self, code: str, column: str, message: Any) -> None:
        super().__init__(code)
        self.code, self.field, self.message = code, column, message


def written(actor: Actor, partner: Partner, values: Mapping[str, Any], at: datetime) -> None:
    try:
        write_cells(actor, partner, values, at)
    except fields.FieldValueInvalid as fault:
        raise CellFault(fault.code, FIELD + fault.field, fault.message) from fault
    except (terms.TermUnknown, TermNotYours) as fault:
        raise CellFault(fault.code, fault.field, fault.message) from fault


PROFILE = Extra(
    "profile",
    profile_filters,
    profile_columns,
    profile_cells,
    written,
    snapshot,
    restore,
    trail=trail_words,
    refusals=(CellFault,),
    fault_texts={
        "word_unknown": _("The list does not have: %(words)s."),
        "term_unknown": _("A word of the list is out of use."),
        "term_not_yours": TermNotYours.message,
        **fields.FAULTS,
    },
)
