"""Letting dated standings take effect, and giving keys to rows that have none; rung by beat each hour."""

from celery import shared_task
from django.utils import timezone

from partners.directory.actions import adopt_standings
from partners.directory.keys import fill_keys
from prm.accounts.actor import system_actor
from prm.tenancy.queries import each_tenant


@shared_task(name="partners.directory.adopt_standings")
def adopt() -> None:
    for tenant in each_tenant():
        adopt_standings(actor=system_actor(tenant.id), at=timezone.now())
        fill_keys()
