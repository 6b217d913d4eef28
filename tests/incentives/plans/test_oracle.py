"""The reference and the oracle, which share no code, agree in every key and in both amounts."""

import json
import os
from datetime import date
from pprint import pformat

from hypothesis import HealthCheck, given, settings

from incentives.plans import reference
from incentives.plans.facts import Facts
from tests.oracle.evaluate import evaluate
from tests.support.generated_facts import known_facts
from tests.support.oracle_facts import plain, said

SPAN = (date(2026, 1, 1), date(2026, 9, 1))


@settings(
    max_examples=int(os.environ.get("PRM_EXAMPLES", "200")),
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(known=known_facts())
def test_generated_plans_and_sales(known: Facts) -> None:
    told = said(reference.evaluate(known, *SPAN))
    found = evaluate(plain(known), *(day.isoformat() for day in SPAN))
    differing = {
        key: (told.get(key), found.get(key)) for key in {**told, **found} if told.get(key) != found.get(key)
    }
    assert not differing, f"(reference, oracle):\n{pformat(differing)}\n{json.dumps(plain(known))}"
