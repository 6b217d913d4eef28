"""The commands of those who run the installation."""

import json
from io import StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from prm.accounts.actions import accept_invitation
from prm.accounts.actor import system_actor
from prm.accounts.consents import consent_to_ask
from prm.accounts.models import Membership
from prm.accounts.scopes import declare_scope
from prm.audit.actions import record, seal_records
from prm.audit.models import AuditRecord
from prm.files import purposes
from prm.files.actions import store_file
from prm.files.purposes import declare_purpose
from prm.kit.ids import uuid7
from prm.tenancy.context import tenant_context
from prm.tenancy.exports import list_tenant_tables
from prm.tenancy.models import DocumentCounter, Tenant
from prm.tenancy.queries import find_tenant
from tests.support.api import Machine, make_key
from tests.support.cast import NOW, Cast, make_tenant
from tests.support.clients import client_of
from tests.support.databases import forge


def run(*command: Any) -> str:
    said = StringIO()
    call_command(*command, stdout=said)
    return said.getvalue()


def open_globex(*options: str) -> str:
    return run("create_tenant", "globex", "Globex", "--admin", "Vera@acme.example", *options)


def test_a_new_tenant_waits_for_its_invited_admin(cast: Cast) -> None:
    said = open_globex("--currency", "KZT", "--time-zone", "Asia/Almaty", "--first-period", "2026-02-01")
    card = find_tenant("globex")
    assert card is not None
    secret = said.split("/invite/")[1].split("/")[0]
    with tenant_context(card.id):
        text = consent_to_ask(cast.vera.user.id, language="en", at=NOW)
    membership = accept_invitation(
        tenant_id=card.id, secret=secret, user=cast.vera.user, consent=text, at=NOW
    )
    assert (membership.role, membership.partner_id) == ("programme_admin", None)
    with tenant_context(card.id):
        tenant = Tenant.objects.get()
        actions = list(AuditRecord.objects.order_by("id").values_list("action", flat=True))
        assert Membership.objects.count() == 1
    assert (tenant.currency, tenant.time_zone, str(tenant.first_period_on)) == (
        "KZT",
        "Asia/Almaty",
        "2026-02-01",
    )
    assert actions == ["tenant.opened", "member.invited", "member.joined", "member.consented"]


