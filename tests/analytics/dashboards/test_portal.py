"""The partner's own figures: what waits, what goes with the next payout, what is on its way."""

from datetime import date

from analytics.dashboards.queries import Balance, balances_of
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast
from tests.support.commission import assign, calculate, make_plan, make_product, publish, sell
from tests.support.payouts import close_month, exported_payout, give_account, tick

TODAY = date(2026, 3, 1)


def figures(cast: Cast) -> list[Balance]:
    with tenant_context(cast.acme.id, scope="partner", partner_ids=[cast.northwind.id]):
        return balances_of(cast.paul.actor, today=TODAY)


def test_earned_money_goes_from_pending_over_available_on_its_way(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        plan, product = make_plan(), make_product()
        publish(plan, [{"id": "base", "type": "rate", "rate": "0.1"}])
        assign(plan)
        sell(cast.northwind, product, "L1", date(2026, 1, 10), 100_000)
        sell(cast.northwind, product, "L2", date(2026, 2, 10), 50_000)
    give_account(cast, cast.northwind, cast.paul)
    calculate(cast.acme, date(2026, 1, 1), at=tick())
    calculate(cast.acme, date(2026, 2, 1), at=tick())
    assert figures(cast) == [Balance("EUR", 15_000, 0, 0, 0)]
    close_month(cast, date(2026, 1, 1))
    assert figures(cast) == [Balance("EUR", 5_000, 10_000, 0, 0)]
    exported_payout(cast, date(2026, 1, 1))
    assert figures(cast) == [Balance("EUR", 5_000, 0, 10_000, 0)]


def test_a_sibling_has_figures_of_its_own(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        plan, product = make_plan(), make_product()
        publish(plan, [{"id": "base", "type": "rate", "rate": "0.1"}])
        assign(plan)
        sell(cast.southwind, product, "L1", date(2026, 1, 10), 100_000)
    calculate(cast.acme, date(2026, 1, 1), at=tick())
    assert figures(cast) == []
