"""An appeal: the other side is told and heard, another known person decides, no key stands in for who ruled."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest

from partners.conflicts import actions
from partners.conflicts.models import ConflictSide
from partners.conflicts.refusals import AppealToAnother, EvidenceOver, HearingOpen
from partners.deals.interests import declare_interest
from partners.deals.models import Deal
from partners.deals.refusals import ApproverConflicted, RivalNamed
from prm.accounts.actions import create_token
from prm.accounts.actor import Actor
from prm.outbox.models import Event
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key, problem_of
from tests.support.cast import NOW, Cast, Person
from tests.support.conflicts import MEETING, appeal, award, raise_conflict, the_conflict
from tests.support.deals import TAX_ID, approve, make_line, register
from tests.support.rows import nothing_written_in

HEARD = NOW + timedelta(days=8)


@pytest.fixture
def acme(cast: Cast) -> Cast:
    make_line(cast)
    return cast


@pytest.fixture
def claims(acme: Cast) -> tuple[Deal, Deal]:
    first = approve(acme.vera, register(acme.paul))
    second = register(acme.sven, join_queue=True, at=NOW + timedelta(minutes=1))
    raise_conflict(acme.sven, second)
    return first, second


@pytest.fixture
def appealed(acme: Cast, claims: tuple[Deal, Deal]) -> tuple[Deal, Deal]:
    """Vera awarded it to Northwind; Southwind appealed."""
    award(acme.vera, the_conflict(acme), claims[0])
    appeal(acme.sven, claims[1])
    return claims


def side_of(cast: Cast, deal: Deal) -> ConflictSide:
    with tenant_context(cast.acme.id):
        return ConflictSide.objects.select_related("deal").get(deal=deal)


def told(cast: Cast, kind: str) -> list[str]:
    """Partners that were rung with the notice."""
    with tenant_context(cast.acme.id):
        rows = Event.objects.filter(name="prm.notifications.deliver", payload__kind=kind)
        return [row.payload["readers"]["partner_id"] for row in rows]


def test_the_other_side_is_told_once(acme: Cast, appealed: Any) -> None:
    with tenant_context(acme.acme.id):
        side = side_of(acme, appealed[1])
        assert actions.hear_others(actor=acme.system, side=side, at=NOW + timedelta(hours=1)) == 0
    assert told(acme, "conflict.heard") == [str(acme.northwind.id)]
    assert side_of(acme, appealed[0]).heard_until == (NOW + timedelta(days=7)).date()


def test_an_appeal_waits_until_the_other_side_was_heard(acme: Cast, appealed: Any) -> None:
    with nothing_written_in(acme.acme), pytest.raises(HearingOpen):
        award(acme.vasily, the_conflict(acme), appealed[1], at=NOW + timedelta(days=7))
    award(acme.vasily, the_conflict(acme), appealed[1], at=HEARD)
    assert the_conflict(acme).state == "closed"


def test_an_appeal_nobody_was_told_of_yet_waits(acme: Cast, claims: Any) -> None:
    award(acme.vera, the_conflict(acme), claims[0])
    with tenant_context(acme.acme.id):
        actions.appeal(actor=acme.sven.actor, side=side_of(acme, claims[1]), words="No", at=NOW)
    with nothing_written_in(acme.acme), pytest.raises(HearingOpen):
        award(acme.vasily, the_conflict(acme), claims[1], at=HEARD)


def test_the_answer_of_the_other_side_ends_the_hearing(acme: Cast, appealed: Any) -> None:
    with tenant_context(acme.acme.id):
        side = side_of(acme, appealed[0])
        actions.add_evidence(actor=acme.paul.actor, side=side, evidence=MEETING, at=NOW + timedelta(hours=2))
    award(acme.vasily, the_conflict(acme), appealed[0], at=NOW + timedelta(hours=3))
    assert the_conflict(acme).state == "closed"
    told: Any = {"side": side_of(acme, appealed[0]), "evidence": MEETING, "at": NOW + timedelta(hours=4)}
    with nothing_written_in(acme.acme), pytest.raises(EvidenceOver), tenant_context(acme.acme.id):
        actions.add_evidence(actor=acme.paul.actor, **told)


def token_of(cast: Cast, person: Person, name: str) -> Actor:
    with tenant_context(cast.acme.id):
        token, _key = create_token(
            actor=person.actor, name=name, scopes=["conflicts:write"], expires_at=None, at=NOW
        )
    return Actor(kind="token", id=token.id, label=name, tenant_id=cast.acme.id, scopes=frozenset())


def rule_as(cast: Cast, actor: Actor, deal: Deal, *, words: str = "First come", at: Any = HEARD) -> None:
    ruling = actions.Ruling("award", words, side_of(cast, deal).id)
    with tenant_context(cast.acme.id):
        actions.rule(actor=actor, conflict=the_conflict(cast), ruling=ruling, at=at)


def test_a_key_of_who_ruled_is_not_another_person(acme: Cast, appealed: Any) -> None:
    second = token_of(acme, acme.vera, "second key")
    with nothing_written_in(acme.acme), pytest.raises(AppealToAnother):
        rule_as(acme, second, appealed[1])
    rule_as(acme, token_of(acme, acme.vasily, "his key"), appealed[1])


def test_a_second_key_does_not_decide_the_appeal_against_the_first(acme: Cast, claims: Any) -> None:
    first, second = token_of(acme, acme.vera, "first"), token_of(acme, acme.vera, "second")
    rule_as(acme, first, claims[0], at=NOW)
    appeal(acme.sven, claims[1])
    for actor in (first, second, acme.vera.actor):
        with nothing_written_in(acme.acme), pytest.raises(AppealToAnother):
            rule_as(acme, actor, claims[1])


def test_a_key_that_nobody_made_decides_no_appeal(acme: Cast, appealed: Any) -> None:
    make_key(acme.acme, "conflicts:write")
    nobody = Actor(kind="token", id=acme.vera.membership.id, label="?", tenant_id=acme.acme.id)
    with nothing_written_in(acme.acme), pytest.raises(AppealToAnother):
        rule_as(acme, nobody, appealed[1])


def test_a_stake_in_the_customer_keeps_a_key_from_ruling(acme: Cast, claims: Any) -> None:
    company: Any = {"company": "Acme", "tax_id": TAX_ID}
    with tenant_context(acme.acme.id):
        declare_interest(actor=acme.vera.actor, company=company, kind="ownership", note="", at=NOW)
    key = token_of(acme, acme.vera, "key")
    for actor in (acme.vera.actor, key):
        with nothing_written_in(acme.acme), pytest.raises(ApproverConflicted):
            rule_as(acme, actor, claims[0], at=NOW)
    rule_as(acme, acme.vasily.actor, claims[0], at=NOW)


@pytest.mark.parametrize("words", ["Northwind was first", "Give it to SOUTHWIND Ltd."])
def test_a_ruling_names_no_side_whoever_gives_it(acme: Cast, claims: Any, words: str) -> None:
    with nothing_written_in(acme.acme), pytest.raises(RivalNamed):
        rule_as(acme, acme.vera.actor, claims[0], words=words, at=NOW)


def test_the_api_refuses_a_name_as_the_page_does(acme: Cast, claims: Any) -> None:
    machine = Machine(make_key(acme.acme, "conflicts:read", "conflicts:write"))
    conflict = the_conflict(acme)
    machine.get("conflicts")
    body = {"outcome": "award", "words": "Northwind was first", "awarded": str(side_of(acme, claims[0]).id)}
    with nothing_written_in(acme.acme):
        refused = machine.post(f"conflicts/{conflict.id}:rule", body)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert problem_of(refused)["code"] == "partner_named"
