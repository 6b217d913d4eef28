"""Background work of onboarding: letters that wait, news of agreements, drafts that nobody goes on with."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from partners.onboarding.agreements import TELL, remind_of_binding, tell_partners, today
from partners.onboarding.drafts import forget_drafts
from partners.onboarding.letters import SEND, send_letters
from partners.onboarding.queries import access_document
from partners.onboarding.waiting import forget_answered, mail_waiting
from prm.accounts.actor import system_actor
from prm.tenancy.queries import current_tenant, each_tenant
from prm.tenancy.tasks import TenantTask


@shared_task(name=SEND, base=TenantTask)
def mail_letters(*, tenant_id: str) -> None:
    with timezone.override(current_tenant().zone):
        send_letters(at=timezone.now())
        mail_waiting(at=timezone.now())


@shared_task(name=TELL, base=TenantTask)
def tell_of_version(*, tenant_id: str, version_id: str) -> None:
    tell_partners(access_document(UUID(version_id)))


@shared_task(name="partners.onboarding.forget")
def forget() -> None:
    for tenant in each_tenant():
        forget_drafts(actor=system_actor(tenant.id), at=timezone.now())
        forget_answered(actor=system_actor(tenant.id), at=timezone.now())


@shared_task(name="partners.onboarding.remind")
def remind() -> None:
    """Once a day: a version of an agreement that binds from today."""
    for tenant in each_tenant():
        remind_of_binding(actor=system_actor(tenant.id), day=today(timezone.now()))


@shared_task(name="partners.onboarding.sweep")
def sweep() -> None:
    for tenant in each_tenant():
        with timezone.override(tenant.zone):
            send_letters(at=timezone.now())
            mail_waiting(at=timezone.now())
