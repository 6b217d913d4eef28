"""The tenant's lists of words, and which of them hold for a partner, by date.

Promise: a code stays for good; a retired term may stay where it is and comes nowhere new.
Called by: profiles actions and interfaces."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import TypedDict
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from partners.directory.models import Partner
from partners.directory.queries import usable_partners
from partners.profiles.models import PartnerTerm, Term, TermKind
from prm.accounts.actor import Actor
from prm.audit.actions import record

# How the API and forms call what a partner has of each list.
TERM_FIELDS: dict[str, TermKind] = {
    "industries": TermKind.INDUSTRY,
    "specialisations": TermKind.SPECIALISATION,
    "languages": TermKind.LANGUAGE,
    "territories": TermKind.TERRITORY,
}
FIELD_OF_KIND = {kind.value: name for name, kind in TERM_FIELDS.items()}
# What a partner's administrator keeps; what it is good at, the vendor says.
OWN_TERM_FIELDS = ("industries", "languages", "territories")
Codes = dict[str, list[str]]


class TermFacts(TypedDict, total=False):
    """What may be told of a term; `kind` and `code` only when it is made."""

    kind: str
    code: str
    label_en: str
    label_ru: str


class TermCodeTaken(Exception):
    """Another term of this list has the code."""

    code = "term_code_taken"
    field = "code"
    message = _("Another entry of this list has this code.")


class TermUnknown(Exception):
    """A code that stands in no list; `field` says in which it was looked for."""

    code = "term_unknown"

    def __init__(self, field: str, term: str) -> None:
        super().__init__(term)
        self.field = field
        self.term = term

    @property
    def message(self) -> str:
        return str(_("“%(code)s” stands in no list of yours.")) % {"code": self.term}


def term_rows() -> QuerySet[Term]:
    return Term.objects.all()


def list_terms(*, retired: bool = False) -> dict[str, list[Term]]:
    """The terms by field, in the reader's alphabet, each with `held_by`: how many partners; one query."""
    rows = term_rows() if retired else term_rows().filter(retired_at__isnull=True)
    found: dict[str, list[Term]] = {name: [] for name in TERM_FIELDS}
    for term in rows.annotate(held_by=Count("holders", filter=Q(holders__ends_on__isnull=True))):
        found[FIELD_OF_KIND[term.kind]].append(term)
    for terms in found.values():
        terms.sort(key=lambda term: (term.retired_at is not None, term.label.casefold()))
    return found


def offered_terms(partner_id: UUID) -> dict[str, list[Term]]:
    """What a profile's form offers: the words in use, and those out of use that still hold for the partner."""
    held = {term.id for terms in terms_of(partner_id).values() for term in terms}
    return {
        name: [term for term in found if term.retired_at is None or term.id in held]
        for name, found in list_terms(retired=True).items()
    }


def access_term(term_id: UUID) -> Term:
    return get_object_or_404(Term, id=term_id)


def partners_with(actor: Actor, term: Term) -> QuerySet[Partner]:
    """Partners that the actor sees and for which the term holds."""
    held = PartnerTerm.objects.filter(term=term, ends_on__isnull=True)
    return usable_partners(actor).filter(id__in=held.values("partner_id"))


@transaction.atomic
def add_term(*, actor: Actor, facts: TermFacts, at: datetime) -> Term:
    """A new entry of a list. Raises `TermCodeTaken`."""
    term = Term(**facts)
    try:
        with transaction.atomic():
            term.save(force_insert=True)
    except IntegrityError as clash:
        raise TermCodeTaken from clash
    record(actor=actor, action="term.added", subject=term, at=at, after=dict(facts))
    return term


@transaction.atomic
def rename_term(*, actor: Actor, term: Term, changes: TermFacts, at: datetime) -> Term:
    """Call it otherwise; code and list stay."""
    told = {name: value for name, value in changes.items() if name in ("label_en", "label_ru")}
    before = {name: getattr(term, name) for name, value in told.items() if getattr(term, name) != value}
    if not before:
        return term
    for name in before:
        setattr(term, name, told[name])
    term.save(update_fields=list(before))
    after = {name: told[name] for name in before}
    record(actor=actor, action="term.renamed", subject=term, at=at, before=before, after=after)
    return term


@transaction.atomic
def turn_term(*, actor: Actor, term: Term, at: datetime) -> None:
    """Offer it no longer, or again; where it stands it stays."""
    term.retired_at = None if term.retired_at else at
    term.save(update_fields=["retired_at"])
    action = "term.retired" if term.retired_at else "term.restored"
    record(actor=actor, action=action, subject=term, at=at)


def terms_of(partner_id: UUID) -> dict[str, list[Term]]:
    """What holds for a partner today, by field, in the reader's alphabet."""
    found: dict[str, list[Term]] = {name: [] for name in TERM_FIELDS}
    rows = PartnerTerm.objects.filter(partner_id=partner_id, ends_on__isnull=True).select_related("term")
    held = [row.term for row in rows]
    for term in sorted(held, key=lambda term: term.label.casefold()):
        found[FIELD_OF_KIND[term.kind]].append(term)
    return found


def codes_of(partner_id: UUID) -> Codes:
    return {name: sorted(term.code for term in terms) for name, terms in terms_of(partner_id).items()}


def write_terms(
    partner: Partner, told: Mapping[str, Sequence[str]], *, on: date, also_retired: bool = False
) -> tuple[Codes, Codes]:
    """Let exactly these codes hold from a day in each list that is told; answers what was and is, of changed lists
    alone.
    Raises `TermUnknown` before any write.
    """
    held = codes_of(partner.id) if told else {}
    wanted = {name: sorted(set(codes)) for name, codes in told.items() if sorted(set(codes)) != held[name]}
    known = _known(wanted)
    for name, codes in wanted.items():
        for code in codes:
            term = known.get((name, code))
            if term is None or (term.retired_at and code not in held[name] and not also_retired):
                raise TermUnknown(name, code)
    for name, codes in wanted.items():
        _end(partner, {known[name, code].id for code in set(held[name]) - set(codes)}, on)
        _begin(partner, {known[name, code].id for code in set(codes) - set(held[name])}, on)
    return {name: held[name] for name in wanted}, wanted


def _end(partner: Partner, term_ids: set[UUID], on: date) -> None:
    """What began on this very day never held."""
    holding = PartnerTerm.objects.filter(partner=partner, term_id__in=term_ids, ends_on__isnull=True)
    holding.filter(starts_on__gte=on).delete()
    holding.update(ends_on=on)


def _begin(partner: Partner, term_ids: set[UUID], on: date) -> None:
    """What ended on this very day goes on."""
    ended = PartnerTerm.objects.filter(partner=partner, term_id__in=term_ids, ends_on=on)
    going_on = set(ended.values_list("term_id", flat=True))
    ended.update(ends_on=None)
    PartnerTerm.objects.bulk_create(
        PartnerTerm(partner=partner, term_id=key, starts_on=on) for key in sorted(term_ids - going_on)
    )


def _known(fields: Collection[str]) -> dict[tuple[str, str], Term]:
    rows = term_rows().filter(kind__in=[TERM_FIELDS[name] for name in fields]) if fields else ()
    return {(FIELD_OF_KIND[term.kind], term.code): term for term in rows}
