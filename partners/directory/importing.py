"""The import of partners: its columns, and how rows become partners in a tree.

Promise: an empty cell leaves what is there; a partner may stand in the file before the one above it; a tax id is
checked by its country's rules, where the country is known. Called by: directory catalogue."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.directory.actions import (
    PartnerChangedMeanwhile,
    PartnerCodeTaken,
    PartnerFacts,
    PartnerTreeCycle,
    assign_manager,
)
from partners.directory.extras import extra_columns, extras
from partners.directory.intake import ParentUnknown, ToldParent, take_partner
from partners.directory.models import Partner, PartnerStatus, PartnerType
from partners.directory.queries import PartnerMerged, managers_by_email, partners_by_code
from partners.directory.requisites import TaxIdInvalid
from partners.directory.reversal import PartnerInUse, remove_partners, restore_partner, snapshot_of
from partners.directory.rules import parents_first
from prm.accounts.models import Membership
from prm.imports import cells
from prm.imports.cells import CellInvalid
from prm.imports.kinds import (
    AppliedRow,
    ImportColumn,
    ImportKind,
    ImportScope,
    ParsedRow,
    Reading,
    RowResult,
    UndoRefused,
    one_by_one,
)
from prm.web.requisites import TAX_ID_FAULTS

ROWS_AT_ONCE = 5_000  # the parent of a row is looked for in the rows taken together, and in the tenant
MANAGER = "manager_email"
FACTS = frozenset(PartnerFacts.__annotations__)
WEB_ADDRESS = URLValidator(schemes=["http", "https"])
TYPES: dict[str, tuple[str, ...]] = {
    PartnerType.DISTRIBUTOR: ("distributor", "дистрибьютор"),
    PartnerType.RESELLER: ("reseller", "var", "реселлер"),
    PartnerType.INTEGRATOR: ("integrator", "system integrator", "интегратор", "системный интегратор"),
    PartnerType.TECHNOLOGY: ("technology", "technology partner", "технологический партнёр"),
}
STATUSES: dict[str, tuple[str, ...]] = {
    PartnerStatus.ACTIVE: ("active", "активен"),
    PartnerStatus.PAUSED: ("paused", "приостановлен"),
    PartnerStatus.LEFT: ("left", "left the programme", "вышел", "вышел из программы"),
}


class ManagerUnknown(Exception):
    """Nobody who looks after partners has this address."""

    code = "manager_unknown"
    field = MANAGER
    message = _("Nobody of yours who looks after partners has this address.")


class ManagerNotYours(Exception):
    """A channel manager's file would move a partner into or out of a portfolio."""

    code = "manager_not_yours"
    field = MANAGER
    message = _("A programme admin assigns channel managers.")


REFUSALS = (
    PartnerCodeTaken,
    PartnerMerged,
    ParentUnknown,
    PartnerTreeCycle,
    ManagerUnknown,
    ManagerNotYours,
    TaxIdInvalid,
)


def web_address(cell: str, reading: Reading) -> str:
    """`example.com` or a whole http(s) address."""
    address = cell if "://" in cell else f"https://{cell}"
    try:
        WEB_ADDRESS(address)
    except ValidationError:
        raise CellInvalid("web_address_format") from None
    return str(cells.text(200)(address, reading))


COLUMNS = (
    ImportColumn(
        "code",
        _("Code"),
        cells.text(60),
        required=True,
        aliases=("partner code", "код", "код партнёра"),
        example="P-100",
    ),
    ImportColumn(
        "name",
        pgettext_lazy("record", "Name"),
        cells.text(200),
        required=True,
        aliases=("company", "название", "наименование"),
        example="Bergwind Systems",
    ),
    ImportColumn("legal_name", _("Legal name"), cells.text(300), aliases=("юридическое название",)),
    ImportColumn("tax_id", _("Tax id"), cells.text(30), aliases=("inn", "vat", "vat id", "инн")),
    ImportColumn(
        "partner_type", _("Type"), cells.choice(TYPES), aliases=("partner type", "тип"), example="reseller"
    ),
    ImportColumn("country", _("Country"), cells.country(), aliases=("страна",), example="DE"),
    ImportColumn("region", _("Region"), cells.text(80), aliases=("регион",), example="North"),
    ImportColumn("tier", _("Tier"), cells.text(40), aliases=("level", "уровень")),
    ImportColumn("status", _("Status"), cells.choice(STATUSES), aliases=("статус",), example="active"),
    ImportColumn(
        "joined_on",
        _("Joined on"),
        cells.day(),
        aliases=("joined", "дата начала", "партнёр с"),
        example="2026-01-15",
    ),
    ImportColumn("website", _("Website"), web_address, aliases=("site", "url", "сайт")),
    ImportColumn(
        "manager_email",
        _("Channel manager's e-mail"),
        cells.text(254),
        aliases=("manager email", "manager", "e-mail менеджера", "почта менеджера"),
        example="nina@vendor.example",
        hint=_("Somebody of yours who looks after partners."),
    ),
    ImportColumn(
        "parent_code",
        _("Code of the partner above"),
        cells.text(60),
        aliases=("parent", "parent code", "distributor code", "вышестоящий", "код дистрибьютора"),
        hint=_("May stand further down in the same file."),
    ),
    ImportColumn(
        "parent_from",
        _("Under it from"),
        cells.day(),
        aliases=("parent from", "под ним с"),
        hint=_("Without a day: for a new partner from its first day, else from today."),
    ),
)


