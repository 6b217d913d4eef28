"""What sales say of a partner, as facts for segments and tiers: volume, margin, change, shares of a category and of a
country, first and last sale.

Promise: whole months come from the rollup, the days at the edges of a span from their lines; what has no rate is left
out, as on the dashboards. Called by analytics.facts.catalogue."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from analytics.facts.conversion import conversion_factors
from analytics.facts.rules import Span as Months
from partners.products.queries import list_categories
from partners.segments.facts import Asking, PartnerFact, Term, over_term, register_fact
from partners.segments.rules import Span, span_before, span_over
from partners.segments.spans import span_choices
from prm.kit.countries import is_country
from prm.kit.currencies import exponent_of
from prm.kit.periods import Period
from prm.kit.predicates import FactType
from prm.tenancy.queries import current_tenant
from prm.web.forms import reader_countries

TENANT = "(SELECT current_setting('app.tenant_id')::uuid)"
_SIGNED = "CASE {0}.kind WHEN 'refund' THEN -{0}.{1} ELSE {0}.{1} END"
_SALES = _("Sales")
# What was sold by a partner that was merged since counts for its survivor.
_COMPANY = "coalesce(kin.merged_into_id, {0}.partner_id)"
_KIN = (
    f"LEFT JOIN partners_partner kin ON kin.tenant_id = {TENANT} AND kin.id = {{0}}.partner_id "
    "AND kin.merged_into_id IS NOT NULL"
)
_OVER = over_term(_("Over"), span_choices)


def volume_sql(asking: Asking) -> str:
    return _sum_sql(asking, span_over(asking.terms["over"], asking.as_of))


def margin_sql(asking: Asking) -> str:
    """Net sales less cost; a line without a cost counts as sold for nothing gained, never as all gain."""
    return _sum_sql(asking, span_over(asking.terms["over"], asking.as_of), measure="margin")


def change_sql(asking: Asking) -> str:
    """By how many percent the volume moved against the span before; none for partners that sold nothing then."""
    over = asking.terms["over"]
    now = _sum_sql(asking, span_over(over, asking.as_of))
    before = _sum_sql(asking, span_before(over, asking.as_of))
    return f"""
    SELECT b.partner_id, (coalesce(n.value, 0) - b.value) * 100 / b.value
    FROM ({before}) AS b(partner_id, value) LEFT JOIN ({now}) AS n(partner_id, value) ON n.partner_id = b.partner_id
    WHERE b.value > 0"""


def share_sql(asking: Asking) -> str:
    """Percent of the volume that one category makes; none for partners that sold nothing."""
    span = span_over(asking.terms["over"], asking.as_of)
    whole = _sum_sql(asking, span)
    part = _sum_sql(asking, span, category=asking.terms["category"])
    return f"""
    SELECT w.partner_id, coalesce(c.value, 0) * 100 / w.value
    FROM ({whole}) AS w(partner_id, value) LEFT JOIN ({part}) AS c(partner_id, value) ON c.partner_id = w.partner_id
    WHERE w.value > 0"""


def territory_sql(asking: Asking) -> str:
    """Percent of the volume that went to end customers of one country; a line without a customer went to none."""
    span = span_over(asking.terms["over"], asking.as_of)
    whole = _sum_sql(asking, span)
    part = _summed(asking, span, [_sold_in(asking, span, asking.terms["country"])])
    return f"""
    SELECT w.partner_id, coalesce(c.value, 0) * 100 / w.value
    FROM ({whole}) AS w(partner_id, value) LEFT JOIN ({part}) AS c(partner_id, value) ON c.partner_id = w.partner_id
    WHERE w.value > 0"""


def first_sale_sql(asking: Asking) -> str:
    return _extreme_sql(asking, "min", "first_sold_on")


def days_since_sale_sql(asking: Asking) -> str:
    day = f"{asking.bind(asking.as_of)}::date"
    last = _extreme_sql(asking, "max", "last_sold_on")
    return f"SELECT partner_id, ({day} - sold_on)::numeric FROM ({last}) AS l(partner_id, sold_on)"


def _extreme_sql(asking: Asking, function: str, column: str) -> str:
    """The first or last day of a sale up to the day; in the running month from its lines."""
    month = asking.bind(Period.of(asking.as_of).starts_on)
    day = asking.bind(asking.as_of)
    return f"""
    SELECT {_COMPANY.format("sold")}, {function}(sold.day) FROM (
        SELECT partner_id, {column} AS day FROM analytics_partnermonth
        WHERE tenant_id = {TENANT} AND month_on < {month}::date AND partner_id IS NOT NULL AND {column} IS NOT NULL
        UNION ALL {_lines("occurred_on", month, f"({day}::date + 1)", "AND {0}.kind = 'sale'")}
    ) AS sold(partner_id, day) {_KIN.format("sold")} GROUP BY 1"""


def _sum_sql(asking: Asking, span: Span, *, measure: str = "revenue", category: str = "") -> str:
    """(partner_id, value) in major units of the programme currency."""
    return _summed(asking, span, list(_parts(asking, span, measure, category)))


def _summed(asking: Asking, span: Span, parts: list[str]) -> str:
    """The same from SELECTs of (partner_id, month_on, currency, amount in minor units)."""
    bind = asking.bind
    months = Months(
        Period.of(span.starts_on).starts_on, max(span.ends_on, Period.of(span.starts_on).starts_on)
    )
    factors, _missing = conversion_factors(months)
    own = current_tenant().currency
    scale = bind(10 ** exponent_of(own))
    credited = (
        f"({' UNION ALL '.join(parts)}) AS c(partner_id, month_on, currency, amount) {_KIN.format('c')}"
    )
    company = _COMPANY.format("c")
    if all(factor["currency"] == own for factor in factors):
        currency = bind(own)
        summed = f"SELECT {company}, sum(c.amount) / {scale}::numeric FROM {credited}"
        return f"{summed} WHERE c.currency = {currency} GROUP BY 1"
    table = f"jsonb_to_recordset({bind(json.dumps(factors))}::jsonb) AS f(month_on date, currency text, factor numeric)"
    return (
        f"SELECT {company}, sum(c.amount * f.factor) / {scale}::numeric FROM {credited} "
        f"JOIN {table} ON f.month_on = c.month_on AND f.currency = c.currency GROUP BY 1"
    )


def _parts(asking: Asking, span: Span, measure: str, category: str) -> Iterator[str]:
    """The rollup for whole months, and the lines of the days before and after them."""
    bind = asking.bind
    first = Period.of(span.starts_on)
    whole_from = first.starts_on if span.starts_on.day == 1 else first.ends_on
    whole_until = Period.of(span.ends_on).starts_on
    if whole_from < whole_until:
        yield _rollup(bind(whole_from), bind(whole_until), measure, bind(category) if category else "")
    edges = [(span.starts_on, min(whole_from, span.ends_on)), (max(whole_until, whole_from), span.ends_on)]
    for start, end in edges:
        if start < end:
            yield _edge(asking, start, end, measure, category)


def _rollup(start: str, end: str, measure: str, category: str) -> str:
    amount = "m.amount_minor - m.cost_minor" if measure == "margin" else "m.amount_minor"
    source = "analytics_partnermonth m"
    if category:
        source = (
            "analytics_partnercategorymonth m JOIN partners_productcategory g ON g.tenant_id = m.tenant_id "
            f"AND g.id = m.category_id AND g.code = {category}"
        )
    return (
        f"SELECT m.partner_id, m.month_on, m.currency, {amount} FROM {source} WHERE m.tenant_id = {TENANT} "
        f"AND m.month_on >= {start}::date AND m.month_on < {end}::date AND m.partner_id IS NOT NULL"
    )


def _edge(asking: Asking, start: date, end: date, measure: str, category: str) -> str:
    amount = _SIGNED.format("{0}", "amount_minor")
    if measure == "margin":
        amount = f"{amount} - coalesce({_SIGNED.format('{0}', 'cost_minor')}, 0)"
    only = ""
    if category:
        only = (
            "AND EXISTS (SELECT 1 FROM partners_product w JOIN partners_productcategory g "
            "ON g.tenant_id = w.tenant_id AND g.id = w.category_id WHERE w.tenant_id = {0}.tenant_id "
            f"AND w.id = {{0}}.product_id AND g.code = {asking.bind(category)})"
        )
    month = asking.bind(Period.of(start).starts_on)
    columns = f"{month}::date, {{0}}.currency, {amount}"
    return _lines(columns, asking.bind(start), asking.bind(end), only)


def _lines(columns: str, start: str, end: str, only: str = "") -> str:
    """Lines and shares of split lines from a day until before another; {0} stands for either in the texts."""
    days = "{0}.occurred_on >= %s::date AND {0}.occurred_on < %s::date" % (start, end)  # noqa: UP031 - % is a parameter
    line, share = (
        f"SELECT {{0}}.partner_id, {columns} FROM {table} AS {{0}} WHERE {{0}}.tenant_id = {TENANT} AND {days} "
        f"AND NOT {{0}}.voided {whole} {only}"
        for table, whole in (
            ("partners_saleline", "AND {0}.split_terms = '[]' AND {0}.partner_id IS NOT NULL"),
            ("partners_salesplit", ""),
        )
    )
    return f"{line.format('l')} UNION ALL {share.format('s')}"


def _sold_in(asking: Asking, span: Span, country: str) -> str:
    """Lines of the span to customers of a country, and shares of split ones."""
    bind = asking.bind
    start, end, code = bind(span.starts_on), bind(span.ends_on), bind(country)
    there = (
        "JOIN partners_customer e ON e.tenant_id = l.tenant_id AND e.id = l.customer_id AND e.country = "
        + code
    )
    columns = f"date_trunc('month', {{0}}.occurred_on)::date, {{0}}.currency, {_SIGNED.format('{0}', 'amount_minor')}"
    days = f"AND {{0}}.occurred_on >= {start}::date AND {{0}}.occurred_on < {end}::date AND NOT {{0}}.voided"
    return (
        f"SELECT l.partner_id, {columns.format('l')} FROM partners_saleline l {there} WHERE l.tenant_id = {TENANT} "
        f"{days.format('l')} AND l.split_terms = '[]' AND l.partner_id IS NOT NULL "
        f"UNION ALL SELECT s.partner_id, {columns.format('s')} FROM partners_salesplit s JOIN partners_saleline l "
        f"ON l.tenant_id = s.tenant_id AND l.id = s.line_id {there} WHERE s.tenant_id = {TENANT} {days.format('s')}"
    )


def _category_choices() -> list[tuple[str, str]]:
    return [(category.code, category.name) for category in list_categories()]


def register_sales_facts() -> None:
    """Volume, margin, change, shares of a category and of a country, first sale, days since the last one."""
    measured: dict[str, Any] = {"fact_type": FactType.DECIMAL, "group": _SALES}
    for fact in (
        PartnerFact(
            "sales_volume",
            label=_("Sales volume"),
            sql=volume_sql,
            absent="0",
            unit="money",
            terms=(_OVER,),
            **measured,
        ),
        PartnerFact(
            "sales_margin",
            label=_("Margin"),
            sql=margin_sql,
            absent="0",
            unit="money",
            terms=(_OVER,),
            **measured,
        ),
        PartnerFact(
            "sales_change",
            label=_("Change of sales"),
            sql=change_sql,
            unit="percent",
            terms=(_OVER,),
            hint=_("Against the same length of time before; −20 means a fall by a fifth."),
            **measured,
        ),
        PartnerFact(
            "days_since_sale",
            label=_("Days since the last sale"),
            sql=days_since_sale_sql,
            unit="days",
            **measured,
        ),
        *_share_facts(measured),
        PartnerFact("first_sale_on", FactType.DAY, _("First sale"), _SALES, sql=first_sale_sql),
    ):
        register_fact(fact)


def _share_facts(measured: dict[str, Any]) -> list[PartnerFact]:
    category: Any = Term("category", _("Category"), lambda text: 0 < len(text) <= 60, _category_choices)  # noqa: PLR2004
    country: Any = Term("country", _("Country"), is_country, lambda: list(reader_countries().items()))
    return [
        PartnerFact(
            "category_share",
            label=_("Share of a category"),
            sql=share_sql,
            unit="percent",
            terms=(category, _OVER),
            **measured,
        ),
        PartnerFact(
            "territory_share",
            label=_("Share of sales in a country"),
            sql=territory_sql,
            unit="percent",
            terms=(country, _OVER),
            hint=_("By the countries of the end customers; a sale without a customer counts for none."),
            behind_wall=True,
            **measured,
        ),
    ]
