"""Custom fields: what a tenant asks of its partners beyond ours, without code; and their values.

Promise: code and kind stay for good; who may see a field holds at once for its values, in the database; a fault names
its field and nothing is written. Called by profiles actions and interfaces."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from partners.directory.models import Partner
from partners.profiles.models import CustomField, FieldKind, FieldValue, PartnerAccess
from partners.profiles.rules import CODE, ValueInvalid, kept_value
from prm.accounts.actor import Actor
from prm.audit.actions import record

FAULTS = {
    "required": _("This field must not be empty."),
    "field_unknown": _("There is no such field, or it is not yours to fill in."),
    "text_type": _("Write this as text."),
    "text_long": _("At most 500 characters fit here."),
    "text_characters": _("Write one line without control characters."),
    "number_format": _("Write a number such as 12.5."),
    "day_format": _("Write a day such as 2026-12-31."),
    "flag_format": _("Say yes or no."),
    "choice_unknown": _("This is not one of the choices."),
}
FACT_FAULTS = {
    "code_format": _("Small Latin letters, digits and underscores; a letter first."),
    "options_invalid": _("A choice needs choices, each code once; other kinds have none."),
}
FIELD = "field_"  # before a field's code, where it stands among other names: files, filters, the trail
Values = dict[str, str]


class FieldFacts(TypedDict, total=False):
    """What may be told of a field; `code` and `kind` only when it is made."""

    code: str
    label_en: str
    label_ru: str
    kind: str
    options: list[dict[str, str]]
    is_required: bool
    partner_access: str


class FieldCodeTaken(Exception):
    """Another field has this code."""

    code = "field_code_taken"
    field = "code"
    message = _("Another field has this code.")


class FieldFactsInvalid(Exception):
    """A code or choices that a field cannot have; `field` says which."""

    def __init__(self, code: str, field: str) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.message = FACT_FAULTS[code]


class FieldValueInvalid(Exception):
    """A value is not what its field takes; `field` is the field's code."""

    def __init__(self, code: str, field: str) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.message = FAULTS[code]


def field_rows() -> QuerySet[CustomField]:
    """Fields in use."""
    return CustomField.objects.filter(retired_at__isnull=True)


def list_fields(*, retired: bool = False) -> list[CustomField]:
    """In their order."""
    rows = CustomField.objects.all() if retired else field_rows()
    return list(rows.order_by("place", "id"))


def fields_for(actor: Actor) -> list[CustomField]:
    """The fields that the actor sees."""
    return [
        field for field in list_fields() if not actor.is_partner or field.partner_access != PartnerAccess.NONE
    ]


def fillable_by(actor: Actor) -> list[CustomField]:
    """The fields that the actor may fill in, given the right to change the profile."""
    return [
        field
        for field in list_fields()
        if not actor.is_partner or field.partner_access == PartnerAccess.FILLS
    ]


def find_field(code: str) -> CustomField | None:
    return CustomField.objects.filter(code=code).first()


def access_field(field_id: UUID) -> CustomField:
    return get_object_or_404(CustomField, id=field_id)


def values_of(company_id: UUID) -> Values:
    """What a partner says by field code, as far as the context shows it."""
    rows = FieldValue.objects.filter(company_id=company_id).values_list("field__code", "value")
    return dict(rows)


@transaction.atomic
def define_field(*, actor: Actor, facts: FieldFacts, at: datetime) -> CustomField:
    """A new field at the end of the list. Raises `FieldCodeTaken`, `FieldFactsInvalid`."""
    if not CODE.fullmatch(facts["code"]):
        raise FieldFactsInvalid("code_format", "code")
    _check_options(facts["kind"], facts.get("options", []))
    last = CustomField.objects.aggregate(last=models.Max("place"))["last"]
    field = CustomField(**facts, place=(last or 0) + 1)
    try:
        with transaction.atomic():
            field.save(force_insert=True)
    except IntegrityError as clash:
        raise FieldCodeTaken from clash
    record(actor=actor, action="field.defined", subject=field, at=at, after=dict(facts))
    return field


