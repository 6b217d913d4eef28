"""The ledger's seals: what they cover, and that nobody changes, adds or cuts off a sealed transfer unseen."""

from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import InternalError

from incentives.ledger.actions import Posting, Source, post
from incentives.ledger.models import LedgerSeal, Transfer
from incentives.ledger.proof import prove_books
from incentives.ledger.queries import find_sealed
from incentives.ledger.rules import Kind
from incentives.ledger.seals import find_broken_seal, seal_transfers
from prm.audit.models import AuditRecord
from prm.kit.ids import uuid7
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast, stage
from tests.support.clients import client_of
from tests.support.databases import forge
from tests.support.rows import nothing_written

HOUR = timedelta(hours=1)


def book(cast: Cast, at: datetime, count: int = 3) -> None:
    """Transfers between what is pending and what is available: they leave all sums of the proof as they are."""
    postings = [
        Posting(Kind.MATURITY, cast.northwind.id, "EUR", 100 + number, leg=str(number))
        for number in range(count)
    ]
    post(
        postings, source=Source("test", uuid7()), actor=cast.system, period_on=date(2026, 4, 1),
        effective_on=date(2026, 4, 1), at=at,
    )  # fmt: skip


def unproved() -> list[str]:
    return [verdict.promise for verdict in prove_books() if not verdict.holds]


