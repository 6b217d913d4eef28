"""The registry of facts about a partner: each room adds what it knows, as SQL that answers for all partners at once.

Promise: a fact has one meaning wherever it is asked: segments, tiers, filters. Called by catalogues (register),
language and compiler (read)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from partners.segments.rules import suits_over
from prm.kit.binding import Binder
from prm.kit.predicates import FactRegistry, FactType
from prm.web.menu import Text

Choices = Callable[[], list[tuple[str, str]]]


@dataclass(frozen=True)
class Term:
    """One thing a fact is measured by: the span of days, a category."""

    name: str
    label: Text
    suits: Callable[[str], bool]
    choices: Choices | None = None
    default: str = ""


@dataclass(frozen=True)
class Asking:
    """For which day a fact is asked, and by which terms; `bind` makes each value a parameter."""

    as_of: date
    terms: Mapping[str, str]
    bind: Binder


@dataclass(frozen=True)
class PartnerFact:
    """`sql(asking)` is a SELECT of (partner_id, value), one row a partner at most; `column` is one of the compiler's
    base instead. Partners without a row have `absent`, an SQL literal. Money is in major units of the programme
    currency; `unit` says how a value is shown: money, percent, days, count, points. `behind_wall`: made of rows that a
    partner's own scope does not show, so it is measured for the vendor alone and never told to partners.
    """

    name: str
    fact_type: FactType
    label: Text
    group: Text
    sql: Callable[[Asking], str] | None = None
    column: str = ""
    absent: str = "NULL"
    unit: str = ""
    terms: tuple[Term, ...] = ()
    choices: Choices | None = None
    hint: Text = ""
    behind_wall: bool = False

    def sql_for(self, asking: Asking, terms: Mapping[str, str]) -> str:
        """The same fact measured by other terms, for a fact that is made of others."""
        assert self.sql is not None
        return self.sql(Asking(asking.as_of, terms, asking.bind))


@dataclass(frozen=True)
class FactFamily:
    """Facts that a tenant makes itself, all with one beginning of their names: `find(rest of the name)` answers one or
    None, `listed()` those that are offered."""

    prefix: str
    find: Callable[[str], PartnerFact | None]
    listed: Callable[[], list[PartnerFact]]


class TenantRegistry(FactRegistry):
    """The registered facts, and those of families as the tenant in context has them."""

    def type_of(self, name: str) -> FactType | None:
        found = _in_families(name)
        return found.fact_type if found else super().type_of(name)


REGISTRY = TenantRegistry()
_facts: dict[str, PartnerFact] = {}
_families: list[FactFamily] = []


def register_fact(fact: PartnerFact) -> None:
    if _facts.setdefault(fact.name, fact) is not fact:
        return
    REGISTRY.register(fact.name, fact.fact_type, {term.name: term.suits for term in fact.terms})


def register_family(family: FactFamily) -> None:
    if family not in _families:
        _families.append(family)


def fact_of(name: str) -> PartnerFact:
    """Raises KeyError for what is not known."""
    return _in_families(name) or _facts[name]


def known_facts() -> list[PartnerFact]:
    return [*_facts.values(), *(fact for family in _families for fact in family.listed())]


def _in_families(name: str) -> PartnerFact | None:
    for family in _families:
        if name.startswith(family.prefix):
            return family.find(name.removeprefix(family.prefix))
    return None


def over_term(label: Text, choices: Choices) -> Term:
    return Term("over", label, suits_over, choices, default="12m")
