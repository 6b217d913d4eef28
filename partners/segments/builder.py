"""The rule builder: a rule as rows that people edit, and back.

Promise: what a row says is what the rule asks; a rule that rows cannot show is not edited here. Two levels: groups of
conditions, joined by "all" or "any". Called by segments and tiers pages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from partners.segments.facts import PartnerFact, fact_of
from partners.segments.language import RuleFault, RuleInvalid, read_rule
from partners.segments.words import DAY_WORDS, OP_WORDS
from prm.kit.predicates import Condition, FactType, Group, conditions_of, predicate_as_json
from prm.web import format as formats
from prm.web.forms import yes_no_choices

JOINTS = ("all", "any")
OFFERED_OPS = {
    FactType.DECIMAL: ("gte", "gt", "lt", "lte", "eq"),
    FactType.DAY: ("gte", "lt", "eq"),
    FactType.TEXT: ("in", "not_in"),
    FactType.TEXTS: ("in", "not_in"),
    FactType.BOOLEAN: ("eq",),
}


@dataclass
class Row:
    """One condition as it is typed; `prefix` begins the names of its inputs."""

    prefix: str
    fact: str = ""
    op: str = ""
    values: list[str] = field(default_factory=list)
    terms: dict[str, str] = field(default_factory=dict)
    error: str = ""

    @cached_property
    def known(self) -> PartnerFact | None:
        try:
            return fact_of(self.fact)
        except KeyError:
            return None

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""

    @property
    def ops(self) -> list[tuple[str, Any]]:
        if self.known is None:
            return []
        words = DAY_WORDS if self.known.fact_type is FactType.DAY else OP_WORDS
        return [(op, words[op]) for op in OFFERED_OPS[self.known.fact_type]]

    @property
    def asked_terms(self) -> list[dict[str, Any]]:
        """Each term of the fact with its choices and what was chosen."""
        return [
            {
                "term": term,
                "chosen": self.terms.get(term.name) or term.default,
                "choices": term.choices() if term.choices else [],
            }
            for term in (self.known.terms if self.known else ())
        ]

    @property
    def choices(self) -> list[tuple[str, str]] | None:
        """What can be chosen, or None where the value is typed."""
        fact = self.known
        if fact is None:
            return None
        if fact.fact_type is FactType.BOOLEAN:
            return [(code, str(label)) for code, label in yes_no_choices()]
        return fact.choices() if fact.choices else None

    @property
    def many(self) -> bool:
        return self.known is not None and self.known.fact_type in (FactType.TEXT, FactType.TEXTS)

    @property
    def input_type(self) -> str:
        return "date" if self.known is not None and self.known.fact_type is FactType.DAY else "text"


@dataclass
class RowGroup:
    prefix: str
    joint: str
    rows: list[Row]


@dataclass
class Builder:
    """The whole form: `joint` joins the groups."""

    joint: str
    groups: list[RowGroup]

    @classmethod
    def empty(cls) -> "Builder":
        return cls("all", [RowGroup("g0", "all", [Row("g0-c0")])])

    @classmethod
    def of_rule(cls, raw: Mapping[str, Any]) -> "Builder | None":
        """None where the rule is nested deeper than rows can show."""
        rule = read_rule(raw)
        groups = [member for member in rule.members if isinstance(member, Group)]
        if any(isinstance(member, Group) for group in groups for member in group.members):
            return None
        plain = tuple(member for member in rule.members if isinstance(member, Condition))
        parts = ([Group(rule.kind, plain)] if plain else []) + groups
        return cls(rule.kind, [_group_of(part, f"g{place}") for place, part in enumerate(parts)])

    @classmethod
    def of_post(cls, post: Any) -> "Builder":
        """As it was typed, after the button that adds or drops a row."""
        step = post.get("step", "")
        groups = []
        for number in _numbers(post, "g"):
            group = _posted_group(post, f"g{number}", step)
            if group.rows or f"{group.prefix}-joint" == step:
                groups.append(group)
        joint = post.get("joint", "all")
        if step == "add-group" or not groups:
            prefix = f"g{max(_numbers(post, 'g'), default=-1) + 1}"
            groups.append(RowGroup(prefix, "all", [Row(f"{prefix}-c0")]))
        return cls(joint if joint in JOINTS else "all", groups)

    def rule(self) -> dict[str, Any]:
        """The rule as JSON. Raises `RuleInvalid` where a row is not complete."""
        faults = [fault for group in self.groups for row in group.rows for fault in _faults_of(row)[1]]
        if faults:
            raise RuleInvalid(faults)
        parts = [{group.joint: [_condition(row) for row in group.rows]} for group in self.groups]
        raw = parts[0] if len(parts) == 1 else {self.joint: parts}
        return predicate_as_json(read_rule(raw))

    def mark_faults(self) -> None:
        """Say beside each row what is wrong with it."""
        for group in self.groups:
            for row in group.rows:
                row.error = _faults_of(row)[0]


def _group_of(group: Group, prefix: str) -> RowGroup:
    rows = [_row_of(condition, f"{prefix}-c{place}") for place, condition in enumerate(conditions_of(group))]
    return RowGroup(prefix, group.kind, rows)


def _row_of(condition: Condition, prefix: str) -> Row:
    op = {"eq": "in", "ne": "not_in"}.get(condition.op, condition.op)
    raw = predicate_as_json(Group("all", (condition,)))["all"][0]
    values = raw["value"] if isinstance(raw["value"], list) else [raw["value"]]
    row = Row(prefix, condition.fact, op, [_typed(value) for value in values], dict(condition.terms))
    if row.known and row.known.fact_type is FactType.DECIMAL:
        row.values = [_grouped(value) for value in row.values]
    if not row.many:
        row.op = condition.op
    return row


def _typed(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _numbers(post: Any, letter: str, prefix: str = "") -> list[int]:
    found = set()
    for name in post:
        part = name.removeprefix(prefix).split("-")[0] if name.startswith(prefix) else ""
        if part[:1] == letter and part[1:].isdecimal():
            found.add(int(part[1:]))
    return sorted(found)


def _posted_group(post: Any, prefix: str, step: str) -> RowGroup:
    numbers = _numbers(post, "c", f"{prefix}-")
    rows = [
        _posted_row(post, f"{prefix}-c{number}") for number in numbers if step != f"drop:{prefix}-c{number}"
    ]
    if step == f"add:{prefix}":
        rows.append(Row(f"{prefix}-c{max(numbers, default=-1) + 1}"))
    joint = post.get(f"{prefix}-joint", "all")
    return RowGroup(prefix, joint if joint in JOINTS else "all", rows)


def _posted_row(post: Any, prefix: str) -> Row:
    row = Row(prefix, post.get(f"{prefix}-fact", ""), post.get(f"{prefix}-op", ""))
    if row.ops and row.op not in dict(row.ops):
        row.op = row.ops[0][0]
    row.values = [value.strip() for value in post.getlist(f"{prefix}-value") if value.strip()]
    row.terms = {
        term["term"].name: post.get(f"{prefix}-with-{term['term'].name}", term["term"].default)
        for term in row.asked_terms
    }
    return row


def _faults_of(row: Row) -> tuple[str, list[RuleFault]]:
    """What is missing in words, and the faults; the language judges what is there."""
    if row.known is None:
        return _("Choose what to look at."), [RuleFault(row.prefix, "fact_unknown", {"fact": row.fact})]
    if not row.values:
        said = _("Choose at least one.") if row.choices else _("Enter a value.")
        return said, [RuleFault(row.prefix, "value_invalid", {"fact": row.fact})]
    try:
        read_rule({"all": [_condition(row)]})
    except RuleInvalid as invalid:
        said = _value_error(row) if invalid.faults[0].code == "value_invalid" else invalid.message
        return said, invalid.faults
    return "", []


def _value_error(row: Row) -> str:
    if row.input_type == "date":
        return _("Enter a date such as 2026-01-31.")
    return _("Enter a number such as 150000 or −20.")


def _condition(row: Row) -> dict[str, Any]:
    terms = {"with": row.terms} if row.terms else {}
    return {"fact": row.fact, **terms, "op": row.op, "value": _value(row)}


def _value(row: Row) -> Any:
    assert row.known is not None
    if row.many:
        return row.values
    if row.known.fact_type is FactType.BOOLEAN:
        return row.value == "yes"
    return _plain_number(row.value) if row.known.fact_type is FactType.DECIMAL else row.value


def _grouped(number: str) -> str:
    """As the reader's language writes it, where that is read back as the same number."""
    said = formats.quantity(Decimal(number))
    return said if Decimal(_plain_number(said)) == Decimal(number) else number


def _plain_number(typed: str) -> str:
    """ "150 000,5" and "−20" as the language writes them; what is no number stays as it was typed."""
    text = "".join(typed.split()).replace("\u00a0", "").replace("−", "-")
    if text.count(",") == 1 and "." not in text and len(text.split(",")[1]) != 3:  # noqa: PLR2004 - 1,000 is a thousand
        return text.replace(",", ".")
    return text.replace(",", "")
