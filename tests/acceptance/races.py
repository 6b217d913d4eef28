"""What S7 and S8 say of two requests at the same moment, through the public door, in connections of their own.

Promise: needs real commits; called by the acceptance command and its test."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from django.test import Client

from tests.acceptance.cases import Number
from tests.acceptance.deals import claim_of, deals_door, place_told
from tests.acceptance.door import now
from tests.acceptance.funds import ask, funds_door, request_page
from tests.concurrency.test_sales_ingest import at_once

REFUSED = 409


def at_the_same_moment() -> Iterator[Number]:
    yield from _two_submissions()
    yield from _two_approvals()


def _two_submissions() -> Iterator[Number]:
    """S7: two partners send the same customer."""
    door = deals_door("case-s7-race")
    claims = [claim_of("P1", "Acme"), claim_of("P2", "ACME Gmbh")]
    doors = [replace(door, client=Client()) for _ in claims]
    answers: list[Any] = at_once(
        *(partial(one.send, "deals", claim) for one, claim in zip(doors, claims, strict=True))
    )
    statuses = sorted(answer.status_code for answer in answers)
    places = [place_told(answer.json()) for answer in answers if answer.status_code == REFUSED]
    yield Number("S7 two at once", "201, 409", ", ".join(map(str, statuses)))
    yield Number("S7 two at once, the place of the refused", "2", ", ".join(places))
    yield Number("S7 two at once, deals", "1", str(len(door.read("deals")["data"])))


def _two_approvals() -> Iterator[Number]:
    """S8: 6,000.00 of 8,000.00, approved twice by two people."""
    door, partner = funds_door("case-s8-race", now().date() + timedelta(days=60))
    keys = [ask(door, partner, "12000.00") for _ in range(2)]
    deciders = [door.author, door.publisher]
    pages = [who.open(request_page(door, key)) for who, key in zip(deciders, keys, strict=True)]
    at_once(
        *(
            partial(who.submit, page, to="decide/", verb="approve")
            for who, page in zip(deciders, pages, strict=True)
        )
    )
    committed = Counter(door.read(f"funds-requests/{key}")["committed"] for key in keys)
    for amount in ("6000.00", "0.00"):
        yield Number(f"S8 two at once, requests with {amount} committed", "1", str(committed[amount]))
    (allocation,) = door.read("funds-allocations")["data"]
    yield Number("S8 two at once, left of 8,000.00", "2000.00", allocation["left"])
