"""Reads of onboarding: the programme's page, who may see which application, candidates for a duplicate.

Promise: a draft is nobody's but the applicant's; a channel manager sees what is undecided and what joined the own
portfolio; every list is one query. Called by onboarding actions and interfaces."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from partners.directory.keys import alike_by
from partners.directory.queries import visible_partners
from partners.onboarding.models import Application, DocumentVersion, Programme, Question
from prm.accounts.actor import Actor
from prm.kit.text import company_key

ORDER = ("submitted_at", "id")
WAITING = ("submitted", "in_review")
CANDIDATES_SHOWN = 5


@dataclass(frozen=True)
class ApplicationFilter:
    """What the queue was narrowed to; empty values narrow nothing. `state` "waiting": for the
    vendor's answer, "all": whatever it is."""

    q: str = ""
    state: str = ""
    source: str = ""
    partner_type: str = ""
    country: str = ""
    overdue: bool = False

    @property
    def is_set(self) -> bool:
        return any(getattr(self, part.name) for part in fields(self))


def programme() -> Programme:
    """The tenant's own page, or the one every tenant begins with."""
    return Programme.objects.first() or Programme()


def live_questions() -> list[Question]:
    return list(Question.objects.filter(retired_at__isnull=True).order_by("position", "id"))


def access_question(question_id: UUID) -> Question:
    return get_object_or_404(Question, id=question_id, retired_at__isnull=True)


def visible_applications(actor: Actor) -> QuerySet[Application]:
    """What the vendor's people may know of: everything sent, an approved one like its partner."""
    rows = Application.objects.filter(submitted_at__isnull=False)
    if actor.has_portfolio_wall:
        return rows.filter(Q(partner_id__isnull=True) | Q(partner__manager_id=actor.id))
    return rows


def access_application(actor: Actor, application_id: UUID) -> Application:
    rows = visible_applications(actor).select_related("agreement", "consent", "partner")
    return get_object_or_404(rows, id=application_id)


def own_application(visitor: Actor) -> Application:
    """The application of the link in the address; 404 for a link that opens nothing here."""
    return get_object_or_404(Application, id=visitor.id)


def list_applications(actor: Actor, wanted: ApplicationFilter, now: datetime) -> QuerySet[Application]:
    """Visible applications that pass the filter; the caller orders and cuts."""
    rows = visible_applications(actor)
    exact = {
        name: value for name in ("source", "partner_type", "country") if (value := getattr(wanted, name))
    }
    rows = rows.filter(**exact)
    if wanted.state == "waiting":
        rows = rows.filter(state__in=WAITING)
    elif wanted.state and wanted.state != "all":
        rows = rows.filter(state=wanted.state)
    if wanted.overdue:
        rows = rows.filter(state__in=WAITING, due_at__lt=now)
    return rows.filter(_matches(wanted.q)) if wanted.q.strip() else rows


def _matches(typed: str) -> Q:
    """A part of the name, or exactly the reference, tax id or address."""
    typed = typed.strip()
    return (
        Q(company_name__icontains=typed)
        | Q(reference=typed.upper())
        | Q(tax_id=typed)
        | Q(email=typed.lower())
    )


def count_waiting(actor: Actor) -> int:
    return visible_applications(actor).filter(state__in=WAITING).count()


def neighbours(rows: QuerySet[Application], application: Application) -> tuple[UUID | None, UUID | None]:
    """The application before and after this one in the queue's order."""
    place = (application.submitted_at, application.id)
    before = rows.filter(Q(submitted_at__lt=place[0]) | Q(submitted_at=place[0], id__lt=place[1]))
    after = rows.filter(Q(submitted_at__gt=place[0]) | Q(submitted_at=place[0], id__gt=place[1]))
    return (
        before.order_by("-submitted_at", "-id").values_list("id", flat=True).first(),
        after.order_by("submitted_at", "id").values_list("id", flat=True).first(),
    )


def list_sources() -> list[str]:
    rows = Application.objects.exclude(source="").filter(submitted_at__isnull=False)
    return list(rows.order_by("source").values_list("source", flat=True).distinct())


def company_is_known(application_id: UUID, *, tax: str, domain: str) -> bool:
    """Whether a partner or another live application has this tax id or domain; asked past the applicant's wall."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT guard.company_is_known(%s, %s, %s)", [str(application_id), tax, domain])
        return bool(cursor.fetchone()[0])


def company_was_rejected(*, tax: str, domain: str, since: datetime) -> bool:
    """Whether an application with this tax id or domain was rejected after the moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT guard.company_was_rejected(%s, %s, %s)", [tax, domain, since])
        return bool(cursor.fetchone()[0])


@dataclass(frozen=True)
class Candidate:
    """Somebody this company may be: a partner or another application; `url_id` is None behind the portfolio wall."""

    what: str
    name: str
    reasons: list[str]
    url_id: UUID | None


def duplicate_candidates(actor: Actor, application: Application) -> list[Candidate]:
    """For the vendor's eyes: same tax id or domain first, then names that sound the same."""
    found = _partner_candidates(actor, application) + _application_candidates(actor, application)
    found.sort(key=lambda candidate: (-len(candidate.reasons), candidate.name))
    return found[:CANDIDATES_SHOWN]


def _partner_candidates(actor: Actor, application: Application) -> list[Candidate]:
    """Of all partners, found by their keys; behind the portfolio wall without a name."""
    keys = {"tax": application.tax_key, "domain": application.domain}
    reasons: dict[UUID, list[str]] = {}
    for reason, rows in alike_by(name=company_key(application.company_name), **keys).items():
        for partner_id in rows.values_list("id", flat=True):
            reasons.setdefault(partner_id, []).append(reason)
    if application.partner_id:
        reasons.pop(application.partner_id, None)
    names = dict(visible_partners(actor).filter(id__in=reasons).values_list("id", "name"))
    return [
        Candidate("partner", names.get(key, ""), found, key if key in names else None)
        for key, found in reasons.items()
    ]


def _application_candidates(actor: Actor, application: Application) -> list[Candidate]:
    same = Q(pk__in=[])
    if application.tax_key:
        same |= Q(tax_key=application.tax_key)
    if application.domain:
        same |= Q(domain=application.domain)
    rows = visible_applications(actor).filter(same).exclude(id=application.id).exclude(state="approved")
    return [
        Candidate(
            "application",
            str(row),
            [
                reason
                for reason, held in (
                    ("tax_id", bool(row.tax_key) and row.tax_key == application.tax_key),
                    ("domain", bool(row.domain) and row.domain == application.domain),
                )
                if held
            ],
            row.id,
        )
        for row in rows.order_by("-submitted_at")[:CANDIDATES_SHOWN]
    ]


def current_document(kind: str, on: date) -> DocumentVersion | None:
    """The version that binds on the day; before the first day of the first one, that one."""
    rows = DocumentVersion.objects.filter(kind=kind)
    binding = rows.filter(in_force_on__lte=on).order_by("-number").first()
    return binding or rows.order_by("number").first()


def coming_document(kind: str, on: date) -> DocumentVersion | None:
    """The newest version that does not bind yet."""
    return DocumentVersion.objects.filter(kind=kind, in_force_on__gt=on).order_by("-number").first()


def list_documents() -> QuerySet[DocumentVersion]:
    return DocumentVersion.objects.order_by("kind", "-number")


def access_document(version_id: UUID) -> DocumentVersion:
    return get_object_or_404(DocumentVersion, id=version_id)


def suggested_code(application: Application) -> str:
    """A code for the new partner where the vendor types none: the reference, which no ERP has."""
    return application.reference
