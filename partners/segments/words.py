"""Rules and measured facts in the reader's language.

Promise: says what the rule says, nothing more; called by pages of segments and tiers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from partners.segments.facts import PartnerFact, fact_of
from partners.segments.spans import span_words
from prm.kit.currencies import exponent_of
from prm.kit.predicates import Condition, FactType, Group, Scalar
from prm.tenancy.queries import current_tenant
from prm.web import format as formats

OP_WORDS = {
    "eq": gettext_lazy("is"),
    "ne": gettext_lazy("is not"),
    "in": gettext_lazy("is one of"),
    "not_in": gettext_lazy("is none of"),
    "gt": gettext_lazy("is above"),
    "gte": gettext_lazy("is at least"),
    "lt": gettext_lazy("is below"),
    "lte": gettext_lazy("is at most"),
}
DAY_WORDS = {
    **OP_WORDS,
    "gt": gettext_lazy("is after"),
    "gte": gettext_lazy("is on or after"),
    "lt": gettext_lazy("is before"),
    "lte": gettext_lazy("is on or before"),
}


@dataclass(frozen=True)
class SaidGroup:
    """`joint` is "all" or "any"; members are sentences or groups."""

    joint: str
    members: list[Any]

    @property
    def heading(self) -> str:
        return _("All of these hold:") if self.joint == "all" else _("At least one of these holds:")


@dataclass(frozen=True)
class SaidFact:
    """A measured fact: what it is, and what came out."""

    label: str
    value: str


class RuleWords:
    """One reader's words: choices of facts and the tenant's currency are read once per page."""

    def __init__(self) -> None:
        self._currency = current_tenant().currency
        self._choices: dict[str, Mapping[str, str]] = {}

    def group(self, rule: Group) -> SaidGroup:
        members = [self.group(m) if isinstance(m, Group) else self.condition(m) for m in rule.members]
        return SaidGroup(rule.kind, members)

    def condition(self, condition: Condition) -> str:
        fact = fact_of(condition.fact)
        words = DAY_WORDS if fact.fact_type is FactType.DAY else OP_WORDS
        wanted = condition.value if isinstance(condition.value, tuple) else (condition.value,)
        shown = ", ".join(self.value(fact, value) for value in wanted)
        return f"{self.label(fact, dict(condition.terms))} {words[condition.op]} {shown}"

    def facts(self, told: list[dict[str, Any]]) -> list[SaidFact]:
        """Stored facts ([{"fact", "with", "value"}]) in words; one that is no longer known is left out."""
        found = []
        for entry in told:
            try:
                fact = fact_of(entry["fact"])
            except KeyError:
                continue
            found.append(
                SaidFact(self.label(fact, entry.get("with", {})), self._stored(fact, entry["value"]))
            )
        return found

    def label(self, fact: PartnerFact, terms: Mapping[str, str]) -> str:
        parts = [
            span_words(value) if name == "over" else self._term(fact, name, value)
            for name, value in terms.items()
        ]
        return f"{fact.label} ({', '.join(parts)})" if parts else str(fact.label)

    def value(self, fact: PartnerFact, value: Scalar | None) -> str:
        if value is None:
            return _("unknown")
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, date):
            return formats.day(value)
        if isinstance(value, Decimal):
            return self._measured(fact.unit, value)
        return self._names(fact.name, fact.choices).get(value, value) or "—"

    def _measured(self, unit: str, value: Decimal) -> str:
        if unit == "money":
            minor = int(value.scaleb(exponent_of(self._currency)).to_integral_value())
            return formats.money(minor, self._currency)
        if unit == "percent":
            return formats.percent(round(value, 1) / 100)
        if unit == "days":
            return ngettext("%(n)s day", "%(n)s days", int(value)) % {"n": formats.quantity(value)}
        return formats.quantity(value)

    def _stored(self, fact: PartnerFact, value: Any) -> str:
        if value is None:
            return _("unknown")
        if isinstance(value, list):
            names = self._names(fact.name, fact.choices)
            return ", ".join(names.get(one, one) for one in value) or "—"
        if fact.fact_type is FactType.DECIMAL:
            return self.value(fact, Decimal(value))
        return self.value(fact, date.fromisoformat(value) if fact.fact_type is FactType.DAY else value)

    def _term(self, fact: PartnerFact, name: str, value: str) -> str:
        term = next((term for term in fact.terms if term.name == name), None)
        return self._names(f"{fact.name}/{name}", term.choices if term else None).get(value, value)

    def _names(self, key: str, choices: Any) -> Mapping[str, str]:
        if key not in self._choices:
            self._choices[key] = {code: str(label) for code, label in choices()} if choices else {}
        return self._choices[key]
