"""The import of end customers: its columns, and how rows become customers.

Promise: an empty cell leaves what is there; called by customers catalogue."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.customers.actions import (
    FIELDS,
    CustomerChangedMeanwhile,
    CustomerInUse,
    change_customer,
    remove_customer,
    upsert_customer,
)
from partners.customers.queries import access_customer, customers_by_code
from prm.imports import cells
from prm.imports.kinds import (
    AppliedRow,
    ImportColumn,
    ImportKind,
    ImportScope,
    ParsedRow,
    RowResult,
    UndoRefused,
    one_by_one,
)

COLUMNS = (
    ImportColumn(
        "code",
        _("Code"),
        cells.text(60),
        required=True,
        aliases=("customer code", "customer", "код", "код клиента"),
        example="C-100",
    ),
    ImportColumn(
        "name",
        pgettext_lazy("record", "Name"),
        cells.text(300),
        required=True,
        aliases=("company", "customer name", "название", "наименование"),
        example="Lumen Retail",
    ),
    ImportColumn("tax_id", _("Tax id"), cells.text(30), aliases=("inn", "vat", "vat id", "инн")),
    ImportColumn("country", _("Country"), cells.country(), aliases=("страна",), example="DE"),
    ImportColumn("industry", _("Industry"), cells.text(80), aliases=("отрасль",), example="retail"),
    ImportColumn(
        "website",
        _("Website"),
        cells.text(200),
        aliases=("site", "domain", "url", "сайт", "домен"),
        example="lumen.example",
    ),
)


def apply_customers(scope: ImportScope, rows: Sequence[ParsedRow]) -> list[RowResult]:
    known = customers_by_code(str(row.values["code"]) for row in rows)

    def write(row: ParsedRow) -> RowResult:
        facts: Any = {name: value for name, value in row.values.items() if value is not None}
        standing = known.get(facts["code"])
        customer, effect = upsert_customer(actor=scope.actor, facts=facts, at=scope.at)
        before = None if standing is None else {name: getattr(standing, name) for name in FIELDS}
        return RowResult(effect, customer.id, {"version": customer.version, "before": before})

    return one_by_one(rows, write)


def undo_customers(scope: ImportScope, rows: Sequence[AppliedRow]) -> None:
    """All or none."""
    try:
        with transaction.atomic():
            for row in rows:
                _undo(scope, row)
    except (CustomerChangedMeanwhile, CustomerInUse) as refusal:
        raise UndoRefused(refusal.code, refusal.message) from refusal


def _undo(scope: ImportScope, row: AppliedRow) -> None:
    assert row.record_id is not None
    customer, version = access_customer(row.record_id), row.undo["version"]
    if row.effect == "created":
        remove_customer(actor=scope.actor, customer=customer, version=version, at=scope.at)
    elif row.effect == "updated":
        before: Any = row.undo["before"]
        change_customer(actor=scope.actor, customer=customer, changes=before, version=version, at=scope.at)


CUSTOMERS = ImportKind(
    key="customers",
    label=_("Customers"),
    permission="customers.change",
    columns=COLUMNS,
    identity=("code",),
    apply=apply_customers,
    undo=undo_customers,
    records_url_name="customer-list",
    hint=_("End customers by code. Empty cells leave what is there."),
)
