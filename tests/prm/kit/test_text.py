"""Keys of names."""

import pytest

from prm.kit.text import company_key, normalise_key


def test_normalise_key() -> None:
    assert normalise_key("  Ёлка\u00a0 и\tКо ") == "елка и ко"
    assert normalise_key("Cafe\u0301") == normalise_key("café")


@pytest.mark.parametrize(
    "spellings",
    [
        (
            "ООО «Ромашка»",
            "Ромашка, ООО",
            "OOO Romashka",
            "РОМАШКА",
            "Общество с ограниченной ответственностью Ромашка",
        ),
        ("Acme GmbH", "ACME", "Акме", "Acme, Inc.", "Acme Ltd"),
        ("Новый Свет", "Novyy Svet", "Noviy Svet", "АО «Новый Свет»"),
        ("Müller & Söhne AG", "Muller Sohne"),
        ("Bellona S.r.l.", "Belona", "Беллона"),
        ("Nordisk Data A/S", "Nordisk Data"),
        ("O'Neil Trading", "ONeil Trading"),
        ("Хлебный дом", "Khlebnyi Dom"),
        ("Яндекс-Плюс", "Yandex Plyus"),
    ],
)
def test_spellings_meet(spellings: tuple[str, ...]) -> None:
    assert {company_key(spelling) for spelling in spellings} == {company_key(spellings[0])}


def test_different_companies_stay_apart() -> None:
    names = ["Ромашка", "Ромашка Плюс", "Василёк", "Acme", "Acne", "3M", "Company", "ООО"]
    assert len({company_key(name) for name in names}) == len(names)
    assert company_key("ООО") != ""