def apply_partners(scope: ImportScope, rows: Sequence[ParsedRow]) -> list[RowResult]:
    order = parents_first(
        [(str(row.values["code"]), str(row.values.get("parent_code") or "")) for row in rows]
    )
    known = partners_by_code(str(row.values["code"]) for row in rows)
    more = {column.key for column in extra_columns()}
    whole = any(more & row.values.keys() for row in rows)
    before = {code: snapshot_of(partner, whole=whole) for code, partner in known.items()}
    managers = managers_by_email() if any(row.values.get(MANAGER) for row in rows) else {}

    def write(row: ParsedRow) -> RowResult:
        told = {name: value for name, value in row.values.items() if value is not None}
        facts: Any = {name: value for name, value in told.items() if name in FACTS}
        code = told.get("parent_code")
        parent = ToldParent(code, told.get("parent_from")) if code else None
        partner, effect = take_partner(actor=scope.actor, facts=facts, parent=parent, at=scope.at)
        version = partner.version
        if MANAGER in told:
            partner = take_manager(scope, partner, told[MANAGER], managers)
        if whole:
            for extra in extras():
                extra.write(scope.actor, partner, told, scope.at)
            partner.refresh_from_db(fields=["version"])
        if effect == "unchanged" and partner.version != version:
            effect = "updated"
        undo = {"version": partner.version, "before": before.get(partner.code)}
        return RowResult(effect, partner.id, undo)

    refusals = (*REFUSALS, *(kind for extra in extras() for kind in extra.refusals))
    results = one_by_one([rows[place] for place in order], write, refusals=refusals)
    placed = dict(zip(order, results, strict=True))
    return [placed[place] for place in range(len(rows))]


def take_manager(
    scope: ImportScope, partner: Partner, email: str, managers: Mapping[str, Membership]
) -> Partner:
    """Into the portfolio of whoever has this address; a channel manager's file may only say what is so already."""
    manager = managers.get(email.casefold())
    if manager is None:
        raise ManagerUnknown
    if partner.manager_id != manager.id and not scope.actor.can("partners.assign"):
        raise ManagerNotYours
    return assign_manager(actor=scope.actor, partner=partner, manager=manager, at=scope.at)


def undo_partners(scope: ImportScope, rows: Sequence[AppliedRow]) -> None:
    """Changed partners first, so that nothing stands under the new ones when they go; all or none."""
    try:
        with transaction.atomic():
            for row in rows:
                if row.effect == "updated":
                    _restore(scope, row)
            new = {
                row.record_id: row.undo["version"]
                for row in rows
                if row.effect == "created" and row.record_id
            }
            remove_partners(actor=scope.actor, versions=new, at=scope.at)
    except (PartnerChangedMeanwhile, PartnerInUse, PartnerTreeCycle) as refusal:
        raise UndoRefused(refusal.code, refusal.message) from refusal


def _restore(scope: ImportScope, row: AppliedRow) -> None:
    assert row.record_id is not None
    restore_partner(
        actor=scope.actor,
        partner_id=row.record_id,
        version=row.undo["version"],
        snapshot=row.undo["before"],
        at=scope.at,
    )


def _with_extras(kind: ImportKind) -> ImportKind:
    """The columns that rooms above have of today's tenant, and what their refusals say."""
    texts = dict(kind.fault_texts)
    for extra in extras():
        texts |= extra.fault_texts
    return replace(kind, columns=(*kind.columns, *extra_columns()), fault_texts=texts)


PARTNERS = ImportKind(
    key="partners",
    label=_("Partners"),
    permission="partners.change",
    columns=COLUMNS,
    identity=("code",),
    apply=apply_partners,
    undo=undo_partners,
    rows_at_once=ROWS_AT_ONCE,
    records_url_name="partner-list",
    fault_texts={
        "partner_code_taken": PartnerCodeTaken.message,
        "web_address_format": _("Write a web address such as https://example.com."),
        "partner_merged": _("This partner was merged into another; write to that one."),
        "parent_unknown": ParentUnknown.message,
        "partner_tree_cycle": PartnerTreeCycle.message,
        "manager_unknown": ManagerUnknown.message,
        "manager_not_yours": ManagerNotYours.message,
        **TAX_ID_FAULTS,
    },
    extend=_with_extras,
    hint=_("Partners by code, each with the partner above it. Empty cells leave what is there."),
)
