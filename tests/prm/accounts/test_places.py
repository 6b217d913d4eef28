"""Several places of one person: the switcher, and what happens when a place ends."""

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from prm.accounts.actions import end_membership
from prm.accounts.models import Membership
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from tests.support.cast import NOW, Cast, Person
from tests.support.clients import client_of


def place(person: Person, tenant: Tenant, role: str, partner_id: UUID | None = None) -> Membership:
    with tenant_context(tenant.id):
        return Membership.objects.create(user=person.user, role=role, partner_id=partner_id)


def switch(client: Client, membership_id: Any) -> Any:
    return client.post("/switch/to/", {"membership": str(membership_id)})


def test_who_has_one_place_goes_straight_in(cast: Cast) -> None:
    assert client_of(cast.vera).get("/switch/")["Location"] == "/acme/m/"
    assert client_of(cast.paul).get("/")["Location"] == "/acme/p/"


def test_who_has_several_chooses_among_their_own(cast: Cast) -> None:
    place(cast.vera, cast.zenith, "auditor")
    page = client_of(cast.vera).get("/switch/").content.decode()
    assert "Acme" in page
    assert "Zenith" in page
    assert "Northwind" not in page


def test_a_place_in_another_tenant_is_entered_with_its_own_role(cast: Cast) -> None:
    second = place(cast.vera, cast.zenith, "auditor")
    client = client_of(cast.vera)
    assert switch(client, second.id)["Location"] == "/zenith/m/"
    assert client.get("/zenith/m/members/invite/").status_code == 403
    assert client.get("/acme/m/members/invite/").status_code == 200


def test_the_chosen_one_of_two_companies_is_seen(cast: Cast) -> None:
    second = place(cast.paul, cast.acme, "partner_admin", cast.southwind.id)
    client = client_of(cast.paul)
    for membership, own, other in (
        (second, "Southwind", "Northwind"),
        (cast.paul.membership, "Northwind", "Southwind"),
    ):
        assert switch(client, membership.id)["Location"] == "/acme/p/"
        team = client.get("/acme/p/team/").content.decode()
        assert f"{own.lower()}.example" in team
        assert f"mia@{other.lower()}.example" not in team
        assert f"sven@{other.lower()}.example" not in team


@pytest.mark.parametrize("whose", ["felix", "zed", "nobody", ""])
def test_nobody_switches_to_a_place_of_somebody_else(cast: Cast, whose: str) -> None:
    wanted = getattr(cast, whose).membership.id if whose in ("felix", "zed") else whose
    client = client_of(cast.vera)
    assert switch(client, wanted).status_code == 404
    assert "membership" not in client.session
    assert client.get("/zenith/m/").status_code == 404


def test_switching_is_posted_by_somebody_who_is_logged_in(cast: Cast) -> None:
    assert client_of(cast.vera).get("/switch/to/").status_code == 405
    assert switch(Client(), cast.vera.membership.id)["Location"].startswith("/account/login/")


def test_a_place_that_ends_is_closed_to_the_open_session_and_leaves_the_others(cast: Cast) -> None:
    second = place(cast.paul, cast.zenith, "auditor")
    client = client_of(cast.paul)
    switch(client, cast.paul.membership.id)
    assert client.get("/acme/p/").status_code == 200
    with tenant_context(cast.acme.id):
        end_membership(actor=cast.sven.actor, membership=make_spare(cast), at=NOW)
    assert client.get("/acme/p/").status_code == 404
    assert client.get("/zenith/m/").status_code == 200
    assert switch(client, cast.paul.membership.id).status_code == 404
    assert client.get("/switch/")["Location"] == "/zenith/m/"
    assert switch(client, second.id).status_code == 302


def make_spare(cast: Cast) -> Membership:
    """Paul's place, with another administrator beside it, so that it may end."""
    Membership.objects.filter(id=cast.mia.membership.id).update(role="partner_admin")
    return Membership.objects.get(id=cast.paul.membership.id)


def test_who_has_no_place_left_is_told_so(cast: Cast) -> None:
    client = client_of(cast.vera)
    with tenant_context(cast.acme.id):
        end_membership(actor=cast.vasily.actor, membership=cast.vera.membership, at=NOW)
    assert client.get("/acme/m/").status_code == 404
    assert "No invitation yet" in client.get("/switch/").content.decode()
