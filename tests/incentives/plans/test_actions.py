"""Drafting, publishing and assigning plans."""

from datetime import date
from typing import Any

import pytest

from incentives.plans.actions import (
    AssignmentNotShortened,
    AssignmentOverlaps,
    EditorCannotPublish,
    PlanInvalid,
    VersionChangedMeanwhile,
    VersionIsPublished,
    assign_plan,
    create_plan,
    draft_version,
    edit_version,
    end_assignment,
    propose_version,
    publish_version,
)
from incentives.plans.models import Plan, PlanAssignment, PlanVersion
from incentives.plans.queries import count_proposed_plans
from partners.segments.actions import SegmentInUse, change_segment, create_segment, remove_segment
from partners.segments.models import Segment
from prm.accounts.actions import create_token
from prm.accounts.actor import Actor
from prm.audit.models import AuditRecord
from prm.outbox.models import Event
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast, Person
from tests.support.plan_facts import rate, tiers
from tests.support.rows import nothing_written

FLAT = {"currency": "EUR", "components": [{"id": "base", "type": "rate", "rate": "0.05"}]}


@pytest.fixture
def plan(cast: Cast) -> Plan:
    with tenant_context(cast.acme.id):
        return create_plan(actor=cast.vera.actor, code="base", name="Base", slot="main", at=NOW)


def draft(cast: Cast, plan: Plan, document: dict[str, object] | None = None) -> PlanVersion:
    return draft_version(
        actor=cast.vera.actor, plan=plan, document=document or FLAT, starts_on=date(2026, 1, 1), at=NOW
    )


def test_a_second_person_publishes(cast: Cast, plan: Plan) -> None:
    with tenant_context(cast.acme.id):
        version = publish_version(actor=cast.vasily.actor, version=draft(cast, plan), at=NOW)
        assert version.published_at == NOW
        assert AuditRecord.objects.filter(action="plan.version_published").count() == 1


def test_the_last_editor_cannot_publish(cast: Cast, plan: Plan) -> None:
    with tenant_context(cast.acme.id):
        version = draft(cast, plan)
        with pytest.raises(EditorCannotPublish):
            publish_version(actor=cast.vera.actor, version=version, at=NOW)
        version.refresh_from_db()
        assert version.published_at is None


def test_a_draft_with_faults_is_not_published_and_each_fault_is_named(cast: Cast, plan: Plan) -> None:
    broken: dict[str, object] = {
        "currency": "EUR",
        "components": [{"id": "base", "type": "rate", "rate": 0.05, "extra": 1}],
    }
    with tenant_context(cast.acme.id):
        version = draft(cast, plan, broken)
        with pytest.raises(PlanInvalid) as refusal:
            publish_version(actor=cast.vasily.actor, version=version, at=NOW)
        pointers = {(error.pointer, error.code) for error in refusal.value.errors}
        assert pointers == {
            ("/components/0/rate", "number_not_string"),
            ("/components/0/extra", "field_unknown"),
        }
        version.refresh_from_db()
        assert version.published_at is None


def test_a_published_version_is_frozen(cast: Cast, plan: Plan) -> None:
    with tenant_context(cast.acme.id):
        version = publish_version(actor=cast.vasily.actor, version=draft(cast, plan), at=NOW)
        with pytest.raises(VersionIsPublished):
            edit(cast, version, revision=version.revision)
        version.refresh_from_db()
        assert version.document["components"][0]["rate"] == "0.05"


def test_a_stale_edit_is_refused_and_changes_nothing(cast: Cast, plan: Plan) -> None:
    with tenant_context(cast.acme.id):
        version = draft(cast, plan)
        edit(cast, version, revision=1)
        with pytest.raises(VersionChangedMeanwhile):
            edit(cast, version, revision=1, note="mine")
        version.refresh_from_db()
        assert (version.revision, version.note) == (2, "")


def edit(cast: Cast, version: PlanVersion, *, revision: int, note: str = "") -> PlanVersion:
    return edit_version(
        actor=cast.vera.actor,
        version=version,
        revision=revision,
        document=FLAT,
        starts_on=version.starts_on,
        ends_on=None,
        note=note,
        at=NOW,
    )


