"""Background work of onboarding: mail the letters that wait."""

from celery import shared_task
from django.utils import timezone

from partners.onboarding.letters import SEND, send_letters
from prm.tenancy.queries import current_tenant, each_tenant
from prm.tenancy.tasks import TenantTask


@shared_task(name=SEND, base=TenantTask)
def mail_letters(*, tenant_id: str) -> None:
    with timezone.override(current_tenant().zone):
        send_letters(at=timezone.now())


@shared_task(name="partners.onboarding.sweep")
def sweep() -> None:
    for tenant in each_tenant():
        with timezone.override(tenant.zone):
            send_letters(at=timezone.now())
