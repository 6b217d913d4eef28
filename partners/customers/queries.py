"""Reads of customers: look-ups in sets, likeness by key, and the pages' lists.

Promise: a missing or foreign record answers 404 alike; called by customers, sales and incentives."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from partners.customers.models import Customer
from partners.customers.rules import customer_keys
from prm.kit.searching import key_span


@dataclass(frozen=True)
class CustomerFilter:
    """What a list was narrowed to; empty values narrow nothing."""

    q: str = ""
    country: str = ""
    industry: str = ""

    @property
    def is_set(self) -> bool:
        return any(vars(self).values())


def list_customers(wanted: CustomerFilter) -> QuerySet[Customer]:
    """Customers that pass the filter; the caller orders and cuts."""
    rows = Customer.objects.all()
    if wanted.country:
        rows = rows.filter(country=wanted.country)
    if wanted.industry:
        rows = rows.filter(industry=wanted.industry)
    typed = wanted.q.strip()
    return rows.filter(_matches(typed)) if typed else rows


def _matches(typed: str) -> Q:
    """The beginning of the name, or exactly the code, or the same company by tax id, website or folded name."""
    start, end = key_span(typed)
    keys = customer_keys(typed, typed, typed)
    found = Q(code=typed) | _with_key(match_key=keys.tax, web_key=keys.web, fold_key=keys.name)
    return found | Q(name_key__gte=start, name_key__lt=end) if start else found


def _with_key(**keys: str) -> Q:
    """Whoever has one of the keys; an empty one is nobody's."""
    found = Q(pk__in=[])
    for column, key in keys.items():
        found |= Q(**{column: key}) if key else Q()
    return found


def others_known_by(key: str, customer: Customer) -> QuerySet[Customer]:
    """Customers besides this one that have the key, of whatever strength."""
    return Customer.objects.filter(_with_key(match_key=key, web_key=key, fold_key=key)).exclude(
        id=customer.id
    )


def access_customer(customer_id: UUID) -> Customer:
    return get_object_or_404(Customer, id=customer_id)


def find_customer(asked: str) -> Customer | None:
    """The customer that a link names by its id; None where it names nothing."""
    try:
        return Customer.objects.filter(id=UUID(asked)).first()
    except ValueError:
        return None


def access_customer_by_code(code: str) -> Customer:
    return get_object_or_404(Customer, code=code)


def customers_by_code(codes: Iterable[str]) -> dict[str, Customer]:
    """Customers of the tenant by code, in one query; unknown codes are absent."""
    return {customer.code: customer for customer in Customer.objects.filter(code__in=set(codes))}


def customer_ids_by_code(codes: Iterable[str]) -> dict[str, UUID]:
    return dict(Customer.objects.filter(code__in=set(codes)).values_list("code", "id"))


def list_twins(customer: Customer) -> list[Customer]:
    """Other records that are the same company by the strongest key both have: shown to staff, never merged unasked."""
    alike = _with_key(web_key=customer.web_key, fold_key=customer.fold_key)
    if customer.match_key.startswith("tax:"):
        alike &= ~Q(match_key__startswith="tax:")
    rows = Customer.objects.filter(Q(match_key=customer.match_key) | alike).exclude(id=customer.id)
    return list(rows.order_by("name_key", "id")[:20])


def list_industries() -> list[str]:
    """Industries in use, for suggestions and filters."""
    rows = Customer.objects.exclude(industry="").order_by("industry")
    return list(rows.values_list("industry", flat=True).distinct())


def list_countries() -> list[str]:
    rows = Customer.objects.exclude(country="").order_by("country")
    return list(rows.values_list("country", flat=True).distinct())
