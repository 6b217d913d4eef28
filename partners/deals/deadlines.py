"""What days and hours bring about by themselves: escalation, lapse, the end of protections; rung by deals tasks.

Promise: run twice it does nothing twice; run late it gives the same dates."""

from datetime import date, datetime, timedelta

from partners.deals.models import Deal, DealState
from partners.deals.protection import lock_claim, settle_claims, tell_admins, tell_partner, tell_staff
from partners.deals.refusals import DealStepRefused
from partners.deals.rules import ANSWER_REMINDER_DAYS
from partners.deals.steps import lock_deal, move, settle
from prm.accounts.actor import Actor
from prm.audit.actions import record


def escalate_late(*, actor: Actor, at: datetime) -> int:
    """Deals that nobody decided in time go to the programme admins, once."""
    late = (
        Deal.objects.select_for_update(of=("self",))
        .select_related("partner")
        .filter(state=DealState.SUBMITTED, decide_by__lte=at, escalated_at__isnull=True)
    )
    count = 0
    for deal in late:
        deal.escalated_at = at
        deal.save(update_fields=["escalated_at"])
        record(actor=actor, action="deal.escalated", subject=deal, at=at)
        tell_admins(deal, "deal.escalated")
        tell_partner(deal, "deal.escalated_partner")
        count += 1
    return count


def remind_unanswered(*, today: date, at: datetime) -> int:
    """Partners that owe an answer are told three days before their claim lapses, once."""
    due = Deal.objects.select_for_update(of=("self",)).select_related("partner")
    due = due.filter(
        state=DealState.RETURNED,
        answer_reminded_at__isnull=True,
        answer_by__gte=today,
        answer_by__lte=today + timedelta(days=ANSWER_REMINDER_DAYS),
    )
    count = 0
    for deal in due:
        deal.answer_reminded_at = at
        deal.save(update_fields=["answer_reminded_at"])
        tell_partner(deal, "deal.answer_due", until=deal.answer_by or today)
        count += 1
    return count


def lapse_unanswered(*, actor: Actor, today: date, at: datetime) -> int:
    """Claims whose question was not answered in time give up their place: those behind move up."""
    silent = Deal.objects.filter(state=DealState.RETURNED, answer_by__lt=today)
    count = 0
    for waiting in silent.order_by("claim_key", "line_id", "id"):
        try:
            deal = lock_deal(waiting, DealState.RETURNED)
        except DealStepRefused:  # answered while we waited for the lock
            continue
        move(actor, deal, DealState.LAPSED, "deal.lapsed", at)
        tell_partner(deal, "deal.lapsed")
        tell_staff(deal, "deal.lapsed_staff")
        settle(actor, deal, at)
        count += 1
    return count


def settle_due(*, actor: Actor, today: date, at: datetime) -> int:
    """Every customer and line whose protection ended, or whose queue waits; how many were looked at."""
    ended = Deal.objects.filter(state=DealState.PROTECTED, protections__ends_on__lte=today)
    waiting = Deal.objects.filter(state=DealState.QUEUED)
    claims = {*ended.values_list("claim_key", "line_id"), *waiting.values_list("claim_key", "line_id")}
    for key, line_id in sorted(claims, key=str):
        lock_claim(key, line_id)
        settle_claims(actor=actor, key=key, line_id=line_id, today=today, at=at)
    return len(claims)
