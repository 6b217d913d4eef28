"""Agreements and consents: publishing a version, and who accepted which.

Promise: a published text never changes; an acceptance keeps the hash of the text that was read, in its language; it is
never taken back by the product. Called by onboarding decisions and interfaces."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext_lazy as _

from partners.directory.family import family_ids
from partners.directory.models import Partner
from partners.directory.queries import visible_partners
from partners.onboarding.models import Acceptance, Application, DocumentKind, DocumentVersion
from partners.onboarding.queries import coming_document, current_document
from partners.onboarding.rules import in_language, text_hash
from prm.accounts.actor import Actor
from prm.accounts.consents import ConsentText
from prm.audit.actions import record
from prm.notifications.actions import PartnerPeople, notify
from prm.outbox.actions import emit, enqueue
from prm.tenancy.queries import current_tenant

TELL = "partners.onboarding.tell_partners"


class TextMissing(Exception):
    """A document without a word in any language."""

    code = "text_missing"
    message = _("Write the text in at least one language.")


class AlreadyAccepted(Exception):
    """This version was accepted for this partner before."""

    code = "already_accepted"
    message = _("This version was accepted already.")


def publish_document(
    *, actor: Actor, kind: str, texts: Mapping[str, str], notice_days: int, at: datetime
) -> DocumentVersion:
    """The next version; it binds partners after the notice period, the first one at once."""
    told = {language: text.strip() for language, text in texts.items() if text.strip()}
    if not told:
        raise TextMissing
    last = DocumentVersion.objects.filter(kind=kind).aggregate(last=Max("number"))["last"] or 0
    version = DocumentVersion.objects.create(
        kind=kind,
        number=last + 1,
        texts=told,
        published_at=at,
        published_by_label=actor.label,
        in_force_on=today(at) + timedelta(days=notice_days if last else 0),
    )
    after = {
        "kind": kind,
        "number": version.number,
        "in_force_on": version.in_force_on,
        **{f"text_hash_{language}": text_hash(text) for language, text in told.items()},
    }
    record(actor=actor, action="document.published", subject=version, at=at, after=after)
    emit("document.published", version_id=version.id, kind=kind)
    enqueue(TELL, version_id=version.id)
    return version


def consent_on(language: str, day: date) -> ConsentText | None:
    """The vendor's text on personal data that binds on the day, for people who come in by invitation."""
    version = current_document(DocumentKind.CONSENT, day)
    if version is None:
        return None
    text, code = in_language(version.texts, language)
    return ConsentText(text, code, version.id, version.number)


def accept_document(
    *, actor: Actor, partner: Partner, version: DocumentVersion, language: str, at: datetime
) -> Acceptance:
    """Accept for the partner: by its own people, or by the vendor on its behalf. Raises `AlreadyAccepted`."""
    text, code = in_language(version.texts, language)
    try:
        with transaction.atomic():
            acceptance = Acceptance.objects.create(
                partner=partner,
                version=version,
                kind=version.kind,
                language=code,
                text_hash=text_hash(text),
                accepted_at=at,
                accepted_by_label=actor.label,
                accepted_by_user_id=actor.user_id,
                on_behalf=actor.partner_id is None,
            )
    except IntegrityError as clash:
        if "acceptance_once_per_version" in str(clash):
            raise AlreadyAccepted from clash
        raise
    after = {"kind": version.kind, "number": version.number, "text_hash": acceptance.text_hash}
    record(actor=actor, action="document.accepted", subject=partner, at=at, after=after)
    emit("document.accepted", partner_id=partner.id, version_id=version.id)
    return acceptance


def keep_acceptances_of(application: Application, partner: Partner) -> None:
    """What the applicant accepted is the partner's from now on, with its own moment."""
    if application.accepted_at is None:
        return
    for kind, version_id, hashed in (
        (DocumentKind.AGREEMENT, application.agreement_id, application.agreement_hash),
        (DocumentKind.CONSENT, application.consent_id, application.consent_hash),
    ):
        if hashed:
            Acceptance.objects.create(
                partner=partner,
                version_id=version_id,
                kind=kind,
                language=application.accepted_language,
                text_hash=hashed,
                accepted_at=application.accepted_at,
                accepted_by_label=application.contact_name,
            )


def list_acceptances(partner: Partner) -> QuerySet[Acceptance]:
    return Acceptance.objects.filter(partner_id__in=family_ids(partner.id)).select_related("version")


def acceptances_of(partner: Partner) -> list[Acceptance]:
    """Newest first."""
    return list(list_acceptances(partner).order_by("-accepted_at", "-id"))


def open_documents(partner_id: UUID, day: date) -> list[DocumentVersion]:
    """What the partner may accept now: what binds today, and the newest that will; agreements first."""
    rows = Acceptance.objects.filter(partner_id__in=family_ids(partner_id))
    accepted = set(rows.values_list("version_id", flat=True))
    versions = [
        version
        for kind in DocumentKind
        for version in (current_document(kind, day), coming_document(kind, day))
        if version is not None
    ]
    return [version for version in versions if version.id not in accepted]


def count_binding(actor: Actor, day: date) -> int:
    """How many documents bind the actor's company already and are not accepted; for the menu."""
    if actor.partner_id is None or not actor.can("agreements.accept"):
        return 0
    return sum(version.in_force_on <= day for version in open_documents(actor.partner_id, day))


def tell_partners(version: DocumentVersion) -> int:
    """Tell each active partner's administrators that a new version waits; how many partners."""
    partners = list(Partner.objects.filter(status="active").values_list("id", flat=True))
    params: dict[str, str | int | date] = {"number": version.number, "day": version.in_force_on}
    for partner_id in partners:
        readers = PartnerPeople(partner_id, "agreements.accept")
        notify("document.published", to=readers, params=params, link=("portal-agreement", [version.id]))
    return len(partners)


def list_not_accepted(actor: Actor, version: DocumentVersion) -> QuerySet[Partner]:
    """Active partners that the actor may see and that have not accepted this version; the caller orders and cuts."""
    accepted = Acceptance.objects.filter(version=version).values("partner_id")
    merged = Partner.objects.filter(id__in=accepted, merged_into__isnull=False).values("merged_into_id")
    active = visible_partners(actor).filter(status="active")
    return active.exclude(id__in=accepted).exclude(id__in=merged)


def remind_of_binding(*, actor: Actor, day: date) -> int:
    """On the day a version begins to bind: tell who has not accepted it; how many partners."""
    told = 0
    for version in DocumentVersion.objects.filter(in_force_on=day, number__gt=1):
        if current_document(version.kind, day) != version:
            continue  # a later version took its place before it ever bound
        for partner_id in list_not_accepted(actor, version).values_list("id", flat=True):
            readers = PartnerPeople(partner_id, "agreements.accept")
            params: dict[str, str | int | date] = {"number": version.number}
            notify("document.binds", to=readers, params=params, link=("portal-agreement", [version.id]))
            told += 1
    return told


def today(at: datetime) -> date:
    return at.astimezone(current_tenant().zone).date()
