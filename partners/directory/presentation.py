"""What the directory's pages show of a partner besides its own columns.

Promise: names from behind the portfolio wall are not shown; called by directory.{console,portal}."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.directory import queries, tree
from partners.directory.extras import extra_cells, extra_columns, trail_words
from partners.directory.models import Partner, PartnerStatus, PartnerType
from prm.accounts.actor import Actor
from prm.audit.queries import list_records_about
from prm.comments.presentation import talk_about
from prm.comments.queries import list_comments
from prm.comments.timeline import ASKED, timeline_of
from prm.web.forms import reader_countries
from prm.web.history import Step, steps_of

FILE_HEADER = [
    _("Number"),
    _("Code"),
    pgettext_lazy("record", "Name"),
    _("Legal name"),
    _("Tax id"),
    _("Type"),
    _("Country"),
    _("Region"),
    _("Tier"),
    _("Status"),
    _("Channel manager's e-mail"),
    _("Joined on"),
    _("Website"),
]
ROWS_AT_ONCE = 1_000
FIELD_LABELS = {
    "code": _("Code"),
    "name": pgettext_lazy("record", "Name"),
    "legal_name": _("Legal name"),
    "tax_id": _("Tax id"),
    "partner_type": _("Type"),
    "country": _("Country"),
    "region": _("Region"),
    "tier": _("Tier"),
    "status": _("Status"),
    "joined_on": _("Joined on"),
    "website": _("Website"),
    "manager": _("Channel manager"),
    "parent": _("Partner above"),
    "starts_on": pgettext_lazy("date", "From"),
    "standing_from": _("Counts from"),
    "contact": pgettext_lazy("person", "Name"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "position": _("Position"),
    "survivor": _("Merged into"),
    "merged": _("Partner that was merged"),
    "industries": _("Industries"),
    "specialisations": _("Specialisations"),
    "languages": _("Languages"),
    "territories": _("Regions served"),
    "custom": _("Custom fields"),
    "document": _("Document"),
    "valid_until": _("Valid until"),
    "about": _("About the company"),
    "until": _("Until"),
}
VALUE_LABELS = {"partner_type": dict(PartnerType.choices), "status": dict(PartnerStatus.choices)}
KINDS = {"comment": _("Comments"), "event": _("Events"), "change": _("Changes")}
RELATED = (("sale-list", "sales.view", _("Sales")), ("entry-list", "earnings.view", _("Earnings")))


@dataclass(frozen=True)
class Link:
    """One link of the tree as a reader may see it; `partner` is None behind the wall."""

    partner: Partner | None
    starts_on: date
    ends_on: date | None
    today: bool


@dataclass(frozen=True)
class PlaceInTree:
    """Who stands above and below, today and before."""

    above: list[Link]
    below: list[Link]

    @property
    def parent(self) -> Link | None:
        return next((link for link in self.above if link.today), None)

    @property
    def children(self) -> list[Link]:
        return [link for link in self.below if link.today]

    @property
    def past_children(self) -> list[Link]:
        return [link for link in self.below if not link.today]


def place_in_tree(actor: Actor, partner: Partner, today: date) -> PlaceInTree:
    above, below = tree.list_parent_links(partner.id), tree.list_child_links(partner.id)
    others = [link.parent for link in above] + [link.partner for link in below]
    seen = _seen_ids(actor, others)

    def shown(other: Partner, starts_on: date, ends_on: date | None) -> Link:
        current = starts_on <= today and (ends_on is None or today < ends_on)
        return Link(other if other.id in seen else None, starts_on, ends_on, current)

    return PlaceInTree(
        [shown(link.parent, link.starts_on, link.ends_on) for link in above],
        [shown(link.partner, link.starts_on, link.ends_on) for link in below],
    )


def _seen_ids(actor: Actor, others: Sequence[Partner]) -> set[object]:
    if not others:
        return set()
    wanted = {other.id for other in others}
    return set(queries.visible_partners(actor).filter(id__in=wanted).values_list("id", flat=True))


def history_of(actor: Actor, partner: Partner, before: datetime | None = None) -> list[Step]:
    """Behind the portfolio wall moves are told without names: the links by date show those that may be seen."""
    untold = {"parent"} if actor.has_portfolio_wall else set()
    more = trail_words()
    labels = {name: label for name, label in {**FIELD_LABELS, **more.labels}.items() if name not in untold}
    records = list_records_about(partner.id, limit=ASKED, before=before)
    return steps_of(records, labels, {**VALUE_LABELS, **more.values, "country": reader_countries()})


def conversation_of(actor: Actor, partner: Partner, *, kind: str = "", before: str = "") -> dict[str, Any]:
    """The comments of a partner and a page of the one timeline of everything, before an instant: for a partner's people
    what is shared alone."""
    until = _instant(before)
    shown = kind if kind in KINDS else ""
    timeline = timeline_of(
        "partner",
        actor,
        partner.id,
        steps=[] if actor.is_partner else history_of(actor, partner, until),
        comments=list_comments(actor, "partner", partner.id, before=until),
        kind=shown,
        before=until,
    )
    return {
        "talk": talk_about(actor, "partner", partner.id),
        "moments": timeline.moments,
        "older": timeline.older.isoformat() if timeline.older else "",
        "is_older": until is not None,
        "kind": shown,
        "kinds": KINDS,
    }


def _instant(told: str) -> datetime | None:
    """As a link of our own says it; anything else is none."""
    try:
        found = datetime.fromisoformat(told)
    except ValueError:
        return None
    return found if found.tzinfo else None


def related_pages(actor: Actor, partner: Partner) -> list[dict[str, object]]:
    """Lists of other rooms narrowed to this partner, as far as they are there and the reader may open them."""
    pages: list[dict[str, object]] = []
    for url_name, permission, label in RELATED:
        try:
            url = reverse(url_name)
            allowed = actor.can(permission)
        except (NoReverseMatch, KeyError):  # a programme may run without that room
            continue
        if allowed:
            pages.append({"label": label, "url": f"{url}?partner={partner.id}"})
    return pages


def file_header() -> list[str]:
    return [*(str(name) for name in FILE_HEADER), *(str(column.label) for column in extra_columns())]


def file_rows(partners: QuerySet[Partner]) -> Iterator[list[object]]:
    """A row for each partner with what rooms above know of it, some thousand partners at a time."""
    keys = [column.key for column in extra_columns()]
    for portion in batched(partners.iterator(chunk_size=ROWS_AT_ONCE), ROWS_AT_ONCE):
        more = extra_cells([partner.id for partner in portion])
        for partner in portion:
            yield [*_file_row(partner), *(more[partner.id].get(key, "") for key in keys)]


def batched(rows: Iterator[Partner], size: int) -> Iterator[list[Partner]]:
    while portion := list(islice(rows, size)):
        yield portion


def _file_row(partner: Partner) -> list[object]:
    return [
        f"P-{partner.number}", partner.code, partner.name, partner.legal_name, partner.tax_id,
        partner.get_partner_type_display(), partner.country, partner.region, partner.tier, partner.get_status_display(),
        partner.manager.user.email if partner.manager else "", partner.joined_on.isoformat(), partner.website,
    ]  # fmt: skip
