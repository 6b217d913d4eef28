"""Writes of kept answers: with the effect, and their removal when they are old.

Called by: prm.api.idempotency, prm.api.tasks.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from prm.api.models import IdempotencyRecord


def keep_answer(
    *,
    client_id: UUID,
    key: str,
    request_facts: Mapping[str, str],
    answer: tuple[int, dict[str, str], str],
    at: datetime,
) -> None:
    """Write what was answered, in the transaction of the effect; replaces a memory that has run out."""
    status, headers, body = answer
    kept = IdempotencyRecord(
        client_id=client_id,
        key=key,
        **request_facts,
        answer_status=status,
        answer_headers=headers,
        answer_body=body,
        created_at=at,
    )
    IdempotencyRecord.objects.bulk_create(
        [kept],
        update_conflicts=True,
        unique_fields=["tenant", "client_id", "key"],
        update_fields=[
            "method",
            "path",
            "body_sha256",
            "answer_status",
            "answer_headers",
            "answer_body",
            "created_at",
        ],
    )


def forget_answers(*, before: datetime) -> int:
    """Remove the answers kept before a moment; returns how many."""
    removed, _by_model = IdempotencyRecord.objects.filter(created_at__lt=before).delete()
    return removed
