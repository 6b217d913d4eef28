"""The funds' pages: a request and a claim by a partner's hand, decided by the vendor's; what each page says no to."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from incentives.funds.models import FundsAllocation, FundsBudget, FundsClaim, FundsCost, FundsRequest
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast, Person
from tests.support.clients import client_of
from tests.support.funds import PDF, allocate, claimed, make_budget


def url(name: str, *args: Any) -> str:
    return "/acme" + reverse(name, args=args)


@pytest.fixture
def allocation(cast: Cast) -> FundsAllocation:
    """8,000.00 of a budget whose days are around today."""
    now = timezone.now()
    with tenant_context(cast.acme.id):
        budget = make_budget(
            cast,
            starts_on=now.date() - timedelta(days=60),
            ends_on=now.date() + timedelta(days=60),
            claims_until=now.date() + timedelta(days=90),
            at=now,
        )
        return allocate(cast, budget, at=now)


def post(person: Person, page: str, *args: Any, **typed: Any) -> Any:
    return client_of(person).post(url(page, *args), typed)


def plan(**typed: Any) -> dict[str, Any]:
    day = timezone.now().date().isoformat()
    return {
        "activity": "Seminar", "purpose": "Dentists", "starts_on": day, "ends_on": day, "planned": "12 000,00",
        "expected_leads": "30", **typed,
    }  # fmt: skip


def cost(**typed: Any) -> dict[str, Any]:
    file = SimpleUploadedFile("r1.pdf", PDF, content_type="application/pdf")
    day = (timezone.now() - timedelta(days=1)).date().isoformat()
    return {
        "description": "Hall", "supplier": "Hotel", "invoice_number": "R1", "invoiced_on": day, "net": "7400.00",
        "gross": "8880.00", "file": file, **typed,
    }  # fmt: skip


def only(cast: Cast, model: Any) -> Any:
    with tenant_context(cast.acme.id):
        return model.objects.get()


def test_from_the_request_to_the_approved_claim(cast: Cast, allocation: FundsAllocation) -> None:
    assert post(cast.paul, "portal-funds-ask", allocation.id, **plan()).status_code == 302
    asked = only(cast, FundsRequest)
    page = client_of(cast.nina).get(url("funds-request", asked.id)).content.decode()
    assert "At most €6,000.00 can be approved." in page
    post(cast.nina, "funds-request-decide", asked.id, verb="approve", amount="6000.00")
    post(cast.paul, "portal-funds-claim-start", asked.id)
    claim = only(cast, FundsClaim)
    assert post(cast.paul, "portal-funds-claim", claim.id, **cost()).status_code == 302
    post(cast.paul, "portal-funds-claim-send", claim.id, verb="submit")
    page = client_of(cast.nina).get(url("funds-claim", claim.id)).content.decode()
    assert "With all costs €3,700.00 would be paid." in page
    post(cast.nina, "funds-claim-decide", claim.id, verb="approve", left="600000")
    assert (only(cast, FundsClaim).state, only(cast, FundsClaim).paid_minor) == ("settled", 370_000)
    page = client_of(cast.paul).get(url("portal-funds-claim", claim.id)).content.decode()
    assert "€3,700.00 are paid with your next payout." in page


def test_more_than_is_left_names_the_highest_amount(cast: Cast, allocation: FundsAllocation) -> None:
    post(cast.paul, "portal-funds-ask", allocation.id, **plan(planned="20000.00"))
    asked = only(cast, FundsRequest)
    answer = post(cast.nina, "funds-request-decide", asked.id, verb="approve", amount="8000.01")
    assert answer.status_code == 422
    assert "At most €8,000.00 can be approved." in answer.content.decode()
    assert only(cast, FundsRequest).state == "submitted"


def test_a_reason_is_asked_for_and_reaches_the_partner(cast: Cast, allocation: FundsAllocation) -> None:
    post(cast.paul, "portal-funds-ask", allocation.id, **plan())
    asked = only(cast, FundsRequest)
    assert post(cast.nina, "funds-request-decide", asked.id, verb="return", reason="").status_code == 422
    assert only(cast, FundsRequest).state == "submitted"
    post(cast.nina, "funds-request-decide", asked.id, verb="return", reason="Name the town.")
    page = client_of(cast.paul).get(url("portal-funds-edit", asked.id)).content.decode()
    assert "Name the town." in page
    post(cast.paul, "portal-funds-edit", asked.id, **plan(activity="Seminar in Ulm"))
    assert (only(cast, FundsRequest).state, only(cast, FundsRequest).activity) == (
        "submitted",
        "Seminar in Ulm",
    )


def test_above_the_limit_the_page_says_whom_it_waits_for(cast: Cast, allocation: FundsAllocation) -> None:
    with tenant_context(cast.acme.id):
        FundsBudget.objects.update(second_above_minor=100_000)
    post(cast.paul, "portal-funds-ask", allocation.id, **plan())
    asked = only(cast, FundsRequest)
    post(cast.nina, "funds-request-decide", asked.id, verb="approve", amount="6000.00")
    page = client_of(cast.nina).get(url("funds-request", asked.id)).content.decode()
    assert "It waits for Felix, Olga." in page
    post(cast.felix, "funds-request-second", asked.id, verb="approve")
    assert only(cast, FundsRequest).state == "approved"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"net": "9000.00"}, "The gross amount is lower than the net amount."),
        ({"file": SimpleUploadedFile("a.exe", b"MZ")}, "Send a PDF or a picture"),
        ({"file": ""}, "This field is required."),
    ],
)
def test_a_cost_that_is_refused_says_so_at_its_field(
    cast: Cast, allocation: FundsAllocation, typed: dict[str, Any], said: str
) -> None:
    post(cast.paul, "portal-funds-ask", allocation.id, **plan())
    asked = only(cast, FundsRequest)
    post(cast.nina, "funds-request-decide", asked.id, verb="approve", amount="6000.00")
    post(cast.paul, "portal-funds-claim-start", asked.id)
    answer = post(cast.paul, "portal-funds-claim", only(cast, FundsClaim).id, **cost(**typed))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert only(cast, FundsClaim).net_minor == 0


def test_a_budget_is_made_and_allocated(cast: Cast) -> None:
    today = timezone.now().date()
    typed = {
        "name": "Autumn", "purpose": "", "segment": "", "currency_code": "eur", "amount": "10000",
        "share_percent": "50", "starts_on": today.isoformat(), "ends_on": today.isoformat(),
        "claims_until": today.isoformat(), "second_above": "1000",
    }  # fmt: skip
    assert post(cast.vera, "funds-budget-create", **typed).status_code == 302
    budget = only(cast, FundsBudget)
    told = {"partner": str(cast.northwind.id), "amount": "10000.01"}
    answer = post(cast.vera, "funds-allocate", budget.id, **told)
    assert "At most €10,000.00 can be allocated." in answer.content.decode()
    post(cast.vera, "funds-allocate", budget.id, **{**told, "amount": "8000"})
    page = client_of(cast.nina).get(url("funds-budget", budget.id)).content.decode()
    assert "Northwind" in page
    assert "€8,000.00" in page


def test_the_proof_is_opened_by_those_who_see_the_claim(cast: Cast, allocation: FundsAllocation) -> None:
    post(cast.paul, "portal-funds-ask", allocation.id, **plan())
    asked = only(cast, FundsRequest)
    post(cast.nina, "funds-request-decide", asked.id, verb="approve", amount="6000.00")
    with tenant_context(cast.acme.id):
        claim = claimed(cast.paul, FundsRequest.objects.get(), 100_000, at=timezone.now())
        file_id = claim.costs.get().file_id
    assert client_of(cast.nina).get(url("file-download", file_id)).status_code == 200
    assert client_of(cast.paul).get(url("portal-file-download", file_id)).status_code == 200
    assert client_of(cast.sven).get(url("portal-file-download", file_id)).status_code == 404
    assert client_of(cast.mia).get(url("portal-file-download", file_id)).status_code in (403, 404)


def test_a_partner_takes_back_what_it_asked_and_filled(cast: Cast, allocation: FundsAllocation) -> None:
    """Each step in the partner's own scope, which sees no budget."""
    post(cast.paul, "portal-funds-ask", allocation.id, **plan())
    asked = only(cast, FundsRequest)
    post(cast.nina, "funds-request-decide", asked.id, verb="approve", amount="6000.00")
    post(cast.paul, "portal-funds-claim-start", asked.id)
    claim = only(cast, FundsClaim)
    post(cast.paul, "portal-funds-claim", claim.id, **cost())
    kept = only(cast, FundsCost)
    post(cast.paul, "portal-funds-cost-remove", claim.id, kept.id)
    with tenant_context(cast.acme.id):
        assert not FundsCost.objects.exists()
    answer = client_of(cast.paul).post(
        url("portal-funds-claim-send", claim.id), {"verb": "submit"}, follow=True
    )
    assert "Add the costs first, each with its invoice." in answer.content.decode()
    post(cast.paul, "portal-funds-claim-send", claim.id, verb="withdraw")
    assert only(cast, FundsClaim).state == "withdrawn"
    post(cast.paul, "portal-funds-end", asked.id, verb="finish")
    assert (only(cast, FundsRequest).state, only(cast, FundsAllocation).held_minor) == ("finished", 0)


def test_a_request_is_withdrawn_before_its_second_approval(cast: Cast, allocation: FundsAllocation) -> None:
    with tenant_context(cast.acme.id):
        FundsBudget.objects.update(second_above_minor=100_000)
    post(cast.paul, "portal-funds-ask", allocation.id, **plan())
    asked = only(cast, FundsRequest)
    post(cast.nina, "funds-request-decide", asked.id, verb="approve", amount="6000.00")
    post(cast.paul, "portal-funds-end", asked.id, verb="withdraw")
    assert (only(cast, FundsRequest).state, only(cast, FundsAllocation).held_minor) == ("withdrawn", 0)


def test_the_partners_page_shows_what_is_free(cast: Cast, allocation: FundsAllocation) -> None:
    page = client_of(cast.nina).get(url("partner-detail", cast.northwind.id)).content.decode()
    assert "€8,000.00 free of €8,000.00" in page
