"""Reads of imports: the history, one import, its rows, what was remembered.

Promise: an import of a kind that is not the actor's is missing, and so is another's import for those who see only what
they sent in themselves (channel managers: its rows name partners of other portfolios). Called by imports actions and
interfaces, and by rooms that name an import."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.http import Http404

from prm.accounts.actor import Actor
from prm.accounts.models import Membership
from prm.accounts.permissions import permissions_of
from prm.files.models import StoredFile
from prm.imports.cells import FAULT_TEXTS
from prm.imports.kinds import ImportKind, Style, Text, import_kind, import_kinds, kinds_for
from prm.imports.models import LEFT_OUT, Import, ImportRow, ImportState, RowState
from prm.imports.rules import suggest_mapping
from prm.tenancy.context import require_context

ALIVE = (ImportState.CHECKING, ImportState.APPLYING, ImportState.UNDOING)


def readable_kinds(actor: Actor) -> list[ImportKind]:
    """The kinds that the actor may send in; who may only read (an auditor) reads every kind."""
    return kinds_for(actor) if actor.can("imports.change") else import_kinds()


def list_imports(actor: Actor) -> QuerySet[Import]:
    """Newest first is the order `("-number",)`."""
    codes = [kind.key for kind in readable_kinds(actor)]
    rows = Import.objects.filter(kind__in=codes).select_related("file")
    return rows if actor.can("imports.view_all") else rows.filter(options__owner=str(actor.id))


def visible_imports(actor: Actor, ids: Iterable[UUID | None]) -> set[UUID]:
    """Of imports that records name, those that a link may lead the actor to."""
    return set(list_imports(actor).filter(id__in=[key for key in ids if key]).values_list("id", flat=True))


def may_open_file(actor: Actor, stored: StoredFile) -> bool:
    """The file of an import opens to who may see the import."""
    return list_imports(actor).filter(file_id=stored.id).exists()


def own_import_ids(actor: Actor) -> QuerySet[Any] | None:
    """The ids of the imports that the actor may see; None: nothing is hidden."""
    return None if actor.can("imports.view_all") else list_imports(actor).values("id")


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


def rows_left_out(batch: Import) -> QuerySet[ImportRow]:
    """Rows that somebody decided not to take, in the order of the file."""
    return ImportRow.objects.filter(batch=batch, effect=LEFT_OUT).order_by("number")


def rows_to_try_again(batch: Import, twins: set[int]) -> list[ImportRow]:
    """Rows that share their record with another row no longer, and those that do so since now."""
    freed = rows_in_error(batch).filter(errors__contains=[{"code": "duplicate_in_file"}])
    caught = ImportRow.objects.filter(batch=batch, number__in=twins)
    caught = caught.filter(state__in=[RowState.READY, RowState.UNCHANGED])
    return [*freed.exclude(number__in=twins), *caught]


def sample_rows(table_rows: list[list[str]], headers: list[str], count: int = 3) -> dict[str, str]:
    """What the first rows hold under each header, for whoever chooses columns."""
    return {
        header: " · ".join(row[place] for row in table_rows[:count] if row[place])
        for place, header in enumerate(headers)
    }


def counts_of(batch: Import) -> dict[str, int]:
    """Rows by what they are: waiting, created, updated, unchanged, left out, error, applied."""
    found: Counter[str] = Counter()
    rows = (
        ImportRow.objects.filter(batch=batch).values_list("state", "effect").annotate(Count("id")).order_by()
    )
    for state, effect, count in rows:
        found["rows"] += count
        if state in (RowState.WAITING, RowState.ERROR):
            found[state] += count
        elif state == RowState.UNCHANGED:
            found[effect] += count
        else:
            found[effect] += count
            if state == RowState.APPLIED:
                found["applied"] += count
    return {
        name: found[name]
        for name in ("rows", "waiting", "created", "updated", "unchanged", LEFT_OUT, "error", "applied")
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
    rows = ImportRow.objects.filter(batch=batch).exclude(effect=LEFT_OUT).order_by("number")
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
    if not {"imports.change", import_kind(batch.kind).permission} <= permissions:
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
