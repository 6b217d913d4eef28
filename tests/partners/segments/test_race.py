"""Two recalculations at once leave one history: with the lock; without it the database refuses the second row."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connections

from partners.segments.actions import create_segment, recalculate_segment
from partners.segments.models import Segment, SegmentMember, SegmentRun
from prm.accounts.actor import system_actor
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, make_partner, make_tenant

pytestmark = pytest.mark.race
RULE = {"all": [{"fact": "region", "op": "eq", "value": "North"}]}


def test_two_at_once_leave_one_history(own_database: str) -> None:
    tenant = make_tenant("acme", "Acme")
    assert tenant.id is not None
    with tenant_context(tenant.id):
        facts = {"code": "north", "name": "North", "rule": RULE}
        segment = create_segment(actor=system_actor(tenant.id), facts=facts, at=NOW)  # type: ignore[arg-type]
    for place in range(40):
        make_partner(tenant, f"P{place}", f"Partner {place}")
    start = Barrier(4)

    def recalculate(tenant_id: UUID) -> int:
        start.wait()
        try:
            with tenant_context(tenant_id):
                found = Segment.objects.get(id=segment.id)
                return recalculate_segment(
                    actor=system_actor(tenant_id), segment=found, as_of=NOW.date(), at=NOW
                ).entered
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        entered = sorted(pool.map(recalculate, [tenant.id] * 4))
    assert entered == [0, 0, 0, 40]
    with tenant_context(tenant.id):
        assert SegmentMember.objects.count() == 40
        assert SegmentRun.objects.count() == 2  # the empty first one, and the one that took forty in
