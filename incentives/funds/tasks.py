"""Each night: what was not claimed in time is released, and who is about to lose something is reminded."""

from celery import shared_task
from django.utils import timezone

from incentives.funds.deadlines import expire_requests, remind_of_deadlines
from prm.accounts.actor import system_actor
from prm.tenancy.queries import each_tenant


@shared_task(name="incentives.funds.night")
def night() -> None:
    for tenant in each_tenant():
        now = timezone.now()
        expire_requests(actor=system_actor(tenant.id), at=now)
        remind_of_deadlines(at=now)
