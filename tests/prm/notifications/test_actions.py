"""A notice reaches the people who are meant, once, in their language, and nobody else."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection
from django.utils import translation

from prm.notifications import actions
from prm.notifications.actions import (
    DELIVER,
    Address,
    OnePerson,
    PartnerPeople,
    Readers,
    StaffPeople,
    deliver,
    notify,
)
from prm.notifications.models import Notice
from prm.notifications.queries import count_unread
from prm.notifications.rules import Amount, Value, restored, stored
from prm.notifications.wording import said
from prm.outbox.models import Event
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast, Person
from tests.support.notices import TOLD

PARAMS: dict[str, Value] = {
    "number": "D-7",
    "until": date(2026, 4, 12),
    "amount": Amount(120_000_000, "RUB"),
    "company": "Acme",
}


def ring(cast: Cast, to: Readers, **link: Any) -> dict[str, Any]:
    """What the outbox holds after `notify`, as the worker gets it."""
    with tenant_context(cast.acme.id):
        notify(TOLD, to=to, params=PARAMS, **link)
        payload: dict[str, Any] = Event.objects.filter(name=DELIVER).latest("id").payload
        return payload


def delivered(cast: Cast, to: Readers, **link: Any) -> list[Notice]:
    payload = ring(cast, to, **link)
    with tenant_context(cast.acme.id):
        for _twice in range(2):
            deliver(**payload, at=NOW)
        return list(Notice.objects.select_related("member__user").order_by("member__user__email"))


def readers(notices: list[Notice]) -> list[str]:
    return [notice.member.user.email.split("@")[0] for notice in notices]


def test_params_come_back_as_they_went() -> None:
    params: dict[str, Value] = {**PARAMS, "at": NOW, "count": 3}
    assert restored(stored(params)) == params


def test_people_of_a_partner_who_hold_the_permission(cast: Cast) -> None:
    assert readers(delivered(cast, PartnerPeople(cast.northwind.id, "company.change"))) == ["paul"]


def test_money_is_told_to_those_who_may_see_it(cast: Cast) -> None:
    assert readers(delivered(cast, PartnerPeople(cast.northwind.id, "own_statements.view"))) == ["paul"]


@pytest.mark.parametrize(
    ("first", "told"), [("nina", ["nina"]), ("otto", ["nina", "vasily", "vera"]), (None, None)]
)
def test_the_one_in_charge_is_told_or_everybody_who_could_be(
    cast: Cast, first: str | None, told: list[str] | None
) -> None:
    in_charge = getattr(cast, first).membership.id if first else None
    assert readers(delivered(cast, StaffPeople("partners.change", in_charge))) == (
        told or ["nina", "vasily", "vera"]
    )


def test_a_person_who_left_is_not_told(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        cast.mia.membership.ended_at = NOW
        cast.mia.membership.save()
    assert delivered(cast, OnePerson(cast.mia.membership.id)) == []


def test_it_is_said_in_the_language_of_its_reader(cast: Cast) -> None:
    (notice,) = delivered(cast, OnePerson(cast.paul.membership.id))
    with tenant_context(cast.acme.id):
        with translation.override("ru"):
            russian = said(notice)
        with translation.override("en"):
            english = said(notice)
    assert russian.title == "Deal D-7 is protected until 12.04.2026"
    assert russian.text == "Worth 1\u00a0200\u00a0000,00\u00a0₽ to Acme."
    assert english.title == "Deal D-7 is protected until 12 Apr 2026"


def test_letters_go_once_with_a_link_into_the_tenant(cast: Cast) -> None:
    delivered(cast, OnePerson(cast.paul.membership.id), link=("portal-company", []))
    with tenant_context(cast.acme.id):
        assert [actions.send_letters(at=NOW), actions.send_letters(at=NOW)] == [1, 0]
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (
        ["paul@northwind.example"],
        "Deal D-7 is protected until 12 Apr 2026",
    )
    assert "/acme/p/company/" in letter.body


def test_an_address_without_a_login_gets_a_letter(cast: Cast) -> None:
    delivered(cast, Address("new@firm.example", "ru"), link="join/status/abc/")
    with tenant_context(cast.acme.id):
        actions.send_letters(at=NOW)
    (letter,) = mail.outbox
    assert letter.to == ["new@firm.example"]
    assert "/acme/join/status/abc/" in letter.body


@pytest.mark.parametrize(("passed", "left"), [(timedelta(days=2), 1), (timedelta(days=4), 0)])
def test_a_letter_waits_for_its_server_three_days(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, passed: timedelta, left: int
) -> None:
    delivered(cast, OnePerson(cast.paul.membership.id))
    with tenant_context(cast.acme.id):
        with monkeypatch.context() as away:
            away.setattr(actions, "send_mail", refused)
            assert actions.send_letters(at=NOW) == 0
        assert actions.send_letters(at=NOW + passed) == left


def refused(**told: object) -> None:
    raise ConnectionRefusedError


def test_a_partners_work_may_tell_the_staff(cast: Cast) -> None:
    with tenant_context(cast.acme.id, scope="partner", partner_ids=[cast.northwind.id]):
        notify(TOLD, to=StaffPeople("partners.change"), params=PARAMS)
    with tenant_context(cast.acme.id):
        assert Event.objects.filter(name=DELIVER).count() == 1


def test_an_undeclared_kind_is_refused_before_anything_is_written(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        with pytest.raises(KeyError):
            notify("nobody.knows", to=OnePerson(cast.vera.membership.id))
        assert not Event.objects.filter(name=DELIVER).exists()


def test_notices_of_the_staff_and_of_siblings_are_out_of_a_partners_reach(cast: Cast) -> None:
    for person in (cast.vera, cast.paul, cast.sven):
        delivered(cast, OnePerson(person.membership.id))
    own = tenant_context(cast.acme.id, scope="partner", partner_ids=[cast.northwind.id])
    with own, connection.cursor() as cursor:
        cursor.execute("SELECT member_id FROM prm_notice")
        assert cursor.fetchall() == [(cast.paul.membership.id,)]


def test_each_counts_the_own_ones(cast: Cast) -> None:
    delivered(cast, OnePerson(cast.paul.membership.id))
    with tenant_context(cast.acme.id):
        assert [count_unread(who.actor) for who in people(cast)] == [1, 0, 0]


def people(cast: Cast) -> list[Person]:
    return [cast.paul, cast.mia, cast.vera]


def test_two_rings_tell_twice(cast: Cast) -> None:
    payload = ring(cast, OnePerson(cast.paul.membership.id))
    with tenant_context(cast.acme.id):
        deliver(**payload, at=NOW)
        deliver(**{**payload, "ring_id": uuid4()}, at=NOW)
        assert Notice.objects.count() == 2
