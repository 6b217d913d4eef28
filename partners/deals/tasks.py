"""Background work of deals: ends of protections, reminders, the vendor's clock; rung by beat.

Promise: run twice it does nothing twice; run late it gives the same dates."""

from celery import shared_task
from django.utils import timezone

from partners.deals.actions import escalate_late, settle_due
from partners.deals.protection import remind_of_ends
from partners.deals.steps import today_of
from prm.accounts.actor import system_actor
from prm.tenancy.queries import each_tenant


@shared_task(name="partners.deals.keep_dates")
def keep_dates() -> None:
    for tenant in each_tenant():
        now, actor = timezone.now(), system_actor(tenant.id)
        settle_due(actor=actor, today=today_of(now), at=now)
        remind_of_ends(today=today_of(now))
        escalate_late(actor=actor, at=now)
