"""The AdventureWorks sample, set-based: COPY into a temporary stage, one INSERT ... SELECT per table.

Promise: the same lines as `adventureworks.read_lines`; called by the acceptance tests of earnings.
"""

from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection, connections

from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from tests.support.adventureworks import SOURCE
from tests.support.cast import make_tenant

STAGES = {
    "stage_sale": (
        "FactResellerSales.csv",
        "order_number text, sold_on date, product text, reseller text, employee text, territory text, quantity numeric,"
        " unit_price text, product_cost text, amount numeric, standard_cost numeric",
    ),
    "stage_product": (
        "Product.csv",
        "key text, name text, cost text, color text, subcategory text, category text",
    ),
    "stage_reseller": (
        "Resellers.csv",
        "key text, type text, name text, city text, state text, country text",
    ),
}
PARTIES = (
    """INSERT INTO partners_partner (id, tenant_id, number, code, name, name_key, legal_name, tax_id, partner_type,
        country, region, tier, status, joined_on, website, version, created_at, changed_at)
    SELECT uuidv7(), %(tenant)s, key::int, key, name, lower(name), '', '', 'reseller',
        CASE country WHEN 'United States' THEN 'US' WHEN 'Canada' THEN 'CA' WHEN 'United Kingdom' THEN 'GB'
            WHEN 'France' THEN 'FR' WHEN 'Germany' THEN 'DE' ELSE 'AU' END,
        type, '', 'active', '2017-01-01', '', 1, '2020-06-01', '2020-06-01' FROM stage_reseller""",
    """INSERT INTO partners_partnerstanding (id, tenant_id, partner_id, starts_on, partner_type, country, region, tier)
    SELECT uuidv7(), %(tenant)s, id, '2000-01-01', partner_type, country, region, tier FROM partners_partner
    WHERE tenant_id = %(tenant)s""",
    """INSERT INTO partners_productcategory (id, tenant_id, code, name)
    SELECT uuidv7(), %(tenant)s, lower(category), category FROM (SELECT DISTINCT category FROM stage_product) c""",
    """INSERT INTO partners_product (id, tenant_id, code, name, category_id, earns, version, changed_at)
    SELECT uuidv7(), %(tenant)s, p.key, p.name, c.id, TRUE, 1, '2020-06-01' FROM stage_product p
    JOIN partners_productcategory c ON c.tenant_id = %(tenant)s AND c.code = lower(p.category)""",
)
LINES = """INSERT INTO partners_saleline (id, tenant_id, source, external_id, revision, kind, occurred_on, order_number,
        quantity, amount_minor, currency, cost_minor, refunded_external_id, voided, recorded_at, first_recorded_at,
        partner_id, product_id)
    SELECT uuidv7(), %(tenant)s, %(source)s, s.order_number || '-' || s.product, 1, 'sale', s.sold_on, s.order_number,
        s.quantity, s.amount * 100, 'USD', s.standard_cost * 100 * s.quantity, '', FALSE, '2020-06-01', '2020-06-01',
        r.id, p.id
    FROM stage_sale s
    JOIN partners_partner r ON r.tenant_id = %(tenant)s AND r.code = s.reseller
    JOIN partners_product p ON p.tenant_id = %(tenant)s AND p.code = s.product"""


def load_sample(folder: Path, first_period_on: date) -> Tenant:
    """A tenant of its own with the sample's resellers, products and lines; commits for real."""
    tenant = make_tenant("adventureworks", "AdventureWorks", currency="USD", first_period_on=first_period_on)
    parameters: dict[str, Any] = {"tenant": tenant.id, "source": SOURCE}
    with tenant_context(tenant.id), connection.cursor() as cursor:
        _stage(cursor, folder, "stage_reseller", "stage_product")
        for insert in PARTIES:
            cursor.execute(insert, parameters)
    analyze("partners_partner", "partners_product")
    with tenant_context(tenant.id), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '120s'")
        _stage(cursor, folder, "stage_sale")
        cursor.execute(LINES, parameters)
    analyze("partners_saleline")
    return tenant


def _stage(cursor: Any, folder: Path, *stages: str) -> None:
    for stage in stages:
        name, columns = STAGES[stage]
        cursor.execute(f"CREATE TEMP TABLE {stage} ({columns}) ON COMMIT DROP")
        with (folder / name).open(encoding="utf-8-sig") as file:
            cursor.copy_expert(f"COPY {stage} FROM STDIN (FORMAT csv, HEADER, NULL 'NULL')", file)


def analyze(*tables: str) -> None:
    """As autovacuum does within a minute in a living database."""
    with connections["owner"].cursor() as cursor:
        for table in tables:
            cursor.execute(f"ANALYZE {table}")
