"""Every pair of person, state and step of something: what is allowed goes through, all else is refused by its name, and
nothing is written.

Called by: the matrices of rooms (test_matrix.py)."""

from collections.abc import Callable, Collection, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, fields, replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client

from prm.accounts.actor import Actor
from prm.accounts.permissions import PARTNER_ROLES, PARTNER_USER, STAFF_ROLES, permissions_of
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast, Person
from tests.support.clients import arrived, fresh_client_of
from tests.support.rows import digest_of_rows, nothing_written, taken_back

Refusal = type[Exception]

# The cast by what they are; who is in none of these is to be refused everywhere.
ADMINS = frozenset({"vera", "vasily"})
MANAGER = frozenset({"nina"})
FINANCE = frozenset({"felix", "olga"})
NORTHWIND = frozenset({"paul", "mia_with_money"})
STRANGERS = frozenset({"sven"})
ALL_OF_NORTHWIND = NORTHWIND | {"mia"}


@dataclass(frozen=True)
class Step:
    """How it is taken, who may, and from which states."""

    take: Callable[[Actor, Any], object]
    who: frozenset[str]
    begins: Collection[str]


def people_of(cast: Cast) -> dict[str, Person]:
    """All who have a place at Acme; every declared role is among them."""
    held = {field.name: getattr(cast, field.name) for field in fields(cast)}
    people = {
        name: one for name, one in held.items() if isinstance(one, Person) and one.tenant.id == cast.acme.id
    }
    assert {person.actor.role for person in people.values()} == STAFF_ROLES | PARTNER_ROLES
    return people


def actors_of(cast: Cast) -> dict[str, Actor]:
    """The same as they act, and Mia once more, as if she saw money."""
    actors = {name: person.actor for name, person in people_of(cast).items()}
    seeing = permissions_of(PARTNER_USER, sees_money=True)
    return actors | {"mia_with_money": replace(cast.mia.actor, sees_money=True, permissions=seeing)}


def check_steps(
    cast: Cast,
    steps: Mapping[str, Step],
    *,
    state: str,
    subject: Any,
    refusal: Refusal,
    unseen: Collection[str] = STRANGERS,
    objections: Mapping[tuple[str, str], Refusal] | None = None,
) -> None:
    """Everybody tries every step on a subject in this state, in the tenant's context.

    `refusal`: what a step meets that does not begin in this state. `unseen`: for whom the subject is missing.
    `objections`: what keeps a person from a step that the tables allow them.
    """
    wrong: dict[tuple[str, str], Refusal | None] = {}
    actors = actors_of(cast)
    with nothing_written():
        for name, step in steps.items():
            for person, actor in actors.items():
                wanted = _wanted(step, person, state, refusal, unseen) or (objections or {}).get(
                    (name, person)
                )
                met = _met(step, actor, subject, is_allowed=wanted is None)
                if met is not wanted:
                    wrong[name, person] = met
    assert not wrong, wrong


def _wanted(step: Step, person: str, state: str, refusal: Refusal, unseen: Collection[str]) -> Refusal | None:
    if person in unseen:
        return Http404
    if person not in step.who:
        return PermissionDenied
    return None if state in step.begins else refusal


def _met(step: Step, actor: Actor, subject: Any, *, is_allowed: bool) -> Refusal | None:
    """What was raised. Only what is allowed is taken back: what a refusal leaves behind has to be found."""
    with taken_back() if is_allowed else nullcontext():
        try:
            step.take(actor, subject)
        except Exception as raised:  # the kind is what is asked for
            return type(raised)
    return None


@dataclass(frozen=True)
class Form:
    """What is sent, and where to."""

    path: str
    told: Mapping[str, Any]


def check_forms(cast: Cast, forms: Mapping[str, Form], heard: Mapping[str, Collection[str]]) -> None:
    """Everybody, having just logged in, sends every form: only those who are `heard` change a row, all of them do."""
    clients = {name: arrived(fresh_client_of(person), person) for name, person in people_of(cast).items()}
    asked = {(name, person) for name in forms for person in clients}
    allowed = {(name, person) for name, people in heard.items() for person in people}
    before = _digest(cast)
    for name, person in sorted(asked - allowed):
        clients[person].post(forms[name].path, forms[name].told)
    assert _digest(cast) == before, "a refused form wrote a row"
    unheard = [
        (name, person)
        for name, person in sorted(allowed)
        if not _is_changed_by(cast, clients[person], forms[name], before)
    ]
    assert not unheard, unheard


def _is_changed_by(cast: Cast, client: Client, form: Form, before: str) -> bool:
    with taken_back():
        client.post(form.path, form.told)
        return _digest(cast) != before


def _digest(cast: Cast) -> str:
    with tenant_context(cast.acme.id):
        return digest_of_rows()
