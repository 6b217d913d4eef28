"""Approving and exporting while somebody changes what would be paid: each meets the other for certain, in both orders.

What leaves is what was approved, or nothing does. Without the locks the races are lost."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest

from incentives.payouts import actions, exporting, steps
from incentives.payouts.actions import ContentChanged, RunStateRefuses
from incentives.payouts.models import PayoutRun
from prm.tenancy.context import tenant_context
from tests.concurrency import payable as made
from tests.concurrency.meetings import Deed, Met, Stop, before_commit, inside, meet
from tests.concurrency.payable import APPROVED, NOTHING, Change, Payable
from tests.support.cast import Cast
from tests.support.databases import database_of_its_own

pytestmark = pytest.mark.race
Meeting = Callable[[Payable, Change], Met]

# Under a lock that approving and exporting take as well.
OF_CONTENT = [made.replace_details, made.pay_from_another_account, made.change_tax_id, made.pause_partner]


def of_tax(run: Payable) -> None:
    for change in (made.tax_otherwise, made.raise_rate):
        change(run)


def of_later_runs(run: Payable) -> None:
    """What counts from the next run on."""
    for change in (made.hold_northwind, made.publish_another_version, made.adjust_entry):
        change(run)


@pytest.fixture(scope="module")
def submitted(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Cast, PayoutRun, str]]:
    with django_db_blocker.unblock(), database_of_its_own() as name:
        yield *made.submitted_run(), name


@pytest.fixture
def run(submitted: tuple[Cast, PayoutRun, str]) -> Iterator[Payable]:
    """Waits for its approval."""
    cast, run, template = submitted
    with database_of_its_own(template) as name:
        yield Payable(cast, run, name)


@pytest.fixture
def leaving(run: Payable) -> Payable:
    """Is approved, and a worker is about to write its file."""
    for step in (made.approve, made.begin_export):
        inside(run.cast, partial(step, run))()
    return run


def having_checked(run: Payable, module: Any, step: Deed) -> Callable[[Stop], Any]:
    """The step in a transaction of its own; it stops when it has looked at the content and written nothing."""

    def work(stop: Stop) -> Any:
        look = module.require_unchanged

        def look_and_stop(*asked: Any, **options: Any) -> None:
            look(*asked, **options)
            stop()

        with patch.object(module, "require_unchanged", look_and_stop), tenant_context(run.cast.acme.id):
            return step()

    return work


def approval_first(run: Payable, change: Change) -> Met:
    step = having_checked(run, actions, partial(made.approve, run))
    return meet(run.database, step, inside(run.cast, partial(change, run)))


def change_before_approval(run: Payable, change: Change) -> Met:
    first = before_commit(run.cast, partial(change, run))
    return meet(run.database, first, inside(run.cast, partial(made.approve, run)))


def export_first(run: Payable, change: Change) -> Met:
    step = having_checked(run, exporting, partial(made.write, run))
    return meet(run.database, step, inside(run.cast, partial(change, run)))


def change_before_export(run: Payable, change: Change) -> Met:
    first = before_commit(run.cast, partial(change, run))
    return meet(run.database, first, inside(run.cast, partial(made.write, run)))


def looking_without_locks(module: Any) -> Any:
    """As it would be if the content was looked at and not held."""

    def look(run: PayoutRun, *, lock: bool = False) -> None:
        steps.require_unchanged(run)

    return patch.object(module, "require_unchanged", look)


def went_through(met: Met) -> bool:
    return not isinstance(met.first, Exception) and not isinstance(met.second, Exception)


def named(of: Callable[..., Any]) -> str:
    return of.__name__


class TestApprovalBesideChange:
    @pytest.mark.parametrize("change", OF_CONTENT, ids=named)
    def test_a_change_waits_for_the_approval_and_then_nothing_leaves(
        self, run: Payable, change: Change
    ) -> None:
        met = approval_first(run, change)
        assert (type(met.first), met.waited) == (PayoutRun, True)
        assert not isinstance(met.second, Exception)
        made.export_if_allowed(run)
        assert made.left(run) == NOTHING
        assert made.standing(run) == ("approved", 1, 2)

    @pytest.mark.parametrize("change", OF_CONTENT, ids=named)
    def test_an_approval_waits_for_the_change_and_is_refused(self, run: Payable, change: Change) -> None:
        met = change_before_approval(run, change)
        assert (type(met.second), met.waited) == (ContentChanged, True)
        assert made.standing(run) == ("submitted", 0, 2)
        made.export_if_allowed(run)
        assert made.left(run) == NOTHING

    def test_without_the_lock_it_approves_what_does_not_count_any_more(self, run: Payable) -> None:
        with looking_without_locks(actions):
            met = change_before_approval(run, made.replace_details)
        assert (type(met.second), met.waited) == (PayoutRun, False)
        assert made.standing(run) == ("approved", 1, 2)

    @pytest.mark.parametrize("meeting", [approval_first, change_before_approval], ids=named)
    def test_another_tax_goes_beside_it_and_then_nothing_leaves(self, run: Payable, meeting: Meeting) -> None:
        met = meeting(run, of_tax)
        assert (went_through(met), met.waited) == (True, False)
        assert made.standing(run) == ("approved", 1, 2)
        made.export_if_allowed(run)
        assert made.left(run) == NOTHING

    @pytest.mark.parametrize("meeting", [approval_first, change_before_approval], ids=named)
    def test_what_counts_from_the_next_run_on_changes_nothing_that_leaves(
        self, run: Payable, meeting: Meeting
    ) -> None:
        met = meeting(run, of_later_runs)
        assert (went_through(met), met.waited) == (True, False)
        made.export_if_allowed(run)
        assert made.left(run) == APPROVED

    def test_a_refund_that_is_calculated_meanwhile_neither(self, run: Payable) -> None:
        step = having_checked(run, actions, partial(made.approve, run))
        met = meet(run.database, step, partial(made.refund_sale, run))
        assert (went_through(met), met.waited) == (True, False)
        made.export_if_allowed(run)
        assert made.left(run) == APPROVED


GOING_BACK = [(made.reject, ("draft", 0, 0)), (made.cancel, ("cancelled", 0, 0))]


class TestApprovalBesideStep:
    @pytest.mark.parametrize(("step", "stands"), GOING_BACK, ids=["reject", "cancel"])
    def test_an_approval_is_void_once_the_run_went_back(
        self, run: Payable, step: Change, stands: tuple[str, int, int]
    ) -> None:
        met = approval_first(run, step)
        assert (went_through(met), met.waited) == (True, True)
        assert made.standing(run) == stands
        made.export_if_allowed(run)
        assert made.left(run) == NOTHING

    @pytest.mark.parametrize(("step", "stands"), GOING_BACK, ids=["reject", "cancel"])
    def test_a_run_that_is_going_back_is_not_approved(
        self, run: Payable, step: Change, stands: tuple[str, int, int]
    ) -> None:
        met = change_before_approval(run, step)
        assert (type(met.first), type(met.second), met.waited) == (PayoutRun, RunStateRefuses, True)
        assert made.standing(run) == stands
        made.export_if_allowed(run)
        assert made.left(run) == NOTHING

    def test_what_waits_for_approval_is_not_calculated_again(self, run: Payable) -> None:
        with pytest.raises(RunStateRefuses):
            inside(run.cast, partial(made.recalculate, run))()
        met = approval_first(run, made.recalculate)
        assert (type(met.first), type(met.second), met.waited) == (PayoutRun, RunStateRefuses, True)
        assert made.standing(run) == ("approved", 1, 2)
        made.export_if_allowed(run)
        assert made.left(run) == APPROVED


class TestExportBesideChange:
    @pytest.mark.parametrize("change", OF_CONTENT, ids=named)
    def test_a_change_waits_until_what_was_approved_has_left(self, leaving: Payable, change: Change) -> None:
        met = export_first(leaving, change)
        assert (went_through(met), met.waited) == (True, True)
        assert made.left(leaving) == APPROVED

    @pytest.mark.parametrize("change", OF_CONTENT, ids=named)
    def test_an_export_waits_for_the_change_and_sends_nothing(self, leaving: Payable, change: Change) -> None:
        met = change_before_export(leaving, change)
        assert (went_through(met), met.waited) == (True, True)
        assert made.left(leaving) == NOTHING
        assert made.standing(leaving) == ("draft", 0, 0)

    def test_without_the_lock_it_sends_to_an_account_that_was_replaced(self, leaving: Payable) -> None:
        with looking_without_locks(exporting):
            met = change_before_export(leaving, made.replace_details)
        assert (went_through(met), met.waited) == (True, False)
        assert made.left(leaving) == APPROVED

    def test_without_the_lock_orders_name_a_tax_id_that_nobody_approved(self, leaving: Payable) -> None:
        with looking_without_locks(exporting):
            met = export_first(leaving, made.change_tax_id)
        assert (went_through(met), met.waited) == (True, False)
        assert [tax_id for *_paid, tax_id in made.left(leaving)] == [made.OTHER_ID, made.SOUTH_ID]

    @pytest.mark.parametrize("meeting", [export_first, change_before_export], ids=named)
    def test_another_tax_counts_from_the_next_run_on(self, leaving: Payable, meeting: Meeting) -> None:
        met = meeting(leaving, of_tax)
        assert (went_through(met), met.waited) == (True, False)
        assert made.left(leaving) == APPROVED

    @pytest.mark.parametrize("change", [made.tax_otherwise, made.raise_rate], ids=named)
    def test_another_tax_that_counts_already_stops_the_export(self, leaving: Payable, change: Change) -> None:
        inside(leaving.cast, partial(change, leaving))()
        inside(leaving.cast, partial(made.write, leaving))()
        assert made.left(leaving) == NOTHING
        assert made.standing(leaving) == ("draft", 0, 0)

    @pytest.mark.parametrize("meeting", [export_first, change_before_export], ids=named)
    def test_what_counts_from_the_next_run_on_waits_for_the_books_and_changes_nothing_that_leaves(
        self, leaving: Payable, meeting: Meeting
    ) -> None:
        met = meeting(leaving, of_later_runs)
        assert (went_through(met), met.waited) == (True, True)
        assert made.left(leaving) == APPROVED

    def test_a_refund_that_is_calculated_meanwhile_neither(self, leaving: Payable) -> None:
        step = having_checked(leaving, exporting, partial(made.write, leaving))
        met = meet(leaving.database, step, partial(made.refund_sale, leaving))
        assert (went_through(met), met.waited) == (True, True)
        assert made.left(leaving) == APPROVED

    @pytest.mark.parametrize("step", [made.reject, made.cancel, made.recalculate], ids=named)
    def test_what_is_leaving_is_not_called_back(self, leaving: Payable, step: Change) -> None:
        with pytest.raises(RunStateRefuses):
            inside(leaving.cast, partial(step, leaving))()
        met = export_first(leaving, step)
        assert (type(met.first), type(met.second), met.waited) == (PayoutRun, RunStateRefuses, True)
        assert made.left(leaving) == APPROVED


def test_two_workers_write_one_file(leaving: Payable) -> None:
    met = export_first(leaving, made.write)
    assert (went_through(met), met.waited) == (True, True)
    assert made.left(leaving) == APPROVED
