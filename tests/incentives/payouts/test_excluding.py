"""A partner's balance is taken out of a run by its preparer, with a reason; nothing is lost by it."""

from collections.abc import Callable
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from incentives.ledger.proof import prove_books
from incentives.payouts import actions, excluding
from incentives.payouts.hand_models import PayoutExclusion
from incentives.payouts.models import BankAccount, PayoutAllocation, PayoutItem, PayoutRun
from incentives.payouts.steps import ContentChanged, RunStateRefuses
from prm.audit.models import AuditRecord
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast, Person
from tests.support.clients import client_of
from tests.support.payouts import calculated_payout, close_month, owe_both, tick
from tests.support.rows import nothing_written

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)


@pytest.fixture
def run(cast: Cast) -> PayoutRun:
    """Vera's: Northwind earned 100.00, Southwind 50.00."""
    owe_both(cast)
    return calculated_payout(cast, JANUARY)


def item_of(cast: Cast, run: PayoutRun) -> PayoutItem:
    """Northwind's."""
    return PayoutItem.objects.get(run_id=run.id, partner_id=cast.northwind.id)


def take_out(cast: Cast, run: PayoutRun, person: Person | None = None) -> PayoutItem:
    with tenant_context(cast.acme.id):
        actor = (person or cast.vera).actor
        return excluding.take_out(actor=actor, item=item_of(cast, run), reason="Asked to wait", at=tick())


def put_back(cast: Cast, run: PayoutRun, person: Person | None = None) -> PayoutItem:
    with tenant_context(cast.acme.id):
        actor = (person or cast.vera).actor
        return excluding.put_back(actor=actor, item=item_of(cast, run), at=tick())


def standing(cast: Cast, run: PayoutRun) -> tuple[int, int, dict[str, int], int]:
    """Payments and total of the run, what is held out, and how many entries it has taken."""
    with tenant_context(cast.acme.id):
        kept = PayoutRun.objects.get(id=run.id)
        taken = PayoutAllocation.objects.filter(run_id=run.id, released_at__isnull=True).count()
        return kept.item_count, kept.total_minor, kept.funnel, taken


def refuse(cast: Cast, error: type[Exception], step: Callable[[], object]) -> None:
    with tenant_context(cast.acme.id), nothing_written(), pytest.raises(error):
        step()


def test_total_and_hash_follow_what_is_taken_out(cast: Cast, run: PayoutRun) -> None:
    assert standing(cast, run) == (2, 15_000, {}, 2)
    item = take_out(cast, run)
    assert (item.state, item.reason, item.gross_minor, item.amount_minor) == ("held", "excluded", 10_000, 0)
    assert standing(cast, run) == (1, 5_000, {"excluded": 1}, 1)
    with tenant_context(cast.acme.id):
        after = PayoutRun.objects.get(id=run.id)
        assert after.content_hash != run.content_hash
        told = AuditRecord.objects.get(action="payout.item_excluded")
        assert (told.subject_id, told.reason, told.after["partner"]) == (run.id, "Asked to wait", "Northwind")
        submitted = actions.submit_run(actor=cast.vera.actor, run=run, typed_total_minor=5_000, at=tick())
        assert submitted.state == "submitted"


def test_the_next_run_pays_it(cast: Cast, run: PayoutRun) -> None:
    take_out(cast, run)
    close_month(cast, FEBRUARY)
    then = calculated_payout(cast, FEBRUARY)
    assert standing(cast, then) == (1, 10_000, {}, 1)
    with tenant_context(cast.acme.id):
        assert [verdict.promise for verdict in prove_books() if not verdict.holds] == []


def test_what_is_put_back_is_paid_as_before(cast: Cast, run: PayoutRun) -> None:
    take_out(cast, run)
    item = put_back(cast, run)
    assert (item.state, item.reason, item.amount_minor) == ("reserved", "", 10_000)
    assert standing(cast, run) == (2, 15_000, {}, 2)
    with tenant_context(cast.acme.id):
        assert PayoutRun.objects.get(id=run.id).content_hash == run.content_hash
        assert not PayoutExclusion.objects.exists()
        assert {"kept", "excluded"} & set(item_of(cast, run).facts) == set()


