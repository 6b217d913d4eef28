"""What marketing funds declare: permissions, menu, queues, files, followers, notices, the words of their trail."""

from django.utils.translation import gettext_lazy as _

from incentives.funds.claims import PROOF
from incentives.funds.following import forbid_while_deciding, funds_followers
from incentives.funds.presentation import funds_panel
from incentives.funds.queries import (
    budgets_for,
    count_claims_to_decide,
    count_requests_to_decide,
    may_open_proof,
)
from incentives.funds.wording import ACTION_NAMES, NOTICES
from partners.directory.followers import register_follower, register_merge_guard
from partners.segments.queries import offer_uses
from prm.accounts.permissions import (
    AUDITOR,
    CHANNEL_MANAGER,
    FINANCE,
    PARTNER_ADMIN,
    PARTNER_USER,
    PROGRAMME_ADMIN,
    declare,
)
from prm.accounts.scopes import declare_scope
from prm.files.purposes import declare_purpose
from prm.files.rules import MEGABYTE
from prm.notifications.kinds import declare_notice
from prm.web.history import name_action
from prm.web.menu import MenuItem, add_menu_item
from prm.web.panels import add_panel
from prm.web.queue import QueueItem, add_queue_item

# Whoever decides first never approves payout runs, and whoever seconds never decides first.
declare("funds.view", {PROGRAMME_ADMIN, CHANNEL_MANAGER, FINANCE, AUDITOR})
declare("funds.manage", {PROGRAMME_ADMIN})
declare("funds.decide", {PROGRAMME_ADMIN, CHANNEL_MANAGER})
declare("funds.second", {FINANCE})
declare("own_funds.view", {PARTNER_ADMIN, PARTNER_USER}, needs_money=True)
declare("own_funds.request", {PARTNER_ADMIN, PARTNER_USER}, needs_money=True)
declare(
    "funds_proof.open",
    {PROGRAMME_ADMIN, CHANNEL_MANAGER, FINANCE, AUDITOR, PARTNER_ADMIN, PARTNER_USER},
    needs_money=True,
)

declare_scope("funds:read", _("Read marketing funds: allocations, requests, claims"))
declare_scope("funds:write", _("Ask for marketing funds on behalf of partners"))

declare_purpose(
    PROOF,
    permission="funds_proof.open",
    extensions={"pdf", "png", "jpg", "jpeg"},
    most_bytes=10 * MEGABYTE,
    scope="funds:read",
    allows=may_open_proof,
)
add_menu_item(
    MenuItem(
        "console",
        "money",
        _("Marketing funds"),
        "funds-budgets",
        "speakerphone",
        "funds.view",
        45,
        lambda actor: count_requests_to_decide(actor) + count_claims_to_decide(actor),
    )
)
add_menu_item(
    MenuItem("portal", "market", _("Marketing funds"), "portal-funds", "speakerphone", "own_funds.view", 30)
)
add_panel("partner", funds_panel, permission="funds.view", order=48)
# One line per turn, since its link opens exactly what it counts.
for permission, state in (("funds.decide", "submitted"), ("funds.second", "half_approved")):
    add_queue_item(
        QueueItem(
            _("Funds requests to decide"),
            count_requests_to_decide,
            "funds-requests",
            permission,
            query=f"state={state}",
            order=24,
        )
    )
    add_queue_item(
        QueueItem(
            _("Funds claims to decide"),
            count_claims_to_decide,
            "funds-claims",
            permission,
            query=f"state={state}",
            order=25,
        )
    )
for code, words in ACTION_NAMES.items():
    name_action(code, words)
for kind, (title, text) in NOTICES.items():
    declare_notice(kind, title=title, text=text)
for follower in funds_followers():
    register_follower(follower)
register_merge_guard(forbid_while_deciding)
offer_uses(budgets_for)
