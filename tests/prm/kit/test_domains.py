"""A company's own domain out of a website or an address."""

import pytest

from prm.kit.domains import own_domain, plain_domain


@pytest.mark.parametrize(
    ("typed", "plain", "own"),
    [
        ("https://www.Acme.example/shop?x=1", "acme.example", "acme.example"),
        ("info@acme.example", "acme.example", "acme.example"),
        ("ромашка.рф", "ромашка.рф", "ромашка.рф"),
        ("mueller@gmail.com", "gmail.com", ""),
        ("http://", "", ""),
        ("http://[::1", "", ""),
        ("-acme.de", "", ""),
        ("not a domain", "", ""),
        ("", "", ""),
    ],
)
def test_the_domain_of_what_was_typed(typed: str, plain: str, own: str) -> None:
    assert (plain_domain(typed), own_domain(typed)) == (plain, own)
