"""The tree around one partner as of a day, for the vendor's staff: the way up, and everybody below.

Promise: names from behind the portfolio wall are not shown, their places are; called by directory.{tree_pages,api}."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from partners.directory.models import Partner, PartnerParent
from partners.directory.queries import visible_partners
from partners.directory.tree import links_on
from prm.accounts.actor import Actor


@dataclass
class Branch:
    """A partner of the tree (None behind the wall), since when it stands where it stands, and who is right below."""

    partner: Partner | None
    since: date | None
    below: list["Branch"] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How many stand below, at whatever depth."""
        return sum(1 + branch.size for branch in self.below)


@dataclass(frozen=True)
class TreeOn:
    """`above` from the top down to who stands right above; `root` is the partner itself with those below it."""

    above: list[Branch]
    root: Branch


def tree_on(actor: Actor, partner: Partner, on: date) -> TreeOn:
    """In two queries, whatever the size of the tree."""
    links = {link.partner_id: link for link in links_on(on)}
    children: defaultdict[UUID, list[PartnerParent]] = defaultdict(list)
    for link in links.values():
        children[link.parent_id].append(link)
    seen = {
        row.id: row for row in visible_partners(actor).filter(id__in=_around(partner.id, links, children))
    }
    above: list[Branch] = []
    here: UUID | None = links[partner.id].parent_id if partner.id in links else None
    while here is not None:
        above.insert(0, Branch(seen.get(here), links[here].starts_on if here in links else None))
        here = links[here].parent_id if here in links else None
    since = links[partner.id].starts_on if partner.id in links else None
    return TreeOn(above, Branch(partner, since, _below(partner.id, children, seen)))


def _around(
    partner_id: UUID, links: dict[UUID, PartnerParent], children: dict[UUID, list[PartnerParent]]
) -> set[UUID]:
    """Who stands above and below: no day's tree has a circle."""
    around: set[UUID] = set()
    here = partner_id
    while here in links:
        here = links[here].parent_id
        around.add(here)
    waiting = [partner_id]
    while waiting:
        found = [link.partner_id for link in children.get(waiting.pop(), ())]
        around.update(found)
        waiting += found
    return around


def _below(
    partner_id: UUID, children: dict[UUID, list[PartnerParent]], seen: dict[UUID, Partner]
) -> list[Branch]:
    """By name; those behind the wall last."""
    branches = [
        Branch(seen.get(link.partner_id), link.starts_on, _below(link.partner_id, children, seen))
        for link in children.get(partner_id, ())
    ]
    return sorted(
        branches, key=lambda branch: (not branch.partner, branch.partner and branch.partner.name_key)
    )
