"""Row policies, keys and guards of the platform tables."""

from typing import ClassVar

from django.db import migrations

from prm.tenancy.operations import GuardFunction, IdentityTable, TenantRoot, TenantTable


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("prm", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations: ClassVar = [
        TenantRoot(),
        TenantTable("DocumentCounter", wall="staff"),
        TenantTable("Membership", wall="partner_id"),
        TenantTable("Invitation", wall="partner_id"),
        TenantTable("ApiToken", wall="staff"),
        TenantTable("IdempotencyRecord", wall="staff"),
        TenantTable("AuditRecord", wall="staff-reads", append_only=True),
        TenantTable("AuditSeal", wall="staff", append_only=True),
        TenantTable("ExchangeRate", wall="shared"),
        TenantTable("StoredFile", wall="partner_id"),
        TenantTable("Job", wall="staff"),
        TenantTable("Import", wall="staff"),
        TenantTable("ImportRow", wall="staff"),
        TenantTable("Event", wall="staff-reads"),
        IdentityTable("prm_user", colleagues_see=True),
        IdentityTable("account_emailaddress"),
        IdentityTable("account_emailconfirmation"),
        IdentityTable("mfa_authenticator"),
        GuardFunction(
            "tenant_by_slug(wanted text)",
            "TABLE (id uuid, slug text, name text, language text, time_zone text, suspended boolean)",
            "SELECT t.id, t.slug::text, t.name::text, t.language::text, t.time_zone::text, t.suspended_at IS NOT NULL "
            "FROM public.prm_tenant t WHERE t.slug = wanted",
        ),
        GuardFunction(
            "active_tenants()",
            "TABLE (id uuid)",
            "SELECT t.id FROM public.prm_tenant t WHERE t.suspended_at IS NULL ORDER BY t.id",
        ),
        GuardFunction(
            "token_by_prefix(wanted text)",
            "TABLE (tenant_id uuid, id uuid, name text, secret_hash text, scopes jsonb, "
            "expires_at timestamptz, revoked_at timestamptz)",
            "SELECT k.tenant_id, k.id, k.name::text, k.secret_hash::text, k.scopes, k.expires_at, k.revoked_at "
            "FROM public.prm_apitoken k JOIN public.prm_tenant t ON t.id = k.tenant_id "
            "WHERE k.prefix = wanted AND t.suspended_at IS NULL",
        ),
        GuardFunction(
            "tenant_of_invitation(wanted text)",
            "uuid",
            "SELECT i.tenant_id FROM public.prm_invitation i WHERE i.secret_hash = wanted",
        ),
    ]
