"""Exchange rates for machines."""

import pytest

from prm.currencies.models import ExchangeRate
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key, problem_of
from tests.support.cast import Cast

RATE = {"base": "EUR", "quote": "USD", "published_on": "2026-04-01", "rate": "1.0835", "source": "ECB"}


@pytest.fixture
def erp(cast: Cast) -> Machine:
    return Machine(make_key(cast.acme, "rates:read", "rates:write"))


def stored(cast: Cast) -> int:
    with tenant_context(cast.acme.id):
        return ExchangeRate.objects.count()


def test_publish_repeat_correct(cast, erp):
    assert erp.post("rates", RATE).status_code == 201
    assert erp.post("rates", RATE).status_code == 200
    corrected = erp.post("rates", {**RATE, "rate": "1.0900"})
    assert (corrected.status_code, corrected.json()["rate"]) == (201, "1.09")
    assert stored(cast) == 2
    listed = erp.get("rates", base="EUR", quote="USD", since="2026-04-01", until="2026-04-01").json()["data"]
    assert [row["rate"] for row in listed] == ["1.09", "1.0835"]


def test_rate_in_force(cast, erp):
    erp.post("rates", RATE)
    assert erp.get("rates/in-force", base="EUR", quote="USD", on="2026-04-08").json()["rate"] == "1.0835"
    for asked in ({"on": "2026-04-09"}, {"on": "2026-03-31"}, {"on": "2026-04-01", "quote": "GBP"}):
        assert (
            problem_of(erp.get("rates/in-force", **{"base": "EUR", "quote": "USD", **asked}))["code"]
            == "no_rate"
        )
    assert problem_of(erp.get("rates/in-force", base="EUR", quote="EUR", on="2026-04-01"))["status"] == 422


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"rate": 1.0835}, "/rate", "rate_format"),
        ({"rate": "1.00000000001"}, "/rate", "rate_format"),
        ({"rate": "0"}, "/rate", "rate_not_positive"),
        ({"quote": "EUR"}, "/quote", "currencies_equal"),
        ({"base": "eur"}, "/base", "currency_unknown"),
        ({"published_on": "2199-01-01"}, "/published_on", "day_too_far_ahead"),
    ],
)
def test_fault_points_at_its_field_and_nothing_is_written(cast, erp, change, pointer, code):
    problem = problem_of(erp.post("rates", {**RATE, **change}))
    assert {"pointer": pointer, "code": code}.items() <= problem["errors"][0].items()
    assert stored(cast) == 0


def test_batch(cast, erp):
    body = {"rates": [RATE, {**RATE, "quote": "GBP", "rate": "0.85"}, {**RATE, "quote": "EUR"}]}
    answer = erp.post("rates:batch", body)
    assert (answer.status_code, [row["status"] for row in answer.json()["results"]]) == (207, [201, 201, 422])
    assert erp.post("rates:batch", {"rates": [RATE]}).json()["summary"]["unchanged"] == 1
    assert stored(cast) == 2


def test_key_that_may_only_read_publishes_nothing(cast):
    reader = Machine(make_key(cast.acme, "rates:read"))
    assert reader.post("rates", RATE).status_code == 403
    assert stored(cast) == 0


def test_another_tenants_rates_do_not_show(cast, erp):
    erp.post("rates", RATE)
    stranger = Machine(make_key(cast.zenith, "rates:read"))
    assert stranger.get("rates").json()["data"] == []
    assert stranger.get("rates/in-force", base="EUR", quote="USD", on="2026-04-01").status_code == 404
