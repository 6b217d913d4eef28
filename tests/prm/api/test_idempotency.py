"""A retried POST has one effect and one answer."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from prm.accounts.actions import rotate_token
from prm.accounts.models import ApiToken
from prm.api.actions import forget_answers
from prm.api.models import IdempotencyRecord
from prm.tenancy.context import tenant_context
from prm.tenancy.models import DocumentCounter, Tenant
from tests.prm.api import resources
from tests.support.api import Machine, make_key, problem_of
from tests.support.cast import NOW, Cast, make_tenant

pytestmark = pytest.mark.urls("tests.prm.api.resources")
GOOD = {"external_id": "c1", "amount": "12.50", "currency": "EUR"}


def counters_of(tenant: Tenant) -> list[str]:
    with tenant_context(tenant.id):
        return list(DocumentCounter.objects.filter(kind__startswith="c").values_list("kind", flat=True))


@pytest.fixture
def machine(cast: Cast) -> Machine:
    return Machine(make_key(cast.acme, "counters:read", "counters:write"))


def test_a_replay_is_the_first_answer(machine: Machine, cast: Cast) -> None:
    first, again = (machine.post("counters", GOOD, key="k1") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again["Location"] == first["Location"]
    assert again["Content-Type"] == first["Content-Type"]
    assert (first.get("Idempotent-Replayed"), again["Idempotent-Replayed"]) == (None, "true")
    assert counters_of(cast.acme) == ["c1"]


def test_a_key_is_needed(machine: Machine, cast: Cast) -> None:
    assert problem_of(machine.post("counters", GOOD, key=""))["code"] == "idempotency_key_required"
    assert problem_of(machine.post("counters", GOOD, key="k" * 201))["code"] == "idempotency_key_invalid"
    assert counters_of(cast.acme) == []


def test_another_body_under_the_key_is_refused(machine: Machine, cast: Cast) -> None:
    machine.post("counters", GOOD, key="k1")
    refused = problem_of(machine.post("counters", {**GOOD, "external_id": "c2"}, key="k1"))
    assert (refused["status"], refused["code"]) == (422, "idempotency_key_reused")
    assert counters_of(cast.acme) == ["c1"]


def test_another_address_under_the_key_is_refused(machine: Machine) -> None:
    machine.post("counters", GOOD, key="k1")
    assert problem_of(machine.post("counters:batch", GOOD, key="k1"))["code"] == "idempotency_key_reused"


def test_a_refusal_is_not_remembered(machine: Machine, cast: Cast) -> None:
    refused = machine.post("counters", {**GOOD, "amount": "x"}, key="k1")
    taken = machine.post("counters", GOOD, key="k1")
    assert (refused.status_code, taken.status_code) == (422, 201)
    assert "Idempotent-Replayed" not in taken


def test_keys_of_two_tokens_do_not_meet(cast: Cast) -> None:
    for tenant in (cast.acme, cast.zenith):
        for name in ("one", "two"):
            machine = Machine(make_key(tenant, "counters:write", name=name))
            assert machine.post("counters", {**GOOD, "external_id": f"c-{name}"}, key="k1").status_code == 201
    assert counters_of(cast.acme) == counters_of(cast.zenith) == ["c-one", "c-two"]


def test_a_rotated_key_keeps_its_memory(cast: Cast) -> None:
    first = Machine(make_key(cast.acme, "counters:write")).post("counters", GOOD, key="k1")
    with tenant_context(cast.acme.id):
        new = rotate_token(actor=cast.vera.actor, token=ApiToken.objects.get(), at=NOW)
    again = Machine(new).post("counters", GOOD, key="k1")
    assert (again["Idempotent-Replayed"], again.content) == ("true", first.content)


def test_after_thirty_days_the_key_is_free_and_the_row_goes(machine: Machine, cast: Cast) -> None:
    machine.post("counters", GOOD, key="k1")
    with tenant_context(cast.acme.id):
        IdempotencyRecord.objects.update(created_at=timezone.now() - timedelta(days=31))
    assert machine.post("counters", {**GOOD, "external_id": "c2"}, key="k1").status_code == 201
    with tenant_context(cast.acme.id):
        assert forget_answers(before=timezone.now() + timedelta(minutes=1)) == 1
        assert IdempotencyRecord.objects.count() == 0


def in_thread(work: Callable[[], Any], into: list[Any]) -> threading.Thread:
    """Run on a connection of its own, closed at the end so that the database can be dropped."""

    def run() -> None:
        try:
            into.append(work())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.race
def test_two_sends_at_once_have_one_effect(own_database: str) -> None:
    acme = make_tenant("acme", "Acme")
    machine = Machine(make_key(acme, "counters:write"))
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        entered.set()
        assert leave.wait(10)

    resources.during_work.append(hold)
    answers: list[Any] = []
    first = in_thread(lambda: machine.post("counters", GOOD, key="k1"), answers)
    assert entered.wait(10)
    meanwhile = machine.post("counters", GOOD, key="k1")
    other_key = [problem_of(meanwhile)["code"], meanwhile.status_code, meanwhile["Retry-After"]]
    leave.set()
    first.join()
    replay = machine.post("counters", GOOD, key="k1")
    assert other_key == ["idempotency_key_in_flight", 409, "1"]
    assert answers[0].status_code == 201
    assert (replay["Idempotent-Replayed"], replay.content) == ("true", answers[0].content)
    assert counters_of(acme) == ["c1"]


@pytest.mark.race
def test_many_blind_retries_have_one_effect(own_database: str) -> None:
    acme = make_tenant("acme", "Acme")
    machine = Machine(make_key(acme, "counters:write"))
    answers: list[Any] = []
    threads = [in_thread(lambda: machine.post("counters", GOOD, key="k1"), answers) for _ in range(6)]
    for thread in threads:
        thread.join()
    fresh = [a for a in answers if a.status_code == 201 and "Idempotent-Replayed" not in a]
    assert len(fresh) == 1
    assert {a.status_code for a in answers} <= {201, 409}
    assert {a.content for a in answers if a.status_code == 201} == {fresh[0].content}
    assert counters_of(acme) == ["c1"]


@pytest.mark.race
def test_work_that_dies_leaves_the_key_free(own_database: str) -> None:
    acme = make_tenant("acme", "Acme")
    machine = Machine(make_key(acme, "counters:write"))

    def die() -> None:
        connection.close()  # the server takes back what was not committed, as when the process is gone

    resources.during_work.append(die)
    machine.client.raise_request_exception = False
    lost = machine.post("counters", GOOD, key="k1")
    resources.during_work.clear()
    assert lost.status_code >= 500
    assert counters_of(acme) == []
    assert machine.post("counters", GOOD, key="k1").status_code == 201
