"""A kind of import for tests: customers by code and name, written one by one.

Called by: tests of imports. The real kinds have tests beside their rooms."""

from collections.abc import Sequence

from partners.customers.actions import CustomerInUse
from partners.customers.models import Customer
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


class NameForbidden(Exception):
    """A name nobody may have, so that a row can fail while it is applied."""

    code = "name_forbidden"
    field = "name"


def apply(scope: ImportScope, rows: Sequence[ParsedRow]) -> list[RowResult]:
    def write(row: ParsedRow) -> RowResult:
        code, name = row.values["code"], row.values.get("name") or ""
        if name == "forbidden":
            raise NameForbidden
        found = Customer.objects.filter(code=code).first()
        if found is None:
            return RowResult("created", Customer.objects.create(code=code, name=name, changed_at=scope.at).id)
        if found.name == name:
            return RowResult("unchanged", found.id)
        before, found.name = found.name, name
        found.save()
        return RowResult("updated", found.id, undo={"name": before})

    return one_by_one(rows, write, refusals=(NameForbidden,))


def undo(scope: ImportScope, rows: Sequence[AppliedRow]) -> None:
    for row in rows:
        assert row.record_id is not None
        if Customer.objects.filter(id=row.record_id, name="kept").exists():
            raise UndoRefused("kept", CustomerInUse.message)
        if row.undo is None:
            Customer.objects.filter(id=row.record_id).delete()
        else:
            Customer.objects.filter(id=row.record_id).update(name=row.undo["name"])


CLUBS = ImportKind(
    key="clubs",
    label="Clubs",
    permission="imports.change",
    columns=(
        ImportColumn("code", "Code", cells.text(10), required=True, aliases=("id", "код"), example="C-1"),
        ImportColumn("name", "Name", cells.text(20), aliases=("наименование",), example="Road Club"),
    ),
    apply=apply,
    undo=undo,
    identity=("code",),
    fault_texts={"name_forbidden": "Nobody may be called so."},
    rows_at_once=3,
)
