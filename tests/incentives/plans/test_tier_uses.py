"""Plans that say the name of a tier are listed by it, and keep it."""

from datetime import date
from typing import Any

import pytest

from incentives.plans.models import Audience
from incentives.plans.tier_uses import plans_that_say
from partners.tiers.actions import TierInUse, change_tier, define_tier
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast
from tests.support.commission import assign, make_plan, publish
from tests.support.rows import nothing_written

NORTH = {"all": [{"fact": "region", "op": "in", "value": ["North"]}]}


def paying(fact: str, value: str) -> list[dict[str, Any]]:
    where = {"all": [{"fact": fact, "op": "in", "value": [value]}]}
    return [{"id": "base", "type": "rate", "rate": "0.1", "where": where}]


@pytest.fixture
def acme(cast: Cast) -> Any:
    with tenant_context(cast.acme.id):
        yield cast


def test_a_tier_that_plans_say_keeps_its_name(acme: Cast) -> None:
    facts: Any = {"name": "Gold", "rank": 1, "rule": NORTH}
    gold = define_tier(actor=acme.vera.actor, facts=facts, at=NOW)
    publish(make_plan("extra"), paying("tier", "Gold"))
    with nothing_written(), pytest.raises(TierInUse) as refusal:
        change_tier(actor=acme.vera.actor, tier=gold, changes={"name": "Platinum"}, at=NOW)
    assert "Extra" in refusal.value.message


def test_what_is_over_keeps_no_name(acme: Cast) -> None:
    """Earlier days keep the name that the tier had."""
    assign(make_plan("bonus"), audience=Audience.TIER, target="Gold", ends_on=date(2026, 2, 1))
    extra = make_plan("extra")
    publish(extra, paying("tier", "Gold"))
    assert len(plans_that_say("Gold")) == 1
    publish(extra, paying("tier", "Silver"), starts_on=date(2026, 2, 1))
    assert plans_that_say("Gold") == []