def test_each_seal_covers_what_came_since_the_one_before(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        assert seal_transfers(until=NOW, at=NOW) is None
        book(cast, NOW)
        book(cast, NOW + HOUR, count=2)
        first = seal_transfers(until=NOW + HOUR, at=NOW + 2 * HOUR)
        second = seal_transfers(until=NOW + 2 * HOUR, at=NOW + 3 * HOUR)
        assert first is not None
        assert second is not None
        assert [(s.number, s.transfer_count) for s in (first, second)] == [(1, 3), (2, 2)]
        assert first.chain_hash != second.chain_hash
        assert (find_broken_seal(), unproved()) == (None, [])


def test_a_quiet_day_is_sealed_too_and_a_second_ring_seals_nothing(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        book(cast, NOW)
        seal_transfers(until=NOW + HOUR, at=NOW + 2 * HOUR)
        quiet = seal_transfers(until=NOW + 25 * HOUR, at=NOW + 26 * HOUR)
        assert quiet is not None
        assert (quiet.number, quiet.transfer_count) == (2, 0)
        with nothing_written():
            assert seal_transfers(until=NOW + 25 * HOUR, at=NOW + 27 * HOUR) is None


def test_no_transfer_is_added_to_a_time_that_is_sealed(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        book(cast, NOW)
        seal_transfers(until=NOW + HOUR, at=NOW + 2 * HOUR)
        book(cast, NOW + HOUR)
        with pytest.raises(InternalError, match="time that is sealed"):
            book(cast, NOW + HOUR - timedelta(microseconds=1))


def test_tenants_are_sealed_apart(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        book(cast, NOW)
        seal_transfers(until=NOW + HOUR, at=NOW + HOUR)
    with tenant_context(cast.zenith.id):
        assert LedgerSeal.objects.count() == 0
        assert seal_transfers(until=NOW + HOUR, at=NOW + HOUR) is None


def test_the_page_shows_the_head_and_what_waits(cast: Cast) -> None:
    client = client_of(cast.felix)
    assert "nothing is sealed yet" in client.get("/acme/m/ledger/").content.decode()
    with tenant_context(cast.acme.id):
        book(cast, NOW)
        head = seal_transfers(until=NOW + HOUR, at=NOW + 2 * HOUR)
        assert head is not None
        book(cast, NOW + 3 * HOUR, count=2)
        sealed = find_sealed()
        assert sealed is not None
        assert (sealed.head.id, sealed.sealed_count, sealed.waiting_count) == (head.id, 3, 2)
    assert head.chain_hash in client.get("/acme/m/ledger/").content.decode()


def test_a_head_that_was_noted_outside_is_asked_for_by_the_command(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        book(cast, NOW)
        head = seal_transfers(until=NOW + HOUR, at=NOW + 2 * HOUR)
        assert head is not None
    said = StringIO()
    call_command("prove_ledger", anchor=[f"acme:1:{head.chain_hash}"], stdout=said)
    assert f"acme:1:{head.chain_hash}: ok" in said.getvalue()
    for anchor in (f"acme:2:{head.chain_hash}", "acme:1:00"):
        with pytest.raises(CommandError, match="do not hold"):
            call_command("prove_ledger", anchor=[anchor], stdout=StringIO())


@pytest.fixture
def sealed(own_database: str) -> Cast:
    """Five transfers under two seals, one that is not sealed yet."""
    cast = stage()
    with tenant_context(cast.acme.id):
        book(cast, NOW)
        seal_transfers(until=NOW + HOUR, at=NOW + 2 * HOUR)
        book(cast, NOW + HOUR, count=2)
        seal_transfers(until=NOW + 2 * HOUR, at=NOW + 3 * HOUR)
        book(cast, NOW + 3 * HOUR, count=1)
        assert unproved() == []
    return cast


LAST_SEALED = (
    "(SELECT id FROM incentives_transfer WHERE amount_minor = 101 ORDER BY recorded_at DESC LIMIT 1)"
)
FORGERIES = {
    "an amount": ("UPDATE incentives_transfer SET amount_minor = 999 WHERE amount_minor = 102", 1),
    "who did it": (f"UPDATE incentives_transfer SET actor_label = 'Nobody' WHERE id = {LAST_SEALED}", 2),
    "whose purse": (
        "UPDATE incentives_ledgeraccount SET partner_id = uuidv7() WHERE code = 'payable_available'",
        1,
    ),
    "moved out of its time": (
        f"UPDATE incentives_transfer SET recorded_at = '2026-04-01 23:00+00' WHERE id = {LAST_SEALED}",
        2,
    ),
    "the tail cut off": (f"DELETE FROM incentives_transfer WHERE id = {LAST_SEALED}", 2),
    "one added": (
        "INSERT INTO incentives_transfer (tenant_id, id, journal_id, debit_id, credit_id, currency, amount_minor, "
        "kind, source_type, source_id, leg, actor_label, period_on, effective_on, recorded_at) SELECT tenant_id, "
        "uuidv7(), journal_id, debit_id, credit_id, currency, 1, kind, source_type, source_id, 'x', actor_label, "
        f"period_on, effective_on, recorded_at FROM incentives_transfer WHERE id = {LAST_SEALED}",
        2,
    ),
    "a seal between taken away": ("DELETE FROM incentives_ledgerseal WHERE number = 1", 1),
}


@pytest.mark.race
@pytest.mark.parametrize("what", FORGERIES)
def test_what_is_changed_behind_our_back_is_found(sealed: Cast, own_database: str, what: str) -> None:
    statement, number = FORGERIES[what]
    forge(own_database, statement)
    with tenant_context(sealed.acme.id):
        assert find_broken_seal() == number
        assert "what was sealed is as it was" in unproved()


@pytest.mark.race
def test_cutting_the_end_off_with_its_seal_is_found_by_the_audit_trail(
    sealed: Cast, own_database: str
) -> None:
    with tenant_context(sealed.acme.id):
        head = LedgerSeal.objects.get(number=2)
        ids = list(Transfer.objects.filter(recorded_at=NOW + HOUR).values_list("id", flat=True))
    for id_ in ids:
        forge(own_database, f"DELETE FROM incentives_transfer WHERE id = '{id_}'")
    forge(own_database, "DELETE FROM incentives_ledgerseal WHERE number = 2")
    with tenant_context(sealed.acme.id):
        assert find_broken_seal() is None
        assert unproved() == ["every seal that the audit trail names is there"]
        assert AuditRecord.objects.filter(action="ledger.sealed").count() == 2
    with pytest.raises(CommandError):
        call_command("prove_ledger", anchor=[f"acme:2:{head.chain_hash}"], stdout=StringIO())
