"""Reads of imports: the history, one import, its rows, what was remembered.

Promise: an import of a kind whose permission the actor lacks is missing. Called by imports actions and interfaces."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.http import Http404

from prm.accounts.actor import Actor
from prm.accounts.models import Membership
from prm.accounts.permissions import permissions_of
from prm.imports.cells import FAULT_TEXTS
from prm.imports.kinds import ImportKind, Style, Text, import_kind, import_kinds, kinds_for
from prm.imports.models import Import, ImportRow, ImportState, RowState
from prm.imports.rules import suggest_mapping
from prm.tenancy.context import require_context

ALIVE = (ImportState.CHECKING, ImportState.APPLYING)


def list_imports(actor: Actor) -> QuerySet[Import]:
    """Newest first is the order `("-number",)`."""
    codes = [kind.key for kind in kinds_for(actor)]
    return Import.objects.filter(kind__in=codes).select_related("file")


def access_import(actor: Actor, import_id: UUID, *, lock: bool = False) -> Import:
    rows = list_imports(actor).select_related("file", "job")
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = rows.filter(id=import_id).first()
    if found is None:
        raise Http404
    return found


def access_row(batch: Import, number: int) -> ImportRow:
    """One staged row of an import that was accessed before."""
    row = ImportRow.objects.filter(batch=batch, number=number).first()
    if row is None:
        raise Http404
    return row


def rows_in_error(batch: Import) -> QuerySet[ImportRow]:
    """In the order of the file: `("number",)`."""
    return ImportRow.objects.filter(batch=batch, state=RowState.ERROR)


def sample_rows(table_rows: list[list[str]], headers: list[str], count: int = 3) -> dict[str, str]:
    """What the first rows hold under each header, for whoever chooses columns."""
    return {
        header: " · ".join(row[place] for row in table_rows[:count] if row[place])
        for place, header in enumerate(headers)
    }


def counts_of(batch: Import) -> dict[str, int]:
    """Rows by what they are: waiting, created, updated, unchanged, error, applied."""
    found: Counter[str] = Counter()
    rows = (
        ImportRow.objects.filter(batch=batch).values_list("state", "effect").annotate(Count("id")).order_by()
    )
    for state, effect, count in rows:
        found["rows"] += count
        if state in (RowState.WAITING, RowState.ERROR):
            found[state] += count
        elif state == RowState.UNCHANGED:
            found["unchanged"] += count
        else:
            found[effect] += count
            if state == RowState.APPLIED:
                found["applied"] += count
    return {
        name: found[name]
        for name in ("rows", "waiting", "created", "updated", "unchanged", "error", "applied")
    }


def suggested_mapping(kind: ImportKind, source: str, headers: list[str]) -> dict[str, str]:
    """As the last import of this kind from this source had it, else by the columns' names."""
    last = (
        Import.objects.filter(kind=kind.key, source=source)
        .exclude(mapping={})
        .order_by("-number")
        .values_list("mapping", flat=True)
        .first()
    )
    names = {column.key: (column.key, str(column.label), *column.aliases) for column in kind.columns}
    return suggest_mapping(headers, names, last or {})


def last_sources(actor: Actor) -> list[str]:
    """Names of sources used before, for suggestions."""
    rows = list_imports(actor).order_by("source").values_list("source", flat=True)
    return list(rows.distinct()[:20])


def twins_of(batch: Import, kind: ImportKind) -> set[int]:
    """Numbers of the rows that name a record which another row of the file names too."""
    by_identity: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, cells in _cells_of(batch):
        identity = kind.identity_of(cells)
        if identity is not None:
            by_identity[identity].append(number)
    return {number for numbers in by_identity.values() if len(numbers) > 1 for number in numbers}


def _cells_of(batch: Import) -> Iterator[tuple[int, Mapping[str, str]]]:
    rows = ImportRow.objects.filter(batch=batch).order_by("number")
    yield from rows.values_list("number", "values").iterator(chunk_size=5_000)


def style_of(batch: Import) -> Style:
    return Style(decimal=batch.options.get("decimal", "auto"))


def fault_text(kind: ImportKind, code: str, params: Mapping[str, Any]) -> str:
    """The sentence for people; a code nobody worded shows itself."""
    template: Text = kind.fault_texts.get(code) or FAULT_TEXTS.get(code) or code
    try:
        return str(template) % params
    except (KeyError, TypeError, ValueError):
        return str(template)


def importing_actor(batch: Import) -> Actor | None:
    """Who pressed the button, with the rights they have now; None when they may not do this any more."""
    membership = (
        Membership.objects.select_related("user")
        .filter(id=batch.options.get("membership_id"), ended_at__isnull=True)
        .first()
    )
    if membership is None:
        return None
    permissions = permissions_of(membership.role, sees_money=membership.sees_money)
    if import_kind(batch.kind).permission not in permissions:
        return None
    return Actor(
        kind="person",
        id=membership.id,
        label=str(membership.user),
        tenant_id=require_context().tenant_id,
        role=membership.role,
        permissions=permissions,
        user_id=membership.user_id,
        sees_money=membership.sees_money,
    )


def count_needing_attention(actor: Actor) -> int:
    """Checked imports that wait for a decision."""
    return list_imports(actor).filter(state=ImportState.CHECKED).count()


def waiting_for_work() -> QuerySet[Import]:
    """Imports that a worker should be busy with."""
    known = [kind.key for kind in import_kinds()]
    return Import.objects.filter(state__in=ALIVE, kind__in=known)
