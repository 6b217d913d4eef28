"""What the page of a run shows: where it stands, what differs, who acts next, and why somebody may not.

Called by: payouts.console.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from incentives.earnings.models import ShardState
from incentives.payouts import payer_queries, queries
from incentives.payouts.actions import (
    EditorCannotApprove,
    PreparerCannotApprove,
    refuse_approver,
)
from incentives.payouts.calculation import preview
from incentives.payouts.fixes import fixes_for
from incentives.payouts.forms import ReasonForm
from incentives.payouts.hand_models import AnswerState, HandAnswer
from incentives.payouts.limits import approvals_needed, judgement_of
from incentives.payouts.models import ItemState, PayoutItem, PayoutRun, PayoutShard
from incentives.payouts.outcomes import rest_of
from incentives.payouts.refusals import refusal_text
from incentives.payouts.rules import HELD_REASONS, OUTCOMES, STEPS, may_take
from incentives.payouts.settling import POSTED, doubter_of
from incentives.payouts.wording import FIELD_LABELS, HELD_TEXTS, NOTE_TEXTS, last_reason_text, steps_of
from prm.accounts.actor import Actor
from prm.audit.queries import list_records_about
from prm.jobs.kinds import failure_text
from prm.web import format as formats
from prm.web.history import Step
from prm.web.history import steps_of as steps_in_words

NAMED_AT_MOST = 5
ANSWERS_AT_MOST = 100
EDITED_TEXTS = {
    "plans": gettext_lazy(
        "You edited a plan of this run last, so another person has to approve it: %(people)s."
    ),
    "accounts": gettext_lazy(
        "You proposed bank details in this run, so another person has to approve it: %(people)s."
    ),
    "adjustments": gettext_lazy(
        "You proposed an adjustment in this run, so another person has to approve it: %(people)s."
    ),
}


@dataclass(frozen=True)
class Panel:
    """The next step: the form to show (`step`) and what to know before (`warning`), or who has to act instead
    (`why_not`)."""

    step: str = ""
    why_not: str = ""
    warning: str = ""


def run_content(actor: Actor, run: PayoutRun) -> dict[str, Any]:
    """Everything but the rows of the tables."""
    return {
        "run": run,
        "steps": steps_of(run.state),
        "progress": progress_of(run),
        "counted": run.state not in ("draft", "calculating", "failed", "exporting"),
        "withheld_minor": queries.withheld_of(run),
        "last_reason": last_reason_text(run.last_reason),
        "failure": failure_text(run.job.failure) if run.job is not None and run.state == "failed" else "",
        "comparison": queries.compare_with_previous(run) if run.item_count else None,
        "funnel": funnel_of(run),
        "counts": queries.count_items(run),
        "file": queries.file_of(run),
        "approvals": list(run.approvals.filter(voided_at__isnull=True).select_related("approver__user")),
        "judgement": judgement_of(run, timezone.now()),
        "panel": panel_for(actor, run),
        "may_reject": may_take("reject", run.state) and actor.can(STEPS["reject"].permission),
        "may_cancel": may_take("cancel", run.state) and actor.can(STEPS["cancel"].permission),
        "may_recalculate": run.state == "calculated" and actor.can(STEPS["calculate"].permission),
        "may_record": run.state in ("exported", "partly_settled") and actor.can(STEPS["settle"].permission),
        "may_download": actor.can("payouts.export"),
        "may_see_payers": actor.can("payers.view"),
        "may_exclude": may_exclude(actor, run),
        "answers": waiting_answers(actor, run),
        "history": _history_of(run),
    }


def may_exclude(actor: Actor, run: PayoutRun) -> bool:
    """Whether this person decides whom the run pays."""
    prepared = actor.user_id == run.created_by_user_id and actor.can(STEPS["submit"].permission)
    return prepared and may_take("submit", run.state)


def waiting_answers(actor: Actor, run: PayoutRun) -> list[dict[str, Any]]:
    """What was recorded by hand and waits for a second person: who may confirm it, and whether that is this one."""
    rows = HandAnswer.objects.filter(run_id=run.id, state=AnswerState.WAITING).select_related("item__partner")
    return [_waiting_row(actor, answer) for answer in rows.order_by("id")[:ANSWERS_AT_MOST]]


def _waiting_row(actor: Actor, answer: HandAnswer) -> dict[str, Any]:
    permission = STEPS["settle"].permission
    names = queries.names_with(permission, but={answer.proposed_by_user_id})
    return {
        "answer": answer,
        "word": dict(ItemState.choices)[answer.outcome],
        "count": 1 if answer.item_id else rest_of(answer.run).count(),
        "people": ", ".join(names) or _("nobody yet: invite a second person to finance"),
        "may_decide": actor.can(permission),
        "is_own": actor.user_id == answer.proposed_by_user_id,
        "reason_form": ReasonForm(auto_id=f"id_{answer.id}_%s"),
    }


def _history_of(run: PayoutRun) -> list[Step]:
    """What was done with the run; where the system refused or stopped, in words."""
    records = list_records_about(run.id)
    totals = {told.after["total_minor"] for told in records if "total_minor" in told.after}
    values = {
        "period": {run.period_on.isoformat(): formats.month(run.period_on)},
        "total_minor": {str(total): formats.money(total, run.currency) for total in totals},
    }
    steps = steps_in_words(records, FIELD_LABELS, values)
    return [replace(step, reason=str(last_reason_text(step.reason))) for step in steps]


def progress_of(run: PayoutRun) -> dict[str, Any]:
    """How many parts of a calculation are done."""
    states = list(PayoutShard.objects.filter(run_id=run.id).values_list("state", flat=True))
    return {
        "done": states.count(ShardState.DONE),
        "total": len(states),
        "is_on": run.state in ("calculating", "exporting"),
    }


def funnel_of(run: PayoutRun) -> list[dict[str, Any]]:
    """Each reason that holds balances out, in the fixed order, with how many and how much."""
    return funnel_rows(
        {reason: (row["count"], row["total"]) for reason, row in queries.held_by_reason(run).items()}
    )


def funnel_rows(found: dict[str, tuple[int, int]]) -> list[dict[str, Any]]:
    return [
        {"code": code, "text": HELD_TEXTS[code], "count": found[code][0], "total_minor": found[code][1]}
        for code in HELD_REASONS
        if code in found
    ]


def preview_content(actor: Actor, wanted: dict[str, Any], at: datetime) -> dict[str, Any]:
    """What a run with these choices would pay and hold, and what of it is worth a look, before it is made."""
    told = preview(actor=actor, **wanted, at=at)
    sums = dict(told.sums)
    count, total = sums.pop("", (0, 0))
    return {
        "count": count,
        "total_minor": total,
        "withheld_minor": told.withheld_minor,
        "currency": wanted["currency"],
        "funnel": funnel_rows(sums),
        "payer": payer_queries.payer_for(wanted["currency"]),
        "look": with_words(told.look),
        "held": with_words(told.held),
        "held_count": sum(row_count for row_count, _sum in sums.values()),
    }


def with_words(items: list[PayoutItem]) -> list[dict[str, Any]]:
    """Rows of the tables: the item, why it is held or worth a look, and what was paid last time."""
    rows, fixes = [], fixes_for(items)
    for item in items:
        free_from, pays_on = item.facts.get("free_from"), item.facts.get("pays_on")
        rows.append(
            {
                "item": item,
                "reason": HELD_TEXTS.get(item.reason, ""),
                "fault": refusal_text(**item.facts["fault"]) if "fault" in item.facts else "",
                "excluded": item.facts.get("excluded"),
                "notes": [NOTE_TEXTS[note] for note in item.facts.get("notes", ())],
                "previous_minor": item.facts.get("previous_minor"),
                "minimum_minor": item.facts.get("minimum_minor") or 0,
                "corrections_minor": item.facts.get("corrections_minor") or 0,
                "funds_minor": item.facts.get("funds_minor") or 0,
                "adjusted_minor": item.facts.get("adjusted_minor") or 0,
                "earned_minor": item.facts.get("earned_minor") or 0,
                "held_minor": item.facts.get("held_minor") or 0,
                "disputed_minor": item.facts.get("disputed_minor") or 0,
                "unaccepted_minor": item.facts.get("unaccepted_minor") or 0,
                "tax_percent": _percent(item.facts.get("tax_percent")),
                "fix": fixes.get(item.id),
                "free_from": date.fromisoformat(free_from) if free_from else None,
                "pays_on": date.fromisoformat(pays_on) if pays_on else None,
            }
        )
    return rows


def _percent(kept: str | None) -> str:
    return formats.percent(Decimal(kept) / 100) if kept else ""


def panel_for(actor: Actor, run: PayoutRun) -> Panel:
    """What this person can do next with the run; if nothing, who can."""
    by_state = {
        "draft": _draft_panel,
        "failed": _draft_panel,
        "calculated": _submit_panel,
        "submitted": _approve_panel,
        "approved": _export_panel,
    }
    panel = by_state.get(run.state)
    return panel(actor, run) if panel else Panel()


def _draft_panel(actor: Actor, run: PayoutRun) -> Panel:
    if actor.can(STEPS["calculate"].permission):
        return Panel("calculate")
    return Panel(why_not=_("%(person)s calculates it again or cancels it.") % {"person": run.created_by.user})


def _submit_panel(actor: Actor, run: PayoutRun) -> Panel:
    if run.item_count == 0:
        return Panel(why_not=_("Nothing is payable, so there is nothing to submit; below is why."))
    if actor.user_id != run.created_by_user_id:
        return Panel(
            why_not=_("%(person)s prepared it and submits it for approval.") % {"person": run.created_by.user}
        )
    return Panel("submit", warning=_lack_of_approvers(run))


def _lack_of_approvers(run: PayoutRun) -> str:
    """Better said before the run is handed over than when nobody can take it."""
    names = queries.approver_names(run)
    if len(names) >= approvals_needed(run, timezone.now()):
        return ""
    if not names:
        return _(
            "Nobody may approve this run: who prepared it, or edited what it pays by, does not. Let somebody else "
            "prepare it, or invite another person to finance."
        )
    told = _(
        "A run above the limit needs two approvals, and only %(person)s may approve this one. Let somebody else "
        "prepare it, or invite another person to finance."
    )
    return told % {"person": names[0]}


def _approve_panel(actor: Actor, run: PayoutRun) -> Panel:
    others = ", ".join(queries.approver_names(run)) or _("nobody yet: invite a second person to finance")
    if not actor.can(STEPS["approve"].permission):
        return Panel(why_not=_("Approving is for finance: %(people)s.") % {"people": others})
    try:
        refuse_approver(actor=actor, run=run)
    except PreparerCannotApprove:
        return Panel(
            why_not=_("You prepared this run, so another person has to approve it: %(people)s.")
            % {"people": others}
        )
    except EditorCannotApprove as refusal:
        return Panel(why_not=str(EDITED_TEXTS[refusal.what]) % {"people": others})
    if run.approvals.filter(voided_at__isnull=True, approver_user_id=actor.user_id or "").exists():
        told = _("You have approved it. It is above the limit, so a second person is needed: %(people)s.")
        return Panel(why_not=told % {"people": others})
    return _unless_changed(run, Panel("approve"))


def _export_panel(actor: Actor, run: PayoutRun) -> Panel:
    if not actor.can(STEPS["export"].permission):
        return Panel(why_not=_("It is approved. Finance writes the payment file."))
    return _unless_changed(run, Panel("export"))


def _unless_changed(run: PayoutRun, panel: Panel) -> Panel:
    if run.payer_account is not None and run.payer_account.replaced_at is not None:
        return Panel(
            why_not=_(
                "The account that pays was replaced after the calculation. Send the run back and calculate it again."
            )
        )
    changed = queries.list_changed_items(run)
    if not changed:
        return _unless_taxed_otherwise(run, panel)
    names = ", ".join(str(item.partner) for item in changed[:NAMED_AT_MOST])
    return Panel(
        why_not=ngettext(
            "The bank details or the status of a partner changed after the calculation (%(names)s). Send the run "
            "back and calculate it again.",
            "The bank details or the status of partners changed after the calculation (%(names)s). Send the run "
            "back and calculate it again.",
            len(changed),
        )
        % {"names": names}
    )


def _unless_taxed_otherwise(run: PayoutRun, panel: Panel) -> Panel:
    taxed = queries.list_taxed_otherwise(run)
    if not taxed:
        return panel
    names = ", ".join(str(item.partner) for item in taxed[:NAMED_AT_MOST])
    told = _(
        "Another tax would be withheld than was calculated (%(names)s). Send the run back and calculate it again."
    )
    return Panel(why_not=told % {"names": names})


def tables_of(run: PayoutRun, show: str) -> Any:
    """The items of one tab: payable, held, or worth a look."""
    rows = queries.list_items(run)
    if show == "held":
        return rows.filter(state=ItemState.HELD)
    payable = rows.exclude(state=ItemState.HELD)
    return payable.exclude(facts__notes=[]) if show == "look" else payable


def outcome_content(actor: Actor, item: PayoutItem) -> dict[str, Any]:
    """One payment: the bank's answers so far, and what this person may do about the next one."""
    writes = actor.can(STEPS["settle"].permission)
    is_unclear = item.state == ItemState.UNKNOWN
    doubter = doubter_of(item) if is_unclear else None
    others = queries.names_with(STEPS["settle"].permission, but={doubter})
    waiting = item.hand_answers.filter(state=AnswerState.WAITING).first()
    return {
        "item": item,
        "run": item.run,
        "waiting": _waiting_row(actor, waiting) if waiting else None,
        "outcomes": _outcomes_of(item),
        "row": with_words([item])[0],
        "may_write": writes,
        "may_record": writes
        and waiting is None
        and item.state in OUTCOMES
        and not (is_unclear and actor.user_id == doubter),
        "deciders": ", ".join(others) or _("nobody yet: invite a second person to finance"),
        "may_take_back": writes and item.state in POSTED,
    }


def _outcomes_of(item: PayoutItem) -> list[Any]:
    """The bank's answers about one payment, oldest first, each with its word."""
    words = dict(ItemState.choices)
    outcomes = list(queries.list_outcomes(item))
    for outcome in outcomes:
        outcome.word = words[outcome.outcome]  # type: ignore[attr-defined]
    return outcomes
