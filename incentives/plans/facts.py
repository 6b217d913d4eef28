"""What the reference evaluator knows: sale lines, partners, rates, plans and their assignments, as frozen values.

Promise: this is the whole input, so equal facts give equal targets; called by reference and its loaders.

Ids are texts (UUIDs in canonical form); codes and ids are compared by their UTF-8 bytes. Only what counts is passed
in: the current revision of a line, no voided lines, published versions (a backtest passes its draft as published)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from incentives.plans.document import PlanDocument
from prm.kit.periods import Period
from prm.kit.predicates import FactValue

SALE = "sale"
REFUND = "refund"

# The rank of an audience: the lower one wins on a date (money.md 1.3).
AUDIENCES = ("partner", "segment", "tier", "type", "everyone")


@dataclass(frozen=True, slots=True)
class SplitShare:
    """One partner's share of a split line: exactly one of percent (of a line: 100 together) and parts."""

    partner_id: str
    percent: Decimal | None = None
    parts: int | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """What a customer paid of a sale; the amount is positive."""

    paid_on: date
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class SaleLine:
    """money.md 1.1. Amounts and quantity are positive, the kind gives the direction.

    `refunded_external_id` names the refunded line of the same source; empty on a refund: an unlinked credit note.
    `recorded_at` is when the line first arrived. `more_facts` are those that other rooms registered for `where`.
    """

    id: str
    source: str
    external_id: str
    kind: str
    occurred_on: date
    product_id: str
    quantity: Decimal
    amount_minor: int
    currency: str
    recorded_at: datetime
    partner_id: str | None = None
    order_number: str = ""
    cost_minor: int | None = None
    customer_id: str | None = None
    refunded_external_id: str = ""
    split: tuple[SplitShare, ...] = ()
    deal_id: str | None = None
    subscription_ref: str = ""
    invoiced_on: date | None = None
    payments: tuple[Payment, ...] = ()
    more_facts: Mapping[str, FactValue] = field(default_factory=dict, compare=False)

    @property
    def is_linked_refund(self) -> bool:
        return self.kind == REFUND and self.refunded_external_id != ""

    @property
    def measuring_order(self) -> tuple[date, bytes, bytes]:
        """money.md 2: occurred_on, source, external_id, the texts as bytes."""
        return (self.occurred_on, self.source.encode(), self.external_id.encode())


@dataclass(frozen=True, slots=True)
class Standing:
    """What a partner was on [starts_on, ends_on); at most one covers a day. Empty text: unknown."""

    starts_on: date
    ends_on: date | None = None
    partner_type: str = ""
    country: str = ""
    region: str = ""
    tier: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """What a partner had on [starts_on, ends_on): a segment's or certificate's code, the id of the partner above."""

    value: str
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Partner:
    id: str
    code: str
    standings: tuple[Standing, ...] = ()
    segments: tuple[Held, ...] = ()
    certificates: tuple[Held, ...] = ()
    parents: tuple[Held, ...] = ()
    joined_on: date = date.min

    def standing_on(self, day: date) -> Standing | None:
        return next((item for item in self.standings if covers(item.starts_on, item.ends_on, day)), None)

    def parent_on(self, day: date) -> str | None:
        """At most one partner stands above another on a day."""
        held = (item.value for item in self.parents if covers(item.starts_on, item.ends_on, day))
        return next(held, None)

    def segments_on(self, day: date) -> frozenset[str]:
        return frozenset(item.value for item in self.segments if covers(item.starts_on, item.ends_on, day))

    def certificates_on(self, day: date) -> frozenset[str]:
        return frozenset(
            item.value for item in self.certificates if covers(item.starts_on, item.ends_on, day)
        )


@dataclass(frozen=True, slots=True)
class Product:
    """`earns` false: its lines neither earn nor count as volume (money.md 2 "Base")."""

    id: str
    code: str
    category: str | None = None
    earns: bool = True


@dataclass(frozen=True, slots=True)
class Customer:
    """`claim_keys`: what claims on the customer are met by, the strongest first."""

    id: str
    industry: str = ""
    claim_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Protection:
    """On [starts_on, ends_on) the customer of the key and the product line belong to the partner of the deal."""

    deal_id: str
    partner_id: str
    claim_key: str
    category: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Goal:
    """What somebody set for one partner in the window that starts then: in whole units of the plan currency, or in
    units; it counts as it stands, whenever the partner came."""

    plan_id: str
    component_id: str
    partner_id: str
    window_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """One unit of `base` was worth `rate` units of `quote`. Of one day's rows the highest id counts."""

    id: str
    base: str
    quote: str
    published_on: date
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Version:
    """A published version: in force on [starts_on, ends_on) unless one published later covers the day too."""

    id: str
    number: int
    starts_on: date
    published_at: datetime
    document: PlanDocument
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    id: str
    code: str
    versions: tuple[Version, ...]
    slot: str = "main"


@dataclass(frozen=True, slots=True)
class Assignment:
    """A plan for an audience. `target`: a partner's id, a segment's code, a tier, a type; empty for everyone."""

    plan_id: str
    audience: str
    starts_on: date
    target: str = ""
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything. `closed_at`: when a period was closed; a period that is not in it is open."""

    lines: tuple[SaleLine, ...]
    partners: tuple[Partner, ...]
    products: tuple[Product, ...]
    plans: tuple[Plan, ...]
    assignments: tuple[Assignment, ...]
    rates: tuple[ExchangeRate, ...] = ()
    customers: tuple[Customer, ...] = ()
    protections: tuple[Protection, ...] = ()
    goals: tuple[Goal, ...] = ()
    closed_at: Mapping[Period, datetime] = field(default_factory=dict)
    fiscal_month: int = 1
    new_customer_months: int = 12


def covers(starts_on: date, ends_on: date | None, day: date) -> bool:
    """Whether the day lies in [starts_on, ends_on); None: without end."""
    return starts_on <= day and (ends_on is None or day < ends_on)
