"""`where` as SQL over the working table of credits (money.md 3 "Conditions of where").

Promise: holds and fails exactly as `prm.kit.predicates.first_failure` says; called by the compiler's parts."""

from collections.abc import Sequence
from decimal import Decimal

from incentives.plans.predicates import CREDIT_FACTS, FactType
from incentives.plans.statements import Binder
from prm.kit.predicates import COMPARISON, Condition, Group, Scalar

# Columns of calc_credit (alias c); an unknown fact is NULL there.
COLUMNS: dict[str, str] = {
    "product": "c.product_code",
    "category": "c.category_code",
    "source": "c.source",
    "industry": "c.industry",
    "customer_is_new": "c.customer_is_new",
    "partner": "c.partner_code",
    "partner_type": "c.partner_type",
    "region": "c.region",
    "country": "c.country",
    "tier": "c.tier",
}
_COMPARISONS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


class FactWithoutColumn(LookupError):
    """A registered fact that the working table of credits does not carry."""

    code = "fact_without_column"


def condition_sql(group: Group | None, bind: Binder) -> str:
    """True or false, never NULL."""
    if group is None or not group.members:
        return "TRUE"
    joint = " AND " if group.kind == "all" else " OR "
    return f"({joint.join(_member_sql(member, bind) for member in group.members)})"


def failure_sql(group: Group, bind: Binder) -> str:
    """The first failed condition in reading order, as the JSON that an outcome keeps. Asked where the group fails."""
    if group.kind == "any" or len(group.members) == 1:
        return _member_failure(group.members[0], bind)
    branches = [
        f"WHEN NOT {_member_sql(member, bind)} THEN {_member_failure(member, bind)}"
        for member in group.members
    ]
    return f"CASE {' '.join(branches)} END"


def _member_sql(member: Condition | Group, bind: Binder) -> str:
    return condition_sql(member, bind) if isinstance(member, Group) else _holds(member, bind)


def _member_failure(member: Condition | Group, bind: Binder) -> str:
    return failure_sql(member, bind) if isinstance(member, Group) else _as_json(member, bind)


def _holds(condition: Condition, bind: Binder) -> str:
    column = _column(condition.fact)
    found_is_wanted = condition.op in ("eq", "in")
    if column is None:
        return "FALSE" if found_is_wanted or condition.op in COMPARISON else "TRUE"
    if condition.op in COMPARISON:
        return f"(({column} {_COMPARISONS[condition.op]} {bind(condition.value)}) IS TRUE)"
    values = list(_values(condition))
    test = f"{column} = {bind(values[0])}" if len(values) == 1 else f"{column} = ANY ({bind(values)})"
    return f"(({test}) IS {'' if found_is_wanted else 'NOT '}TRUE)"


def _values(condition: Condition) -> Sequence[Scalar]:
    return condition.value if isinstance(condition.value, tuple) else (condition.value,)


def _column(fact: str) -> str | None:
    """None: several values may be held at once, and no room of this release holds any."""
    if CREDIT_FACTS.type_of(fact) is FactType.TEXTS:
        return None
    if fact not in COLUMNS:
        raise FactWithoutColumn(fact)
    return COLUMNS[fact]


def _as_json(condition: Condition, bind: Binder) -> str:
    shown = ", ".join(str(value) for value in _values(condition))
    column = _column(condition.fact)
    if column is None:
        actual = "''"
    elif isinstance(_values(condition)[0], bool):
        actual = f"CASE WHEN {column} THEN 'True' ELSE 'False' END"
    elif isinstance(_values(condition)[0], Decimal):
        actual = f"coalesce(trim_scale({column})::text, '')"
    else:
        actual = f"coalesce({column}, '')"
    named = f"'fact', {bind(condition.fact)}::text, 'op', {bind(condition.op)}::text"
    return f"jsonb_build_object({named}, 'value', {bind(shown)}::text, 'actual', {actual})"
