"""A predicate as SQL over columns that hold its facts.

Promise: holds and fails exactly as `prm.kit.predicates.first_failure` says; called by plans and segments."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from prm.kit.binding import Binder
from prm.kit.predicates import COMPARISON, Condition, Group, Scalar


@dataclass(frozen=True, slots=True)
class Column:
    """Where a fact stands: an SQL expression, NULL where it is missing; `many` when it is an array of texts."""

    sql: str
    many: bool = False


ColumnOf = Callable[[Condition], Column | None]
_COMPARISONS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def predicate_sql(group: Group | None, bind: Binder, column_of: ColumnOf) -> str:
    """True or false, never NULL. A condition without a column is one whose fact is always missing."""
    if group is None or not group.members:
        return "TRUE"
    joint = " AND " if group.kind == "all" else " OR "
    return f"({joint.join(member_sql(member, bind, column_of) for member in group.members)})"


def member_sql(member: Condition | Group, bind: Binder, column_of: ColumnOf) -> str:
    if isinstance(member, Group):
        return predicate_sql(member, bind, column_of)
    return _holds(member, bind, column_of(member))


def values_of(condition: Condition) -> Sequence[Scalar]:
    return condition.value if isinstance(condition.value, tuple) else (condition.value,)


def _holds(condition: Condition, bind: Binder, column: Column | None) -> str:
    found_is_wanted = condition.op in ("eq", "in")
    if column is None:
        return "FALSE" if found_is_wanted or condition.op in COMPARISON else "TRUE"
    if condition.op in COMPARISON:
        return f"(({column.sql} {_COMPARISONS[condition.op]} {bind(condition.value)}) IS TRUE)"
    values = list(values_of(condition))
    if column.many:
        test = f"{column.sql} && {bind(values)}::text[]"
    else:
        one = len(values) == 1
        test = f"{column.sql} = {bind(values[0])}" if one else f"{column.sql} = ANY ({bind(values)})"
    return f"(({test}) IS {'' if found_is_wanted else 'NOT '}TRUE)"