@transaction.atomic
def change_field(*, actor: Actor, field: CustomField, changes: FieldFacts, at: datetime) -> CustomField:
    """Change names, choices, whether it is required and who sees it; its values follow at once.

    Raises `FieldFactsInvalid`. A choice that is taken away stays where somebody said it.
    """
    field = CustomField.objects.select_for_update().get(id=field.id)
    if "options" in changes:
        _check_options(field.kind, changes["options"])
    told = {name: value for name, value in changes.items() if name not in ("code", "kind")}
    before = {name: getattr(field, name) for name, value in told.items() if getattr(field, name) != value}
    if not before:
        return field
    for name in before:
        setattr(field, name, told[name])
    field.save()
    if "partner_access" in before:
        seen = models.F("company_id") if field.partner_access != PartnerAccess.NONE else None
        FieldValue.objects.filter(field=field).update(partner_id=seen)
    after = {name: told[name] for name in before}
    record(actor=actor, action="field.changed", subject=field, at=at, before=before, after=after)
    return field


def _check_options(kind: str, options: list[dict[str, str]]) -> None:
    """A choice offers something, each code once; other kinds offer nothing."""
    codes = [option["code"] for option in options]
    if (kind == FieldKind.CHOICE) != bool(codes) or len(codes) != len(set(codes)):
        raise FieldFactsInvalid("options_invalid", "options")
    if not all(CODE.fullmatch(code) for code in codes):
        raise FieldFactsInvalid("code_format", "options")


@transaction.atomic
def place_field(*, actor: Actor, field: CustomField, place: int, at: datetime) -> None:
    """Let a field stand at a place of the list, counted from 1; the others make room."""
    others = list(CustomField.objects.select_for_update().exclude(id=field.id).order_by("place", "id"))
    before = field.place
    others.insert(max(0, place - 1), field)
    for number, one in enumerate(others, 1):
        one.place = number
    CustomField.objects.bulk_update(others, ["place"])
    if field.place != before:
        record(actor=actor, action="field.placed", subject=field, at=at, after={"place": field.place})


@transaction.atomic
def turn_field(*, actor: Actor, field: CustomField, at: datetime) -> None:
    """Take a field out of forms and pages, or bring it back; its values stay."""
    field.retired_at = None if field.retired_at else at
    field.save(update_fields=["retired_at"])
    action = "field.retired" if field.retired_at else "field.restored"
    record(actor=actor, action=action, subject=field, at=at)


def write_values(actor: Actor, company: Partner, told: Mapping[str, Any]) -> tuple[Values, Values]:
    """Write what is told by code; answers what it was and is, of changes alone.

    Raises `FieldValueInvalid` before any write.
    """
    fields = {field.code: field for field in fillable_by(actor)} if told else {}
    held = values_of(company.id) if told else {}
    kept = {code: _checked(fields, code, value, held.get(code, "")) for code, value in told.items()}
    changed = {code: value for code, value in kept.items() if held.get(code, "") != value}
    for code, value in changed.items():
        _write(fields[code], company, value)
    return {code: held.get(code, "") for code in changed}, changed


def restore_values(company: Partner, values: Values) -> tuple[Values, Values]:
    """Let exactly these values stand, as they stood before; nothing is checked. Answers as `write_values`."""
    held = values_of(company.id)
    changed = {code: values.get(code, "") for code in {*held, *values}}
    changed = {code: value for code, value in changed.items() if held.get(code, "") != value}
    for field in CustomField.objects.filter(code__in=changed):
        _write(field, company, changed[field.code])
    return {code: held.get(code, "") for code in changed}, changed


def _checked(fields: Mapping[str, CustomField], code: str, value: Any, held: str) -> str:
    """A choice that is held stays even where it is offered no longer."""
    if code not in fields:
        raise FieldValueInvalid("field_unknown", code)
    field = fields[code]
    try:
        kept = kept_value(field.kind, value, [*(option["code"] for option in field.options), held])
    except ValueInvalid as fault:
        raise FieldValueInvalid(fault.code, code) from fault
    if field.is_required and not kept:
        raise FieldValueInvalid("required", code)
    return kept


def _write(field: CustomField, company: Partner, value: str) -> None:
    if not value:
        FieldValue.objects.filter(field=field, company=company).delete()
        return
    shown = company.id if field.partner_access != PartnerAccess.NONE else None
    FieldValue.objects.update_or_create(
        field=field, company=company, defaults={"value": value, "partner_id": shown}
    )
