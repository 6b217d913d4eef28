"""Bench of the pages' statements: the longest that any list or first page of the vendor's people, and of a partner's,
asks of the database.

Promise: every page answers, with its rows; called by the bench command.
"""

from collections.abc import Iterator
from datetime import timedelta
from statistics import median
from typing import Any
from unittest.mock import patch

from tests.architecture.test_queries import CONSOLE, PORTAL
from tests.bench.calculation import LINES
from tests.bench.correcting import calculate_months
from tests.bench.dashboards import AT, clocked, filled
from tests.bench.quiet import settle
from tests.bench.ratio import Line, Ratio

ROUNDS, MOST_MILLISECONDS = 5, 20.0
SELLER = "P00000"  # sells more than anybody else


def page_ratios() -> Iterator[Line]:
    """A year of sales, calculated; pages are opened on the day up to which the rankings stand."""
    from partners.directory.models import Partner
    from prm.tenancy.context import tenant_context
    from prm.tenancy.models import Tenant
    from tests.support.cast import make_person
    from tests.support.clients import arrived, client_of

    tenant_id = filled(LINES)
    calculate_months(tenant_id, AT + timedelta(hours=2))
    settle()  # else the planner knows nothing of what was just written
    with tenant_context(tenant_id):
        tenant, partner = Tenant.objects.get(id=tenant_id), Partner.objects.get(code=SELLER)
    staff = make_person(tenant, f"staff@{tenant.slug}.example", "programme_admin")
    seller = make_person(tenant, f"seller@{tenant.slug}.example", "partner_admin", partner_id=partner.id)
    with patch("django.utils.timezone.now", lambda: AT + timedelta(hours=3)):
        for person, face, pages in ((staff, "m", CONSOLE), (seller, "p", PORTAL)):
            client = arrived(client_of(person), person)
            slowest = {page: _slowest(client, f"/{tenant.slug}/{face}/{page}") for page in pages}
            page = max(slowest, key=slowest.__getitem__)
            above = sum(spent > MOST_MILLISECONDS for spent in slowest.values())
            what = f"/{face}/{page}, {above} of {len(pages)} above: ms of a statement, to 20"
            yield Ratio("W2", what, slowest[page], MOST_MILLISECONDS, 1.0)


def _slowest(client: Any, path: str) -> float:
    """Milliseconds of the page's longest statement."""
    found = []
    for _round in range(ROUNDS + 1):
        with clocked() as spent:
            answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        found.append(max(spent) * 1000)
    return median(found[1:])  # the first fills the caches
