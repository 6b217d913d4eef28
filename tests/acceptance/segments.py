"""The acceptance numbers of segments: real sales through the public door, engagement and potential by their examples.

Promise: rules go in and counts come out through the API; called by the acceptance command and its test."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import tests.support.engagement  # noqa: F401 - declares kinds
from analytics.facts.actions import mark_everything, refresh_facts
from partners.directory.models import Partner
from partners.segments.engagement import note_engagement
from partners.segments.language import read_rule
from partners.segments.selection import measures
from prm.tenancy.context import tenant_context
from tests.acceptance.cases import Number, door_with, sale
from tests.acceptance.door import Door, now
from tests.partners.segments.test_real_sales import COUNTS, END_OF_2019

COUNTRIES = {
    "United States": "US", "Canada": "CA", "United Kingdom": "GB", "France": "FR", "Germany": "DE", "Australia": "AU",
}  # fmt: skip


def segment_figures(door: Door) -> Iterator[Number]:
    """Each rule by `segments:preview`, as of the end of 2019, over the real sales with `reseller_facts`."""
    _roll_up(door)
    for name, (count, conditions) in COUNTS.items():
        body = {"rule": {"all": conditions}, "as_of": END_OF_2019.isoformat()}
        yield Number(
            f"segment {name}", str(count), str(door.send("segments:preview", body).json()["matching"])
        )


def engagement_and_potential() -> Iterator[Number]:
    door = door_with("figures", ())
    rows: list[dict[str, Any]] = [
        {"code": f"PEER{place}", "name": f"Peer {place}", "country": "DE", "joined_on": "2024-01-01"}
        for place in range(5)
    ]
    rows.append({"code": "YOUNG", "name": "Young", "country": "DE", "joined_on": "2024-01-01"})
    door.load("partners:batch", "partners", rows)
    door.sell(
        [sale(f"old{place}", "2025-01-10", "0.01", f"PEER{place}") for place in range(5)]
        + [sale(f"new{place}", "2026-03-31", f"{place + 1}0000.00", f"PEER{place}") for place in range(5)]
        + [sale("young", "2026-03-31", "15000.00", "YOUNG")]
    )
    _roll_up(door)
    day = date(2026, 7, 1)
    with tenant_context(door.tenant.id):
        young = Partner.objects.get(code="YOUNG")
        for kind, age in (("deal_registered", 0), ("course_passed", 90), ("campaign_joined", 180)):
            happened_on = day - timedelta(days=age)
            note_engagement(kind=kind, partner_id=young.id, happened_on=happened_on, reference="1")
        yield Number("engagement of the example", "30", _value(young, "engagement", day))
        yield Number("potential of the example", "42000", _value(young, "potential", date(2026, 4, 1)))
        yield Number("gap to the potential", "27000", _value(young, "potential_gap", date(2026, 4, 1)))


def _value(partner: Partner, fact: str, on: date) -> str:
    rule = read_rule({"all": [{"fact": fact, "op": "gte", "value": "0"}]})
    return str(measures(rule, on)[partner.id][1][0]["value"])


def reseller_facts(row: dict[str, str]) -> dict[str, Any]:
    return {
        "country": COUNTRIES[row["Country_Region"]],
        "region": row["BusinessType"],
        "joined_on": "2017-01-01",
    }


def _roll_up(door: Door) -> None:
    """What the worker does within a minute: the marks were set when the sales were recorded."""
    with tenant_context(door.tenant.id):
        mark_everything(at=now())
    rebuilt = 1
    while rebuilt:
        with tenant_context(door.tenant.id):
            rebuilt = refresh_facts()
