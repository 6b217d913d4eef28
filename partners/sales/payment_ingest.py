"""The SQL of payments: many in a fixed number of statements, whatever their count.

Promise: a payment that differs in nothing is not touched; what one said before it changed is kept as a revision in the
same statement that changes it. Called by partners.sales.payments alone.

A reviewed place of raw SQL, as `sales.ingest`: values go in as parameters, every statement names the tenant."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from partners.sales.rules import Key, PaymentInput

_FACTS = ("line_id", "paid_on", "amount_minor", "currency")
_OLD = ", ".join(
    f"old.{name} AS old_{name}"
    for name in ("id", "revision", *_FACTS, "voided", "import_batch_id", "recorded_at")
)
_KEPT = f"""
INSERT INTO partners_salepaymentrevision (tenant_id, id, payment_id, source, external_id, revision,
    {", ".join(_FACTS)}, voided, import_batch_id, recorded_at)
SELECT %(tenant)s, uuidv7(), id, source, external_id, old_revision, {", ".join(f"old_{name}" for name in _FACTS)},
    old_voided, old_import_batch_id, old_recorded_at
FROM changed WHERE old_id IS NOT NULL
"""  # noqa: S608 - names of columns alone
_TOLD = "payment.id, payment.source, payment.external_id, payment.revision, payment.line_id, payment.paid_on"
_ANSWER = """
SELECT c.source, c.external_id, c.id, c.revision, c.old_id IS NOT NULL, c.line_id, c.old_line_id FROM changed c
"""


def _columns(prefix: str) -> str:
    return ", ".join(f"{prefix}{name}" for name in _FACTS)


_UPSERT = f"""
WITH changed AS (
    INSERT INTO partners_salepayment AS payment (tenant_id, id, source, external_id, revision, {_columns("")},
        voided, import_batch_id, recorded_at, received_at)
    SELECT %(tenant)s, uuidv7(), source, external_id, 1, {_columns("")}, false, %(import)s, %(at)s, %(at)s
    FROM unnest(%(sources)s::text[], %(ids)s::text[], %(lines)s::uuid[], %(days)s::date[], %(amounts)s::bigint[],
        %(currencies)s::text[]) AS t(source, external_id, {_columns("")})
    ORDER BY source, external_id
    ON CONFLICT (tenant_id, source, external_id) DO UPDATE SET revision = payment.revision + 1,
        {", ".join(f"{name} = excluded.{name}" for name in _FACTS)}, voided = false,
        import_batch_id = excluded.import_batch_id, recorded_at = excluded.recorded_at
    WHERE payment.voided OR ({_columns("payment.")}) IS DISTINCT FROM ({_columns("excluded.")})
    RETURNING {_TOLD}, {_OLD}
), kept AS ({_KEPT})
{_ANSWER}
"""  # noqa: S608 - names of columns alone
_VOID = f"""
WITH changed AS (
    UPDATE partners_salepayment AS payment SET revision = payment.revision + 1, voided = true, recorded_at = %(at)s
    WHERE payment.tenant_id = %(tenant)s AND payment.id = ANY(%(ids)s) AND NOT payment.voided
    RETURNING {_TOLD}, {_OLD}
), kept AS ({_KEPT})
{_ANSWER}
"""  # noqa: S608 - names of columns alone
# The payments that stand as an import left them, and which revision of each was the first that it made.
_LEFT_BY_IMPORT = """
SELECT p.id, least(p.revision, min(r.revision)) FROM partners_salepayment p LEFT JOIN partners_salepaymentrevision r
    ON r.tenant_id = %(tenant)s AND r.payment_id = p.id AND r.import_batch_id = %(import)s
WHERE p.tenant_id = %(tenant)s AND p.import_batch_id = %(import)s AND NOT p.voided
GROUP BY p.id, p.revision
"""
# What a payment said at an earlier revision, put back as one more revision.
_RESTORE = f"""
WITH earlier AS (
    SELECT r.* FROM unnest(%(ids)s::uuid[], %(revisions)s::int[]) AS asked(payment_id, revision)
    JOIN partners_salepaymentrevision r
        ON r.tenant_id = %(tenant)s AND r.payment_id = asked.payment_id AND r.revision = asked.revision
), changed AS (
    UPDATE partners_salepayment AS payment SET revision = payment.revision + 1,
        {", ".join(f"{name} = earlier.{name}" for name in _FACTS)}, voided = earlier.voided,
        import_batch_id = earlier.import_batch_id, recorded_at = %(at)s
    FROM earlier WHERE payment.tenant_id = %(tenant)s AND payment.id = earlier.payment_id
    RETURNING {_TOLD}, {_OLD}
), kept AS ({_KEPT})
{_ANSWER}
"""  # noqa: S608 - names of columns alone
_PAID_SALES = """
SELECT l.source, l.external_id, l.id, l.kind, l.currency FROM partners_saleline l
JOIN unnest(%(sources)s::text[], %(ids)s::text[]) AS named(source, external_id)
    ON named.source = l.source AND named.external_id = l.external_id
