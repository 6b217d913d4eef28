"""Tenant, and the base of every model that belongs to one.

Promise: a tenant model cannot be queried outside a context, not even through a foreign key.
Called by: every models.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from prm.kit.ids import uuid7
from prm.tenancy.context import current_tenant_id, require_context

M = TypeVar("M", bound=models.Model)


class Tenant(models.Model):
    """A vendor: the company that runs a partner programme, and the unit of isolation."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    currency = models.CharField(max_length=3, default="EUR", help_text="programme currency")
    time_zone = models.CharField(max_length=60, default="UTC")
    fiscal_month = models.PositiveSmallIntegerField(default=1)
    first_period_on = models.DateField(help_text="first day of the first calendar month that is calculated")
    language = models.CharField(max_length=5, default="en")
    second_approver_above_minor = models.BigIntegerField(default=5_000_000)
    suspended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("Vendor")
        verbose_name_plural = _("Vendors")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(fiscal_month__gte=1, fiscal_month__lte=12),
                name="tenant_fiscal_month_is_a_month",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class TenantManager(models.Manager[M]):
    """Raises `NoTenantContext` outside a context; inside, names the tenant so that tenant-led indexes serve."""

    def get_queryset(self) -> models.QuerySet[M]:
        return super().get_queryset().filter(tenant_id=require_context().tenant_id)


class TenantForeignKey(models.ForeignKey[Any, Any]):
    """A reference within one tenant: Postgres holds it as (tenant_id, x_id), written by `TenantTable`."""

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        kwargs["db_index"] = False
        super().__init__(to, on_delete, **kwargs)


class TenantModel(models.Model):
    """One row of one tenant, with a time-ordered id.

    In Django the primary key is `id`; in Postgres it is (tenant_id, id), set by the `TenantTable` operation.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(
        Tenant, models.PROTECT, default=current_tenant_id, editable=False, db_index=False, db_constraint=False,
        related_name="+",
    )  # fmt: skip

    if TYPE_CHECKING:
        tenant_id: UUID

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"
        default_manager_name = "objects"


class DocumentCounter(TenantModel):
    """The last short number given out per kind of document (D-1042): a locked row, never a sequence."""

    kind = models.CharField(max_length=30)
    last_number = models.BigIntegerField(default=0)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "kind"], name="document_counter_one_per_kind"),
        ]


def next_number(kind: str) -> int:
    """The next short number of a kind in this tenant; the counter row stays locked until commit.

    A guard function counts, so that a partner's work gets a number without seeing the counters.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT guard.next_number(%s)", [kind])
        number: int = cursor.fetchone()[0]
    return number
