"""A file through the pages with a real worker on a real broker: the outbox rings, the worker checks and applies."""

from pathlib import Path
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from analytics.facts.models import PartnerMonth
from partners.sales.models import SaleLine
from prm.imports.models import Import
from prm.jobs.models import Job
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast, stage
from tests.support.clients import client_of
from tests.support.sales import stock
from tests.support.workers import empty_broker, ring, wait_for, worker

pytestmark = pytest.mark.race
HEAD = "External id;Date;Partner;Product;Amount;Currency\n"
ROWS = 3_000


def state_of(cast: Cast, import_id: UUID) -> str:
    with tenant_context(cast.acme.id):
        return Import.objects.get(id=import_id).state


@pytest.mark.usefixtures("own_database")
def test_a_file_is_checked_and_applied_by_a_worker(tmp_path: Path) -> None:
    cast = stage()
    stock(cast)
    lines = [f"L-{n};{n % 28 + 1:02}.03.2026;NW;BIKE;{n},50;EUR" for n in range(1, ROWS + 1)]
    text = HEAD + "\n".join([*lines, "L-x;01.03.2026;NONE;BIKE;1,00;EUR"]) + "\n"
    client = client_of(cast.vera)
    empty_broker()
    file = SimpleUploadedFile("march.csv", text.encode())
    taken = client.post("/acme/m/imports/new/", {"kind": "sales", "source": "erp", "file": file})
    base = taken["Location"]
    import_id = UUID(base.rstrip("/").rsplit("/", 1)[1])
    mapping = {
        f"column_{key}": header
        for key, header in {
            "external_id": "External id",
            "occurred_on": "Date",
            "partner": "Partner",
            "product": "Product",
            "amount": "Amount",
            "currency": "Currency",
        }.items()
    }
    with worker(tmp_path / "worker.log"):
        client.post(f"{base}check/", {"decimal": "auto", **mapping})
        ring("prm.outbox.relay", tenant_id=str(cast.acme.id))
        wait_for(lambda: state_of(cast, import_id) == "checked", seconds=60, what="the check")
        client.post(f"{base}apply/", {"how": "good"})
        ring("prm.outbox.relay", tenant_id=str(cast.acme.id))
        wait_for(lambda: state_of(cast, import_id) == "applied", seconds=60, what="the applying")
        ring("prm.outbox.relay", tenant_id=str(cast.acme.id))
        ring("analytics.facts.refresh")

        def rolled_up() -> bool:
            ring("analytics.facts.refresh")
            with tenant_context(cast.acme.id):
                return PartnerMonth.objects.exists()

        wait_for(rolled_up, seconds=60, what="the rollup", every=1)
    with tenant_context(cast.acme.id):
        batch = Import.objects.get(id=import_id)
        assert (batch.counts["applied"], batch.counts["error"]) == (ROWS, 1)
        assert SaleLine.objects.filter(import_batch_id=import_id).count() == ROWS
        assert [job.state for job in Job.objects.order_by("id")] == ["partly", "partly"]
        month = PartnerMonth.objects.get()
        assert month.amount_minor == sum(n * 100 + 50 for n in range(1, ROWS + 1))
    assert "NONE" in client.get(base).content.decode()
