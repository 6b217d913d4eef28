"""Which customers a partner works with, and what was sold to them on its account: told by guards, the rows stay walled."""

from typing import ClassVar

from django.db import migrations

from prm.tenancy.operations import GuardFunction

TENANT = "NULLIF(current_setting('app.tenant_id', true), '')::uuid"
READERS = "NULLIF(current_setting('app.partner_ids', true), '')::uuid[]"
# A claim meets a customer by any key of it: tax id, own domain, folded name.
KEYS = "(c.match_key, c.web_key, c.fold_key)"
# Lines that name a customer, sold by a reader or shared with one. Whom a split line is credited to stands in its shares.
SHARED = (
    "FROM public.partners_salesplit s JOIN public.partners_saleline l ON l.tenant_id = s.tenant_id AND l.id = s.line_id "
    f"WHERE s.tenant_id = {TENANT} AND s.partner_id = ANY ({READERS}) AND NOT l.voided"
)
SOLD = (
    "FROM public.partners_saleline l "
    f"WHERE l.tenant_id = {TENANT} AND l.partner_id = ANY ({READERS}) AND NOT l.voided"
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("partners", "0014_profiles")]

    operations: ClassVar = [
        # The next migration adds two of the keys; until then nobody calls the guards, and their bodies are not checked.
        migrations.RunSQL("SET LOCAL check_function_bodies = off", migrations.RunSQL.noop),
        # A claim alone opens nothing: whoever registers a tax id would learn whom the vendor knows. What the vendor
        # accepted does. `claim_keys` are those of own claims alone, for one may be the customer's tax id.
        GuardFunction(
            "own_customers()",
            "TABLE (customer_id uuid, name text, name_key text, country text, industry text, claim_keys text[])",
            "WITH accepted AS ("
            "SELECT p.claim_key FROM public.partners_protection p "
            f"WHERE p.tenant_id = {TENANT} AND p.partner_id = ANY ({READERS}) "
            "UNION SELECT d.claim_key FROM public.partners_deal d "
            f"WHERE d.tenant_id = {TENANT} AND d.partner_id = ANY ({READERS}) AND d.state IN ('queued', 'shared')"
            "), opened AS ("
            f"SELECT l.customer_id {SOLD} AND l.customer_id IS NOT NULL "
            f"UNION SELECT l.customer_id {SHARED} AND l.customer_id IS NOT NULL "
            "UNION SELECT c.id FROM accepted a JOIN public.partners_customer c "
            f"ON c.tenant_id = {TENANT} AND a.claim_key IN {KEYS}"
            ") SELECT c.id, c.name, c.name_key, c.country, c.industry, "
            "ARRAY (SELECT DISTINCT d.claim_key FROM public.partners_deal d WHERE d.tenant_id = c.tenant_id "
            f"AND d.claim_key IN {KEYS} AND d.partner_id = ANY ({READERS})) "
            f"FROM opened o JOIN public.partners_customer c ON c.tenant_id = {TENANT} AND c.id = o.customer_id",
        ),
        GuardFunction(
            "own_customer_lines(wanted uuid[])",
            "TABLE (customer_id uuid, line_id uuid, kind text, occurred_on date, amount_minor bigint, currency text)",
            "SELECT l.customer_id, l.id, l.kind, l.occurred_on, "
            "CASE l.kind WHEN 'refund' THEN -l.amount_minor ELSE l.amount_minor END, l.currency "
            f"{SOLD} AND l.split_terms = '[]' AND l.customer_id = ANY (wanted) "
            "UNION ALL SELECT l.customer_id, l.id, l.kind, l.occurred_on, "
            "CASE l.kind WHEN 'refund' THEN -s.amount_minor ELSE s.amount_minor END, l.currency "
            f"{SHARED} AND l.customer_id = ANY (wanted)",
        ),
    ]
