"""The life of a partner without a browser: applies, is approved, takes its first steps, is trained, rises and moves."""

from datetime import timedelta
from unittest.mock import patch

from django.utils import timezone

from tests.partners.onboarding.test_api import BODY
from tests.support.api import Machine, make_key
from tests.support.cast import Cast

SCOPES = (
    "applications:read", "applications:write", "partners:read", "partners:write", "training:read", "training:write",
    "certificates:write", "tiers:read", "tiers:write",
)  # fmt: skip


def test_a_partner_lives_entirely_by_api(cast: Cast) -> None:
    erp = Machine(make_key(cast.acme, *SCOPES))
    application = erp.post("applications", BODY).json()
    approved = erp.post(f"applications/{application['id']}/approve", {"code": "R-1"}).json()
    partner = f"partners/{approved['partner_id']}"

    course = erp.post("courses", {"code": "basics", "title": "Basics"}).json()
    erp.post(f"courses/{course['id']}/lessons", {"title": "Start", "body": "Text"})
    erp.post(f"courses/{course['id']}/questions", {"text": "?", "choices": ["a", "b"], "right": [1]})
    erp.post(f"courses/{course['id']}:publish")
    rule = {"all": [{"fact": "certified_people", "op": "gte", "value": "1"}]}
    assert erp.post("tiers", {"name": "Gold", "rank": 1, "rule": rule}).status_code == 201
    assert erp.post("tier-review", {}).json()["rise"] == 0
    erp.post("certificates", {"partner": "R-1", "course": "basics", "person": "Olga"})
    tomorrow = timezone.now() + timedelta(days=1)
    with patch.object(timezone, "now", lambda: tomorrow):  # a review looks at the days before it
        assert erp.post("tier-review", {}).json()["rise"] == 1

    today = timezone.localdate().isoformat()
    erp.post(f"{partner}/moves", {"parent_code": "NW", "starts_on": today})
    told = erp.get(partner).json()
    assert (told["code"], told["tier"], told["parent_code"]) == ("R-1", "Gold", "NW")
    steps = {step["kind"]: step["state"] for step in erp.get(f"{partner}/journey").json()["steps"]}
    assert steps["first_course"] == "done"
