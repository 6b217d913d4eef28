"""A partner's side of a conflict: raise it, tell what was done, read the ruling, appeal. For conflicts.urls."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.conflicts import actions, queries, refusals
from partners.conflicts.forms import AppealForm, EvidenceForm
from partners.conflicts.models import ConflictSide
from partners.conflicts.presentation import may_appeal, side_said
from partners.deals.queries import access_deal
from partners.deals.refusals import DealStepRefused, ReasonMissing
from prm.files.actions import FileRefused
from prm.tenancy.queries import current_tenant
from prm.web.forms import posted, status_of
from prm.web.pages import PageRequest, portal_page


@portal_page("own_deals.register", post="own_deals.register")
def conflict_raise(request: PageRequest, deal_id: UUID) -> HttpResponse:
    deal = access_deal(request.actor, deal_id)
    form = EvidenceForm(posted(request), request.FILES or None, initial={"happened_on": _today()})
    if form.is_valid():
        side = _taken(request, form, actions.raise_conflict, deal=deal)
        if side is not None:
            messages.success(request, _("Sent to the conflict desk. You get a notice when it is decided."))
            return redirect("portal-conflict", side.id)
    content = {"form": form, "deal": deal}
    return render(request, "portal/partners/conflicts/raise.html", content, status=status_of(form))


@portal_page("own_deals.view", post="own_deals.register")
def conflict_side(request: PageRequest, side_id: UUID) -> HttpResponse:
    """What stands, and what was told; posting adds evidence."""
    side = queries.access_own_side(request.actor, side_id)
    form = EvidenceForm(posted(request), request.FILES or None, initial={"happened_on": _today()})
    if form.is_valid() and _taken(request, form, actions.add_evidence, side=side) is not None:
        messages.success(request, _("Added."))
        return redirect("portal-conflict", side.id)
    return _shown(request, side, form)


@portal_page("own_deals.register", post="own_deals.register")
def conflict_appeal(request: PageRequest, side_id: UUID) -> HttpResponse:
    side = queries.access_own_side(request.actor, side_id)
    form = AppealForm(posted(request))
    if form.is_valid():
        words = form.cleaned_data["words"]
        try:
            actions.appeal(actor=request.actor, side=side, words=words, at=timezone.now())
        except (refusals.AppealOver, ReasonMissing) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Your appeal was sent. Another person decides it."))
            return redirect("portal-conflict", side.id)
    content = {"form": form, "side": side}
    return render(request, "portal/partners/conflicts/appeal.html", content, status=status_of(form))


def _taken(request: PageRequest, form: EvidenceForm, step: Any, **about: Any) -> Any:
    """Take the step with the form's evidence; a refusal goes beside its field and answers None."""
    try:
        return step(actor=request.actor, evidence=form.evidence(), at=timezone.now(), **about)
    except FileRefused as refusal:
        form.refuse_file(refusal.code)
    except (refusals.AlreadyRaised, refusals.EvidenceOver, DealStepRefused) as refusal:
        form.refuse(refusal)
    return None


def _shown(request: PageRequest, side: ConflictSide, form: EvidenceForm) -> HttpResponse:
    today = _today()
    may_act = request.actor.can("own_deals.register")
    content = {
        "side": side,
        "told": side_said(side, today),
        "evidence": queries.evidence_of(side),
        "form": form if may_act and queries.takes_evidence(side, today) else None,
        "may_appeal": may_act and may_appeal(side, today),
    }
    return render(request, "portal/partners/conflicts/detail.html", content, status=status_of(form))


def _today() -> date:
    return timezone.localtime(timezone=current_tenant().zone).date()
