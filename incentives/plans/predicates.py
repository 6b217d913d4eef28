"""The facts of a credit that `where` and `measure_where` may ask for (money.md 3 "Conditions of where").

Promise: a fact is known here or the document is refused; called by the language, the reference and the SQL compiler."""

from prm.kit.predicates import FactRegistry, FactType, Failure

__all__ = ["CREDIT_FACTS", "UNTOLD_FACTS", "FactType", "Told", "register_fact", "told_failure"]

Told = dict[str, str]
"""A condition that failed, as outcomes and standings keep it: fact, op, value and what it was (`actual`)."""

CREDIT_FACTS = FactRegistry(
    {
        "product": FactType.TEXT,  # the product's code
        "category": FactType.TEXT,  # the code of its category
        "source": FactType.TEXT,  # of the line
        "industry": FactType.TEXT,  # the end customer's
        "customer_is_new": FactType.BOOLEAN,
        "deal_is_registered": FactType.BOOLEAN,  # somebody's protection covers customer, product line and day
        # The partner's, as of the date of the sale; compared exactly.
        "partner": FactType.TEXT,  # its code
        "partner_type": FactType.TEXT,
        "region": FactType.TEXT,
        "country": FactType.TEXT,
        "tier": FactType.TEXT,
        "segment": FactType.TEXTS,  # the codes of those it was in
        "certificate": FactType.TEXTS,  # the codes of the courses in which somebody of it was certified
    }
)

# An outcome is read by its partner: which segments the vendor has it in is not told, nor that a rival holds the deal.
UNTOLD_FACTS = frozenset({"segment", "deal_is_registered"})


def register_fact(name: str, fact_type: FactType) -> None:
    """For a room above that brings a fact; the loader of facts must then fill it for every credit."""
    CREDIT_FACTS.register(name, fact_type)


def told_failure(failure: Failure) -> Told:
    condition, actual = failure.condition, failure.actual
    shown = (
        ", ".join(sorted(actual)) if isinstance(actual, frozenset) else "" if actual is None else str(actual)
    )
    wanted = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    return {
        "fact": condition.fact,
        "op": condition.op,
        "value": ", ".join(str(item) for item in wanted),
        "actual": "" if condition.fact in UNTOLD_FACTS else shown,
    }
