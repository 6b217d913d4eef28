"""The SQL of ingest: many lines in a fixed number of statements, whatever their count.

Promise: a line that differs in nothing is not touched; what a line said before it changed is kept as a revision in the
same statement that changes it, so two batches at once lose nothing. Called by partners.sales.actions alone.

This is the reviewed place of raw SQL in this room: values go in as parameters, every statement names the tenant. What
is written stands in the stage of `staging`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from msgspec import Struct

from partners.sales.rules import Key, LineInput, RefundedSale, StandingRefund
from prm.kit.ids import id_block, ids_of_block, sql_id_of_block
from prm.tenancy.locks import hold

# What a line says, in the order in which it is compared, kept and restored.
_FACTS = (
    "kind", "occurred_on", "order_number", "partner_id", "product_id", "customer_id", "quantity", "amount_minor",
    "currency", "cost_minor", "refunded_external_id", "subscription_ref", "invoiced_on", "deal_id",
)  # fmt: skip


def _columns(prefix: str, names: Iterable[str] = _FACTS) -> str:
    return ", ".join(f"{prefix}{name}" for name in names)


KEPT = f"""
INSERT INTO partners_salelinerevision (tenant_id, id, line_id, source, external_id, revision, {_columns("")},
    voided, import_batch_id, recorded_at, splits)
SELECT %(tenant)s, uuidv7(), id, source, external_id, old_revision, {_columns("old_")},
    old_voided, old_import_batch_id, old_recorded_at, old_split_terms
FROM changed WHERE old_id IS NOT NULL
"""  # noqa: S608 - names of columns alone
OLD = ", ".join(
    f"old.{name} AS old_{name}"
    for name in ("id", "revision", *_FACTS, "voided", "import_batch_id", "recorded_at", "split_terms")
)
ANSWER = """
SELECT c.source, c.external_id, c.id, c.revision, c.old_id IS NOT NULL, c.occurred_on, c.old_occurred_on,
    coalesce(c.old_split_terms, '[]') <> '[]', c.split_terms <> '[]'
FROM changed c
"""
TOLD = "line.id, line.source, line.external_id, line.revision, line.occurred_on, line.split_terms"


def by_itself(terms: str) -> str:
    """Whether nobody told the split of a line: there is none, or the weights of a deal made it."""
    return f"({terms} = '[]' OR {terms} #> '{{0,deal_id}}' IS NOT NULL)"


# Most lines are new: these are written straight away, under ids that are known before. In their order, so that two
# batches never wait for each other.
_INSERT = f"""
INSERT INTO partners_saleline AS line (tenant_id, id, source, external_id, revision, {_columns("")},
    voided, import_batch_id, recorded_at, first_recorded_at, refunded_line_id, split_terms)
SELECT %(tenant)s, {sql_id_of_block("%(block)s", "place")}, source, external_id, 1, {_columns("")},
    false, %(import)s, %(at)s, %(at)s, NULL, split_terms
FROM sales_stage ORDER BY source, external_id
ON CONFLICT (tenant_id, source, external_id) """  # noqa: S608 - names of columns alone
_ADD = f"{_INSERT} DO NOTHING"
_TAKE_ADDED = f"""
DELETE FROM sales_stage s USING partners_saleline l
WHERE l.tenant_id = %(tenant)s AND l.source = s.source AND l.external_id = s.external_id
    AND l.id = {sql_id_of_block("%(block)s", "s.place")}
