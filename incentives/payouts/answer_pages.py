"""Pages of a bank's statement: take it, look at what it says of payments, record it.

Called by: incentives.payouts.urls.
"""

from collections import Counter
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext

from incentives.payouts import reconciling
from incentives.payouts.answer_wording import OUTCOME_TEXTS, UNREADABLE, VERDICT_TEXTS
from incentives.payouts.answers.lines import StatementUnreadable
from incentives.payouts.answers.matching import TAKEN, UNMATCHED, VERDICTS, Verdict
from incentives.payouts.forms import StatementFileForm
from prm.files.actions import FileRefused
from prm.web.pages import PageRequest, console_page

MOST_ROWS = 200


@console_page("payouts.export", post="payouts.export", fresh=True)
def answers_create(request: PageRequest) -> HttpResponse:
    form = StatementFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            kept = reconciling.keep_statement(
                actor=request.actor, name=upload.name, content=upload.read(), at=timezone.now()
            )
        except StatementUnreadable as refusal:
            form.add_error("file", str(UNREADABLE[refusal.code]) % refusal.params)
        except FileRefused as refusal:
            form.add_error("file", str(refusal.message))
        else:
            return redirect("answers-detail", kept.id)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "console/incentives/payouts/answers_form.html", {"form": form}, status=status)


@console_page("payouts.export", post="payouts.export", fresh=True)
def answers_detail(request: PageRequest, kept_id: UUID) -> HttpResponse:
    """What recording the statement would do; posting does it."""
    kept = reconciling.access_statement(request.actor, kept_id, at=timezone.now())
    if request.method == "POST":
        count = reconciling.record_statement(actor=request.actor, kept=kept, at=timezone.now())
        told = ngettext("%(count)s answer is recorded.", "%(count)s answers are recorded.", count)
        messages.success(request, told % {"count": count})
        return redirect("answers-detail", kept_id)
    content = _what_it_says(reconciling.judge_statement(request.actor, kept))
    return render(request, "console/incentives/payouts/answers.html", {"kept": kept, **content})


def _what_it_says(verdicts: list[Verdict]) -> dict[str, Any]:
    """Counts by verdict, then the lines: those for people first, those of others last."""
    counts = Counter(verdict.code for verdict in verdicts)
    ours = sorted(
        (verdict for verdict in verdicts if verdict.code != UNMATCHED),
        key=lambda verdict: VERDICTS.index(verdict.code),
    )
    others = [verdict.line for verdict in verdicts if verdict.code == UNMATCHED]
    return {
        "counts": [(code, VERDICT_TEXTS[code], counts[code]) for code in VERDICTS if counts[code]],
        "taken": counts[TAKEN],
        "rows": _rows(ours[:MOST_ROWS]),
        "more": max(0, len(ours) - MOST_ROWS),
        "others": others[:MOST_ROWS],
        "more_others": max(0, len(others) - MOST_ROWS),
    }


def _rows(verdicts: list[Verdict]) -> list[dict[str, Any]]:
    items = reconciling.items_by_id(verdict.payment.item_id for verdict in verdicts if verdict.payment)
    return [
        {
            "line": verdict.line,
            "item": items.get(verdict.payment.item_id) if verdict.payment else None,
            "code": verdict.code,
            "text": VERDICT_TEXTS[verdict.code],
            "outcome": OUTCOME_TEXTS[verdict.line.outcome],
        }
        for verdict in verdicts
    ]
