"""The pages of adjustments: proposed with the balance afterwards, decided by another person, read by the partner."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from incentives.adjustments.models import Adjustment
from incentives.earnings.models import Entry
from prm.kit.ids import uuid7
from prm.kit.periods import Period
from prm.tenancy.context import tenant_context
from tests.support.adjustments import adjusted, propose
from tests.support.cast import Cast, Person
from tests.support.clients import fresh_client_of as client_of
from tests.support.commission import assign, calculate, make_plan, make_product, publish, sell
from tests.support.payouts import tick
from tests.support.rows import nothing_written_in


def url(name: str, *args: Any) -> str:
    return "/acme" + reverse(name, args=args)


def post(person: Person, address: str, **typed: Any) -> Any:
    return client_of(person).post(address, typed)


def typed(cast: Cast, **told: Any) -> dict[str, Any]:
    return {
        "partner": str(cast.northwind.id), "direction": "less", "amount": "1 500,00", "currency_code": "eur",
        "belongs": Period.of(timezone.localdate()).starts_on.isoformat(), "reason": "Paid twice in May",
        "key": str(uuid7()), "verb": "propose", **told,
    }  # fmt: skip


def only(cast: Cast) -> Adjustment:
    with tenant_context(cast.acme.id):
        return Adjustment.objects.select_related("partner").get()


def test_from_the_preview_to_the_partners_page(cast: Cast) -> None:
    form = typed(cast)
    with nothing_written_in(cast.acme):
        shown = post(cast.felix, url("adjustment-create"), **{**form, "verb": "preview"}).content.decode()
    assert "What it makes of the balance of Northwind" in shown
    assert "€1,500.00 are then due back" in shown
    assert post(cast.felix, url("adjustment-create"), **form).status_code == 302
    row = only(cast)
    assert (row.state, row.amount_minor) == ("proposed", -150_000)
    page = client_of(cast.felix).get(url("adjustment", row.id)).content.decode()
    assert "You proposed it. Another person has to agree. It waits for Olga, Vasily, Vera." in page
    assert "Agree and post" not in page
    assert client_of(cast.paul).get(url("portal-adjustment", row.id)).status_code == 404
    post(cast.vera, url("adjustment-decide", row.id), verb="approve")
    assert only(cast).state == "posted"
    page = client_of(cast.paul).get(url("portal-adjustment", row.id)).content.decode()
    assert "Paid twice in May" in page
    assert "By Felix, approved by Vera" in page
    assert "AD-1" in client_of(cast.paul).get(url("portal-adjustments")).content.decode()
    assert client_of(cast.sven).get(url("portal-adjustment", row.id)).status_code == 404


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"amount": "0"}, "Enter an amount above zero."),
        ({"reason": ""}, "This field is required."),
        ({"currency_code": "???"}, "Enter a currency such as EUR."),
        ({"partner": str(uuid7())}, "Select a valid choice."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(cast: Cast, told: dict[str, Any], said: str) -> None:
    with nothing_written_in(cast.acme):
        answer = post(cast.felix, url("adjustment-create"), **typed(cast, **told))
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_proposal_is_refused_with_a_reason(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        row = propose(cast.felix, cast.northwind, 500_000, at=tick())
    assert post(cast.olga, url("adjustment-decide", row.id), verb="refuse", reason="").status_code == 422
    assert post(cast.felix, url("adjustment-decide", row.id), verb="approve").status_code == 302
    assert only(cast).state == "proposed"
    post(cast.olga, url("adjustment-decide", row.id), verb="refuse", reason="Not agreed")
    assert (only(cast).state, only(cast).decision_reason) == ("refused", "Not agreed")


def test_a_posted_one_is_taken_back_by_its_opposite(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        row = adjusted(cast, 1_000, at=tick())
    done = post(cast.felix, url("adjustment-undo", row.id), verb="take_back", reason="The wrong partner")
    with tenant_context(cast.acme.id):
        opposite = Adjustment.objects.get(takes_back=row)
    assert done["Location"] == url("adjustment", opposite.id)
    page = client_of(cast.paul).get(url("portal-adjustment", row.id)).content.decode()
    assert f"{opposite}</a>" in page
    assert "Propose the opposite" not in client_of(cast.felix).get(url("adjustment", row.id)).content.decode()


def test_an_amount_is_corrected_from_its_explanation(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, [{"id": "base", "type": "rate", "rate": "0.1"}])
        assign(plan)
        sell(cast.northwind, make_product(), "L1", date(2026, 1, 10), 1_000_000)
    calculate(cast.acme, date(2026, 1, 1), at=tick())
    with tenant_context(cast.acme.id):
        entry = Entry.objects.get()
    page = client_of(cast.felix).get(url("entry-explain", entry.id)).content.decode()
    assert "Correct this amount" in page
    assert (
        "Correct this amount" not in client_of(cast.nina).get(url("entry-explain", entry.id)).content.decode()
    )
    address = url("adjustment-create") + f"?entry={entry.id}"
    told = typed(cast, amount="10", belongs="2026-01-01", reason="Half of it was a gift")
    assert post(cast.felix, address, **told).status_code == 302
    assert (only(cast).entry_id, only(cast).belongs_on) == (entry.id, date(2026, 1, 1))
    page = client_of(cast.paul).get(url("portal-entry-explain", entry.id)).content.decode()
    assert "Half of it was a gift" in page


def test_the_limit_is_changed_by_the_programme_admin(cast: Cast) -> None:
    assert client_of(cast.felix).get(url("adjustment-terms")).status_code == 403
    assert post(cast.vera, url("adjustment-terms"), limit="250").status_code == 302
    page = client_of(cast.felix).get(url("adjustments")).content.decode()
    assert "Above €250.00" in page
