"""What a deal is about to sell, on both faces: told for the estimate on its page; for trials.urls."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from incentives.trials.deal_estimates import estimate_of
from incentives.trials.offer_forms import OfferForm
from incentives.trials.offered import Fact
from incentives.trials.offers import products_of, products_on_offer, tell_products
from incentives.trials.refusals import DealIsOver
from partners.deals.models import Deal
from partners.deals.queries import access_deal
from prm.web.forms import posted, status_of
from prm.web.pages import PageRequest, console_page, portal_page


@console_page("deals.decide", post="deals.decide")
def deal_products(request: PageRequest, deal_id: UUID) -> HttpResponse:
    return _page(request, deal_id, "console/incentives/trials/products.html", "deal-detail")


@portal_page("own_deals.register", post="own_deals.register")
def own_deal_products(request: PageRequest, deal_id: UUID) -> HttpResponse:
    return _page(request, deal_id, "portal/incentives/trials/products.html", "portal-deal")


def _page(request: PageRequest, deal_id: UUID, template: str, back: str) -> HttpResponse:
    deal = access_deal(request.actor, deal_id)
    form = _form(request, deal)
    if not form.wants_more and form.is_valid():
        try:
            tell_products(actor=request.actor, deal=deal, lines=form.lines(), at=timezone.now())
        except DealIsOver as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved. What the deal would earn is being calculated anew."))
            return redirect(back, deal.id)
    content = {"form": form, "deal": deal}
    return render(request, template, content, status=200 if form.wants_more else status_of(form))


def _form(request: PageRequest, deal: Deal) -> OfferForm:
    told, made = list(products_of(deal)), estimate_of(deal.id)
    missing: list[Any] = made.missing if made else []
    return OfferForm(
        posted(request),
        products=products_on_offer(deal),
        told=told,
        currency=deal.currency,
        asks_cost=not request.actor.is_partner
        and (Fact.COST in missing or any(row.cost_minor is not None for row in told)),
    )
