"""ImportKind: what a room takes from a file, and the registry of all kinds.

Promise: a room says its columns and how rows become records; reading, mapping, the dry run, errors in place, applying
in portions, history and undo are done here. Called by catalogues (register_import) and by imports actions and pages.

A room with records of its own registers, in its `catalogue.py`:

    register_import(ImportKind(
        key="products", label=_("Products"), permission="products.change",
        columns=(
            ImportColumn("code", _("Code"), text(60), required=True, aliases=("sku", "артикул", "код")),
            ImportColumn("name", _("Name"), text(300), aliases=("наименование",)),
        ),
        identity=("code",), apply=apply_products, undo=undo_products,
    ))

`apply(scope, rows)` writes the rows and returns one `RowResult` for each, in order. It is called in a transaction; the
dry run calls it too and takes everything back, so what the dry run says is what applying does. Rows written one by one
go through `one_by_one`. Parsers of cells stand in `prm.imports.cells`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise

from prm.accounts.actor import Actor

Text = str | Promise
ROWS_AT_ONCE = 2_000


@dataclass(frozen=True)
class Style:
    """How the file writes numbers: `decimal` is "auto", "," or "."."""

    decimal: str = "auto"


@dataclass(frozen=True)
class Reading:
    """What a parser of a cell may look at beside its own text: the other cells of the row, and the file's style."""

    row: Mapping[str, str]
    style: Style = field(default_factory=Style)


Parser = Callable[[str, Reading], Any]


@dataclass(frozen=True)
class ImportColumn:
    """`aliases` are other headers it is known by, in any case, English and Russian. An optional column that the file
    does not have is absent from `values`; an empty cell of it is None."""

    key: str
    label: Text
    parse: Parser
    required: bool = False
    hint: Text = ""
    aliases: tuple[str, ...] = ()
    example: str = ""


@dataclass(frozen=True)
class RowError:
    """What is wrong: `column` "" means the row as a whole; `params` fill the text of the code."""

    column: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ParsedRow:
    """One row of the file with its cells read: {column key: value}."""

    number: int
    values: dict[str, Any]


@dataclass(frozen=True)
class RowResult:
    """What became of a row: `effect` is created, updated or unchanged; with errors it is "" and nothing was written.

    `undo` is whatever (as JSON) the kind needs to take the change back.
    """

    effect: str = ""
    record_id: UUID | None = None
    undo: Any = None
    errors: tuple[RowError, ...] = ()


@dataclass(frozen=True)
class AppliedRow:
    """A row that was applied, as `undo` of the kind gets it."""

    number: int
    effect: str
    record_id: UUID | None
    undo: Any


@dataclass(frozen=True)
class ImportScope:
    """Who imports, when, from which source. `rehearsal`: the dry run, whose writes are taken back."""

    actor: Actor
    at: datetime
    import_id: UUID
    source: str
    rehearsal: bool = False


class UndoRefused(Exception):
    """Something depends on what was imported; `message` says what."""

    def __init__(self, code: str, message: Text) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


Apply = Callable[[ImportScope, Sequence[ParsedRow]], Sequence[RowResult]]
Identify = Callable[[Mapping[str, str]], tuple[str, ...] | None]
Undo = Callable[[ImportScope, Sequence[AppliedRow]], None]


@dataclass(frozen=True)
class ImportKind:
    """`permission` is needed to run imports of the kind. `identity`: columns that together name a record (`identify`
    reads them, where it takes more than their cells beside each other); the same twice in a file is an error of both
    rows. `undo` absent: such an import cannot be undone. `fault_texts`: texts of the kind's own error codes, with
    %(name)s for params. `rows_at_once`: rows of one transaction. `records_url_name`: the list where people find what
    was imported, opened with ?import=<id>. `extend` makes the kind of today's tenant of it, with columns of its own."""

    key: str
    label: Text
    permission: str
    columns: tuple[ImportColumn, ...]
    apply: Apply
    identity: tuple[str, ...] = ()
    identify: Identify | None = None
    undo: Undo | None = None
    fault_texts: Mapping[str, Text] = field(default_factory=dict)
    rows_at_once: int = ROWS_AT_ONCE
    records_url_name: str = ""
    hint: Text = ""
    extend: "Callable[[ImportKind], ImportKind] | None" = None

    def column(self, key: str) -> ImportColumn | None:
        return next((column for column in self.columns if column.key == key), None)

    def identity_of(self, cells: Mapping[str, str]) -> tuple[str, ...] | None:
        """What names the record of a row, as text; None when the row does not say."""
        if self.identify is not None:
            return self.identify(cells)
        found = tuple(cells.get(key, "").strip() for key in self.identity)
        return found if found and all(found) else None


_kinds: dict[str, ImportKind] = {}


def register_import(kind: ImportKind) -> None:
    """Offer a kind on the import pages; declared in a room's catalogue at start."""
    if _kinds.setdefault(kind.key, kind) is not kind:
        raise ValueError(f"import kind {kind.key} is registered twice")


def import_kinds() -> list[ImportKind]:
    return list(_kinds.values())


def import_kind(key: str) -> ImportKind:
    """The kind as the tenant in context has it."""
    kind = _kinds[key]
    return kind.extend(kind) if kind.extend else kind


def kinds_for(actor: Actor) -> list[ImportKind]:
    """The kinds that the actor may import."""
    return [kind for kind in _kinds.values() if actor.can(kind.permission)]


def one_by_one(
    rows: Sequence[ParsedRow],
    write: Callable[[ParsedRow], RowResult],
    *,
    refusals: tuple[type[Exception], ...] = (),
) -> list[RowResult]:
    """Write each row behind a savepoint of its own. An error of `refusals` becomes the row's: its `code`, the column
    from its `field` (if it has one) and the params from its `params`."""
    results = []
    for row in rows:
        try:
            with transaction.atomic():
                results.append(write(row))
        except refusals as fault:
            error = RowError(
                getattr(fault, "field", ""), getattr(fault, "code", "invalid"), getattr(fault, "params", {})
            )
            results.append(RowResult(errors=(error,)))
    return results
