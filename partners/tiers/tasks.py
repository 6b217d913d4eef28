"""The review of each night: raises, warns, and lowers whose warning and grace are over; rung by beat.

Promise: run twice it does nothing twice; run late it dates a fall as it was told."""

from celery import shared_task
from django.utils import timezone

from partners.segments.actions import today_of
from partners.tiers.reviewing import review_tiers
from prm.accounts.actor import system_actor
from prm.tenancy.queries import each_tenant


@shared_task(name="partners.tiers.review", time_limit=3600)
def review() -> None:
    for tenant in each_tenant():
        now = timezone.now()
        review_tiers(actor=system_actor(tenant.id), today=today_of(now), at=now)
