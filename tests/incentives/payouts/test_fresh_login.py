"""Steps that end in money ask for a login of the last minutes: an older one is confirmed first, and nothing is done."""

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlencode

import pytest

from incentives.ledger.models import Period
from incentives.payouts.hand_models import HandAnswer
from incentives.payouts.models import PayoutItem, PayoutRun
from incentives.payouts.settling import Answer, record_answers
from prm.accounts.actor import system_actor
from prm.kit.ids import uuid7
from prm.tenancy.context import require_context, tenant_context
from tests.support.cast import Cast
from tests.support.clients import client_of, fresh_client_of
from tests.support.commission import assign, calculate, make_plan, make_product, publish, sell
from tests.support.payouts import close_month, exported_payout, give_account, tick
from tests.support.rows import nothing_written_in

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
Step = tuple[str, str, dict[str, str]]  # method, address, form


@pytest.fixture
def exported(cast: Cast) -> PayoutRun:
    """January is in the payment file; February is calculated and open."""
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, [{"id": "base", "type": "rate", "rate": "0.1"}])
        assign(plan)
        product = make_product()
        sell(cast.northwind, product, "L1", date(2026, 1, 10), 100_000)
        sell(cast.northwind, product, "L2", date(2026, 2, 10), 100_000)
    give_account(cast, cast.northwind, cast.paul)
    close_month(cast, JANUARY)
    run = exported_payout(cast, JANUARY)
    calculate(cast.acme, FEBRUARY, at=tick())
    return run


def paid(run: PayoutRun) -> Step:
    return "POST", f"payouts/{run.id}/paid/", {"event_ref": "B1"}


def outcome(run: PayoutRun) -> Step:
    item = PayoutItem.objects.get(run=run)
    return "POST", f"payouts/items/{item.id}/outcome/", {"outcome": "returned", "event_ref": "B1"}


def confirm(run: PayoutRun) -> Step:
    item = PayoutItem.objects.get(run=run)
    answer = HandAnswer.objects.create(
        run=run, item=item, outcome="returned", event_ref="B1", proposed_at=tick(),
        proposed_by_user_id=uuid7(), proposed_by_label="Olga",
    )  # fmt: skip
    return "POST", f"payouts/{run.id}/answers/confirm/", {"answer": str(answer.id)}


def take_back(run: PayoutRun) -> Step:
    item = PayoutItem.objects.get(run=run)
    actor = system_actor(require_context().tenant_id)
    record_answers(actor=actor, run=run, answers=[Answer(item.id, "paid", "B0", "")], at=tick())
    return "POST", f"payouts/items/{item.id}/take-back/", {"reason": "The wrong line"}


def file(run: PayoutRun) -> Step:
    return "GET", f"payouts/{run.id}/file/", {}


def closing(run: PayoutRun) -> Step:
    return "POST", f"ledger/periods/{FEBRUARY}/close/", {}


def states(cast: Cast) -> tuple[str, list[str], bool]:
    with tenant_context(cast.acme.id):
        closed = Period.objects.get(starts_on=FEBRUARY).closed_at is not None
        answers = list(HandAnswer.objects.values_list("state", flat=True))
        return PayoutItem.objects.get().state, answers, closed


@pytest.mark.parametrize(
    ("step", "status", "after"),
    [
        (paid, 302, ("sent", ["waiting"], False)),
        (outcome, 302, ("sent", ["waiting"], False)),
        (confirm, 302, ("returned", ["confirmed"], False)),
        (take_back, 302, ("unknown", [], False)),
        (file, 200, ("sent", [], False)),
        (closing, 302, ("sent", [], True)),
    ],
    ids=["paid", "outcome", "confirm", "take-back", "file", "closing"],
)
def test_an_old_login_is_confirmed_first(
    cast: Cast,
    exported: PayoutRun,
    step: Callable[[PayoutRun], Step],
    status: int,
    after: tuple[str, list[str], bool],
) -> None:
    with tenant_context(cast.acme.id):
        method, where, form = step(exported)
    path = f"/acme/m/{where}"

    def take(client: Any) -> Any:
        return client.get(path) if method == "GET" else client.post(path, form)

    with nothing_written_in(cast.acme):
        answer = take(client_of(cast.felix))
    assert answer["Location"] == f"/acme/account/reauthenticate/?{urlencode({'next': path})}"
    done = take(fresh_client_of(cast.felix))
    assert done.status_code == status
    assert "reauthenticate" not in done.get("Location", "")
    assert states(cast) == after
