"""Sealing the audit trail of every tenant; rung by beat each minute."""

from celery import shared_task
from django.utils import timezone

from prm.audit.actions import seal_records
from prm.tenancy.queries import each_tenant


@shared_task(name="prm.audit.seal")
def seal() -> None:
    for _tenant in each_tenant():
        seal_records(at=timezone.now())
