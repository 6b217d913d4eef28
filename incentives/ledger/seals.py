"""Sealing the transfers: a fingerprint over all that were recorded since the seal before, chained to that seal.

Promise: a transfer or a purse changed, added, moved in time or taken away behind the product's back breaks its seal;
rows pass through in portions. Called by: ledger.tasks (once a day), ledger.proof, prove_ledger, the demo.

A seal covers the time up to its `until`; the database takes no transfer of a time that is sealed. The audit trail, a
chain of its own, names every seal, so that seals cannot be cut off either.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from django.db import connection

from incentives.ledger.actions import hold_books
from incentives.ledger.models import LedgerSeal
from prm.accounts.actor import system_actor
from prm.audit.actions import record
from prm.audit.rules import GENESIS, link
from prm.tenancy.context import require_context

# A transfer carries the time at which its request or task began; it may be committed this much later.
RESTS_FOR = timedelta(hours=1)
ROWS_AT_ONCE = 5_000

_ROWS = """
    SELECT json_build_array(t.id, t.journal_id, t.kind, t.amount_minor, t.currency, t.debit_id, d.code, d.partner_id,
        d.currency, t.credit_id, c.code, c.partner_id, c.currency, t.source_type, t.source_id, t.leg, t.reverses_id,
        t.actor_label, t.actor_id, t.period_on, t.effective_on, t.recorded_at AT TIME ZONE 'UTC')::text
    FROM incentives_transfer t
    LEFT JOIN incentives_ledgeraccount d ON d.tenant_id = %(tenant)s AND d.id = t.debit_id
    LEFT JOIN incentives_ledgeraccount c ON c.tenant_id = %(tenant)s AND c.id = t.credit_id
    WHERE t.tenant_id = %(tenant)s AND t.recorded_at < %(until)s
        AND (%(since)s::timestamptz IS NULL OR t.recorded_at >= %(since)s)
    ORDER BY t.recorded_at, t.id
"""


def seal_transfers(*, until: datetime, at: datetime) -> LedgerSeal | None:
    """Seal what was recorded before `until`; None when it is sealed already or nothing was ever posted."""
    hold_books()
    head = newest_seal()
    if head is not None and until <= head.until:
        return None
    number = head.number + 1 if head else 1
    count, fingerprint = _fingerprint(number, since=head.until if head else None, until=until)
    if head is None and not count:
        return None
    seal = LedgerSeal.objects.create(
        number=number,
        until=until,
        transfer_count=count,
        chain_hash=link(head.chain_hash if head else GENESIS, fingerprint),
        sealed_at=at,
    )
    after = {"number": number, "until": until, "transfers": count, "hash": seal.chain_hash}
    actor = system_actor(require_context().tenant_id)
    record(actor=actor, action="ledger.sealed", subject=seal, at=at, after=after)
    return seal


def newest_seal() -> LedgerSeal | None:
    return LedgerSeal.objects.order_by("-number").first()


def find_broken_seal() -> int | None:
    """The number of the first seal that is missing or does not recompute, or None when all hold."""
    chain_hash, since = GENESIS, None
    for number, seal in enumerate(LedgerSeal.objects.order_by("number"), 1):
        count, fingerprint = _fingerprint(number, since=since, until=seal.until)
        chain_hash = link(chain_hash, fingerprint)
        if (seal.number, seal.transfer_count, seal.chain_hash) != (number, count, chain_hash):
            return number
        since = seal.until
    return None


def is_anchored(number: int, chain_hash: str) -> bool:
    """Whether a seal that somebody noted outside stands here as it was noted."""
    return LedgerSeal.objects.filter(number=number, chain_hash=chain_hash).exists()


def _fingerprint(number: int, *, since: datetime | None, until: datetime) -> tuple[int, str]:
    """How many transfers a seal covers, and SHA-256 over its head and their lines."""
    count, digest = 0, sha256(json.dumps([number, until.astimezone(UTC).isoformat()]).encode())
    for line in _lines(since, until):
        count += 1
        digest.update(line.encode() + b"\n")
    return count, digest.hexdigest()


def _lines(since: datetime | None, until: datetime) -> Iterator[str]:
    parameters = {"tenant": require_context().tenant_id, "since": since, "until": until}
    connection.ensure_connection()
    with connection.connection.cursor(name="sealed_transfers") as rows:
        rows.itersize = ROWS_AT_ONCE
        rows.execute(_ROWS, parameters)
        for (line,) in rows:
            yield line
