"""A worker that is killed in the middle of a file: the next one goes on where the commits end, nothing is doubled."""

import signal
from pathlib import Path
from uuid import UUID

import pytest

from partners.sales.models import SaleLine, SaleLineRevision
from prm.imports.actions import start_applying, start_check, take_file
from prm.imports.kinds import import_kind
from prm.imports.models import Import, ImportRow
from prm.imports.work import work_on_check
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast, stage
from tests.support.sales import stock
from tests.support.workers import PATIENCE, empty_broker, ring, wait_for, worker

pytestmark = pytest.mark.race
ROWS = 300


@pytest.fixture
def batch_id(cast: Cast) -> UUID:
    """A file that was checked, and whose rows are asked to be applied."""
    lines = [f"L-{n};{n % 28 + 1:02}.03.2026;NW;BIKE;{n},50;EUR" for n in range(1, ROWS + 1)]
    text = "External id;Date;Partner;Product;Amount;Currency\n" + "\n".join(lines) + "\n"
    with tenant_context(cast.acme.id):
        batch = take_file(
            actor=cast.vera.actor, kind=import_kind("sales"), source="erp", name="march.csv",
            content=text.encode(), at=NOW,
        )  # fmt: skip
        start_check(actor=cast.vera.actor, batch=batch, mapping=batch.mapping, decimal="auto", at=NOW)
    work_on_check(tenant_id=cast.acme.id, import_id=batch.id, now=lambda: NOW)
    with tenant_context(cast.acme.id):
        batch = Import.objects.get(id=batch.id)
        assert batch.state == "checked"
        start_applying(actor=cast.vera.actor, batch=batch, whole=False, at=NOW)
    empty_broker()
    return batch.id


@pytest.fixture
def cast(own_database: str) -> Cast:
    cast = stage()
    stock(cast)
    return cast


def applied(cast: Cast) -> bool:
    ring("prm.imports.resume")
    with tenant_context(cast.acme.id):
        return Import.objects.get().state == "applied"


@pytest.mark.parametrize(("place", "written"), [("import.before_commit", 0), ("import.portion", ROWS)])
def test_a_killed_import_is_resumed(
    cast: Cast, batch_id: UUID, tmp_path: Path, place: str, written: int
) -> None:
    with worker(tmp_path / "victim.log", PRM_FAILPOINT=place) as victim:
        ring("prm.imports.apply", tenant_id=str(cast.acme.id), import_id=str(batch_id))
        assert victim.wait(timeout=PATIENCE) == -signal.SIGKILL
    with tenant_context(cast.acme.id):
        assert (SaleLine.objects.count(), Import.objects.get().state) == (written, "applying")
        assert ImportRow.objects.filter(state="applied").count() == written
    with worker(tmp_path / "heir.log"):
        wait_for(lambda: applied(cast), seconds=PATIENCE, what="the import to be applied")
    with tenant_context(cast.acme.id):
        batch = Import.objects.get()
        assert (batch.counts["applied"], batch.counts["created"]) == (ROWS, ROWS)
        assert SaleLine.objects.filter(import_batch_id=batch_id, revision=1).count() == ROWS
        assert SaleLineRevision.objects.count() == 0
        assert ImportRow.objects.exclude(state="applied").count() == 0
