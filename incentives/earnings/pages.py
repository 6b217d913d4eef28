"""What the console's and the portal's pages of earnings share: filters read, rows worded.

Called by: earnings.console and earnings.portal.
"""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest

from incentives.earnings import entries as reads
from incentives.earnings.entries import EntryFilter
from incentives.earnings.forms import EntryFilterForm, OutcomeFilterForm
from incentives.earnings.models import LineOutcome
from incentives.earnings.wording import (
    CAUSE_WORDS,
    reason_label,
    reason_text,
    replay_text,
    speak,
    speak_rules,
    window_title,
)
from incentives.plans.queries import value_names
from prm.accounts.actor import Actor
from prm.web.keyset import page_of
from prm.web.pages import PageRequest
from prm.web.panels import panels_for

ENTRY_ORDER = ("-period_on", "-occurred_on", "-id")
OUTCOME_ORDER = ("-occurred_on", "-id")


def entry_list_content(request: PageRequest) -> dict[str, Any]:
    """The filter, one page of entries with names, and the totals over the whole filter."""
    actor = request.actor
    form = EntryFilterForm(
        request.GET,
        partners=None if actor.is_partner else reads.partner_choices(actor),
        periods=reads.list_posting_months(actor),
        plans=reads.plan_choices(),
    )
    wanted = _wanted(request, form)
    rows = reads.list_entries(actor, wanted)
    page = page_of(request, rows, order=ENTRY_ORDER)
    named = reads.with_names(page.rows)
    for row in named:
        row["cause"] = CAUSE_WORDS.get(row["entry"].cause, row["entry"].cause)
    return {
        "form": form,
        "page": page,
        "rows": named,
        "totals": reads.totals_of(rows),
        "panels": panels_for("portal-earnings", actor, actor.partner_id) if actor.partner_id else [],
        "filtered": wanted.is_set,
    }


def _wanted(request: HttpRequest, form: EntryFilterForm) -> EntryFilter:
    """Filters of the form and of links from elsewhere; what is not understood narrows nothing."""
    given = form.cleaned_data if form.is_valid() else {}
    return EntryFilter(
        partner=_uuid(given.get("partner")),
        period_on=date.fromisoformat(given["period"]) if given.get("period") else None,
        plan=_uuid(given.get("plan")),
        line=_uuid(request.GET.get("line")),
        run=_uuid(request.GET.get("run")),
        customer=_uuid(request.GET.get("customer")),
    )


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def explanation_content(actor: Actor, entry_id: UUID) -> dict[str, Any]:
    explained = reads.explain_entry(actor, entry_id)
    return {
        "explained": explained,
        "entry": explained.entry,
        "of_window": window_title(explained.entry.inputs) if explained.entry.window_on else "",
        "panels": panels_for("portal-entry" if actor.is_partner else "entry", actor, entry_id),
        "replayed": replay_text(explained.replay.verdict),
        "spoken": speak(explained.explanation),
        "unmatched": speak_rules(explained.unmatched, value_names()) if explained.unmatched else [],
        "history": [
            {
                "entry": posting.entry,
                "run": posting.run,
                "cause": CAUSE_WORDS.get(posting.entry.cause, posting.entry.cause),
            }
            for posting in explained.history
        ],
        "shows_runs": not actor.is_partner,
        "opens_runs": actor.can("calculations.view"),
    }


def outcome_list_content(request: PageRequest, rows: QuerySet[LineOutcome]) -> dict[str, Any]:
    """Lines that earned nothing: one page with words, and how often each reason stands among the sales asked for."""
    form = OutcomeFilterForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    reason, q, line = given.get("reason", ""), given.get("q", "").strip(), _uuid(request.GET.get("line"))
    rows = reads.of_sales(rows, q=q, line=line)
    counts = [{**row, "label": reason_label(row["reason"])} for row in reads.count_reasons(rows)]
    narrowed = rows.filter(reason=reason) if reason else rows
    page = page_of(request, narrowed, order=OUTCOME_ORDER)
    named, names = reads.outcomes_with_names(page.rows), value_names()
    for row in named:
        row["text"] = reason_text(row["outcome"].reason, row["outcome"].facts, names)
    return {
        "form": form,
        "page": page,
        "rows": named,
        "counts": counts,
        "filtered": bool(reason or q or line),
        "reason": reason,
        "line": line,
        "has_earned": reads.visible_entries(request.actor).exists,
    }
