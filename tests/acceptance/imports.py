"""A file of 10,000 partners with 50 bad rows: the 50 are named, the rest is kept, and all of it can be taken back.

Promise: the file goes through the pages that a person uses; called by the acceptance command."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from partners.directory.models import Partner, PartnerParent
from prm.imports.work import work_on_applying, work_on_check, work_on_undoing
from prm.tenancy.context import tenant_context
from tests.acceptance.cases import Number
from tests.acceptance.door import now
from tests.support.cast import make_person, make_tenant
from tests.support.clients import client_of

ROWS, EVERY_BAD = 10_000, 200
FAULTS = (
    {"country": "Atlantis"},
    {"joined_on": "yesterday"},
    {"name": ""},
    {"parent_code": "NOBODY"},
    {"partner_type": "friend"},
)
COLUMNS = ("code", "name", "partner_type", "country", "joined_on", "parent_code")


def ten_thousand_partners(rows: int = ROWS) -> Iterator[Number]:
    """Every 200th row is bad, in five ways; every tenth row is a distributor of the nine after it."""
    tenant = make_tenant("crowd", "Crowd", currency="EUR", first_period_on=date(2026, 1, 1))
    client = client_of(make_person(tenant, "admin@crowd.example", "programme_admin"))
    bad = {f"P{row:05}" for row in range(rows) if row % EVERY_BAD == EVERY_BAD - 1}
    base = _upload(client, _file(rows))
    import_id = UUID(base.rstrip("/").rsplit("/", 1)[1])
    mapping = {f"column_{name}": name for name in COLUMNS}
    client.post(f"{base}check/", {"decimal": "auto", **mapping})
    work_on_check(tenant_id=tenant.id, import_id=import_id, now=now)
    told = list(csv.DictReader(io.StringIO(client.get(f"{base}errors.csv").content.decode("utf-8-sig"))))
    named = {row["code"] for row in told if row["Error"].strip()}
    yield Number("import: bad rows named", str(len(bad)), str(len(told)))
    yield Number("import: and they are the bad ones", "yes", "yes" if named == bad else "no")
    client.post(f"{base}apply/", {"how": "good"})
    work_on_applying(tenant_id=tenant.id, import_id=import_id, now=now)
    with tenant_context(tenant.id):
        kept, placed = Partner.objects.count(), PartnerParent.objects.count()
    yield Number("import: partners kept", str(rows - len(bad)), str(kept))
    yield Number("import: placed below another", str(rows - rows // 10 - len(bad)), str(placed))
    client.post(f"{base}undo/")
    work_on_undoing(tenant_id=tenant.id, import_id=import_id, now=now)
    with tenant_context(tenant.id):
        yield Number("import: partners after taking it back", "0", str(Partner.objects.count()))


def _upload(client: Client, content: bytes) -> str:
    form = {"kind": "partners", "source": "erp", "file": SimpleUploadedFile("partners.csv", content)}
    return str(client.post("/crowd/m/imports/new/", form)["Location"])


def _file(rows: int) -> bytes:
    sink = io.StringIO()
    writer = csv.DictWriter(sink, COLUMNS)
    writer.writeheader()
    for row in range(rows):
        good = {
            "code": f"P{row:05}",
            "name": f"Partner {row:05}",
            "partner_type": "reseller" if row % 10 else "distributor",
            "country": "DE",
            "joined_on": "2026-01-15",
            "parent_code": f"P{row - row % 10:05}" if row % 10 else "",
        }
        fault = FAULTS[row // EVERY_BAD % len(FAULTS)] if row % EVERY_BAD == EVERY_BAD - 1 else {}
        writer.writerow(good | fault)
    return sink.getvalue().encode()
