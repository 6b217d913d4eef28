"""The days on which one partner stood below the reader's, and right under whom: the detail of `partners_below`."""

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
    dependencies: ClassVar = [("partners", "0011_training")]

    operations: ClassVar = [
        # Whoever stands between the reader and the partner on a day stands below the reader on that day too.
        GuardFunction(
            "place_below(wanted uuid)",
            "TABLE (name text, parent_id uuid, parent text, starts_on date, ends_on date)",
            f"{BELOW} SELECT p.name, b.parent_id, a.name, b.starts_on, NULLIF(b.ends_on, 'infinity'::date) "
            f"FROM below b JOIN public.partners_partner p ON p.tenant_id = {TENANT} AND p.id = b.partner_id "
            f"JOIN public.partners_partner a ON a.tenant_id = {TENANT} AND a.id = b.parent_id "
            "WHERE b.partner_id = wanted ORDER BY b.starts_on DESC",
        ),
    ]
