"""What segments declare: permissions, scopes, menu lines, facts of the record, words of audit actions and jobs."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.directory.followers import register_follower
from partners.onboarding.groups import Groups, offer_groups
from partners.segments.engagement import (
    COURSE_PASSED,
    DEAL_REGISTERED,
    PROFILE_COMPLETED,
    SIGN_IN,
    declare_engagement,
    note_sign_in,
)
from partners.segments.following import segments_followers
from partners.segments.journeys import plans_for_segment, segment_choices, segments_holding
from partners.segments.own_facts import register_own_facts
from partners.segments.presentation import segment_moments
from partners.segments.queries import offer_uses
from partners.segments.resources import engagement_panel
from prm.accounts.permissions import ALL_STAFF, CHANNEL_MANAGER, PARTNER_ROLES, PROGRAMME_ADMIN, declare
from prm.accounts.scopes import declare_scope
from prm.comments.timeline import add_timeline
from prm.jobs.kinds import declare_job_count, declare_job_kind
from prm.outbox.actions import subscribe
from prm.web.history import name_action
from prm.web.menu import MenuItem, add_menu_item
from prm.web.pages import on_portal_visit
from prm.web.panels import add_panel

declare("segments.view", ALL_STAFF)
declare("segments.change", {PROGRAMME_ADMIN})

declare("resources.view", ALL_STAFF)
declare("resources.change", {PROGRAMME_ADMIN})
declare("potential.estimate", {PROGRAMME_ADMIN, CHANNEL_MANAGER})
declare("own_engagement.view", PARTNER_ROLES)

declare_scope("segments:read", _("Read segments and their members"))
declare_scope("segments:write", _("Define segments and recalculate them"))

add_menu_item(
    MenuItem("console", "partners", _("Segments"), "segment-list", "filter", "segments.view", order=30)
)

add_menu_item(
    MenuItem(
        "console",
        "partners",
        pgettext_lazy("menu", "Resources"),
        "resources",
        "chart-dots",
        "resources.view",
        order=40,
    )
)
add_menu_item(
    MenuItem(
        "portal", "company", _("Engagement"), "portal-engagement", "activity", "own_engagement.view", order=60
    )
)
add_panel("partner", engagement_panel, permission="resources.view", order=30)
add_timeline("partner", segment_moments, permission="segments.view")

register_own_facts()
offer_groups(Groups(segment_choices, segments_holding))
offer_uses(plans_for_segment)
subscribe("deal.registered", DEAL_REGISTERED)
subscribe("certificate.issued", COURSE_PASSED)
subscribe("partner.profile_completed", PROFILE_COMPLETED)
on_portal_visit(note_sign_in)
declare_engagement("deal_registered", _("Deal registered"), 20)
declare_engagement("course_passed", _("Course passed"), 15)
declare_engagement("profile_completed", _("Profile completed"), 5)
declare_engagement(SIGN_IN, _("Day with a sign-in"), 1)

declare_job_kind("segments", _("Recalculation of segments"), permission="segments.view")
declare_job_count("entered", pgettext_lazy("segment", "entered"))
declare_job_count("left", pgettext_lazy("segment", "left"))
declare_job_count("failed", _("failed"))

name_action("segment.created", pgettext_lazy("segment", "Created"))
name_action("segment.changed", pgettext_lazy("segment", "Changed"))
name_action("segment.recalculated", pgettext_lazy("segment", "Members recalculated"))
name_action("segment.removed", pgettext_lazy("segment", "Removed"))
name_action("engagement.weighted", _("Weights of engagement changed"))
name_action("potential.estimated", _("Potential estimated"))
name_action("quadrant.planned", _("What a quadrant gets was changed"))

for follower in segments_followers():
    register_follower(follower)
