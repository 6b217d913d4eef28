"""What makes a calculated month be calculated again: segments and certificates that plans ask for."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from incentives.earnings.queries import earlier_period_to_calculate, recompute_from
from incentives.plans.models import Plan
from incentives.plans.partner_goals import set_goal, targets_of
from partners.directory.actions import change_partner, move_partner
from partners.directory.merging import merge_partners
from partners.directory.models import Partner
from partners.segments import actions as segments
from partners.segments.models import Segment, SegmentRun
from partners.training import actions as training
from partners.training.models import Course
from prm.outbox.models import Event
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast, make_partner
from tests.support.commission import amounts_of, assign, calculate, make_plan, make_product, publish, sell
from tests.support.plan_facts import target

JAN, FEB, MAR = (date(2026, month, 1) for month in (1, 2, 3))


def when(month: int, day: int = 1) -> datetime:
    return datetime(2026, month, day, 12, tzinfo=UTC)


def plan_asking(cast: Cast, fact: str, value: str) -> None:
    """10 % where the fact holds, for everyone; a sale in January and one in February; both months calculated."""
    where = {"all": [{"fact": fact, "op": "in", "value": [value]}]}
    with tenant_context(cast.acme.id):
        plan, product = make_plan(), make_product()
        publish(plan, [{"id": "base", "type": "rate", "rate": "0.1", "where": where}], at=when(1))
        assign(plan, at=when(1))
        sell(cast.northwind, product, "J", date(2026, 1, 20), 100_00, at=when(1, 20))
        sell(cast.northwind, product, "F", date(2026, 2, 20), 100_00, at=when(2, 20))


def settle(cast: Cast) -> None:
    """Whatever was told so far was told before the months were calculated."""
    with tenant_context(cast.acme.id):
        Event.objects.update(recorded_at=when(2, 24))


def calculated(cast: Cast) -> None:
    settle(cast)
    calculate(cast.acme, JAN, at=when(2, 25))
    calculate(cast.acme, FEB, at=when(2, 26))
    assert waiting(cast) is None


def waiting(cast: Cast) -> date | None:
    """The first open month before March that is to be calculated again."""
    with tenant_context(cast.acme.id):
        return earlier_period_to_calculate(MAR)


def make_segment(cast: Cast, code: str, *, at: datetime, **told: Any) -> Segment:
    facts: Any = {"code": code, "name": code, "kind": "list", **told}
    with tenant_context(cast.acme.id):
        return segments.create_segment(actor=cast.vera.actor, facts=facts, at=at)


def add(cast: Cast, segment: Segment, *, at: datetime) -> None:
    with tenant_context(cast.acme.id):
        segments.add_members(actor=cast.vera.actor, segment=segment, codes=["NW"], at=at)


def test_a_member_of_a_segment_that_a_plan_asks_for_earns_in_a_month_calculated_before(cast: Cast) -> None:
    plan_asking(cast, "segment", "key")
    segment = make_segment(cast, "key", at=when(1))
    calculated(cast)
    rule = {"all": [{"fact": "code", "op": "eq", "value": "NW"}]}
    with tenant_context(cast.acme.id):
        Segment.objects.filter(id=segment.id).update(kind="rule", rule=rule)
        segments.recalculate_segment(
            actor=cast.vera.actor, segment=segment, as_of=date(2026, 1, 15), at=when(3)
        )
        assert recompute_from(FEB) == JAN
    assert waiting(cast) == JAN
    assert amounts_of(calculate(cast.acme, JAN, at=when(3, 2))) == [10_00]
    assert waiting(cast) is None


def test_a_member_who_leaves_lowers_the_month_of_the_day(cast: Cast) -> None:
    plan_asking(cast, "segment", "key")
    segment = make_segment(cast, "key", at=when(1))
    add(cast, segment, at=when(1, 2))
    calculated(cast)
    with tenant_context(cast.acme.id):
        segments.remove_members(actor=cast.vera.actor, segment=segment, codes=["NW"], at=when(2, 10))
        SegmentRun.objects.filter(as_of=date(2026, 2, 10)).update(finished_at=when(2, 27))
    assert waiting(cast) == FEB
    assert amounts_of(calculate(cast.acme, FEB, at=when(3, 2))) == [-10_00]


def test_a_segment_that_no_plan_asks_for_leaves_the_months_alone(cast: Cast) -> None:
    plan_asking(cast, "segment", "key")
    other = make_segment(cast, "other", at=when(1))
    calculated(cast)
    add(cast, other, at=when(2, 27))
    assert waiting(cast) is None


def test_a_segment_that_takes_the_code_a_plan_asks_for_counts_from_its_first_member(cast: Cast) -> None:
    plan_asking(cast, "segment", "key")
    other = make_segment(cast, "other", at=when(1))
    add(cast, other, at=when(1, 2))
    calculated(cast)
    with tenant_context(cast.acme.id):
        segments.change_segment(actor=cast.vera.actor, segment=other, changes={"code": "key"}, at=when(2, 27))
    assert waiting(cast) == JAN
    assert amounts_of(calculate(cast.acme, JAN, at=when(3, 2))) == [10_00]


def make_course(cast: Cast, code: str) -> Course:
    with tenant_context(cast.acme.id):
        return training.save_course(
            actor=cast.vera.actor, course=None, facts={"code": code, "title": code}, at=when(1)
        )


def certify(cast: Cast, course: Course, *, at: datetime, code: str = "NW") -> Any:
    partner = {"NW": cast.northwind, "SW": cast.southwind}[code]
    with tenant_context(cast.acme.id):
        return training.issue_certificate(
            actor=cast.vera.actor, partner=partner, course=course, person="Person", member=None, at=at
        )


def test_a_certificate_dated_into_a_calculated_month_makes_it_be_calculated_again(cast: Cast) -> None:
    plan_asking(cast, "certificate", "cloud")
    course = make_course(cast, "cloud")
    calculated(cast)
    certify(cast, course, at=when(2, 1))
    assert waiting(cast) == FEB
    assert amounts_of(calculate(cast.acme, FEB, at=when(3, 2))) == [10_00]


def test_a_revoked_certificate_counts_until_the_day(cast: Cast) -> None:
    plan_asking(cast, "certificate", "cloud")
    certificate = certify(cast, make_course(cast, "cloud"), at=when(1, 2))
    with tenant_context(cast.acme.id):
        training.revoke_certificate(
            actor=cast.vera.actor, certificate=certificate, reason="Left", at=when(2, 10)
        )
    settle(cast)
    run = calculate(cast.acme, JAN, at=when(3))
    assert amounts_of(run) == [10_00]
    assert amounts_of(calculate(cast.acme, FEB, at=when(3))) == []


def test_a_certificate_that_no_plan_asks_for_leaves_the_months_alone(cast: Cast) -> None:
    plan_asking(cast, "certificate", "cloud")
    course = make_course(cast, "other")
    calculated(cast)
    certify(cast, course, at=when(2, 1))
    assert waiting(cast) is None


def test_after_a_merge_earlier_sales_ask_for_the_certificates_where_the_people_are(cast: Cast) -> None:
    """The merged partner's own sales keep what they earned; the survivor's now count the people that came."""
    plan_asking(cast, "certificate", "cloud")
    certify(cast, make_course(cast, "cloud"), at=when(1, 2))
    with tenant_context(cast.acme.id):
        product = make_product("P2")
        sell(cast.southwind, product, "S", date(2026, 1, 25), 300_00, at=when(1, 25))
    calculated(cast)
    with tenant_context(cast.acme.id):
        merge_partners(
            actor=cast.vera.actor,
            survivor=cast.southwind,
            merged=cast.northwind,
            take=[],
            at=when(2, 27),
        )
    assert waiting(cast) == JAN
    assert amounts_of(calculate(cast.acme, JAN, at=when(3))) == [30_00]


@pytest.mark.parametrize("fact", ["segment", "certificate"])
def test_a_plan_that_asks_for_what_nobody_holds_pays_nothing_and_says_so(cast: Cast, fact: str) -> None:
    plan_asking(cast, fact, "nothing")
    run = calculate(cast.acme, JAN, at=when(2))
    assert run.funnel == {"looked_at": 1, "earned": 0, "reasons": {"where_failed": 1}}


@pytest.mark.parametrize(("pays_above", "waits"), [(True, JAN), (False, None)])
def test_a_move_in_the_tree_counts_where_a_plan_pays_those_above(
    cast: Cast, pays_above: bool, waits: date | None
) -> None:
    with tenant_context(cast.acme.id):
        plan, product = make_plan(), make_product()
        above = {"id": "above", "type": "override", "levels": [{"up": 1, "rate": "0.02"}]}
        own = {"id": "base", "type": "rate", "rate": "0.1"}
        publish(plan, [own, above] if pays_above else [own], at=when(1))
        assign(plan, at=when(1))
        sell(cast.northwind, product, "J", date(2026, 1, 20), 100_00, at=when(1, 20))
    calculated(cast)
    parent = make_partner(cast.acme, "UP", "Upper")
    with tenant_context(cast.acme.id):
        move_partner(
            actor=cast.vera.actor,
            partner=cast.northwind,
            parent=parent,
            starts_on=date(2026, 1, 15),
            at=when(2, 27),
        )
    assert waiting(cast) == waits
    if pays_above:
        assert amounts_of(calculate(cast.acme, JAN, at=when(3, 2))) == [2_00]


def plan_by_goal(cast: Cast) -> Plan:
    """10 % up to a goal of 1,000 in the quarter, 20 % beyond; 1,500.00 sold in January."""
    component = target([("0", "0.1"), ("1", "0.2")], "1000", window="quarter")
    with tenant_context(cast.acme.id):
        plan, product = make_plan(), make_product()
        publish(plan, [component], at=when(1))
        assign(plan, at=when(1))
        sell(cast.northwind, product, "J", date(2026, 1, 20), 1500_00, at=when(1, 20))
    return plan


def test_a_goal_of_ones_own_counts_in_a_month_calculated_before(cast: Cast) -> None:
    plan = plan_by_goal(cast)
    calculated(cast)
    with tenant_context(cast.acme.id):
        set_goal(
            actor=cast.vera.actor, plan=plan, target=targets_of(plan)["goal"], partner=cast.northwind,
            window_on=JAN, amount=Decimal(500), at=when(3),
        )  # fmt: skip
    assert waiting(cast) == JAN
    assert amounts_of(calculate(cast.acme, JAN, at=when(3, 2))) == [50_00]
    assert waiting(cast) is None


def test_a_later_day_of_joining_prorates_the_goal_of_a_month_calculated_before(cast: Cast) -> None:
    plan_by_goal(cast)
    with tenant_context(cast.acme.id):
        Partner.objects.filter(id=cast.northwind.id).update(joined_on=date(2025, 1, 1))
    calculated(cast)
    with tenant_context(cast.acme.id):
        northwind = Partner.objects.get(id=cast.northwind.id)
        changes: Any = {"joined_on": date(2026, 1, 16)}
        change_partner(actor=cast.vera.actor, partner=northwind, changes=changes, at=when(3))
        Event.objects.filter(name="partner.changed").update(recorded_at=when(3))
    assert waiting(cast) == JAN
    assert amounts_of(calculate(cast.acme, JAN, at=when(3, 2))) == [16_67]
