"""Settings read from the environment: outgoing mail and proxies."""

import runpy
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

SETTINGS = Path(__file__).resolve().parents[3] / "prm" / "settings.py"


def read(monkeypatch: pytest.MonkeyPatch, **environment: str) -> dict[str, Any]:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(SETTINGS))


def test_a_laptop_needs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(monkeypatch)
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_HOST_USER"]) == ("localhost", 25, "")
    assert not found["EMAIL_USE_TLS"]
    assert not found["EMAIL_USE_SSL"]
    assert found["ALLAUTH_TRUSTED_PROXY_COUNT"] == 0


def test_a_mail_server_with_login_and_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = {
        "EMAIL_HOST": "mail.example.com",
        "EMAIL_PORT": "587",
        "EMAIL_HOST_USER": "portal",
        "EMAIL_HOST_PASSWORD": "a secret",
        "EMAIL_USE_TLS": "1",
        "PRM_TRUSTED_PROXIES": "2",
    }
    found = read(monkeypatch, **wanted)
    assert (found["EMAIL_PORT"], found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (587, True, False)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("portal", "a secret")
    assert found["ALLAUTH_TRUSTED_PROXY_COUNT"] == 2


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"EMAIL_PORT": "smtp"}, "EMAIL_PORT"),
        ({"EMAIL_PORT": "-1"}, "EMAIL_PORT"),
        ({"EMAIL_USE_TLS": "yes"}, "EMAIL_USE_TLS"),
        ({"EMAIL_USE_TLS": "1", "EMAIL_USE_SSL": "1"}, "EMAIL_USE_SSL"),
        ({"EMAIL_HOST_USER": "portal"}, "EMAIL_HOST_PASSWORD"),
        ({"PRM_TRUSTED_PROXIES": "one"}, "PRM_TRUSTED_PROXIES"),
    ],
)
def test_a_wrong_setting_is_named_at_the_start(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], named: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=named):
        read(monkeypatch, **environment)
