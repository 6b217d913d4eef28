"""docker-compose.yml, read as text: what a deployment must hold even where no engine can run it here."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, Any] = COMPOSE["services"]
PRODUCT = ("web", "worker", "beat")
SECRETS = ("SECRET_KEY", "PRM_VAULT_KEY", "POSTGRES_PASSWORD", "PRM_APP_PASSWORD", "VALKEY_PASSWORD")


def test_the_services_of_the_card_are_there() -> None:
    assert set(SERVICES) == {"postgres", "valkey", "migrate", "web", "worker", "beat"}


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_each_lasting_service_has_a_health_check_and_comes_back(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_each_service_runs_as_an_ordinary_user() -> None:
    assert SERVICES["postgres"]["user"] == "postgres"
    assert SERVICES["valkey"]["user"] == "valkey"
    last_user = re.findall(r"^USER (\w+)$", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)[-1]
    assert last_user == "prm"


@pytest.mark.parametrize("name", SECRETS)
def test_each_secret_is_required_from_the_environment(name: str) -> None:
    uses = re.findall(rf"\$\{{{name}([^}}]*)\}}", TEXT)
    assert uses
    assert all(use.startswith(":?") for use in uses)


@pytest.mark.parametrize("name", PRODUCT)
def test_the_running_product_does_not_know_the_administrator(name: str) -> None:
    assert "DATABASE_ADMIN_URL" not in SERVICES[name]["environment"]
    assert not any("POSTGRES_PASSWORD" in str(value) for value in SERVICES[name]["environment"].values())
    assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


@pytest.mark.parametrize("name", PRODUCT)
def test_the_mail_server_and_the_proxies_reach_the_product(name: str) -> None:
    environment = SERVICES[name]["environment"]
    for wanted in ("HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_TLS", "USE_SSL"):
        assert f"${{EMAIL_{wanted}:-" in environment[f"EMAIL_{wanted}"]
    assert environment["PRM_BEHIND_PROXY"] == "1"
    assert environment["PRM_TRUSTED_PROXIES"] == "${PRM_TRUSTED_PROXIES:-1}"


def test_the_worker_listens_to_every_queue_that_the_supervisor_serves() -> None:
    from prm.local.supervisor import QUEUES

    assert QUEUES in SERVICES["worker"]["command"]
