"""Background work of profiles: reminders before papers end; rung by beat. Run twice a day it tells once."""

from celery import shared_task
from django.utils import timezone

from partners.profiles.actions import remind_of_ends
from prm.tenancy.queries import each_tenant


@shared_task(name="partners.profiles.remind")
def remind() -> None:
    for tenant in each_tenant():
        remind_of_ends(today=timezone.localtime(timezone=tenant.zone).date())
