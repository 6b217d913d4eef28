"""Tiers on pages: defined by the builder, previewed and reviewed, pinned; a partner reads what is missing."""

from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.utils import timezone

from partners.directory.actions import change_partner
from partners.directory.models import Partner
from partners.segments.actions import create_segment
from partners.tiers import actions
from partners.tiers.models import Tier, TierCalendar, TierPin, TierWarning
from partners.tiers.reviewing import review_tiers
from partners.tiers.rules import Calendar, next_review
from prm.tenancy.context import tenant_context
from prm.web import format as formats
from tests.support.cast import NOW, Cast
from tests.support.clients import client_of

NORTH = {"all": [{"fact": "region", "op": "in", "value": ["North"]}]}
LARGE = {"all": [{"fact": "sales_volume", "with": {"over": "12m"}, "op": "gte", "value": "150000"}]}
ROWS = {"joint": "all", "g0-joint": "all", "g0-c0-fact": "region", "g0-c0-op": "in", "g0-c0-value": "North"}


def define(cast: Cast, name: str, rank: int, rule: dict[str, Any]) -> Tier:
    with tenant_context(cast.acme.id):
        facts: Any = {"name": name, "rank": rank, "rule": rule, "benefits": "A manager of your own"}
        return actions.define_tier(actor=cast.vera.actor, facts=facts, at=NOW)


def test_a_tier_is_defined_with_the_builder(cast: Cast) -> None:
    client = client_of(cast.vera)
    client.post("/acme/m/tiers/new/", {"name": "Gold", "rank": "1", "benefits": "Leads", **ROWS})
    with tenant_context(cast.acme.id):
        tier = Tier.objects.get()
    assert (tier.name, tier.rank, tier.rule) == ("Gold", 1, NORTH)
    page = client.get("/acme/m/tiers/").content.decode()
    assert "Region is one of North" in page
    assert "Leads" in page


@pytest.mark.parametrize("changes", [{"name": ""}, {"rank": "0"}, {"g0-c0-value": ""}])
def test_what_is_not_complete_is_named_and_not_written(cast: Cast, changes: dict[str, str]) -> None:
    told = {"name": "Gold", "rank": "1", **ROWS, **changes}
    answer = client_of(cast.vera).post("/acme/m/tiers/new/", told)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    with tenant_context(cast.acme.id):
        assert not Tier.objects.exists()


def test_what_the_preview_shows_is_what_applying_does(cast: Cast) -> None:
    define(cast, "Gold", 1, NORTH)
    client = client_of(cast.vera)
    page = client.get("/acme/m/tiers/review/").content.decode()
    assert page.count("Gold</td>") == 2
    client.post("/acme/m/tiers/review/")
    with tenant_context(cast.acme.id):
        assert set(Partner.objects.values_list("tier", flat=True)) == {"Gold"}
    assert "Nothing would change" in client.get("/acme/m/tiers/review/").content.decode()


def due(cast: Cast) -> None:
    """Both partners hold Gold, which asks for another region, and their time is over."""
    gold = define(cast, "Gold", 1, {"all": [{"fact": "region", "op": "in", "value": ["South"]}]})
    with tenant_context(cast.acme.id):
        for partner in (cast.northwind, cast.southwind):
            held: Any = {"tier": "Gold"}
            change_partner(actor=cast.vera.actor, partner=partner, changes=held, at=NOW)
            TierWarning.objects.create(
                partner=partner, tier=gold, warned_on=date(2026, 1, 1), decides_on=date(2026, 3, 1)
            )


def test_who_falls_is_lowered_but_for_whom_a_reason_leaves_out(cast: Cast) -> None:
    due(cast)
    client = client_of(cast.vera)
    page = client.get("/acme/m/tiers/review/").content.decode()
    assert "Region is one of South" in page
    assert "now: North" in page
    assert "Partners about to fall to a lower tier" in client.get("/acme/m/").content.decode()
    client.post("/acme/m/tiers/review/", {f"reason_{cast.southwind.id}": "Opens a branch"})
    with tenant_context(cast.acme.id):
        assert dict(Partner.objects.values_list("code", "tier")) == {"NW": "", "SW": "Gold"}
        assert TierWarning.objects.get().kept_reason == "Opens a branch"
    page = client.get(f"/acme/m/partners/{cast.southwind.id}/").content.decode()
    assert "Opens a branch" in page
    fallen = client.get(f"/acme/m/partners/{cast.northwind.id}/").content.decode()
    assert "Fell to a lower tier" in fallen


