"""What a person does at a partner and what follows: courses first or last, files along, quizzes opened again."""

from typing import Any

import pytest
from django.http import Http404

from partners.training import actions, queries
from partners.training.handouts import give_along, handout_of, take_away
from partners.training.learners import list_used_up, open_again, say_duty
from partners.training.models import Course, Learner, Lesson
from partners.training.presentation import shelf_of, team_matrix
from partners.training.refusals import AttemptsUsedUp, NothingToOpen
from prm.outbox.models import Event
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast, Person
from tests.support.clients import client_of
from tests.support.rows import nothing_written_in
from tests.support.training import hand_in, in_scope, make_course, passed, read_all

TODAY = NOW.date()


def shelf(person: Person, *, duty: str = "", partner_type: str = "reseller") -> tuple[list[str], list[str]]:
    """Titles outside every path, and those that are for colleagues."""
    with in_scope(person):
        found = shelf_of(person.membership.id, partner_type=partner_type, duty=duty, today=TODAY)
    return [one.course.title for one in found.others], [one.course.title for one in found.for_colleagues]


def fail(person: Person, course: Course) -> None:
    hand_in(person, course, [0], [0])


class TestDuties:
    @pytest.fixture
    def courses(self, cast: Cast) -> None:
        for code, audience in (("all", "everyone"), ("sell", "sales"), ("mount", "technical")):
            make_course(cast, code, audience=audience)

    @pytest.mark.usefixtures("courses")
    @pytest.mark.parametrize(
        ("duty", "first", "last"),
        [
            ("", ["All", "Mount", "Sell"], []),
            ("sales", ["All", "Sell"], ["Mount"]),
            ("technical", ["All", "Mount"], ["Sell"]),
        ],
    )
    def test_courses_for_others_stand_last(
        self, cast: Cast, duty: str, first: list[str], last: list[str]
    ) -> None:
        assert shelf(cast.paul, duty=duty) == (first, last)

    @pytest.mark.usefixtures("courses")
    def test_what_was_begun_stays_in_its_place(self, cast: Cast) -> None:
        with tenant_context(cast.acme.id):
            course = Course.objects.get(code="mount")
        read_all(cast.paul, course)
        assert shelf(cast.paul, duty="sales") == (["All", "Mount", "Sell"], [])

    @pytest.mark.usefixtures("courses")
    def test_a_person_says_what_they_do_on_the_page(self, cast: Cast) -> None:
        paul = client_of(cast.paul)
        assert paul.post("/acme/p/learn/", {"duty": "sales"}).status_code == 302
        assert "For colleagues who do something else" in paul.get("/acme/p/learn/").content.decode()
        with nothing_written_in(cast.acme):
            assert paul.post("/acme/p/learn/", {"duty": "cooking"}).status_code == 422
        paul.post("/acme/p/learn/", {"duty": ""})
        with tenant_context(cast.acme.id):
            assert not Learner.objects.exists()

    @pytest.mark.usefixtures("courses")
    def test_the_team_sees_what_is_not_expected_and_who_has_no_login(self, cast: Cast) -> None:
        with in_scope(cast.paul):
            say_duty(actor=cast.paul.actor, duty="sales")
        with tenant_context(cast.acme.id):
            issued: Any = {
                "partner": cast.northwind,
                "course": Course.objects.get(code="all"),
                "member": None,
            }
            actions.issue_certificate(actor=cast.vera.actor, person="Olga", at=NOW, **issued)
            rows = team_matrix(cast.northwind.id, TODAY)["rows"]
        told = {
            row["person"]: [(cell["expected"], cell["standing"]) for cell in row["cells"]] for row in rows
        }
        assert told["Paul"] == [(True, ""), (False, ""), (True, "")]
        assert told["Olga"] == [(False, "valid"), (False, ""), (False, "")]


class TestPaths:
    def add(self, cast: Cast, name: str, *courses: Course, partner_type: str = "") -> None:
        with tenant_context(cast.acme.id):
            facts = {"name": name, "partner_type": partner_type}
            actions.save_path(actor=cast.vera.actor, path=None, facts=facts, courses=courses, at=NOW)

    def test_a_path_is_for_its_type_of_partner(self, cast: Cast) -> None:
        course = make_course(cast)
        self.add(cast, "Resellers", course, partner_type="reseller")
        self.add(cast, "Integrators", course, partner_type="integrator")
        with in_scope(cast.paul):
            found = shelf_of(cast.paul.membership.id, partner_type="reseller", duty="", today=TODAY)
        assert [shown["path"].name for shown in found.paths] == ["Resellers"]

    def test_courses_stand_by_their_places(self, cast: Cast) -> None:
        first, second, third = (make_course(cast, code) for code in ("aaa", "bbb", "ccc"))
        told = {"name": "Path", f"place_{first.id}": "3", f"place_{third.id}": "1"}
        assert client_of(cast.vera).post("/acme/m/learn/paths/new/", told).status_code == 302
        with tenant_context(cast.acme.id):
            (path,) = queries.list_paths()
            assert queries.steps_of_paths([path])[path.id] == [third.id, first.id]
        page = client_of(cast.vera).get(f"/acme/m/learn/paths/{path.id}/").content.decode()
        assert f'name="place_{third.id}" value="1"' in page
        assert f'name="place_{second.id}" value=' not in page


