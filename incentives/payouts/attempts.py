"""A step of a person on a page of payouts: it is done, or its refusal is told in words.

Called by: payouts.{console,outcome_pages,exclusion_pages}.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.utils import timezone
from django.utils.translation import gettext_lazy

from incentives.payouts import actions, excluding, exporting, outcomes, settling
from incentives.payouts.forms import ReasonForm
from prm.web.pages import PageRequest

REFUSALS: dict[type[Exception], Any] = {
    actions.RunStateRefuses: gettext_lazy("The run has moved on meanwhile; look at its state."),
    actions.NothingToPay: gettext_lazy("There is nothing payable in this run."),
    actions.TotalDiffers: gettext_lazy("The typed total is not the total of the run."),
    actions.PreparerSubmits: gettext_lazy("The person who prepared the run submits it."),
    actions.PreparerCannotApprove: gettext_lazy(
        "You prepared this run, so another person has to approve it."
    ),
    actions.EditorCannotApprove: gettext_lazy(
        "You edited a plan in this run last, or proposed what is in it; another person has to approve it."
    ),
    actions.AlreadyApproved: gettext_lazy("You have approved this run already; a second person is needed."),
    actions.ContentChanged: gettext_lazy(
        "What would be paid now is not what was calculated. Send the run back and calculate it again."
    ),
    actions.ContentUnseen: gettext_lazy(
        "The run was calculated again after you opened it, and would pay something else. Read it, then approve it."
    ),
    exporting.NotApproved: gettext_lazy("Too few approvals stand for the content of this run."),
    outcomes.OutcomeRefused: gettext_lazy("This payment does not take this outcome any more."),
    outcomes.AnswerWaits: gettext_lazy("Another answer waits for a second person. Decline it first."),
    outcomes.AnswerDecided: gettext_lazy("This answer was confirmed, declined or overtaken already."),
    outcomes.ProposerCannotConfirm: gettext_lazy(
        "You recorded this answer, so another person has to confirm it."
    ),
    settling.UnclearNeedsAnother: gettext_lazy(
        "You called this payment unclear, so another person has to decide it."
    ),
    settling.AnotherRunOpen: gettext_lazy(
        "The answer stays: its run would be open again, and another run of this month and currency is open. Settle or "
        "cancel that one first."
    ),
    settling.TakenUpAgain: gettext_lazy(
        "The answer stays: these earnings are in another run by now. Cancel that one first."
    ),
    excluding.PreparerExcludes: gettext_lazy("The person who prepared the run decides whom it pays."),
    excluding.ItemNotExcludable: gettext_lazy("This balance was taken out or put back already."),
    excluding.TakenElsewhere: gettext_lazy("It stays out: these earnings are in another run by now."),
}


def attempt_for_a_reason(
    request: PageRequest, form: ReasonForm, action: Callable[..., Any], done: str, **subject: Any
) -> None:
    reason = form.cleaned_data["reason"]
    attempt(request, lambda: action(actor=request.actor, reason=reason, at=timezone.now(), **subject), done)


def attempt(request: PageRequest, act: Callable[[], Any], done: Any) -> bool:
    """Do it, or tell the refusal in words."""
    try:
        act()
    except tuple(REFUSALS) as refusal:
        messages.error(request, str(REFUSALS[type(refusal)]))
        return False
    messages.success(request, done)
    return True
