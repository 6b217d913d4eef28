"""Potential: what a partner could sell in twelve months, and the gap to what it does sell.

Promise: the greater of the manager's estimate and the 80th percentile (continuous, linear) of the trailing twelve
months' sales of its peers: same type and country, selling for at least twelve months.
Called by the catalogue, pages."""

from datetime import datetime
from uuid import UUID

from partners.directory.models import Partner
from partners.segments.actions import today_of
from partners.segments.facts import Asking, fact_of
from partners.segments.models import PotentialEstimate
from partners.segments.rules import MONTHS_IN_YEAR, months_before
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.kit.currencies import exponent_of
from prm.tenancy.queries import current_tenant

TENANT = "(SELECT current_setting('app.tenant_id')::uuid)"
PEERS_SHARE = "0.8"
YEAR = {"over": "12m"}


def estimate_potential(
    *, actor: Actor, partner: Partner, amount_minor: int, reason: str, at: datetime
) -> PotentialEstimate:
    """The manager's own estimate, from today on; a second one of the day replaces the first."""
    estimate, _made = PotentialEstimate.objects.update_or_create(
        partner=partner,
        starts_on=today_of(at),
        defaults={"amount_minor": amount_minor, "reason": reason, "author_label": actor.label},
    )
    told = {"amount_minor": amount_minor, "reason": reason}
    record(actor=actor, action="potential.estimated", subject=partner, at=at, after=told)
    return estimate


def estimate_of(partner_id: UUID) -> PotentialEstimate | None:
    return PotentialEstimate.objects.filter(partner_id=partner_id).order_by("-starts_on").first()


def potential_sql(asking: Asking) -> str:
    """(partner_id, value) in major units; a partner with neither estimate nor peers has no row."""
    bind = asking.bind
    day = f"{bind(asking.as_of)}::date"
    sold_by = f"{bind(months_before(asking.as_of, MONTHS_IN_YEAR))}::date"
    scale = f"{bind(10 ** exponent_of(current_tenant().currency))}::numeric"
    return f"""
    WITH sold (partner_id, value) AS ({fact_of("sales_volume").sql_for(asking, YEAR)}),
    began (partner_id, day) AS ({fact_of("first_sale_on").sql_for(asking, {})}),
    peer AS (
        SELECT b.partner_type, b.country, coalesce(s.value, 0) AS value,
            {PEERS_SHARE} * (count(*) OVER kin - 1) AS edge,
            row_number() OVER (PARTITION BY b.partner_type, b.country ORDER BY coalesce(s.value, 0)) - 1 AS place
        FROM base b JOIN began g ON g.partner_id = b.partner_id AND g.day <= {sold_by}
        LEFT JOIN sold s ON s.partner_id = b.partner_id
        WINDOW kin AS (PARTITION BY b.partner_type, b.country)
    ), top AS (
        -- Between two neighbours each counts the more the nearer it is: that is the linear percentile.
        SELECT partner_type, country, sum(value * greatest(0, 1 - abs(place - edge))) AS value
        FROM peer GROUP BY partner_type, country
    ), estimate AS (
        SELECT DISTINCT ON (partner_id) partner_id, amount_minor / {scale} AS value FROM partners_potentialestimate
        WHERE tenant_id = {TENANT} AND starts_on <= {day} ORDER BY partner_id, starts_on DESC
    )
    SELECT b.partner_id, greatest(t.value, e.value) FROM base b
    LEFT JOIN top t ON t.partner_type = b.partner_type AND t.country = b.country
    LEFT JOIN estimate e ON e.partner_id = b.partner_id
    WHERE t.value IS NOT NULL OR e.value IS NOT NULL"""


def gap_sql(asking: Asking) -> str:
    """Potential less the trailing twelve months' sales, never below nothing."""
    return f"""
    SELECT p.partner_id, greatest(p.value - coalesce(s.value, 0), 0)
    FROM ({potential_sql(asking)}) AS p(partner_id, value)
    LEFT JOIN ({fact_of("sales_volume").sql_for(asking, YEAR)}) AS s(partner_id, value) ON s.partner_id = p.partner_id
    """
