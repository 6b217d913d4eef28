"""`{% builder_rows builder %}`: the rows of the rule builder with the facts to choose from; called by templates."""

from typing import Any

from django import template

from partners.segments.builder import Builder
from partners.segments.facts import PartnerFact, known_facts
from prm.tenancy.queries import current_tenant

register = template.Library()


@register.inclusion_tag("components/builder.html")
def builder_rows(builder: Builder) -> dict[str, Any]:
    groups: dict[str, list[PartnerFact]] = {}
    for fact in known_facts():
        groups.setdefault(str(fact.group), []).append(fact)
    return {"builder": builder, "fact_groups": list(groups.items()), "currency": current_tenant().currency}
