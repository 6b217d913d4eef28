"""Tax withheld from payouts: the vendor's table of rates, and what it takes from the payments of a run.

Promises: a rate counts once a second person has confirmed it; the tax is the rate of the payment day times the gross
payment, after corrections and the minimum, rounded half away from zero. Called by: payouts.{calculation,queries,
withholding_pages}.
"""

import json
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.http import Http404

from incentives.payouts.bank_accounts import AccountNotWaiting, ProposerCannotConfirm
from incentives.payouts.models import PayoutRun
from incentives.payouts.rules import tax_of
from incentives.payouts.tax_models import TaxStanding, TaxStatus, WithholdingRate
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.tenancy.context import require_context

MOST_PERCENT = Decimal(100)
# A merged partner is taxed as its survivor is.
WITHHOLD = """
UPDATE incentives_payoutitem i
SET withheld_minor = w.tax, amount_minor = i.gross_minor - w.tax,
    facts = i.facts || jsonb_build_object('tax_percent', w.percent, 'tax_status', w.status)
FROM (
    SELECT i.id, r.value AS percent, s.status, round(i.gross_minor * r.value::numeric / 100)::bigint AS tax
    FROM incentives_payoutitem i
    JOIN partners_partner o ON o.tenant_id = %(tenant)s AND o.id = i.partner_id
    LEFT JOIN incentives_taxstanding t ON t.tenant_id = %(tenant)s
        AND t.partner_id = coalesce(o.merged_into_id, o.id)
    CROSS JOIN LATERAL (SELECT coalesce(t.status, 'company') AS status) s
    JOIN jsonb_each_text(%(rates)s::jsonb) r ON r.key = s.status
    WHERE i.tenant_id = %(tenant)s AND i.run_id = %(run)s AND i.state = 'reserved'
) w
WHERE i.tenant_id = %(tenant)s AND i.id = w.id
"""


class RateInvalid(Exception):
    """The status, the rate or its day cannot be; `field` says which."""

    code = "withholding_rate_invalid"

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def propose_rate(
    *, actor: Actor, status: str, percent: Decimal, starts_on: date, at: datetime
) -> WithholdingRate:
    """A new rate of a status for payments from a day on; it counts once another person has confirmed it.

    Raises `RateInvalid`.
    """
    _require_changer(actor)
    if status not in TaxStatus.values:
        raise RateInvalid("status")
    if not 0 <= percent < MOST_PERCENT:
        raise RateInvalid("percent")
    waiting = WithholdingRate.objects.filter(confirmed_at__isnull=True, replaced_at__isnull=True)
    waiting.filter(status=status, starts_on=starts_on).update(replaced_at=at)
    proposed = WithholdingRate.objects.create(
        status=status,
        percent=percent,
        starts_on=starts_on,
        proposed_at=at,
        proposed_by_user_id=actor.user_id,
        proposed_by_label=actor.label,
    )
    after = {"tax_status": status, "percent": str(percent), "starts_on": starts_on}
    record(actor=actor, action="withholding.proposed", subject=proposed, at=at, after=after)
    return proposed


def confirm_rate(*, actor: Actor, rate: WithholdingRate, at: datetime) -> WithholdingRate:
    """Make the rate count for runs calculated from now on. Never by the person who proposed it."""
    locked = _waiting(actor, rate)
    if actor.user_id is None or actor.user_id == locked.proposed_by_user_id:
        raise ProposerCannotConfirm
    older = WithholdingRate.objects.filter(
        status=locked.status, starts_on=locked.starts_on, replaced_at__isnull=True
    )
    older.exclude(id=locked.id).update(replaced_at=at)
    locked.confirmed_at, locked.confirmed_by_user_id, locked.confirmed_by_label = (
        at,
        actor.user_id,
        actor.label,
    )
    try:
        with transaction.atomic():
            locked.save()
    except IntegrityError as refusal:
        raise AccountNotWaiting from refusal
    after = {"percent": str(locked.percent)}
    record(actor=actor, action="withholding.confirmed", subject=locked, at=at, after=after)
    return locked


def decline_rate(*, actor: Actor, rate: WithholdingRate, reason: str, at: datetime) -> WithholdingRate:
    """Take a proposed rate out of the queue: it never counted. Its proposer may do so too."""
    locked = _waiting(actor, rate)
    locked.replaced_at = at
    locked.save(update_fields=["replaced_at"])
    record(actor=actor, action="withholding.declined", subject=locked, at=at, reason=reason)
    return locked


def list_rates() -> QuerySet[WithholdingRate]:
    """Rates that count or wait, newest day first."""
    return WithholdingRate.objects.filter(replaced_at__isnull=True).order_by("status", "-starts_on", "id")


def access_rate(rate_id: UUID) -> WithholdingRate:
    rate = list_rates().filter(id=rate_id).first()
    if rate is None:
        raise Http404
    return rate


def rates_on(day: date) -> dict[str, WithholdingRate]:
    """By tax status, what counts for payments of that day; a rate of 0 counts too."""
    rows = list_rates().filter(confirmed_at__isnull=False, starts_on__lte=day).order_by("starts_on", "id")
    return {rate.status: rate for rate in rows}


def count_rates_to_confirm(actor: Actor) -> int:
    """Rates that somebody else proposed."""
    waiting = list_rates().filter(confirmed_at__isnull=True)
    return waiting.exclude(proposed_by_user_id__in=[actor.user_id]).count()


def withhold(run: PayoutRun) -> None:
    """Take the tax from each payment of a run that is being calculated."""
    rates = {status: str(rate.percent) for status, rate in rates_on(run.pays_on).items() if rate.percent}
    if not rates:
        return
    parameters: dict[str, Any] = {
        "tenant": require_context().tenant_id,
        "run": run.id,
        "rates": json.dumps(rates),
    }
    with connection.cursor() as cursor:
        cursor.execute(WITHHOLD, parameters)


def tax_now(run: PayoutRun, payers: Iterable[tuple[UUID, int]]) -> list[int]:
    """What would be withheld as table and standings are now, from gross amounts of partners; of a merged one, name its
    survivor."""
    listed = list(payers)
    rates = {status: rate.percent for status, rate in rates_on(run.pays_on).items()}
    if not rates:
        return [0] * len(listed)
    rows = TaxStanding.objects.filter(partner_id__in={partner_id for partner_id, _gross in listed})
    statuses = dict(rows.values_list("partner_id", "status"))
    return [
        tax_of(gross, rates.get(statuses.get(partner_id, TaxStatus.COMPANY), Decimal(0)))
        for partner_id, gross in listed
    ]


def _waiting(actor: Actor, rate: WithholdingRate) -> WithholdingRate:
    _require_changer(actor)
    locked = WithholdingRate.objects.select_for_update().get(id=rate.id)
    if locked.confirmed_at is not None or locked.replaced_at is not None:
        raise AccountNotWaiting
    return locked


def _require_changer(actor: Actor) -> None:
    if not actor.can("tax.change"):
        raise PermissionDenied("tax.change")
