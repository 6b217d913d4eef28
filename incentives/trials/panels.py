"""What the page of a version says of its tests; called by trials.catalogue."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from incentives.plans.queries import access_version
from incentives.trials import queries
from incentives.trials.models import TrialState
from incentives.trials.presentation import months_of, share_text, total_of
from prm.accounts.actor import Actor
from prm.web.panels import Panel

TEMPLATE = "console/incentives/trials/_panel.html"


def backtest_panel(actor: Actor, version_id: UUID) -> Panel | None:
    """The newest test of a draft, whether it still holds, and where to start one."""
    version = access_version(actor, version_id)
    newest = queries.newest_backtest(version)
    if newest is None and version.published_at is not None:
        return None
    content: dict[str, Any] = {
        "version": version,
        "backtest": newest,
        "may_start": actor.can("backtests.start"),
    }
    if newest is not None and newest.state == TrialState.DONE:
        currency = str(version.document.get("currency", ""))
        rows = queries.visible_amounts(actor, newest).filter(currency=currency)
        total = total_of(months_of(rows))
        content |= {
            "currency": currency,
            "total": total,
            "share": share_text(total),
            "edited_since": newest.revision != version.revision,
            "moved": version.published_at is None and queries.has_moved(newest),
        }
    return Panel(_("Tested on history"), TEMPLATE, content)
