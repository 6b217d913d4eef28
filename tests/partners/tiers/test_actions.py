"""The ladder and its review: warned with what is missing, fallen at the review, kept to the cent."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone

from analytics.facts.actions import mark_everything, refresh_facts
from partners.directory.actions import change_partner
from partners.directory.models import Partner, PartnerStanding
from partners.products.models import Product
from partners.segments.language import RuleInvalid
from partners.tiers import actions, queries
from partners.tiers.models import Tier, TierWarning
from partners.tiers.reviewing import CannotLeaveOut, review_tiers
from partners.tiers.tasks import review as nightly_review
from prm.audit.models import AuditRecord
from prm.outbox.models import Event
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast
from tests.support.commission import make_product, sell
from tests.support.rows import nothing_written

MAY, JUNE_30, JULY = date(2026, 5, 1), date(2026, 6, 30), date(2026, 7, 1)


def rule(amount: str) -> dict[str, Any]:
    return {"all": [{"fact": "sales_volume", "with": {"over": "12m"}, "op": "gte", "value": amount}]}


@pytest.fixture
def acme(cast: Cast) -> Iterator[Cast]:
    """Silver from 50,000, Gold from 150,000; Northwind is Gold and has sold 140,000."""
    with tenant_context(cast.acme.id):
        for rank, (name, amount) in enumerate((("Silver", "50000"), ("Gold", "150000")), 1):
            facts: Any = {"name": name, "rank": rank, "rule": rule(amount)}
            actions.define_tier(actor=cast.vera.actor, facts=facts, at=NOW)
        change_partner(actor=cast.vera.actor, partner=cast.northwind, changes={"tier": "Gold"}, at=NOW)
        sold(cast, 14_000_000, date(2026, 3, 10))
        yield cast


def sold(cast: Cast, amount_minor: int, day: date) -> None:
    product = Product.objects.first() or make_product()
    sell(cast.northwind, product, f"L{day}{amount_minor}", day, amount_minor)
    mark_everything(at=NOW)
    refresh_facts()


def review(cast: Cast, day: date, *, keep: str = "") -> dict[str, int]:
    """What it did, without what it did not; Northwind may be left out with a reason."""
    at = datetime.combine(day, datetime.min.time(), UTC)
    kept = {cast.northwind.id: keep} if keep else {}
    counts = review_tiers(actor=cast.system, today=day, at=at, keep=kept)
    return {name: count for name, count in counts.items() if count}


def tier(cast: Cast) -> str:
    return Partner.objects.get(id=cast.northwind.id).tier


def told() -> list[str]:
    return [row.payload["kind"] for row in Event.objects.filter(name="prm.notifications.deliver")]


def test_the_example_warned_on_the_first_of_may(acme: Cast) -> None:
    assert review(acme, MAY) == {"warn": 1}
    warning = TierWarning.objects.get()
    assert (warning.tier.name, warning.decides_on) == ("Gold", JUNE_30)
    assert warning.missing == [
        {
            "fact": "sales_volume",
            "with": {"over": "12m"},
            "op": "gte",
            "has": "140000",
            "needs": "150000",
            "lacks": "10000",
        }
    ]
    assert told() == ["tier.warned", "tier.warned_staff"]


def test_a_cent_short_on_the_last_day_is_silver_from_the_first(acme: Cast) -> None:
    review(acme, MAY)
    sold(acme, 999_999, JUNE_30)
    review(acme, JUNE_30)
    assert tier(acme) == "Gold"
    assert review(acme, JULY) == {"fall": 1}
    assert tier(acme) == "Silver"
    now = PartnerStanding.objects.get(partner=acme.northwind, ends_on__isnull=True)
    assert (now.tier, now.starts_on) == ("Silver", JULY)
    assert not TierWarning.objects.exists()


def test_a_cent_more_keeps_gold_and_takes_the_warning_back(acme: Cast) -> None:
    review(acme, MAY)
    sold(acme, 1_000_000, JUNE_30)
    assert review(acme, JULY) == {}
    assert tier(acme) == "Gold"
    assert not TierWarning.objects.exists()


def give_grace(cast: Cast) -> None:
    facts = {"every": "quarter", "warn_days": 60, "grace_days": 30, "rises_at_once": True}
    actions.set_calendar(actor=cast.vera.actor, facts=facts, at=NOW)


END_OF_GRACE = JULY + timedelta(days=30)


class TestNight:
    """The task of the night on a day, with Gold warned on 1 May and thirty days of grace after 1 July."""

    @pytest.fixture(autouse=True)
    def warned(self, acme: Cast) -> None:
        give_grace(acme)
        review(acme, MAY)

    def night(self, cast: Cast, day: date) -> str:
        """The tier after it."""
        at = datetime(day.year, day.month, day.day, 1, 40, tzinfo=UTC)
        tenants = patch("partners.tiers.tasks.each_tenant", lambda: [cast.acme])
        with patch.object(timezone, "now", lambda: at), tenants:
            nightly_review()
        return tier(cast)

    @pytest.mark.parametrize("day", [JUNE_30, JULY, END_OF_GRACE - timedelta(days=1)])
    def test_nobody_falls_before_the_grace_is_over(self, acme: Cast, day: date) -> None:
        assert self.night(acme, day) == "Gold"
        assert (TierWarning.objects.count(), "tier.fallen" in told()) == (1, False)

    def test_the_end_of_the_grace_lowers_with_a_letter_and_an_entry(self, acme: Cast) -> None:
        assert self.night(acme, END_OF_GRACE) == "Silver"
        entry = AuditRecord.objects.get(action="tier.fallen")
        assert (entry.subject_id, entry.before["tier"], entry.after["tier"]) == (
            acme.northwind.id,
            "Gold",
            "Silver",
        )
        assert entry.after["from"] == END_OF_GRACE.isoformat()
        assert told()[-2:] == ["tier.fallen", "tier.fallen_staff"]
        with nothing_written():
            assert self.night(acme, END_OF_GRACE) == "Silver"

    def test_a_pinned_tier_stays(self, acme: Cast) -> None:
        until = END_OF_GRACE + timedelta(days=1)
        actions.pin_tier(actor=acme.vera.actor, partner=acme.northwind, ends_on=until, reason="x", at=NOW)
        assert self.night(acme, END_OF_GRACE) == "Gold"

    def test_who_recovered_within_the_grace_stays(self, acme: Cast) -> None:
        sold(acme, 1_000_000, END_OF_GRACE - timedelta(days=1))
        assert self.night(acme, END_OF_GRACE) == "Gold"
        assert not TierWarning.objects.exists()


def test_a_late_review_dates_the_fall_as_it_was_due(acme: Cast) -> None:
    review(acme, MAY)
    review(acme, JULY + timedelta(days=2))
    now = PartnerStanding.objects.get(partner=acme.northwind, ends_on__isnull=True)
    assert (now.tier, now.starts_on) == ("Silver", JULY)


def test_who_is_left_out_stays_until_the_next_review(acme: Cast) -> None:
    review(acme, MAY)
    assert review(acme, JULY, keep="Opens a branch in August") == {"kept": 1}
    warning = TierWarning.objects.get()
    assert (warning.decides_on, warning.kept_reason) == (date(2026, 9, 30), "Opens a branch in August")
    assert review(acme, JULY) == {}
    assert "tier.put_off" in told()
    assert review(acme, date(2026, 10, 1)) == {"fall": 1}


def test_a_person_leaves_out_ahead_of_the_night_and_once(acme: Cast) -> None:
    review(acme, MAY)
    assert review(acme, date(2026, 6, 15), keep="Opens a branch") == {"kept": 1}
    assert TierWarning.objects.get().decides_on == date(2026, 9, 30)
    with nothing_written(), pytest.raises(CannotLeaveOut):
        review(acme, date(2026, 9, 1), keep="Opens another branch")
    assert review(acme, JULY) == {}
    assert tier(acme) == "Gold"


@pytest.mark.parametrize("warned", [MAY + timedelta(days=1), None])
def test_who_does_not_fall_next_cannot_be_left_out(acme: Cast, warned: date | None) -> None:
    """Warned a day later it has until 1 October; or it was not warned at all."""
    if warned:
        review(acme, warned)
    with nothing_written(), pytest.raises(CannotLeaveOut):
        review(acme, date(2026, 5, 15), keep="Opens a branch")


@pytest.mark.parametrize(
    "condition",
    [
        {"fact": "region", "op": "in", "value": ["South"]},
        {"fact": "region", "op": "ne", "value": "North"},
        {"fact": "days_since_sale", "op": "lte", "value": "10"},
        {"fact": "joined_on", "op": "lt", "value": "2020-01-01"},
    ],
)
def test_whatever_is_not_met_warns_and_lowers(acme: Cast, condition: dict[str, Any]) -> None:
    gold = Tier.objects.get(name="Gold")
    actions.change_tier(actor=acme.vera.actor, tier=gold, changes={"rule": {"all": [condition]}}, at=NOW)
    assert review(acme, MAY) == {"warn": 1}
    (missing,) = TierWarning.objects.get().missing
    assert (missing["fact"], missing["op"]) == (condition["fact"], condition["op"])
    assert review(acme, MAY + timedelta(days=1)) == {}
    assert TierWarning.objects.exists()
    assert review(acme, JULY) == {"fall": 1}


def test_a_warning_says_what_is_missing_today(acme: Cast) -> None:
    review(acme, MAY)
    sold(acme, 400_000, date(2026, 5, 5))
    review(acme, date(2026, 5, 6))
    assert TierWarning.objects.get().missing[0]["lacks"] == "6000"


def test_a_warning_of_a_tier_that_is_not_held_any_more_is_over(acme: Cast) -> None:
    review(acme, MAY)
    change_partner(actor=acme.vera.actor, partner=acme.northwind, changes={"tier": "Silver"}, at=NOW)
    assert review(acme, JULY) == {}
    assert not TierWarning.objects.exists()


def test_a_calendar_that_changes_keeps_the_day_that_was_told(acme: Cast) -> None:
    review(acme, MAY)
    actions.set_calendar(actor=acme.vera.actor, facts={"warn_days": 1}, at=NOW)
    assert review(acme, JUNE_30) == {}
    assert review(acme, JULY) == {"fall": 1}


def test_a_second_review_of_the_day_does_nothing(acme: Cast) -> None:
    review(acme, MAY)
    with nothing_written():
        assert review(acme, MAY) == {}


def test_a_partner_rises_at_once(acme: Cast) -> None:
    change_partner(actor=acme.vera.actor, partner=acme.northwind, changes={"tier": ""}, at=NOW)
    assert review(acme, MAY)["rise"] == 1
    assert tier(acme) == "Silver"


def test_a_pin_holds_until_its_end(acme: Cast) -> None:
    until = JULY + timedelta(days=10)
    actions.pin_tier(actor=acme.vera.actor, partner=acme.northwind, ends_on=until, reason="Merger", at=NOW)
    review(acme, MAY)
    review(acme, JULY)
    assert (tier(acme), TierWarning.objects.count()) == ("Gold", 0)
    review(acme, until)
    assert TierWarning.objects.count() == 1
    actions.pin_tier(actor=acme.vera.actor, partner=acme.northwind, ends_on=until, reason="Merger", at=NOW)
    assert not TierWarning.objects.exists()
    with nothing_written(), pytest.raises(actions.PinEndsBefore):
        actions.pin_tier(
            actor=acme.vera.actor, partner=acme.northwind, ends_on=NOW.date(), reason="x", at=NOW
        )


def test_progress_says_what_the_next_tier_asks_for(acme: Cast) -> None:
    change_partner(actor=acme.vera.actor, partner=acme.northwind, changes={"tier": "Silver"}, at=NOW)
    partner = Partner.objects.get(id=acme.northwind.id)
    following, missing = queries.progress_of(partner, MAY)
    assert str(following) == "Gold"
    assert [short["lacks"] for short in missing] == ["10000"]


def test_a_renamed_tier_keeps_its_partners(acme: Cast) -> None:
    gold = Tier.objects.get(name="Gold")
    actions.change_tier(actor=acme.vera.actor, tier=gold, changes={"name": "Platinum"}, at=NOW)
    assert tier(acme) == "Platinum"
    with nothing_written(), pytest.raises(actions.TierHeld):
        actions.remove_tier(actor=acme.vera.actor, tier=gold, at=NOW)


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"name": "Gold", "rank": 9, "rule": rule("1")}, actions.TierTaken),
        ({"name": "New", "rank": 2, "rule": rule("1")}, actions.TierTaken),
        ({"name": "New", "rank": 9, "rule": {"all": []}}, RuleInvalid),
    ],
)
def test_what_cannot_be_a_tier_is_refused(acme: Cast, facts: Any, refusal: type[Exception]) -> None:
    with nothing_written(), pytest.raises(refusal):
        actions.define_tier(actor=acme.vera.actor, facts=facts, at=NOW)
