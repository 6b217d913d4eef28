"""Letters leave once, partners hear of a new version, old drafts go."""

from datetime import timedelta
from typing import Any

from django.core import mail
from django.utils import timezone

from partners.onboarding.agreements import (
    accept_document,
    list_not_accepted,
    publish_document,
    remind_of_binding,
)
from partners.onboarding.decisions import ask_applicant, reject_application
from partners.onboarding.models import Application, ApplicationLetter
from partners.onboarding.tasks import forget, sweep, tell_of_version
from prm.outbox.models import Event
from prm.tenancy.context import tenant_context
from tests.support.applications import lodge
from tests.support.cast import NOW, Cast


def test_each_letter_leaves_once_with_the_link_and_the_words(cast: Cast) -> None:
    now = timezone.now()
    first, second = lodge(cast.acme, 1, at=now), lodge(cast.acme, 2, at=now)
    with tenant_context(cast.acme.id):
        ask_applicant(actor=cast.vera.actor, application=first, fields=[], text="Which site?", at=now)
        reject_application(actor=cast.vera.actor, application=second, reason="Too far.", at=now)
    sweep()
    sweep()
    assert sorted((letter.to[0], letter.subject.split(" ")[0]) for letter in mail.outbox) == [
        ("lena@company1.example", "Acme"),
        ("lena@company1.example", "Acme"),
        ("lena@company1.example", "Your"),
        ("lena@company2.example", "Acme"),
        ("lena@company2.example", "Acme"),
        ("lena@company2.example", "Your"),
    ]
    bodies = "".join(str(letter.body) for letter in mail.outbox)
    assert "Please answer on this page: Which site?" in bodies
    assert "The reason: Too far." in bodies
    assert all("/acme/join/" in str(letter.body) for letter in mail.outbox)
    with tenant_context(cast.acme.id):
        assert ApplicationLetter.objects.filter(sent_at__isnull=True).count() == 0


def test_a_letter_speaks_the_applicants_language(cast: Cast) -> None:
    application = lodge(cast.acme, at=timezone.now())
    with tenant_context(cast.acme.id):
        Application.objects.filter(id=application.id).update(language="ru")
    sweep()
    assert {letter.body.split()[0] for letter in mail.outbox} == {"Здравствуйте!"}


def test_every_active_partner_hears_of_a_new_version(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        cast.southwind.status = "left"
        cast.southwind.save()
        version = publish_document(
            actor=cast.vera.actor, kind="agreement", texts={"en": "One"}, notice_days=0, at=NOW
        )
    tell_of_version(tenant_id=str(cast.acme.id), version_id=str(version.id))
    with tenant_context(cast.acme.id):
        rung = Event.objects.filter(name="prm.notifications.deliver")
        told = [
            row.payload["readers"]["partner_id"]
            for row in rung
            if row.payload["kind"] == "document.published"
        ]
    assert told == [str(cast.northwind.id)]


def test_on_its_day_a_version_reminds_who_has_not_accepted_it(cast: Cast) -> None:
    told: Any = {"kind": "agreement", "notice_days": 10, "at": NOW}
    with tenant_context(cast.acme.id):
        publish_document(actor=cast.vera.actor, texts={"en": "One"}, **told)
        second = publish_document(actor=cast.vera.actor, texts={"en": "Two"}, **told)
        accepted: Any = {"partner": cast.southwind, "version": second, "language": "en", "at": NOW}
        accept_document(actor=cast.sven.actor, **accepted)
        waiting = [partner.name for partner in list_not_accepted(cast.vera.actor, second)]
        counted = [
            remind_of_binding(actor=cast.system, day=NOW.date() + timedelta(days=days))
            for days in (0, 9, 10, 11)
        ]
        rung = Event.objects.filter(name="prm.notifications.deliver", payload__kind="document.binds")
        reminded = [row.payload["readers"]["partner_id"] for row in rung]
    assert waiting == ["Northwind"]
    assert (counted, reminded) == ([0, 0, 1, 0], [str(cast.northwind.id)])


def test_old_drafts_are_forgotten_in_every_tenant(cast: Cast) -> None:
    old = timezone.now() - timedelta(days=100)
    for tenant in (cast.acme, cast.zenith):
        lodge(tenant, at=old, sent=False)
    forget()
    for tenant in (cast.acme, cast.zenith):
        with tenant_context(tenant.id):
            assert Application.objects.count() == 0
