"""Which partners look like one company."""

from uuid import UUID

import pytest

from partners.directory.likeness import Card, likenesses


def card(number: int, name: str, **facts: str) -> Card:
    return Card(
        UUID(int=number),
        name,
        facts.get("legal_name", ""),
        facts.get("tax_id", ""),
        facts.get("website", ""),
    )


@pytest.mark.parametrize(
    ("one", "other", "reasons"),
    [
        (card(1, "Alpha", tax_id="DE 123.456.789"), card(2, "Omega", tax_id="123456789"), ("tax_id",)),
        (card(1, "Alpha", tax_id="12"), card(2, "Omega", tax_id="12"), None),
        (
            card(1, "Alpha", website="https://www.alpha.example/shop"),
            card(2, "Omega", website="http://alpha.example"),
            ("domain",),
        ),
        (card(1, "ООО «Ромашка»"), card(2, "Romashka Ltd"), ("name",)),
        (card(1, "Shop", legal_name="Blumen Berg GmbH"), card(2, "Blumen Berg"), ("name",)),
        (card(1, "Northwind Trading"), card(2, "Northwind Tradings"), ("similar",)),
        (card(1, "Northwind Trading"), card(2, "Northern Lights"), None),
        (card(1, "Partner 11"), card(2, "Partner 12"), None),
        (
            card(1, "Alpha GmbH", tax_id="123456789", website="alpha.example"),
            card(2, "ALPHA", tax_id="123-456-789", website="www.alpha.example"),
            ("tax_id", "domain", "name"),
        ),
    ],
)  # fmt: skip
def test_what_makes_two_alike(one: Card, other: Card, reasons: tuple[str, ...] | None) -> None:
    found = likenesses([other, one])
    assert [pair.reasons for pair in found] == ([] if reasons is None else [reasons])


def test_the_strongest_reason_comes_first_and_the_lower_id_too() -> None:
    cards = [
        card(5, "Delta", website="delta.example"),
        card(4, "Gamma", website="delta.example"),
        card(3, "Beta", tax_id="123456789"),
        card(2, "Alpha", tax_id="123456789"),
    ]
    assert [(pair.first.int, pair.second.int) for pair in likenesses(cards)] == [(2, 3), (4, 5)]
