"""The end of a run: references proved, posted totals hashed, the funnel counted.

Promise: the hash depends on what is posted alone, whatever the shards or workers; called by earnings.actions."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.db import connection

from incentives.earnings import sql_totals
from incentives.earnings.models import CalculationRun, CalculationShard, RunState
from incentives.ledger.joins import joined_by_hash
from incentives.plans.reasons import REASONS
from prm.kit.periods import Period
from prm.tenancy.queries import current_tenant

MANY = 20_000


class ReferencesBroken(RuntimeError):
    """Entries of the run name a line, partner or version that does not exist."""

    code = "references_broken"


@dataclass(frozen=True)
class Closing:
    """What a finished run says of itself."""

    entry_count: int
    totals: dict[str, dict[str, int]]
    funnel: dict[str, Any]
    result_hash: str


def standing_books(run: CalculationRun) -> Closing | None:
    """What the month's last calculation said, where this one had nothing to do and nobody has written since; else
    None."""
    if run.shards.exists():
        return None
    runs = CalculationRun.objects.filter(
        period_on=run.period_on, state=RunState.CALCULATED, number__lt=run.number
    )
    last = runs.order_by("-number").first()
    if last is None or last.recompute_from != run.recompute_from:
        return None
    since = CalculationShard.objects.filter(run__number__gt=last.number)
    if since.exists():
        return None
    return Closing(0, {"earned": {}, "payable": {}}, last.funnel, last.result_hash)


def close_books(run: CalculationRun) -> Closing:
    """Read everything a run must say at its end. Raises `ReferencesBroken`."""
    parameters = {
        "tenant": run.tenant_id,
        "run": run.id,
        "period_on": run.period_on,
        "until": Period.of(run.period_on).ends_on,
        "first_on": current_tenant().first_period_on,
        "due_from": run.recompute_from,
        "reasons": list(REASONS),
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL work_mem = '128MB'; SET LOCAL statement_timeout = '300s'; SET LOCAL jit = off"
        )
        entry_count, totals = _totals(cursor, parameters)
        with joined_by_hash(wanted=entry_count > MANY):
            _prove_references(cursor, parameters)
            funnel = _funnel(cursor, parameters)
        return Closing(entry_count, totals, funnel, _hash(cursor, parameters))


def _prove_references(cursor: Any, parameters: dict[str, Any]) -> None:
    cursor.execute(sql_totals.ORPHANS, parameters)
    orphans = cursor.fetchone()[0]
    if orphans:
        raise ReferencesBroken(f"{orphans} entries name a line, partner or version that does not exist")


def _funnel(cursor: Any, parameters: dict[str, Any]) -> dict[str, Any]:
    """Lines looked at, lines that earned, and the first reason of each line that did not."""
    cursor.execute(sql_totals.LOOKED_AT, parameters)
    looked_at = int(cursor.fetchone()[0])
    cursor.execute(sql_totals.REASONS, parameters)
    reasons = {str(reason): int(lines) for reason, lines in cursor.fetchall()}
    return {"looked_at": looked_at, "earned": looked_at - sum(reasons.values()), "reasons": reasons}


def _totals(cursor: Any, parameters: dict[str, Any]) -> tuple[int, dict[str, dict[str, int]]]:
    """Minor units posted by this run, by plan currency and by payout currency."""
    cursor.execute(sql_totals.RUN_TOTALS, parameters)
    entries, earned, payable = 0, dict[str, int](), dict[str, int]()
    for currency, payout_currency, count, amount_minor, payout_minor in cursor.fetchall():
        entries += count
        earned[currency] = earned.get(currency, 0) + amount_minor
        payable[payout_currency] = payable.get(payout_currency, 0) + payout_minor
    return entries, {"earned": earned, "payable": payable}


def _hash(cursor: Any, parameters: dict[str, Any]) -> str:
    """SHA-256 over the canonical lines in their order, as the server sends them."""
    digest = _Digest()
    cursor.copy_expert(cursor.mogrify(sql_totals.CANONICAL, parameters), digest)
    return digest.hexdigest()


class _Digest:
    """A file that keeps of what is written to it no more than its SHA-256."""

    def __init__(self) -> None:
        self._sha = hashlib.sha256()

    def write(self, written: bytes) -> int:
        self._sha.update(written)
        return len(written)

    def hexdigest(self) -> str:
        return self._sha.hexdigest()
