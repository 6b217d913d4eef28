"""Pages of segments for the vendor's staff; called by partners.segments.urls."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from partners.directory.queries import access_partner
from partners.segments import actions, queries
from partners.segments.builder import Builder
from partners.segments.engagement import engagement_kinds, labelled_weights, set_weights, weights
from partners.segments.forms import (
    DayFilter,
    EstimateForm,
    MatrixForm,
    MembersForm,
    SegmentFilter,
    SegmentForm,
    weights_form,
)
from partners.segments.language import RuleInvalid
from partners.segments.models import Segment, SegmentKind
from partners.segments.potential import estimate_of, estimate_potential
from partners.segments.presentation import CSV_HEADER, history_of, preview_of, said_members, said_rule
from partners.segments.quadrants import SharesExceed, plan_quadrants, plans_by_quadrant
from partners.segments.resources import (
    MEANINGS,
    NAMES,
    chart_of,
    middle_of,
    place_partners,
    quadrants_of,
    rows_of,
)
from partners.segments.rules import QUADRANTS
from prm.tenancy.queries import current_tenant
from prm.web.downloads import csv_answer
from prm.web.forms import posted, status_of
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, console_page

RESOURCE_ROWS = 50
NEWEST = ("-starts_on", "-id")


@console_page("segments.view", post="segments.change")
def segment_list(request: PageRequest) -> HttpResponse:
    """Posting recalculates them all."""
    if request.method == "POST":
        job = actions.ask_recalculation(actor=request.actor, at=timezone.now())
        return redirect("job-detail", job.id)
    filters = SegmentFilter(request)
    context = {
        "page": page_of(request, queries.list_segments(**filters.wanted), order=("name", "id")),
        "filters": filters,
        "chips": filters.chips(),
        "filtered": bool(filters.wanted),
        "may_change": request.actor.can("segments.change"),
    }
    return render(request, "console/partners/segments/list.html", context)


@console_page("segments.view")
def segment_detail(request: PageRequest, segment_id: UUID) -> HttpResponse:
    segment = queries.access_segment(segment_id)
    filters = DayFilter(request)
    day = filters.wanted.get("on") or _today()
    page = page_of(request, queries.visible_members(request.actor, segment, day), order=NEWEST)
    changes = queries.list_changes(request.actor, segment)
    context = {
        "segment": segment,
        "rule": said_rule(segment),
        "page": page,
        "members": said_members(page.rows),
        "day": day,
        "filters": filters,
        "changes": changes,
        "unchanged": queries.was_unchanged(segment, changes),
        "uses": queries.uses_of(segment),
        "history": history_of(segment),
        "may_change": request.actor.can("segments.change"),
        "has_wall": request.actor.has_portfolio_wall,
    }
    return render(request, "console/partners/segments/detail.html", context)


@console_page("segments.view")
def segment_export(request: PageRequest, segment_id: UUID) -> HttpResponse:
    segment = queries.access_segment(segment_id)
    day = DayFilter(request).wanted.get("on") or _today()
    members = queries.visible_members(request.actor, segment, day).order_by("partner__name_key", "id")
    rows = ([m.partner.code, m.partner.name, m.starts_on.isoformat()] for m in members.iterator())
    return csv_answer(f"{segment.code}.csv", [str(name) for name in CSV_HEADER], rows)


@console_page("segments.change", post="segments.change")
def segment_create(request: PageRequest) -> HttpResponse:
    return _edit(request, None, SegmentKind.RULE)


@console_page("segments.change", post="segments.change")
def segment_create_list(request: PageRequest) -> HttpResponse:
    return _edit(request, None, SegmentKind.LIST)


@console_page("segments.change", post="segments.change")
def segment_edit(request: PageRequest, segment_id: UUID) -> HttpResponse:
    segment = queries.access_segment(segment_id)
    return _edit(request, segment, segment.kind)


@require_POST
@console_page("segments.change", post="segments.change")
def segment_preview(request: PageRequest) -> HttpResponse:
    """The builder and what its rule would do, for the page that is being edited."""
    segment_id = request.POST.get("segment", "")
    segment = queries.access_segment(UUID(segment_id)) if segment_id else None
    builder = Builder.of_post(request.POST)
    context = {
        "builder": builder,
        "preview": preview_of(builder, _today(), segment),
        "segment": segment,
        "for_tier": request.POST.get("for") == "tier",
    }
    return render(request, "console/partners/segments/_builder.html", context)


@console_page("segments.change", post="segments.change")
def segment_members(request: PageRequest, segment_id: UUID) -> HttpResponse:
    """A fixed list: add by code, or take out."""
    segment = queries.access_segment(segment_id)
    form = MembersForm(posted(request))
    if form.is_valid():
        add = "remove" not in request.POST
        change = actions.add_members if add else actions.remove_members
        try:
            count = change(
                actor=request.actor, segment=segment, codes=form.cleaned_data["codes"], at=timezone.now()
            )
        except (actions.PartnerCodesUnknown, actions.SegmentHasRule) as refusal:
            form.refuse(refusal)
        else:
            said = _("Added: %(n)s.") if add else _("Taken out: %(n)s.")
            messages.success(request, said % {"n": count})
            return redirect("segment-detail", segment.id)
    context = {"form": form, "segment": segment}
    return render(request, "console/partners/segments/members.html", context, status=status_of(form))


@require_POST
@console_page("segments.change", post="segments.change")
def segment_recalculate(request: PageRequest, segment_id: UUID) -> HttpResponse:
    segment = queries.access_segment(segment_id)
    try:
        applied = actions.recalculate_segment(
            actor=request.actor, segment=segment, as_of=_today(), at=timezone.now()
        )
    except (actions.SegmentHasRule, actions.SegmentHistoryLater) as refusal:
        messages.error(request, str(refusal.message))
    else:
        told = {"entered": applied.entered, "left": applied.left}
        messages.success(request, _("Recalculated: %(entered)s entered, %(left)s left.") % told)
    return redirect("segment-detail", segment.id)


@console_page("segments.change", post="segments.change")
def segment_remove(request: PageRequest, segment_id: UUID) -> HttpResponse:
    segment = queries.access_segment(segment_id)
    uses = queries.uses_of(segment)
    if request.method == "POST" and not uses:
        actions.remove_segment(actor=request.actor, segment=segment, at=timezone.now())
        messages.success(request, _("%(name)s was removed.") % {"name": segment.name})
        return redirect("segment-list")
    context = {"segment": segment, "uses": uses}
    return render(
        request, "console/partners/segments/remove.html", context, status=409 if request.POST else 200
    )


@console_page("resources.view")
def resource_page(request: PageRequest) -> HttpResponse:
    """Potential against engagement; `?quadrant=grow` narrows the list."""
    placement = place_partners(request.actor, _today())
    placed = placement.placed
    wanted = request.GET.get("quadrant", "")
    listed = [one for one in placed if not wanted or one.quadrant == wanted]
    context = {
        "quadrants": quadrants_of(placed),
        "middle": middle_of(placement),
        "rows": rows_of(listed, RESOURCE_ROWS),
        "more": max(0, len(listed) - RESOURCE_ROWS),
        "wanted": wanted if wanted in QUADRANTS else "",
        "chart": chart_of(placed) if any(one.potential or one.engagement for one in placed) else None,
        "currency": current_tenant().currency,
        "may_change": request.actor.can("resources.change"),
    }
    return render(request, "console/partners/segments/resources.html", context)


@console_page("resources.change", post="resources.change")
def quadrants_edit(request: PageRequest) -> HttpResponse:
    """What the four quadrants get, in one matrix."""
    form = MatrixForm(posted(request), plans=plans_by_quadrant(), names=NAMES)
    if form.is_valid():
        try:
            plan_quadrants(actor=request.actor, plans=form.plans(), at=timezone.now())
        except SharesExceed as refusal:
            form.add_error(f"{refusal.quadrant}-{refusal.field}", refusal.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("resources")
    columns = [(NAMES[code], MEANINGS[code]) for code in QUADRANTS]
    context = {"form": form, "columns": columns, "lines": form.lines()}
    return render(request, "console/partners/segments/quadrants.html", context, status=status_of(form))


@console_page("resources.view", post="resources.change")
def engagement_weights(request: PageRequest) -> HttpResponse:
    """How engagement is counted; a programme admin sets the weights."""
    kinds = {kind.name: kind.label for kind in engagement_kinds()}
    form = weights_form(posted(request), weights(), kinds)
    if form.is_valid():
        set_weights(actor=request.actor, changes=form.cleaned_data_of(kinds), at=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("engagement-weights")
    context = {
        "form": form,
        "may_change": request.actor.can("resources.change"),
        "weights": labelled_weights(),
    }
    return render(request, "console/partners/segments/weights.html", context, status=status_of(form))


@console_page("potential.estimate", post="potential.estimate")
def potential_estimate(request: PageRequest, partner_id: UUID) -> HttpResponse:
    partner = access_partner(request.actor, partner_id)
    held = estimate_of(partner.id)
    initial = {"amount": held.amount_minor, "reason": held.reason} if held else {}
    form = EstimateForm(posted(request), currency=current_tenant().currency, initial=initial)
    if form.is_valid():
        told = {"amount_minor": form.cleaned_data["amount"], "reason": form.cleaned_data["reason"]}
        estimate_potential(actor=request.actor, partner=partner, at=timezone.now(), **told)
        messages.success(request, _("Saved."))
        return redirect("partner-detail", partner.id)
    context = {"form": form, "partner": partner}
    return render(request, "console/partners/segments/estimate.html", context, status=status_of(form))


def _edit(request: PageRequest, segment: Segment | None, kind: str) -> HttpResponse:
    initial = (
        {name: getattr(segment, name) for name in [*SegmentForm.Meta.fields, "version"]} if segment else {}
    )
    form = SegmentForm(posted(request), initial=initial)
    builder = _builder(request, segment) if kind == SegmentKind.RULE else None
    if request.method == "POST" and "step" not in request.POST and form.is_valid():
        saved = _save(request, segment, form, builder, kind)
        if saved is not None:
            messages.success(request, _("Saved."))
            return redirect("segment-detail", saved.id)
    status = status_of(form) if "step" not in request.POST else 200
    context: dict[str, Any] = {"form": form, "segment": segment, "kind": kind, "builder": builder}
    if builder is not None:
        context["preview"] = preview_of(builder, _today(), segment)
    return render(request, "console/partners/segments/form.html", context, status=status)


def _builder(request: PageRequest, segment: Segment | None) -> Builder | None:
    """None where the rule is too deep for rows: then everything else can be edited, the rule only by the API."""
    if request.method == "POST" and "joint" in request.POST:
        return Builder.of_post(request.POST)
    return Builder.of_rule(segment.rule) if segment and segment.rule else Builder.empty()


def _save(
    request: PageRequest, segment: Segment | None, form: SegmentForm, builder: Builder | None, kind: str
) -> Segment | None:
    facts: Any = form.facts()
    try:
        if builder is not None:
            facts["rule"] = builder.rule()
        if segment is None:
            facts["kind"] = kind
            return actions.create_segment(actor=request.actor, facts=facts, at=timezone.now())
        version = form.cleaned_data["version"] or 0
        return actions.change_segment(
            actor=request.actor, segment=segment, changes=facts, version=version, at=timezone.now()
        )
    except RuleInvalid:
        assert builder is not None
        builder.mark_faults()
        form.add_error(None, _("The rule is not complete: see the marked rows."))
    except (actions.SegmentCodeTaken, actions.SegmentInUse, actions.SegmentLeadsBack) as refusal:
        form.refuse(refusal)
    except actions.SegmentChangedMeanwhile as stale:
        if not form.meet(stale.segment):
            form.add_error(None, stale.message)
    return None


def _today() -> date:
    return timezone.localtime(timezone=current_tenant().zone).date()
