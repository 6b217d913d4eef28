"""What a distributor may know of the partners below it: their public facts today, their sales of the days below it."""

from typing import ClassVar

from django.db import migrations

from prm.tenancy.operations import GuardFunction

TENANT = "NULLIF(current_setting('app.tenant_id', true), '')::uuid"
READERS = "NULLIF(current_setting('app.partner_ids', true), '')::uuid[]"
# Spans of days on which somebody stood below the reader: a path counts on the days on which all of its links held.
BELOW = (
    "WITH RECURSIVE below (partner_id, parent_id, starts_on, ends_on) AS ("
    "SELECT l.partner_id, l.parent_id, l.starts_on, coalesce(l.ends_on, 'infinity'::date) "
    "FROM public.partners_partnerparent l "
    f"WHERE l.tenant_id = {TENANT} AND l.parent_id = ANY ({READERS}) "
    "UNION SELECT l.partner_id, l.parent_id, greatest(b.starts_on, l.starts_on), "
    "least(b.ends_on, coalesce(l.ends_on, 'infinity'::date)) "
    "FROM public.partners_partnerparent l JOIN below b ON l.parent_id = b.partner_id "
    f"WHERE l.tenant_id = {TENANT} AND l.starts_on < b.ends_on "
    "AND b.starts_on < coalesce(l.ends_on, 'infinity'::date)) "
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("partners", "0009_conflicts")]

    operations: ClassVar = [
        GuardFunction(
            "partners_below(today date)",
            "TABLE (partner_id uuid, name text, partner_type text, country text, region text, tier text, "
            "status text, parent_id uuid, since date)",
            f"{BELOW} SELECT p.id, p.name, p.partner_type, p.country, p.region, p.tier, p.status, b.parent_id, "
            "b.starts_on FROM below b JOIN public.partners_partner p "
            f"ON p.tenant_id = {TENANT} AND p.id = b.partner_id "
            "WHERE today IS NULL OR (b.starts_on <= today AND today < b.ends_on) ORDER BY p.name_key, p.id",
        ),
        GuardFunction(
            "sales_below(first date, last date)",
            "TABLE (line_id uuid, occurred_on date, partner_id uuid, seller text, product text, "
            "quantity numeric, amount_minor bigint, currency text)",
            f"{BELOW} SELECT s.id, s.occurred_on, s.partner_id, p.name, w.name, s.quantity, "
            "CASE s.kind WHEN 'refund' THEN -s.amount_minor ELSE s.amount_minor END, s.currency FROM below b "
            f"JOIN public.partners_saleline s ON s.tenant_id = {TENANT} AND s.partner_id = b.partner_id "
            "AND s.occurred_on >= b.starts_on AND s.occurred_on < b.ends_on "
            f"JOIN public.partners_partner p ON p.tenant_id = {TENANT} AND p.id = s.partner_id "
            f"JOIN public.partners_product w ON w.tenant_id = {TENANT} AND w.id = s.product_id "
            "WHERE NOT s.voided AND s.occurred_on BETWEEN first AND last",
        ),
    ]
