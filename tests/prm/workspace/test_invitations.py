"""The page behind an invitation's link: who may come in through it, and who not any more."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from partners.onboarding.agreements import publish_document
from partners.onboarding.rules import text_hash
from prm.accounts.actions import ConsentMissing, accept_invitation
from prm.accounts.models import Consent, Invitation, Membership, User
from prm.accounts.queries import list_places
from prm.audit.models import AuditRecord
from prm.tenancy.context import identity_context, tenant_context
from prm.tenancy.models import Tenant
from tests.support.cast import Cast
from tests.support.clients import client_of, fresh_client_of
from tests.support.rows import nothing_written_in

NEW = {"name": "Nora New", "password": "seven small stones"}


def invited(cast: Cast, email: str, **place: Any) -> str:
    """Vera invites by page; the path of the link in the letter."""
    form = {
        "email": email,
        "role": "partner_user",
        "partner_id": cast.northwind.id,
        "language": "en",
        **place,
    }
    answer = fresh_client_of(cast.vera).post("/acme/m/members/invite/", form)
    assert answer.status_code == 302
    return link_in(str(mail.outbox[-1].body))


def joining(client: Client, path: str, **changes: str) -> dict[str, str]:
    """What a new person types, with the consent under the text that the page shows."""
    form = client.get(path).context["form"]
    read = form["read"].value() if form is not None and "read" in form.fields else ""
    return {**NEW, "consent": "on", "read": read, **changes}


def link_in(body: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:8000(/invite/\S+/)", body)
    assert found is not None
    return found[1]


def places_of(email: str) -> list[tuple[str, str]]:
    with identity_context():
        user = User.objects.filter(email=email).first()
    return [(place.tenant_slug, place.role) for place in list_places(user.id)] if user else []


def test_a_new_person_chooses_a_password_and_is_in(cast: Cast) -> None:
    path, client = invited(cast, "Nora@northwind.example"), Client()
    assert "Northwind" in client.get(path).content.decode()
    answer = client.post(path, joining(client, path))
    assert (answer.status_code, answer["Location"]) == (302, "/acme/p/")
    assert client.get("/acme/p/company/").status_code == 200
    assert places_of("nora@northwind.example") == [("acme", "partner_user")]


def test_a_known_person_logs_in_and_accepts_with_one_button(cast: Cast) -> None:
    path = invited(cast, cast.zed.user.email, role="auditor", partner_id="")
    stranger = Client().get(path)
    assert (stranger.status_code, stranger["Location"]) == (302, f"/account/login/?next={path}")
    client = client_of(cast.zed)
    assert "Accept the invitation" in client.get(path).content.decode()
    answer = client.post(path, joining(client, path))
    assert (answer.status_code, answer["Location"]) == (302, "/acme/m/")
    assert sorted(places_of(cast.zed.user.email)) == [("acme", "auditor"), ("zenith", "programme_admin")]


@pytest.mark.parametrize("password", ["", "short", "nora@northwind.example"])
def test_a_weak_password_joins_nobody(cast: Cast, password: str) -> None:
    path = invited(cast, "nora@northwind.example")
    answer = Client().post(path, joining(Client(), path, password=password))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["password"])
    assert places_of("nora@northwind.example") == []


def test_another_address_is_told_so_and_changes_nothing(cast: Cast) -> None:
    path = invited(cast, "nora@northwind.example")
    client = client_of(cast.sven)
    assert "You are logged in as sven@southwind.example" in client.get(path).content.decode()
    assert client.post(path).status_code == 403
    assert places_of(cast.sven.user.email) == [("acme", "partner_admin")]
    assert Client().get(path).status_code == 200


def test_a_link_works_once(cast: Cast) -> None:
    path = invited(cast, "nora@northwind.example")
    client = Client()
    client.post(path, joining(client, path))
    for again in (client, Client()):
        answer = again.post(path, NEW)
        assert answer.status_code == 410
        assert "used already" in answer.content.decode()
    assert places_of("nora@northwind.example") == [("acme", "partner_user")]


def set_invitation(cast: Cast, **values: Any) -> None:
    with tenant_context(cast.acme.id):
        Invitation.objects.update(**values)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"expires_at": timezone.now() - timedelta(minutes=1)}, "too old"),
        ({"withdrawn_at": timezone.now()}, "withdrawn"),
    ],
)
def test_a_dead_link_says_why_and_makes_nobody(cast: Cast, values: dict[str, Any], words: str) -> None:
    path = invited(cast, "nora@northwind.example")
    set_invitation(cast, **values)
    for answer in (Client().get(path), Client().post(path, NEW)):
        assert answer.status_code == 410
        assert words in answer.content.decode()
    assert places_of("nora@northwind.example") == []


def test_a_suspended_tenant_takes_nobody_in(cast: Cast) -> None:
    path = invited(cast, "nora@northwind.example")
    with tenant_context(cast.acme.id):
        Tenant.objects.update(suspended_at=timezone.now())
    assert Client().post(path, NEW).status_code == 410
    assert places_of("nora@northwind.example") == []


def test_an_unknown_link_is_a_missing_page(cast: Cast) -> None:
    assert Client().get("/invite/nothing-like-it/").status_code == 404


def test_the_letter_of_a_second_invitation_kills_the_first(cast: Cast) -> None:
    first, second = (invited(cast, "nora@northwind.example") for _ in range(2))
    assert Client().get(first).status_code == 410
    assert Client().get(second).status_code == 200


def test_the_letter_speaks_the_chosen_language(cast: Cast) -> None:
    invited(cast, "nora@northwind.example", language="ru")
    letter = mail.outbox[-1]
    assert letter.to == ["nora@northwind.example"]
    assert "Northwind" in letter.body


def test_the_password_opens_the_ordinary_login(cast: Cast) -> None:
    path, client = invited(cast, "nora@northwind.example"), Client()
    client.post(path, joining(client, path))
    client.logout()
    answer = client.post("/account/login/", {"login": "nora@northwind.example", "password": NEW["password"]})
    assert (answer.status_code, answer["Location"]) == (302, "/switch/")
    assert client.get("/switch/").headers["Location"] == "/acme/p/"


def consents(cast: Cast) -> list[tuple[Any, ...]]:
    with tenant_context(cast.acme.id):
        rows = Consent.objects.order_by("id")
        return list(rows.values_list("number", "language", "text_hash", "membership__user__email"))


def publish(cast: Cast, **texts: str) -> None:
    with tenant_context(cast.acme.id):
        publish_document(actor=cast.vera.actor, kind="consent", texts=texts, notice_days=0, at=timezone.now())


def test_the_consent_is_kept_with_its_version_and_recorded(cast: Cast) -> None:
    publish(cast, en="We keep **your name**.", ru="Мы храним **имя**.")
    path, client = invited(cast, "nora@northwind.example"), Client()
    assert "<strong>your name</strong>" in client.get(path).content.decode()
    assert client.post(path, joining(client, path)).status_code == 302
    hashed = text_hash("We keep **your name**.")
    assert consents(cast) == [(1, "en", hashed, "nora@northwind.example")]
    with tenant_context(cast.acme.id):
        record = AuditRecord.objects.get(action="member.consented")
        assert record.subject_id == Membership.objects.get(user__email="nora@northwind.example").id
    assert record.after == {"number": 1, "language": "en", "text_hash": hashed}
    assert record.actor_label == "Nora New"


def test_the_admin_sees_what_a_member_agreed_to(cast: Cast) -> None:
    publish(cast, en="We keep your name.")
    path, client = invited(cast, "nora@northwind.example"), Client()
    client.post(path, joining(client, path))
    with tenant_context(cast.acme.id):
        member = Membership.objects.get(user__email="nora@northwind.example")
    vera = fresh_client_of(cast.vera)
    assert "Your text, version 1" in vera.get(f"/acme/m/members/{member.id}/").content.decode()
    old = vera.get(f"/acme/m/members/{cast.felix.membership.id}/").content.decode()
    assert "came in before it was asked" in old


def test_without_a_text_of_the_vendors_the_products_own_is_agreed_to(cast: Cast) -> None:
    path, client = invited(cast, "nora@northwind.example"), Client()
    assert "Acme keeps your name" in client.get(path).content.decode()
    client.post(path, joining(client, path))
    assert [row[:2] for row in consents(cast)] == [(None, "en")]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"consent": ""}, "Nobody comes in without"),
        ({"read": ""}, "another one by now"),
        ({"read": "0" * 64}, "another one by now"),
    ],
)
def test_without_consent_to_the_text_that_binds_nobody_is_let_in(
    cast: Cast, changes: dict[str, str], words: str
) -> None:
    for email, client in (("nora@northwind.example", Client()), (cast.zed.user.email, client_of(cast.zed))):
        path = invited(cast, email)
        typed = joining(client, path, **changes)
        with nothing_written_in(cast.acme):
            answer = client.post(path, typed)
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["consent"])
        assert 'href="#id_consent"' in answer.content.decode()
        assert words in answer.content.decode()
    assert places_of("nora@northwind.example") == []


def test_a_text_that_changed_after_the_page_was_opened_is_read_first(cast: Cast) -> None:
    path, client = invited(cast, "nora@northwind.example"), Client()
    typed = joining(client, path)
    publish(cast, en="We keep more.")
    answer = client.post(path, typed)
    assert answer.status_code == 422
    assert "We keep more." in answer.content.decode()
    assert client.post(path, joining(client, path)).status_code == 302
    assert [row[0] for row in consents(cast)] == [1]


def test_the_action_itself_lets_nobody_in_without_the_text(cast: Cast) -> None:
    path = invited(cast, cast.zed.user.email)
    with nothing_written_in(cast.acme), pytest.raises(ConsentMissing):
        accept_invitation(
            tenant_id=cast.acme.id,
            secret=path.split("/")[2],
            user=cast.zed.user,
            consent=None,
            at=timezone.now(),
        )


def test_a_second_place_asks_again_only_for_another_version(cast: Cast) -> None:
    publish(cast, en="We keep your name.")
    first, client = invited(cast, cast.zed.user.email), client_of(cast.zed)
    client.post(first, joining(client, first))
    second = invited(cast, cast.zed.user.email, partner_id=cast.southwind.id)
    assert "Personal data" not in client.get(second).content.decode()
    assert client.post(second).status_code == 302
    assert len(consents(cast)) == 1
    publish(cast, en="We keep more.")
    third = invited(cast, cast.zed.user.email, role="auditor", partner_id="")
    assert client.post(third).status_code == 422
    client.post(third, joining(client, third))
    assert [row[0] for row in consents(cast)] == [1, 2]


def test_the_text_is_shown_in_the_readers_language(cast: Cast) -> None:
    publish(cast, en="We keep your name.", ru="Мы храним имя.")
    path, client = invited(cast, "nora@northwind.example"), Client(headers={"accept-language": "ru"})
    assert "Мы храним имя." in client.get(path).content.decode()
    client.post(path, joining(client, path))
    assert [row[1:3] for row in consents(cast)] == [("ru", text_hash("Мы храним имя."))]
