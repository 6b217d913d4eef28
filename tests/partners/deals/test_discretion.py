"""A partner never learns who the rival is: from no words, no count, no work done for the answer, no API."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partners.conflicts.actions import raise_conflict
from partners.deals import actions, refusals
from partners.deals.discretion import named_in
from partners.deals.models import Deal
from partners.directory.models import Partner
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key, problem_of
from tests.support.cast import NOW, Cast, make_partner, make_person
from tests.support.clients import client_of
from tests.support.conflicts import MEETING
from tests.support.deals import TAX_ID, amend, answer, approve, line_of, make_line, register
from tests.support.rows import nothing_written_in

OTHER_ID = "7736050003"
NEW = "/acme/p/deals/new/"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Canary Southwind was first", "Canary Southwind"),
        ("CANARY  SOUTHWIND, they said", "Canary Southwind GmbH"),
        ("ask «Ромашка»", "ООО «Ромашка»"),
        ("Ромашке обещали раньше", "ООО «Ромашка»"),
        ("отдали ромашкой", "Ромашка"),
        ("Romashka has it", "ООО «Ромашка»"),
        ("See www.canary.example/shop", "canary.example"),
        ("It is with A.C.M.E. now", "Acme Inc"),
        ("partner SW-17", "SW-17"),
        ("IT got it", "IT"),
    ],
)
def test_a_name_is_found_in_other_spelling_and_with_an_ending(text: str, name: str) -> None:
    assert named_in(text, [name]) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("They registered first", "Canary Southwind"),
        ("The south wind is cold", "Southwind"),
        ("it was free", "IT"),
        ("Ромашковое поле ООО", "Василёк"),
        ("", "Canary"),
    ],
)
def test_other_words_are_left_alone(text: str, name: str) -> None:
    assert named_in(text, [name]) == ""


@pytest.fixture
def acme(cast: Cast) -> Cast:
    make_line(cast)
    with tenant_context(cast.acme.id):
        told: Any = {"name": "Canary Southwind", "website": "https://canary.example", "code": "SW-17"}
        Partner.objects.filter(id=cast.southwind.id).update(**told)
        cast.southwind.refresh_from_db()
    return cast


@pytest.fixture
def rivals(acme: Cast) -> tuple[Deal, Deal]:
    """Southwind is protected for Acme; Northwind's claim waits behind it."""
    first = approve(acme.vera, register(acme.sven), at=timezone.now())
    return first, register(acme.paul, join_queue=True, at=timezone.now())


NAMING = "Canary Southwind has this customer"


@pytest.mark.parametrize("step", ["reject", "return", "amendment", "extension"])
def test_no_reason_that_a_partner_reads_names_the_rival(
    acme: Cast, rivals: tuple[Deal, Deal], step: str
) -> None:
    first, deal = rivals
    told: Any = {"actor": acme.nina.actor, "deal": deal, "at": timezone.now()}

    def say(words: str) -> None:
        with tenant_context(acme.acme.id):
            if step == "reject":
                actions.reject_deal(**told, reason=words)
            elif step == "return":
                actions.return_deal(**told, fields=["note"], reason=words)
            elif step == "extension":
                told.update(actor=acme.vera.actor, deal=first, extension=asked)
                actions.answer_extension(**told, grant=False, answer=words)
        if step == "amendment":
            answer(acme.nina, asked, approve=False, words=words)

    asked: Any = None
    if step == "amendment":
        approve(acme.nina, deal, at=timezone.now())
        asked = amend(acme.paul, deal, customer="Acme Holding")
    if step == "extension":  # the holder reads nothing of the one behind it
        with tenant_context(acme.acme.id):
            Partner.objects.filter(id=acme.northwind.id).update(name="Canary Southwind")
            asked = actions.ask_extension(
                actor=acme.sven.actor, deal=first, days=30, why="Tender", at=timezone.now()
            )
    with nothing_written_in(acme.acme), pytest.raises(refusals.RivalNamed):
        say(NAMING)
    say("Somebody else was earlier")


def test_the_rival_at_the_new_customer_is_not_named_either(acme: Cast) -> None:
    held = approve(acme.nina, register(acme.paul))
    register(acme.sven, "Other AG", tax_id=OTHER_ID)
    asked = amend(acme.paul, held, tax_id=OTHER_ID)
    with nothing_written_in(acme.acme), pytest.raises(refusals.RivalNamed):
        answer(acme.nina, asked, approve=False, words="They are with canary.example")


def test_page_and_api_refuse_the_name_alike(acme: Cast, rivals: tuple[Deal, Deal]) -> None:
    deal = rivals[1]
    machine = Machine(make_key(acme.acme, "deals:read", "deal-decisions:write"))
    machine.get("deals")
    with nothing_written_in(acme.acme):
        page = client_of(acme.vera).post(f"/acme/m/deals/{deal.id}/reject/", {"reason": NAMING})
        refused = machine.post(f"deals/{deal.id}:reject", {"reason": NAMING})
    assert page.status_code == refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Say it without the name" in page.content.decode()
    assert problem_of(refused)["code"] == "partner_named"


