"""Staff look at the portal as a partner: who may, what they see, and that nothing can be changed."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import InternalError
from django.test import Client

from partners.directory.models import Partner
from partners.segments.models import EngagementEvent
from prm.accounts import viewing
from prm.accounts.models import Membership
from prm.audit.models import AuditRecord
from prm.tenancy.context import tenant_context
from tests.support.access import make_world
from tests.support.cast import NOW, Cast, Person
from tests.support.clients import client_of
from tests.support.routes import all_routes, values_for
from tests.support.rows import nothing_written_in


def looking(cast: Cast, person: Person, partner: Partner) -> Client:
    client = client_of(person)
    answer = client.post(f"/acme/m/partners/{partner.id}/view/")
    assert answer.status_code == 302
    assert answer["Location"] == "/acme/p/"
    return client


def test_the_page_says_as_whom_one_looks_and_the_trail_says_who_looked(cast: Cast) -> None:
    page = looking(cast, cast.vera, cast.northwind).get("/acme/p/company/").content.decode()
    assert "You see the portal as <strong>Northwind</strong>" in page
    with tenant_context(cast.acme.id):
        last = AuditRecord.objects.filter(subject_id=cast.northwind.id).latest("id")
    assert (last.action, last.actor_id) == ("partner.viewed_as", cast.vera.membership.id)


def test_what_would_be_refused_is_not_offered(cast: Cast) -> None:
    offered = ("Edit website", "Add contact", "Send to the vendor")
    seen = looking(cast, cast.vera, cast.northwind).get("/acme/p/company/").content.decode()
    own = client_of(cast.paul).get("/acme/p/company/").content.decode()
    assert [words for words in offered if words in seen] == []
    assert [words for words in offered if words in own] == list(offered)


def test_a_person_of_the_partner_meets_no_banner(cast: Cast) -> None:
    assert "You see the portal as" not in client_of(cast.paul).get("/acme/p/company/").content.decode()


def test_every_page_opens_and_nothing_is_written_by_looking(cast: Cast) -> None:
    world = make_world(cast)
    client = looking(cast, cast.vera, cast.northwind)
    wrong = {}
    with nothing_written_in(cast.acme):
        for route in all_routes():
            if route.face != "portal":
                continue
            path = "/acme" + route.path(values_for(route, world.own))
            got = client.get(path).status_code
            if got not in (200, 403, 404, 405):
                wrong[route.name] = got
            posted = client.post(path).status_code
            if posted not in (403, 405):
                wrong[f"POST {route.name}"] = posted
    assert wrong == {}


def test_a_visit_while_looking_is_no_sign_in_of_the_partner(cast: Cast) -> None:
    looking(cast, cast.vera, cast.northwind).get("/acme/p/")
    with tenant_context(cast.acme.id):
        assert not EngagementEvent.objects.exists()
    client_of(cast.paul).get("/acme/p/")
    with tenant_context(cast.acme.id):
        assert EngagementEvent.objects.count() == 1


def test_the_database_itself_takes_no_writes(cast: Cast) -> None:
    own: Any = {"scope": "partner", "partner_ids": [cast.northwind.id]}
    with (
        nothing_written_in(cast.acme),
        pytest.raises(InternalError, match="read-only"),
        tenant_context(cast.acme.id, read_only=True, **own),
    ):
        Partner.objects.filter(id=cast.northwind.id).update(website="https://other.example")


@pytest.mark.parametrize(("who", "status"), [("felix", 403), ("otto", 403), ("paul", 404), ("zed", 404)])
def test_who_may_not_look_sees_nothing(cast: Cast, who: str, status: int) -> None:
    client = client_of(getattr(cast, who))
    with nothing_written_in(cast.acme):
        assert client.post(f"/acme/m/partners/{cast.northwind.id}/view/").status_code == status
    assert viewing._KEY not in client.session


def test_a_partner_of_another_portfolio_is_missing(cast: Cast) -> None:
    client = client_of(cast.nina)
    with nothing_written_in(cast.acme):
        assert client.post(f"/acme/m/partners/{cast.southwind.id}/view/").status_code == 404
    assert client.get("/acme/p/").status_code == 404
    looking(cast, cast.nina, cast.northwind)


def test_the_portal_of_another_tenant_stays_closed(cast: Cast) -> None:
    assert looking(cast, cast.vera, cast.northwind).get("/zenith/p/").status_code == 404


def test_looking_ends_on_wish(cast: Cast) -> None:
    client = looking(cast, cast.vera, cast.northwind)
    answer = client.post("/acme/m/partners/view/end/")
    assert answer["Location"] == f"/acme/m/partners/{cast.northwind.id}/"
    assert client.get("/acme/p/").status_code == 404


def test_looking_ends_by_itself(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    client = looking(cast, cast.vera, cast.northwind)
    real = viewing.viewing_in

    def later(session: Any, places: Any, *, at: datetime) -> Any:
        return real(session, places, at=at + viewing.LASTS + timedelta(seconds=1))

    monkeypatch.setattr("prm.accounts.middleware.viewing_in", later)
    assert client.get("/acme/p/").status_code == 404


def test_who_loses_the_place_loses_the_view(cast: Cast) -> None:
    client = looking(cast, cast.vera, cast.northwind)
    with tenant_context(cast.acme.id):
        Membership.objects.filter(id=cast.vera.membership.id).update(ended_at=NOW)
    assert client.get("/acme/p/").status_code == 404
