"""What tiers declare: permissions, menu lines, notices, words of audit actions, the panel of a partner's page."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.directory.followers import register_follower
from partners.onboarding.ladder import offer_ladder
from partners.segments.models import Segment
from partners.segments.queries import SEGMENT_FACT, Use, offer_uses
from partners.tiers.following import tiers_followers
from partners.tiers.presentation import public_ladder, tier_moments, tier_panel
from partners.tiers.queries import count_falling_next
from partners.tiers.uses import tiers_asking
from prm.accounts.permissions import ALL_STAFF, CHANNEL_MANAGER, PARTNER_ROLES, PROGRAMME_ADMIN, declare
from prm.accounts.scopes import declare_scope
from prm.comments.timeline import add_timeline
from prm.notifications.kinds import declare_notice
from prm.web.history import name_action
from prm.web.menu import MenuItem, add_menu_item
from prm.web.panels import add_panel
from prm.web.queue import QueueItem, add_queue_item

declare("tiers.view", ALL_STAFF)
declare("tiers.review", {PROGRAMME_ADMIN, CHANNEL_MANAGER})
declare("tiers.change", {PROGRAMME_ADMIN})
declare("own_tier.view", PARTNER_ROLES)

declare_scope("tiers:read", _("Read tiers and their review"))
declare_scope("tiers:write", _("Define tiers and review them"))

add_menu_item(MenuItem("console", "partners", _("Tiers"), "tier-list", "stairs-up", "tiers.view", order=35))
add_menu_item(
    MenuItem(
        "portal",
        "company",
        pgettext_lazy("menu", "Tier"),
        "portal-tier",
        "stairs-up",
        "own_tier.view",
        order=55,
    )
)
add_panel("partner", tier_panel, permission="tiers.view", order=20)
add_timeline("partner", tier_moments, permission="tiers.view")
add_queue_item(
    QueueItem(
        _("Partners about to fall to a lower tier"),
        count_falling_next,
        "tier-review",
        "tiers.review",
        order=30,
    )
)


def _tiers_that_ask(segment: Segment) -> list[Use]:
    return tiers_asking(SEGMENT_FACT, segment.code)


offer_uses(_tiers_that_ask)
offer_ladder(public_ladder)

name_action("tier.defined", pgettext_lazy("tier", "Defined"))
name_action("tier.changed", pgettext_lazy("tier", "Changed"))
name_action("tier.removed", pgettext_lazy("tier", "Removed"))
name_action("tier.calendar_set", _("Calendar of tier reviews changed"))
name_action("tier.pinned", _("Tier pinned"))
name_action("tier.unpinned", _("Pin of the tier taken off"))
name_action("tier.warned", _("Warned that the tier is at risk"))
name_action("tier.left_out", _("Left out of a review of tiers"))
name_action("tier.fallen", _("Fell to a lower tier: warned, and the time is over"))

declare_notice(
    "tier.risen",
    title=_("Your tier is now %(tier)s"),
    text=_("It counts from %(from)s. See what it brings you."),
)
declare_notice(
    "tier.fallen",
    title=_("Your tier is now %(tier)s"),
    text=_("What the higher one asked for was not reached. It counts from %(from)s."),
)
declare_notice(
    "tier.warned",
    title=_("Your tier %(tier)s is at risk"),
    text=_("There is time until %(until)s. See what is missing to keep it."),
)
declare_notice(
    "tier.put_off",
    title=_("Your tier %(tier)s stays until %(until)s at least"),
    text=_("You were left out of this review. See what is missing to keep it for good."),
)
declare_notice(
    "tier.warned_staff",
    title=_("%(partner)s may lose the tier %(tier)s"),
    text=_(
        "It has time until %(until)s, then it falls by itself. Talk about what is missing, or leave it out."
    ),
)
declare_notice(
    "tier.fallen_staff",
    title=_("%(partner)s fell to the tier %(tier)s"),
    text=_("It was warned and did not reach what the higher one asks for. It counts from %(from)s."),
)

for follower in tiers_followers():
    register_follower(follower)
