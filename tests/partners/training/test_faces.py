"""Training as people and machines meet it: build a course, learn, pass, print, check."""

from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from partners.training import queries
from partners.training.models import Certificate, Course
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key, problem_of
from tests.support.cast import Cast
from tests.support.clients import client_of
from tests.support.rows import nothing_written_in
from tests.support.training import make_course, passed, read_all


@pytest.fixture
def paul(cast: Cast) -> Client:
    return client_of(cast.paul)


def quiz_of(cast: Cast, course: Course, *chosen: Any) -> dict[str, Any]:
    with tenant_context(cast.acme.id):
        questions = queries.questions_of(course)
    return {f"q_{question.id}": places for question, places in zip(questions, chosen, strict=True)}


def test_a_course_is_built_by_pages(cast: Cast) -> None:
    vera = client_of(cast.vera)
    facts = {
        "code": "basics", "title": "Basics", "audience": "everyone", "pass_percent": "80",
        "attempts_allowed": "3", "wait_hours": "24",
    }  # fmt: skip
    base = vera.post("/acme/m/learn/new/", facts).headers["Location"]
    vera.post(f"{base}lessons/new/", {"title": "Start", "position": "1", "body": "# Hello"})
    vera.post(f"{base}questions/new/", {"text": "One?", "choice_0": "a", "choice_2": "b", "right_2": "on"})
    vera.post(f"{base}turn/", {})
    page = vera.get(base).content.decode()
    for said in ("Start", "One?", "Published"):
        assert said in page
    with tenant_context(cast.acme.id):
        course = Course.objects.get()
        (question,) = queries.questions_of(course)
        assert question.choices == ["a", "b"]
        assert queries.right_choices_of([question]) == {question.id: [1]}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": ""}, "This field is required."),
        ({"pass_percent": "101"}, "Enter a percentage from 1 to 100."),
        ({"needed_for_deals": "on"}, "Choose the product line whose deals need it."),
        ({"code": "basics"}, "Another course has this code."),
    ],
)
def test_what_cannot_be_kept_is_named(cast: Cast, changes: dict[str, str], said: str) -> None:
    make_course(cast)
    facts = {
        "code": "new", "title": "New", "audience": "everyone", "pass_percent": "80",
        "attempts_allowed": "3", "wait_hours": "24", **changes,
    }  # fmt: skip
    with nothing_written_in(cast.acme):
        answer = client_of(cast.vera).post("/acme/m/learn/new/", facts)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert said in answer.content.decode()


def test_a_person_learns_passes_and_prints(cast: Cast, paul: Client) -> None:
    course = make_course(cast)
    with tenant_context(cast.acme.id):
        (lesson,) = queries.lessons_of(course)
    base = f"/acme/p/learn/{course.id}/"
    assert "<h3>Hello</h3>" in paul.get(f"{base}lessons/{lesson.id}/").content.decode()
    paul.post(f"{base}lessons/{lesson.id}/read/")
    paul.post(f"{base}quiz/", quiz_of(cast, course, "1", ["0", "2"]))
    with tenant_context(cast.acme.id):
        certificate = Certificate.objects.get()
    assert "You hold a certificate" in paul.get(base).content.decode()
    file = paul.get(f"/acme/p/learn/certificates/{certificate.id}.pdf")
    assert file.content.startswith(b"%PDF-")
    checked = Client().get(f"/acme/check/{certificate.code}/")
    page = checked.content.decode()
    assert checked.headers["X-Robots-Tag"] == "noindex"
    for said in ("Valid", "Paul", "Northwind", "Basics"):
        assert said in page


def test_the_quiz_page_marks_no_choice(cast: Cast, paul: Client) -> None:
    course = make_course(cast)
    read_all(cast.paul, course)
    page = paul.get(f"/acme/p/learn/{course.id}/quiz/").content.decode()
    assert page.count('type="radio"') + page.count('type="checkbox"') == 2 + 3
    assert "checked" not in page


def test_a_failed_quiz_says_what_to_read_and_when_to_return(cast: Cast, paul: Client) -> None:
    course = make_course(cast)
    read_all(cast.paul, course)
    paul.post(f"/acme/p/learn/{course.id}/quiz/", quiz_of(cast, course, "0", ["0", "2"]))
    page = paul.get(f"/acme/p/learn/{course.id}/").content.decode()
    assert "1 of 2 were right" in page
    assert "look at it again" in page
    assert "The next attempt opens on" in page


def test_an_unknown_code_is_missing(cast: Cast) -> None:
    answer = Client().get("/acme/check/nonsense/")
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert "No certificate has this code." in answer.content.decode()


def test_the_admin_reads_the_matrix_of_the_team_and_others_their_own(cast: Cast, paul: Client) -> None:
    certificate = passed(cast.mia, make_course(cast))
    assert "Mia" in paul.get("/acme/p/learn/team/").content.decode()
    assert "Mia" in paul.get("/acme/p/learn/certificates/").content.decode()
    mia, sven = client_of(cast.mia), client_of(cast.sven)
    assert mia.get("/acme/p/learn/team/").status_code == HTTPStatus.FORBIDDEN
    address = f"/acme/p/learn/certificates/{certificate.id}.pdf"
    assert mia.get(address).status_code == HTTPStatus.OK
    assert sven.get(address).status_code == HTTPStatus.NOT_FOUND


def test_staff_issue_and_revoke(cast: Cast) -> None:
    course, vera = make_course(cast), client_of(cast.vera)
    told = {"partner": str(cast.northwind.id), "course": str(course.id), "person": "Anna Guest"}
    vera.post("/acme/m/learn/certificates/new/", told)
    with tenant_context(cast.acme.id):
        certificate = Certificate.objects.get()
    vera.post(f"/acme/m/learn/certificates/{certificate.id}/revoke/", {"reason": "Copied"})
    page = vera.get("/acme/m/learn/certificates/").content.decode()
    assert "Anna Guest" in page
    assert "Revoked" in page


def test_machines_build_a_course_and_certify(cast: Cast) -> None:
    erp = Machine(make_key(cast.acme, "training:read", "training:write", "certificates:write"))
    course = erp.post("courses", {"code": "basics", "title": "Basics", "valid_months": 12}).json()
    path = f"courses/{course['id']}"
    assert problem_of(erp.post(f"{path}:publish"))["code"] == "course_incomplete"
    erp.post(f"{path}/lessons", {"title": "Start", "body": "Text"})
    erp.post(f"{path}/questions", {"text": "One?", "choices": ["a", "b"], "right": [1]})
    assert "right" not in erp.get(f"{path}/questions").json()["data"][0]
    assert erp.post(f"{path}:publish").json()["state"] == "published"
    body = {"partner": "NW", "course": "basics", "person": "Anna Guest"}
    with nothing_written_in(cast.acme):
        refused = problem_of(erp.post("certificates", body | {"course": "deep"}))
        assert [error["pointer"] for error in refused["errors"]] == ["/course"]
    issued = erp.post("certificates", body).json()
    assert (issued["number"], issued["course"]) == ("CT-1", "basics")
    assert erp.post(f"certificates/{issued['id']}:revoke", {"reason": "Copied"}).json()["revoked_on"]
    assert len(erp.get("certificates", partner="NW").json()["data"]) == 1
