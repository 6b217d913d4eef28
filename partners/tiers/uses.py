"""Where the name of a tier is said: rules of segments and tiers, and what rooms above say of theirs.

Promise: what would go on asking for a name that nobody has any more is named before it is changed.
Called by: tiers actions and presentation; catalogues of rooms above (offer_tier_uses)."""

from collections.abc import Callable

from django.urls import reverse

from partners.segments.queries import Use, segments_whose_rule_names
from partners.segments.rules import values_asked
from partners.tiers.models import Tier

TIER_FACT = "tier"
UsesOfTier = Callable[[str], list[Use]]
_uses: list[UsesOfTier] = []


def offer_tier_uses(uses_of: UsesOfTier) -> None:
    """`uses_of(name)` answers what of a room says the name of a tier."""
    if uses_of not in _uses:
        _uses.append(uses_of)


def uses_of_tier(name: str) -> list[Use]:
    segments = [
        Use(one.name, reverse("segment-detail", args=[one.id]))
        for one in segments_whose_rule_names(TIER_FACT, name)
    ]
    return [*segments, *tiers_asking(TIER_FACT, name), *(use for offered in _uses for use in offered(name))]


def tiers_asking(fact: str, value: str) -> list[Use]:
    """Tiers whose rule compares a fact with a value."""
    rows = Tier.objects.order_by("rank")
    return [
        Use(tier.name, reverse("tier-edit", args=[tier.id]))
        for tier in rows
        if value in values_asked(tier.rule, fact)
    ]
