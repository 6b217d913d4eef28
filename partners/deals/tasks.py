"""Background work of deals: ends of protections, unanswered questions, reminders, the vendor's clock, keys of claims;
rung by beat.

Promise: run twice it does nothing twice; run late it gives the same dates."""

from datetime import date
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from partners.customers.actions import rebuild_keys
from partners.deals.deadlines import escalate_late, lapse_unanswered, remind_unanswered, settle_due
from partners.deals.protection import lock_claim, remind_of_ends
from partners.deals.rekeying import rebuild_claims, standing_claims
from partners.deals.steps import SETTLE_CLAIM, settle_left, today_of
from prm.accounts.actor import system_actor
from prm.tenancy.queries import each_tenant
from prm.tenancy.tasks import TenantTask


@shared_task(name=SETTLE_CLAIM, base=TenantTask)
def settle_claim(*, tenant_id: str, key: str, line_id: str, since: str | None = None) -> None:
    """A partner's work made room in a queue that it cannot see."""
    now, claim = timezone.now(), (key, UUID(line_id))
    lock_claim(*claim)
    day = date.fromisoformat(since) if since else None
    settle_left(system_actor(UUID(tenant_id)), claim, now, since=day)


@shared_task(name="partners.deals.rebuild_keys", time_limit=3600)
def rebuild() -> None:
    """The rule of keys may say something else than when a row was last saved: customers first, then claims."""
    for tenant in each_tenant():
        now = timezone.now()
        rebuild_keys()
        standing = standing_claims(today_of(now))
        rebuild_claims(actor=system_actor(tenant.id), deals=standing, at=now)


@shared_task(name="partners.deals.keep_dates")
def keep_dates() -> None:
    for tenant in each_tenant():
        now, actor = timezone.now(), system_actor(tenant.id)
        today = today_of(now)
        lapse_unanswered(actor=actor, today=today, at=now)
        settle_due(actor=actor, today=today, at=now)
        remind_unanswered(today=today, at=now)
        remind_of_ends(today=today)
        escalate_late(actor=actor, at=now)
