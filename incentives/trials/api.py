"""Backtests for machines: start one, follow its job, read its totals and amounts; called by trials.urls."""

from typing import Any, ClassVar
from uuid import UUID

from rest_framework.response import Response

from incentives.plans.queries import access_version
from incentives.plans.serializers import document_faults_told
from incentives.trials import actions, queries
from incentives.trials.models import Backtest
from incentives.trials.presentation import months_of, total_of
from incentives.trials.serializers import AmountRead, BacktestRead, BacktestWrite
from prm.api.lists import answer_list
from prm.api.requests import ApiRequest
from prm.api.schema import operation
from prm.api.serializers import read_body, read_query
from prm.api.views import ApiView
from prm.kit.money import format_plain

ACCEPTED = 202


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
