"""The shapes of plans, versions and assignments in the API; called by plans.api."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from incentives.plans.document import plain_decimal
from incentives.plans.language import PlanInvalid, document_as_json, parse_document
from incentives.plans.messages import fault_text
from incentives.plans.models import Audience, PartnerGoal, PlanAssignment, PlanVersion
from prm.api.fields import (
    ChoiceField,
    CodeField,
    DayField,
    IdField,
    InstantField,
    RateField,
    TextField,
    WholeField,
)
from prm.api.problems import FieldError, Invalid
from prm.api.serializers import StrictSerializer

SLUG = RegexValidator(r"^[-a-zA-Z0-9_]+\Z", _("Letters, digits, _ and - only."), code="slug_format")
LARGEST_GOAL = Decimal(10) ** 14
STATES = ("draft", "proposed", "published")


class PlanWrite(StrictSerializer):
    """`slot` is "main" unless another is named: a partner has one plan per slot on a day."""

    code = CodeField(max_length=40, validators=[SLUG])
    name = TextField(max_length=120)
    slot = CodeField(required=False, max_length=40, validators=[SLUG])


class PlanRead(StrictSerializer):
    id = IdField()
    code = CodeField()
    name = TextField()
    slot = CodeField()
    created_at = InstantField()


class GoalWrite(StrictSerializer):
    """`component` is the id of a pay by goal; `goal`, in whole units of the plan currency or in units, null: none."""

    partner = CodeField()
    component = CodeField(max_length=40)
    window_on = DayField()
    goal = RateField(allow_null=True)

    def validate_goal(self, goal: Decimal | None) -> Decimal | None:
        if goal is not None and not 0 < goal < LARGEST_GOAL:
            text = _("A goal is more than 0 and less than 10^14.")
            raise serializers.ValidationError(str(text), code="goal_range")
        return goal


class GoalRead(StrictSerializer):
    id = IdField()
    partner = serializers.SerializerMethodField()
    component = CodeField(source="component_id")
    window_on = DayField()
    goal = serializers.SerializerMethodField()
    changed_at = InstantField()

    def get_partner(self, goal: PartnerGoal) -> str:
        return str(goal.partner.code)

    def get_goal(self, goal: PartnerGoal) -> str:
        return plain_decimal(goal.amount or Decimal(0))


class SpanWrite(StrictSerializer):
    """On [starts_on, ends_on); without an end for good."""

    starts_on = DayField()
    ends_on = DayField(required=False, allow_null=True)

    def validate(self, told: dict[str, Any]) -> dict[str, Any]:
        ends_on = told.setdefault("ends_on", None)
        if ends_on is not None and ends_on <= told["starts_on"]:
            text = _("The end must be after the start.")
            raise serializers.ValidationError(
                {"ends_on": [serializers.ErrorDetail(str(text), code="dates_order")]}
            )
        return told


class VersionWrite(SpanWrite):
    """`document` is a plan in the plan language; it is kept with every default spelt out. `note` says to partners what
    changes."""

    document = serializers.JSONField()
    note = TextField(required=False, allow_blank=True, max_length=5_000)


class VersionRead(StrictSerializer):
    """`revision` is the ETag of a draft."""

    id = IdField()
    plan_id = IdField()
    number = WholeField()
    state = serializers.SerializerMethodField()
    document = serializers.JSONField()
    note = TextField()
    starts_on = DayField()
    ends_on = DayField(allow_null=True)
    revision = WholeField()
    edited_at = InstantField()
    proposed_at = InstantField(allow_null=True)
    published_at = InstantField(allow_null=True)

    @extend_schema_field({"type": "string", "enum": list(STATES)})
    def get_state(self, version: PlanVersion) -> str:
        if version.published_at is not None:
            return "published"
        return "draft" if version.proposed_at is None else "proposed"


class AssignmentWrite(SpanWrite):
    """`target` is the partner's code, the segment's code, the tier's name or the partner type; none for everyone."""

    audience = ChoiceField(choices=Audience.choices)
    target = TextField(required=False, allow_blank=True, max_length=60)


class AssignmentRead(StrictSerializer):
    """`context["codes"]`: the codes of the partners named, by id as text."""

    id = IdField()
    plan_id = IdField()
    audience = ChoiceField(choices=Audience.choices)
    target = serializers.SerializerMethodField()
    starts_on = DayField()
    ends_on = DayField(allow_null=True)
    created_at = InstantField()

    def get_target(self, assignment: PlanAssignment) -> str:
        return str(self.context["codes"].get(assignment.target, assignment.target))


class EndWrite(StrictSerializer):
    ends_on = DayField()


def canonical_document(raw: Any) -> dict[str, Any]:
    """The document of a body as it is kept. Each fault is told at its pointer."""
    with document_faults_told():
        return document_as_json(parse_document(raw))


@contextmanager
def document_faults_told() -> Iterator[None]:
    try:
        yield
    except PlanInvalid as invalid:
        raise Invalid(
            [
                FieldError(fault.code, fault_text(fault), f"/document{fault.pointer}")
                for fault in invalid.errors
            ]
        ) from invalid
