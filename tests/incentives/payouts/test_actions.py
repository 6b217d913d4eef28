"""A payout run by two people: what each may do, and that a refusal writes nothing."""

from collections.abc import Callable
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.utils.translation import override

from incentives.ledger.models import Transfer
from incentives.ledger.proof import prove_books
from incentives.payouts import actions
from incentives.payouts.bank_accounts import confirm_account, propose_account
from incentives.payouts.exporting import start_export, write_export
from incentives.payouts.models import BankAccount, PayoutAllocation, PayoutFile, PayoutItem, PayoutRun
from incentives.payouts.overview import panel_for
from incentives.payouts.queries import approver_names
from incentives.payouts.wording import last_reason_text
from incentives.plans.models import PlanVersion
from partners.directory.models import Partner
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast, Person
from tests.support.payouts import (
    calculated_payout,
    exported_payout,
    owe_both,
    submitted_payout,
    tick,
)
from tests.support.rows import nothing_written

JANUARY = date(2026, 1, 1)
ANOTHER_IBAN = "FR1420041010050500013M02606"


@pytest.fixture
def january(cast: Cast) -> Cast:
    """Northwind and Southwind earned 100.00 and 50.00 in January, which is closed; both have bank details."""
    owe_both(cast)
    return cast


def approve(cast: Cast, run: PayoutRun, person: Person | None = None, total_minor: int = 15_000) -> PayoutRun:
    with tenant_context(cast.acme.id):
        actor = (person or cast.felix).actor
        return actions.approve_run(actor=actor, run=run, typed_total_minor=total_minor, at=tick())


def refuse(cast: Cast, error: type[Exception], step: Callable[[], object]) -> None:
    with tenant_context(cast.acme.id), nothing_written(), pytest.raises(error):
        step()


def replace_details(cast: Cast, partner: Partner) -> None:
    """Other details, confirmed by Olga."""
    with tenant_context(cast.acme.id):
        proposed = propose_account(
            actor=cast.vera.actor, partner_id=partner.id, currency="EUR", holder="Other", account=ANOTHER_IBAN,
            bank_code="", at=tick(),
        )  # fmt: skip
        confirm_account(actor=cast.olga.actor, account=proposed, at=tick())


class TestSubmit:
    def test_the_preparer_types_the_total(self, january: Cast) -> None:
        run = calculated_payout(january, JANUARY)
        refuse(january, actions.TotalDiffers, lambda: self.submit(january, run, 14_999))
        refuse(january, actions.TotalDiffers, lambda: self.submit(january, run, None))
        with tenant_context(january.acme.id):
            assert self.submit(january, run, 15_000).state == "submitted"

    def test_nobody_else_submits(self, january: Cast) -> None:
        run = calculated_payout(january, JANUARY)
        refuse(january, actions.PreparerSubmits, lambda: self.submit(january, run, 15_000, january.vasily))
        refuse(january, PermissionDenied, lambda: self.submit(january, run, 15_000, january.otto))

    def submit(
        self, cast: Cast, run: PayoutRun, total: int | None, person: Person | None = None
    ) -> PayoutRun:
        actor = (person or cast.vera).actor
        return actions.submit_run(actor=actor, run=run, typed_total_minor=total, at=tick())


class TestApprove:
    def test_another_person_of_finance_approves_what_was_submitted(self, january: Cast) -> None:
        run = submitted_payout(january, JANUARY)
        assert approve(january, run).state == "approved"

    def test_who_may_not_is_refused(self, january: Cast) -> None:
        run = submitted_payout(january, JANUARY)
        for person, error in ((january.vera, PermissionDenied), (january.otto, PermissionDenied)):
            refuse(january, error, lambda person=person: approve(january, run, person))  # type: ignore[misc]

    def test_the_preparer_does_not_even_with_the_right(self, january: Cast) -> None:
        run = calculated_payout(january, JANUARY, preparer=january.felix)
        with tenant_context(january.acme.id):
            run = actions.submit_run(actor=january.felix.actor, run=run, typed_total_minor=15_000, at=tick())
        refuse(january, actions.PreparerCannotApprove, lambda: approve(january, run, january.felix))

    def test_who_confirmed_the_bank_details_does(self, january: Cast) -> None:
        """Olga compared what the partners had proposed; she changed nothing of it."""
        run = submitted_payout(january, JANUARY)
        assert approve(january, run, january.olga).state == "approved"

    def test_who_proposed_bank_details_does_not(self, january: Cast) -> None:
        with tenant_context(january.acme.id):
            BankAccount.objects.filter(partner_id=january.northwind.id).update(
                proposed_by_user_id=january.felix.user.id
            )
        run = submitted_payout(january, JANUARY)
        with (
            pytest.raises(actions.EditorCannotApprove) as refusal,
            tenant_context(january.acme.id),
            nothing_written(),
        ):
            approve(january, run)
        assert refusal.value.what == "accounts"
        assert approve(january, run, january.olga).state == "approved"

    def test_who_edited_the_plan_does_not(self, january: Cast) -> None:
        run = submitted_payout(january, JANUARY)
        with tenant_context(january.acme.id):
            PlanVersion.objects.update(edited_by_user_id=january.felix.user.id)
        with (
            pytest.raises(actions.EditorCannotApprove) as refusal,
            tenant_context(january.acme.id),
            nothing_written(),
        ):
            approve(january, run)
        assert refusal.value.what == "plans"

    def test_details_that_were_replaced_since_are_refused(self, january: Cast) -> None:
        run = submitted_payout(january, JANUARY)
        replace_details(january, january.northwind)
        refuse(january, actions.ContentChanged, lambda: approve(january, run))

    def test_the_total_is_typed_here_too(self, january: Cast) -> None:
        run = submitted_payout(january, JANUARY)
        refuse(january, actions.TotalDiffers, lambda: approve(january, run, total_minor=1))

    def test_above_the_limit_two_people_approve(self, january: Cast) -> None:
        with tenant_context(january.acme.id):
            type(january.acme).objects.filter(id=january.acme.id).update(second_approver_above_minor=14_999)
        run = submitted_payout(january, JANUARY)
        assert approve(january, run).state == "submitted"
        refuse(january, actions.AlreadyApproved, lambda: approve(january, run))


