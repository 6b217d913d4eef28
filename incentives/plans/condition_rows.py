"""The conditions of a component as rows that people edit, and back: groups within groups, as deep as the language goes.

Promises: what a row says is what the condition asks; a tree that rows cannot say is not edited here. Called by:
plans.form_base, plans.component_fields, plans.component_pages."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from incentives.plans.predicates import CREDIT_FACTS, FactType
from incentives.plans.sentences import FACT_NAMES, OP_WORDS, fact_name
from prm.kit.predicates import MAX_DEPTH, MEMBERSHIP, OPS
from prm.web.forms import yes_no_choices

JOINTS = ("all", "any")
OPEN_FACTS = frozenset({"product", "region", "industry", "source"})  # what is chosen from may lack the value
LINES = re.compile(r"\r?\n")
NAME = re.compile(r"(?P<path>[a-z_]+(?:-\d{1,3})*)-(?P<what>fact|was|op|value|more|joint)")

Choices = Sequence[tuple[str, Any]]
ChoicesOf = Callable[[str], Choices]


class NotShown(ValueError):
    """Rows have no place for it."""


def nothing_to_choose(fact: str) -> Choices:
    return ()


@dataclass
class Row:
    """One condition as it is typed; `path` begins the names of its inputs."""

    path: str
    fact: str = ""
    op: str = ""
    values: list[str] = field(default_factory=list)
    choices_of: ChoicesOf = nothing_to_choose
    error: str = ""
    is_new: bool = False
    is_group = False

    @property
    def fact_type(self) -> FactType | None:
        return CREDIT_FACTS.type_of(self.fact)

    @property
    def ops(self) -> list[tuple[str, Any]]:
        return [(op, OP_WORDS[op]) for op in OPS[self.fact_type]] if self.fact_type else []

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What can be asked: the facts in the order in which sentences know them, then those that rooms above bring."""
        others = [name for name in CREDIT_FACTS.names() if name not in FACT_NAMES]
        return [(name, fact_name(name)) for name in (*FACT_NAMES, *others)]

    @property
    def label(self) -> str:
        return fact_name(self.fact)

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""

    @property
    def is_listed(self) -> bool:
        return self.op in MEMBERSHIP

    @property
    def is_open(self) -> bool:
        return self.fact_type in (FactType.DECIMAL, FactType.DAY) or self.fact in OPEN_FACTS

    @property
    def input_type(self) -> str:
        return "date" if self.fact_type is FactType.DAY else "text"

    @property
    def choices(self) -> list[tuple[str, Any]]:
        """What is chosen comes first, known or not."""
        if self.fact_type is FactType.BOOLEAN:
            return yes_no_choices()
        offered = dict(self.choices_of(self.fact)) if self.fact_type else {}
        chosen = dict.fromkeys(self.values)
        return [(value, offered.get(value, value)) for value in chosen] + [
            (value, label) for value, label in offered.items() if value not in chosen
        ]

    @property
    def suggestions(self) -> Choices:
        return self.choices_of(self.fact)

    def as_json(self) -> dict[str, Any]:
        value: Any = list(self.values) if self.is_listed else self.value
        if self.fact_type is FactType.BOOLEAN:
            value = self.value == "yes"
        return {"fact": self.fact, "op": self.op, "value": value}

    def fault(self) -> str:
        """What is missing, in words; the language judges what is there."""
        if self.fact_type is None:
            return _("Choose what to look at.")
        if not self.values:
            return _("Enter a value.") if self.is_open else _("Choose at least one.")
        return ""


@dataclass
class RowGroup:
    """Conditions and groups of which all must hold, or any."""

    path: str
    joint: str = "all"
    members: list["Row | RowGroup"] = field(default_factory=list)
    is_group = True

    @property
    def depth(self) -> int:
        return self.path.count("-") + 1

    @property
    def takes_groups(self) -> bool:
        return self.depth < MAX_DEPTH

    @property
    def rows(self) -> list[Row]:
        """Every condition of the tree, in reading order."""
        found: list[Row] = []
        for member in self.members:
            found += member.rows if isinstance(member, RowGroup) else [member]
        return found

    def as_json(self) -> dict[str, Any] | None:
        """None where nothing is asked; a group without conditions is left out."""
        written = [member.as_json() for member in self.members]
        told = [one for one in written if one is not None]
        return {self.joint: told} if told else None

    def mark_faults(self) -> bool:
        """Say beside each condition what is missing there; whether anything is."""
        for row in self.rows:
            row.error = row.fault()
        return any(row.error for row in self.rows)

    def mark(self, pointer: Sequence[str], text: str) -> bool:
        """Say it beside the condition that the rest of a JSON pointer leads to, where there is one."""
        shown = [member for member in self.members if not isinstance(member, RowGroup) or member.as_json()]
        match pointer:
            case [joint, place, *rest] if joint == self.joint and place.isdigit() and int(place) < len(shown):
                member = shown[int(place)]
                if isinstance(member, RowGroup):
                    return member.mark(rest, text)
                member.error = text
                return True
        return False


