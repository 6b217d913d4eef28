"""CalculationRun, its shards, Entry and LineOutcome; written by earnings actions alone."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.jobs.models import Job
from prm.tenancy.models import TenantForeignKey, TenantModel


class RunState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    CALCULATING = "calculating", _("Calculating")
    CALCULATED = "calculated", _("Calculated")
    FAILED = "failed", _("Failed")


class ShardState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    STUCK = "stuck", _("Stuck")


class CalculationRun(TenantModel):
    """One calculation of a period. `funnel` counts lines looked at, lines that earned, and each reason why not;
    `failure` is a code of `earnings.wording`."""

    wall: ClassVar = "staff"

    number = models.BigIntegerField()
    period_on = models.DateField()
    state = models.CharField(max_length=12, choices=RunState.choices, default=RunState.QUEUED)
    recompute_from = models.DateField()
    shard_count = models.IntegerField()
    job = TenantForeignKey(Job, null=True, related_name="+")
    started_by_label = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    failure = models.TextField(blank=True)
    funnel = models.JSONField(default=dict)
    totals = models.JSONField(default=dict)
    entry_count = models.BigIntegerField(default=0)
    result_hash = models.CharField(max_length=64, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "number"], name="calculation_run_one_per_number"),
            models.UniqueConstraint(
                fields=["tenant"],
                name="calculation_run_one_open",
                condition=models.Q(state__in=["queued", "calculating"]),
            ),
        ]

    def __str__(self) -> str:
        return f"C-{self.number}"


class Shard(TenantModel):
    """Work claimed whole: lease and fence live here, so shards never wait for each other."""

    number = models.IntegerField()
    state = models.CharField(max_length=8, choices=ShardState.choices, default=ShardState.WAITING)
    lease_owner = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True)
    fence = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict)
    finished_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = True


class CalculationShard(Shard):
    """A connected set of the partner tree, hashed into one of the run's shards."""

    wall: ClassVar = "staff"

    run = TenantForeignKey(CalculationRun, models.CASCADE, related_name="shards")

    class Meta(Shard.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "run", "number"], name="calculation_shard_one_per_number"
            ),
        ]


class CalculationMember(TenantModel):
    """Which shard of a run calculates which partner; rows go when the run has finished."""

    wall: ClassVar = "staff"

    run_id = models.UUIDField()
    shard_number = models.IntegerField()
    partner_id = models.UUIDField()

    class Meta(TenantModel.Meta):
        abstract = False
        indexes: ClassVar = [
            models.Index(fields=["tenant", "run_id", "shard_number"], name="calculation_member_of")
        ]


class Entry(TenantModel):
    """One earned amount (or its correction): target minus what was posted for the same key. Append-only, no foreign
    keys; each run proves its references.

    Key of the target: plan, component, line (or window), credited partner, beneficiary, month where it belongs.
    `inputs` are the typed inputs the explanation is rendered from. `free_on`: first day it may be paid.
    """

    wall: ClassVar = "partner_id"

    run_id = models.UUIDField()
    period_on = models.DateField()
    belongs_on = models.DateField()
    plan_id = models.UUIDField()
    version_id = models.UUIDField()
    component_id = models.CharField(max_length=40)
    line_id = models.UUIDField(null=True)
    window_on = models.DateField(null=True)
    credited_partner_id = models.UUIDField()
    partner_id = models.UUIDField()
    depth = models.SmallIntegerField(default=0)
    occurred_on = models.DateField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    payout_amount_minor = models.BigIntegerField()
    payout_currency = models.CharField(max_length=3)
    free_on = models.DateField()
    cause = models.CharField(max_length=20)
    inputs = models.JSONField(default=dict)
    recorded_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        indexes: ClassVar = [
            models.Index(fields=["tenant", "partner_id", "period_on"], name="entry_of_a_partner"),
            models.Index(fields=["tenant", "line_id"], name="entry_of_a_line"),
            models.Index(fields=["tenant", "run_id"], name="entry_of_a_run"),
        ]


class LineOutcome(TenantModel):
    """Why a line earned a partner nothing in a slot, as of the last calculation that looked at it: for each partner
    credited with it, and for whoever else would have had an amount that a limit cut to nothing.

    `facts` hold what the sentence and the fix need (the failed condition, the missing rate's currencies).
    """

    wall: ClassVar = "partner_id"

    run_id = models.UUIDField()
    line_id = models.UUIDField()
    partner_id = models.UUIDField(null=True)
    slot = models.CharField(max_length=40)
    occurred_on = models.DateField()
    reason = models.CharField(max_length=30)
    facts = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "line_id", "partner_id", "slot"],
                name="line_outcome_one",
                nulls_distinct=False,
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "partner_id", "-occurred_on"], name="line_outcome_of_a_partner"),
            models.Index(fields=["tenant", "reason"], name="line_outcome_by_reason"),
        ]