WHERE l.tenant_id = %(tenant)s AND NOT l.voided
"""
_STANDING = """
SELECT p.source, p.external_id, p.id, p.revision, l.source, l.external_id FROM partners_salepayment p
JOIN unnest(%(sources)s::text[], %(ids)s::text[]) AS named(source, external_id)
    ON named.source = p.source AND named.external_id = p.external_id
JOIN partners_saleline l ON l.tenant_id = %(tenant)s AND l.id = p.line_id
WHERE p.tenant_id = %(tenant)s
"""


@dataclass(frozen=True, slots=True)
class PaidSale:
    """A line that payments name."""

    id: UUID
    kind: str
    currency: str


@dataclass(frozen=True, slots=True)
class StandingPayment:
    """A payment as it stands, voided or not, with the key of its sale."""

    id: UUID
    revision: int
    sale: Key


@dataclass(frozen=True, slots=True)
class ChangedPayment:
    """What one statement did to a payment; `was_of` is the sale that it was of before."""

    source: str
    external_id: str
    id: UUID
    revision: int
    existed: bool
    line_id: UUID
    was_of: UUID | None

    @property
    def key(self) -> Key:
        return self.source, self.external_id


def paid_sales(tenant_id: UUID, keys: Collection[Key]) -> dict[Key, PaidSale]:
    """The lines that stand under these keys."""
    rows = _run(_PAID_SALES, _named(tenant_id, keys))
    return {(row[0], row[1]): PaidSale(*row[2:]) for row in rows}


def standing_payments(tenant_id: UUID, keys: Collection[Key]) -> dict[Key, StandingPayment]:
    """The payments under these keys."""
    rows = _run(_STANDING, _named(tenant_id, keys))
    return {(row[0], row[1]): StandingPayment(row[2], row[3], (row[4], row[5])) for row in rows}


def write_payments(
    tenant_id: UUID,
    payments: Sequence[PaymentInput],
    lines: Mapping[Key, PaidSale],
    *,
    at: datetime,
    import_id: UUID | None,
) -> list[ChangedPayment]:
    """Insert and amend; those that differ in nothing are not among the answers."""
    told = {
        **_named(tenant_id, [payment.key for payment in payments]),
        "lines": [lines[payment.sale_key].id for payment in payments],
        "days": [payment.paid_on for payment in payments],
        "amounts": [payment.amount_minor for payment in payments],
        "currencies": [payment.currency for payment in payments],
        "import": import_id,
        "at": at,
    }
    return [ChangedPayment(*row) for row in _run(_UPSERT, told)]


def void_payments(tenant_id: UUID, ids: Sequence[UUID], *, at: datetime) -> list[ChangedPayment]:
    told = {"tenant": tenant_id, "ids": list(ids), "at": at}
    return [ChangedPayment(*row) for row in _run(_VOID, told)]


def left_by_import(tenant_id: UUID, import_id: UUID) -> dict[UUID, int]:
    """The payments that stand as the import left them, with the first revision that it made of each."""
    return dict(_run(_LEFT_BY_IMPORT, {"tenant": tenant_id, "import": import_id}))


def restore_payments(tenant_id: UUID, revisions: Mapping[UUID, int], *, at: datetime) -> list[ChangedPayment]:
    """Put back what each payment said at the named revision."""
    told = {"tenant": tenant_id, "ids": list(revisions), "revisions": list(revisions.values()), "at": at}
    return [ChangedPayment(*row) for row in _run(_RESTORE, told)]


def _named(tenant_id: UUID, keys: Collection[Key]) -> dict[str, Any]:
    return {
        "tenant": tenant_id,
        "sources": [source for source, _ in keys],
        "ids": [external_id for _, external_id in keys],
    }


def _run(statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
