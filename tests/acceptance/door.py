"""The public door: partners, products and sales by the API, a plan by two people, calculation, closing, statement.

Called by: the acceptance cases and their tests.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any

from django.test import Client
from django.utils import timezone

from incentives.earnings.actions import start_calculation
from incentives.earnings.models import CalculationRun
from incentives.earnings.work import work_on_run
from incentives.ledger.actions import close_period
from incentives.payouts.models import Statement
from incentives.payouts.statements import write_statements
from incentives.plans.actions import assign_plan, create_plan, draft_version, publish_version
from prm.accounts.actions import create_token
from prm.accounts.actor import Actor, system_actor
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from tests.support.cast import make_person, make_tenant

SCOPES = (
    "partners:write",
    "products:write",
    "sales:write",
    "sales:read",
    "segments:read",
    "deals:read",
    "deals:write",
    "deal-decisions:write",
    "tiers:read",
    "tiers:write",
)
BATCH_ROWS = 500
SALES_ROWS = 20_000


@dataclass
class Door:
    """One fresh vendor, its two programme admins, and a machine with a key."""

    tenant: Tenant
    author: Actor
    publisher: Actor
    client: Client
    headers: dict[str, str]

    def send(self, path: str, body: Any) -> Any:
        number = next(_keys)
        return self.client.post(
            f"/api/v1/{path}",
            json.dumps(body),
            content_type="application/json",
            headers={**self.headers, "idempotency-key": f"acceptance-{number}"},
        )

    def load(self, path: str, name: str, rows: Sequence[dict[str, Any]]) -> None:
        """Small resources, in batches; anything but success is an error here."""
        for start in range(0, len(rows), BATCH_ROWS):
            answer = self.send(path, {name: list(rows[start : start + BATCH_ROWS])})
            assert answer.status_code == 200, answer.content[:2_000]

    def sell(self, rows: Sequence[dict[str, Any]]) -> None:
        for start in range(0, len(rows), SALES_ROWS):
            answer = self.send("sales:batch", {"rows": list(rows[start : start + SALES_ROWS])})
            assert answer.status_code == 200, answer.content[:2_000]

    def plan(
        self,
        slot: str,
        components: list[dict[str, Any]],
        *,
        currency: str,
        starts_on: date,
        ends_on: date | None = None,
        **settings: Any,
    ) -> str:
        """A plan of this slot for everyone, drafted by one person and published by another; its code."""
        at = now()
        with tenant_context(self.tenant.id):
            plan = create_plan(actor=self.author, code=slot, name=slot, slot=slot, at=at)
            document = {"currency": currency, "components": components, **settings}
            version = draft_version(
                actor=self.author, plan=plan, document=document, starts_on=starts_on, at=at
            )
            publish_version(actor=self.publisher, version=version, at=at)
            assign_plan(
                actor=self.author,
                plan=plan,
                audience="everyone",
                target="",
                starts_on=starts_on,
                ends_on=ends_on,
                at=at,
            )
        return slot

    def settle(self, period_on: date) -> CalculationRun:
        """Calculate and close a month, and write its statements."""
        with tenant_context(self.tenant.id):
            run = start_calculation(actor=self.author, period_on=period_on, at=now())
        work_on_run(tenant_id=self.tenant.id, run_id=run.id, now=now)
        with tenant_context(self.tenant.id):
            run = CalculationRun.objects.get(id=run.id)
            assert run.state == "calculated", run.failure
            close_period(actor=self.author, period_on=period_on, at=now())
            write_statements(period_on=period_on)
        return run

    def statement_lines(self, period_on: date) -> list[dict[str, Any]]:
        """The lines of all statements of a month, each with its partner's code."""
        with tenant_context(self.tenant.id):
            contents = [json.loads(row.content) for row in Statement.objects.filter(period_on=period_on)]
        return [
            {**line, "partner": content["partner"]["code"]}
            for content in contents
            for line in content["lines"]
        ]


_keys = count(1)


now = (
    timezone.now
)  # the clock of the public door: what it has taken is earlier than what is calculated afterwards


def open_door(slug: str, *, currency: str, first_period_on: date) -> Door:
    tenant = make_tenant(slug, slug.title(), currency=currency, first_period_on=first_period_on)
    author = make_person(tenant, f"author@{slug}.example", "programme_admin").actor
    publisher = make_person(tenant, f"publisher@{slug}.example", "programme_admin").actor
    with tenant_context(tenant.id):
        _token, key = create_token(
            actor=system_actor(tenant.id), name="ERP", scopes=SCOPES, expires_at=None, at=now()
        )
    return Door(tenant, author, publisher, Client(), {"authorization": f"Bearer {key}"})
