"""Disputes through the pages of both sides, and through the API."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from incentives.adjustments.models import Adjustment
from incentives.disputes.models import Dispute
from incentives.earnings.models import Entry
from incentives.ledger.actions import close_period
from incentives.ledger.queries import partners_with_balance
from partners.directory.merging import merge_partners
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key
from tests.support.cast import Cast, Person
from tests.support.clients import fresh_client_of
from tests.support.commission import assign, calculate, make_plan, make_product, publish, sell
from tests.support.payouts import tick


def url(name: str, *args: Any) -> str:
    return "/acme" + reverse(name, args=args)


def post(person: Person, address: str, **typed: Any) -> Any:
    return fresh_client_of(person).post(address, typed)


def page(person: Person, address: str) -> str:
    return fresh_client_of(person).get(address).content.decode()


@pytest.fixture
def entry(cast: Cast) -> Entry:
    """Of 1,000.00 of Northwind's; Southwind's sale earned nothing."""
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, [{"id": "base", "type": "rate", "rate": "0.1"}])
        assign(plan, audience="partner", target=str(cast.northwind.id))
        product = make_product()
        sell(cast.northwind, product, "L1", date(2026, 1, 10), 1_000_000)
        sell(cast.southwind, product, "L2", date(2026, 1, 11), 1_000_000)
    calculate(cast.acme, date(2026, 1, 1), at=tick())
    with tenant_context(cast.acme.id):
        return Entry.objects.get()


def only(cast: Cast) -> Dispute:
    with tenant_context(cast.acme.id):
        return Dispute.objects.get()


def test_from_the_explanation_to_the_ruling(cast: Cast, entry: Entry) -> None:
    asked = url("portal-dispute-open") + f"?entry={entry.id}"
    assert asked.partition("/p/")[2] in page(cast.paul, url("portal-entry-explain", entry.id))
    assert post(cast.paul, asked, body="").status_code == 422
    proof = SimpleUploadedFile("plan.txt", b"12 percent")
    assert post(cast.paul, asked, body="We agreed on 12 %", attached=[proof]).status_code == 302
    row = only(cast)
    assert fresh_client_of(cast.paul).get(asked)["Location"] == url("portal-dispute", row.id)
    assert "Disputed" in page(cast.paul, url("portal-entry-list"))
    shown = page(cast.felix, url("dispute", row.id))
    assert "We agreed on 12 %" in shown
    assert "plan.txt" in shown
    post(cast.nina, url("dispute-answer", row.id), body="Where is it written?")
    assert "Where is it written?" in page(cast.paul, url("portal-dispute", row.id))
    post(cast.paul, url("portal-dispute-say", row.id), body="In the letter")
    assert only(cast).state == "open"
    typed = {"direction": "more", "amount": "200", "ruling": "You are right"}
    shown = post(cast.felix, url("dispute-decide", row.id), verb="preview", **typed).content.decode()
    assert "€1,200.00" in shown
    assert only(cast).state == "open"
    assert "200.01" not in shown
    post(cast.felix, url("dispute-decide", row.id), verb="accept", **typed)
    assert only(cast).state == "accepted"
    shown = page(cast.paul, url("portal-dispute", row.id))
    assert "You are right" in shown
    assert "€200.00" in shown
    assert "Disputed" not in page(cast.paul, url("portal-entry-list"))


def test_the_preview_is_of_the_balance_that_the_adjustment_is_posted_to(cast: Cast, entry: Entry) -> None:
    with tenant_context(cast.acme.id):
        merge_partners(
            actor=cast.vera.actor, survivor=cast.southwind, merged=cast.northwind, take=(), at=tick()
        )
    post(cast.sven, url("portal-dispute-open") + f"?entry={entry.id}", body="We agreed on 12 %")
    row = only(cast)
    assert (row.partner_id, entry.partner_id) == (cast.southwind.id, cast.northwind.id)
    typed = {"direction": "more", "amount": "200", "ruling": "You are right"}
    shown = post(cast.felix, url("dispute-decide", row.id), verb="preview", **typed).content.decode()
    assert "€1,200.00" in shown
    post(cast.felix, url("dispute-decide", row.id), verb="accept", **typed)
    with tenant_context(cast.acme.id):
        assert [one.owed_minor for one in partners_with_balance(cast.northwind.id)] == [120_000]
        assert partners_with_balance(cast.southwind.id) == []


def test_a_sale_that_earned_nothing_is_disputed_from_its_list(cast: Cast, entry: Entry) -> None:
    shown = page(cast.sven, url("portal-outcome-list"))
    with tenant_context(cast.acme.id):
        line_id = entry.line_id
    assert "Dispute it" in shown
    link = shown.partition("disputes/new/?line=")[2].partition('"')[0]
    assert link != str(line_id)
    post(cast.sven, url("portal-dispute-open") + f"?line={link}", body="We sold it")
    row = only(cast)
    assert (str(row.line_id), row.currency, row.hold_id) == (link, "EUR", None)
    post(cast.felix, url("dispute-decide", row.id), verb="reject", ruling="Your plan began later")
    shown = page(cast.sven, url("portal-dispute", row.id))
    assert "Your plan began later" in shown
    assert fresh_client_of(cast.paul).get(url("portal-dispute", row.id)).status_code == 404


def test_a_partners_person_withdraws_it(cast: Cast, entry: Entry) -> None:
    post(cast.paul, url("portal-dispute-open") + f"?entry={entry.id}", body="Wrong")
    row = only(cast)
    assert post(cast.mia, url("portal-dispute-say", row.id), verb="withdraw").status_code == 403
    post(cast.paul, url("portal-dispute-say", row.id), verb="withdraw")
    assert only(cast).state == "withdrawn"


def test_the_list_says_which_are_late(cast: Cast, entry: Entry) -> None:
    post(cast.paul, url("portal-dispute-open") + f"?entry={entry.id}", body="Wrong")
    assert "Q-1" not in page(cast.nina, url("disputes") + "?state=overdue")
    with tenant_context(cast.acme.id):
        Dispute.objects.update(answer_by=date(2026, 1, 1))
    assert "Q-1" in page(cast.nina, url("disputes") + "?state=overdue")
    assert "Disputes past their day" in page(cast.nina, "/acme/m/")
    assert post(cast.vera, url("dispute-terms"), days="5").status_code == 302
    assert "within 5 days" in page(cast.nina, url("disputes"))


def test_the_closing_of_its_month_shows_it_and_waits_for_no_ruling(cast: Cast, entry: Entry) -> None:
    assert "is open, since" not in page(cast.felix, url("ledger"))
    post(cast.paul, url("portal-dispute-open") + f"?entry={entry.id}", body="Wrong")
    assert "1 dispute about this month or an earlier one is open, since" in page(cast.felix, url("ledger"))
    assert "Q-1" in page(cast.felix, url("disputes") + "?state=live")
    with tenant_context(cast.acme.id):
        close_period(actor=cast.felix.actor, period_on=date(2026, 1, 1), at=tick())
        assert Dispute.objects.get().state == "open"


def test_a_key_opens_one_and_passes_words_on(cast: Cast, entry: Entry) -> None:
    machine = Machine(make_key(cast.acme, "disputes:read", "disputes:write"))
    told = {"entry_id": str(entry.id), "message": "Too little"}
    answer = machine.post("disputes", told)
    row = answer.json()
    assert (answer.status_code, row["state"], row["amount"]) == (201, "open", "1000.00")
    assert machine.post("disputes", told).status_code == 409
    unknown = machine.post("disputes", {**told, "entry_id": str(cast.northwind.id)})
    assert unknown.status_code == 422
    said = machine.post(f"disputes/{row['id']}/messages", {"message": "Still too little"})
    assert said.status_code == 201
    assert [one["number"] for one in machine.get("disputes", state="open", partner="NW").json()["data"]] == [
        "Q-1"
    ]
    assert machine.get(f"disputes/{row['id']}").json()["adjustment_id"] is None
    with tenant_context(cast.acme.id):
        assert not Adjustment.objects.exists()
