"""What may be kept, who may open it, and how it leaves."""

import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from django.core.files.storage import default_storage
from django.http import Http404
from django.utils import timezone

from prm.accounts.actor import Actor
from prm.accounts.scopes import declare_scope
from prm.audit.models import AuditRecord
from prm.files import purposes
from prm.files.actions import FileEmpty, FileKindRefused, FileTooLarge, store_file
from prm.files.models import StoredFile
from prm.files.purposes import declare_purpose
from prm.files.queries import FileDamaged, access_file, read_file
from prm.files.rules import clean_name, kind_of
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key, problem_of
from tests.support.cast import NOW, Cast, Person
from tests.support.clients import client_of

CSV = b"id;amount\n1;12,50\n"


@pytest.fixture(autouse=True)
def purpose() -> Iterator[None]:
    """A purpose of the tests: staff and partners may open it, keys with probes:read."""
    declare_scope("probes:read")
    declare_purpose(
        "probe",
        permission="files.open",
        extensions={"csv", "xlsx", "pdf"},
        most_bytes=10_000,
        scope="probes:read",
    )
    declare_purpose("probe-admin", permission="settings.view", extensions={"csv"})
    yield
    for code in ("probe", "probe-admin"):
        del purposes._catalogue[code]


def keep(
    person: Person, purpose: str = "probe", name: str = "a.csv", content: bytes = CSV, **more: Any
) -> StoredFile:
    with tenant_context(person.tenant.id):
        return store_file(actor=person.actor, purpose=purpose, name=name, content=content, at=NOW, **more)


def workbook() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as book:
        book.writestr("[Content_Types].xml", "<Types/>")
    return buffer.getvalue()


def test_a_kept_file_is_described_audited_and_reads_back(cast: Cast) -> None:
    stored = keep(cast.vera, name="C:\\reports\\sales\u202efdp.csv", media_type="text/html")
    assert (stored.name, stored.media_type, stored.size_bytes) == ("salesfdp.csv", "text/csv", len(CSV))
    assert stored.sha256 == sha256(CSV).hexdigest()
    assert stored.path.startswith(f"{cast.acme.id}/2026/04/")
    assert "sales" not in stored.path
    with tenant_context(cast.acme.id):
        assert read_file(stored) == CSV
        trail = AuditRecord.objects.get(subject_id=stored.id)
    assert (trail.action, trail.after["sha256"]) == ("file.stored", stored.sha256)


def test_damaged_bytes_are_noticed(cast: Cast) -> None:
    stored = keep(cast.vera)
    with default_storage.open(stored.path, "wb") as target:
        target.write(b"id;amount\n1;99,50\n")
    with pytest.raises(FileDamaged):
        read_file(stored)


HOSTILE = [
    ("a.csv", b"", FileEmpty),
    ("a.csv", b"x" * 10_001, FileTooLarge),
    ("a.csv", b"MZ\x00\x00", FileKindRefused),
    ("a.csv", b"<!DOCTYPE html><script>alert(1)</script>", FileKindRefused),
    ("a.csv", b" \n<svg onload=alert(1)>", FileKindRefused),
    ("a.html", b"<p>hello</p>", FileKindRefused),
    ("a.svg", b"<svg/>", FileKindRefused),
    ("a.exe", b"MZ", FileKindRefused),
    ("a.csv.exe", CSV, FileKindRefused),
    ("noextension", CSV, FileKindRefused),
    (".csv", CSV, FileKindRefused),
    ("a.xlsx", CSV, FileKindRefused),
    ("a.xlsx", b"PK\x03\x04 broken", FileKindRefused),
    ("a.pdf", b"<html>%PDF-", FileKindRefused),
    ("a.png", b"\x89PNG\r\n\x1a\n", FileKindRefused),
]


