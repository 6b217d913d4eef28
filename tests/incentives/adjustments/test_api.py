"""Adjustments for machines: what stands is read, nothing is written."""

from prm.tenancy.context import tenant_context
from tests.support.adjustments import adjusted, propose
from tests.support.api import Machine, make_key
from tests.support.cast import Cast


def test_adjustments_are_listed_and_read(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        row = adjusted(cast, -1_250)
        propose(cast.felix, cast.southwind, 500_000)
    machine = Machine(make_key(cast.acme, "adjustments:read"))
    (listed,) = machine.get("adjustments", state="posted", partner="NW").json()["data"]
    assert (listed["number"], listed["amount"], listed["currency"]) == ("AD-1", "-12.50", "EUR")
    assert (listed["proposed_by"], listed["decided_by"], listed["posted_on"]) == ("Vera", "", "2026-04-01")
    assert machine.get(f"adjustments/{row.id}").json() == listed
    assert machine.post("adjustments", {}).status_code == 405
    assert Machine(make_key(cast.acme, "rates:read")).get("adjustments").status_code == 403
