"""Names are found by how they begin."""

import pytest

from prm.kit.searching import key_span, search_key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Northwind", "northwind"),
        ("ООО «Ромашка»", "ромашка"),
        ("Северный Свёт, ООО", "северный свет"),
        ("  Contoso   Ltd. ", "contoso"),
        ("Ltd", "ltd"),
        ("", ""),
    ],
)
def test_key_drops_what_people_leave_out(name, key):
    assert search_key(name) == key


def test_span_holds_every_key_that_begins_alike_and_no_other():
    start, end = key_span("Ромаш")
    assert start <= search_key("Ромашка") < end
    assert not start <= search_key("Ромб") < end
