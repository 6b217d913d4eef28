"""Tax withheld from payouts: the table, the standing of a partner, the net payment, its transfer, and who may not."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from incentives.ledger.models import Transfer
from incentives.ledger.proof import prove_books
from incentives.payouts import actions, withholding
from incentives.payouts.bank_accounts import AccountNotWaiting, ProposerCannotConfirm
from incentives.payouts.calculation import preview
from incentives.payouts.models import PayoutItem, PayoutRun, Statement
from incentives.payouts.queries import access_payment_file
from incentives.payouts.rules import tax_of
from incentives.payouts.statements import find_changed_statement
from incentives.payouts.tax_models import WithholdingRate
from incentives.payouts.taxes import set_standing
from prm.files.queries import read_file
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key
from tests.support.cast import Cast
from tests.support.clients import client_of, fresh_client_of
from tests.support.commission import assign, make_plan, make_product, publish, sell
from tests.support.payouts import (
    calculated_payout,
    close_month,
    exported_payout,
    give_account,
    settle_by_hand,
    submitted_payout,
    tick,
)
from tests.support.rows import nothing_written_in

JANUARY, PAYS_ON = date(2026, 1, 1), date(2026, 12, 5)


@pytest.fixture
def january(cast: Cast) -> Cast:
    """Northwind, self-employed, earned 100.45 in January, which is closed; it has bank details."""
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, [{"id": "base", "type": "rate", "rate": "0.1"}], minimum_payout="100.00")
        assign(plan)
        sell(cast.northwind, make_product(), "L1", date(2026, 1, 10), 100_450)
        set_standing(actor=cast.felix.actor, partner=cast.northwind, status="self_employed", at=tick())
    give_account(cast, cast.northwind, cast.paul)
    close_month(cast, JANUARY)
    return cast


def give_rate(
    cast: Cast, percent: str = "10", *, starts_on: date = JANUARY, status: str = "self_employed"
) -> WithholdingRate:
    with tenant_context(cast.acme.id):
        rate = withholding.propose_rate(
            actor=cast.felix.actor, status=status, percent=Decimal(percent), starts_on=starts_on, at=tick()
        )
        return withholding.confirm_rate(actor=cast.olga.actor, rate=rate, at=tick())


@pytest.mark.parametrize(
    ("gross", "percent", "tax"),
    [(10_045, "10", 1_005), (10_044, "10", 1_004), (-10_045, "10", -1_005), (1, "60", 1)],
)
def test_tax_is_rounded_half_away_from_zero(gross: int, percent: str, tax: int) -> None:
    assert tax_of(gross, Decimal(percent)) == tax


def test_the_net_is_paid_and_the_tax_is_a_transfer_of_its_own(january: Cast) -> None:
    """The minimum of 100.00 is met by the gross 100.45, though 90.40 is paid."""
    give_rate(january)
    run = exported_payout(january, JANUARY)
    with tenant_context(january.acme.id):
        item = PayoutItem.objects.get()
        assert (item.gross_minor, item.withheld_minor, item.amount_minor) == (10_045, 1_005, 9_040)
        assert run.total_minor == 9_040
        assert b"90.40" in read_file(access_payment_file(run).file)
        kinds = dict(Transfer.objects.filter(source_id=run.id).values_list("kind", "amount_minor"))
        assert (kinds["reserve"], kinds["withholding"]) == (9_040, 1_005)
        assert [verdict.promise for verdict in prove_books() if not verdict.holds] == []
    close_month_of_payment(january)
    with tenant_context(january.acme.id):
        statement = Statement.objects.get(period_on=date(2026, 12, 1))
        assert (statement.opening_minor, statement.paid_minor, statement.closing_minor) == (10_045, 9_040, 0)
        assert find_changed_statement() is None
    page = client_of(january.paul).get("/acme/p/statements/").content.decode()
    assert "tax withheld: €10.05 (10" in page
    assert "Your tax status here: Self-employed" in page
    machine = Machine(make_key(january.acme, "payouts:read"))
    (told,) = machine.get(f"payouts/{run.id}/items").json()["data"]
    assert (told["gross"], told["withheld"], told["amount"]) == ("100.45", "10.05", "90.40")


def close_month_of_payment(cast: Cast) -> None:
    from incentives.ledger.models import Period
    from incentives.payouts.statements import write_statements

    with tenant_context(cast.acme.id):
        for number in range(2, 13):
            Period.objects.update_or_create(starts_on=date(2026, number, 1), defaults={"closed_at": tick()})
        write_statements(period_on=date(2026, 12, 1))


def test_a_return_brings_gross_and_tax_back(january: Cast) -> None:
    give_rate(january)
    exported_payout(january, JANUARY)
    with tenant_context(january.acme.id):
        item = PayoutItem.objects.get()
    settle_by_hand(january, item, "returned")
    with tenant_context(january.acme.id):
        assert [verdict.promise for verdict in prove_books() if not verdict.holds] == []
    run = calculated_payout(january, JANUARY)
    with tenant_context(january.acme.id):
        again = PayoutItem.objects.get(run_id=run.id)
        assert (again.gross_minor, again.amount_minor) == (10_045, 9_040)


def test_the_rate_of_the_payment_day_counts_and_a_waiting_one_does_not(january: Cast) -> None:
    give_rate(january, "10")
    give_rate(january, "20", starts_on=PAYS_ON)
    give_rate(january, "30", starts_on=PAYS_ON + timedelta(days=1))
    with tenant_context(january.acme.id):
        withholding.propose_rate(
            actor=january.felix.actor,
            status="self_employed",
            percent=Decimal(40),
            starts_on=PAYS_ON,
            at=tick(),
        )
    run = calculated_payout(january, JANUARY)
    with tenant_context(january.acme.id):
        assert PayoutItem.objects.get(run_id=run.id).withheld_minor == 2_009


def test_nothing_left_after_tax_is_held_and_takes_nothing(january: Cast) -> None:
    with tenant_context(january.acme.id):
        sell(january.southwind, make_product("P2"), "S1", date(2026, 2, 3), 10, at=tick())
        publish_without_minimum(january)
    give_account(january, january.southwind, january.sven)
    close_month(january, date(2026, 2, 1))
    give_rate(january, "99", status="company")
    run = calculated_payout(january, date(2026, 2, 1))
    with tenant_context(january.acme.id):
        held = PayoutItem.objects.get(run_id=run.id, partner_id=january.southwind.id)
        assert (held.state, held.reason, held.withheld_minor, held.amount_minor) == (
            "held", "nothing_after_tax", 0, 0,
        )  # fmt: skip
        assert run.funnel == {"nothing_after_tax": 1}


def publish_without_minimum(cast: Cast) -> None:
    from incentives.plans.models import Plan

    publish(Plan.objects.get(), [{"id": "base", "type": "rate", "rate": "0.1"}], at=tick())


def test_the_preview_says_what_the_run_will_say_and_leaves_nothing(january: Cast) -> None:
    give_rate(january)
    with nothing_written_in(january.acme), tenant_context(january.acme.id):
        told = preview(
            actor=january.vera.actor, period_on=JANUARY, currency="EUR", pays_on=PAYS_ON, at=tick()
        )
    assert (told.sums, told.withheld_minor) == ({"": (1, 9_040)}, 1_005)
    assert [item.facts["notes"] for item in told.look] == [["first_payout"]]
    run = calculated_payout(january, JANUARY)
    assert (run.item_count, run.total_minor) == (1, 9_040)


@pytest.mark.parametrize("change", ["standing", "rate"])
def test_what_is_approved_has_the_tax_of_the_day_or_goes_back(january: Cast, change: str) -> None:
    give_rate(january)
    run = submitted_payout(january, JANUARY)
    if change == "standing":
        with tenant_context(january.acme.id):
            set_standing(actor=january.olga.actor, partner=january.northwind, status="company", at=tick())
    else:
        give_rate(january, "13", starts_on=PAYS_ON)
    with tenant_context(january.acme.id), pytest.raises(actions.ContentChanged):
        actions.approve_run(actor=january.felix.actor, run=run, typed_total_minor=run.total_minor, at=tick())
    page = client_of(january.felix).get(f"/acme/m/payouts/{run.id}/").content.decode()
    assert "Another tax would be withheld than was calculated (Northwind)" in page


def test_one_person_alone_never_makes_a_rate_count(january: Cast) -> None:
    told = {"status": "company", "percent": "5", "starts_on": "2026-12-01"}
    client = fresh_client_of(january.felix)
    for refused in ({**told, "percent": "100"}, {**told, "percent": "-1"}, {**told, "status": "x"}):
        with nothing_written_in(january.acme):
            assert client.post("/acme/m/withholding/new/", refused).status_code == 422
    with nothing_written_in(january.acme):
        assert client_of(january.vera).post("/acme/m/withholding/new/", told).status_code == 403
    assert client.post("/acme/m/withholding/new/", told).status_code == 302
    with tenant_context(january.acme.id):
        rate = WithholdingRate.objects.get()
        with nothing_written_in(january.acme):
            with pytest.raises(ProposerCannotConfirm):
                withholding.confirm_rate(actor=january.felix.actor, rate=rate, at=tick())
            with pytest.raises(PermissionDenied):
                withholding.confirm_rate(actor=january.vera.actor, rate=rate, at=tick())
        assert withholding.rates_on(PAYS_ON) == {}
    page = client.get(f"/acme/m/withholding/{rate.id}/").content.decode()
    assert "You proposed this rate, so another person has to confirm it: Olga" in page
    assert "Tax status: Company" in page
    assert fresh_client_of(january.olga).post(f"/acme/m/withholding/{rate.id}/confirm/").status_code == 302
    with tenant_context(january.acme.id):
        assert withholding.rates_on(PAYS_ON)["company"].percent == Decimal(5)
        with pytest.raises(AccountNotWaiting):
            withholding.decline_rate(actor=january.olga.actor, rate=rate, reason="x", at=tick())


def test_a_rate_is_declined_for_a_reason_alone(january: Cast) -> None:
    with tenant_context(january.acme.id):
        rate = withholding.propose_rate(
            actor=january.felix.actor, status="company", percent=Decimal(5), starts_on=PAYS_ON, at=tick()
        )
    path, client = f"/acme/m/withholding/{rate.id}/decline/", client_of(january.olga)
    with nothing_written_in(january.acme):
        assert client.post(path, {"reason": ""}).status_code == 422
    assert client.post(path, {"reason": "Wrong day"}).status_code == 302
    with tenant_context(january.acme.id):
        assert list(withholding.list_rates()) == []
        assert PayoutRun.objects.count() == 0
