"""Tiers for the vendor's staff; called by partners.tiers.urls."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from partners.directory.queries import access_partner, visible_partners
from partners.segments.builder import Builder
from partners.segments.language import RuleInvalid
from partners.segments.presentation import preview_of
from partners.tiers import actions, queries
from partners.tiers.forms import CalendarForm, PinForm, ReviewForm, TierForm
from partners.tiers.models import Tier
from partners.tiers.presentation import ladder, said_outcomes, today
from partners.tiers.reviewing import CannotLeaveOut, review_tiers
from partners.tiers.rules import FALL, RISE, WARN
from partners.tiers.uses import uses_of_tier
from prm.web.forms import posted, status_of
from prm.web.pages import PageRequest, console_page


@console_page("tiers.view")
def tier_list(request: PageRequest) -> HttpResponse:
    context = {
        "steps": ladder(),
        "calendar": queries.calendar_row(),
        "may_change": request.actor.can("tiers.change"),
        "may_review": request.actor.can("tiers.review"),
    }
    return render(request, "console/partners/tiers/list.html", context)


@console_page("tiers.change", post="tiers.change")
def tier_create(request: PageRequest) -> HttpResponse:
    return _edit(request, None)


@console_page("tiers.change", post="tiers.change")
def tier_edit(request: PageRequest, tier_id: UUID) -> HttpResponse:
    return _edit(request, queries.access_tier(tier_id))


@require_POST
@console_page("tiers.change", post="tiers.change")
def tier_remove(request: PageRequest, tier_id: UUID) -> HttpResponse:
    tier = queries.access_tier(tier_id)
    try:
        actions.remove_tier(actor=request.actor, tier=tier, at=timezone.now())
    except (actions.TierHeld, actions.TierInUse) as refusal:
        messages.error(request, str(refusal.message))
        return redirect("tier-edit", tier.id)
    messages.success(request, _("%(name)s was removed.") % {"name": tier.name})
    return redirect("tier-list")


@console_page("tiers.change", post="tiers.change")
def tier_calendar(request: PageRequest) -> HttpResponse:
    row = queries.calendar_row()
    form = CalendarForm(
        posted(request), initial={name: getattr(row, name) for name in CalendarForm.Meta.fields}
    )
    if form.is_valid():
        actions.set_calendar(actor=request.actor, facts=form.facts(), at=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("tier-list")
    return render(request, "console/partners/tiers/calendar.html", {"form": form}, status=status_of(form))


@console_page("tiers.review", post="tiers.change")
def tier_review(request: PageRequest) -> HttpResponse:
    """What a review of today does, and who falls at the next one, partner by partner; posting does it."""
    day = today()
    seen = set(visible_partners(request.actor).values_list("id", flat=True))
    outcomes = [one for one in queries.outcomes_on(day, day - timedelta(days=1)) if one.partner.id in seen]
    form = ReviewForm(posted(request), outcomes=outcomes)
    if form.is_valid() and _reviewed(request, form, day):
        return redirect("tier-list")
    said = said_outcomes(outcomes)
    context = {
        "form": form,
        "rising": said[RISE],
        "falling": [{**row, "reason": form.reason_of(row["outcome"].partner.id)} for row in said[FALL]],
        "warned": said[WARN],
        "day": day,
        "looked_at": len(outcomes),
        "may_apply": request.actor.can("tiers.change"),
    }
    return render(request, "console/partners/tiers/review.html", context, status=status_of(form))


def _reviewed(request: PageRequest, form: ReviewForm, day: date) -> bool:
    try:
        counts = review_tiers(actor=request.actor, today=day, at=timezone.now(), keep=form.kept())
    except CannotLeaveOut as refusal:
        form.add_error(None, refusal.message)
        return False
    said = _("Reviewed. Rose: %(rise)s; warned: %(warn)s; lowered: %(fall)s; left out: %(kept)s.")
    messages.success(request, said % counts)
    return True


@console_page("tiers.change", post="tiers.change")
def tier_pin(request: PageRequest, partner_id: UUID) -> HttpResponse:
    partner = access_partner(request.actor, partner_id)
    held = queries.pin_of(partner.id, today())
    if request.method == "POST" and "unpin" in request.POST:
        actions.unpin_tier(actor=request.actor, partner=partner, at=timezone.now())
        return redirect("partner-detail", partner.id)
    form = PinForm(posted(request), initial={"ends_on": held.ends_on, "reason": held.reason} if held else {})
    if form.is_valid():
        facts: Any = form.facts()
        try:
            actions.pin_tier(actor=request.actor, partner=partner, at=timezone.now(), **facts)
        except actions.PinEndsBefore as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("partner-detail", partner.id)
    context = {"form": form, "partner": partner, "held": held}
    return render(request, "console/partners/tiers/pin.html", context, status=status_of(form))


def _edit(request: PageRequest, tier: Tier | None) -> HttpResponse:
    initial = {name: getattr(tier, name) for name in TierForm.Meta.fields} if tier else {}
    form = TierForm(posted(request), initial=initial)
    builder = _builder(request, tier)
    if request.method == "POST" and "step" not in request.POST and form.is_valid():
        saved = _save(request, tier, form, builder)
        if saved is not None:
            messages.success(request, _("Saved."))
            return redirect("tier-list")
    context = {
        "form": form,
        "tier": tier,
        "uses": uses_of_tier(tier.name) if tier else [],
        "builder": builder,
        "preview": preview_of(builder, today(), None) if builder else None,
    }
    status = status_of(form) if "step" not in request.POST else 200
    return render(request, "console/partners/tiers/form.html", context, status=status)


def _builder(request: PageRequest, tier: Tier | None) -> Builder | None:
    if request.method == "POST" and "joint" in request.POST:
        return Builder.of_post(request.POST)
    return Builder.of_rule(tier.rule) if tier else Builder.empty()


def _save(request: PageRequest, tier: Tier | None, form: TierForm, builder: Builder | None) -> Tier | None:
    facts: Any = form.facts()
    try:
        if builder is not None:
            facts["rule"] = builder.rule()
        if tier is None:
            return actions.define_tier(actor=request.actor, facts=facts, at=timezone.now())
        return actions.change_tier(actor=request.actor, tier=tier, changes=facts, at=timezone.now())
    except RuleInvalid:
        assert builder is not None
        builder.mark_faults()
        form.add_error(None, _("The rule is not complete: see the marked rows."))
    except (actions.TierTaken, actions.TierInUse) as refusal:
        form.refuse(refusal)
    return None
