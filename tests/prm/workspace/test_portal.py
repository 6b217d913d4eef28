"""The team of a partner, kept by the partner's own admin."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.core import mail

from prm.accounts.models import Invitation, Membership
from prm.audit.models import AuditRecord
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast, Person
from tests.support.clients import client_of, fresh_client_of
from tests.support.rows import nothing_written_in


def invite(person: Person, **changes: Any) -> Any:
    form = {"email": "nora@northwind.example", "role": "partner_user", "sees_money": "on", "language": "ru"}
    return fresh_client_of(person).post("/acme/p/team/invite/", form | changes)


def invitations(cast: Cast) -> list[tuple[Any, ...]]:
    with tenant_context(cast.acme.id):
        return list(Invitation.objects.values_list("email", "role", "partner_id", "sees_money"))


def place_of(person: Person) -> tuple[str, bool, bool]:
    with tenant_context(person.tenant.id):
        row = Membership.objects.get(id=person.membership.id)
    return row.role, row.sees_money, row.ended_at is None


def recorded(cast: Cast) -> list[str]:
    with tenant_context(cast.acme.id):
        return list(AuditRecord.objects.order_by("id").values_list("action", flat=True))


def test_the_team_is_the_own_companys(cast: Cast) -> None:
    text = client_of(cast.paul).get("/acme/p/team/").content.decode()
    assert "paul@northwind.example" in text
    assert "mia@northwind.example" in text
    assert "southwind.example" not in text
    assert "acme.example" not in text


def test_an_invitation_is_for_the_own_company_whatever_is_sent(cast: Cast) -> None:
    assert invite(cast.paul, partner_id=str(cast.southwind.id)).status_code == 302
    assert invitations(cast) == [("nora@northwind.example", "partner_user", cast.northwind.id, True)]
    assert len(mail.outbox) == 1
    assert recorded(cast) == ["member.invited"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"role": "programme_admin"}, "role"),
        ({"role": "finance"}, "role"),
        ({"email": "mia@northwind.example"}, "email"),
    ],
)
def test_a_wrong_invitation_makes_nothing(cast: Cast, changes: dict[str, str], field: str) -> None:
    answer = invite(cast.paul, **changes)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert (invitations(cast), mail.outbox, recorded(cast)) == ([], [], [])


def test_a_partner_user_keeps_no_team(cast: Cast) -> None:
    client = client_of(cast.mia)
    assert client.get("/acme/p/team/").status_code == 403
    assert invite(cast.mia).status_code == 403
    assert invitations(cast) == []


def test_a_withdrawn_invitation_leaves_the_list_and_siblings_cannot_withdraw_it(cast: Cast) -> None:
    invite(cast.paul)
    with tenant_context(cast.acme.id):
        path = f"/acme/p/team/invitations/{Invitation.objects.get().id}/withdraw/"
    assert client_of(cast.sven).post(path).status_code == 404
    client = client_of(cast.paul)
    assert client.get(path).status_code == 200
    assert client.post(path).status_code == 302
    assert list(client.get("/acme/p/team/").context["invitations"]) == []
    assert recorded(cast) == ["member.invited", "member.invitation_withdrawn"]


def test_the_right_to_see_money_is_given_and_taken(cast: Cast) -> None:
    client, path = fresh_client_of(cast.paul), f"/acme/p/team/{cast.mia.membership.id}/"
    assert client.post(path, {"role": "partner_user", "sees_money": "on"}).status_code == 302
    assert place_of(cast.mia) == ("partner_user", True, True)
    assert client.post(path, {"role": "partner_user"}).status_code == 302
    assert place_of(cast.mia) == ("partner_user", False, True)
    assert recorded(cast) == ["member.changed", "member.changed"]


@pytest.mark.parametrize("where", ["invite/", "{mia}/"])
def test_an_old_login_is_confirmed_before_a_right_is_given(cast: Cast, where: str) -> None:
    form = {"email": "nora@northwind.example", "role": "partner_admin", "language": "en"}
    path = "/acme/p/team/" + where.format(mia=cast.mia.membership.id)
    with nothing_written_in(cast.acme):
        answer = client_of(cast.paul).post(path, form)
    assert answer["Location"] == f"/acme/account/reauthenticate/?{urlencode({'next': path})}"
    assert mail.outbox == []
    assert fresh_client_of(cast.paul).post(path, form)["Location"] == "/acme/p/team/"
    assert len(recorded(cast)) == 1


def test_a_colleague_is_removed(cast: Cast) -> None:
    client, path = client_of(cast.paul), f"/acme/p/team/{cast.mia.membership.id}/end/"
    assert client.get(path).status_code == 200
    assert client.post(path).status_code == 302
    assert client.post(path).status_code == 404
    assert place_of(cast.mia) == ("partner_user", False, False)
    assert recorded(cast) == ["member.removed"]


def test_the_last_admin_of_a_partner_stays(cast: Cast) -> None:
    client, path = fresh_client_of(cast.paul), f"/acme/p/team/{cast.paul.membership.id}/"
    assert client.post(path, {"role": "partner_user"}).status_code == 422
    assert "last administrator" in client.post(path + "end/", follow=True).content.decode()
    assert place_of(cast.paul) == ("partner_admin", True, True)
    assert recorded(cast) == []


@pytest.mark.parametrize("who", ["sven", "vera"])
def test_people_of_other_places_cannot_be_touched(cast: Cast, who: str) -> None:
    person = getattr(cast, who)
    client, before = fresh_client_of(cast.paul), place_of(person)
    for path in ("", "end/"):
        address = f"/acme/p/team/{person.membership.id}/{path}"
        assert client.get(address).status_code == 404
        assert client.post(address, {"role": "partner_user"}).status_code == 404
    assert (place_of(person), recorded(cast)) == (before, [])
