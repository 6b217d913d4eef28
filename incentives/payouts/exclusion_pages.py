"""Pages on which the preparer takes a partner's balance out of a run before submitting it, and puts it back.

Called by: incentives.payouts.urls.
"""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from incentives.payouts import excluding, queries
from incentives.payouts.attempts import attempt
from incentives.payouts.forms import ReasonForm
from incentives.payouts.models import ItemState
from incentives.payouts.overview import may_exclude
from prm.web.pages import PageRequest, console_page


@console_page("payouts.view", post="payouts.prepare")
def item_take_out(request: PageRequest, item_id: UUID) -> HttpResponse:
    """Why this partner is not paid by this run."""
    item = queries.access_item(request.actor, item_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        done = _("Taken out. The next run pays it, unless it is put back.")
        attempt(
            request,
            lambda: excluding.take_out(actor=request.actor, item=item, reason=reason, at=timezone.now()),
            done,
        )
        return redirect("payout-detail", item.run_id)
    may = may_exclude(request.actor, item.run) and item.state == ItemState.RESERVED
    content = {"item": item, "run": item.run, "form": form, "may_take_out": may}
    status = 422 if form.errors else 200
    return render(request, "console/incentives/payouts/take_out.html", content, status=status)


@require_POST
@console_page("payouts.view", post="payouts.prepare")
def item_put_back(request: PageRequest, item_id: UUID) -> HttpResponse:
    item = queries.access_item(request.actor, item_id)
    attempt(
        request,
        lambda: excluding.put_back(actor=request.actor, item=item, at=timezone.now()),
        _("Put back. This run pays it."),
    )
    return redirect("payout-detail", item.run_id)
