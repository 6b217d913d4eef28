"""The conflict desk and a partner's side of it, as people and machines meet them."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from partners.conflicts.actions import hear_others
from partners.conflicts.models import Conflict, ConflictSide, Evidence
from partners.deals.models import Deal, DealPart
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key
from tests.support.cast import NOW, Cast
from tests.support.clients import client_of
from tests.support.conflicts import PDF, award, raise_conflict, the_conflict
from tests.support.deals import approve, make_line, register
from tests.support.rows import nothing_written_in


@pytest.fixture
def acme(cast: Cast) -> Cast:
    make_line(cast)
    with tenant_context(cast.acme.id):
        cast.southwind.name = "Canary Southwind"
        cast.southwind.save()
    return cast


@pytest.fixture
def claims(acme: Cast) -> tuple[Deal, Deal]:
    first = approve(acme.vera, register(acme.paul))
    second = register(acme.sven, join_queue=True, at=NOW + timedelta(minutes=1))
    return first, second


@pytest.fixture
def raised(acme: Cast, claims: Any) -> ConflictSide:
    """Northwind's side; Southwind's is in the same conflict."""
    return raise_conflict(acme.paul, claims[0])


def told(**changes: Any) -> dict[str, Any]:
    return {"happened_on": "2026-03-02", "what": "Offer sent", **changes}


def evidence(cast: Cast) -> list[str]:
    with tenant_context(cast.acme.id):
        return list(Evidence.objects.order_by("id").values_list("what", flat=True))


def test_a_conflict_is_raised_with_its_evidence(acme: Cast, claims: Any) -> None:
    paper = SimpleUploadedFile("offer.pdf", PDF)
    answer = client_of(acme.paul).post(f"/acme/p/deals/{claims[0].id}/conflict/", told(file=paper))
    with tenant_context(acme.acme.id):
        side = ConflictSide.objects.get(partner=acme.northwind)
        (kept,) = Evidence.objects.select_related("file")
    assert answer.headers["Location"] == f"/acme/p/deals/conflicts/{side.id}/"
    assert kept.file is not None
    assert (kept.what, kept.file.name) == ("Offer sent", "offer.pdf")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"what": ""}, "This field is required."),
        ({"happened_on": "soon"}, "Enter a valid date."),
        ({"file": SimpleUploadedFile("a.exe", b"MZ")}, "Send a PDF, a picture"),
        ({"file": SimpleUploadedFile("a.pdf", b"<html>")}, "Send a PDF, a picture"),
    ],
)
def test_evidence_that_cannot_be_taken_is_named(
    acme: Cast, raised: ConflictSide, changes: dict[str, Any], said: str
) -> None:
    paul = client_of(acme.paul)
    paul.get("/acme/p/")  # the first visit of a day is noted
    with nothing_written_in(acme.acme):
        answer = paul.post(f"/acme/p/deals/conflicts/{raised.id}/", told(**changes))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert said in answer.content.decode()


def test_no_page_of_a_side_names_the_other(acme: Cast, raised: ConflictSide) -> None:
    paul = client_of(acme.paul)
    pages = [
        paul.get(f"/acme/p/{page}").content
        for page in (
            f"deals/conflicts/{raised.id}/",
            f"deals/{raised.deal_id}/",
            f"deals/{raised.deal_id}/conflict/",
            "notices/",
            "",
        )
    ]
    with tenant_context(acme.acme.id):
        other = ConflictSide.objects.get(partner=acme.southwind)
    secrets = [b"Canary", b"sven", str(other.id).encode(), str(acme.southwind.id).encode()]
    assert [secret for secret in secrets for page in pages if secret in page] == []
    assert paul.get(f"/acme/p/deals/conflicts/{other.id}/").status_code == HTTPStatus.NOT_FOUND


def test_the_desk_shows_both_sides_on_one_axis(acme: Cast, raised: ConflictSide) -> None:
    page = client_of(acme.vera).get(f"/acme/m/conflicts/{the_conflict(acme).id}/").content.decode()
    for said in ("Northwind", "Canary Southwind", "Met the head of purchasing", "served first: Northwind"):
        assert said in page


def test_a_manager_is_not_told_who_the_other_portfolio_is(acme: Cast, raised: ConflictSide) -> None:
    page = client_of(acme.nina).get(f"/acme/m/conflicts/{the_conflict(acme).id}/").content.decode()
    assert "A partner of another portfolio" in page
    assert "Canary" not in page
    assert "Programme admins rule on conflicts." in page


def ruling(cast: Cast, person: Client, **changes: Any) -> Any:
    with tenant_context(cast.acme.id):
        side = ConflictSide.objects.get(partner=cast.southwind)
    filled = {"outcome": "award", "awarded": str(side.id), "words": "They were first", **changes}
    return person.post(f"/acme/m/conflicts/{the_conflict(cast).id}/rule/", filled)


def test_a_ruling_is_read_by_each_side(acme: Cast, raised: ConflictSide) -> None:
    ruling(acme, client_of(acme.vera))
    page = client_of(acme.paul).get(f"/acme/p/deals/conflicts/{raised.id}/").content.decode()
    assert "Not awarded to you" in page
    staff = client_of(acme.vera).get(f"/acme/m/partners/{acme.northwind.id}/").content.decode()
    assert "Not awarded to this partner" in staff
    assert "awarded to you" not in staff
    assert "They were first" in page
    assert "You can appeal once" in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"words": "Canary Southwind was first"}, "Say it without the name."),
        ({"words": "NORTHWIND, then the others"}, "Say it without the name."),
        ({"awarded": ""}, "Say which side gets the customer."),
        ({"outcome": "share"}, "The shares must make 100 in all"),
        ({"words": ""}, "This field is required."),
    ],
)
def test_a_ruling_that_cannot_be_given_says_why(
    acme: Cast, raised: ConflictSide, changes: dict[str, Any], said: str
) -> None:
    with nothing_written_in(acme.acme):
        answer = ruling(acme, client_of(acme.vera), **changes)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert said in answer.content.decode()


def test_the_appeal_reaches_another_person_once_the_other_side_was_heard(
    acme: Cast, raised: ConflictSide, claims: Any
) -> None:
    award(acme.vera, the_conflict(acme), claims[1], at=timezone.now())
    paul, sven = client_of(acme.paul), client_of(acme.sven)
    paul.post(f"/acme/p/deals/conflicts/{raised.id}/appeal/", {"words": "Look at the offer"})
    address = f"/acme/m/conflicts/{the_conflict(acme).id}/"
    assert "decides the appeal" in client_of(acme.vera).get(address).content.decode()
    vasily = client_of(acme.vasily)
    page = vasily.get(address).content.decode()
    assert "Look at the offer" in page
    assert "Another side is being told of the appeal." in page
    assert 'name="outcome"' not in page
    with tenant_context(acme.acme.id):
        hear_others(actor=acme.system, side=ConflictSide.objects.get(id=raised.id), at=timezone.now())
        other = ConflictSide.objects.get(partner=acme.southwind)
    page = sven.get(f"/acme/p/deals/conflicts/{other.id}/").content.decode()
    assert "Another side appealed." in page
    assert "Look at the offer" not in page
    assert "Northwind" not in page
    sven.post(f"/acme/p/deals/conflicts/{other.id}/", told(what="Signed the offer"))
    assert 'name="outcome"' in vasily.get(address).content.decode()


def test_a_deal_is_taken_to_the_desk_by_staff(acme: Cast, claims: Any) -> None:
    client_of(acme.vera).post(f"/acme/m/deals/{claims[1].id}/conflict/")
    with tenant_context(acme.acme.id):
        assert Conflict.objects.get().sides.count() == 2


def test_parts_make_a_hundred(acme: Cast, claims: Any) -> None:
    address = f"/acme/m/deals/{claims[0].id}/parts/"
    rows = {
        "partner_0": str(acme.northwind.id), "part_0": "sold", "percent_0": "70",
        "partner_1": str(acme.southwind.id), "part_1": "implemented",
    }  # fmt: skip
    vera = client_of(acme.vera)
    with nothing_written_in(acme.acme):
        assert vera.post(address, rows | {"percent_1": "20"}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    vera.post(address, rows | {"percent_1": "30"})
    with tenant_context(acme.acme.id):
        parts = {part.part: str(part.percent) for part in DealPart.objects.all()}
    assert parts == {"implemented": "30.00", "sold": "70.00"}
    page = client_of(acme.sven).get("/acme/p/deals/").content.decode()
    assert "Acme GmbH" in page
    assert "Implemented" in page


def test_a_deal_has_as_many_parts_as_it_needs(acme: Cast, claims: Any) -> None:
    """Six rows are kept and offered again with empty ones; more are asked for without losing what was typed."""
    address = f"/acme/m/deals/{claims[0].id}/parts/"
    roles = ("sourced", "influenced", "sold")
    typed: dict[str, str] = {}
    for row, (partner, part) in enumerate(
        (partner, part) for partner in (acme.northwind, acme.southwind) for part in roles
    ):
        percent = "20" if row else "0.00"
        typed |= {f"partner_{row}": str(partner.id), f"part_{row}": part, f"percent_{row}": percent}
    typed["percent_0"] = "0.5"
    typed["percent_1"] = "19.5"
    vera = client_of(acme.vera)
    with nothing_written_in(acme.acme):
        more = vera.post(address, typed | {"more": "1"}).content.decode()
    assert 'name="partner_9"' in more
    assert 'value="19.5"' in more
    vera.post(address, typed)
    with tenant_context(acme.acme.id):
        assert DealPart.objects.count() == 6
    page = vera.get(address).content.decode()
    assert 'name="partner_9"' in page
    assert 'name="partner_10"' not in page


def test_machines_open_read_and_rule(acme: Cast, claims: Any) -> None:
    key = Machine(make_key(acme.acme, "conflicts:read", "conflicts:write"))
    opened = key.post(f"deals/{claims[0].id}:contest")
    assert opened.status_code == HTTPStatus.CREATED
    conflict: dict[str, Any] = opened.json()
    assert [side["deal_id"] for side in conflict["sides"]] == [str(deal.id) for deal in claims]
    address = f"conflicts/{conflict['id']}"
    with nothing_written_in(acme.acme):
        refused = key.post(f"{address}:rule", {"outcome": "award", "words": "First"})
        assert (refused.status_code, refused.json()["code"]) == (422, "award_incomplete")
    first = conflict["sides"][0]["id"]
    ruled = key.post(f"{address}:rule", {"outcome": "award", "words": "First", "awarded": first}).json()
    assert [side["verdict"] for side in ruled["sides"]] == ["awarded", "refused"]
    listed = key.get("conflicts", state="ruled").json()
    assert [row["id"] for row in listed["data"]] == [conflict["id"]]