def test_currency_stays_the_same_in_all_versions(cast: Cast, plan: Plan) -> None:
    with tenant_context(cast.acme.id):
        publish_version(actor=cast.vasily.actor, version=draft(cast, plan), at=NOW)
        dollars = draft(cast, plan, {**FLAT, "currency": "USD"})
        with nothing_written(), pytest.raises(PlanInvalid) as refusal:
            publish_version(actor=cast.vasily.actor, version=dollars, at=NOW)
        assert [error.pointer for error in refusal.value.errors] == ["/currency", "/payout_currency"]


YEARLY = tiers("marginal", [("0", "0.05")], "base", window="year")


@pytest.mark.parametrize("step", [publish_version, propose_version])
@pytest.mark.parametrize(
    ("first", "later", "refused"),
    [
        (rate("0.05"), YEARLY, "type"),
        (YEARLY, YEARLY | {"window": "quarter"}, "window"),
        (YEARLY, YEARLY | {"mode": "retroactive"}, ""),
        (rate("0.05"), YEARLY | {"id": "volume"}, ""),
    ],
    ids=["another type", "another window", "another mode", "another id"],
)
def test_a_component_keeps_its_type_and_window(
    cast: Cast, plan: Plan, step: Any, first: dict[str, Any], later: dict[str, Any], refused: str
) -> None:
    with tenant_context(cast.acme.id):
        written: dict[str, object] = {"currency": "EUR", "components": [first]}
        publish_version(actor=cast.vasily.actor, version=draft(cast, plan, written), at=NOW)
        changed = draft(cast, plan, {"currency": "EUR", "components": [later]})
        if not refused:
            step(actor=cast.vasily.actor, version=changed, at=NOW)
            return
        with nothing_written(), pytest.raises(PlanInvalid) as refusal:
            step(actor=cast.vasily.actor, version=changed, at=NOW)
        assert [(error.pointer, error.code) for error in refusal.value.errors] == [
            (f"/components/0/{refused}", "component_became_another")
        ]


@pytest.mark.parametrize(
    ("starts_on", "refused"),
    [(date(2026, 3, 31), True), (date(2026, 4, 1), False)],
    ids=["overlaps", "touches"],
)
def test_equal_rank_over_the_same_dates_is_refused(
    cast: Cast, plan: Plan, starts_on: date, refused: bool
) -> None:
    with tenant_context(cast.acme.id):
        other = create_plan(actor=cast.vera.actor, code="other", name="Other", slot="main", at=NOW)
        assign(cast, plan, date(2026, 1, 1), date(2026, 4, 1))
        if refused:
            with pytest.raises(AssignmentOverlaps):
                assign(cast, other, starts_on, None)
        else:
            assign(cast, other, starts_on, None)
        assert PlanAssignment.objects.count() == (1 if refused else 2)


def assign(cast: Cast, plan: Plan, starts_on: date, ends_on: date | None) -> PlanAssignment:
    return assign_plan(
        actor=cast.vera.actor,
        plan=plan,
        audience="everyone",
        target="",
        starts_on=starts_on,
        ends_on=ends_on,
        at=NOW,
    )


def test_an_assignment_can_only_end_earlier(cast: Cast, plan: Plan) -> None:
    with tenant_context(cast.acme.id):
        other = create_plan(actor=cast.vera.actor, code="other", name="Other", slot="main", at=NOW)
        first = assign(cast, plan, date(2026, 1, 1), date(2026, 4, 1))
        assign(cast, other, date(2026, 4, 1), None)
        for ends_on in (date(2026, 6, 1), date(2026, 4, 1), date(2026, 1, 1)):
            with nothing_written(), pytest.raises(AssignmentNotShortened):
                end_assignment(actor=cast.vera.actor, assignment=first, ends_on=ends_on, at=NOW)
        ended = end_assignment(actor=cast.vera.actor, assignment=first, ends_on=date(2026, 2, 1), at=NOW)
        assert ended.ends_on == date(2026, 2, 1)
        days = Event.objects.filter(name="plan.assigned").order_by("id").values_list("payload", flat=True)
        assert days.last()["starts_on"] == "2026-02-01"  # type: ignore[index]


def test_a_stale_page_does_not_prolong_an_assignment(cast: Cast, plan: Plan) -> None:
    """The row decides, not what the page held when it was opened."""
    with tenant_context(cast.acme.id):
        opened = assign(cast, plan, date(2026, 1, 1), None)
        end_assignment(actor=cast.vera.actor, assignment=opened, ends_on=date(2026, 2, 1), at=NOW)
        assert opened.ends_on is None
        with nothing_written(), pytest.raises(AssignmentNotShortened):
            end_assignment(actor=cast.vera.actor, assignment=opened, ends_on=date(2026, 3, 1), at=NOW)