def tree_of(raw: Mapping[str, Any] | None, path: str, choices_of: ChoicesOf = nothing_to_choose) -> RowGroup:
    """The rows of a document's group. Raises `NotShown`; anything of another shape raises what it raises."""
    if raw is None:
        return RowGroup(path)
    ((joint, members),) = raw.items()
    if joint not in JOINTS:
        raise NotShown(joint)
    tree = RowGroup(path, joint)
    for place, member in enumerate(members):
        at = f"{path}-{place}"
        is_group = any(name in member for name in JOINTS)
        tree.members.append(tree_of(member, at, choices_of) if is_group else _row_of(member, at, choices_of))
    return tree


def _row_of(raw: Mapping[str, Any], path: str, choices_of: ChoicesOf) -> Row:
    if set(raw) != {"fact", "op", "value"}:
        raise NotShown(path)
    listed = raw["value"] if raw["op"] in MEMBERSHIP else [raw["value"]]
    row = Row(path, raw["fact"], raw["op"], [_typed(value) for value in listed], choices_of)
    if row.as_json() != raw:
        raise NotShown(path)
    return row


def _typed(value: Any) -> str:
    """As an input gives it back: on one line, without spaces around it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str) or value != value.strip() or LINES.search(value):
        raise NotShown(value)
    return value


def posted_tree(post: Any, path: str, choices_of: ChoicesOf = nothing_to_choose) -> RowGroup:
    """As it was typed, after the button that adds or drops something of it."""
    paths = {match["path"] for match in map(NAME.fullmatch, post) if match}
    return _posted_group(post, path, paths, choices_of)


def _posted_group(post: Any, path: str, paths: set[str], choices_of: ChoicesOf) -> RowGroup:
    step, joint = post.get("step", ""), post.get(f"{path}-joint", "all")
    group = RowGroup(path, joint if joint in JOINTS else "all")
    numbers = sorted(_numbers(path, paths))
    for number in numbers:
        at = f"{path}-{number}"
        if step == f"drop:{at}":
            continue
        if f"{at}-fact" in post:
            group.members.append(_posted_row(post, at, choices_of))
        elif group.takes_groups:
            group.members.append(_posted_group(post, at, paths, choices_of))
    free = f"{path}-{numbers[-1] + 1 if numbers else 0}"
    if step == f"add:{path}":
        group.members.append(Row(free, choices_of=choices_of, is_new=True))
    if step == f"add-group:{path}" and group.takes_groups:
        rows: list[Row | RowGroup] = [Row(f"{free}-0", choices_of=choices_of, is_new=True)]
        group.members.append(RowGroup(free, "any" if group.joint == "all" else "all", rows))
    return group


def _numbers(path: str, paths: set[str]) -> Iterator[int]:
    """Of the members right below the path."""
    for number in {
        below.removeprefix(f"{path}-").split("-")[0] for below in paths if below.startswith(f"{path}-")
    }:
        yield int(number)


def _posted_row(post: Any, path: str, choices_of: ChoicesOf) -> Row:
    """Values of a fact that was another one when they were chosen are gone with it."""
    row = Row(path, post.get(f"{path}-fact", ""), post.get(f"{path}-op", ""), choices_of=choices_of)
    if row.fact_type is None:
        return row
    if row.op not in dict(row.ops):
        row.op = "in" if "in" in dict(row.ops) else row.ops[0][0]
    if post.get(f"{path}-was", row.fact) != row.fact:
        return row
    typed = [*post.getlist(f"{path}-value"), *LINES.split(post.get(f"{path}-more", ""))]
    row.values = list(dict.fromkeys(value.strip() for value in typed if value.strip()))
    if row.fact_type is FactType.DECIMAL:
        row.values = [value.replace(",", ".").replace("\u00a0", "").replace(" ", "") for value in row.values]
    return row