def kinds(queries: CaptureQueriesContext) -> list[str]:
    """The statements of a piece of work without their values."""
    found = []
    for query in queries.captured_queries:
        text = re.sub(r'"s\d+_x\d+"', "SAVEPOINT", query["sql"])
        text = re.sub(r"'[^']*'(::\w+)?", "?", text)
        found.append(re.sub(r"\b\d+\b", "?", text))
    return found


@contextmanager
def watched(cast: Cast) -> Iterator[CaptureQueriesContext]:
    """Northwind's own work."""
    scope = tenant_context(cast.acme.id, scope="partner", partner_ids=[cast.northwind.id])
    with scope, CaptureQueriesContext(connection) as captured:
        yield captured


def test_a_taken_and_a_free_customer_cost_the_same_statements(acme: Cast) -> None:
    """Registered, checked, contested: the same work in the same order whoever stands there."""
    approve(acme.vera, register(acme.sven), at=NOW)
    register(acme.paul, "Warm AG", tax_id="7702070139")
    work: list[list[list[str]]] = []
    for customer, number in (("Acme", TAX_ID), ("Free", OTHER_ID)):
        with watched(acme) as registering:
            deal = actions.register_deal(
                actor=acme.paul.actor,
                partner=acme.northwind,
                facts={
                    "customer": customer,
                    "tax_id": number,
                    "line": line_of(),
                    "amount_minor": 100,
                    "currency": "EUR",
                    "closes_on": NOW.date(),
                },
                at=NOW + timedelta(minutes=1),
                join_queue=True,
            )
        with watched(acme) as contesting:
            raise_conflict(actor=acme.paul.actor, deal=deal, evidence=MEETING, at=NOW)
        work.append([kinds(registering), kinds(contesting)])
    assert work[0] == work[1]


def check(client: Client, cast: Cast, number: str) -> list[str]:
    with tenant_context(cast.acme.id):
        line = str(line_of().id)
    asked = {"customer": "Anybody", "tax_id": number, "line": line}
    with CaptureQueriesContext(connection) as captured:
        client.get("/acme/p/deals/check/", asked)
    return kinds(captured)


def test_the_check_costs_the_same_statements(acme: Cast) -> None:
    paul = client_of(acme.paul)
    approve(acme.vera, register(acme.sven), at=timezone.now())
    check(paul, acme, "7702070139")
    taken, free = check(paul, acme, TAX_ID), check(paul, acme, OTHER_ID)
    assert taken == free
    assert len(taken) > 1


def without_tokens(body: bytes) -> str:
    return re.sub(r'(name="csrfmiddlewaretoken" value=)"[^"]+"', r"\1", body.decode())


def test_pages_count_the_same_with_and_without_a_rival(acme: Cast) -> None:
    """What stands on the own pages before somebody else registers the customer stands there afterwards, to the byte."""
    deal = register(acme.paul)
    paul = client_of(acme.paul)
    pages = ["deals/", "deals/board/", f"deals/{deal.id}/", f"deals/{deal.id}/edit/", "notices/", ""]

    def look() -> list[str]:
        return [without_tokens(paul.get(f"/acme/p/{page}").content) for page in pages]

    look()
    alone = look()
    second = register(acme.sven, join_queue=True, at=NOW + timedelta(minutes=1))
    approve(acme.vera, second)
    assert look() == alone


@pytest.mark.parametrize("others", [1, 2])
def test_a_place_is_a_number_and_says_nothing_of_whose(acme: Cast, others: int) -> None:
    """The same answer whoever stands before: only how many."""
    for n in range(others):
        partner = make_partner(acme.acme, f"R{n}", f"Rival {n}")
        person = make_person(acme.acme, f"r{n}@rival{n}.example", "partner_admin", partner_id=partner.id)
        register(person, join_queue=True, at=NOW + timedelta(minutes=n))
    with pytest.raises(refusals.CustomerClaimed) as claimed:
        register(acme.paul, at=NOW + timedelta(hours=1))
    assert str(claimed.value.message) == (
        "This customer was registered earlier for this product line. You can join the queue; your place would be "
        f"number {others + 1}."
    )


def test_no_answer_of_the_api_to_a_registration_names_the_rival(
    acme: Cast, rivals: tuple[Deal, Deal]
) -> None:
    """A portal of the partner's own, over the vendor's key: refusal, place and reading hold nothing of the other."""
    machine = Machine(make_key(acme.acme, "deals:read", "deals:write"))
    body = {
        "partner": "NW",
        "customer": "Acme again",
        "tax_id": TAX_ID,
        "line": "software",
        "amount": "1.00",
        "currency": "EUR",
        "closes_on": "2027-06-01",
    }
    answers = [
        machine.post("deals", body),
        machine.post("deals", body | {"join_queue": True}),
        machine.get(f"deals/{rivals[1].id}"),
        machine.get("deals", partner="NW"),
    ]
    secrets = (b"Canary", b"SW-17", b"sven", str(rivals[0].id).encode(), str(acme.southwind.id).encode())
    assert [secret for secret in secrets for told in answers if secret in told.content] == []