RETURNING s.place
"""  # noqa: S608 - names of columns alone
# One that stands is changed only where it differs, or where it was voided. The weights of a deal are for the sales that
# follow: a line that differs in nothing else keeps the split that it has.
_UPSERT = f"""
WITH changed AS (
    {_INSERT} DO UPDATE SET
        revision = line.revision + 1, {", ".join(f"{name} = excluded.{name}" for name in _FACTS)},
        voided = false, import_batch_id = excluded.import_batch_id, recorded_at = excluded.recorded_at,
        refunded_line_id = CASE WHEN excluded.kind = line.kind AND excluded.currency = line.currency
            AND excluded.refunded_external_id = line.refunded_external_id THEN line.refunded_line_id END,
        split_terms = excluded.split_terms
    WHERE line.voided OR ({_columns("line.")}) IS DISTINCT FROM ({_columns("excluded.")})
        OR (line.split_terms <> excluded.split_terms
            AND NOT ({by_itself("line.split_terms")} AND {by_itself("excluded.split_terms")}))
    RETURNING {TOLD}, {OLD}
), kept AS ({KEPT})
{ANSWER}
"""
_UNCHANGED = """
SELECT l.source, l.external_id, l.id, l.revision
FROM sales_stage s JOIN partners_saleline l
    ON l.tenant_id = %(tenant)s AND l.source = s.source AND l.external_id = s.external_id
WHERE s.place = ANY(%(places)s)
"""

_VOID = f"""
WITH changed AS (
    UPDATE partners_saleline AS line SET revision = line.revision + 1, voided = true, recorded_at = %(at)s
    WHERE line.tenant_id = %(tenant)s AND line.id = ANY(%(ids)s) AND NOT line.voided
    RETURNING {TOLD}, {OLD}
), kept AS ({KEPT})
{ANSWER}
"""  # noqa: S608 - names of columns alone
# The lines that stand as an import left them, and which revision of each was the first that it made.
_LEFT_BY_IMPORT = """
SELECT l.id, least(l.revision, min(r.revision)) FROM partners_saleline l LEFT JOIN partners_salelinerevision r
    ON r.tenant_id = %(tenant)s AND r.line_id = l.id AND r.import_batch_id = %(import)s
WHERE l.tenant_id = %(tenant)s AND l.import_batch_id = %(import)s AND NOT l.voided
GROUP BY l.id, l.revision
"""
# What a line said at an earlier revision, put back as one more revision.
_RESTORE = f"""
WITH earlier AS (
    SELECT r.* FROM unnest(%(ids)s::uuid[], %(revisions)s::int[]) AS asked(line_id, revision)
    JOIN partners_salelinerevision r
        ON r.tenant_id = %(tenant)s AND r.line_id = asked.line_id AND r.revision = asked.revision
), changed AS (
    UPDATE partners_saleline AS line SET revision = line.revision + 1,
        {", ".join(f"{name} = earlier.{name}" for name in _FACTS)}, voided = earlier.voided,
        import_batch_id = earlier.import_batch_id, recorded_at = %(at)s, split_terms = earlier.splits,
        refunded_line_id = CASE WHEN earlier.refunded_external_id = line.refunded_external_id
            AND earlier.currency = line.currency THEN line.refunded_line_id END
    FROM earlier WHERE line.tenant_id = %(tenant)s AND line.id = earlier.line_id
    RETURNING {TOLD}, {OLD}
), kept AS ({KEPT})
{ANSWER}
"""  # noqa: S608 - names of columns alone

_NAMED_SALES = """
SELECT l.source, l.external_id, l.kind, l.currency, l.amount_minor FROM partners_saleline l
JOIN unnest(%(sources)s::text[], %(ids)s::text[]) AS named(source, external_id)
    ON named.source = l.source AND named.external_id = l.external_id
WHERE l.tenant_id = %(tenant)s AND NOT l.voided
"""
# Lines under these keys that are not one manager's: a seller or an agreed share is of another portfolio, or the vendor
# sold directly. What the weights of a deal made of a line is the vendor's own doing and asks nobody.
_OUTSIDE = """
SELECT l.source, l.external_id FROM partners_saleline l
JOIN unnest(%(sources)s::text[], %(ids)s::text[]) AS named(source, external_id)
    ON named.source = l.source AND named.external_id = l.external_id
CROSS JOIN LATERAL (
    SELECT l.partner_id WHERE l.partner_id IS NOT NULL OR l.split_terms = '[]'
    UNION ALL SELECT (e.term ->> 'partner_id')::uuid FROM jsonb_array_elements(l.split_terms) AS e(term)
    WHERE e.term -> 'deal_id' IS NULL
) AS counts(partner_id)
WHERE l.tenant_id = %(tenant)s AND NOT EXISTS (
    SELECT FROM partners_partner p
    WHERE p.tenant_id = %(tenant)s AND p.id = counts.partner_id AND p.manager_id = %(manager)s)
