"""Failed logins are counted per address of the browser, behind proxies of ours too."""

from typing import Any

import pytest
from django.test import Client, RequestFactory

from prm.web.limits import address_of
from tests.support.cast import PASSWORD, Cast, Person

GUESSES = 10  # a minute and address, allauth's own limit


def log_in(person: Person, password: str, seen: str) -> bool:
    """Whether the login is taken; `seen` is what proxies wrote about where it comes from."""
    client = Client(headers={"x-forwarded-for": seen})
    client.post("/account/login/", {"login": person.user.email, "password": password})
    return "_auth_user_id" in client.session


def guess(cast: Cast, seen: str) -> None:
    """Use up what one address may fail: on many accounts, so that no account is locked."""
    for place in range(GUESSES):
        client = Client(headers={"x-forwarded-for": seen.format(place=place)})
        client.post("/account/login/", {"login": f"guess{place}@acme.example", "password": "wrong"})


def test_behind_one_proxy_a_guesser_locks_out_only_their_own_address(cast: Cast, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    guess(cast, "203.0.113.7")
    assert not log_in(cast.vera, PASSWORD, "203.0.113.7")
    assert log_in(cast.vera, PASSWORD, "203.0.113.8")


def test_what_a_guesser_writes_before_the_proxys_own_word_does_not_help(cast: Cast, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    guess(cast, "198.51.100.{place}, 203.0.113.7")
    assert not log_in(cast.vera, PASSWORD, "198.51.100.99, 203.0.113.7")


def test_without_a_proxy_the_header_is_not_believed(cast: Cast) -> None:
    guess(cast, "203.0.113.{place}")
    assert not log_in(cast.vera, PASSWORD, "203.0.113.99")


@pytest.mark.parametrize(("proxies", "address"), [(0, "127.0.0.1"), (1, "203.0.113.7"), (2, "198.51.100.1")])
def test_public_pages_count_by_the_same_address(settings: Any, proxies: int, address: str) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    seen = {"x-forwarded-for": "192.0.2.66, 198.51.100.1, 203.0.113.7"}
    assert address_of(RequestFactory().get("/", headers=seen)) == address
