"""Who read a request approves what was read: once its partner has asked for something else, nothing."""

from datetime import date, datetime, timedelta

import pytest

from incentives.funds import actions, refusals
from incentives.funds.models import FundsRequest
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast
from tests.support.clients import client_of
from tests.support.funds import AT, allocate, ask, make_budget, plan_of, refuse
from tests.support.rows import nothing_written_in

LATER = AT + timedelta(hours=1)


@pytest.fixture
def read(cast: Cast) -> FundsRequest:
    """As Nina opened it: a seminar."""
    with tenant_context(cast.acme.id):
        return ask(cast.paul, allocate(cast, make_budget(cast, claims_until=date(2099, 12, 31))))


@pytest.fixture
def now(cast: Cast, read: FundsRequest) -> FundsRequest:
    """Vera sent it back, and it is a dinner for as much."""
    with tenant_context(cast.acme.id):
        actions.return_request(actor=cast.vera.actor, request=read, reason="Say more", at=AT)
        return actions.change_request(
            actor=cast.paul.actor, request=read, facts=plan_of(activity="A dinner"), at=LATER
        )


def test_what_the_partner_changed_since_is_not_approved(
    cast: Cast, read: FundsRequest, now: FundsRequest
) -> None:
    def approve(asked_at: datetime | None) -> FundsRequest:
        return actions.approve_request(
            actor=cast.nina.actor, request=now, amount_minor=600_000, at=LATER, asked_at=asked_at
        )

    with tenant_context(cast.acme.id):
        refuse(refusals.RequestChanged, lambda: approve(read.submitted_at))
        assert approve(now.submitted_at).state == "approved"


def test_a_page_that_was_open_meanwhile_approves_nothing_and_says_why(
    cast: Cast, read: FundsRequest, now: FundsRequest
) -> None:
    nina, page = client_of(cast.nina), f"/acme/m/funds/requests/{now.id}/"
    told = {"verb": "approve", "amount": "6000"}
    for seen in (AT.isoformat(), "yesterday"):
        with nothing_written_in(cast.acme):
            answer = nina.post(page + "decide/", {**told, "asked_at": seen})
        assert "The partner changed this request after you opened it." in answer.content.decode()
    assert f'name="asked_at" value="{LATER.isoformat()}"' in answer.content.decode()
    nina.post(page + "decide/", {**told, "asked_at": LATER.isoformat()})
    with tenant_context(cast.acme.id):
        assert FundsRequest.objects.get().state == "approved"
