"""The public door: a vendor that the operator opens, its people at the pages, a machine at the API, the workers.

Promise: nothing is written but by what a stranger to the code could use: the command, a letter's link, forms of pages,
the API under a key. Called by: the acceptance cases and their tests.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import StringIO
from itertools import count
from typing import Any

from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from prm.kit.periods import Period
from prm.tenancy.queries import TenantCard, find_tenant
from tests.support.cast import PASSWORD
from tests.support.messages import work_off
from tests.support.visitor import Page, Visitor

SCOPES = (
    "partners:read",
    "partners:write",
    "customers:write",
    "products:write",
    "rates:write",
    "sales:write",
    "sales:read",
    "earnings:read",
    "plans:read",
    "files:read",
    "segments:read",
    "statements:read",
    "payouts:read",
    "deals:read",
    "deals:write",
    "deal-decisions:write",
    "funds:read",
    "tiers:read",
    "tiers:write",
    "training:write",
    "certificates:write",
)
BATCH_ROWS = 500
SALES_ROWS = 20_000
LINK = re.compile(r"/invite/[\w-]+/")


@dataclass
class Door:
    """One fresh vendor, its two programme admins, and a machine with a key."""

    tenant: TenantCard
    author: Visitor
    publisher: Visitor
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

    def read(self, path: str, *, in_language: str = "en", **query: str) -> Any:
        return self._answer(path, query, in_language).json()

    def file(self, path: str) -> bytes:
        answer = self._answer(path, {}, "en")
        return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)

    def _answer(self, path: str, query: dict[str, str], language: str) -> Any:
        headers = {**self.headers, "accept-language": language}
        answer = self.client.get(f"/api/v1/{path}", query, headers=headers)
        assert answer.status_code == 200, answer.content[:2_000] if not answer.streaming else path
        return answer

    def load(self, path: str, name: str, rows: Sequence[dict[str, Any]]) -> None:
        """Small resources, in batches; anything but success is an error here."""
        for start in range(0, len(rows), BATCH_ROWS):
            answer = self.send(path, {name: list(rows[start : start + BATCH_ROWS])})
            assert answer.status_code == 200, answer.content[:2_000]

    def sell(self, rows: Sequence[dict[str, Any]]) -> None:
        for start in range(0, len(rows), SALES_ROWS):
            answer = self.send("sales:batch", {"rows": list(rows[start : start + SALES_ROWS])})
            assert answer.status_code == 200, answer.content[:2_000]

    def move(self, partner_id: str, parent: str, starts_on: date) -> None:
        """Place a partner below another from that day on."""
        body = {"parent_code": parent, "starts_on": starts_on.isoformat()}
        answer = self.send(f"partners/{partner_id}/moves", body)
        assert answer.status_code == 201, answer.content[:2_000]

    def address(self, path: str) -> str:
        """A page of the vendor's console."""
        return f"/{self.tenant.slug}/m/{path}"

    def plan(
        self,
        slot: str,
        components: list[dict[str, Any]],
        *,
        currency: str,
        days: tuple[date, date | None],
        starts_on: date | None = None,
        **settings: str,
    ) -> str:
        """A plan of this slot for everyone on these days, drafted by one person and published by another; its page."""
        named = {"code": slot, "name": slot, "slot": slot}
        page = self.author.submit(self.address("plans/new/"), **named)
        dates = {"starts_on": (starts_on or days[0]).isoformat()}
        money = {"currency": currency, "payout_currency": currency}
        page = self.author.submit(page, **dates, **(money | settings))
        draft = page.path
        for component in components:
            form = self.author.open(f"{draft}components/new/{component['type']}/")
            form = self._with_conditions(form, component.get("where", {}).get("all", []))
            self.author.submit(form, **as_typed(component))
        self.publish(draft)
        plan = re.search(rf'{self.address("plans/")}[0-9a-f-]{{36}}/"', self.author.open(draft).text)
        assert plan is not None, draft
        until = {"ends_on": days[1].isoformat()} if days[1] else {}
        path = plan[0].rstrip('"')
        told = {"audience": "everyone", "starts_on": days[0].isoformat(), **until}
        self.author.submit(f"{path}assignments/new/", **told)
        return path

    def draft(self, plan: str, *, starts_on: date, **fields: str) -> str:
        """The plan's next version, a copy of its last one with these fields of its first component changed; its page,
        for another person to publish."""
        draft = self.author.submit(f"{plan}versions/new/", starts_on=starts_on.isoformat()).path
        self.author.submit(f"{draft}components/0/", **fields)
        return draft

    def publish(self, draft: str) -> None:
        self.publisher.submit(draft, to="publish/")

    def calculate(self, period_on: date) -> int:
        """Calculate a month by its page; how many entries the page of the calculation says were posted."""
        started = self.author.submit(self.address("calculations/"), period=period_on.isoformat())
        work_off(self.tenant.id)
        calculated = self.author.open(started.path).text
        assert "Entries of this calculation" in calculated, calculated
        posted = re.search(r'Entries posted</span>\s*<span class="tile-value">([\d,]+)', calculated)
        assert posted is not None, calculated
        return int(posted[1].replace(",", ""))

    def settle(self, period_on: date) -> None:
        """Calculate a month and close it, each by its page; the workers carry out what follows."""
        self.calculate(period_on)
        page = self.publisher.open(self.address("ledger/"))
        closed = self.publisher.submit(page, to=f"periods/{period_on.isoformat()}/close/")
        assert "The month is closed" in closed.text, closed.text
        work_off(self.tenant.id)

    def _with_conditions(self, form: Page, conditions: list[dict[str, Any]]) -> Page:
        """Without script a condition shows what it may say with the next step, here of one more, which goes again."""
        for place, condition in enumerate(conditions):
            row = f"where-{place}"
            fact = {f"{row}-fact": condition["fact"]}
            said = {f"{row}-op": condition["op"], f"{row}-value": condition["value"]}
            form = self.author.submit(form, step="add:where")
            form = self.author.submit(form, **fact, step="add:where")
            form = self.author.submit(form, **said, step=f"drop:where-{place + 1}")
        return form

    def settle_empty_months(self, first: Period, until: Period) -> None:
        """The months before a vendor's history is sent in one go: what it sold in them is posted in the next one."""
        while first < until:
            self.settle(first.starts_on)
            first = first.plus(1)

    def entries(self, **asked: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.read("entries", limit="200", **asked)["data"]
        return found

    def steps(self, entry: dict[str, Any], *, in_language: str = "en") -> list[tuple[str, str]]:
        """The explanation of an entry, step by step: what is said, and what came out."""
        told = self.read(f"entries/{entry['id']}", in_language=in_language)["explanation"]["steps"]
        return [(_plain(step["text"]), _plain(step["result"])) for step in told]

    def statement_files(self, period_on: date) -> dict[str, bytes]:
        """Every file of all statements of a month."""
        found = {}
        for statement in self._statements(period_on):
            path = f"statements/{statement['id']}"
            for kind in ("json", "csv", "xlsx"):
                found[f"{path}.{kind}"] = self.file(f"{path}/{kind}")
            found[f"{path}.pdf"] = self.file(statement["pdf_url"].removeprefix("/api/v1/"))
        return found

    def statement_lines(self, period_on: date) -> list[dict[str, Any]]:
        """The lines of all statements of a month, each with its partner's code."""
        return [
            {**line, "partner": statement["partner_code"]}
            for statement in self._statements(period_on)
            for line in self.read(f"statements/{statement['id']}")["content"]["lines"]
        ]

    def _statements(self, period_on: date) -> Iterator[dict[str, Any]]:
        query = {"period_on": period_on.isoformat(), "limit": "200"}
        while True:
            answer = self.read("statements", **query)
            yield from answer["data"]
            if not answer["has_more"]:
                return
            query["cursor"] = answer["next_cursor"]


_keys = count(1)


now = (
    timezone.now
)  # the clock of the public door: what it has taken is earlier than what is calculated afterwards


def _plain(text: str) -> str:
    """With the spaces that a person would type."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def as_typed(component: dict[str, Any]) -> dict[str, Any]:
    """A component of the plan language as a person types it into the designer's form."""
    typed: dict[str, Any] = {
        name: component[name] for name in ("id", "mode", "measure", "window") if name in component
    }
    if "rate" in component:
        typed["percent"] = _percent(component["rate"])
    for level in component.get("levels", []):
        typed[f"level_{level['up']}"] = _percent(level["rate"])
    if component["type"] == "override":
        typed["basis"] = component.get("basis", "revenue")
    typed |= _typed_rows(component)
    return typed


def _typed_rows(component: dict[str, Any]) -> dict[str, Any]:
    typed: dict[str, Any] = {name: component[name] for name in ("goal",) if name in component}
    for row, tier in enumerate(component.get("tiers", [])):
        typed |= {f"from_{row}": tier["from"], f"pays_{row}": _percent(tier["rate"])}
    for row, step in enumerate(component.get("steps", [])):
        typed |= {f"from_{row}": _percent(step["from_attainment"]), f"pays_{row}": _pay(step)}
    return typed | ({"starts": "attainment"} if component["type"] == "bonus" else {})


def _pay(step: dict[str, Any]) -> str:
    if "multiplier" in step:
        return f"×{step['multiplier']}"
    return str(step["amount"]) if "amount" in step else _percent(step["rate"])


def _percent(rate: str) -> str:
    return f"{(Decimal(rate) * 100).normalize():f}"


def open_door(slug: str, *, currency: str, first_period_on: date, **settings: str) -> Door:
    """The operator opens the vendor; its first admin joins by the link, invites the second and makes the key."""
    told = StringIO()
    call_command(
        "create_tenant", slug, slug.title(), stdout=told, admin=f"author@{slug}.example",
        currency=currency, first_period=first_period_on, **settings,
    )  # fmt: skip
    author = join(told.getvalue(), "Author")
    outbox = len(getattr(mail, "outbox", []))
    invited = {"email": f"publisher@{slug}.example", "role": "programme_admin"}
    author.submit(f"/{slug}/m/members/invite/", **invited)
    publisher = join(str(mail.outbox[outbox].body), "Publisher")
    key = _made_key(author.submit(f"/{slug}/m/tokens/new/", name="ERP", scopes=list(SCOPES)))
    tenant = find_tenant(slug)
    assert tenant is not None
    return Door(tenant, author, publisher, Client(), {"authorization": f"Bearer {key}"})


def join(letter: str, name: str) -> Visitor:
    link = LINK.search(letter)
    assert link is not None, letter
    person = Visitor()
    person.submit(link[0], name=name, password=PASSWORD, consent="on")
    return person


def _made_key(page: Page) -> str:
    key = re.search(r'id="key"[^>]*>([^<]+)<', page.text)
    assert key is not None, page.text
    return key[1]
