"""Pages of duplicates for the vendor's staff: candidates, both side by side, confirming.

Called by: partners.directory.urls."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.directory.duplicates import list_duplicates, mark_distinct
from partners.directory.intake import ParentUnknown, find_parent
from partners.directory.merge_forms import MergeForm, OtherPartnerForm
from partners.directory.merging import (
    FieldNotChoosable,
    MergeForbidden,
    MergePlan,
    SamePartner,
    merge_partners,
    plan_merge,
)
from partners.directory.models import Partner
from partners.directory.queries import access_partner, usable_partners
from partners.directory.requisites import TaxIdInvalid
from prm.web.forms import posted, status_of
from prm.web.pages import PageRequest, console_page

CHOICES_OFFERED = 500
UNPROCESSABLE = 422


@console_page("partners.merge")
def duplicate_list(request: PageRequest) -> HttpResponse:
    """Pairs that look alike, the strongest first."""
    return render(
        request, "console/partners/directory/duplicates.html", {"pairs": list_duplicates(request.actor)}
    )


@console_page("partners.merge", post="partners.merge")
def partner_merge(request: PageRequest, partner_id: UUID) -> HttpResponse:
    """Name the other one of two."""
    partner = access_partner(request.actor, partner_id)
    form = OtherPartnerForm(posted(request))
    other = _other(request, partner, form) if form.is_valid() else None
    if other is not None:
        return redirect("partner-merge-with", partner.id, other.id)
    context = {
        "form": form,
        "partner": partner,
        "alike": [
            {"other": pair.second if pair.first.id == partner.id else pair.first, "words": pair.words}
            for pair in list_duplicates(request.actor)
            if partner.id in (pair.first.id, pair.second.id)
        ],
        "choices": usable_partners(request.actor)
        .exclude(id=partner.id)
        .order_by("name_key", "id")[:CHOICES_OFFERED],
    }
    return render(request, "console/partners/directory/merge_choose.html", context, status=status_of(form))


def _other(request: PageRequest, partner: Partner, form: OtherPartnerForm) -> Partner | None:
    try:
        other = find_parent(request.actor, form.cleaned_data["code"])
        if other is not None and other.id == partner.id:
            raise SamePartner
    except (ParentUnknown, SamePartner) as refusal:
        form.add_error("code", str(refusal.message))
        return None
    return other


@console_page("partners.merge", post="partners.merge")
def partner_merge_with(request: PageRequest, partner_id: UUID, other_id: UUID) -> HttpResponse:
    """Both side by side; `partner_id` stays, `other_id` goes. Posting merges for good."""
    survivor = access_partner(request.actor, partner_id)
    merged = access_partner(request.actor, other_id)
    if survivor.id == merged.id:
        return redirect("partner-merge", survivor.id)
    form = MergeForm(posted(request), survivor=survivor, merged=merged)
    if form.is_valid() and _merged(request, form, survivor, merged):
        told = {"merged": merged.name, "survivor": survivor.name}
        messages.success(request, _("%(merged)s was merged into %(survivor)s.") % told)
        return redirect("partner-detail", survivor.id)
    plan = plan_merge(actor=request.actor, survivor=survivor, merged=merged, at=timezone.now())
    context = _content(form, plan)
    return render(request, "console/partners/directory/merge.html", context, status=status_of(form))


def _merged(request: PageRequest, form: MergeForm, survivor: Partner, merged: Partner) -> bool:
    try:
        merge_partners(
            actor=request.actor, survivor=survivor, merged=merged, take=form.taken(), at=timezone.now()
        )
    except (MergeForbidden, FieldNotChoosable, TaxIdInvalid) as refusal:
        form.add_error(None, refusal.message)
        return False
    return True


def _content(form: MergeForm, plan: MergePlan) -> dict[str, object]:
    return {
        "form": form,
        "survivor": plan.merge.survivor,
        "merged": plan.merge.merged,
        "rows": form.compared(),
        "followings": [one for one in plan.followings if one.count],
        "objections": plan.objections,
    }


@console_page("partners.merge", post="partners.merge")
def partners_distinct(request: PageRequest, partner_id: UUID, other_id: UUID) -> HttpResponse:
    """Say that the two are different companies."""
    one, other = access_partner(request.actor, partner_id), access_partner(request.actor, other_id)
    if request.method == "POST":
        mark_distinct(actor=request.actor, one=one, other=other, at=timezone.now())
        messages.success(request, _("Remembered: they are different companies."))
        return redirect("partner-duplicates")
    return redirect("partner-merge-with", one.id, other.id)
