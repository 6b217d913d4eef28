"""The import of partners: its columns, and how rows become partners in a tree.

Promise: an empty cell leaves what is there; a partner may stand in the file before the one above it.
Called by: directory catalogue."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.directory.actions import PartnerChangedMeanwhile, PartnerCodeTaken, PartnerTreeCycle
from partners.directory.intake import ParentUnknown, ToldParent, take_partner
from partners.directory.models import PartnerStatus, PartnerType
from partners.directory.queries import PartnerMerged, partners_by_code
from partners.directory.reversal import PartnerInUse, remove_partners, restore_partner, snapshot_of
from partners.directory.rules import parents_first
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

ROWS_AT_ONCE = 5_000  # the parent of a row is looked for in the rows taken together, and in the tenant
PLACE = ("parent_code", "parent_from")
WEB_ADDRESS = URLValidator(schemes=["http", "https"])
REFUSALS = (PartnerCodeTaken, PartnerMerged, ParentUnknown, PartnerTreeCycle)
TYPES: dict[str, tuple[str, ...]] = {
    PartnerType.DISTRIBUTOR: ("distributor", "дистрибьютор"),
    PartnerType.RESELLER: ("reseller", "var", "реселлер"),
    PartnerType.INTEGRATOR: ("integrator", "system integrator", "интегратор", "системный интегратор"),
    PartnerType.TECHNOLOGY: ("technology", "technology partner", "технологический партнёр"),
}
STATUSES: dict[str, tuple[str, ...]] = {
    PartnerStatus.ACTIVE: ("active", "активен"),
    PartnerStatus.PAUSED: ("paused", "приостановлен"),
    PartnerStatus.LEFT: ("left", "вышел"),
}


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
    before = {code: snapshot_of(partner) for code, partner in known.items()}

    def write(row: ParsedRow) -> RowResult:
        facts: Any = {
            name: value for name, value in row.values.items() if value is not None and name not in PLACE
        }
        code = row.values.get("parent_code")
        parent = ToldParent(code, row.values.get("parent_from")) if code else None
        partner, effect = take_partner(actor=scope.actor, facts=facts, parent=parent, at=scope.at)
        undo = {"version": partner.version, "before": before.get(partner.code)}
        return RowResult(effect, partner.id, undo)

    results = one_by_one([rows[place] for place in order], write, refusals=REFUSALS)
    placed = dict(zip(order, results, strict=True))
    return [placed[place] for place in range(len(rows))]


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
    },
    hint=_("Partners by code, each with the partner above it. Empty cells leave what is there."),
)