"""
# What refunds take from the named sales, tied to them or still waiting.
_TAKEN = """
SELECT named.source, named.external_id, r.currency, sum(r.amount_minor)::bigint
FROM unnest(%(sources)s::text[], %(ids)s::text[]) AS named(source, external_id)
CROSS JOIN LATERAL (
    SELECT o.currency, o.amount_minor FROM partners_saleline l JOIN partners_saleline o
        ON o.tenant_id = %(tenant)s AND o.refunded_line_id = l.id AND o.kind = 'refund' AND NOT o.voided
    WHERE l.tenant_id = %(tenant)s AND l.source = named.source AND l.external_id = named.external_id
    UNION ALL
    SELECT w.currency, w.amount_minor FROM partners_saleline w
    WHERE w.tenant_id = %(tenant)s AND w.source = named.source AND w.refunded_external_id = named.external_id
        AND w.refunded_line_id IS NULL AND w.refunded_external_id <> '' AND w.kind = 'refund' AND NOT w.voided
) r GROUP BY 1, 2, 3
"""
_STANDING_REFUNDS = """
SELECT l.source, l.external_id, l.refunded_external_id, l.amount_minor FROM partners_saleline l
JOIN unnest(%(sources)s::text[], %(ids)s::text[]) AS named(source, external_id)
    ON named.source = l.source AND named.external_id = l.external_id
WHERE l.tenant_id = %(tenant)s AND l.kind = 'refund' AND l.refunded_external_id <> '' AND NOT l.voided
"""
_LINK = """
UPDATE partners_saleline r SET refunded_line_id = s.id FROM partners_saleline s
WHERE r.tenant_id = %(tenant)s AND s.tenant_id = %(tenant)s AND r.kind = 'refund' AND r.refunded_line_id IS NULL
    AND r.refunded_external_id <> '' AND s.source = r.source AND s.external_id = r.refunded_external_id
    AND s.kind = 'sale' AND s.currency = r.currency AND NOT s.voided
"""
_CODES = {
    # The code of a merged partner names its survivor.
    "partner": "SELECT code, coalesce(merged_into_id, id) FROM partners_partner "
    "WHERE tenant_id = %s AND code = ANY(%s)",
    "product": "SELECT code, id FROM partners_product WHERE tenant_id = %s AND code = ANY(%s)",
    "customer": "SELECT code, id FROM partners_customer WHERE tenant_id = %s AND code = ANY(%s)",
}


HANDFUL = 10  # how many times as many lines as it expects the planner still copes with
_EXPECTED = """
EXPLAIN (FORMAT JSON) SELECT FROM partners_saleline
WHERE tenant_id = %(tenant)s AND occurred_on BETWEEN %(first)s AND %(last)s
"""
_HAS_MERGED = (
    "SELECT EXISTS (SELECT FROM partners_partner WHERE tenant_id = %(tenant)s AND merged_into_id IS NOT NULL)"
)
# What was booked to a partner before it was merged stays booked to it, when its line is sent again.
_KEEP_BOOKED = """
UPDATE sales_stage s SET partner_id = l.partner_id
FROM partners_saleline l JOIN partners_partner m ON m.tenant_id = %(tenant)s AND m.id = l.partner_id
WHERE l.tenant_id = %(tenant)s AND l.source = s.source AND l.external_id = s.external_id
    AND m.merged_into_id = s.partner_id
