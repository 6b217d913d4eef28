"""Row policies, keys and references of the partner tables; where a person may enter."""

from typing import ClassVar

from django.db import migrations

from prm.tenancy.operations import CompositeReference, GuardFunction, TenantTable


class Migration(migrations.Migration):
    dependencies: ClassVar = [("partners", "0001_initial"), ("prm", "0002_isolate")]

    operations: ClassVar = [
        TenantTable("Customer", wall="staff"),
        TenantTable("Partner", wall="id"),
        TenantTable("PartnerStanding", wall="partner_id"),
        TenantTable("PartnerParent", wall="partner_id"),
        TenantTable("Contact", wall="partner_id"),
        TenantTable("ProductCategory", wall="shared"),
        TenantTable("Product", wall="shared"),
        TenantTable("SaleLine", wall="partner_id"),
        TenantTable("SaleLineRevision", wall="staff", append_only=True, references=False),
        TenantTable("SaleSplit", wall="partner_id"),
        CompositeReference("prm_membership", "partner_id", "partners_partner"),
        CompositeReference("prm_invitation", "partner_id", "partners_partner"),
        GuardFunction(
            "places_of(person uuid)",
            "TABLE (membership_id uuid, tenant_id uuid, tenant_slug text, tenant_name text, role text, "
            "partner_id uuid, partner_name text, sees_money boolean)",
            "SELECT m.id, t.id, t.slug::text, t.name::text, m.role::text, m.partner_id, coalesce(p.name, '')::text, "
            "m.sees_money FROM public.prm_membership m JOIN public.prm_tenant t ON t.id = m.tenant_id "
            "LEFT JOIN public.partners_partner p ON p.tenant_id = m.tenant_id AND p.id = m.partner_id "
            "WHERE m.user_id = person AND m.ended_at IS NULL AND t.suspended_at IS NULL "
            "ORDER BY (m.partner_id IS NOT NULL), t.name, p.name",
        ),
    ]
