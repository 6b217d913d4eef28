"""Every amount follows from what is stored of it: calculated again from the stored inputs, it is the same."""

from datetime import date

from hypothesis import HealthCheck, given, settings

from incentives.earnings.replay import replayed
from incentives.plans.document import PlanDocument
from incentives.plans.facts import Facts
from incentives.plans.reference import evaluate
from incentives.plans.targets import inputs_as_json
from tests.support.generated_facts import known_facts
from tests.support.plan_facts import day, document, facts, rate, rates, refund, run, sale, tiers


def documents_of(known: Facts) -> dict[str, PlanDocument]:
    return {version.id: version.document for plan in known.plans for version in plan.versions}


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(known=known_facts())
def test_generated_amounts_are_calculated_again_from_what_is_stored(known: Facts) -> None:
    documents = documents_of(known)
    for target in evaluate(known, date(2026, 1, 1), date(2026, 9, 1)).targets:
        ruling = documents[target.version_id]
        again = replayed(inputs_as_json(target.inputs), ruling, ruling.component(target.key.component_id))
        assert again in (None, (target.amount_minor, target.payout_amount_minor)), target


def test_nothing_is_cut_off_where_numbers_are_short() -> None:
    raw = document(
        rate("0.07"), tiers("marginal", [("0", "0.05"), ("100", "0.1")], "volume"), payout_currency="GBP"
    )
    lines = [sale("a", day(1, 5), "150.55"), refund("r", day(5, 5), "50.55", of="a")]
    known = facts(lines, raw, rates=rates(("EUR", "GBP", day(1, 5), "0.7912")))
    ruling = documents_of(known)["plan-v1"]
    for target in run(known).targets:
        again = replayed(inputs_as_json(target.inputs), ruling, ruling.component(target.key.component_id))
        wanted = (target.amount_minor, target.payout_amount_minor)
        assert again == wanted or target.inputs.refund is not None
