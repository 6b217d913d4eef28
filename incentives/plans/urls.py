"""Addresses of plans, by face."""

from django.urls import path

from incentives.plans import api as machine
from incentives.plans import component_pages as components
from incentives.plans import console as pages
from incentives.plans import goal_api, goal_pages

console = [
    path("plans/", pages.plan_list, name="plan-list"),
    path("plans/new/", pages.plan_create, name="plan-create"),
    path("plans/<uuid:plan_id>/", pages.plan_detail, name="plan-detail"),
    path("plans/<uuid:plan_id>/versions/new/", pages.version_create, name="version-create"),
    path("plans/<uuid:plan_id>/assignments/new/", pages.assignment_create, name="assignment-create"),
    path("plans/<uuid:plan_id>/goals/", goal_pages.plan_goals, name="plan-goals"),
    path("plans/goals/<uuid:goal_id>/remove/", goal_pages.plan_goal_remove, name="plan-goal-remove"),
    path("plans/assignments/<uuid:assignment_id>/end/", pages.assignment_end, name="assignment-end"),
    path("plans/versions/<uuid:version_id>/", pages.version_detail, name="version-detail"),
    path("plans/versions/<uuid:version_id>/edit/", pages.version_edit, name="version-edit"),
    path("plans/versions/<uuid:version_id>/propose/", pages.version_propose, name="version-propose"),
    path("plans/versions/<uuid:version_id>/publish/", pages.version_publish, name="version-publish"),
    path(
        "plans/versions/<uuid:version_id>/components/new/<slug:kind>/",
        components.component_create,
        name="component-create",
    ),
    path(
        "plans/versions/<uuid:version_id>/components/conditions/",
        components.component_conditions,
        name="component-conditions",
    ),
    path(
        "plans/versions/<uuid:version_id>/components/<int:place>/",
        components.component_edit,
        name="component-edit",
    ),
]
api = [
    path("plans", machine.Plans.as_view(), name="api-plans"),
    path("plans/<uuid:plan_id>", machine.OnePlan.as_view(), name="api-plan"),
    path("plans/<uuid:plan_id>/versions", machine.PlanVersions.as_view(), name="api-plan-versions"),
    path("plans/<uuid:plan_id>/assignments", machine.PlanAssignments.as_view(), name="api-plan-assignments"),
    path("plans/<uuid:plan_id>/goals", goal_api.PlanGoals.as_view(), name="api-plan-goals"),
    path("plans/<uuid:plan_id>/goals:batch", goal_api.PlanGoalBatch.as_view(), name="api-plan-goals-batch"),
    path("plan-versions/<uuid:version_id>", machine.OneVersion.as_view(), name="api-plan-version"),
    path(
        "plan-versions/<uuid:version_id>:propose",
        machine.VersionProposal.as_view(),
        name="api-plan-version-propose",
    ),
    path(
        "plan-assignments/<uuid:assignment_id>:end",
        machine.AssignmentEnding.as_view(),
        name="api-plan-assignment-end",
    ),
]