"""
_BY_SURVIVOR = """(
    SELECT jsonb_object_agg(t.partner_id, t.weight) FROM (
        SELECT coalesce(p.merged_into_id, p.id) AS partner_id,
            sum(coalesce((e.term ->> 'percent')::numeric, (e.term ->> 'parts')::numeric)) AS weight
        FROM jsonb_array_elements({0}.split_terms) AS e(term)
        JOIN partners_partner p ON p.tenant_id = %(tenant)s AND p.id = (e.term ->> 'partner_id')::uuid
        GROUP BY 1) t)"""
_KEEP_SHARES = f"""
UPDATE sales_stage s SET split_terms = l.split_terms FROM partners_saleline l
WHERE l.tenant_id = %(tenant)s AND l.source = s.source AND l.external_id = s.external_id
    AND s.split_terms <> '[]' AND l.split_terms <> '[]' AND s.split_terms <> l.split_terms
    AND (s.split_terms #> '{{0,percent}}' IS NULL) = (l.split_terms #> '{{0,percent}}' IS NULL)
    AND {_BY_SURVIVOR.format("s")} = {_BY_SURVIVOR.format("l")}
"""  # noqa: S608 - texts of this module alone


class ChangedLine(Struct, frozen=True, gc=False):
    """What one statement did to a line. `had_split`: before the change it was split; `has_split`: it is now."""

    source: str
    external_id: str
    id: UUID
    revision: int
    existed: bool
    occurred_on: date
    was_on: date | None
    had_split: bool
    has_split: bool

    @property
    def key(self) -> tuple[str, str]:
        return self.source, self.external_id


def refresh_statistics(tenant_id: UUID, changed: Sequence[ChangedLine]) -> None:
    """Show the planner what a large load has made of the tables, where it does not expect such lines: of a new tenant,
    of new months. The server looks by itself within a minute; until then joins over the new lines are planned for a
    handful and take minutes."""
    days = [line.occurred_on for line in changed]
    with connection.cursor() as cursor:
        cursor.execute(_EXPECTED, {"tenant": tenant_id, "first": min(days), "last": max(days)})
        [plan] = cursor.fetchone()[0]
        if plan["Plan"]["Plan Rows"] * HANDFUL < len(changed):
            cursor.execute("ANALYZE (SKIP_LOCKED) partners_saleline, partners_salesplit")


def lock_ingest(*, alone: bool) -> None:
    """Batches with refunds (and undo) run alone in a tenant, so that the sum of the refunds of a sale is what they see
    and a refund never misses a sale that arrives at the same moment; other batches run side by side."""
    hold("sales-ingest", shared=not alone)


def ids_by_code(tenant_id: UUID, what: str, codes: Iterable[str]) -> dict[str, UUID]:
    """Ids of the tenant's partners, products or customers; unknown codes are absent."""
    asked = sorted(set(codes))
    if not asked:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_CODES[what], [tenant_id, asked])
        return dict(cursor.fetchall())


def named_sales(tenant_id: UUID, keys: Collection[Key]) -> dict[Key, RefundedSale]:
    """The lines that stand under these keys; nothing of them is refunded yet."""
    rows = _by_keys(_NAMED_SALES, tenant_id, keys)
    return {(row[0], row[1]): RefundedSale(*row[2:]) for row in rows}


def lines_outside(tenant_id: UUID, keys: Collection[Key], manager_id: UUID | None) -> set[Key]:
    """Of the lines under these keys, those that count for anybody but partners of the manager."""
    return {(row[0], row[1]) for row in _by_keys(_OUTSIDE, tenant_id, keys, manager=manager_id)}


def refunds_taken(tenant_id: UUID, keys: Collection[Key]) -> dict[tuple[str, str, str], int]:
    """How much standing refunds take from the sales under these keys, by source, external id and currency."""
    return {tuple(row[:3]): row[3] for row in _by_keys(_TAKEN, tenant_id, keys)}


def standing_refunds(tenant_id: UUID, keys: Collection[Key]) -> dict[Key, StandingRefund]:
    """Of the lines under these keys, those that stand as refunds of a sale."""
    rows = _by_keys(_STANDING_REFUNDS, tenant_id, keys)
    return {(row[0], row[1]): StandingRefund((row[0], row[2]), row[3]) for row in rows}


