"""Background work of imports: the messages only ring, the staged rows say what is left to do.

Promise: ringing twice, or a worker that dies, changes nothing; called through the outbox and by beat."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from prm.imports.actions import APPLY, CHECK, UNDO, resume_imports
from prm.imports.work import work_on_applying, work_on_check, work_on_undoing
from prm.tenancy.queries import each_tenant
from prm.tenancy.tasks import TenantTask


@shared_task(name=CHECK, base=TenantTask, opens_context=False, time_limit=1800)
def check(*, tenant_id: str, import_id: str) -> None:
    work_on_check(tenant_id=UUID(tenant_id), import_id=UUID(import_id), now=timezone.now)


@shared_task(name=APPLY, base=TenantTask, opens_context=False, time_limit=1800)
def apply(*, tenant_id: str, import_id: str) -> None:
    work_on_applying(tenant_id=UUID(tenant_id), import_id=UUID(import_id), now=timezone.now)


@shared_task(name=UNDO, base=TenantTask, opens_context=False, time_limit=1800)
def undo(*, tenant_id: str, import_id: str) -> None:
    work_on_undoing(tenant_id=UUID(tenant_id), import_id=UUID(import_id), now=timezone.now)


@shared_task(name="prm.imports.resume")
def resume() -> None:
    """Imports whose worker died are taken up again."""
    for _tenant in each_tenant():
        resume_imports()
