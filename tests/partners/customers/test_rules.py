"""Two spellings of one company share a key; two companies do not."""

import pytest

from partners.customers.rules import match_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("ООО «Ромашка»", ""), ("ромашка", "")),
        (("Romashka", ""), ("Ромашка, ООО", "")),
        (("Any name", "DE 123.456.789"), ("Other name", "de123456789")),
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
    ],
)
def test_different_companies(one, other):
    assert match_key(*one) != match_key(*other)
