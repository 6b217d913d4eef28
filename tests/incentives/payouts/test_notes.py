"""What of a payment is worth a look: it is held against what was paid before, like with like."""

from datetime import date
from decimal import Decimal

import pytest

from incentives.payouts import actions
from incentives.payouts.models import BankAccount, PayoutItem, PayoutRun
from incentives.payouts.withholding import confirm_rate, propose_rate
from partners.products.models import Product
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast
from tests.support.commission import assign, make_plan, make_product, publish, sell
from tests.support.payouts import (
    calculated_payout,
    close_month,
    exported_payout,
    give_account,
    settle_by_hand,
    tick,
)


class Story:
    """Northwind earns in one month after the other, and is paid."""

    def __init__(self, cast: Cast, product: Product) -> None:
        self.cast, self.product, self.month = cast, product, 0

    def earn(self, amount_minor: int) -> date:
        self.month += 1
        with tenant_context(self.cast.acme.id):
            day = date(2026, self.month, 10)
            sell(self.cast.northwind, self.product, f"L{self.month}", day, amount_minor * 10)
        close_month(self.cast, day.replace(day=1))
        return day.replace(day=1)

    def pay(self, amount_minor: int, answer: str = "paid") -> PayoutItem:
        run = exported_payout(self.cast, self.earn(amount_minor))
        return settle_by_hand(self.cast, self.item_of(run), answer)

    def calculate(self, amount_minor: int) -> PayoutItem:
        return self.item_of(calculated_payout(self.cast, self.earn(amount_minor)))

    def item_of(self, run: PayoutRun) -> PayoutItem:
        with tenant_context(self.cast.acme.id):
            return PayoutItem.objects.get(run_id=run.id)


@pytest.fixture
def story(cast: Cast) -> Story:
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, [{"id": "base", "type": "rate", "rate": "0.1"}])
        assign(plan)
        product = make_product()
    give_account(cast, cast.northwind, cast.paul)
    return Story(cast, product)


def withhold(cast: Cast, percent: str) -> None:
    with tenant_context(cast.acme.id):
        rate = propose_rate(
            actor=cast.felix.actor, status="company", percent=Decimal(percent), starts_on=date(2026, 1, 1),
            at=tick(),
        )  # fmt: skip
        confirm_rate(actor=cast.olga.actor, rate=rate, at=tick())


def test_the_first_payment_is_one_that_nothing_was_paid_before(story: Story) -> None:
    first = story.pay(10_000)
    assert (first.facts["notes"], first.facts.get("previous_minor")) == (["first_payout"], None)
    second = story.calculate(10_000)
    assert (second.facts["notes"], second.facts["previous_minor"]) == ([], 10_000)


def test_an_account_that_the_last_payment_did_not_go_to_is_new(story: Story) -> None:
    story.pay(10_000)
    cast = story.cast
    with tenant_context(cast.acme.id):
        BankAccount.objects.update(replaced_at=tick())
    give_account(cast, cast.northwind, cast.paul)
    item = story.calculate(10_000)
    assert item.facts["notes"] == ["new_account"]


@pytest.mark.parametrize(("amount_minor", "notes"), [(30_000, []), (30_001, ["much_more"])])
def test_much_more_is_above_three_times_the_usual(story: Story, amount_minor: int, notes: list[str]) -> None:
    story.pay(10_000)
    assert story.calculate(amount_minor).facts["notes"] == notes


@pytest.mark.parametrize(("amount_minor", "notes"), [(30_000, []), (30_001, ["much_more"])])
def test_gross_is_held_against_gross(story: Story, amount_minor: int, notes: list[str]) -> None:
    """Half is withheld: of 100.00 earned 50.00 were paid."""
    withhold(story.cast, "50")
    story.pay(10_000)
    item = story.calculate(amount_minor)
    assert (item.facts["notes"], item.facts["previous_minor"]) == (notes, 5_000)


def test_the_usual_is_the_average_of_the_last_six_payments(story: Story) -> None:
    """Six of 100.00 after one of 10,000.00."""
    story.pay(1_000_000)
    for _ in range(6):
        story.pay(10_000)
    assert story.calculate(30_001).facts["notes"] == ["much_more"]


def test_what_came_back_is_neither_usual_nor_the_last_payment(story: Story) -> None:
    """100.00 were paid; 900.00 came back, and are due again beside 1.00."""
    story.pay(10_000)
    returned = story.pay(90_000, "returned")
    item = story.calculate(100)
    assert item.gross_minor == 90_100
    assert item.facts["notes"] == ["much_more", "returned_before"]
    assert (item.facts["previous_minor"], item.retry_of_id) == (10_000, returned.id)


def test_a_payment_that_came_back_and_nothing_else_leaves_the_first_one_to_come(story: Story) -> None:
    story.pay(10_000, "returned")
    item = story.calculate(100)
    assert item.facts["notes"] == ["first_payout", "returned_before"]
    assert item.facts.get("previous_minor") is None


def test_a_returned_payment_is_tried_again_once(story: Story) -> None:
    returned = story.pay(10_000, "returned")
    again = story.pay(100)
    assert again.retry_of_id == returned.id
    then = story.calculate(10_000)
    assert (then.retry_of_id, then.facts["notes"]) == (None, [])


def test_a_run_that_was_cancelled_tried_nothing_again(story: Story) -> None:
    returned = story.pay(10_000, "returned")
    first = story.calculate(100)
    with tenant_context(story.cast.acme.id):
        actions.cancel_run(actor=story.cast.vera.actor, run=first.run, reason="x", at=tick())
    again = story.calculate(100)
    assert (again.retry_of_id, "returned_before" in again.facts["notes"]) == (returned.id, True)