def test_who_falls_at_the_next_review_is_shown_with_its_day(cast: Cast) -> None:
    due(cast)
    ahead = next_review(Calendar(), timezone.localdate())
    with tenant_context(cast.acme.id):
        TierWarning.objects.filter(partner=cast.northwind).update(decides_on=ahead - timedelta(days=1))
        TierWarning.objects.filter(partner=cast.southwind).update(decides_on=ahead)
    client = client_of(cast.vera)
    page = client.get("/acme/m/tiers/review/").content.decode()
    assert f"falls on {formats.day(ahead)}" in page
    assert "Southwind" not in page
    client.post("/acme/m/tiers/review/")
    with tenant_context(cast.acme.id):
        assert set(Partner.objects.values_list("tier", flat=True)) == {"Gold"}


def test_a_partner_is_not_told_what_the_vendor_measures_alone(cast: Cast) -> None:
    rule = {"any": [{"fact": "segment", "op": "in", "value": ["best"]}, *LARGE["all"]]}
    define(cast, "Gold", 1, rule)
    with tenant_context(cast.acme.id):
        told: Any = {"code": "doubtful", "name": "Doubtful", "rule": NORTH}
        create_segment(actor=cast.vera.actor, facts=told, at=NOW)
    page = client_of(cast.paul).get("/acme/p/tier/").content.decode()
    assert "One of these is enough" in page
    assert "The vendor looks at this" in page
    assert "doubtful" not in page.lower()


def test_a_tier_lists_what_says_its_name_and_keeps_it(cast: Cast) -> None:
    gold = define(cast, "Gold", 1, NORTH)
    with tenant_context(cast.acme.id):
        rule = {"all": [{"fact": "tier", "op": "eq", "value": "Gold"}]}
        told: Any = {"code": "best", "name": "Best partners", "rule": rule}
        create_segment(actor=cast.vera.actor, facts=told, at=NOW)
    client = client_of(cast.vera)
    assert "Best partners" in client.get(f"/acme/m/tiers/{gold.id}/").content.decode()
    answer = client.post(f"/acme/m/tiers/{gold.id}/", {"name": "Platinum", "rank": "1", **ROWS})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    with tenant_context(cast.acme.id):
        assert Tier.objects.get().name == "Gold"


def test_a_manager_previews_the_own_portfolio_and_applies_nothing(cast: Cast) -> None:
    define(cast, "Gold", 1, NORTH)
    nina = client_of(cast.nina)
    page = nina.get("/acme/m/tiers/review/").content.decode()
    assert "Northwind" in page
    assert "Southwind" not in page
    assert nina.post("/acme/m/tiers/review/").status_code == HTTPStatus.FORBIDDEN


def test_the_calendar_is_set(cast: Cast) -> None:
    client_of(cast.vera).post(
        "/acme/m/tiers/calendar/", {"every": "year", "warn_days": "30", "grace_days": "10"}
    )
    with tenant_context(cast.acme.id):
        row = TierCalendar.objects.get()
    assert (row.every, row.warn_days, row.grace_days, row.rises_at_once) == ("year", 30, 10, False)


def test_a_pin_is_put_and_taken_off(cast: Cast) -> None:
    address, client = f"/acme/m/partners/{cast.northwind.id}/tier/", client_of(cast.vera)
    past = client.post(address, {"ends_on": "2020-01-01", "reason": "Merger"})
    assert past.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    ends_on = (timezone.localdate() + timedelta(days=30)).isoformat()
    client.post(address, {"ends_on": ends_on, "reason": "Merger"})
    assert "Merger" in client.get(f"/acme/m/partners/{cast.northwind.id}/").content.decode()
    client.post(address, {"unpin": "1"})
    with tenant_context(cast.acme.id):
        assert not TierPin.objects.exists()


def test_a_partner_reads_what_the_next_tier_asks_for(cast: Cast) -> None:
    define(cast, "Silver", 1, NORTH)
    define(cast, "Gold", 2, LARGE)
    with tenant_context(cast.acme.id):
        review_tiers(actor=cast.system, today=timezone.localdate(), at=timezone.now())
    page = client_of(cast.paul).get("/acme/p/tier/").content.decode()
    assert "On the way to Gold" in page
    assert "€150,000.00 more" in page
    assert "A manager of your own" in page


def test_a_held_tier_stays(cast: Cast) -> None:
    gold = define(cast, "Gold", 1, NORTH)
    with tenant_context(cast.acme.id):
        review_tiers(actor=cast.system, today=timezone.localdate(), at=timezone.now())
    client_of(cast.vera).post(f"/acme/m/tiers/{gold.id}/remove/")
    with tenant_context(cast.acme.id):
        assert Tier.objects.exists()