@pytest.mark.parametrize(
    ("slug", "options", "words"),
    [
        ("acme", [], "taken"),
        ("api", [], "slug"),
        ("Upper", [], "slug"),
        ("m", [], "slug"),
        ("a_b_c", [], "slug"),
        ("good", ["--currency", "XXX"], "currency"),
        ("good", ["--time-zone", "Mars/Base"], "time zone"),
        ("good", ["--first-period", "2026-02-02"], "first day"),
        ("good", ["--admin", "nobody"], "e-mail"),
    ],
)
def test_a_tenant_that_cannot_be_opened(cast: Cast, slug: str, options: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        run("create_tenant", slug, "Name", "--admin", "a@b.example", *options)
    assert slug == "acme" or find_tenant(slug) is None


def test_a_suspended_tenant_lets_nobody_in_until_it_is_resumed(cast: Cast) -> None:
    declare_scope("jobs:read")
    vera, machine = client_of(cast.vera), Machine(make_key(cast.acme, "jobs:read"))

    def doors() -> tuple[int, int]:
        return vera.get("/acme/m/jobs/").status_code, machine.get(f"jobs/{uuid7()}").status_code

    assert doors() == (200, 404)
    run("suspend_tenant", "acme", "--reason", "unpaid")
    assert doors() == (404, 401)
    with pytest.raises(CommandError, match="already suspended"):
        run("suspend_tenant", "acme", "--reason", "unpaid")
    run("resume_tenant", "acme", "--reason", "paid")
    assert doors() == (200, 404)
    with tenant_context(cast.acme.id):
        trail = list(AuditRecord.objects.filter(action__startswith="tenant.").values_list("action", "reason"))
    assert sorted(trail) == [("tenant.resumed", "paid"), ("tenant.suspended", "unpaid")]


def read_export(target: Path) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    with ZipFile(target) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        tables = {
            name.removesuffix(".ndjson"): [json.loads(line) for line in archive.read(name).splitlines()]
            for name in archive.namelist()
            if name.endswith(".ndjson")
        }
    return manifest, tables


def test_an_export_holds_the_tenants_rows_and_no_others(cast: Cast, tmp_path: Path) -> None:
    make_key(cast.acme, "jobs:read")
    run("export_tenant", "acme", tmp_path / "acme.zip")
    manifest, tables = read_export(tmp_path / "acme.zip")
    assert set(list_tenant_tables()) | {"prm_tenant", "people"} == set(tables)
    assert {name: len(rows) for name, rows in tables.items()} == {
        name: part["rows"] for name, part in manifest["tables"].items()
    }
    owners = {row["tenant_id"] for rows in tables.values() for row in rows if "tenant_id" in row}
    assert owners == {str(cast.acme.id)}
    assert [row["slug"] for row in tables["prm_tenant"]] == ["acme"]
    assert {row["name"] for row in tables["partners_partner"]} == {"Northwind", "Southwind"}
    assert "zed@zenith.example" not in {row["email"] for row in tables["people"]}
    assert "vera@acme.example" in {row["email"] for row in tables["people"]}
    text = json.dumps(tables)
    assert "secret_hash" not in text
    assert "password" not in text


def test_an_export_carries_the_files(cast: Cast, tmp_path: Path) -> None:
    declare_purpose("probe", permission="files.open", extensions={"csv"})
    with tenant_context(cast.acme.id):
        kept = store_file(actor=cast.vera.actor, purpose="probe", name="a.csv", content=b"1;2\n", at=NOW)
    run("export_tenant", "acme", tmp_path / "acme.zip")
    del purposes._catalogue["probe"]
    with ZipFile(tmp_path / "acme.zip") as archive:
        assert archive.read(f"files/{kept.id}/a.csv") == b"1;2\n"


def test_an_export_overwrites_nothing_and_leaves_nothing_half_done(cast: Cast, tmp_path: Path) -> None:
    target = tmp_path / "acme.zip"
    target.write_bytes(b"mine")
    with pytest.raises(CommandError, match="exists"):
        run("export_tenant", "acme", target)
    with pytest.raises(CommandError, match="no tenant"):
        run("export_tenant", "nobody", tmp_path / "other.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["acme.zip"]
    assert target.read_bytes() == b"mine"


@pytest.mark.race
def test_an_export_shows_one_moment(own_database: str, tmp_path: Path) -> None:
    make_tenant("acme", "Acme")
    run("export_tenant", "acme", tmp_path / "acme.zip")
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_isolation")
        assert cursor.fetchone() == ("read committed",)
    assert read_export(tmp_path / "acme.zip")[0]["tables"]["prm_tenant"]["rows"] == 1


def sealed(cast: Cast, count: int = 3) -> None:
    for tenant in (cast.acme, cast.zenith):
        with tenant_context(tenant.id):
            counter = DocumentCounter.objects.create(kind="x")
            for _ in range(count):
                record(actor=cast.system, action="probe.done", subject=counter, at=NOW)
            seal_records(at=NOW)


def test_an_untouched_trail_holds(cast: Cast) -> None:
    sealed(cast)
    assert run("verify_audit", "acme") == "acme: the chain holds\n"
    assert run("verify_audit") == "acme: the chain holds\nzenith: the chain holds\n"


@pytest.mark.race
def test_a_record_changed_behind_our_back_is_found(own_database: str) -> None:
    acme = make_tenant("acme", "Acme")
    with tenant_context(acme.id):
        counter = DocumentCounter.objects.create(kind="x")
        for reason in ("one", "two", "three"):
            record(actor=system_actor(acme.id), action="probe.done", subject=counter, at=NOW, reason=reason)
        seal_records(at=NOW)
    forge(own_database, "UPDATE prm_auditrecord SET reason = 'forged' WHERE reason = 'two'")
    with pytest.raises(CommandError, match="changed after it was sealed"):
        run("verify_audit", "acme")
