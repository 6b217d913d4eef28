"""What onboarding declares: permissions, scopes, menu lines, what waits, steps, milestones, names of audit actions."""

from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.directory.followers import register_follower
from partners.onboarding import steps
from partners.onboarding.agreements import consent_on, count_binding
from partners.onboarding.following import onboarding_followers
from partners.onboarding.journeys import count_open_steps, journey_of, progress_of
from partners.onboarding.kinds import StepKind, register_step
from partners.onboarding.milestones import register_milestone
from partners.onboarding.moments import application_moments
from partners.onboarding.queries import count_waiting
from partners.onboarding.waiting import count_unwritten
from prm.accounts.actor import Actor
from prm.accounts.consents import offer_consent
from prm.accounts.permissions import (
    AUDITOR,
    CHANNEL_MANAGER,
    PARTNER_ADMIN,
    PARTNER_ROLES,
    PROGRAMME_ADMIN,
    declare,
)
from prm.accounts.scopes import declare_scope
from prm.comments.timeline import add_timeline
from prm.notifications.kinds import declare_notice
from prm.tenancy.queries import current_tenant
from prm.web.history import name_action
from prm.web.menu import MenuItem, add_menu_item
from prm.web.panels import Panel, add_panel
from prm.web.queue import QueueItem, add_queue_item

declare("applications.view", {PROGRAMME_ADMIN, CHANNEL_MANAGER, AUDITOR})
declare("applications.decide", {PROGRAMME_ADMIN, CHANNEL_MANAGER})
declare("onboarding.change", {PROGRAMME_ADMIN})
declare("first_steps.view", PARTNER_ROLES)
declare("agreements.accept", {PARTNER_ADMIN})

declare_scope("applications:read", _("Read applications and first steps"))
declare_scope(
    "applications:write", _("Send and decide applications, start first steps, accept agreements on behalf")
)


def _today() -> date:
    return timezone.localtime(timezone=current_tenant().zone).date()


def _left(actor: Actor) -> int:
    return count_open_steps(actor, _today())


def _panel(actor: Actor, partner_id: UUID) -> Panel:
    """On the page of a partner: how far its first steps are, or the way to start them."""
    journey = journey_of(partner_id)
    progress = progress_of([journey], _today())[0] if journey else None
    content = {"partner_id": partner_id, "progress": progress}
    return Panel(_("First steps"), "components/partners/first_steps_panel.html", content)


def _to_accept(actor: Actor) -> int:
    return count_binding(actor, _today())


for item in (
    MenuItem(
        "console",
        "partners",
        _("Applications"),
        "application-list",
        "inbox",
        "applications.view",
        12,
        count_waiting,
    ),
    MenuItem("console", "partners", _("First steps"), "journey-list", "checklist", "partners.view", 14),
    MenuItem(
        "console", "partners", _("Agreements"), "document-list", "file-certificate", "applications.view", 16
    ),
    MenuItem("portal", "home", _("First steps"), "portal-start", "checklist", "first_steps.view", 20, _left),
    MenuItem(
        "portal",
        "company",
        _("Agreements"),
        "portal-agreements",
        "file-certificate",
        "first_steps.view",
        40,
        _to_accept,
    ),
):
    add_menu_item(item)

offer_consent(consent_on)
add_panel("partner", _panel, permission="partners.view", order=40)
add_timeline("partner", application_moments, permission="applications.view")

add_queue_item(
    QueueItem(
        _("Applications waiting for an answer"),
        count_waiting,
        "application-list",
        "applications.view",
        order=10,
    )
)

add_queue_item(
    QueueItem(
        _("Companies to write to: the programme is open"),
        lambda actor: count_unwritten(timezone.now()),
        "waiting-list",
        "onboarding.change",
        order=12,
    )
)

declare_notice(
    "application.submitted",
    title=_("%(company)s wants to become a partner"),
    text=_("Application %(reference)s waits for an answer."),
)
declare_notice(
    "document.published",
    title=_("A new version of an agreement: version %(number)s"),
    text=_("It binds from %(day)s. Read it and accept it for your company."),
)
declare_notice(
    "document.binds",
    title=_("An agreement binds from today: version %(number)s"),
    text=_("Your company has not accepted it yet. Read it and accept it."),
)
declare_notice(
    "application.answered",
    title=_("%(company)s has answered"),
    text=_("Application %(reference)s waits for you again."),
)

for kind in (
    StepKind(
        "agreement",
        _("Accept the agreement"),
        _("Read it and accept it for your company."),
        "portal-agreements",
        "first_steps.view",
        10,
        steps.with_agreement,
        order=10,
    ),
    StepKind(
        "profile",
        _("Complete the profile"),
        _("A website, and a contact with e-mail and phone."),
        "portal-company",
        "company.view",
        5,
        steps.with_profile,
        order=20,
    ),
    StepKind(
        "team",
        _("Invite your team"),
        _("At least one colleague besides you."),
        "portal-team",
        "team.view",
        5,
        steps.with_team,
        order=40,
    ),
):
    register_step(kind)

register_milestone(
    "activated", label=pgettext_lazy("funnel", "First sign-in"), reached=steps.first_entrances, order=10
)

for code, words in (
    ("application.started", pgettext_lazy("application", "Begun")),
    ("application.saved", _("A page was saved")),
    ("application.agreed", _("Agreement accepted")),
    ("application.submitted", pgettext_lazy("application", "Sent")),
    ("application.answered", _("Answered what was asked")),
    ("application.withdrawn", pgettext_lazy("application", "Withdrawn")),
    ("application.forgotten", _("Forgotten draft deleted")),
    ("application.reviewed", pgettext_lazy("application", "Taken into review")),
    ("application.asked", pgettext_lazy("application", "Asked back")),
    ("application.approved", pgettext_lazy("application", "Approved")),
    ("application.rejected", pgettext_lazy("application", "Rejected")),
    ("waiting.joined", _("Joined the waiting list")),
    ("waiting.invited", _("Letters sent to those who wait")),
    ("waiting.forgotten", _("Taken off the waiting list")),
    ("programme.changed", _("Programme page changed")),
    ("question.added", _("Question added")),
    ("question.changed", _("Question changed")),
    ("question.retired", _("Question retired")),
    ("document.published", _("Version of an agreement published")),
    ("document.accepted", _("Agreement accepted")),
    ("journey.planned", _("Plan of first steps changed")),
    ("journey.started", _("First steps started")),
):
    name_action(code, words)

for follower in onboarding_followers():
    register_follower(follower)
