"""Calculations as finance starts them."""

from tests.support.cast import Cast
from tests.support.clients import client_of
from tests.support.rows import nothing_written_in


def test_a_start_without_an_open_month_is_refused_aloud(cast: Cast) -> None:
    finance = client_of(cast.vera)
    finance.get("/acme/m/calculations/")
    with nothing_written_in(cast.acme):
        answer = finance.post("/acme/m/calculations/start/", {"period": "1999-01-01"}, follow=True)
    assert "Choose an open month." in answer.content.decode()
