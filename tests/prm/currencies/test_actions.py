"""Publishing rates and finding the one of a day."""

from datetime import date
from decimal import Decimal

import pytest

from prm.audit.models import AuditRecord
from prm.currencies import queries
from prm.currencies.actions import PublishedRate, RateInvalid, publish_rate, publish_rates
from prm.currencies.models import ExchangeRate
from prm.outbox.models import Event
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast

DAY = date(2026, 4, 1)


@pytest.fixture
def acme(cast: Cast):
    with tenant_context(cast.acme.id):
        yield cast


def rate(number="1.0835", *, base="EUR", quote="USD", on=DAY) -> PublishedRate:
    return PublishedRate(base=base, quote=quote, published_on=on, rate=Decimal(number), source="ecb")


def in_force() -> ExchangeRate:
    found = queries.rate_on("EUR", "USD", DAY)
    assert found is not None
    return found


def publish(cast: Cast, *rates: PublishedRate):
    return publish_rates(actor=cast.felix.actor, rates=rates, at=NOW)


def test_publication_is_told(acme):
    row, added = publish_rate(actor=acme.felix.actor, rate=rate(), at=NOW)
    assert (added, row.rate, row.source, row.recorded_at) == (True, Decimal("1.0835"), "ecb", NOW)
    assert AuditRecord.objects.get().action == "rate.published"
    assert Event.objects.get(name="rate.published").payload == {
        "rate_id": str(row.id), "base": "EUR", "quote": "USD", "published_on": "2026-04-01",
    }  # fmt: skip


def test_the_same_rate_again_adds_nothing(acme):
    first = publish(acme, rate())[0]
    assert publish(acme, rate("1.08350"))[0] == (first[0], False)
    assert ExchangeRate.objects.count() == AuditRecord.objects.count() == 1


def test_correction_is_a_later_row_that_counts(acme):
    publish(acme, rate("1.0835"))
    publish(acme, rate("1.0900"))
    assert ExchangeRate.objects.count() == 2
    assert in_force().rate == Decimal("1.09")
    corrected = AuditRecord.objects.get(action="rate.corrected")
    assert Decimal(corrected.before["rate"]) == Decimal("1.0835")


def test_back_to_the_first_number_is_a_third_row(acme):
    for number in ("1.0835", "1.0900", "1.0835"):
        publish(acme, rate(number))
    assert ExchangeRate.objects.count() == 3
    assert in_force().rate == Decimal("1.0835")


def test_one_fault_publishes_none(acme):
    with pytest.raises(RateInvalid) as invalid:
        publish(acme, rate(), rate(quote="EUR"))
    assert invalid.value.faults == {"quote": "currencies_equal"}
    assert not ExchangeRate.objects.exists()


class TestRateOfADay:
    def test_last_published_counts_for_seven_days(self, acme):
        publish(acme, rate("1.08", on=date(2026, 3, 20)), rate("1.09", on=date(2026, 3, 25)))
        found = {
            day: queries.rate_on("EUR", "USD", date(2026, *day))
            for day in [(3, 19), (3, 24), (3, 25), (4, 1), (4, 2)]
        }
        assert {day: row and row.rate for day, row in found.items()} == {
            (3, 19): None, (3, 24): Decimal("1.08"), (3, 25): Decimal("1.09"), (4, 1): Decimal("1.09"), (4, 2): None,
        }  # fmt: skip

    def test_a_rate_is_not_turned_round(self, acme):
        publish(acme, rate())
        assert queries.rate_on("USD", "EUR", DAY) is None

    def test_within_one_currency_nobody_asks(self, acme):
        with pytest.raises(ValueError, match="EUR"):
            queries.rate_on("EUR", "EUR", DAY)

    def test_the_ends_of_months_are_one_query(self, acme, django_assert_num_queries):
        days = [date(2026, 2, 28), date(2026, 3, 2), date(2026, 3, 24)]
        publish(acme, *(rate(f"1.0{place}", on=day) for place, day in enumerate(days)))
        publish(acme, rate("1.08", on=days[2]), rate("0.85", quote="GBP"))
        with django_assert_num_queries(1):
            found = queries.last_rates_of_months(["EUR", "PLN"], "USD", date(2026, 2, 1), date(2026, 5, 1))
        assert {key: row.rate for key, row in found.items()} == {
            ("EUR", date(2026, 2, 1)): Decimal("1.00"), ("EUR", date(2026, 3, 1)): Decimal("1.08"),
        }  # fmt: skip

    def test_another_tenants_rates_do_not_count(self, cast):
        with tenant_context(cast.acme.id):
            publish(cast, rate())
        with tenant_context(cast.zenith.id):
            assert queries.rate_on("EUR", "USD", DAY) is None


def test_corrected_rows_are_known(acme):
    (first, _), (second, _), (other, _) = (
        publish(acme, rate("1.0835"))[0],
        publish(acme, rate("1.09"))[0],
        publish(acme, rate("0.85", quote="GBP"))[0],
    )
    assert queries.superseded_ids([first, second, other]) == {first.id}
    assert [(row.quote, row.rate) for row in queries.list_latest_rates()] == [
        ("GBP", Decimal("0.85")),
        ("USD", Decimal("1.09")),
    ]
