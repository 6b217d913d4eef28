"""A statement is looked at, then recorded: once, by amounts that agree, into books that hold."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404

from incentives.ledger.models import Transfer
from incentives.ledger.proof import prove_books
from incentives.payouts.answers.lines import StatementUnreadable
from incentives.payouts.bank_accounts import unseal
from incentives.payouts.models import ItemOutcome, PayoutFile, PayoutItem, PayoutRun
from incentives.payouts.reconciling import (
    PURPOSE,
    access_statement,
    forget_statements,
    judge_statement,
    keep_statement,
    record_statement,
)
from incentives.payouts.settling import take_back_answer
from prm.files.models import StoredFile
from prm.tenancy.context import tenant_context
from tests.incentives.payouts.answers.statements import Booking, Order, camt053, client_bank, whole_file
from tests.support.cast import Cast, Person
from tests.support.clients import client_of, fresh_client_of
from tests.support.payouts import exported_payout, owe_both, settle_by_hand, tick
from tests.support.rows import nothing_written, nothing_written_in

JANUARY = date(2026, 1, 1)
Sent = dict[str, PayoutItem]


@pytest.fixture
def sent(cast: Cast) -> Sent:
    """Northwind's 100.00 and Southwind's 50.00, sent to the bank in one run."""
    owe_both(cast)
    exported_payout(cast, JANUARY)
    with tenant_context(cast.acme.id):
        north = PayoutItem.objects.get(partner_id=cast.northwind.id)
        south = PayoutItem.objects.get(partner_id=cast.southwind.id)
    return {"north": north, "south": south}


def keep(cast: Cast, content: bytes, name: str = "s.xml") -> StoredFile:
    with tenant_context(cast.acme.id):
        return keep_statement(actor=cast.felix.actor, name=name, content=content, at=tick())


def verdicts(cast: Cast, kept: StoredFile, person: Person | None = None) -> dict[str, int]:
    """Counts of what recording would do; looking changes nothing."""
    with tenant_context(cast.acme.id), nothing_written():
        return Counter(verdict.code for verdict in judge_statement((person or cast.felix).actor, kept))


def record(cast: Cast, kept: StoredFile, person: Person | None = None) -> int:
    with tenant_context(cast.acme.id):
        return record_statement(actor=(person or cast.felix).actor, kept=kept, at=tick())


def states(cast: Cast) -> tuple[str, str, str]:
    """Of Northwind's payment, Southwind's and the run; the books hold."""
    with tenant_context(cast.acme.id):
        assert [verdict.promise for verdict in prove_books() if not verdict.holds] == []
        north = PayoutItem.objects.get(partner_id=cast.northwind.id)
        south = PayoutItem.objects.get(partner_id=cast.southwind.id)
        return north.state, south.state, PayoutRun.objects.get().state


def booked(item: PayoutItem, **changes: object) -> Booking:
    facts: dict[str, object] = {"payment_id": item.id.hex, "amount_minor": item.amount_minor, **changes}
    return Booking(**facts)  # type: ignore[arg-type]


def test_what_is_paid_and_what_came_back_is_recorded(cast: Cast, sent: Sent) -> None:
    back = booked(sent["south"], direction="CRDT", reason="AC04")
    kept = keep(cast, camt053([booked(sent["north"]), booked(sent["south"]), back, Booking("RENT", 7)]))
    assert verdicts(cast, kept) == {"taken": 2, "superseded": 1, "unmatched": 1}
    assert record(cast, kept) == 2
    assert states(cast) == ("paid", "returned", "partly_settled")
    with tenant_context(cast.acme.id):
        assert ItemOutcome.objects.get(outcome="returned").note == "AC04"


def test_the_same_statement_twice_changes_nothing(cast: Cast, sent: Sent) -> None:
    content = camt053([booked(sent["north"]), booked(sent["south"], direction="CRDT")])
    record(cast, keep(cast, content))
    before = states(cast)
    with tenant_context(cast.acme.id):
        rows = ItemOutcome.objects.count(), Transfer.objects.count()
    again = keep(cast, content)
    assert verdicts(cast, again) == {"already": 2}
    assert record(cast, again) == 0
    assert states(cast) == before
    with tenant_context(cast.acme.id):
        assert (ItemOutcome.objects.count(), Transfer.objects.count()) == rows


@pytest.mark.parametrize(
    "changes", [{"amount_minor": 9_999}, {"currency": "USD"}, {"state": "PDNG"}, {"payment_id": "X"}]
)
def test_another_amount_currency_or_payment_is_never_taken(
    cast: Cast, sent: Sent, changes: dict[str, object]
) -> None:
    kept = keep(cast, camt053([booked(sent["north"], **changes)]))
    assert verdicts(cast, kept)["taken"] == 0
    assert record(cast, kept) == 0
    assert states(cast) == ("sent", "sent", "exported")


def test_a_whole_file_is_paid_by_its_message_id(cast: Cast, sent: Sent) -> None:
    with tenant_context(cast.acme.id):
        message_id = PayoutFile.objects.get().message_id
    assert verdicts(cast, keep(cast, whole_file(message_id, 15_001, 2))) == {"differs": 1}
    kept = keep(cast, whole_file(message_id, 15_000, 2))
    assert record(cast, kept) == 2
    assert states(cast) == ("paid", "paid", "settled")


def test_what_was_paid_before_and_comes_back_is_for_people(cast: Cast, sent: Sent) -> None:
    record(cast, keep(cast, camt053([booked(sent["north"])])))
    kept = keep(cast, camt053([booked(sent["north"], direction="CRDT")]))
    assert verdicts(cast, kept) == {"decided": 1}
    assert record(cast, kept) == 0
    with tenant_context(cast.acme.id):
        take_back_answer(actor=cast.felix.actor, item=sent["north"], reason="It came back", at=tick())
    assert verdicts(cast, kept) == {"doubted": 1}
    assert record(cast, kept) == 0
    assert record(cast, kept, cast.olga) == 1
    assert states(cast)[0] == "returned"


def test_an_answer_that_came_in_meanwhile_is_not_recorded_over(cast: Cast, sent: Sent) -> None:
    kept = keep(cast, camt053([booked(sent["north"]), booked(sent["south"])]))
    assert verdicts(cast, kept) == {"taken": 2}
    settle_by_hand(cast, sent["north"], "returned")
    assert record(cast, kept) == 1
    assert states(cast) == ("returned", "paid", "partly_settled")


def test_a_table_records_what_is_unclear(cast: Cast, sent: Sent) -> None:
    row = f"{sent['north'].id},unknown,100.00,EUR,B-1,asked"
    content = f"payment_id,outcome,amount,currency,bank_reference,note\n{row}\n".encode()
    assert record(cast, keep(cast, content, "s.csv")) == 1
    assert states(cast) == ("unknown", "sent", "exported")


def test_orders_of_1c_are_known_by_number_day_and_account(cast: Cast, sent: Sent) -> None:
    """In euros here: what is looked at is how an order is found, and a currency that differs is not taken."""
    item = sent["north"]
    with tenant_context(cast.acme.id):
        PayoutItem.objects.filter(id=item.id).update(order_number=17)
        day, account = item.run.pays_on, unseal(item.bank_account)
    found = client_bank([Order(17, item.amount_minor, account, day=day)])
    assert verdicts(cast, keep(cast, found, "s.txt")) == {"differs": 1}
    others = [
        Order(18, item.amount_minor, account, day=day),
        Order(17, item.amount_minor, account, day=day + timedelta(days=1)),
        Order(17, item.amount_minor, "40702810900000000001", day=day),
        Order(17, item.amount_minor, "", day=day),
    ]
    assert verdicts(cast, keep(cast, client_bank(others), "s.txt")) == {"unmatched": 4}
    back = f"Возврат по п/п № 17 от {day:%d.%m.%Y}"
    returned = client_bank([Order(5, item.amount_minor, "x", came=True, purpose=back)])
    assert verdicts(cast, keep(cast, returned, "s.txt")) == {"differs": 1}


def test_who_has_no_right_keeps_and_records_nothing(cast: Cast, sent: Sent) -> None:
    content = camt053([booked(sent["north"])])
    kept = keep(cast, content)
    for person in (cast.vera, cast.otto):
        with tenant_context(cast.acme.id), nothing_written(), pytest.raises(PermissionDenied):
            keep_statement(actor=person.actor, name="s.xml", content=content, at=tick())
        with nothing_written_in(cast.acme), pytest.raises(PermissionDenied):
            record(cast, kept, person)


def test_what_is_no_statement_is_not_kept(cast: Cast, sent: Sent) -> None:
    with tenant_context(cast.acme.id), nothing_written(), pytest.raises(StatementUnreadable):
        keep_statement(actor=cast.felix.actor, name="s.xml", content=b"<x/>", at=tick())


def test_a_statement_is_forgotten_after_a_day(cast: Cast, sent: Sent) -> None:
    kept = keep(cast, camt053([booked(sent["north"])]))
    with tenant_context(cast.acme.id):
        assert kept.expires_at is not None
        soon, later = kept.expires_at - timedelta(hours=1), kept.expires_at
        assert access_statement(cast.felix.actor, kept.id, at=soon) == kept
        assert forget_statements(at=soon) == 0
        with pytest.raises(Http404):
            access_statement(cast.felix.actor, kept.id, at=later)
        assert forget_statements(at=later) == 1
        assert not StoredFile.objects.filter(purpose=PURPOSE).exists()


def test_on_its_pages_it_is_looked_at_and_then_recorded(cast: Cast, sent: Sent) -> None:
    client = fresh_client_of(cast.felix)
    back = booked(sent["south"], direction="CRDT", reason="AC04")
    upload = SimpleUploadedFile("s.xml", camt053([booked(sent["north"]), back, Booking("RENT", 7)]))
    answer = client.post("/acme/m/payouts/answers/", {"file": upload})
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert ("Record 2 answers" in page, "AC04" in page, "Northwind" in page) == (True, True, True)
    assert states(cast) == ("sent", "sent", "exported")
    client.post(answer["Location"])
    assert states(cast) == ("paid", "returned", "partly_settled")
    assert "nothing to record" in client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("content", [b"", b"<x/>", b"a,b\n1,2\n"])
def test_a_wrong_file_is_told_beside_its_field(cast: Cast, content: bytes) -> None:
    client = fresh_client_of(cast.felix)
    client.get("/acme/m/payouts/answers/")  # the first visit of a day is written down
    with nothing_written_in(cast.acme):
        answer = client.post("/acme/m/payouts/answers/", {"file": SimpleUploadedFile("s.xml", content)})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["file"])


def test_an_old_login_is_confirmed_first(cast: Cast, sent: Sent) -> None:
    kept = keep(cast, camt053([booked(sent["north"])]))
    for path in ("answers/", f"answers/{kept.id}/"):
        with nothing_written_in(cast.acme):
            answer = client_of(cast.felix).post(f"/acme/m/payouts/{path}", {})
        assert answer["Location"].startswith("/acme/account/reauthenticate/")
    assert states(cast) == ("sent", "sent", "exported")
