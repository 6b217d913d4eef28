"""Writes of customers: create, change, upsert by code.

Promise: a code is used once; keys follow name, tax id and website, and what met the customer by the old ones is told; a
stale version changes nothing; each change leaves an AuditRecord and an event. Called by customers interfaces, imports
and the night of deals (keys)."""

from datetime import datetime
from typing import TypedDict

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from partners.customers.followers import KeysChanged, tell_followers
from partners.customers.models import Customer
from partners.customers.rules import CustomerKeys, customer_keys
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.kit.searching import search_key
from prm.outbox.actions import emit

FIELDS = ("code", "name", "tax_id", "country", "industry", "website")
KEYS = ("name_key", "match_key", "web_key", "fold_key")
REBUILT_AT_ONCE = 2_000


class CustomerFacts(TypedDict, total=False):
    """What may be told of a customer; a key that is absent stays as it is."""

    code: str
    name: str
    tax_id: str
    country: str
    industry: str
    website: str


class CustomerCodeTaken(Exception):
    """Another customer of the tenant has this code."""

    code = "customer_code_taken"
    field = "code"
    message = _("Another customer has this code.")


class CustomerInUse(Exception):
    """Sales name this customer."""

    code = "customer_in_use"
    message = _("Sales name this customer.")


class CustomerChangedMeanwhile(Exception):
    """Somebody else saved this customer after it was opened; `customer` is as it stands now."""

    code = "version_conflict"
    message = _("Somebody else changed this customer after you opened it.")

    def __init__(self, customer: Customer) -> None:
        super().__init__(self.code)
        self.customer = customer


def create_customer(*, actor: Actor, facts: CustomerFacts, at: datetime) -> Customer:
    customer = Customer(**facts, changed_at=at)
    _save(customer)
    record(actor=actor, action="customer.created", subject=customer, at=at, after=dict(facts))
    emit("customer.created", customer_id=customer.id)
    return customer


def change_customer(
    *, actor: Actor, customer: Customer, changes: CustomerFacts, at: datetime, version: int | None = None
) -> Customer:
    """Change what differs; `version` is the one the editor opened, without it the caller wins."""
    customer = Customer.objects.select_for_update().get(id=customer.id)
    if version is not None and customer.version != version:
        raise CustomerChangedMeanwhile(customer)
    before = {
        name: getattr(customer, name) for name, value in changes.items() if getattr(customer, name) != value
    }
    if not before:
        return customer
    after = {name: value for name, value in changes.items() if name in before}
    keys = _keys_of(customer)
    for name, value in after.items():
        setattr(customer, name, value)
    customer.version += 1
    customer.changed_at = at
    _save(customer)
    record(actor=actor, action="customer.changed", subject=customer, at=at, before=before, after=after)
    emit("customer.changed", customer_id=customer.id, fields=sorted(after))
    tell_followers(KeysChanged(actor, customer, keys, _keys_of(customer), at))
    return customer


def upsert_customer(*, actor: Actor, facts: CustomerFacts, at: datetime) -> tuple[Customer, str]:
    """The customer with `facts["code"]`, created or changed; says "created", "updated" or "unchanged"."""
    standing = Customer.objects.filter(code=facts["code"]).first()
    if standing is None:
        return create_customer(actor=actor, facts=facts, at=at), "created"
    changed = change_customer(actor=actor, customer=standing, changes=facts, at=at)
    return changed, "updated" if changed.version != standing.version else "unchanged"


def remove_customer(*, actor: Actor, customer: Customer, version: int, at: datetime) -> None:
    """Take out a customer that no sale names. Raises `CustomerChangedMeanwhile`, `CustomerInUse`."""
    customer = Customer.objects.select_for_update().get(id=customer.id)
    if customer.version != version:
        raise CustomerChangedMeanwhile(customer)
    customer_id = customer.id
    before = {name: getattr(customer, name) for name in FIELDS}
    record(actor=actor, action="customer.removed", subject=customer, at=at, before=before)
    try:
        with transaction.atomic():
            customer.delete()
    except (models.ProtectedError, IntegrityError) as clash:
        raise CustomerInUse from clash
    emit("customer.removed", customer_id=customer_id)


def rebuild_keys() -> int:
    """Give those customers new keys whose words have others by the rule of today; how many."""
    stale = []
    for customer in Customer.objects.all().iterator(chunk_size=REBUILT_AT_ONCE):
        before = tuple(getattr(customer, name) for name in KEYS)
        _write_keys(customer)
        if before != tuple(getattr(customer, name) for name in KEYS):
            stale.append(customer)
    Customer.objects.bulk_update(stale, KEYS, batch_size=REBUILT_AT_ONCE)
    return len(stale)


def _keys_of(customer: Customer) -> CustomerKeys:
    return customer_keys(customer.name, customer.tax_id, customer.website)


def _write_keys(customer: Customer) -> None:
    keys = _keys_of(customer)
    customer.name_key = search_key(customer.name)
    customer.match_key, customer.web_key, customer.fold_key = keys.strongest, keys.web, keys.name


def _save(customer: Customer) -> None:
    _write_keys(customer)
    try:
        with transaction.atomic():
            customer.save()
    except IntegrityError as clash:
        if "customer_one_per_code" in str(clash):
            raise CustomerCodeTaken from clash
        raise
