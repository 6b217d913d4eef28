"""Writing the audit trail, sealing it into a chain, and proving the chain.

Promise: `record` writes in the caller's transaction; called by every action, `seal_records` by beat.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import connection, models
from django.utils import timezone

from prm.audit.models import AuditRecord, AuditSeal
from prm.audit.rules import GENESIS, digest_of, link, masked
from prm.kit.ids import uuid7
from prm.tenancy.context import require_context

SEALED_AT_ONCE = 2_000
VERIFIED_AT_ONCE = 2_000


class ActsInTenant(Protocol):
    """What the trail needs to know of an actor (prm.accounts.actor.Actor fits)."""

    @property
    def kind(self) -> str: ...
    @property
    def id(self) -> UUID | None: ...
    @property
    def label(self) -> str: ...
    @property
    def request_id(self) -> str: ...


def record(
    *,
    actor: ActsInTenant,
    action: str,
    subject: models.Model,
    at: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> AuditRecord:
    """Append one record about `subject`; `before` and `after` hold only the fields that changed."""
    content: dict[str, Any] = {
        "id": uuid7(),
        "recorded_at": at,
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "actor_label": actor.label,
        "action": action,
        "subject_type": subject._meta.label_lower,
        "subject_id": subject.pk if isinstance(subject.pk, UUID) else None,
        "subject_label": str(subject)[:300],
        "before": _storable(masked(before or {})),
        "after": _storable(masked(after or {})),
        "reason": reason,
        "request_id": actor.request_id,
    }
    return AuditRecord.objects.create(**content, digest=digest_of(_hashed(content)))


def seal_records(*, at: datetime | None = None) -> int:
    """Chain the records that have no link yet, in id order; returns how many were sealed."""
    _lock_chain()
    last = AuditSeal.objects.order_by("-position").first()
    position, chain_hash = (last.position, last.chain_hash) if last else (0, GENESIS)
    sealed = AuditSeal.objects.filter(record_id=models.OuterRef("id"))
    waiting = AuditRecord.objects.exclude(models.Exists(sealed)).order_by("id").values_list("id", "digest")
    seals = []
    for record_id, digest in waiting[:SEALED_AT_ONCE]:
        position += 1
        chain_hash = link(chain_hash, digest)
        seals.append(
            AuditSeal(
                position=position, record_id=record_id, chain_hash=chain_hash, sealed_at=at or timezone.now()
            )
        )
    AuditSeal.objects.bulk_create(seals)
    return len(seals)


def find_broken_link(*, newest: int | None = None) -> int | None:
    """The first position whose record or link does not recompute, or None when the whole chain holds, or with `newest`
    its end of so many links. Records pass through in portions."""
    start = 0
    if newest is not None:
        last = AuditSeal.objects.order_by("-position").values_list("position", flat=True).first() or 0
        start = max(0, last - newest)
    before = AuditSeal.objects.filter(position=start).first()
    chain_hash = before.chain_hash if before else GENESIS
    while seals := list(AuditSeal.objects.filter(position__gt=start).order_by("position")[:VERIFIED_AT_ONCE]):
        records = AuditRecord.objects.in_bulk([seal.record_id for seal in seals])
        for seal in seals:
            chain_hash = link(chain_hash, _digest_again(records.get(seal.record_id)))
            if chain_hash != seal.chain_hash:
                return seal.position
        start = seals[-1].position
    return None


def _digest_again(row: AuditRecord | None) -> str:
    """The record's digest if it is what the record says; "" breaks the link."""
    if row is None:
        return ""
    again = digest_of(_hashed({field.attname: getattr(row, field.attname) for field in row._meta.fields}))
    return again if again == row.digest else ""


def _hashed(content: Mapping[str, Any]) -> dict[str, Any]:
    plain = {key: value for key, value in content.items() if key not in ("digest", "tenant_id")}
    plain["recorded_at"] = content["recorded_at"].astimezone(timezone.get_default_timezone()).isoformat()
    return plain


def _storable(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value if isinstance(value, bool | int | str | list | dict | None) else str(value)
        for key, value in values.items()
    }


def _lock_chain() -> None:
    key = require_context().tenant_id.int & 0x7FFF_FFFF_FFFF_FFFF
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
