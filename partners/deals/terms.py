"""The vendor's terms for deals: how long it takes to decide, how long it protects.

Promise: one row or the defaults; a change is audited and rewrites nothing that was promised before. Called by deals
actions and interfaces."""

from dataclasses import asdict
from datetime import datetime

from partners.deals.models import DealTerms
from partners.deals.rules import Terms
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.tenancy.queries import current_tenant


def current_terms() -> Terms:
    row = DealTerms.objects.first()
    return Terms() if row is None else _terms_of(row)


def set_terms(*, actor: Actor, terms: Terms, at: datetime) -> Terms:
    """From now on. What is protected, queued or asked for keeps the days it was promised."""
    row = DealTerms.objects.select_for_update().first() or DealTerms()
    before, after = asdict(_terms_of(row)), asdict(terms)
    changed = [name for name, value in after.items() if before[name] != value]
    if not changed:
        return terms
    for name in changed:
        setattr(row, name, after[name])
    row.save()
    record(
        actor=actor,
        action="deal.terms_changed",
        subject=current_tenant(),
        at=at,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
    return terms


def _terms_of(row: DealTerms) -> Terms:
    return Terms(row.protection_days, row.extension_days, row.decision_hours, row.answer_days)
