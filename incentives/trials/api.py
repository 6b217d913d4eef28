"""Trials for machines: test a version on past months, estimate a sale before it is made; called by trials.urls."""

from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework.response import Response

from incentives.plans.models import PlanVersion
from incentives.plans.queries import access_version
from incentives.plans.serializers import document_faults_told
from incentives.trials import actions, queries
from incentives.trials.estimates import Estimated, Offer, OfferedLine, estimate
from incentives.trials.models import Backtest
from incentives.trials.offered import Fact
from incentives.trials.presentation import months_of, total_of
from incentives.trials.serializers import (
    AmountRead,
    BacktestRead,
    BacktestWrite,
    EstimateRead,
    EstimateWrite,
)
from partners.customers.queries import customer_ids_by_code
from partners.directory.queries import partner_ids_by_code
from partners.products.queries import product_ids_by_code
from prm.api.lists import answer_list
from prm.api.problems import FieldError, Invalid
from prm.api.requests import ApiRequest
from prm.api.schema import operation
from prm.api.serializers import read_body, read_query
from prm.api.views import ApiView
from prm.kit.money import format_plain
from prm.tenancy.queries import current_tenant

ACCEPTED = 202
ASKED_AS = {Fact.SUBSCRIPTION: "months"}


def shown(request: ApiRequest, backtest: Backtest, status: int = 200) -> Response:
    headers = {"Location": f"/api/v1/backtests/{backtest.id}"} if status == ACCEPTED else {}
    content = BacktestRead(backtest, context={"totals": _totals(request, backtest)}).data
    return Response(content, status=status, headers=headers)


def _totals(request: ApiRequest, backtest: Backtest) -> list[dict[str, Any]]:
    rows = queries.visible_amounts(request.actor, backtest)
    totals = [
        (currency, total_of(months_of(rows.filter(currency=currency))))
        for currency in queries.currencies_of(rows)
    ]
    return [
        {
            "currency": currency,
            "old": format_plain(total.old_minor, currency),
            "new": format_plain(total.new_minor, currency),
            "difference": format_plain(total.difference_minor, currency),
        }
        for currency, total in totals
    ]


class VersionBacktests(ApiView):
    scopes: ClassVar = {"POST": "plans:write"}
    idempotent = True

    @operation("Test a draft on past months", body=BacktestWrite, answer=BacktestRead, status=202)
    def post(self, request: ApiRequest, version_id: UUID) -> Response:
        """Calculates what the months would pay with the version and takes everything back but the result. 409 while
        one of the same version is going on."""
        version = access_version(request.actor, version_id)
        told = {"throughout": False, **read_body(request, BacktestWrite)}
        with document_faults_told():
            backtest = actions.start_backtest(actor=request.actor, version=version, at=request.at, **told)
        return shown(request, backtest, ACCEPTED)


class OneBacktest(ApiView):
    scopes: ClassVar = {"GET": "plans:read"}

    @operation("Read a backtest", answer=BacktestRead)
    def get(self, request: ApiRequest, backtest_id: UUID) -> Response:
        read_query(request)
        return shown(request, queries.access_backtest(request.actor, backtest_id))


class BacktestAmounts(ApiView):
    scopes: ClassVar = {"GET": "earnings:read"}

    @operation("List what partners would have got", answer=AmountRead, listed=True)
    def get(self, request: ApiRequest, backtest_id: UUID) -> Response:
        """Per partner, month and currency."""
        read_query(request)
        rows = queries.visible_amounts(request.actor, queries.access_backtest(request.actor, backtest_id))
        return answer_list(request, rows, order=("id",), row=AmountRead)


class Estimates(ApiView):
    scopes: ClassVar = {"POST": "earnings:read"}
    idempotent = True

    @operation("Estimate a sale before it is made", body=EstimateWrite, answer=EstimateRead)
    def post(self, request: ApiRequest) -> Response:
        """What it would earn for everybody: calculated as if the sale were there, and taken back. Nothing is kept."""
        offer = _offer(request, read_body(request, EstimateWrite))
        found = estimate(offer, at=request.at)
        amounts = found.amounts
        named = {one.partner_id for one in amounts} | {one.partner_id for one in found.unpaid}
        codes = queries.codes_of_partners(named)
        versions = queries.versions_by_id({one.version_id for one in amounts})
        rows = [_estimated(one, codes[one.partner_id], versions[one.version_id]) for one in amounts]
        told = {
            "occurred_on": offer.occurred_on,
            "amounts": rows,
            "missing": [ASKED_AS.get(fact, fact.value) for fact in found.missing],
            "unpaid": [{"partner": codes[one.partner_id], "reason": one.reason} for one in found.unpaid],
        }
        return Response(EstimateRead(told).data)


def _offer(request: ApiRequest, told: dict[str, Any]) -> Offer:
    """Each code that names nothing is told at its field."""
    known = {"partner": partner_ids_by_code, "product": product_ids_by_code, "customer": customer_ids_by_code}
    ids: dict[str, UUID] = {}
    faults = []
    for name in known.keys() & told.keys():
        found = known[name]([told[name]]).get(told[name])
        if found is None:
            faults.append(FieldError("unknown_code", _("Nothing has this code."), f"/{name}"))
        else:
            ids[name] = found
    if faults:
        raise Invalid(faults)
    today = request.at.astimezone(current_tenant().zone).date()
    return Offer(
        partner_id=ids["partner"],
        lines=[
            OfferedLine(
                product_id=ids["product"],
                amount_minor=told["amount"],
                quantity=told.get("quantity"),
                cost_minor=told.get("cost"),
                months=told.get("months", 0),
            )
        ],
        customer_id=ids.get("customer"),
        currency=told["currency"],
        subscription_ref=told.get("subscription", ""),
        occurred_on=told.get("occurred_on", today),
    )


def _estimated(one: Estimated, partner: str, version: PlanVersion) -> dict[str, Any]:
    return {
        "partner": partner,
        "plan": version.plan.code,
        "version": version.number,
        "component": one.component_id,
        "currency": one.currency,
        "amount": format_plain(one.amount_minor, one.currency),
        "on_earlier_sales": format_plain(one.earlier_minor, one.currency),
    }
