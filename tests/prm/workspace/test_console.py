"""Members and settings as the vendor's staff see and change them."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from prm.accounts.models import Invitation, Membership
from prm.audit.models import AuditRecord
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from tests.support.cast import Cast, Person
from tests.support.clients import client_of, fresh_client_of
from tests.support.rows import nothing_written_in


def invite(person: Person, **changes: Any) -> Any:
    form = {"email": "Nora@acme.example", "role": "auditor", "partner_id": "", "language": "en", **changes}
    return fresh_client_of(person).post("/acme/m/members/invite/", form)


def change(cast: Cast, member: Person, action: str = "", **form: Any) -> Any:
    return fresh_client_of(cast.vera).post(f"/acme/m/members/{member.membership.id}/{action}", form)


def invitations(cast: Cast) -> list[tuple[Any, ...]]:
    with tenant_context(cast.acme.id):
        return list(
            Invitation.objects.order_by("id").values_list("email", "role", "partner_id", "sees_money")
        )


def place_of(person: Person) -> tuple[str, bool, bool]:
    with tenant_context(person.tenant.id):
        row = Membership.objects.get(id=person.membership.id)
    return row.role, row.sees_money, row.ended_at is None


def recorded(cast: Cast) -> list[str]:
    with tenant_context(cast.acme.id):
        return list(AuditRecord.objects.order_by("id").values_list("action", flat=True))


def test_the_list_shows_everybody_of_the_tenant(cast: Cast) -> None:
    text = client_of(cast.otto).get("/acme/m/members/").content.decode()
    assert "vera@acme.example" in text
    assert "Northwind" in text
    assert "zed@zenith.example" not in text
    assert "Invite a person" not in text


def test_the_list_is_narrowed_by_name_and_role(cast: Cast) -> None:
    text = client_of(cast.vera).get("/acme/m/members/?q=felix&role=finance").content.decode()
    assert "felix@acme.example" in text
    assert "olga@acme.example" not in text


def test_an_invitation_is_stored_sent_and_recorded(cast: Cast) -> None:
    assert invite(cast.vera).status_code == 302
    assert invitations(cast) == [("nora@acme.example", "auditor", None, True)]
    assert [letter.to for letter in mail.outbox] == [["nora@acme.example"]]
    assert recorded(cast) == ["member.invited"]
    assert "nora@acme.example" in client_of(cast.otto).get("/acme/m/members/").content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": "felix@acme.example"}, "email"),
        ({"role": "operator"}, "role"),
        ({"role": "partner_user"}, "partner_id"),
        ({"partner_id": "northwind"}, "partner_id"),
        ({"role": "partner_user", "partner_id": "zephyr"}, "partner_id"),
    ],
)
def test_a_wrong_invitation_is_said_at_its_field(cast: Cast, changes: dict[str, str], field: str) -> None:
    if "partner_id" in changes:
        changes = changes | {"partner_id": str(getattr(cast, changes["partner_id"]).id)}
    answer = invite(cast.vera, **changes)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert (invitations(cast), mail.outbox, recorded(cast)) == ([], [], [])


@pytest.mark.parametrize("who", ["nina", "felix", "otto"])
def test_only_a_programme_admin_invites(cast: Cast, who: str) -> None:
    assert invite(getattr(cast, who)).status_code == 403
    assert (invitations(cast), mail.outbox) == ([], [])


def test_no_letter_no_invitation(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*args: object) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "send_messages", unreachable)
    answer = invite(cast.vera)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["__all__"])
    assert (invitations(cast), recorded(cast)) == ([], [])


def test_a_withdrawn_invitation_leaves_the_list(cast: Cast) -> None:
    invite(cast.vera)
    client = client_of(cast.vera)
    with tenant_context(cast.acme.id):
        path = f"/acme/m/members/invitations/{Invitation.objects.get().id}/withdraw/"
    assert client.get(path).status_code == 200
    assert client.post(path).status_code == 302
    assert client.post(path).status_code == 404
    assert recorded(cast) == ["member.invited", "member.invitation_withdrawn"]


def test_a_role_is_changed_and_recorded(cast: Cast) -> None:
    assert change(cast, cast.felix, role="auditor").status_code == 302
    assert place_of(cast.felix) == ("auditor", True, True)
    assert change(cast, cast.mia, role="partner_user", sees_money="on").status_code == 302
    assert place_of(cast.mia) == ("partner_user", True, True)
    assert recorded(cast) == ["member.changed", "member.changed"]


@pytest.mark.parametrize("where", ["invite/", "{felix}/"])
def test_an_old_login_is_confirmed_before_a_role_is_given(cast: Cast, where: str) -> None:
    form = {"email": "nora@acme.example", "role": "auditor", "partner_id": "", "language": "en"}
    path = "/acme/m/members/" + where.format(felix=cast.felix.membership.id)
    with nothing_written_in(cast.acme):
        answer = client_of(cast.vera).post(path, form)
    assert answer["Location"] == f"/acme/account/reauthenticate/?{urlencode({'next': path})}"
    assert mail.outbox == []
    assert fresh_client_of(cast.vera).post(path, form)["Location"] == "/acme/m/members/"
    assert len(recorded(cast)) == 1


def test_staff_see_money_whatever_is_sent(cast: Cast) -> None:
    invite(cast.vera, sees_money="")
    change(cast, cast.felix, role="auditor", sees_money="")
    assert invitations(cast) == [("nora@acme.example", "auditor", None, True)]
    assert place_of(cast.felix) == ("auditor", True, True)


@pytest.mark.parametrize(("who", "role"), [("felix", "partner_admin"), ("mia", "finance"), ("felix", "")])
def test_staff_stay_staff_and_partners_partners(cast: Cast, who: str, role: str) -> None:
    person = getattr(cast, who)
    before = place_of(person)
    answer = change(cast, person, role=role)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["role"])
    assert (place_of(person), recorded(cast)) == (before, [])


def test_a_removed_member_is_out_at_once(cast: Cast) -> None:
    client = client_of(cast.felix)
    assert client.get("/acme/m/sales/").status_code == 200
    assert change(cast, cast.felix, "end/").status_code == 302
    assert client.get("/acme/m/sales/").status_code == 404
    assert recorded(cast) == ["member.removed"]


def test_the_last_admin_cannot_leave(cast: Cast) -> None:
    assert change(cast, cast.vasily, "end/").status_code == 302
    answer = change(cast, cast.vera, role="auditor")
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["role"])
    page = client_of(cast.vera).post(f"/acme/m/members/{cast.vera.membership.id}/end/", follow=True)
    assert "last administrator" in page.content.decode()
    assert place_of(cast.vera) == ("programme_admin", True, True)
    assert recorded(cast) == ["member.removed"]


def settings_form(**changes: str) -> dict[str, str]:
    shown = {
        "name": "Acme",
        "time_zone": "UTC",
        "language": "en",
        "second_approver_above": "50000.00",
    }
    return {f"initial-{name}": value for name, value in shown.items()} | shown | changes


def stored_settings(cast: Cast) -> tuple[Any, ...]:
    with tenant_context(cast.acme.id):
        tenant = Tenant.objects.get()
    return tenant.name, tenant.time_zone, tenant.language, tenant.second_approver_above_minor


def test_changed_settings_are_stored_and_recorded_with_the_old_ones(cast: Cast) -> None:
    form = settings_form(time_zone="Europe/Riga", second_approver_above="1 250,50")
    assert client_of(cast.vera).post("/acme/m/settings/", form).status_code == 302
    assert stored_settings(cast) == ("Acme", "Europe/Riga", "en", 125_050)
    with tenant_context(cast.acme.id):
        record = AuditRecord.objects.get()
    assert (record.action, record.before, record.after) == (
        "tenant.changed",
        {"time_zone": "UTC", "second_approver_above_minor": 5_000_000},
        {"time_zone": "Europe/Riga", "second_approver_above_minor": 125_050},
    )


def test_two_editors_of_different_settings_keep_both(cast: Cast) -> None:
    client = client_of(cast.vera)
    client.post("/acme/m/settings/", settings_form(language="ru"))
    client.post("/acme/m/settings/", settings_form(name="Acme Tools"))
    assert stored_settings(cast) == ("Acme Tools", "UTC", "ru", 5_000_000)


@pytest.mark.parametrize(
    "changes",
    [{"name": ""}, {"time_zone": "Mars/Base"}, {"language": "xx"}, {"second_approver_above": "-1"}],
)
def test_wrong_settings_change_nothing(cast: Cast, changes: dict[str, str]) -> None:
    answer = client_of(cast.vera).post("/acme/m/settings/", settings_form(**changes))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, list(changes))
    assert (stored_settings(cast), recorded(cast)) == (("Acme", "UTC", "en", 5_000_000), [])


def test_an_auditor_reads_the_settings_and_changes_none(cast: Cast) -> None:
    client = client_of(cast.otto)
    assert "A programme admin changes these settings" in client.get("/acme/m/settings/").content.decode()
    assert client.post("/acme/m/settings/", settings_form(name="Other")).status_code == 403
    assert stored_settings(cast)[0] == "Acme"
