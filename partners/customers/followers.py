"""What follows a customer that is known under other keys than before: rooms above say what of theirs met it by the old.

Promise: followers run in the change's own transaction. Called by: catalogues (register), customers actions (tell)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from partners.customers.models import Customer
from partners.customers.rules import CustomerKeys
from prm.accounts.actor import Actor


@dataclass(frozen=True)
class KeysChanged:
    """The customer as it is called now, and its keys before and after."""

    actor: Actor
    customer: Customer
    before: CustomerKeys
    after: CustomerKeys
    at: datetime


KeysFollower = Callable[[KeysChanged], None]
_followers: list[KeysFollower] = []


def follow_keys(follower: KeysFollower) -> None:
    if follower not in _followers:
        _followers.append(follower)


def tell_followers(change: KeysChanged) -> None:
    if change.before != change.after:
        for follower in _followers:
            follower(change)
