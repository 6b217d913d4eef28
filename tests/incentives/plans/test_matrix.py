"""Every pair of person, state and step that versions of plans do not allow is refused, by the actions and at the pages,
and nothing is written."""

from collections.abc import Callable, Collection
from datetime import date

import pytest

from incentives.plans import actions
from incentives.plans.actions import EditorCannotPublish, VersionIsPublished
from incentives.plans.models import Plan, PlanAssignment, PlanVersion
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast
from tests.support.matrix import ADMINS, FINANCE, Form, Step, check_forms, check_steps

FLAT = {"currency": "EUR", "components": [{"id": "base", "type": "rate", "rate": "0.05"}]}
JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
PUBLISHERS = ADMINS | FINANCE
OPEN = {"draft", "proposed"}
MATRIX = {
    "edit": Step(
        lambda actor, row: actions.edit_version(
            actor=actor, version=row, revision=row.revision, document=FLAT, starts_on=JANUARY, ends_on=None,
            note="Other", at=NOW,
        ),
        ADMINS,
        OPEN,
    ),
    "write_terms": Step(
        lambda actor, row: actions.write_terms(
            actor=actor, version=row, revision=row.revision, terms=actions.Terms({"en": "Sell."}), at=NOW
        ),
        ADMINS,
        OPEN,
    ),
    "propose": Step(
        lambda actor, row: actions.propose_version(actor=actor, version=row, at=NOW), ADMINS, OPEN
    ),
    "publish": Step(
        lambda actor, row: actions.publish_version(actor=actor, version=row, at=NOW), PUBLISHERS, OPEN
    ),
}  # fmt: skip
EDITOR = {("publish", "vera"): EditorCannotPublish}


@pytest.fixture
def plan(cast: Cast) -> Plan:
    with tenant_context(cast.acme.id):
        return actions.create_plan(actor=cast.vera.actor, code="base", name="Base", slot="main", at=NOW)


def draft(cast: Cast, plan: Plan) -> PlanVersion:
    """Edited last by Vera."""
    return actions.draft_version(actor=cast.vera.actor, plan=plan, document=FLAT, starts_on=JANUARY, at=NOW)


STATES: dict[str, Callable[[Cast, Plan], PlanVersion]] = {
    "draft": draft,
    "proposed": lambda cast, plan: actions.propose_version(
        actor=cast.vera.actor, version=draft(cast, plan), at=NOW
    ),
    "published": lambda cast, plan: actions.publish_version(
        actor=cast.felix.actor, version=draft(cast, plan), at=NOW
    ),
}


@pytest.mark.parametrize("state", STATES)
def test_no_forbidden_step_of_a_version_is_taken(cast: Cast, plan: Plan, state: str) -> None:
    with tenant_context(cast.acme.id):
        check_steps(
            cast, MATRIX, state=state, subject=STATES[state](cast, plan), refusal=VersionIsPublished, unseen=(),
            objections=EDITOR,
        )  # fmt: skip


def test_after_another_person_edited_it_the_first_one_publishes(cast: Cast, plan: Plan) -> None:
    with tenant_context(cast.acme.id):
        version = draft(cast, plan)
        MATRIX["edit"].take(cast.vasily.actor, version)
        version.refresh_from_db()
        publishing = {"publish": MATRIX["publish"]}
        check_steps(
            cast, publishing, state="draft", subject=version, refusal=VersionIsPublished, unseen=(),
            objections={("publish", "vasily"): EditorCannotPublish},
        )  # fmt: skip


BEGIN = {
    "create": Step(
        lambda actor, _plan: actions.create_plan(
            actor=actor, code="other", name="Other", slot="main", at=NOW
        ),
        ADMINS,
        {"any"},
    ),
    "draft": Step(
        lambda actor, plan: actions.draft_version(
            actor=actor, plan=plan, document=FLAT, starts_on=JANUARY, at=NOW
        ),
        ADMINS,
        {"any"},
    ),
    "assign": Step(
        lambda actor, plan: actions.assign_plan(
            actor=actor, plan=plan, audience="tier", target="gold", starts_on=JANUARY, ends_on=None, at=NOW
        ),
        ADMINS,
        {"any"},
    ),
    "end": Step(
        lambda actor, plan: actions.end_assignment(
            actor=actor, assignment=PlanAssignment.objects.get(plan=plan), ends_on=FEBRUARY, at=NOW
        ),
        ADMINS,
        {"any"},
    ),
}


def test_nobody_else_begins_a_plan_or_gives_it_to_partners(cast: Cast, plan: Plan) -> None:
    with tenant_context(cast.acme.id):
        assigned(cast, plan)
        check_steps(cast, BEGIN, state="any", subject=plan, refusal=VersionIsPublished, unseen=())


def assigned(cast: Cast, plan: Plan) -> PlanAssignment:
    return actions.assign_plan(
        actor=cast.vera.actor, plan=plan, audience="everyone", target="", starts_on=JANUARY, ends_on=None, at=NOW
    )  # fmt: skip


SETTINGS = {
    "starts_on": "2026-01-01", "currency": "EUR", "payout_currency": "EUR", "period": "month", "hold_days": "7",
    "minimum_payout": "0", "earning_event": "order", "refund_policy": "original_rate",
}  # fmt: skip
AT_THE_PAGES: dict[str, dict[str, Collection[str]]] = {
    "draft": {"edit": ADMINS, "propose": ADMINS, "publish": PUBLISHERS - {"vera"}, "component": ADMINS},
    "proposed": {"edit": ADMINS, "propose": (), "publish": PUBLISHERS - {"vera"}, "component": ADMINS},
    "published": {},
}


@pytest.mark.parametrize("state", STATES)
def test_at_the_pages_a_version_is_changed_by_its_people_in_its_states_alone(
    cast: Cast, plan: Plan, state: str
) -> None:
    with tenant_context(cast.acme.id):
        page = f"/acme/m/plans/versions/{STATES[state](cast, plan).id}"
    forms = {
        "edit": Form(f"{page}/edit/", SETTINGS),
        "propose": Form(f"{page}/propose/", {}),
        "publish": Form(f"{page}/publish/", {}),
        "component": Form(f"{page}/components/0/", {"remove": "1"}),
    }
    check_forms(cast, forms, AT_THE_PAGES[state])


def test_at_the_pages_nobody_else_begins_a_plan_or_gives_it_to_partners(cast: Cast, plan: Plan) -> None:
    with tenant_context(cast.acme.id):
        assignment = assigned(cast, plan)
    page = f"/acme/m/plans/{plan.id}"
    told = {"audience": "type", "type": "reseller", "starts_on": "2026-01-01"}
    forms = {
        "create": Form("/acme/m/plans/new/", {"code": "other", "name": "Other", "slot": "main"}),
        "draft": Form(f"{page}/versions/new/", SETTINGS),
        "assign": Form(f"{page}/assignments/new/", told),
        "end": Form(f"/acme/m/plans/assignments/{assignment.id}/end/", {"ends_on": "2026-02-01"}),
    }
    check_forms(cast, forms, dict.fromkeys(forms, ADMINS))
