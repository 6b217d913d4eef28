"""The acceptance cases of the money rules that the reference answers alone, with their numbers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from incentives.plans.credits import SplitInvalid, read_split
from incentives.plans.differences import Posted, differences
from incentives.plans.facts import Facts, Held, Partner, SaleLine, SplitShare
from incentives.plans.reference import Evaluation
from incentives.plans.targets import WINDOW_CLOSED, Cut
from prm.kit.periods import Period
from tests.support.plan_facts import (
    PARTNERS,
    amounts,
    day,
    document,
    facts,
    override,
    plan,
    protected,
    rate,
    rates,
    recurring,
    refund,
    registered,
    run,
    sale,
    target_of,
    tiers,
    total,
    version,
)

LADDER = [("0", "0.05"), ("100000", "0.07"), ("250000", "0.1")]
QUARTER = [
    sale("jan", day(1, 10), "80000"),
    sale("feb", day(2, 10), "90000"),
    sale("mar", day(3, 10), "130000"),
]
Q1_CLOSED = {
    Period(2026, 1): datetime(2026, 2, 5, tzinfo=UTC),
    Period(2026, 2): datetime(2026, 3, 5, tzinfo=UTC),
} | {Period(2026, 3): datetime(2026, 4, 5, tzinfo=UTC)}


def posted(evaluation: Evaluation) -> list[Posted]:
    return [
        Posted(
            target.key,
            target.amount_minor,
            target.currency,
            target.payout_amount_minor,
            target.payout_currency,
        )
        for target in evaluation.targets
    ]


class TestS1Tiers:
    @pytest.mark.parametrize(
        ("mode", "expected", "whole"),
        [
            ("marginal", {"jan": 400000, "feb": 590000, "mar": 1060000}, 2050000),
            ("retroactive", {"jan": 800000, "feb": 900000, "mar": 1300000}, 3000000),
            ("whole_transaction", {"jan": 400000, "feb": 630000, "mar": 1300000}, 2330000),
        ],
    )
    def test_quarter(self, mode: str, expected: dict[str, int], whole: int) -> None:
        found = run(facts(QUARTER, document(tiers(mode, LADDER))))
        assert amounts(found) == expected
        assert total(found) == whole

    def test_retroactive_month_by_month(self) -> None:
        known = facts(QUARTER, document(tiers("retroactive", LADDER)))
        by_month: list[dict[str, int]] = []
        before: list[Posted] = []
        for month in (1, 2, 3):
            found = run(known, ends_on=day(month + 1))
            steps = differences(found.targets, before, day(month))
            by_month.append({str(step.key.line_id): step.amount_minor for step in steps})
            before = posted(found)
        assert by_month == [
            {"jan": 400000},
            {"jan": 160000, "feb": 630000},
            {"jan": 240000, "feb": 270000, "mar": 1300000},
        ]
        assert [sum(month.values()) for month in by_month] == [400000, 790000, 1810000]

    @pytest.mark.parametrize(
        ("mode", "volume", "earned"),
        [
            ("retroactive", "99999.99", 500000),
            ("retroactive", "100000.00", 700000),
            ("marginal", "100000.00", 500000),
        ],
    )
    def test_edge_of_a_tier(self, mode: str, volume: str, earned: int) -> None:
        assert total(run(facts([sale("a", day(1), volume)], document(tiers(mode, LADDER))))) == earned


class TestS3Splits:
    THIRDS = tuple(SplitShare(partner, parts=1) for partner in ("p3", "p1", "p2"))

    def test_thirds_of_a_sale(self) -> None:
        found = run(facts([sale("a", day(1), "9999.99", split=self.THIRDS)], document(rate("0.08"))))
        assert [(target.line_inputs.base_minor, target.amount_minor) for target in found.targets] == [
            (333333, 26667)
        ] * 3

    def test_the_odd_cent_goes_to_the_lowest_code(self) -> None:
        found = run(facts([sale("a", day(1), "100.00", split=self.THIRDS)], document(rate("1"))))
        assert {target.key.partner_id: target.amount_minor for target in found.targets} == {
            "p1": 3334,
            "p2": 3333,
            "p3": 3333,
        }

    def test_percents(self) -> None:
        split = (SplitShare("p1", percent=Decimal(75)), SplitShare("p2", percent=Decimal(25)))
        found = run(facts([sale("a", day(1), "99.99", split=split)], document(rate("1"))))
        assert [target.amount_minor for target in found.targets] == [7499, 2500]

    def test_sixty_and_thirty_are_refused(self) -> None:
        with pytest.raises(SplitInvalid) as caught:
            read_split([{"partner_id": "p1", "percent": "60"}, {"partner_id": "p2", "percent": "30"}])
        assert caught.value.code == "split_percent_total"


class TestS4Rounding:
    def test_three_refunds_total_the_original(self) -> None:
        lines = [
            sale("a", day(3), "100.00"),
            refund("r1", day(4, 1), "33.33", of="a"),
            refund("r2", day(4, 2), "33.33", of="a"),
            refund("r3", day(4, 3), "33.34", of="a"),
        ]
        found = run(facts(lines, document(rate("0.1"))))
        assert amounts(found) == {"a": 1000, "r1": -333, "r2": -334, "r3": -333}
        assert {target.key.belongs_on for target in found.targets} == {day(3)}

    def test_clawback_amounts(self) -> None:
        lines = [
            sale("a", day(3), "12000"),
            refund("r1", day(4), "5000", of="a"),
            refund("r2", day(5), "7000", of="a"),
        ]
        assert amounts(run(facts(lines, document(rate("0.1"))))) == {"a": 120000, "r1": -50000, "r2": -70000}

    def test_payout_amounts_total_the_converted_balance(self) -> None:
        lines = [sale("a", day(3), "100.00", currency="USD")]
        lines += [
            refund(name, day(4, place), amount, of="a", currency="USD")
            for place, (name, amount) in enumerate([("r1", "33.33"), ("r2", "33.33"), ("r3", "33.34")], 1)
        ]
        raw = document(rate("0.1"), currency="USD", payout_currency="GBP")
        found = run(facts(lines, raw, rates=rates(("USD", "GBP", day(3), "0.7912"))))
        payouts = {target.key.line_id: target.payout_amount_minor for target in found.targets}
        assert payouts == {"a": 791, "r1": -263, "r2": -265, "r3": -263}


class TestS5RefundInAClosedQuarter:
    LINES = (*QUARTER, refund("back", day(4, 20), "60000", of="mar"))

    def difference(self, mode: str, policy: str) -> tuple[int, dict[str, int]]:
        known = facts(self.LINES, document(tiers(mode, LADDER), refund_policy=policy), closed_at=Q1_CLOSED)
        first_quarter = run(known, ends_on=day(4))
        steps = differences(run(known, ends_on=day(5)).targets, posted(first_quarter), day(4))
        return sum(step.amount_minor for step in steps), {
            str(step.key.line_id): step.amount_minor for step in steps
        }

    def test_original_rate(self) -> None:
        assert self.difference("marginal", "original_rate") == (-489231, {"back": -489231})
        known = facts(self.LINES, document(tiers("marginal", LADDER)), closed_at=Q1_CLOSED)
        reversal = target_of(run(known), "back")
        assert reversal.line_inputs.notes == (WINDOW_CLOSED,)
        assert reversal.key.belongs_on == day(3)

    def test_recompute_marginal(self) -> None:
        assert self.difference("marginal", "recompute") == (-570000, {"mar": -570000})

    def test_recompute_retroactive(self) -> None:
        whole, by_line = self.difference("retroactive", "recompute")
        assert whole == -1320000
        assert by_line == {"jan": -240000, "feb": -270000, "mar": -810000}


class TestS6Currency:
    EURO_SALE = sale("a", day(5, 12), "25400.00")
    SPOT = rates(
        ("EUR", "USD", day(5, 12), "1.0835"),
        ("USD", "GBP", day(5, 12), "0.7912"),
        ("EUR", "USD", day(6, 12), "1.2"),
        ("USD", "GBP", day(6, 12), "0.9"),
    )
    DOLLARS = document(rate("0.06"), currency="USD", payout_currency="GBP")

    def test_three_currencies(self) -> None:
        earned = target_of(run(facts([self.EURO_SALE], self.DOLLARS, rates=self.SPOT)), "a")
        assert earned.line_inputs.basis_value == 2752090
        assert (earned.amount_minor, earned.currency) == (165125, "USD")
        assert (earned.payout_amount_minor, earned.payout_currency) == (130647, "GBP")
        assert earned.line_inputs.exchange is not None
        assert earned.line_inputs.exchange.rate == Decimal("1.0835")

    def test_full_refund_later_at_other_rates(self) -> None:
        lines = [self.EURO_SALE, refund("r", day(6, 12), "25400.00", of="a")]
        reversed_ = target_of(run(facts(lines, self.DOLLARS, rates=self.SPOT)), "r")
        assert (reversed_.amount_minor, reversed_.payout_amount_minor) == (-165125, -130647)

    @pytest.mark.parametrize(
        ("currency", "amount", "value", "earned"),
        [("JPY", "1234567", "0.07", 86420), ("KWD", "1000.125", "0.05", 50006)],
    )
    def test_other_exponents(self, currency: str, amount: str, value: str, earned: int) -> None:
        known = facts(
            [sale("a", day(1), amount, currency=currency)], document(rate(value), currency=currency)
        )
        assert total(run(known)) == earned

    def test_between_exponents(self) -> None:
        known = facts(
            [sale("a", day(1), "1000.125", currency="KWD")],
            document(rate("0.05"), currency="JPY", payout_currency="KWD"),
            rates=rates(("KWD", "JPY", day(1), "487.5"), ("JPY", "KWD", day(1), "0.00205")),
        )
        earned = target_of(run(known), "a")
        assert (earned.amount_minor, earned.payout_amount_minor) == (24378, 49975)


class TestS10BackDating:
    APRIL = sale("apr", day(4, 10), "40000")
    MAY = sale("may", day(5, 10), "25000")
    LATE = sale("late", day(3, 28), "5000", recorded_at=datetime(2026, 5, 21, tzinfo=UTC))
    V1 = version(document(rate("0.08")), 1, day(1))
    V2 = version(document(rate("0.09")), 2, day(4), published_on=day(5, 20))
    V3 = version(document(rate("0.08")), 3, day(4), published_on=day(6, 15))

    def known(self, lines: list[object], *versions: object) -> Facts:
        raw = document(rate())
        return facts(lines, raw, plans=(plan(*versions),))  # type: ignore[arg-type]

    def test_story(self) -> None:
        april = run(self.known([self.APRIL], self.V1), ends_on=day(5))
        assert total(april) == 320000
        may = run(self.known([self.APRIL, self.MAY, self.LATE], self.V1, self.V2), ends_on=day(6))
        steps = differences(may.targets, posted(april), day(5))
        assert {
            str(step.key.line_id): (step.amount_minor, step.cause, step.key.belongs_on) for step in steps
        } == {
            "apr": (40000, "recalculated", day(4)),
            "may": (225000, "sale", day(5)),
            "late": (40000, "late_sale", day(3)),
        }
        assert sum(step.amount_minor for step in steps) == 305000
        again = run(self.known([self.LATE, self.MAY, self.APRIL], self.V2, self.V1), ends_on=day(6))
        assert differences(again.targets, posted(may), day(5)) == []
        assert again.result_hash == may.result_hash
        june = run(self.known([self.APRIL, self.MAY, self.LATE], self.V1, self.V2, self.V3), ends_on=day(7))
        steps = differences(june.targets, posted(may), day(6))
        assert {str(step.key.line_id): step.amount_minor for step in steps} == {"apr": -40000, "may": -25000}

    def test_backtest_of_a_draft(self) -> None:
        april = run(self.known([self.APRIL], self.V1), ends_on=day(5))
        draft = run(self.known([self.APRIL], self.V1, self.V2), ends_on=day(5))
        assert [step.amount_minor for step in differences(draft.targets, posted(april), day(4))] == [40000]


class TestSmallPrint:
    TWO_ROWS = [("0", "0.05"), ("1000", "0.1")]  # noqa: RUF012

    def test_whole_transaction_takes_the_volume_after_the_orders_last_line(self) -> None:
        lines = [
            sale("a", day(1), "400", order_number="7"),
            sale("b", day(1), "400", order_number="8"),
            sale("c", day(1), "400", order_number="7"),
        ]
        found = run(facts(lines, document(tiers("whole_transaction", self.TWO_ROWS))))
        assert amounts(found) == {"a": 4000, "b": 2000, "c": 4000}

    def test_floor_is_mirrored_on_a_credit_note(self) -> None:
        lines = [sale("a", day(1), "100.00"), refund("note", day(2), "100.00")]
        found = run(facts(lines, document(rate("0.01", floor={"sale": "7.00"}))))
        assert amounts(found) == {"a": 700, "note": -700}

    def test_redated_line_moves_between_months(self) -> None:
        raw = document(rate("0.1"))
        before = run(facts([sale("a", day(3, 31), "100")], raw))
        after = run(facts([sale("a", day(4, 1), "100")], raw))
        steps = differences(after.targets, posted(before), day(4))
        assert [(step.key.belongs_on, step.amount_minor) for step in steps] == [
            (day(3), -1000),
            (day(4), 1000),
        ]

    def test_a_customer_is_new_without_an_earlier_line_in_twelve_months(self) -> None:
        where = {"all": [{"fact": "customer_is_new", "op": "eq", "value": True}]}
        lines = [
            sale("first", day(1, 10), "100", customer_id="bank", partner=None),
            sale("known", day(1, 11), "100", customer_id="bank"),
            sale("same_day", day(2, 10), "100", customer_id="farm"),
            sale("other_line", day(2, 10), "100", customer_id="farm"),
            sale("nobody", day(3), "100"),
        ]
        assert set(amounts(run(facts(lines, document(rate(where=where)))))) == {"same_day", "other_line"}


class TestRecurring:
    """3 months from 31 January end before 30 April; the earliest line of any partner starts them and earns itself."""

    def test_the_months_are_half_open_and_begin_with_the_first_line_of_anybody(self) -> None:
        lines = [
            sale("first", day(1, 31), "100", "p2", subscription_ref="s"),
            sale("last", day(4, 29), "100", subscription_ref="s"),
            sale("over", day(4, 30), "100", subscription_ref="s"),
            sale("none", day(2), "100"),
        ]
        found = run(facts(lines, document(recurring("0.1", 3))))
        assert amounts(found) == {"first": 1000, "last": 1000}
        assert {outcome.line_id: outcome.reason for outcome in found.outcomes} == {
            "over": "outside_months",
            "none": "no_subscription",
        }


class TestS7RegisteredDeal:
    """Base 10 %, registration 5 %; P1 is protected until 12 May, exclusive, P2 is next and sells 60,000.00."""

    HELD = (
        protected("first", "p1", day(1, 12), day(5, 12)),
        protected("second", "p2", day(5, 12), day(8, 12)),
    )

    def known(self, *lines: SaleLine) -> Facts:
        return facts(lines, document(rate("0.1"), registered("0.05")), protections=self.HELD)

    @pytest.mark.parametrize(
        ("on", "paid"), [(day(5, 10), {"p2": 600000, "p1": 300000}), (day(5, 12), {"p2": 900000})]
    )
    def test_who_is_protected_on_the_day_is_paid(self, on: date, paid: dict[str, int]) -> None:
        found = run(self.known(sale("s", on, "60000", "p2", customer_id="bank")))
        by_partner: dict[str, int] = {}
        for target in found.targets:
            by_partner[target.key.partner_id] = by_partner.get(target.key.partner_id, 0) + target.amount_minor
        assert by_partner == paid

    def test_a_deal_named_on_the_line_counts_only_within_its_protection(self) -> None:
        found = run(self.known(sale("s", day(5, 10), "60000", "p2", customer_id="bank", deal_id="second")))
        assert [target.key.component_id for target in found.targets] == ["base"]

    def test_without_protection_the_line_says_so(self) -> None:
        raw = document(registered("0.05"))
        found = run(
            facts([sale("s", day(5, 10), "60000", "p2", customer_id="farm")], raw, protections=self.HELD)
        )
        assert [outcome.reason for outcome in found.outcomes] == ["not_registered"]


class TestS2Override:
    """R sells 48,500.00 at 12 %; D above it gets 3 % of the sale, M above D 1 %."""

    def test_each_level_gets_its_share_of_the_sale(self) -> None:
        found = run(self.chain(override("0.03", "0.01")))
        assert {target.key.partner_id: target.amount_minor for target in found.targets} == {
            "p1": 582000,
            "p2": 145500,
            "p3": 48500,
        }

    def test_a_share_of_the_commission(self) -> None:
        found = run(self.chain(override("0.1", basis="commission")))
        assert sum(target.amount_minor for target in found.targets if target.key.depth) == 58200

    def test_a_cap_over_all_cuts_the_top_of_the_tree_first(self) -> None:
        """15 % of the sale, 7,275.00: M gets nothing, "cut by cap 485.00"."""
        raw = document(
            rate("0.12"),
            override("0.03", "0.01"),
            caps=[{"per": "sale", "over": "all", "rate": "0.15"}],
        )
        found = run(facts([sale("s", day(3), "48500")], raw, partners=self.partners()))
        assert {target.key.partner_id: target.amount_minor for target in found.targets} == {
            "p1": 582000,
            "p2": 145500,
        }
        (told,) = found.outcomes
        assert (told.partner_id, told.reason, told.component_id) == ("p3", "capped", "above")
        assert told.facts == {
            "limit": "plan_sale_cap_of_all",
            "limit_minor": "727500",
            "cut_minor": "48500",
            "currency": "EUR",
        }
        raw["caps"][0]["rate"] = "0.155"
        found = run(facts([sale("s", day(3), "48500")], raw, partners=self.partners()))
        (master,) = [target for target in found.targets if target.key.partner_id == "p3"]
        assert (master.amount_minor, master.inputs.cuts) == (
            24250,
            (Cut("plan_sale_cap_of_all", 751750, 24250),),
        )

    def test_the_parent_is_that_of_the_sales_day(self) -> None:
        """R moves from D1 to D2 on 15 March."""
        links = (Held("p2", day(1), day(3, 15)), Held("p3", day(3, 15)))
        lines = [sale("before", day(3, 14), "100"), sale("after", day(3, 15), "100")]
        found = run(self.chain(override("0.03"), lines=lines, links=links))
        paid = {(t.key.line_id, t.key.partner_id) for t in found.targets if t.key.depth}
        assert paid == {("before", "p2"), ("after", "p3")}

    def test_nobody_at_a_level_is_nobody_paid(self) -> None:
        found = run(self.chain(override("0.03", "0.01"), links=()))
        assert [target.key.partner_id for target in found.targets] == ["p1"]

    def test_a_plan_of_overrides_alone_tells_the_seller_who_is_paid(self) -> None:
        known = facts([sale("s", day(3), "100")], document(override("0.03")), partners=self.partners())
        assert [outcome.reason for outcome in run(known).outcomes] == ["paid_above"]
        assert run(known).earned == 1

    @staticmethod
    def partners(links: tuple[Held, ...] = (Held("p2", day(1)),)) -> tuple[Partner, ...]:
        first, second, third = PARTNERS
        return (replace(first, parents=links), replace(second, parents=(Held("p3", day(1)),)), third)

    def chain(
        self,
        above: dict[str, Any],
        lines: Sequence[SaleLine] = (sale("s", day(3), "48500"),),
        links: tuple[Held, ...] = (Held("p2", day(1)),),
    ) -> Facts:
        return facts(lines, document(rate("0.12"), above), partners=self.partners(links))


class TestCaps:
    """Each amount is the growth of min(total so far, cap); refunds give no room back."""

    def amounts(self, lines: Sequence[SaleLine], **settings: Any) -> dict[str, int]:
        raw = document(
            rate("1", cap=settings.pop("cap", None)) if "cap" in settings else rate("1"), **settings
        )
        return amounts(run(facts(lines, raw)))

    LINES = (sale("a", day(1, 5), "120"), refund("b", day(1, 6), "30"), sale("c", day(1, 7), "50"))

    @pytest.mark.parametrize(
        "cap",
        [
            {"cap": {"window": "100"}},
            {"caps": [{"per": "window", "over": "beneficiary", "amount": "100"}]},
            {"caps": [{"per": "window", "over": "all", "amount": "100"}]},
            {"caps": [{"per": "life", "over": "beneficiary", "amount": "100"}]},
        ],
    )
    def test_a_negative_amount_makes_room_only_below_the_cap(self, cap: dict[str, Any]) -> None:
        assert self.amounts(self.LINES, **cap) == {"a": 10000, "b": -1000, "c": 1000}

    def test_a_late_earlier_line_takes_from_later_ones(self) -> None:
        cap = {"cap": {"window": "100"}}
        later = [sale("later", day(1, 20), "80")]
        assert self.amounts(later, **cap) == {"later": 8000}
        assert self.amounts([*later, sale("early", day(1, 2), "70")], **cap) == {"early": 7000, "later": 3000}

    def test_a_linked_refund_gives_no_room_back(self) -> None:
        lines = [
            sale("a", day(1, 5), "100"),
            refund("r", day(1, 6), "100", of="a"),
            sale("b", day(1, 7), "50"),
        ]
        assert self.amounts(lines, cap={"window": "100"}) == {"a": 10000, "r": -10000}

    def test_the_next_window_begins_anew(self) -> None:
        lines = [sale("q1", day(3, 31), "120"), sale("q2", day(4, 1), "120")]
        assert self.amounts(lines, cap={"window": "100"}) == {"q1": 10000, "q2": 10000}
        life = [{"per": "life", "over": "beneficiary", "amount": "150"}]
        assert self.amounts(lines, caps=life) == {"q1": 12000, "q2": 3000}

    def test_a_cap_of_one_sale_is_mirrored_on_a_credit_note(self) -> None:
        lines = [sale("a", day(1, 5), "120"), refund("b", day(1, 6), "120")]
        cap = [{"per": "sale", "over": "beneficiary", "amount": "100"}]
        assert self.amounts(lines, caps=cap) == {"a": 10000, "b": -10000}


class TestInvoice:
    """A plan that earns on invoice: the window and the tier stay the sale's, the hold runs from the invoice."""

    def run_with(self, **more: Any) -> Evaluation:
        lines = [sale("a", day(1, 5), "100", **more), sale("b", day(1, 6), "100", invoiced_on=day(2, 1))]
        ladder = tiers("marginal", [("0", "0.1"), ("100", "0.2")])
        return run(facts(lines, document(ladder, earning_event="invoice", hold_days=10)))

    def test_what_is_not_invoiced_counts_as_volume_and_waits(self) -> None:
        found = self.run_with()
        assert (amounts(found), found.funnel) == ({"b": 2000}, {"not_invoiced": 1})

    def test_an_invoice_after_the_end_has_not_come_yet(self) -> None:
        assert amounts(self.run_with(invoiced_on=date(2027, 1, 1))) == {"b": 2000}

    def test_the_hold_runs_from_the_invoice(self) -> None:
        found = self.run_with(invoiced_on=day(3, 1))
        assert {each.key.line_id: each.free_on for each in found.targets} == {
            "a": day(3, 11),
            "b": day(2, 11),
        }

    def test_a_credit_note_is_its_own_document(self) -> None:
        lines = [refund("n", day(1, 7), "40")]
        found = run(facts(lines, document(rate("0.1"), earning_event="invoice")))
        assert amounts(found) == {"n": -400}


def test_volume_of_a_group_counts_those_below_on_the_day_and_pays_own_sales_alone() -> None:
    """p2 stands below p1 until 1 March; its sales of January lift p1's, those of March do not."""
    below = (PARTNERS[0], replace(PARTNERS[1], parents=(Held("p1", day(1), day(3, 1)),)), PARTNERS[2])
    lines = [
        sale("below", day(1, 5), "900", "p2"),
        sale("own", day(1, 10), "200", "p1"),
        sale("moved", day(3, 5), "900", "p2"),
        sale("later", day(3, 10), "100", "p1"),
        sale("other", day(3, 11), "100", "p3"),
    ]
    raw = document(tiers("marginal", [("0", "0.1"), ("1000", "0.2")], scope="group"))
    found = amounts(run(facts(lines, raw, partners=below)))
    assert found == {"below": 9000, "own": 3000, "moved": 9000 + 8000, "later": 2000, "other": 1000}