class TestHandouts:
    @pytest.fixture
    def lesson(self, cast: Cast) -> Lesson:
        course = make_course(cast)
        with tenant_context(cast.acme.id):
            (lesson,) = queries.lessons_of(course)
            give_along(actor=cast.vera.actor, lesson=lesson, name="plan.txt", content=b"plan", at=NOW)
        return lesson

    def test_a_partner_loads_the_file(self, cast: Cast, lesson: Lesson) -> None:
        paul, page = client_of(cast.paul), f"/acme/p/learn/{lesson.course_id}/lessons/{lesson.id}/"
        assert "plan.txt" in paul.get(page).content.decode()
        answer: Any = paul.get(f"{page}file/")
        assert b"".join(answer.streaming_content) == b"plan"
        assert "attachment" in answer.headers["Content-Disposition"]

    def test_nobody_has_a_file_of_a_draft(self, cast: Cast, lesson: Lesson) -> None:
        with tenant_context(cast.acme.id):
            Course.objects.filter(id=lesson.course_id).update(state="draft")
        with in_scope(cast.paul), pytest.raises(Http404):
            handout_of(lesson.id)

    def test_no_file_of_another_vendor(self, cast: Cast, lesson: Lesson) -> None:
        with tenant_context(cast.zenith.id), pytest.raises(Http404):
            handout_of(lesson.id)

    def test_the_file_is_changed_with_its_lesson(self, cast: Cast, lesson: Lesson) -> None:
        from django.core.files.uploadedfile import SimpleUploadedFile

        page = f"/acme/m/learn/{lesson.course_id}/lessons/{lesson.id}/"
        told: dict[str, Any] = {"title": "Start", "position": "1", "body": "x"}
        vera = client_of(cast.vera)
        with nothing_written_in(cast.acme):
            answer = vera.post(page, {**told, "attached": SimpleUploadedFile("plan.exe", b"MZ")})
        assert answer.status_code == 422
        assert "This kind of file is not taken here" in answer.content.decode()
        assert vera.post(page, {**told, "attached": SimpleUploadedFile("new.txt", b"new")}).status_code == 302
        with in_scope(cast.paul):
            assert handout_of(lesson.id).name == "new.txt"
        assert vera.post(page, {**told, "without_file": "on"}).status_code == 302
        with in_scope(cast.paul), pytest.raises(Http404):
            handout_of(lesson.id)

    def test_taking_nothing_away_writes_nothing(self, cast: Cast) -> None:
        course = make_course(cast)
        with nothing_written_in(cast.acme), tenant_context(cast.acme.id):
            take_away(actor=cast.vera.actor, lesson=queries.lessons_of(course)[0], at=NOW)


class TestOpenAgain:
    @pytest.fixture
    def course(self, cast: Cast) -> Course:
        course = make_course(cast, attempts_allowed=2, wait_hours=0)
        read_all(cast.paul, course)
        fail(cast.paul, course)
        return course

    def stuck(self, cast: Cast, person: Person, course: Course) -> list[str]:
        with tenant_context(cast.acme.id):
            return [str(one.member.user) for one in list_used_up(person.actor, course)]

    def test_who_has_no_attempt_left_may_try_again(self, cast: Cast, course: Course) -> None:
        assert self.stuck(cast, cast.vera, course) == []
        fail(cast.paul, course)
        assert self.stuck(cast, cast.vera, course) == ["Paul"]
        with nothing_written_in(cast.acme), pytest.raises(AttemptsUsedUp):
            fail(cast.paul, course)
        answer = client_of(cast.nina).post(
            f"/acme/m/learn/{course.id}/open-again/", {"member": str(cast.paul.membership.id)}
        )
        assert answer.status_code == 302
        assert self.stuck(cast, cast.vera, course) == []
        assert passed(cast.paul, course).course_id == course.id
        with tenant_context(cast.acme.id):
            rung = Event.objects.filter(name="prm.notifications.deliver", payload__kind="quiz.opened_again")
            assert rung.count() == 1

    @pytest.mark.parametrize("attempts", [1, 2])
    def test_a_manager_opens_it_in_the_own_portfolio(self, cast: Cast, course: Course, attempts: int) -> None:
        """Refused: somebody who has attempts left, and somebody of another portfolio."""
        if attempts == 2:
            fail(cast.paul, course)
            with tenant_context(cast.acme.id):
                cast.northwind.manager_id = None
                cast.northwind.save(update_fields=["manager_id"])
        told: Any = {"actor": cast.nina.actor, "member_id": cast.paul.membership.id, "at": NOW}
        with nothing_written_in(cast.acme), tenant_context(cast.acme.id), pytest.raises(NothingToOpen):
            open_again(course=course, **told)


def test_staff_print_a_certificate(cast: Cast) -> None:
    certificate = passed(cast.paul, make_course(cast))
    answer = client_of(cast.nina).get(f"/acme/m/learn/certificates/{certificate.id}.pdf")
    assert answer.content.startswith(b"%PDF")
