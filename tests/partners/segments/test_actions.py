"""Segments follow their rule: joins and leaves alone are written, each with what decided."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

import tests.support.engagement  # noqa: F401 - declares kinds
from analytics.facts.actions import mark_everything, refresh_facts
from partners.directory.actions import change_partner
from partners.directory.models import Partner
from partners.products.models import Product
from partners.segments import actions
from partners.segments.engagement import note_engagement, set_weights
from partners.segments.language import RuleInvalid, read_rule
from partners.segments.models import Segment, SegmentMember, SegmentRun
from partners.segments.potential import estimate_potential
from partners.segments.queries import members_on, offer_uses, uses_of
from partners.segments.selection import measures, preview
from partners.tiers.actions import define_tier
from prm.audit.models import AuditRecord
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast, make_partner
from tests.support.commission import make_product, sell
from tests.support.rows import nothing_written

DAY = NOW.date()


def leaf(fact: str, op: str, value: Any, **terms: str) -> dict[str, Any]:
    return {"fact": fact, "op": op, "value": value, **({"with": terms} if terms else {})}


def volume(op: str, value: str, over: str = "12m") -> dict[str, Any]:
    return leaf("sales_volume", op, value, over=over)


def segment(cast: Cast, *conditions: dict[str, Any], code: str = "big", at: datetime = NOW) -> Segment:
    rule = {"all": list(conditions)}
    return actions.create_segment(
        actor=cast.vera.actor, facts={"code": code, "name": code.title(), "rule": rule}, at=at
    )


def sold(cast: Cast, partner: Partner, amount_minor: int, day: date = DAY, **fields: Any) -> None:
    product = Product.objects.first() or make_product()
    sell(partner, product, f"L{partner.code}{day}", day, amount_minor, **fields)
    mark_everything(at=NOW)
    refresh_facts()


def names(rows: Any) -> list[str]:
    return sorted(rows.values_list("partner__name", flat=True))


@pytest.fixture
def acme(cast: Cast) -> Any:
    with tenant_context(cast.acme.id):
        yield cast


def test_members_are_there_at_once_with_what_decided(acme: Cast) -> None:
    sold(acme, acme.northwind, 15_000_000)
    made = segment(acme, volume("gte", "150000"))
    (member,) = SegmentMember.objects.filter(segment=made)
    assert (member.partner_id, member.starts_on, member.ends_on) == (acme.northwind.id, DAY, None)
    assert member.facts == [{"fact": "sales_volume", "with": {"over": "12m"}, "value": "150000"}]
    assert Segment.objects.get(id=made.id).member_count == 1


def test_a_cent_less_is_out(acme: Cast) -> None:
    sold(acme, acme.northwind, 14_999_999)
    assert names(segment(acme, volume("gte", "150000")).members) == []


def test_twice_changes_nothing(acme: Cast) -> None:
    made = segment(acme, leaf("region", "in", ["North"]))
    runs, audits = SegmentRun.objects.count(), AuditRecord.objects.count()
    held = list(SegmentMember.objects.values_list("id", flat=True))
    again = actions.recalculate_segment(actor=acme.system, segment=made, as_of=DAY, at=NOW)
    assert (again.entered, again.left, again.members) == (0, 0, 2)
    assert (SegmentRun.objects.count(), AuditRecord.objects.count()) == (runs, audits)
    assert list(SegmentMember.objects.values_list("id", flat=True)) == held


def test_who_leaves_keeps_the_days_and_the_reason(acme: Cast) -> None:
    made = segment(acme, leaf("region", "in", ["North"]))
    later = NOW + timedelta(days=10)
    change_partner(actor=acme.vera.actor, partner=acme.southwind, changes={"region": "South"}, at=later)
    applied = actions.recalculate_segment(actor=acme.system, segment=made, as_of=later.date(), at=later)
    assert (applied.entered, applied.left, applied.members) == (0, 1, 1)
    assert names(members_on(made, DAY)) == ["Northwind", "Southwind"]
    assert names(members_on(made, later.date())) == ["Northwind"]
    left = SegmentMember.objects.get(partner=acme.southwind)
    assert left.ends_on == later.date()
    assert left.left_facts == [{"fact": "region", "value": "South"}]


def test_who_comes_and_goes_on_one_day_was_never_there(acme: Cast) -> None:
    made = segment(acme, leaf("region", "in", ["North"]))
    change_partner(actor=acme.vera.actor, partner=acme.southwind, changes={"region": "South"}, at=NOW)
    actions.recalculate_segment(actor=acme.system, segment=made, as_of=DAY, at=NOW)
    assert names(SegmentMember.objects.all()) == ["Northwind"]


def test_an_earlier_day_is_looked_at_but_not_rewritten(acme: Cast) -> None:
    sold(acme, acme.northwind, 15_000_000)
    made = segment(acme, volume("gte", "150000"))
    rule = read_rule(made.rule)
    assert preview(rule, DAY - timedelta(days=1), None).matching == 0
    with nothing_written(), pytest.raises(actions.SegmentHistoryLater):
        actions.recalculate_segment(actor=acme.system, segment=made, as_of=DAY - timedelta(days=1), at=NOW)


def test_the_standing_of_the_day_counts(acme: Cast) -> None:
    change_partner(
        actor=acme.vera.actor, partner=acme.northwind, changes={"tier": "Gold"}, standing_from=DAY, at=NOW
    )
    rule = read_rule({"all": [leaf("tier", "eq", "Gold")]})
    assert [preview(rule, day, None).matching for day in (DAY - timedelta(days=1), DAY)] == [0, 1]


def test_a_preview_says_who_would_enter_and_leave(acme: Cast) -> None:
    made = segment(acme, leaf("code", "eq", "NW"))
    seen = preview(read_rule({"all": [leaf("code", "eq", "SW")]}), DAY, made.id)
    assert (seen.matching, seen.of, seen.enter, seen.leave) == (1, 2, 1, 1)
    assert [(row["partner_id"], row["is_member"]) for row in seen.sample] == [(str(acme.southwind.id), False)]


def test_a_changed_rule_takes_effect_at_once(acme: Cast) -> None:
    made = segment(acme, leaf("code", "eq", "NW"))
    rule = {"all": [leaf("code", "eq", "SW")]}
    actions.change_segment(actor=acme.vera.actor, segment=made, changes={"rule": rule}, at=NOW)
    assert names(members_on(made, DAY)) == ["Southwind"]


@pytest.mark.parametrize(
    ("condition", "pointer", "code"),
    [
        (leaf("weather", "eq", "fine"), "/rule/all/0/fact", "fact_unknown"),
        (leaf("sales_volume", "gte", "1"), "/rule/all/0/with", "terms_expected"),
        (leaf("sales_volume", "gte", "1", over="12 months"), "/rule/all/0/with/over", "term_invalid"),
        (volume("gte", "many"), "/rule/all/0/value", "value_invalid"),
        (leaf("joined_on", "gte", "1.5.2026"), "/rule/all/0/value", "value_invalid"),
        (leaf("tier", "gte", "Gold"), "/rule/all/0/op", "op_unknown"),
    ],
)
def test_a_rule_that_cannot_be_read_writes_nothing(
    acme: Cast, condition: dict[str, Any], pointer: str, code: str
) -> None:
    with nothing_written(), pytest.raises(RuleInvalid) as refused:
        segment(acme, condition)
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [(pointer, code)]


def test_a_code_is_given_once(acme: Cast) -> None:
    segment(acme, leaf("code", "eq", "NW"))
    with nothing_written(), pytest.raises(actions.SegmentCodeTaken):
        segment(acme, leaf("code", "eq", "SW"))


def test_a_stale_version_changes_nothing(acme: Cast) -> None:
    made = segment(acme, leaf("code", "eq", "NW"))
    actions.change_segment(actor=acme.vera.actor, segment=made, changes={"name": "A"}, at=NOW, version=1)
    with nothing_written(), pytest.raises(actions.SegmentChangedMeanwhile):
        actions.change_segment(actor=acme.vera.actor, segment=made, changes={"name": "B"}, at=NOW, version=1)


def test_a_segment_may_ask_for_another_but_not_for_itself(acme: Cast) -> None:
    north = segment(acme, leaf("region", "in", ["North"]), code="north")
    both = segment(acme, leaf("segment", "in", ["north"]), leaf("code", "eq", "NW"), code="both")
    assert names(both.members) == ["Northwind"]
    assert [use.label for use in uses_of(north)] == ["Both"]
    rule = {"all": [leaf("segment", "in", ["both"])]}
    with nothing_written(), pytest.raises(actions.SegmentLeadsBack):
        actions.change_segment(actor=acme.vera.actor, segment=north, changes={"rule": rule}, at=NOW)


def test_a_segment_in_use_stays(acme: Cast) -> None:
    north = segment(acme, leaf("region", "in", ["North"]), code="north")
    asking = segment(acme, leaf("segment", "in", ["north"]), code="asking")
    with nothing_written(), pytest.raises(actions.SegmentInUse):
        actions.remove_segment(actor=acme.vera.actor, segment=north, at=NOW)
    actions.remove_segment(actor=acme.vera.actor, segment=asking, at=NOW)
    actions.remove_segment(actor=acme.vera.actor, segment=north, at=NOW)
    assert not Segment.objects.exists()


def test_a_tier_that_asks_for_a_segment_holds_it_and_its_code(acme: Cast) -> None:
    north = segment(acme, leaf("region", "in", ["North"]), code="north")
    rule = {"any": [leaf("segment", "in", ["north"]), leaf("region", "eq", "South")]}
    told: Any = {"name": "Gold", "rank": 1, "rule": rule}
    define_tier(actor=acme.vera.actor, facts=told, at=NOW)
    assert [use.label for use in uses_of(north)] == ["Gold"]
    with nothing_written(), pytest.raises(actions.SegmentInUse):
        actions.remove_segment(actor=acme.vera.actor, segment=north, at=NOW)
    with nothing_written(), pytest.raises(actions.SegmentInUse):
        actions.change_segment(actor=acme.vera.actor, segment=north, changes={"code": "n"}, at=NOW)
    actions.change_segment(actor=acme.vera.actor, segment=north, changes={"name": "Norden"}, at=NOW)


def test_a_list_takes_and_gives_by_code(acme: Cast) -> None:
    made = actions.create_segment(
        actor=acme.vera.actor, facts={"code": "summit", "name": "Summit", "kind": "list"}, at=NOW
    )
    assert actions.add_members(actor=acme.vera.actor, segment=made, codes=["NW", "SW", "NW"], at=NOW) == 2
    assert actions.add_members(actor=acme.vera.actor, segment=made, codes=["NW"], at=NOW) == 0
    later = NOW + timedelta(days=1)
    assert actions.remove_members(actor=acme.vera.actor, segment=made, codes=["SW"], at=later) == 1
    assert [names(members_on(made, day)) for day in (DAY, later.date())] == [
        ["Northwind", "Southwind"],
        ["Northwind"],
    ]
    with nothing_written(), pytest.raises(actions.PartnerCodesUnknown, match="XX"):
        actions.add_members(actor=acme.vera.actor, segment=made, codes=["SW", "XX"], at=NOW)


def test_members_by_rule_are_not_put_in_by_hand(acme: Cast) -> None:
    made = segment(acme, leaf("code", "eq", "NW"))
    with nothing_written(), pytest.raises(actions.SegmentHasRule):
        actions.add_members(actor=acme.vera.actor, segment=made, codes=["SW"], at=NOW)


def value_of(partner: Partner, condition: dict[str, Any], on: date = DAY) -> str | None:
    _holds, ((fact),) = measures(read_rule({"all": [condition]}), on)[partner.id]
    value: str | None = fact["value"]
    return value


def test_engagement_halves_in_ninety_days(acme: Cast) -> None:
    day = date(2026, 7, 1)
    for kind, age in (("deal_registered", 0), ("course_passed", 90), ("campaign_joined", 180)):
        note_engagement(
            kind=kind, partner_id=acme.northwind.id, happened_on=day - timedelta(days=age), reference="x"
        )
    note_engagement(
        kind="course_passed",
        partner_id=acme.northwind.id,
        happened_on=day - timedelta(days=90),
        reference="x",
    )
    asked = leaf("engagement", "gte", "0")
    assert value_of(acme.northwind, asked, day) == "30"
    assert value_of(acme.southwind, asked, day) == "0"
    set_weights(actor=acme.vera.actor, changes={"deal_registered": Decimal(40)}, at=NOW)
    assert value_of(acme.northwind, asked, day) == "50"


def test_potential_is_the_peers_eightieth_percentile_and_the_gap_what_is_missing(acme: Cast) -> None:
    product = make_product()
    for place, thousands in enumerate((10, 20, 30, 40, 50)):
        peer = make_partner(
            acme.acme, f"PEER{place}", f"Peer {place}", joined_on=date(2024, 1, 1), country="DE"
        )
        sell(peer, product, f"OLD{place}", date(2025, 1, 10), 1)
        sell(peer, product, f"NEW{place}", DAY, thousands * 100_000)
    young = make_partner(acme.acme, "YOUNG", "Young", country="DE")
    sold(acme, young, 1_500_000)
    potential, gap = leaf("potential", "gte", "0"), leaf("potential_gap", "gte", "0")
    assert (value_of(young, potential), value_of(young, gap)) == ("42000", "27000")
    estimate_potential(
        actor=acme.nina.actor, partner=young, amount_minor=6_000_000, reason="New branch", at=NOW
    )
    assert (value_of(young, potential), value_of(young, gap)) == ("60000", "45000")


def test_a_refund_and_another_currency_count_as_they_should(acme: Cast) -> None:
    from prm.currencies.actions import PublishedRate, publish_rates

    rate = PublishedRate("USD", "EUR", date(2026, 3, 31), Decimal("0.9"), "test")
    publish_rates(actor=acme.vera.actor, rates=[rate], at=NOW)
    sold(acme, acme.northwind, 100_000, date(2026, 3, 10))
    sold(acme, acme.northwind, 100_000, date(2026, 3, 11), currency="USD")
    sold(acme, acme.northwind, 30_000, date(2026, 3, 12), kind="refund")
    assert value_of(acme.northwind, volume("gte", "0", "2026-03")) == "1600"


def test_days_at_the_edges_of_a_span_come_from_their_lines(acme: Cast) -> None:
    for day in (date(2025, 4, 1), date(2025, 4, 2), date(2026, 4, 1), date(2026, 4, 2)):
        sold(acme, acme.northwind, 100_000, day)
    assert value_of(acme.northwind, volume("gte", "0"), date(2026, 4, 1)) == "2000"


def test_change_is_against_the_span_before_and_unknown_without_one(acme: Cast) -> None:
    sold(acme, acme.northwind, 200_000, date(2025, 5, 5))
    sold(acme, acme.northwind, 150_000, date(2026, 3, 5))
    sold(acme, acme.southwind, 150_000, date(2026, 3, 5))
    asked = leaf("sales_change", "lt", "-20", over="2026-Q1")
    fell = leaf("sales_change", "lt", "-20", over="2026")
    assert value_of(acme.northwind, fell) == "-25"
    assert value_of(acme.northwind, asked) is None
    assert value_of(acme.southwind, fell) is None
    assert preview(read_rule({"all": [fell]}), DAY, None).matching == 1


def test_first_and_last_sale(acme: Cast) -> None:
    sold(acme, acme.northwind, 100, date(2026, 1, 20))
    sold(acme, acme.northwind, 100, date(2026, 3, 2))
    assert value_of(acme.northwind, leaf("first_sale_on", "gte", "2026-01-01")) == "2026-01-20"
    assert value_of(acme.northwind, leaf("days_since_sale", "gte", "30")) == "30"
    assert value_of(acme.southwind, leaf("days_since_sale", "gte", "30")) is None


def test_uses_are_offered_once(acme: Cast) -> None:
    made = segment(acme, leaf("code", "eq", "NW"))
    before = uses_of(made)
    from partners.segments.queries import rules_that_ask

    offer_uses(rules_that_ask)
    assert uses_of(made) == before


def test_the_day_is_the_tenants(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        cast.acme.time_zone = "Asia/Tokyo"
        cast.acme.save()
        assert actions.today_of(datetime(2026, 4, 1, 16, 0, tzinfo=UTC)) == date(2026, 4, 2)
