"""Drafting, publishing and assigning plans."""

from datetime import date

import pytest

from incentives.plans.actions import (
    AssignmentOverlaps,
    EditorCannotPublish,
    PlanInvalid,
    SettingsDifferBetweenVersions,
    VersionChangedMeanwhile,
    VersionIsPublished,
    assign_plan,
    create_plan,
    draft_version,
    edit_version,
    publish_version,
)
from incentives.plans.models import Plan, PlanAssignment, PlanVersion
from prm.audit.models import AuditRecord
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast

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
        with pytest.raises(SettingsDifferBetweenVersions) as refusal:
            publish_version(actor=cast.vasily.actor, version=dollars, at=NOW)
        assert refusal.value.names == ("currency", "payout_currency")


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