@pytest.mark.parametrize(("name", "content", "refusal"), HOSTILE, ids=lambda part: repr(part)[:20])
def test_a_hostile_upload_is_refused_and_leaves_nothing(
    cast: Cast, name: str, content: bytes, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        keep(cast.vera, name=name, content=content)
    with tenant_context(cast.acme.id):
        assert StoredFile.objects.count() == 0


def test_a_workbook_that_unpacks_to_too_much_is_no_workbook(monkeypatch: pytest.MonkeyPatch) -> None:
    assert kind_of("a.xlsx", workbook()) is not None
    monkeypatch.setattr("prm.files.rules.MOST_UNPACKED", 5)
    assert kind_of("a.xlsx", workbook()) is None


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("отчёт.csv", "отчёт.csv"),
        ("a\r\nb.csv", "ab.csv"),
        ("x" * 300 + ".csv", "x" * 146 + ".csv"),
    ],
)
def test_names_are_made_harmless(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def can_open(actor: Actor, file_id: UUID) -> bool:
    scope = {"scope": "partner", "partner_ids": [actor.partner_id]} if actor.partner_id else {}
    with tenant_context(actor.tenant_id, **scope):  # type: ignore[arg-type]
        try:
            access_file(actor, file_id, at=NOW)
        except Http404:
            return False
    return True


def test_who_may_open_what(cast: Cast) -> None:
    staff_only, northwinds, admins = (
        keep(cast.vera).id,
        keep(cast.vera, partner_id=cast.northwind.id).id,
        keep(cast.vera, "probe-admin").id,
    )
    seen = {
        person.actor.label: [can_open(person.actor, file_id) for file_id in (staff_only, northwinds, admins)]
        for person in (cast.vera, cast.felix, cast.paul, cast.sven, cast.zed)
    }
    assert seen == {
        "Vera": [True, True, True],
        "Felix": [True, True, False],
        "Paul": [False, True, False],
        "Sven": [False, False, False],
        "Zed": [False, False, False],
    }


def test_the_owning_room_may_refuse_one_file(cast: Cast) -> None:
    file_id = keep(cast.vera).id
    declare_purpose("probe", permission="files.open", extensions={"csv"}, allows=lambda actor, stored: False)
    assert not can_open(cast.vera.actor, file_id)


def test_an_expired_file_is_missing(cast: Cast) -> None:
    file_id = keep(cast.vera, expires_at=NOW + timedelta(hours=1)).id
    assert can_open(cast.vera.actor, file_id)
    with tenant_context(cast.acme.id):
        StoredFile.objects.update(expires_at=NOW - timedelta(hours=1))
    assert not can_open(cast.vera.actor, file_id)


def test_a_download_is_an_attachment_that_nothing_keeps_or_runs(cast: Cast) -> None:
    file_id = keep(cast.vera, name="отчёт.csv", partner_id=cast.northwind.id).id
    for person, path in ((cast.vera, "m"), (cast.paul, "p")):
        answer = client_of(person).get(f"/acme/{path}/files/{file_id}/")
        assert answer.status_code == 200
        assert b"".join(answer.streaming_content) == CSV  # type: ignore[attr-defined]
        assert answer["Content-Disposition"].startswith("attachment;")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "private, no-store"
        assert "sandbox" in answer["Content-Security-Policy"]


def test_another_partner_and_another_tenant_find_nothing(cast: Cast) -> None:
    file_id = keep(cast.vera, partner_id=cast.northwind.id).id
    assert client_of(cast.sven).get(f"/acme/p/files/{file_id}/").status_code == 404
    assert client_of(cast.zed).get(f"/zenith/m/files/{file_id}/").status_code == 404


def test_a_key_needs_the_scope_of_the_purpose(cast: Cast) -> None:
    file_id = keep(cast.vera, expires_at=timezone.now() + timedelta(days=1)).id
    full = Machine(make_key(cast.acme, "files:read", "probes:read")).get(f"files/{file_id}")
    assert b"".join(full.streaming_content) == CSV
    poor = Machine(make_key(cast.acme, "files:read")).get(f"files/{file_id}")
    assert problem_of(poor)["status"] == 404