def _by_keys(
    statement: str, tenant_id: UUID, keys: Collection[Key], **more: UUID | None
) -> list[tuple[Any, ...]]:
    parameters: dict[str, Any] = {
        **more,
        "tenant": tenant_id,
        "sources": [source for source, _ in keys],
        "ids": [external_id for _, external_id in keys],
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def keep_booked(tenant_id: UUID) -> None:
    """Let staged lines that stand under partners merged since say so: otherwise sending them again would book the past
    anew."""
    with connection.cursor() as cursor:
        cursor.execute(_HAS_MERGED, {"tenant": tenant_id})
        if not cursor.fetchone()[0]:
            return
        cursor.execute(_KEEP_BOOKED, {"tenant": tenant_id})
        cursor.execute(_KEEP_SHARES, {"tenant": tenant_id})


def write_stage(
    tenant_id: UUID, lines: Mapping[int, LineInput], *, at: datetime, import_id: UUID | None
) -> list[ChangedLine]:
    """Insert and amend these lines from the stage; those that differ in nothing are not among the answers."""
    block = id_block()
    parameters: dict[str, Any] = {"tenant": tenant_id, "at": at, "import": import_id, "block": block}
    with connection.cursor() as cursor:
        cursor.execute("SELECT place FROM sales_stage WHERE split_terms <> '[]'")
        split = {row[0] for row in cursor.fetchall()}
        cursor.execute(_ADD, parameters)
        added = list(lines) if cursor.rowcount else []
        if 0 < cursor.rowcount < len(lines):
            cursor.execute(_TAKE_ADDED, parameters)
            added = [row[0] for row in cursor.fetchall()]
    changed = [
        _added(lines[place], line_id, has_split=place in split)
        for place, line_id in zip(added, ids_of_block(block, added), strict=True)
    ]
    return changed if len(added) == len(lines) else changed + changed_by(_UPSERT, parameters)


def _added(line: LineInput, line_id: UUID, *, has_split: bool) -> ChangedLine:
    return ChangedLine(
        line.source, line.external_id, line_id, 1, False, line.occurred_on, None, False, has_split
    )


def standing_lines(tenant_id: UUID, places: Sequence[int]) -> dict[tuple[str, str], tuple[UUID, int]]:
    """Id and revision of the stage's lines at these places."""
    with connection.cursor() as cursor:
        cursor.execute(_UNCHANGED, {"tenant": tenant_id, "places": list(places)})
        return {(row[0], row[1]): (row[2], row[3]) for row in cursor.fetchall()}


def link_refunds(tenant_id: UUID, *, refunds: Sequence[UUID] = (), sales: Sequence[UUID] = ()) -> None:
    """Tie written refunds to their sales, and written sales to the refunds that waited for them."""
    for column, ids in (("r.id", refunds), ("s.id", sales)):
        if ids:
            with connection.cursor() as cursor:
                cursor.execute(
                    f"{_LINK} AND {column} = ANY(%(ids)s)", {"tenant": tenant_id, "ids": list(ids)}
                )


def void_lines(tenant_id: UUID, ids: Sequence[UUID], *, at: datetime) -> list[ChangedLine]:
    return changed_by(_VOID, {"tenant": tenant_id, "ids": list(ids), "at": at})


def left_by_import(tenant_id: UUID, import_id: UUID) -> dict[UUID, int]:
    """The lines that stand as the import left them, with the first revision that it made of each."""
    with connection.cursor() as cursor:
        cursor.execute(_LEFT_BY_IMPORT, {"tenant": tenant_id, "import": import_id})
        return dict(cursor.fetchall())


def restore_lines(tenant_id: UUID, revisions: Mapping[UUID, int], *, at: datetime) -> list[ChangedLine]:
    """Put back what each line said at the named revision."""
    parameters = {
        "tenant": tenant_id,
        "ids": list(revisions),
        "revisions": list(revisions.values()),
        "at": at,
    }
    return changed_by(_RESTORE, parameters)


def changed_by(statement: str, parameters: dict[str, Any]) -> list[ChangedLine]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [ChangedLine(*row) for row in cursor.fetchall()]
