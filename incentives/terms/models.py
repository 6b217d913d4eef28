"""Who is asked to accept the terms of which version, and who has; written by terms actions alone."""

from typing import ClassVar

from django.db import models

from incentives.plans.models import PlanVersion
from partners.directory.models import Partner
from prm.tenancy.models import TenantForeignKey, TenantModel


class TermsRequest(TenantModel):
    """A partner whom a version covers is asked for its terms. `told_at`: when its people heard of it last."""

    wall: ClassVar = "partner_id"

    partner = TenantForeignKey(Partner, related_name="+")
    version = TenantForeignKey(PlanVersion, related_name="+")
    asked_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "partner", "version"], name="terms_request_once"),
        ]


class TermsAcceptance(TenantModel):
    """Somebody accepted, for a partner, the text with this hash. Append-only."""

    wall: ClassVar = "partner_id"

    partner = TenantForeignKey(Partner, related_name="+")
    version = TenantForeignKey(PlanVersion, related_name="+")
    language = models.CharField(max_length=5)
    text_hash = models.CharField(max_length=64)
    accepted_at = models.DateTimeField()
    accepted_by_label = models.CharField(max_length=200)
    accepted_by_user_id = models.UUIDField(null=True)
    on_behalf = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "partner", "version"], name="terms_acceptance_once"),
        ]