class TestWhoMayApprove:
    """Acme has two people of finance, Felix and Olga; Olga confirmed every account."""

    @pytest.mark.parametrize(
        ("preparer", "able"), [("vera", ["Felix", "Olga"]), ("felix", ["Olga"]), ("olga", ["Felix"])]
    )
    def test_two_people_of_finance_are_never_blocked(
        self, january: Cast, preparer: str, able: list[str]
    ) -> None:
        person: Person = getattr(january, preparer)
        run = calculated_payout(january, JANUARY, preparer=person)
        with tenant_context(january.acme.id):
            run = actions.submit_run(actor=person.actor, run=run, typed_total_minor=15_000, at=tick())
            assert approver_names(run) == able
        assert approve(january, run, getattr(january, able[0].lower())).state == "approved"

    def test_each_who_confirmed_a_part_of_the_accounts_may(self, january: Cast) -> None:
        with tenant_context(january.acme.id):
            BankAccount.objects.filter(partner_id=january.southwind.id).update(
                confirmed_by_user_id=january.felix.user.id
            )
        run = submitted_payout(january, JANUARY)
        with tenant_context(january.acme.id):
            assert approver_names(run) == ["Felix", "Olga"]

    def test_only_those_who_really_may_are_named(self, january: Cast) -> None:
        with tenant_context(january.acme.id):
            type(january.acme).objects.filter(id=january.acme.id).update(second_approver_above_minor=14_999)
        run = submitted_payout(january, JANUARY)
        approve(january, run)
        with tenant_context(january.acme.id):
            assert approver_names(run) == ["Olga"]
            PlanVersion.objects.update(edited_by_user_id=january.olga.user.id)
            assert approver_names(run) == []

    def test_a_lack_of_approvers_is_told_before_the_run_is_submitted(self, january: Cast) -> None:
        with tenant_context(january.acme.id):
            type(january.acme).objects.filter(id=january.acme.id).update(second_approver_above_minor=14_999)
        for person, warned in ((january.vera, False), (january.felix, True)):
            run = calculated_payout(january, JANUARY, preparer=person)
            with tenant_context(january.acme.id):
                panel = panel_for(person.actor, run)
                assert (panel.step, "only Olga may" in panel.warning) == ("submit", warned)
                actions.cancel_run(actor=person.actor, run=run, reason="x", at=tick())


class TestSendBack:
    @pytest.mark.parametrize("step", ["reject_run", "cancel_run"])
    def test_what_was_taken_is_free_again(self, january: Cast, step: str) -> None:
        run = submitted_payout(january, JANUARY)
        person = january.felix if step == "reject_run" else january.vera
        with tenant_context(january.acme.id):
            getattr(actions, step)(actor=person.actor, run=run, reason="Wrong day", at=tick())
            assert not PayoutAllocation.objects.filter(released_at__isnull=True).exists()
        if step == "cancel_run":
            assert calculated_payout(january, JANUARY).total_minor == 15_000

    def test_an_exported_run_cannot_be_stopped(self, january: Cast) -> None:
        run = exported_payout(january, JANUARY)
        refuse(
            january,
            actions.RunStateRefuses,
            lambda: actions.cancel_run(actor=january.vera.actor, run=run, reason="", at=tick()),
        )


class TestExport:
    def test_money_is_sent_once(self, january: Cast) -> None:
        run = exported_payout(january, JANUARY)
        with tenant_context(january.acme.id), nothing_written():
            write_export(run_id=run.id, at=tick())
        with tenant_context(january.acme.id):
            assert (PayoutFile.objects.count(), PayoutItem.objects.filter(state="sent").count()) == (1, 2)
            assert [verdict.promise for verdict in prove_books() if not verdict.holds] == []

    def test_what_changed_after_the_approval_is_not_sent(self, january: Cast) -> None:
        run = approve(january, submitted_payout(january, JANUARY))
        with tenant_context(january.acme.id):
            start_export(actor=january.felix.actor, run=run, at=tick())
        replace_details(january, january.northwind)
        with tenant_context(january.acme.id):
            run = write_export(run_id=run.id, at=tick())
            assert (run.state, run.last_reason) == ("draft", "content_changed")
            assert not PayoutFile.objects.exists()
            assert not Transfer.objects.filter(kind="reserve").exists()

    @pytest.mark.parametrize("language", ["en", "ru"])
    def test_a_name_that_the_file_cannot_take_is_named_and_nothing_is_sent(
        self, january: Cast, language: str
    ) -> None:
        with tenant_context(january.acme.id):
            BankAccount.objects.filter(partner_id=january.southwind.id).update(holder="South;=1+1")
        run = approve(january, submitted_payout(january, JANUARY))
        with tenant_context(january.acme.id):
            start_export(actor=january.felix.actor, run=run, at=tick())
            run = write_export(run_id=run.id, at=tick())
            assert run.state == "draft"
            assert not PayoutFile.objects.exists()
            assert not Transfer.objects.filter(kind="reserve").exists()
        with override(language):
            told = str(last_reason_text(run.last_reason))
        field = {"en": "Account holder", "ru": "Владелец счёта"}[language]
        assert f"South;=1+1, {field}" in told
        assert "= (U+003D)" in told
