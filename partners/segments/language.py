"""A rule as it comes in: read against the registry, or refused with every fault at its place.

Promise: a rule that is stored can be compiled; called by actions, forms and serializers, tiers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from partners.segments.facts import REGISTRY
from prm.kit.predicates import MESSAGES, Group, read_predicate


@dataclass(frozen=True)
class RuleFault:
    """`pointer` is the JSON pointer inside the rule, beginning with the name of its field."""

    pointer: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def message(self) -> str:
        return _(MESSAGES[self.code]) % self.params


class RuleInvalid(Exception):
    """The rule cannot be used; `faults` say where and why."""

    code = "rule_invalid"
    field = "rule"

    def __init__(self, faults: list[RuleFault]) -> None:
        super().__init__("; ".join(fault.code for fault in faults))
        self.faults = faults

    @property
    def message(self) -> str:
        return " ".join(fault.message for fault in self.faults)


def read_rule(raw: Any, pointer: str = "/rule") -> Group:
    """Raises `RuleInvalid` with every fault."""
    faults: list[RuleFault] = []

    def report(at: str, code: str, params: Mapping[str, object]) -> None:
        faults.append(RuleFault(at, code, params))

    rule = read_predicate(raw, pointer, REGISTRY, report)
    if rule is None:
        raise RuleInvalid(faults)
    return rule
