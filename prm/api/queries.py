"""Reads of kept answers; called by prm.api.idempotency."""

from datetime import datetime
from uuid import UUID

from django.db import connection

from prm.api.models import IdempotencyRecord


def find_answer(client_id: UUID, key: str, *, since: datetime) -> IdempotencyRecord | None:
    return IdempotencyRecord.objects.filter(client_id=client_id, key=key, created_at__gt=since).first()


def claim_key(number: int) -> bool:
    """Hold a 64-bit number until this transaction ends; False while another one holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return bool(cursor.fetchone()[0])
