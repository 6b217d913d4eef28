"""What of the directory follows a merged partner: contacts, people, and those who stand below it.

Promise: days before the merge keep their places in the tree; nobody has two places at one partner.
Called by: directory catalogue."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from partners.directory.actions import PartnerTreeCycle, lock_tree
from partners.directory.followers import MOVES, STAYS, Follower, Merge, Objection
from partners.directory.models import Contact, Partner, PartnerParent, PartnerStanding
from partners.directory.rules import Span, first_cycle_day, with_change
from partners.directory.timelines import write_parents
from partners.directory.tree import links_above
from prm.accounts.models import Invitation, Membership
from prm.audit.actions import record
from prm.comments.actions import hand_over
from prm.comments.queries import count_comments
from prm.outbox.actions import emit

Links = dict[UUID, list[Span[UUID]]]


def move_contacts(merge: Merge) -> None:
    """All of them; those written down at both partners alike once."""
    told = ("name", "email", "phone", "position")
    known = set(Contact.objects.filter(partner=merge.survivor).values_list(*told))
    for contact in Contact.objects.filter(partner=merge.merged):
        if tuple(getattr(contact, name) for name in told) in known:
            contact.delete()
        else:
            contact.partner = merge.survivor
            contact.save(update_fields=["partner"])


def move_people(merge: Merge) -> None:
    """Whoever has a place at both keeps that at the survivor."""
    live = Membership.objects.select_for_update().filter(ended_at__isnull=True)
    known = set(live.filter(partner_id=merge.survivor.id).values_list("user_id", flat=True))
    for member in live.filter(partner_id=merge.merged.id).select_related("user"):
        if member.user_id in known:
            member.ended_at = merge.at
        else:
            member.partner_id = merge.survivor.id
        member.save(update_fields=["partner_id", "ended_at"])
        after = {"partner": merge.survivor.name}
        record(actor=merge.actor, action="member.moved", subject=member, at=merge.at, after=after)


def move_invitations(merge: Merge) -> None:
    """Open offers lead to the survivor; where one of the same address is open there, that one holds."""
    waiting = _open_invitations()
    known = set(waiting.filter(partner_id=merge.survivor.id).values_list("email", flat=True))
    theirs = waiting.filter(partner_id=merge.merged.id)
    theirs.filter(email__in=known).update(withdrawn_at=merge.at)
    theirs.filter(withdrawn_at__isnull=True).update(partner_id=merge.survivor.id)


def _open_invitations() -> Any:
    return Invitation.objects.filter(accepted_at__isnull=True, withdrawn_at__isnull=True)


def move_comments(merge: Merge) -> None:
    hand_over(partner_id=merge.merged.id, to_partner_id=merge.survivor.id)


def move_tree(merge: Merge) -> None:
    """From today on, who stood below the merged partner stands below the survivor; its own place ends."""
    lock_tree()
    links = links_around(merge)
    after = links_after(links, merge)
    changed = [key for key in after if after[key] != links.get(key, [])]
    for partner in Partner.objects.filter(id__in=changed).order_by("id"):
        spans = after[partner.id]
        write_parents(partner, spans)
        parent = next((span.value for span in spans if span.covers(merge.today)), None)
        told = {
            "parent": merge.survivor.name if parent == merge.survivor.id else "",
            "starts_on": merge.today,
        }
        record(actor=merge.actor, action="partner.moved", subject=partner, at=merge.at, after=told)
        emit("partner.moved", partner_id=partner.id, parent_id=parent, starts_on=merge.today.isoformat())


def links_around(merge: Merge) -> Links:
    """Where the two and all who ever stood below the merged one stand, and everybody above them."""
    below = PartnerParent.objects.filter(parent_id=merge.merged.id).values_list("partner_id", flat=True)
    return links_above(merge.merged.id, merge.survivor.id, *below)


def links_after(links: Links, merge: Merge) -> Links:
    """The same links after the merge. A survivor that stood below the merged partner takes the place of that one."""
    merged, survivor, today = merge.merged.id, merge.survivor.id, merge.today
    own = links.get(merged, [])
    above = next((span.value for span in own if span.covers(today) and span.value != survivor), None)
    after = dict(links)
    after[merged] = [_until(span, today) for span in own if span.starts_on < today]
    for child, spans in links.items():
        if child == merged:
            continue
        for span in spans:
            if span.value == merged and (span.ends_on is None or span.ends_on > today):
                place = above if child == survivor else survivor
                after[child] = with_change(after[child], place, max(span.starts_on, today))
    return after


def _until(span: Span[UUID], day: Any) -> Span[UUID]:
    return span if span.ends_on is not None and span.ends_on <= day else Span(span.value, span.starts_on, day)


def forbid_circles(merge: Merge) -> Objection | None:
    """The survivor must not stand below one of those that come to stand below it."""
    after = links_after(links_around(merge), merge)
    if first_cycle_day(after, merge.survivor.id) is None:
        return None
    return Objection(
        PartnerTreeCycle.code,
        _(
            "The survivor stands below a partner that would come to stand below it. Move it in the tree first."
        ),
    )


def directory_followers() -> list[Follower]:
    return [
        Follower(
            "contacts",
            _("Contacts"),
            MOVES,
            lambda key: Contact.objects.filter(partner_id=key).count(),
            move_contacts,
            order=10,
        ),
        Follower(
            "people",
            _("People with a login"),
            MOVES,
            lambda key: Membership.objects.filter(partner_id=key, ended_at__isnull=True).count(),
            move_people,
            _("Who has a place at both keeps that at the survivor."),
            order=11,
        ),
        Follower(
            "invitations",
            _("Open invitations"),
            MOVES,
            lambda key: _open_invitations().filter(partner_id=key).count(),
            move_invitations,
            order=12,
        ),
        Follower(
            "comments",
            _("Comments"),
            MOVES,
            count_comments,
            move_comments,
            order=16,
        ),
        Follower(
            "below",
            _("Partners below it"),
            MOVES,
            lambda key: PartnerParent.objects.filter(parent_id=key, ends_on__isnull=True).count(),
            move_tree,
            _("From today on; earlier days keep their places. Its own place in the tree ends today."),
            order=13,
        ),
        Follower(
            "standings",
            _("What it was by date"),
            STAYS,
            lambda key: PartnerStanding.objects.filter(partner_id=key).count(),
            note=_("Sales that were booked to it are looked at with it."),
            order=14,
        ),
        Follower(
            "merged_before",
            _("Partners merged into it before"),
            MOVES,
            lambda key: Partner.objects.filter(merged_into_id=key).count(),
            order=15,
        ),
    ]
