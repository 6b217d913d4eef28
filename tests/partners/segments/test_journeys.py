"""First steps of their own for partners of a segment."""

from typing import Any

import pytest

from partners.directory.actions import change_partner
from partners.directory.merging import merge_partners
from partners.onboarding.agreements import accept_document, publish_document
from partners.onboarding.journeys import list_plans, plan_steps, save_plan, start_journey
from partners.onboarding.steps import with_agreement
from partners.segments.actions import SegmentInUse, add_members, create_segment, remove_segment
from partners.segments.models import Segment
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast
from tests.support.clients import client_of
from tests.support.rows import nothing_written_in

SHORT = [{"kind": "team", "days": 5, "needs": []}]


def make_segment(cast: Cast, code: str, **facts: Any) -> Segment:
    told: Any = {"code": code, "name": code.title(), "purpose": "", **facts}
    return create_segment(actor=cast.vera.actor, facts=told, at=NOW)


@pytest.fixture
def northern(cast: Cast) -> Segment:
    rule = {"all": [{"fact": "region", "op": "in", "value": ["North"]}]}
    with tenant_context(cast.acme.id):
        segment = make_segment(cast, "northern", kind="rule", rule=rule)
        save_plan(
            actor=cast.vera.actor,
            partner_type="reseller",
            group_code="northern",
            steps=SHORT,
            version=0,
            at=NOW,
        )
    return segment


def kinds_of(cast: Cast) -> list[str]:
    with tenant_context(cast.acme.id):
        journey = start_journey(actor=cast.vera.actor, partner=cast.northwind, at=NOW)
    return [step["kind"] for step in journey.steps]


@pytest.mark.usefixtures("northern")
def test_a_partner_of_the_segment_begins_with_its_plan(cast: Cast) -> None:
    assert kinds_of(cast) == ["team"]


@pytest.mark.usefixtures("northern")
@pytest.mark.parametrize("changes", [{"region": "South"}, {"partner_type": "distributor"}])
def test_another_region_or_type_begins_with_the_plan_of_its_type(cast: Cast, changes: dict[str, str]) -> None:
    with tenant_context(cast.acme.id):
        told: Any = changes
        change_partner(actor=cast.vera.actor, partner=cast.northwind, changes=told, at=NOW)
        cast.northwind.refresh_from_db()
        usual = [step["kind"] for step in plan_steps(cast.northwind.partner_type)[0]]
    assert kinds_of(cast) == usual
    assert len(usual) > 1


def test_a_fixed_list_is_a_group_too(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        segment = make_segment(cast, "chosen", kind="list")
        add_members(actor=cast.vera.actor, segment=segment, codes=["NW"], at=NOW)
        told: Any = {"partner_type": "reseller", "group_code": "chosen", "steps": SHORT, "version": 0}
        save_plan(actor=cast.vera.actor, at=NOW, **told)
    assert kinds_of(cast) == ["team"]


def test_a_segment_with_first_steps_is_in_use(cast: Cast, northern: Segment) -> None:
    with nothing_written_in(cast.acme), tenant_context(cast.acme.id), pytest.raises(SegmentInUse):
        remove_segment(actor=cast.vera.actor, segment=northern, at=NOW)


def test_staff_plan_for_a_segment_by_pages(cast: Cast, northern: Segment) -> None:
    vera = client_of(cast.vera)
    page = vera.get("/acme/m/journeys/").content.decode()
    assert "Plan for this segment" in page
    to = vera.get("/acme/m/journeys/plans/", {"type": "reseller", "group": "northern"})
    assert to["Location"] == "/acme/m/journeys/plans/reseller/?group=northern"
    assert "Northern" in vera.get(to["Location"]).content.decode()
    assert vera.get("/acme/m/journeys/plans/reseller/?group=nowhere").status_code == 404
    told = {"version": "1", "use_profile": "on"}
    for kind in ("agreement", "profile", "bank", "team", "first_course", "first_deal"):
        told |= {f"place_{kind}": "1", f"days_{kind}": "4"}
    assert vera.post(to["Location"], told).status_code == 302
    with tenant_context(cast.acme.id):
        (plan,) = list_plans()
    assert (plan.group_code, [step["kind"] for step in plan.steps]) == ("northern", ["profile"])


def test_what_a_merged_partner_accepted_counts_for_the_survivor(cast: Cast) -> None:
    told: Any = {"kind": "agreement", "texts": {"en": "One"}, "notice_days": 0, "at": NOW}
    with tenant_context(cast.acme.id):
        version = publish_document(actor=cast.vera.actor, **told)
        accepted: Any = {"partner": cast.southwind, "version": version, "language": "en", "at": NOW}
        accept_document(actor=cast.sven.actor, **accepted)
        assert with_agreement([cast.northwind.id]) == {}
        merge_partners(
            actor=cast.vera.actor,
            survivor=cast.northwind,
            merged=cast.southwind,
            take=[],
            at=NOW,
        )
        assert with_agreement([cast.northwind.id]) == {cast.northwind.id: True}
