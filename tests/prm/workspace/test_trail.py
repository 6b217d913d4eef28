"""The audit log as its readers see it."""

import csv
import io
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from prm.accounts.actions import change_member, invite
from prm.audit.actions import find_broken_link, record, seal_records
from prm.audit.models import AuditRecord, AuditSeal
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast
from tests.support.clients import client_of


@pytest.fixture
def trail(cast: Cast) -> list[AuditRecord]:
    """An invitation by Vera, a change of role by Vasily, and one act of the system with a reason."""
    with tenant_context(cast.acme.id):
        vera, vasily = cast.vera.actor, cast.vasily.actor
        invite(
            actor=vera, email="nora@acme.example", role="auditor", partner_id=None, sees_money=True, at=NOW
        )
        change_member(
            actor=vasily, membership=cast.felix.membership, role="auditor", sees_money=True, at=timezone.now()
        )
        record(actor=cast.system, action="probe.done", subject=cast.acme, at=timezone.now(), reason="=1+1")
        return list(AuditRecord.objects.order_by("id"))


def shown(cast: Cast, **query: Any) -> list[str]:
    answer = client_of(cast.otto).get("/acme/m/audit/", query)
    assert answer.status_code == 200
    return [row.action for row, _action, _changes in answer.context["rows"]]


def test_newest_first_with_old_and_new_values(cast: Cast, trail: list[AuditRecord]) -> None:
    assert shown(cast) == ["probe.done", "member.changed", "member.invited"]
    text = client_of(cast.otto).get("/acme/m/audit/").content.decode()
    assert "<del>finance</del> → auditor" in text
    assert "Member&#x27;s role changed" in text


def test_filters_by_action_actor_and_object(cast: Cast, trail: list[AuditRecord]) -> None:
    assert shown(cast, action="member.invited") == ["member.invited"]
    assert shown(cast, action="probe.done") == ["probe.done"]
    assert shown(cast, actor=str(cast.vasily.membership.id)) == ["member.changed"]
    assert shown(cast, actor="system") == ["probe.done"]
    assert shown(cast, subject=str(cast.felix.membership.id)) == ["member.changed"]
    assert shown(cast, subject=str(uuid4())) == []


def test_filters_by_day_of_the_tenant(cast: Cast, trail: list[AuditRecord]) -> None:
    assert shown(cast, until="2026-04-01") == ["member.invited"]
    assert "member.invited" not in shown(cast, since="2026-04-02")


def test_a_partners_person_is_named_when_asked_for(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        record(actor=cast.paul.actor, action="probe.done", subject=cast.northwind, at=NOW)
    answer = client_of(cast.otto).get("/acme/m/audit/", {"actor": str(cast.paul.membership.id)})
    assert [chip.text for chip in answer.context["chips"]] == ["Paul"]
    assert len(answer.context["rows"]) == 1


def test_pages_by_keyset(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        for number in range(51):
            record(actor=cast.system, action=f"probe.{number}", subject=cast.acme, at=NOW)
    client = client_of(cast.otto)
    first = client.get("/acme/m/audit/").context["page"]
    second = client.get("/acme/m/audit/", {"cursor": first.next_cursor}).context["page"]
    assert ([len(first.rows), len(second.rows)], second.rows[0].action) == ([50, 1], "probe.0")


def test_the_csv_holds_the_filtered_rows_and_no_formula(cast: Cast, trail: list[AuditRecord]) -> None:
    answer = client_of(cast.otto).get("/acme/m/audit/export.csv", {"actor": "system"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["Action"], row["Reason"], row["Before"]) for row in rows] == [("probe.done", "'=1+1", "")]


def test_another_tenants_records_are_not_there(cast: Cast, trail: list[AuditRecord]) -> None:
    answer = client_of(cast.zed).get("/zenith/m/audit/", {"subject": str(cast.felix.membership.id)})
    assert answer.context["rows"] == []
    assert "Felix" not in answer.content.decode()


@pytest.mark.parametrize("who", ["nina", "felix"])
def test_others_do_not_read_it(cast: Cast, who: str) -> None:
    client = client_of(getattr(cast, who))
    for path in ("", "export.csv", "verify/"):
        assert client.get(f"/acme/m/audit/{path}").status_code == 403


def test_the_chain_is_proved_on_demand(cast: Cast, trail: list[AuditRecord]) -> None:
    client = client_of(cast.otto)
    assert "No record is sealed yet" in client.get("/acme/m/audit/verify/").content.decode()
    with tenant_context(cast.acme.id):
        seal_records(at=NOW)
    text = client.get("/acme/m/audit/verify/").content.decode()
    assert "The chain holds." in text
    assert "3 records were computed again" in text


def test_the_chain_is_proved_in_portions(
    cast: Cast, trail: list[AuditRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prm.audit.actions.VERIFIED_AT_ONCE", 2)
    with tenant_context(cast.acme.id):
        seal_records(at=NOW)
        assert find_broken_link() is None
        forged = record(actor=cast.system, action="probe.done", subject=cast.acme, at=NOW)
        AuditSeal.objects.create(position=4, record_id=forged.id, chain_hash="0" * 64, sealed_at=NOW)
        assert find_broken_link() == 4


def test_a_page_proves_the_end_of_a_long_chain_and_says_so(
    cast: Cast, trail: list[AuditRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    with tenant_context(cast.acme.id):
        seal_records(at=NOW)
        assert [find_broken_link(newest=newest) for newest in (1, 2, 3, 9)] == [None] * 4
    page = client_of(cast.otto).get("/acme/m/audit/verify/").content.decode()
    assert "These are the newest" not in page
    monkeypatch.setattr("prm.workspace.trail.VERIFIED_ON_A_PAGE", 2)
    page = client_of(cast.otto).get("/acme/m/audit/verify/").content.decode()
    assert "2 records were computed again" in page
    assert "These are the newest" in page


def test_a_forged_seal_breaks_the_chain(cast: Cast, trail: list[AuditRecord]) -> None:
    with tenant_context(cast.acme.id):
        seal_records(at=NOW)
        forged = record(actor=cast.system, action="probe.done", subject=cast.acme, at=NOW)
        AuditSeal.objects.create(position=4, record_id=forged.id, chain_hash="0" * 64, sealed_at=NOW)
    text = client_of(cast.otto).get("/acme/m/audit/verify/").content.decode()
    assert "The chain is broken at record 4." in text