def key_of(person: Person) -> Actor:
    """A key that the person made, acting."""
    token, _secret = create_token(
        actor=person.actor, name="ERP", scopes=["plans:write"], expires_at=None, at=NOW
    )
    return Actor(kind="token", id=token.id, label="ERP", tenant_id=person.tenant.id)


def test_who_made_a_key_does_not_publish_what_the_key_edited(cast: Cast, plan: Plan) -> None:
    with tenant_context(cast.acme.id):
        key = key_of(cast.vera)
        version = draft_version(actor=key, plan=plan, document=FLAT, starts_on=date(2026, 1, 1), at=NOW)
        for actor in (key, cast.vera.actor):
            with nothing_written(), pytest.raises(EditorCannotPublish):
                publish_version(actor=actor, version=version, at=NOW)
        assert publish_version(actor=cast.vasily.actor, version=version, at=NOW).published_at == NOW


def test_a_proposed_draft_waits_until_it_is_published(cast: Cast, plan: Plan) -> None:
    with tenant_context(cast.acme.id):
        version = draft(cast, plan)
        assert count_proposed_plans(cast.felix.actor) == 0
        propose_version(actor=cast.vera.actor, version=version, at=NOW)
        propose_version(actor=cast.vera.actor, version=version, at=NOW)
        assert count_proposed_plans(cast.felix.actor) == 1
        assert AuditRecord.objects.filter(action="plan.version_proposed").count() == 1
        publish_version(actor=cast.vasily.actor, version=version, at=NOW)
        assert count_proposed_plans(cast.felix.actor) == 0


def test_a_faulty_draft_and_a_published_version_are_not_proposed(cast: Cast, plan: Plan) -> None:
    with tenant_context(cast.acme.id):
        faulty = draft(cast, plan, {"currency": "EUR", "components": []})
        with nothing_written(), pytest.raises(PlanInvalid):
            propose_version(actor=cast.vera.actor, version=faulty, at=NOW)
        published = publish_version(actor=cast.vasily.actor, version=draft(cast, plan), at=NOW)
        with nothing_written(), pytest.raises(VersionIsPublished):
            propose_version(actor=cast.vera.actor, version=published, at=NOW)
        dollars = draft(cast, plan, {**FLAT, "currency": "USD"})
        with nothing_written(), pytest.raises(PlanInvalid):
            propose_version(actor=cast.vera.actor, version=dollars, at=NOW)


@pytest.mark.parametrize("use", ["assigned", "asked"])
def test_a_segment_that_a_plan_asks_for_keeps_its_code(cast: Cast, plan: Plan, use: str) -> None:
    with tenant_context(cast.acme.id):
        segment = segment_of(cast)
        if use == "assigned":
            PlanAssignment.objects.create(
                plan=plan,
                slot="main",
                audience="segment",
                target="key",
                starts_on=date(2026, 1, 1),
                created_at=NOW,
            )
        else:
            where = {"all": [{"fact": "segment", "op": "eq", "value": "key"}]}
            rate = {"id": "base", "type": "rate", "rate": "0.05", "where": where}
            draft(cast, plan, {"currency": "EUR", "components": [rate]})
        with nothing_written(), pytest.raises(SegmentInUse):
            change_segment(actor=cast.vera.actor, segment=segment, changes={"code": "other"}, at=NOW)
        with nothing_written(), pytest.raises(SegmentInUse):
            remove_segment(actor=cast.vera.actor, segment=segment, at=NOW)
        change_segment(actor=cast.vera.actor, segment=segment, changes={"name": "Other"}, at=NOW)


def segment_of(cast: Cast) -> Segment:
    return create_segment(actor=cast.vera.actor, facts={"code": "key", "name": "Key", "kind": "list"}, at=NOW)


def test_a_segment_that_no_plan_asks_for_may_change_its_code(cast: Cast, plan: Plan) -> None:
    with tenant_context(cast.acme.id):
        segment = segment_of(cast)
        draft(cast, plan)
        assert (
            change_segment(actor=cast.vera.actor, segment=segment, changes={"code": "other"}, at=NOW).code
            == "other"
        )
