"""The reference evaluator: volume, filters, limits, currency and the reasons of what earned nothing."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from incentives.plans.facts import SplitShare
from incentives.plans.targets import NOT_MEASURED
from tests.support.plan_facts import (
    amounts,
    day,
    document,
    facts,
    moment,
    override,
    rate,
    rates,
    reason_of,
    refund,
    run,
    sale,
    target_of,
    tiers,
)

TWO_ROWS = [("0", "0.05"), ("1000", "0.1")]
BIKES = {"all": [{"fact": "category", "op": "eq", "value": "bikes"}]}


class TestVolume:
    def test_order_is_by_day_then_source_then_external_id_as_bytes(self) -> None:
        lines = [
            sale("é", day(1), "600"),
            sale("z", day(1), "600"),
            sale("Z", day(1), "600"),
            sale("a", day(1), "600", source="CRM"),
        ]
        found = run(facts(lines, document(tiers("marginal", TWO_ROWS))))
        assert amounts(found) == {"a": 3000, "Z": 2000 + 2000, "z": 6000, "é": 6000}

    def test_windows_begin_at_the_fiscal_month(self) -> None:
        lines = [
            sale("jan", day(1, 31), "1000"),
            sale("feb", day(2), "1000"),
            sale("apr", day(4, 30), "1000"),
        ]
        raw = document(tiers("marginal", TWO_ROWS))
        assert amounts(run(facts(lines, raw, fiscal_month=2))) == {"jan": 5000, "feb": 5000, "apr": 10000}

    def test_default_window_is_the_plans_period(self) -> None:
        lines = [sale("jan", day(1), "1000"), sale("feb", day(2), "1000")]
        assert (
            amounts(run(facts(lines, document(tiers("marginal", TWO_ROWS), period="month"))))["feb"] == 5000
        )
        assert (
            amounts(run(facts(lines, document(tiers("marginal", TWO_ROWS), period="year"))))["feb"] == 10000
        )

    def test_partners_have_their_own_volume(self) -> None:
        lines = [sale("a", day(1), "1000"), sale("b", day(1), "1000", "p2")]
        assert amounts(run(facts(lines, document(tiers("marginal", TWO_ROWS))))) == {"a": 5000, "b": 5000}

    def test_credited_share_is_what_is_measured(self) -> None:
        split = [SplitShare("p1", percent=Decimal(50)), SplitShare("p2", percent=Decimal(50))]
        lines = [sale("a", day(1), "2000", split=split), sale("b", day(2), "100")]
        assert amounts(run(facts(lines, document(tiers("marginal", TWO_ROWS))))) == {"a": 10000, "b": 1000}

    def test_credit_note_takes_the_slices_back(self) -> None:
        lines = [sale("a", day(1), "1200"), refund("note", day(2), "400")]
        found = run(facts(lines, document(tiers("marginal", TWO_ROWS))))
        assert amounts(found) == {"a": 7000, "note": -2000 - 1000}
        volume = target_of(found, "note").line_inputs.volume
        assert volume is not None
        assert [(part.row, part.volume) for part in volume.slices] == [
            (0, Fraction(-20000)),
            (1, Fraction(-20000)),
        ]

    def test_negative_volume_takes_the_first_tier(self) -> None:
        lines = [refund("note", day(1), "400"), sale("a", day(2), "100")]
        found = run(facts(lines, document(tiers("marginal", TWO_ROWS))))
        assert amounts(found) == {"note": -2000, "a": 500}
        assert amounts(run(facts(lines, document(tiers("retroactive", TWO_ROWS))))) == {
            "note": -2000,
            "a": 500,
        }

    def test_where_narrows_volume_and_pay(self) -> None:
        lines = [sale("sock", day(1), "1000", product_id="sock"), sale("bike", day(2), "100")]
        found = run(facts(lines, document(tiers("marginal", TWO_ROWS, where=BIKES))))
        assert amounts(found) == {"bike": 500}

    def test_measure_where_separates_volume_from_pay(self) -> None:
        lines = [sale("sock", day(1), "1000", product_id="sock"), sale("bike", day(2), "100")]
        everything = document(tiers("marginal", TWO_ROWS, where=BIKES, measure_where={"all": []}))
        assert amounts(run(facts(lines, everything))) == {"bike": 1000}

    def test_paid_but_not_measured_takes_the_rate_at_its_place(self) -> None:
        lines = [
            sale("bike", day(1), "1000"),
            sale("sock", day(2), "100", product_id="sock"),
            sale("last", day(3), "100"),
        ]
        found = run(facts(lines, document(tiers("marginal", TWO_ROWS, measure_where=BIKES))))
        assert amounts(found) == {"bike": 5000, "sock": 1000, "last": 1000}
        assert target_of(found, "sock").line_inputs.notes == (NOT_MEASURED,)
        volume = target_of(found, "last").line_inputs.volume
        assert volume is not None
        assert (volume.before, volume.after) == (Fraction(100000), Fraction(110000))

    def test_component_dates_narrow_the_volume(self) -> None:
        lines = [sale("jan", day(1), "1000"), sale("feb", day(2), "100")]
        february = tiers("marginal", TWO_ROWS, **{"from": "2026-02-01"})
        found = run(facts(lines, document(february)))
        assert amounts(found) == {"feb": 500}
        assert reason_of(found, "jan") == "outside_dates"
        measured = february | {"measure_where": {"all": []}}
        assert amounts(run(facts(lines, document(measured)))) == {"feb": 1000}

    def test_lines_before_the_first_period_count_and_earn_nothing(self) -> None:
        lines = [sale("jan", day(1), "1000"), sale("feb", day(2), "100")]
        found = run(facts(lines, document(tiers("marginal", TWO_ROWS))), starts_on=day(2))
        assert amounts(found) == {"feb": 1000}
        assert found.looked_at == 1

    def test_lines_after_the_end_do_not_exist(self) -> None:
        lines = [sale("jan", day(1), "900"), sale("feb", day(2), "100")]
        found = run(facts(lines, document(tiers("retroactive", TWO_ROWS))), ends_on=day(2))
        assert amounts(found) == {"jan": 4500}

    def test_products_that_do_not_earn_are_not_measured(self) -> None:
        lines = [sale("visit", day(1), "1000", product_id="visit"), sale("bike", day(2), "100")]
        found = run(facts(lines, document(tiers("marginal", TWO_ROWS))))
        assert amounts(found) == {"bike": 500}
        assert reason_of(found, "visit") == "not_earning"


class TestUnitsAndMargin:
    def test_per_unit_pays_the_exact_share_of_the_quantity(self) -> None:
        split = [SplitShare(partner, parts=1) for partner in ("p1", "p2", "p3")]
        component = {"id": "base", "type": "per_unit", "amount": "0.125"}
        found = run(facts([sale("a", day(1), "10", quantity=Decimal(10), split=split)], document(component)))
        assert [target.line_inputs.quantity for target in found.targets] == [Fraction(10, 3)] * 3
        assert [target.amount_minor for target in found.targets] == [42] * 3

    def test_units_may_pay_amounts(self) -> None:
        lines = [sale("a", day(1), "1", quantity=Decimal(8)), sale("b", day(2), "1", quantity=Decimal(4))]
        by_amount = tiers("marginal", [("0", "1"), ("10", "1.5")], measure="units", amounts=True)
        assert amounts(run(facts(lines, document(by_amount)))) == {"a": 800, "b": 500}

    def test_rates_on_units_are_of_revenue(self) -> None:
        lines = [
            sale("a", day(1), "100", quantity=Decimal(8)),
            sale("b", day(2), "300", quantity=Decimal(4)),
            sale("none", day(3), "100", quantity=Decimal(0)),
        ]
        by_rate = tiers("marginal", [("0", "0.1"), ("10", "0.2")], measure="units")
        assert amounts(run(facts(lines, document(by_rate)))) == {"a": 1000, "b": 1500 + 3000, "none": 2000}

    def test_margin_is_base_minus_cost(self) -> None:
        lines = [sale("a", day(1), "100", cost="60"), sale("loss", day(2), "50", cost="70")]
        found = run(facts(lines, document(rate("0.1", basis="margin"))))
        assert amounts(found) == {"a": 400, "loss": -200}

    def test_negative_margin_may_pay_zero_and_credit_notes_mirror_it(self) -> None:
        lines = [
            sale("loss", day(2), "50", cost="70"),
            refund("loss_note", day(3), "50", cost="70"),
            refund("note", day(3), "100", cost="60"),
        ]
        found = run(facts(lines, document(rate("0.1", basis="margin", negative="zero"))))
        assert amounts(found) == {"note": -400}
        assert reason_of(found, "loss") == reason_of(found, "loss_note") == "zero_amount"

    def test_without_cost_a_line_earns_nothing_and_is_not_measured(self) -> None:
        lines = [sale("a", day(1), "2000"), sale("b", day(2), "100", cost="0")]
        found = run(facts(lines, document(tiers("marginal", TWO_ROWS, measure="margin"))))
        assert amounts(found) == {"b": 500}
        assert reason_of(found, "a") == "no_cost"

    def test_no_cost_is_silent_where_another_component_paid(self) -> None:
        found = run(facts([sale("a", day(1), "100")], document(rate("0.1", "m", basis="margin"), rate())))
        assert amounts(found) == {"a": 500}
        assert found.outcomes == ()
        assert found.funnel == {}

    def test_rate_of_margin_where_margin_is_measured(self) -> None:
        lines = [sale("a", day(1), "3000", cost="1500")]
        found = run(facts(lines, document(tiers("marginal", TWO_ROWS, measure="margin"))))
        assert amounts(found) == {"a": 5000 + 5000}


class TestLimits:
    def test_floor_then_cap_before_the_rounding(self) -> None:
        lines = [sale("small", day(1), "10"), sale("middle", day(1), "333.33"), sale("large", day(1), "5000")]
        limits = rate("0.015", floor={"sale": "2.00"}, cap={"sale": "50.00"})
        found = run(facts(lines, document(limits)))
        assert amounts(found) == {"small": 200, "middle": 500, "large": 5000}
        (cut,) = target_of(found, "large").inputs.cuts
        assert cut is not None
        assert (cut.limit, cut.limit_minor, cut.amount_minor) == ("sale_cap", 5000, 2500)
        assert target_of(found, "middle").inputs.cuts == ()

    def test_limits_are_per_credit(self) -> None:
        split = [SplitShare("p1", parts=1), SplitShare("p2", parts=1)]
        found = run(
            facts([sale("a", day(1), "1000", split=split)], document(rate("0.5", cap={"sale": "100"})))
        )
        assert [target.amount_minor for target in found.targets] == [10000, 10000]

    def test_refund_of_a_capped_amount_gives_no_room_back(self) -> None:
        lines = [sale("a", day(1), "1000"), refund("r", day(2), "500", of="a")]
        assert amounts(run(facts(lines, document(rate("0.5", cap={"sale": "100"}))))) == {
            "a": 10000,
            "r": -5000,
        }


class TestCurrency:
    RAW = document(rate("0.1"), currency="USD")

    @pytest.mark.parametrize(
        ("sold_on", "earned"), [(day(3, 10), 2000), (day(3, 17), 2000), (day(3, 18), None)]
    )
    def test_a_rate_serves_seven_days(self, sold_on: date, earned: int | None) -> None:
        known = facts([sale("a", sold_on, "100")], self.RAW, rates=rates(("EUR", "USD", day(3, 10), "2")))
        found = run(known)
        if earned is None:
            assert found.targets == ()
            assert found.outcomes[0].facts == {"base": "EUR", "quote": "USD"}
            assert found.funnel == {"no_rate": 1}
        else:
            assert amounts(found) == {"a": earned}

    def test_no_rate_before_the_first_and_none_turned_round(self) -> None:
        stored = rates(("EUR", "USD", day(3, 11), "2"), ("USD", "EUR", day(3, 1), "0.5"))
        found = run(facts([sale("a", day(3, 10), "100")], self.RAW, rates=stored))
        assert reason_of(found, "a") == "no_rate"

    def test_the_last_row_of_a_day_counts(self) -> None:
        stored = rates(("EUR", "USD", day(3, 10), "2"), ("EUR", "USD", day(3, 10), "3"))
        assert amounts(run(facts([sale("a", day(3, 10), "100")], self.RAW, rates=stored))) == {"a": 3000}

    def test_payout_rate_is_needed_too(self) -> None:
        raw = document(rate("0.1"), payout_currency="GBP")
        found = run(facts([sale("a", day(3, 10), "100")], raw))
        assert found.outcomes[0].facts == {"base": "EUR", "quote": "GBP"}

    def test_a_line_without_rate_is_not_measured(self) -> None:
        lines = [sale("stopped", day(1), "1000"), sale("b", day(3, 10), "1000", currency="USD")]
        found = run(facts(lines, document(tiers("marginal", TWO_ROWS), currency="USD")))
        assert amounts(found) == {"b": 5000}


class TestReasons:
    def test_funnel_counts_every_line_once(self) -> None:
        lines = [
            sale("paid", day(1), "100"),
            sale("direct", day(1), "100", None),
            sale("sock", day(1), "100", product_id="sock"),
            sale("visit", day(1), "100", product_id="visit"),
            sale("free", day(1), "0"),
            refund("early", day(1), "100", of="unknown"),
            refund("of_sock", day(2), "100", of="sock"),
        ]
        found = run(facts(lines, document(rate(where=BIKES))))
        assert (found.looked_at, found.earned) == (7, 1)
        assert found.funnel == {
            "direct_sale": 1,
            "where_failed": 1,
            "not_earning": 1,
            "zero_amount": 1,
            "no_sale": 1,
            "sale_earned_nothing": 1,
        }

    def test_failed_condition_is_named(self) -> None:
        found = run(facts([sale("sock", day(1), "100", product_id="sock")], document(rate(where=BIKES))))
        assert found.outcomes[0].facts == {
            "fact": "category",
            "op": "eq",
            "value": "bikes",
            "actual": "clothing",
        }
        assert found.outcomes[0].component_id == "base"

    def test_first_reason_of_the_list_wins(self) -> None:
        raw = document(rate("0.1", "socks", where=BIKES), rate("0.1", "margin", basis="margin"))
        found = run(facts([sale("sock", day(1), "100", product_id="sock")], raw))
        assert (reason_of(found, "sock"), found.outcomes[0].component_id) == ("no_cost", "margin")

    @pytest.mark.parametrize(
        "other",
        [
            rate("0.1", "bikes", where=BIKES),
            rate("0.1", "margin", basis="margin"),
            rate("0.1", "late", **{"from": "2026-12-01"}),
            override("0.01"),
        ],
        ids=lambda other: other["id"],
    )
    def test_what_a_limit_took_is_told_before_what_other_rules_lacked(self, other: dict[str, Any]) -> None:
        lines = [sale(code, day(1, at), "100", product_id="sock") for at, code in ((1, "paid"), (2, "cut"))]
        life = {"per": "life", "over": "beneficiary", "amount": "10"}
        found = run(facts(lines, document(other, rate("0.1"), caps=[life])))
        assert amounts(found) == {"paid": 1000}
        assert reason_of(found, "cut") == "capped"

    def test_industry_is_the_customers_and_empty_is_unknown(self) -> None:
        where = {"all": [{"fact": "industry", "op": "ne", "value": "finance"}]}
        lines = [
            sale("bank", day(1), "100", customer_id="bank"),
            sale("farm", day(1), "100", customer_id="farm"),
        ]
        assert set(amounts(run(facts(lines, document(rate(where=where)))))) == {"farm"}


class TestHold:
    def test_sale_and_refund_come_free_together(self) -> None:
        lines = [sale("a", day(1, 10), "100"), refund("r", day(3), "10", of="a")]
        found = run(facts(lines, document(rate(), hold_days=30)))
        assert {target.key.line_id: (target.occurred_on, target.free_on) for target in found.targets} == {
            "a": (day(1, 10), day(2, 9)),
            "r": (day(3), day(2, 9)),
        }


def test_recorded_at_has_no_say_in_a_sale() -> None:
    raw = document(tiers("marginal", TWO_ROWS))
    early, late = sale("a", day(1), "1000"), sale("a", day(1), "1000", recorded_at=moment(day(9)))
    assert run(facts([early], raw)).result_hash == run(facts([late], raw)).result_hash
