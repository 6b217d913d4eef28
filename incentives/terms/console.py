"""Terms for the vendor's staff: writing a draft's text, who has accepted, reminding the others; for terms.urls."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from incentives.plans import actions as plans
from incentives.plans.models import PlanVersion
from incentives.plans.queries import access_version
from incentives.terms import actions, queries
from incentives.terms.forms import AcceptanceFilterForm, TermsForm
from incentives.terms.models import TermsRequest
from incentives.terms.presentation import texts_shown
from incentives.terms.refusals import NobodyToRemind
from prm.web import format as formats
from prm.web.downloads import csv_answer
from prm.web.forms import posted, status_of
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, console_page

ORDER = ("partner__name_key", "id")


@console_page("plans.view", post="plans.change")
def version_terms(request: PageRequest, version_id: UUID) -> HttpResponse:
    """The text: a draft's may be written, a published one's is read."""
    version = access_version(request.actor, version_id)
    may_change = request.actor.can("plans.change") and version.published_at is None
    if request.method == "POST" and version.published_at is not None:
        raise Http404
    initial = {"text_" + code: text for code, text in version.terms.items()}
    form = TermsForm(
        posted(request),
        initial={
            **initial,
            "pays_after_acceptance": version.pays_after_acceptance,
            "version": version.revision,
        },
    )
    if form.is_valid() and _write(request, version, form):
        messages.success(request, _("The terms are saved."))
        return redirect("version-detail", version.id)
    content = {
        "version": version,
        "plan": version.plan,
        "form": form if may_change else None,
        "texts": texts_shown(version),
    }
    return render(request, "console/incentives/terms/terms.html", content, status=status_of(form))


def _write(request: PageRequest, version: PlanVersion, form: TermsForm) -> bool:
    try:
        plans.write_terms(
            actor=request.actor,
            version=version,
            revision=form.cleaned_data["version"] or 0,
            terms=form.terms(),
            at=timezone.now(),
        )
    except (plans.TermsMissing, plans.VersionChangedMeanwhile) as refusal:
        form.refuse(refusal)
        return False
    return True


@console_page("plans.view")
def acceptances(request: PageRequest, version_id: UUID) -> HttpResponse:
    version = _published(request, version_id)
    filters = AcceptanceFilterForm(request)
    page = page_of(request, _filtered(request, version, filters), order=ORDER)
    asked, settled = queries.count_requests(request.actor, version)
    content = {
        "version": version,
        "plan": version.plan,
        "page": page,
        "rows": _rows(version, page.rows, sees_money=request.actor.can("earnings.view")),
        "filters": filters,
        "chips": filters.chips(),
        "filtered": bool(filters.wanted),
        "asked": asked,
        "settled": settled,
        "waiting": asked - settled,
        "may_remind": request.actor.can("terms.remind")
        and queries.outstanding(request.actor, version, _today()).exists(),
    }
    return render(request, "console/incentives/terms/acceptances.html", content)


@console_page("plans.view")
def acceptances_export(request: PageRequest, version_id: UUID) -> HttpResponse:
    """The same rows as the list, all pages of them."""
    version = _published(request, version_id)
    rows = _filtered(request, version, AcceptanceFilterForm(request)).order_by(*ORDER)
    header = [
        _("Code"), _("Partner"), _("Status"), pgettext("terms", "Accepted at"), pgettext("terms", "Accepted by"),
        _("Language"), _("Text"), pgettext("terms", "Told last"),
    ]  # fmt: skip
    return csv_answer("acceptances.csv", header, _cells(_rows(version, rows, sees_money=False)))


@console_page("plans.view", post="terms.remind")
def remind(request: PageRequest, version_id: UUID) -> HttpResponse:
    version = _published(request, version_id)
    if request.method == "POST":
        try:
            count = actions.remind(actor=request.actor, version=version, at=timezone.now())
        except NobodyToRemind as refusal:
            messages.info(request, str(refusal.message))
        else:
            text = ngettext("%(n)s partner is reminded.", "%(n)s partners are reminded.", count)
            messages.success(request, text % {"n": count})
    return redirect("terms-acceptances", version.id)


def _published(request: PageRequest, version_id: UUID) -> PlanVersion:
    """A version that may have asked somebody; a draft has no such page."""
    version = access_version(request.actor, version_id)
    if version.published_at is None:
        raise Http404
    return version


def _filtered(
    request: PageRequest, version: PlanVersion, filters: AcceptanceFilterForm
) -> QuerySet[TermsRequest]:
    rows, state = queries.requests_for(request.actor, version), filters.wanted.get("state")
    return rows.filter(Q(settled=state == "accepted")) if state else rows


def _rows(version: PlanVersion, requests: Iterable[Any], *, sees_money: bool) -> list[dict[str, Any]]:
    listed = list(requests)
    ids = [row.partner_id for row in listed]
    accepted = queries.acceptances_by_partner(version, ids)
    waits = sees_money and version.pays_after_acceptance
    open_ids = [row.partner_id for row in listed if not row.settled]
    waiting = queries.unpaid(open_ids, [version.id]) if waits and open_ids else {}
    return [
        {
            "request": row,
            "partner": row.partner,
            "settled": row.settled,
            "acceptance": accepted.get(row.partner_id),
            "waiting": waiting.get((row.partner_id, version.id), []),
        }
        for row in listed
    ]


def _cells(rows: list[dict[str, Any]]) -> Iterator[list[str]]:
    for row in rows:
        one, told_at = row["acceptance"], row["request"].told_at
        yield [
            row["partner"].code,
            row["partner"].name,
            str(pgettext("terms", "Accepted") if row["settled"] else pgettext("terms", "Not accepted")),
            formats.moment(one.accepted_at) if one else "",
            one.accepted_by_label if one else "",
            one.language if one else "",
            one.text_hash if one else "",
            formats.moment(told_at) if told_at else "",
        ]


def _today() -> date:
    return queries.today(timezone.now())
