"""Two spellings of one company share a key; two companies do not."""

import pytest

from partners.customers.rules import customer_keys, match_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("ООО «Ромашка»", ""), ("ромашка", "")),
        (("Romashka", ""), ("Ромашка, ООО", "")),
        (("Any name", "DE 123.456.789"), ("Other name", "de123456789")),
        (("Any name", "DE136695976"), ("Other name", "136695976")),
        (("Acme", "", "https://www.acme.example/x"), ("Acme Holding", "", "info@acme.example")),
    ],
)
def test_same_company(one, other):
    assert match_key(*one) == match_key(*other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Romashka", "7701234567"), ("Romashka", "7707654321")),
        (("Romashka", ""), ("Vasilek", "")),
        (("123456789", ""), ("Any", "123456789")),
        (("Acme", "", "a@gmail.com"), ("Other", "", "b@gmail.com")),
        (("!!!", ""), ("???", "")),
    ],
)
def test_different_companies(one, other):
    assert match_key(*one) != match_key(*other)


def test_every_key_that_is_known_is_kept_the_strongest_first():
    keys = customer_keys("ООО «Ромашка»", "RU 7707083893", "ромашка.рф")
    assert keys.known == ("tax:7707083893", "web:ромашка.рф", "name:romashka")
    assert keys.strongest == keys.known[0]
    assert customer_keys("Romashka", "").known == ("name:romashka",)
