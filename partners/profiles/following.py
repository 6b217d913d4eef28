"""What of profiles follows a merged partner: what it says where the survivor says nothing, and its documents.

Called by: profiles catalogue."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from partners.directory.followers import ENDS, MOVES, Follower, Merge
from partners.profiles.actions import note_changes
from partners.profiles.fields import Values, values_of
from partners.profiles.models import FieldValue, Listing, PartnerDocument, PartnerTerm
from partners.profiles.terms import Codes, codes_of, write_terms

TermChange = tuple[Codes, Codes]
ValueChange = tuple[Values, Values]


def move_terms(merge: Merge) -> tuple[TermChange, TermChange]:
    """From today on the survivor has what either had; earlier days stay as they were. Answers what changed of the
    survivor, and of the merged one."""
    words = codes_of(merge.merged.id)
    told = {name: [*codes, *words[name]] for name, codes in codes_of(merge.survivor.id).items()}
    gained = write_terms(merge.survivor, told, on=merge.today, also_retired=True)
    return gained, write_terms(merge.merged, dict.fromkeys(words, ()), on=merge.today)


def move_values(merge: Merge) -> tuple[ValueChange, ValueChange]:
    """Where both say something, the survivor's word holds. Answers what changed of the survivor, and of the merged
    one, whose own words its trail keeps."""
    held, lost = values_of(merge.survivor.id), values_of(merge.merged.id)
    theirs = FieldValue.objects.filter(company=merge.merged)
    theirs.filter(field__code__in=held).delete()
    theirs.filter(partner_id__isnull=False).update(partner_id=merge.survivor.id)
    theirs.update(company=merge.survivor)
    gained = {code: value for code, value in lost.items() if code not in held}
    return (dict.fromkeys(gained, ""), gained), (lost, dict.fromkeys(lost, ""))


def move_documents(merge: Merge) -> None:
    theirs = PartnerDocument.objects.filter(company=merge.merged)
    theirs.filter(partner_id__isnull=False).update(partner_id=merge.survivor.id)
    theirs.update(company=merge.survivor)


def end_listing(merge: Merge) -> None:
    """The survivor says for itself whether it wants to be found."""
    Listing.objects.filter(partner=merge.merged).delete()


def _said(partner_id: UUID) -> int:
    values = FieldValue.objects.filter(company_id=partner_id).count()
    return values + PartnerTerm.objects.filter(partner_id=partner_id, ends_on__isnull=True).count()


def move_profile(merge: Merge) -> None:
    terms, values = move_terms(merge), move_values(merge)
    for partner, words, said in zip((merge.survivor, merge.merged), terms, values, strict=True):
        note_changes(merge.actor, partner, words, said, merge.at)


def profiles_followers() -> list[Follower]:
    return [
        Follower(
            "profile",
            _("What its profile says"),
            MOVES,
            _said,
            move_profile,
            _("Where both say something, the survivor's word holds."),
            order=17,
        ),
        Follower(
            "documents",
            _("Documents"),
            MOVES,
            lambda key: PartnerDocument.objects.filter(company_id=key).count(),
            move_documents,
            order=18,
        ),
        Follower(
            "listing",
            _("Place in the public directory"),
            ENDS,
            lambda key: Listing.objects.filter(partner_id=key).count(),
            end_listing,
            order=19,
        ),
    ]
