"""`where` as SQL over the working table of credits (money.md 3 "Conditions of where").

Promise: holds and fails exactly as `prm.kit.predicates.first_failure` says; called by the compiler's parts."""

from decimal import Decimal

from incentives.plans.predicates import CREDIT_FACTS, UNTOLD_FACTS, FactType
from prm.kit.binding import Binder
from prm.kit.predicate_sql import Column, member_sql, predicate_sql, values_of
from prm.kit.predicates import Condition, Group

# Columns of calc_credit (alias c); an unknown fact is NULL there, and so is a fact of several texts where none is held.
COLUMNS: dict[str, str] = {
    "product": "c.product_code",
    "category": "c.category_code",
    "source": "c.source",
    "industry": "c.industry",
    "customer_is_new": "c.customer_is_new",
    "deal_is_registered": "c.deal_is_registered",
    "partner": "c.partner_code",
    "partner_type": "c.partner_type",
    "region": "c.region",
    "country": "c.country",
    "tier": "c.tier",
    "segment": "c.segments",
    "certificate": "c.certificates",
}


class FactWithoutColumn(LookupError):
    """A registered fact that the working table of credits does not carry."""

    code = "fact_without_column"


def condition_sql(group: Group | None, bind: Binder) -> str:
    """True or false, never NULL."""
    return predicate_sql(group, bind, _column_of)


def failure_sql(group: Group, bind: Binder) -> str:
    """The first failed condition in reading order, as the JSON that an outcome keeps. Asked where the group fails."""
    if group.kind == "any" or len(group.members) == 1:
        return _member_failure(group.members[0], bind)
    branches = [
        f"WHEN NOT {member_sql(member, bind, _column_of)} THEN {_member_failure(member, bind)}"
        for member in group.members
    ]
    return f"CASE {' '.join(branches)} END"


def _member_failure(member: Condition | Group, bind: Binder) -> str:
    return failure_sql(member, bind) if isinstance(member, Group) else _as_json(member, bind)


def _column_of(condition: Condition) -> Column:
    if condition.fact not in COLUMNS:
        raise FactWithoutColumn(condition.fact)
    return Column(COLUMNS[condition.fact], many=CREDIT_FACTS.type_of(condition.fact) is FactType.TEXTS)


def _as_json(condition: Condition, bind: Binder) -> str:
    shown = ", ".join(str(value) for value in values_of(condition))
    column = _column_of(condition).sql
    if condition.fact in UNTOLD_FACTS:
        actual = "''"
    elif CREDIT_FACTS.type_of(condition.fact) is FactType.TEXTS:
        actual = f"coalesce(array_to_string({column}, ', '), '')"
    elif isinstance(values_of(condition)[0], bool):
        actual = f"CASE WHEN {column} THEN 'True' ELSE 'False' END"
    elif isinstance(values_of(condition)[0], Decimal):
        actual = f"coalesce(trim_scale({column})::text, '')"
    else:
        actual = f"coalesce({column}, '')"
    named = f"'fact', {bind(condition.fact)}::text, 'op', {bind(condition.op)}::text"
    return f"jsonb_build_object({named}, 'value', {bind(shown)}::text, 'actual', {actual})"
