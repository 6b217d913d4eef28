"""Who read a run approves what was read: once it was calculated again and would pay something else, nothing."""

from datetime import date
from functools import partial

import pytest

from incentives.payouts import actions
from incentives.payouts.models import PayoutApproval, PayoutRun
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast
from tests.support.clients import fresh_client_of
from tests.support.payouts import give_account, owe_northwind, submitted_payout, tick
from tests.support.rows import nothing_written, nothing_written_in

JANUARY = date(2026, 1, 1)
TYPED = {"total": "100.00"}


@pytest.fixture
def seen(cast: Cast) -> PayoutRun:
    """As Felix opened it."""
    owe_northwind(cast)
    return submitted_payout(cast, JANUARY)


@pytest.fixture
def now(cast: Cast, seen: PayoutRun) -> PayoutRun:
    """Olga sent it back, and it pays the same total to other details."""
    with tenant_context(cast.acme.id):
        actions.reject_run(actor=cast.olga.actor, run=seen, reason="Other details", at=tick())
    give_account(cast, cast.northwind, cast.paul)
    with tenant_context(cast.acme.id):
        actions.recalculate_run(actor=cast.vera.actor, run=seen, at=tick())
    actions.work_on_run(tenant_id=cast.acme.id, run_id=seen.id, now=tick)
    with tenant_context(cast.acme.id):
        run = PayoutRun.objects.get(id=seen.id)
        return actions.submit_run(actor=cast.vera.actor, run=run, typed_total_minor=10_000, at=tick())


def test_the_same_total_to_another_account_is_not_what_was_read(
    cast: Cast, seen: PayoutRun, now: PayoutRun
) -> None:
    assert (seen.total_minor, now.total_minor) == (10_000, 10_000)
    approve = partial(actions.approve_run, actor=cast.felix.actor, run=now, typed_total_minor=10_000)
    with tenant_context(cast.acme.id):
        with nothing_written(), pytest.raises(actions.ContentUnseen):
            approve(seen_hash=seen.content_hash, at=tick())
        assert approve(seen_hash=now.content_hash, at=tick()).state == "approved"


def test_a_page_that_was_open_meanwhile_approves_nothing_and_says_why(
    cast: Cast, seen: PayoutRun, now: PayoutRun
) -> None:
    felix, page = fresh_client_of(cast.felix), f"/acme/m/payouts/{now.id}/"
    with nothing_written_in(cast.acme):
        told = felix.post(
            page + "approve/", {**TYPED, "content_hash": seen.content_hash}, follow=True
        ).content.decode()
    assert "calculated again after you opened it" in told
    assert f'name="content_hash" value="{now.content_hash}"' in told
    felix.post(page + "approve/", {**TYPED, "content_hash": now.content_hash})
    with tenant_context(cast.acme.id):
        assert PayoutApproval.objects.get().content_hash == now.content_hash
