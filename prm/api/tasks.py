"""Forgetting kept answers after their thirty days; rung by beat each night."""

from celery import shared_task
from django.utils import timezone

from prm.api.actions import forget_answers
from prm.api.idempotency import MEMORY
from prm.tenancy.queries import each_tenant


@shared_task(name="prm.api.forget")
def forget() -> None:
    for _tenant in each_tenant():
        forget_answers(before=timezone.now() - MEMORY)
