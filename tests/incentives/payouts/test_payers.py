"""The account that money leaves: two people, sealed, one per currency; the run's file follows it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from django.core.exceptions import PermissionDenied
from django.utils.translation import override

from incentives.ledger.models import Transfer
from incentives.ledger.proof import prove_books
from incentives.payouts import actions, composing
from incentives.payouts.bank_accounts import (
    AccountNotWaiting,
    ProposerCannotConfirm,
    confirm_account,
    propose_account,
    unseal,
)
from incentives.payouts.exporting import start_export, write_export
from incentives.payouts.files.payments import Payer, PaymentRefused
from incentives.payouts.models import (
    BankAccount,
    PayerAccount,
    PayoutAllocation,
    PayoutFile,
    PayoutItem,
    PayoutRun,
)
from incentives.payouts.overview import panel_for, with_words
from incentives.payouts.payers import confirm_payer, decline_payer, propose_payer, reveal_payer
from partners.directory.models import Partner
from prm.audit.models import AuditRecord
from prm.files.queries import read_file
from prm.tenancy.context import tenant_context
from tests.incentives.payouts.files.readers import read
from tests.support.cast import Cast, Person
from tests.support.clients import client_of, fresh_client_of
from tests.support.commission import assign, make_plan, make_product, publish, sell
from tests.support.payouts import (
    IBAN,
    LATER,
    calculated_payout,
    close_month,
    exported_payout,
    owe_both,
    submitted_payout,
    tick,
)
from tests.support.rows import nothing_written, nothing_written_in

JANUARY = date(2026, 1, 1)
OWN = "AT611904300234573201"
EUROS = Payer(
    name="Acme Europe", account=OWN, bank_code="BKAUATWW", currency="EUR", city="Wien", country="AT"
)
ROUBLES = Payer(
    name="ООО «Акме»", account="40702810400000000225", bank_code="044525225", currency="RUB", tax_id="7707083893",
    bank_name="ПАО СБЕРБАНК г. Москва", correspondent="30101810400000000225",
    purpose="Агентское вознаграждение, без НДС.",
)  # fmt: skip


def propose(
    cast: Cast, payer: Payer = EUROS, kind: str = "pain001", person: Person | None = None
) -> PayerAccount:
    with tenant_context(cast.acme.id):
        actor = (person or cast.felix).actor
        return propose_payer(actor=actor, payer=payer, file_kind=kind, at=tick())


def confirm(cast: Cast, account: PayerAccount, person: Person | None = None) -> PayerAccount:
    with tenant_context(cast.acme.id):
        return confirm_payer(actor=(person or cast.olga).actor, account=account, at=tick())


def kept(cast: Cast, account: PayerAccount) -> PayerAccount:
    with tenant_context(cast.acme.id):
        return PayerAccount.objects.get(id=account.id)


def test_another_person_of_finance_confirms_and_only_once(cast: Cast) -> None:
    account = propose(cast)
    for person, error in ((cast.felix, ProposerCannotConfirm), (cast.vera, PermissionDenied)):
        with nothing_written_in(cast.acme), pytest.raises(error):
            confirm(cast, account, person)
    confirm(cast, account)
    assert kept(cast, account).confirmed_by_user_id == cast.olga.user.id
    with nothing_written_in(cast.acme), pytest.raises(AccountNotWaiting):
        confirm(cast, account)


def test_who_has_no_right_proposes_nothing(cast: Cast) -> None:
    for person in (cast.vera, cast.otto):
        with nothing_written_in(cast.acme), pytest.raises(PermissionDenied):
            propose(cast, person=person)


def test_the_one_before_counts_until_another_is_confirmed(cast: Cast) -> None:
    first = confirm(cast, propose(cast))
    second, other = propose(cast), propose(cast, ROUBLES, "1c")
    assert kept(cast, first).replaced_at is None
    confirm(cast, other)
    assert kept(cast, first).replaced_at is None, "another currency"
    confirm(cast, second)
    assert kept(cast, first).replaced_at is not None


def test_a_newer_proposal_takes_the_place_of_one_that_waits(cast: Cast) -> None:
    first = propose(cast)
    propose(cast)
    with nothing_written_in(cast.acme), pytest.raises(AccountNotWaiting):
        confirm(cast, first)


def test_a_declined_account_never_counted(cast: Cast) -> None:
    account = propose(cast)
    with tenant_context(cast.acme.id):
        decline_payer(actor=cast.felix.actor, account=account, reason="Wrong bank", at=tick())
    with nothing_written_in(cast.acme), pytest.raises(AccountNotWaiting):
        confirm(cast, account)


def test_the_number_is_sealed_bound_to_its_row_and_shown_against_a_record(cast: Cast) -> None:
    one, other = propose(cast), propose(cast, ROUBLES, "1c")
    assert OWN.encode() not in bytes(one.account_sealed)
    with tenant_context(cast.acme.id):
        with nothing_written(), pytest.raises(PermissionDenied):
            reveal_payer(actor=cast.vera.actor, account=one, at=tick())
        assert reveal_payer(actor=cast.felix.actor, account=one, at=tick()) == OWN
        assert AuditRecord.objects.filter(action="payer.revealed", subject_id=one.id).count() == 1
        one.account_sealed = other.account_sealed
        with pytest.raises(InvalidTag):
            unseal(one)


@pytest.mark.parametrize(
    ("kind", "payer", "field", "code"),
    [
        ("pain001", replace(EUROS, account="AT611904300234573202"), "account", "iban"),
        ("pain001", replace(EUROS, bank_code=""), "bank_code", "missing"),
        ("pain001", replace(EUROS, city=""), "city", "missing"),
        ("pain001", replace(EUROS, country=""), "country", "missing"),
        ("pain001", replace(EUROS, name="Акме"), "name", "sign"),
        ("pain001", ROUBLES, "name", "sign"),
        ("1c", replace(ROUBLES, tax_id="7707083894"), "tax_id", "inn_digits"),
        ("1c", replace(ROUBLES, correspondent=""), "correspondent", "correspondent"),
        ("1c", replace(ROUBLES, bank_name=""), "bank_name", "missing"),
        ("1c", replace(ROUBLES, bank_code="044525974"), "account", "account_digits"),
        ("pain001", replace(EUROS, purpose="Вознаграждение"), "purpose", "sign"),
        ("1c", replace(ROUBLES, purpose="=1\n2"), "purpose", "sign"),
        ("csv", replace(EUROS, purpose="=1"), "purpose", "sign"),
        ("1c", EUROS, "currency", "roubles_alone"),
        ("csv", replace(EUROS, account="12"), "account", "account_number"),
    ],
)
def test_an_account_that_its_file_cannot_be_written_from_is_refused_by_field(
    cast: Cast, kind: str, payer: Payer, field: str, code: str
) -> None:
    with nothing_written_in(cast.acme), pytest.raises(PaymentRefused) as refusal:
        propose(cast, payer, kind)
    assert (refusal.value.field, refusal.value.code) == (f"payer_{field}", code)
    client = fresh_client_of(cast.felix)
    client.get("/acme/m/payers/new/")  # the first visit of a day is written down
    with nothing_written_in(cast.acme):
        answer = client.post("/acme/m/payers/new/", {**vars(payer), "file_kind": kind})
    assert answer.status_code == 422
    errors = answer.context["form"].errors.as_data()
    assert {name: faults[0].code for name, faults in errors.items()} == {field: code}


@pytest.mark.parametrize(("kind", "payer"), [("pain001", EUROS), ("1c", ROUBLES), ("csv", EUROS)])
def test_two_people_do_it_on_their_pages(cast: Cast, kind: str, payer: Payer) -> None:
    felix, olga = fresh_client_of(cast.felix), fresh_client_of(cast.olga)
    answer = felix.post("/acme/m/payers/new/", {**vars(payer), "file_kind": kind})
    assert answer.status_code == 302
    with tenant_context(cast.acme.id):
        account = PayerAccount.objects.get()
    page = f"/acme/m/payers/{account.id}/"
    assert payer.account not in felix.get(page).content.decode()
    assert payer.account in olga.post(page).content.decode()
    felix.post(f"{page}confirm/")
    assert kept(cast, account).confirmed_at is None
    olga.post(f"{page}confirm/")
    assert kept(cast, account).confirmed_at is not None
    assert payer.name in felix.get("/acme/m/payers/").content.decode()


def test_an_old_login_proposes_and_confirms_nothing(cast: Cast) -> None:
    account = propose(cast)
    client = client_of(cast.olga)
    for path in ("new/", f"{account.id}/", f"{account.id}/confirm/"):
        with nothing_written_in(cast.acme):
            answer = client.post(f"/acme/m/payers/{path}", {})
        assert answer["Location"].startswith("/acme/account/reauthenticate/")


@pytest.fixture
def january(cast: Cast) -> Cast:
    """Northwind and Southwind earned 100.00 and 50.00 in January, which is closed; both have bank details."""
    owe_both(cast)
    return cast


def approved(cast: Cast) -> PayoutRun:
    run = submitted_payout(cast, JANUARY)
    with tenant_context(cast.acme.id):
        return actions.approve_run(
            actor=cast.felix.actor, run=run, typed_total_minor=run.total_minor, at=tick()
        )


def exported(cast: Cast, run: PayoutRun) -> PayoutRun:
    with tenant_context(cast.acme.id):
        start_export(actor=cast.felix.actor, run=run, at=tick())
        return write_export(run_id=run.id, at=tick())


def bytes_of(run: PayoutRun) -> tuple[str, bytes]:
    stored = PayoutFile.objects.get(run_id=run.id).file
    return stored.name, read_file(stored)


class TestExport:
    def test_the_file_is_of_the_kind_of_the_account(self, january: Cast) -> None:
        confirm(january, propose(january))
        run = exported_payout(january, JANUARY)
        with tenant_context(january.acme.id):
            name, content = bytes_of(run)
            items = {item.id.hex: item.amount_minor for item in PayoutItem.objects.all()}
            in_transit = sum(Transfer.objects.filter(kind="reserve").values_list("amount_minor", flat=True))
            assert [verdict.promise for verdict in prove_books() if not verdict.holds] == []
        found = read("pain001", content)
        assert name == f"{found.message_id}.xml"
        assert {line.identity: line.amount_minor for line in found.lines} == items
        assert (found.payer_account, found.counts, found.totals_minor) == (OWN, [2, 2], [in_transit] * 2)
        page = client_of(january.felix).get(f"/acme/m/payouts/{run.id}/").content.decode()
        assert "Acme Europe ··3201" in page
        assert "ISO 20022" in page

    def test_a_code_that_the_file_has_no_letters_for_holds_nobody_back(self, january: Cast) -> None:
        with tenant_context(january.acme.id):
            Partner.objects.filter(id=january.southwind.id).update(code="Ю_1")
        confirm(january, propose(january))
        run = exported_payout(january, JANUARY)
        with tenant_context(january.acme.id):
            found = read("pain001", bytes_of(run)[1])
        assert sorted(line.reference for line in found.lines) == [f"{run}", f"{run} NW"]

    def test_without_an_account_it_is_a_table(self, january: Cast) -> None:
        propose(january)
        run = exported_payout(january, JANUARY)
        with tenant_context(january.acme.id):
            name, content = bytes_of(run)
        assert name.endswith(".csv")
        assert len(read("csv", content).lines) == 2

    def test_an_account_that_was_replaced_after_the_approval_pays_nothing(self, january: Cast) -> None:
        confirm(january, propose(january))
        run = approved(january)
        confirm(january, propose(january))
        with tenant_context(january.acme.id):
            panel = panel_for(january.felix.actor, PayoutRun.objects.get(id=run.id))
            assert (panel.step, "was replaced" in panel.why_not) == ("", True)
            with nothing_written(), pytest.raises(actions.ContentChanged):
                start_export(actor=january.felix.actor, run=run, at=tick())

    def test_one_that_was_replaced_while_it_was_written_neither(self, january: Cast) -> None:
        confirm(january, propose(january))
        run = approved(january)
        with tenant_context(january.acme.id):
            start_export(actor=january.felix.actor, run=run, at=tick())
        confirm(january, propose(january))
        with tenant_context(january.acme.id):
            run = write_export(run_id=run.id, at=tick())
            assert (run.state, run.last_reason) == ("draft", "content_changed")
            assert not PayoutFile.objects.exists()
            assert not Transfer.objects.filter(kind="reserve").exists()

    def test_calculated_again_it_pays_from_the_new_one(self, january: Cast) -> None:
        confirm(january, propose(january))
        run = calculated_payout(january, JANUARY)
        second = confirm(january, propose(january, replace(EUROS, account=IBAN, bank_code="COBADEFF")))
        with tenant_context(january.acme.id):
            run = actions.recalculate_run(actor=january.vera.actor, run=run, at=tick())
            assert run.payer_account_id == second.id

    def test_the_hash_is_of_the_account_too(self, january: Cast) -> None:
        first = calculated_payout(january, JANUARY)
        with tenant_context(january.acme.id):
            actions.cancel_run(actor=january.vera.actor, run=first, reason="x", at=tick())
        confirm(january, propose(january))
        second = calculated_payout(january, JANUARY)
        assert first.total_minor == second.total_minor
        assert first.content_hash != second.content_hash


def without(cast: Cast, partner: Partner, **changes: Any) -> None:
    with tenant_context(cast.acme.id):
        BankAccount.objects.filter(partner_id=partner.id).update(**changes)


class TestUnfit:
    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"city": ""}, "City"),
            ({"holder": "Юг"}, "Account holder"),
            ({"holder": "A" * 71}, "Account holder"),
        ],
    )
    def test_details_that_the_file_cannot_take_are_held_out_and_the_others_paid(
        self, january: Cast, changes: dict[str, str], field: str
    ) -> None:
        without(january, january.southwind, **changes)
        confirm(january, propose(january))
        run = calculated_payout(january, JANUARY)
        assert (run.item_count, run.total_minor, run.funnel) == (1, 10_000, {"unfit_details": 1})
        with tenant_context(january.acme.id):
            held = PayoutItem.objects.select_related("partner").get(partner_id=january.southwind.id)
            assert (held.state, held.reason, held.amount_minor, held.gross_minor) == (
                "held", "unfit_details", 0, 5_000,
            )  # fmt: skip
            live = PayoutAllocation.objects.filter(released_at__isnull=True)
            assert not live.filter(partner_id=january.southwind.id).exists()
            with override("en"):
                assert f"{field}: " in with_words([held])[0]["fault"]

    def test_what_was_held_out_is_paid_once_it_fits(
        self, january: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(composing, "TRIED_TOGETHER", 1)
        without(january, january.southwind, city="")
        confirm(january, propose(january))
        run = calculated_payout(january, JANUARY)
        without(january, january.southwind, city="Graz")
        with tenant_context(january.acme.id):
            actions.cancel_run(actor=january.vera.actor, run=run, reason="Town is known", at=tick())
        assert calculated_payout(january, JANUARY).total_minor == 15_000

    def test_a_table_takes_them_as_they_are(self, january: Cast) -> None:
        without(january, january.southwind, city="")
        assert calculated_payout(january, JANUARY).item_count == 2


@pytest.fixture
def roubles(cast: Cast) -> Cast:
    """Northwind earned in roubles in January and in February; a Russian account pays."""
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, [{"id": "base", "type": "rate", "rate": "0.1"}], currency="RUB")
        assign(plan)
        product = make_product()
        Partner.objects.filter(id=cast.northwind.id).update(tax_id="7707083893")
        sell(cast.northwind, product, "L1", date(2026, 1, 10), 100_000, currency="RUB")
        sell(cast.northwind, product, "L2", date(2026, 2, 10), 200_000, currency="RUB")
        given = propose_account(
            actor=cast.paul.actor, partner_id=cast.northwind.id, currency="RUB", holder="ООО «Норд»",
            account=ROUBLES.account, bank_code=ROUBLES.bank_code, at=tick(),
        )  # fmt: skip
        confirm_account(actor=cast.olga.actor, account=given, at=tick())
        BankAccount.objects.update(confirmed_at=LATER - timedelta(days=9))
    confirm(cast, propose(cast, ROUBLES, "1c"))
    return cast


def test_a_tax_id_that_changed_after_the_approval_is_not_written(roubles: Cast) -> None:
    close_month(roubles, JANUARY)
    run = submitted_payout(roubles, JANUARY, currency="RUB")
    with tenant_context(roubles.acme.id):
        for person in (roubles.felix, roubles.olga):  # no rate of roubles is stored
            actions.approve_run(actor=person.actor, run=run, typed_total_minor=run.total_minor, at=tick())
        Partner.objects.filter(id=roubles.northwind.id).update(tax_id="7736050003")
        with nothing_written(), pytest.raises(actions.ContentChanged):
            start_export(actor=roubles.felix.actor, run=run, at=tick())
        Partner.objects.filter(id=roubles.northwind.id).update(tax_id="7707083893")
        assert start_export(actor=roubles.felix.actor, run=run, at=tick()).state == "exporting"


def test_payment_orders_have_numbers_that_no_other_has(roubles: Cast) -> None:
    """Two runs on one day, from one account."""
    cast, numbers = roubles, []
    for month in (1, 2):
        close_month(cast, date(2026, month, 1))
        run = exported_payout(cast, date(2026, month, 1), currency="RUB")
        with tenant_context(cast.acme.id):
            name, content = bytes_of(run)
            (item,) = PayoutItem.objects.filter(run_id=run.id, state="sent")
        (line,) = read("1c", content).lines
        assert name.endswith(".txt")
        assert (line.identity, line.holder, line.amount_minor) == (
            str(item.order_number), "ООО «Норд»", item.amount_minor,
        )  # fmt: skip
        assert line.reference == f"Агентское вознаграждение, без НДС. {run} NW"
        numbers.append(item.order_number)
    assert len(set(numbers)) == 2
