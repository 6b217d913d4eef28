"""The board: totals over every open deal, moves without dragging, the forecast in every currency."""

from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

import pytest

from partners.deals import queries
from partners.deals.models import Deal
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast
from tests.support.clients import client_of
from tests.support.deals import make_line, register
from tests.support.rows import nothing_written_in


@pytest.fixture
def acme(cast: Cast) -> Cast:
    make_line(cast)
    return cast


def fill(cast: Cast, count: int, **facts: Any) -> None:
    """Copies of one registered deal, each for a customer of its own."""
    deal = register(cast.paul, "First", **facts)
    with tenant_context(cast.acme.id):
        copies = []
        for n in range(2, count + 1):
            copy = Deal.objects.get(id=deal.id)
            copy.pk, copy.number, copy.claim_key, copy.customer = None, 1000 + n, f"name:{n}", f"Customer {n}"
            copy.id = Deal._meta.get_field("id").default()
            copies.append(copy)
        Deal.objects.bulk_create(copies)


def test_totals_count_what_is_not_shown(acme: Cast) -> None:
    fill(acme, 55, stage="proposal", amount_minor=100)
    register(acme.paul, "In dollars", tax_id="7736050003", stage="proposal", currency="USD", amount_minor=7)
    with tenant_context(acme.acme.id):
        column = next(c for c in queries.board_of(Deal.objects.all()) if c.stage == "proposal")
    assert (column.count, column.totals, len(column.deals)) == (56, {"EUR": 5500, "USD": 7}, 50)
    page = client_of(acme.paul).get("/acme/p/deals/board/").content.decode()
    assert "and 6 more" in page
    assert "?state=open&amp;stage=proposal" in page


@pytest.mark.parametrize(("who", "face"), [("paul", "p"), ("nina", "m")])
def test_a_deal_is_moved_with_a_list_and_a_button(acme: Cast, who: str, face: str) -> None:
    deal = register(acme.paul)
    client = client_of(getattr(acme, who))
    board = f"/acme/{face}/deals/board/"
    assert "Move to…" in client.get(board).content.decode()
    answer = client.post(f"/acme/{face}/deals/{deal.id}/stage/", {"stage": "negotiation", "version": "1"})
    assert answer.headers["Location"] == board
    with tenant_context(acme.acme.id):
        assert Deal.objects.get().stage == "negotiation"


@pytest.mark.parametrize(
    "typed", [{"stage": "won", "version": "1"}, {"stage": "proposal", "version": "0"}, {}]
)
def test_a_move_that_cannot_be_made_changes_nothing(acme: Cast, typed: dict[str, str]) -> None:
    deal = register(acme.paul)
    paul = client_of(acme.paul)
    paul.get("/acme/p/deals/board/")
    with nothing_written_in(acme.acme):
        answer = paul.post(f"/acme/p/deals/{deal.id}/stage/", typed)
    assert answer.status_code == HTTPStatus.FOUND


def test_a_move_without_a_stage_says_which_deal(acme: Cast) -> None:
    deal = register(acme.paul, "Acme GmbH")
    answer = client_of(acme.paul).post(f"/acme/p/deals/{deal.id}/stage/", {}, follow=True)
    assert "Acme GmbH: choose a stage to move it to." in answer.content.decode()


def test_the_forecast_drops_no_currency(acme: Cast) -> None:
    register(acme.paul, stage="proposal")
    register(acme.paul, "In dollars", tax_id="7736050003", currency="USD", amount_minor=1000)
    register(
        acme.paul, "Later", tax_id="7702070139", closes_on=date(2026, 7, 1), at=NOW + timedelta(minutes=1)
    )
    with tenant_context(acme.acme.id):
        told = queries.forecast_of(Deal.objects.all())
    assert [(row.month, row.currency, row.count, row.amount_minor, row.weighted_minor) for row in told] == [
        (date(2026, 6, 1), "EUR", 1, 6_000_000, 3_000_000),
        (date(2026, 6, 1), "USD", 1, 1_000, 200),
        (date(2026, 7, 1), "EUR", 1, 6_000_000, 1_200_000),
    ]
    page = client_of(acme.vera).get("/acme/m/deals/").content.decode()
    assert "USD" in page
