"""What keeps a partner's sales out of a goal; what a partner may know of holds and taxes that decide on its payment."""

from typing import ClassVar

from django.db import migrations, models

from prm.tenancy.operations import GuardFunction

TENANT = "NULLIF(current_setting('app.tenant_id', true), '')::uuid"
READERS = "NULLIF(current_setting('app.partner_ids', true), '')::uuid[]"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("incentives", "0021_bonus_standings")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="standing",
            name="barriers",
            field=models.JSONField(default=list),
        ),
        GuardFunction(
            "own_held_by_deals(pays_on date, cutoff_at timestamptz)",
            "TABLE (entry_id uuid, cause text)",
            "SELECT e.id, max(h.cause) FROM public.incentives_hold h "
            f"JOIN public.partners_saleline l ON l.tenant_id = {TENANT} AND l.deal_id = h.deal_id "
            f"JOIN public.incentives_entry e ON e.tenant_id = {TENANT} AND e.line_id = l.id "
            f"AND e.partner_id = ANY ({READERS}) "
            f"WHERE h.tenant_id = {TENANT} AND h.deal_id IS NOT NULL AND h.placed_at <= cutoff_at "
            "AND (h.released_at IS NULL OR h.released_at > cutoff_at) "
            "AND (h.ends_on IS NULL OR h.ends_on >= pays_on) GROUP BY e.id",
        ),
        GuardFunction(
            "own_tax_percent(partner uuid, pays_on date)",
            "numeric",
            "SELECT r.percent FROM public.incentives_withholdingrate r "
            f"WHERE r.tenant_id = {TENANT} AND partner = ANY ({READERS}) "
            "AND r.confirmed_at IS NOT NULL AND r.replaced_at IS NULL AND r.starts_on <= pays_on "
            "AND r.status = coalesce((SELECT t.status FROM public.incentives_taxstanding t "
            f"WHERE t.tenant_id = {TENANT} AND t.partner_id = partner), 'company') "
            "ORDER BY r.starts_on DESC, r.id DESC LIMIT 1",
        ),
    ]
