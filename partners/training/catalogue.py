"""What training declares: permissions, scopes, menu lines, the first step, notices, words of audit actions."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.directory.followers import register_follower
from partners.onboarding.kinds import StepKind, register_step
from partners.training.following import training_followers
from partners.training.handouts import KINDS_TAKEN, PURPOSE
from partners.training.partner_page import certificate_moments, training_panel
from partners.training.queries import have_certificates
from prm.accounts.permissions import (
    ALL_STAFF,
    CHANNEL_MANAGER,
    PARTNER_ADMIN,
    PARTNER_ROLES,
    PROGRAMME_ADMIN,
    declare,
)
from prm.accounts.scopes import declare_scope
from prm.comments.timeline import add_timeline
from prm.files.purposes import declare_purpose
from prm.notifications.kinds import declare_notice
from prm.web.history import name_action
from prm.web.menu import MenuItem, add_menu_item
from prm.web.panels import add_panel

declare("training.view", ALL_STAFF)
declare("training.change", {PROGRAMME_ADMIN})
declare("certificates.issue", {PROGRAMME_ADMIN, CHANNEL_MANAGER})
declare("own_training.view", PARTNER_ROLES)
declare("team_training.view", {PARTNER_ADMIN})

declare_scope("training:read", _("Read courses and certificates"))
declare_scope("training:write", _("Define courses"))
declare_scope("certificates:write", _("Issue and revoke certificates"))

declare_purpose(PURPOSE, permission="training.view", extensions=KINDS_TAKEN)

add_menu_item(
    MenuItem("console", "engage", _("Training"), "course-list", "school", "training.view", order=10)
)
add_menu_item(
    MenuItem("portal", "learn", _("Courses"), "portal-learn", "school", "own_training.view", order=10)
)
add_menu_item(
    MenuItem(
        "portal",
        "learn",
        _("Certificates"),
        "portal-certificate-list",
        "certificate",
        "own_training.view",
        order=20,
    )
)
add_menu_item(
    MenuItem(
        "portal",
        "learn",
        _("Training of the team"),
        "portal-learn-team",
        "users-group",
        "team_training.view",
        order=30,
    )
)
add_panel("partner", training_panel, permission="training.view", order=45)
add_timeline("partner", certificate_moments, permission="training.view")
register_step(
    StepKind(
        "first_course",
        _("Pass your first course"),
        _("So that you know what you sell; a certificate may be asked for by tiers and deals."),
        "portal-learn",
        "own_training.view",
        30,
        have_certificates,
        order=70,
    )
)

name_action("course.created", pgettext_lazy("course", "Created"))
name_action("course.changed", pgettext_lazy("course", "Changed"))
name_action("course.published", pgettext_lazy("course", "Published"))
name_action("course.retired", pgettext_lazy("course", "Retired"))
name_action("course.lesson_added", _("Lesson added"))
name_action("course.lesson_changed", _("Lesson changed"))
name_action("course.lesson_removed", _("Lesson removed"))
name_action("course.question_added", _("Question added"))
name_action("course.question_changed", _("Question changed"))
name_action("course.question_removed", _("Question removed"))
name_action("course.handout_added", _("File given along"))
name_action("course.handout_removed", _("File taken away"))
name_action("course.opened_again", _("Quiz opened again"))
name_action("course.passed", _("Quiz passed"))
name_action("course.failed", _("Quiz not passed"))
name_action("path.created", _("Learning path created"))
name_action("path.changed", _("Learning path changed"))
name_action("certificate.issued", _("Certificate issued"))
name_action("certificate.revoked", _("Certificate revoked"))

declare_notice(
    "quiz.opened_again",
    title=_("The quiz is open to you again: %(course)s"),
    text=_("Your earlier attempts do not count any more."),
)
declare_notice(
    "certificate.issued",
    title=_("You passed: %(course)s"),
    text=_("Your certificate is ready, %(person)s."),
)
declare_notice(
    "certificate.issued_team", title=_("%(person)s passed: %(course)s"), text=_("The certificate is ready.")
)
declare_notice(
    "certificate.ending",
    title=_("Your certificate ends on %(until)s: %(course)s"),
    text=_("Pass the course again to renew it, %(person)s."),
)
declare_notice(
    "certificate.ending_team",
    title=_("A certificate ends on %(until)s: %(course)s"),
    text=_("%(person)s has to pass the course again."),
)
declare_notice(
    "certificate.revoked",
    title=_("Your certificate was revoked: %(course)s"),
    text=_("%(person)s: %(reason)s"),
)
declare_notice(
    "certificate.revoked_team",
    title=_("A certificate was revoked: %(course)s"),
    text=_("%(person)s: %(reason)s"),
)

for follower in training_followers():
    register_follower(follower)