def test_it_stays_out_when_the_run_is_calculated_again(cast: Cast, run: PayoutRun) -> None:
    take_out(cast, run)
    with tenant_context(cast.acme.id):
        actions.recalculate_run(actor=cast.vera.actor, run=run, at=tick())
    actions.work_on_run(tenant_id=cast.acme.id, run_id=run.id, now=tick)
    assert standing(cast, run) == (1, 5_000, {"excluded": 1}, 1)
    put_back(cast, run)
    assert standing(cast, run) == (2, 15_000, {}, 2)


@pytest.mark.parametrize(
    ("person", "error"),
    [("felix", excluding.PreparerExcludes), ("otto", PermissionDenied), ("nina", PermissionDenied)],
)
def test_only_its_preparer_takes_out_and_puts_back(
    cast: Cast, run: PayoutRun, person: str, error: type[Exception]
) -> None:
    refuse(cast, error, lambda: take_out(cast, run, getattr(cast, person)))
    take_out(cast, run)
    refuse(cast, error, lambda: put_back(cast, run, getattr(cast, person)))


def test_nothing_is_taken_out_or_put_back_twice(cast: Cast, run: PayoutRun) -> None:
    refuse(cast, excluding.ItemNotExcludable, lambda: put_back(cast, run))
    take_out(cast, run)
    refuse(cast, excluding.ItemNotExcludable, lambda: take_out(cast, run))


def test_a_submitted_run_stays_as_it_is(cast: Cast, run: PayoutRun) -> None:
    with tenant_context(cast.acme.id):
        actions.submit_run(actor=cast.vera.actor, run=run, typed_total_minor=15_000, at=tick())
    refuse(cast, RunStateRefuses, lambda: take_out(cast, run))


def test_details_that_were_replaced_since_are_not_hidden_by_it(cast: Cast, run: PayoutRun) -> None:
    """Else the hash would be taken anew over an account that does not count."""
    with tenant_context(cast.acme.id):
        BankAccount.objects.filter(partner_id=cast.southwind.id).update(replaced_at=tick())
    refuse(cast, ContentChanged, lambda: take_out(cast, run))


def test_nothing_is_put_back_to_other_details_than_were_calculated(cast: Cast, run: PayoutRun) -> None:
    take_out(cast, run)
    with tenant_context(cast.acme.id):
        BankAccount.objects.filter(partner_id=cast.northwind.id).update(replaced_at=tick())
    refuse(cast, ContentChanged, lambda: put_back(cast, run))


def test_what_another_run_has_taken_is_not_put_back(cast: Cast, run: PayoutRun) -> None:
    take_out(cast, run)
    close_month(cast, FEBRUARY)
    then = calculated_payout(cast, FEBRUARY)
    refuse(cast, excluding.TakenElsewhere, lambda: put_back(cast, run))
    with tenant_context(cast.acme.id):
        actions.cancel_run(actor=cast.vera.actor, run=then, reason="x", at=tick())
    assert put_back(cast, run).state == "reserved"


def test_the_pages_take_out_tell_why_and_put_back(cast: Cast, run: PayoutRun) -> None:
    with tenant_context(cast.acme.id):
        item = item_of(cast, run)
    where, path = f"/acme/m/payouts/{run.id}/", f"/acme/m/payouts/items/{item.id}/take-out/"
    vera, felix = client_of(cast.vera), client_of(cast.felix)
    assert path in vera.get(where).content.decode()
    assert path not in felix.get(where).content.decode()
    assert vera.post(path, {"reason": ""}).status_code == 422
    assert vera.post(path, {"reason": "Asked to wait"}).status_code == 302
    held = vera.get(f"{where}?show=held").content.decode()
    assert "Taken out of this run by its preparer" in held
    assert "Vera: Asked to wait" in held
    assert "Put back" not in felix.get(f"{where}?show=held").content.decode()
    vera.post(f"/acme/m/payouts/items/{item.id}/put-back/")
    assert standing(cast, run) == (2, 15_000, {}, 2)
