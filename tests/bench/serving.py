"""Bench of pages over HTTP: a list of ours with session, tenant and row policies beside the barest list of the same
rows that Django can show.

Promise: both sides show the same sales in the same order before times are told; called by the bench command.
"""

import re
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import urlsplit

from tests.bench.bare import ROWS
from tests.bench.calculation import LINES, make_rows
from tests.bench.ingest import make_key
from tests.bench.pages import SELLER
from tests.bench.ratio import Line, Ratio
from tests.bench.rest import both_sites

WARM_UP, REQUESTS = 30, 300
SLOWEST_PAGE, SLOWEST_JSON = 2.5, 2.0


class Reader:
    """One connection that asks for one address, and the milliseconds that each answer took."""

    def __init__(self, site: str, path: str, headers: dict[str, str]) -> None:
        self._link = HTTPConnection(urlsplit(site).netloc, timeout=60)
        self._path, self._headers = path, headers
        self.spent: list[float] = []

    def read(self) -> bytes:
        started = time.perf_counter()
        self._link.request("GET", self._path, headers=self._headers)
        answer = self._link.getresponse()
        body = answer.read()
        self.spent.append((time.perf_counter() - started) * 1000)
        assert answer.status == 200, (self._path, answer.status)
        return body

    def close(self) -> None:
        self._link.close()

    def p95(self) -> float:
        return sorted(self.spent)[int(len(self.spent) * 0.95)]


def serving_ratios() -> Iterator[Line]:
    """The last fifty sales of the partner that sells most."""
    from partners.directory.models import Partner
    from prm.tenancy.context import tenant_context
    from prm.tenancy.models import Tenant
    from tests.support.cast import make_person
    from tests.support.clients import arrived, client_of

    tenant_id = make_rows(LINES, months=12)
    with tenant_context(tenant_id):
        tenant, partner = Tenant.objects.get(id=tenant_id), Partner.objects.get(code=SELLER)
    person = make_person(tenant, f"seller@{tenant.slug}.example", "partner_admin", partner_id=partner.id)
    cookies = arrived(client_of(person), person).cookies
    session = {"Cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())}
    key = {"Authorization": f"Bearer {make_key(tenant_id, 'sales:read')}"}
    with both_sites() as (ours, theirs):
        page, bare_page = _in_turns(
            Reader(ours, f"/{tenant.slug}/p/sales/", session),
            Reader(theirs, f"/html/{tenant_id}/{partner.id}", {}),
            shown=r"<th[^>]*>\s*(O\d+|RL\d{8})\s*</th>",
        )
        rows, bare_rows = _in_turns(
            Reader(ours, f"/api/v1/sales?partner={SELLER}", key),
            Reader(theirs, f"/json/{tenant_id}/{partner.id}", {}),
            shown=r'"external_id": ?"(\w+)"',
        )
    yield Ratio("W1", "a partner's sales, 50 rows: p95 ms, to a bare page", page, bare_page, SLOWEST_PAGE)
    yield Ratio("W1", "a partner's sales, 50 rows: p95 ms, to bare JSON", rows, bare_rows, SLOWEST_JSON)


def _in_turns(ours: Reader, theirs: Reader, *, shown: str) -> tuple[float, float]:
    """What 95 of 100 answers took at most; `shown` finds in an answer what each row is known by."""
    rows = [re.findall(shown, side.read().decode()) for side in (ours, theirs)]
    assert len(rows[0]) == ROWS, rows[0]
    assert rows[0] == rows[1], rows
    for place in range(WARM_UP + REQUESTS):
        if place == WARM_UP:
            ours.spent, theirs.spent = [], []
        for side in (ours, theirs) if place % 2 else (theirs, ours):
            side.read()
    for side in (ours, theirs):
        side.close()
    return ours.p95(), theirs.p95()
