"""What deals declare: permissions, scopes, menu lines, queue, notices, words of audit actions."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.customers.followers import follow_keys
from partners.deals.following import deals_followers
from partners.deals.presentation import deal_moments
from partners.deals.queries import (
    commented_deal,
    count_amendments_asked,
    count_extensions_asked,
    count_to_decide,
    first_deal_moments,
    have_deals,
)
from partners.deals.rekeying import follow_customer
from partners.directory.followers import register_follower
from partners.onboarding.kinds import StepKind, register_step
from partners.onboarding.milestones import register_milestone
from prm.accounts.permissions import (
    ALL_STAFF,
    CHANNEL_MANAGER,
    PARTNER_ROLES,
    PROGRAMME_ADMIN,
    declare,
)
from prm.accounts.scopes import declare_scope
from prm.comments.subjects import Subject, declare_subject
from prm.comments.timeline import add_timeline
from prm.notifications.kinds import declare_notice
from prm.web.history import name_action
from prm.web.menu import MenuItem, add_menu_item
from prm.web.queue import QueueItem, add_queue_item

declare("deals.view", ALL_STAFF)
declare("deals.decide", {PROGRAMME_ADMIN, CHANNEL_MANAGER})
declare("deals.settle", {PROGRAMME_ADMIN})
declare("deals.terms", {PROGRAMME_ADMIN})
declare("own_deals.view", PARTNER_ROLES)
declare("own_deals.register", PARTNER_ROLES)

declare_subject(Subject("deal", commented_deal, "deal-detail", "portal-deal", reads="deals.view"))
add_timeline("partner", deal_moments, permission="deals.view")
declare_scope("deals:read", _("Read registered deals"))
declare_scope("deals:write", _("Register deals and close them"))
declare_scope("deal-decisions:write", _("Decide registered deals"))

add_menu_item(
    MenuItem(
        "console",
        "sales",
        _("Deals"),
        "deal-list",
        "heart-handshake",
        "deals.view",
        order=5,
        badge=count_to_decide,
    )
)
add_menu_item(
    MenuItem(
        "portal",
        "sell",
        _("Deals"),
        "portal-deal-list",
        "heart-handshake",
        "own_deals.view",
        order=5,
        at_hand=True,
    )
)
add_queue_item(
    QueueItem(
        label=_("Deals to decide"),
        count=count_to_decide,
        url_name="deal-list",
        permission="deals.decide",
        query="state=submitted",
        order=5,
    )
)
add_queue_item(
    QueueItem(
        label=_("Extensions of protection to answer"),
        count=count_extensions_asked,
        url_name="deal-extensions",
        permission="deals.decide",
        order=6,
    )
)

add_queue_item(
    QueueItem(
        label=_("Changes of deals to answer"),
        count=count_amendments_asked,
        url_name="deal-amendments",
        permission="deals.decide",
        order=6,
    )
)

register_milestone(
    "first_deal", label=pgettext_lazy("funnel", "First deal"), reached=first_deal_moments, order=20
)
register_step(
    StepKind(
        "first_deal",
        _("Register your first deal"),
        _("A customer you work with, so that nobody else gets it."),
        "portal-deal-create",
        "own_deals.register",
        3,
        have_deals,
        order=60,
    )
)

name_action("deal.registered", pgettext_lazy("deal", "Registered"))
name_action("deal.corrected", pgettext_lazy("deal", "Corrected"))
name_action("deal.changed", pgettext_lazy("deal", "Changed"))
name_action("deal.approved", pgettext_lazy("deal", "Approved"))
name_action("deal.returned", pgettext_lazy("deal", "Returned with a question"))
name_action("deal.rejected", pgettext_lazy("deal", "Rejected"))
name_action("deal.protected", pgettext_lazy("deal", "Protection began"))
name_action("deal.expired", pgettext_lazy("deal", "Protection ended"))
name_action("deal.extension_asked", _("Extension asked for"))
name_action("deal.extended", _("Protection extended"))
name_action("deal.extension_refused", _("Extension refused"))
name_action("deal.amendment_asked", _("Change of the claim asked for"))
name_action("deal.amended", _("The claim was changed"))
name_action("deal.renamed", _("Customer named as in the vendor's records"))
name_action("deal.rekeyed", _("Compared with other claims anew"))
name_action("deal.amendment_refused", _("Change of the claim refused"))
name_action("deal.lapsed", _("Lapsed: the question was not answered"))
name_action("deal.passed_on", _("Decision passed on"))
name_action("deal.terms_changed", _("Terms of deals changed"))
name_action("deal.withdrawn", pgettext_lazy("deal", "Withdrawn"))
name_action("deal.won", pgettext_lazy("deal", "Won"))
name_action("deal.lost", pgettext_lazy("deal", "Lost"))
name_action("deal.escalated", _("Not decided in time"))
name_action("deal.awarded", _("Awarded by a ruling"))
name_action("deal.overruled", _("Overruled by a ruling"))
name_action("deal.parts_set", _("Parts in the deal set"))
name_action("interest.declared", _("Interest declared"))
name_action("interest.withdrawn", _("Declaration of interest withdrawn"))

declare_notice(
    "deal.submitted",
    title=_("%(partner)s registered a deal with %(customer)s"),
    text=_("Deal %(number)s waits for your decision."),
)
declare_notice(
    "deal.escalated",
    title=_("Deal %(number)s was not decided in time"),
    text=_("%(partner)s waits for an answer about %(customer)s."),
)
declare_notice(
    "deal.escalated_partner",
    title=_("Your deal %(number)s takes longer than promised"),
    text=_("It was passed on to the programme's administrators. Your place in the queue stays."),
)
declare_notice(
    "deal.protected",
    title=_("%(customer)s is protected for you until %(until)s"),
    text=_("Deal %(number)s: until that day nobody else gets this customer for this product line."),
)
declare_notice(
    "deal.approved_on_condition",
    title=_("Deal %(number)s was approved on condition"),
    text=_("You are number %(place)s for %(customer)s. Your protection begins when the one before it ends."),
)
declare_notice(
    "deal.returned",
    title=_("There is a question about your deal %(number)s"),
    text=_("%(customer)s: %(reason)s Answer by %(until)s, else the claim lapses."),
)
declare_notice(
    "deal.answer_due",
    title=_("Your deal %(number)s waits for your answer until %(until)s"),
    text=_("%(customer)s: after that day the claim lapses, and whoever stands behind you moves up."),
)
declare_notice(
    "deal.lapsed",
    title=_("Your deal %(number)s has lapsed"),
    text=_(
        "The question about %(customer)s was not answered in time. Register the deal again if you still work with them."
    ),
)
declare_notice(
    "deal.lapsed_staff",
    title=_("The deal of %(partner)s with %(customer)s has lapsed"),
    text=_("Deal %(number)s: your question was not answered in time."),
)
declare_notice(
    "deal.passed_on",
    title=_("Deal %(number)s waits for your decision"),
    text=_("%(partner)s, %(customer)s: who was asked first has an interest of their own."),
)
declare_notice(
    "deal.amendment_asked",
    title=_("%(partner)s asks to change its claim on %(customer)s"),
    text=_("Deal %(number)s: another customer, tax id or product line."),
)
declare_notice(
    "deal.amended",
    title=_("The change of your deal %(number)s was approved"),
    text=_("It is about %(customer)s now."),
)
declare_notice(
    "deal.amendment_refused",
    title=_("The change of your deal %(number)s was refused"),
    text=_("%(customer)s: %(reason)s"),
)
declare_notice("deal.rejected", title=_("Deal %(number)s was rejected"), text=_("%(customer)s: %(reason)s"))
declare_notice(
    "deal.extension_asked",
    title=_("%(partner)s asks for more time for %(customer)s"),
    text=_("Deal %(number)s: %(days)s more days."),
)
declare_notice(
    "deal.extended",
    title=_("%(customer)s stays protected for you until %(until)s"),
    text=_("The protection of deal %(number)s was extended."),
)
declare_notice(
    "deal.extension_refused",
    title=_("The protection of deal %(number)s was not extended"),
    text=_("%(customer)s: %(reason)s"),
)
declare_notice(
    "deal.ending",
    title=_("The protection of %(customer)s ends on %(until)s"),
    text=_("Deal %(number)s: ask for an extension in time, or say how it went."),
)
declare_notice(
    "deal.ending_staff",
    title=_("The protection of %(customer)s for %(partner)s ends on %(until)s"),
    text=_("Deal %(number)s: talk to the partner about what comes next."),
)
declare_notice(
    "deal.ended",
    title=_("The protection of %(customer)s has ended"),
    text=_("Deal %(number)s: register the customer again if you still work with them."),
)
declare_notice(
    "deal.parts_set",
    title=_("The parts in your deal %(number)s were set"),
    text=_("%(customer)s: see what share of the sales is yours."),
)
for outcome, title in (
    ("won", _("%(partner)s won the deal with %(customer)s")),
    ("lost", _("%(partner)s lost the deal with %(customer)s")),
    ("withdrawn", _("%(partner)s withdrew the deal with %(customer)s")),
):
    declare_notice(f"deal.{outcome}", title=title, text=_("Deal %(number)s is closed."))

for follower in deals_followers():
    register_follower(follower)

follow_keys(follow_customer)
