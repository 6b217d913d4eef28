"""The demo's training: two courses on a path and one alone, certificates of the first partners, a failed attempt.

Called by the demo's story, after its people."""

from typing import Any

from analytics.demo.stage import Stage
from partners.directory.models import PartnerType
from partners.training import actions
from partners.training.handouts import give_along
from partners.training.learners import say_duty
from partners.training.models import Course
from partners.training.queries import lessons_of, questions_of

WORDS: dict[str, dict[str, Any]] = {
    "en": {
        "path": ("Sell with confidence", "What every seller should know in the first month."),
        "courses": (
            ("C-101", "Products at a glance", "What we make and whom it helps.", "everyone", 12),
            ("C-102", "From question to offer", "Ask, listen, calculate.", "sales", 24),
            ("C-103", "Installing and calibrating", "For technicians on site.", "technical", 6),
        ),
        "lessons": (
            ("What we make", "## Three families\n\n- **Sensors** measure\n- Controllers decide\n- Services help"),
            ("Whom it helps", "## Ask first\n\n1. What is measured?\n2. What does a failure cost?"),
        ),
        "questions": (
            ("What decides in our system?", ("Sensors", "Controllers", "Services"), (1,)),
            ("What do you ask first?", ("What is measured today", "What a failure costs", "A rival's price"), (0, 1)),
        ),
    },
    "ru": {
        "path": ("Продавать уверенно", "Что каждый продавец должен знать в первый месяц."),
        "courses": (
            ("C-101", "Обзор продуктов", "Что мы делаем и кому это помогает.", "everyone", 12),
            ("C-102", "От вопроса к предложению", "Спросить, выслушать, рассчитать.", "sales", 24),
            ("C-103", "Монтаж и калибровка", "Для технических специалистов на месте.", "technical", 6),
        ),
        "lessons": (
            ("Что мы делаем", "## Три семейства\n\n- **Датчики** измеряют\n- Контроллеры решают\n- Сервис помогает"),
            ("Кому это помогает", "## Сначала спросите\n\n1. Что измеряют?\n2. Во что обходится сбой?"),
        ),
        "questions": (
            ("Что в системе принимает решения?", ("Датчики", "Контроллеры", "Сервис"), (1,)),
            ("О чём спрашивают сначала?", ("Что измеряют сегодня", "Во что обходится сбой", "Цена конкурента"), (0, 1)),
        ),
    },
}  # fmt: skip


def add_courses(stage: Stage) -> None:
    """Plans ask for certificates of them."""
    for told in WORDS[stage.vendor.language]["courses"]:
        _add_course(stage, told)


def add_training(stage: Stage) -> None:
    words, admin, at = WORDS[stage.vendor.language], stage.first("programme_admin"), stage.moment(200)
    courses = list(Course.objects.order_by("code"))
    name, about = words["path"]
    facts = {"name": name, "about": about, "partner_type": PartnerType.RESELLER}
    actions.save_path(actor=admin, path=None, facts=facts, courses=courses[:2], at=at)
    for place, partner in enumerate(stage.partners[1:10]):
        actions.issue_certificate(
            actor=admin,
            partner=partner,
            course=courses[place % 3],
            person=partner.name,
            member=None,
            at=stage.moment(160 - 12 * place),
        )
    first, *others = [one for one in stage.people if one.partner_id == stage.partners[0].id]
    say_duty(actor=first, duty="sales")
    _learn(first, courses[0], stage, right=True)
    _learn((others or [first])[0], courses[1], stage, right=False)


def _add_course(stage: Stage, told: tuple[Any, ...]) -> None:
    words, admin, at = WORDS[stage.vendor.language], stage.first("programme_admin"), stage.moment(210)
    code, title, about, audience, months = told
    facts = {
        "code": code,
        "title": title,
        "about": about,
        "audience": audience,
        "valid_months": months,
    }
    course = actions.save_course(actor=admin, course=None, facts=facts, at=at)
    lessons = [
        actions.save_lesson(
            actor=admin, course=course, lesson=None, facts={"title": title, "body": body}, at=at
        )
        for title, body in words["lessons"]
    ]
    give_along(actor=admin, lesson=lessons[0], name=f"{code}.txt", content=about.encode(), at=at)
    for place, (text, choices, right) in enumerate(words["questions"]):
        actions.save_question(
            actor=admin,
            course=course,
            question=None,
            text=text,
            choices=choices,
            right=right,
            lesson=lessons[place],
            at=at,
        )
    actions.publish_course(actor=admin, course=course, at=at)


def _learn(person: Any, course: Course, stage: Stage, *, right: bool) -> None:
    """The person reads every lesson and hands the quiz in."""
    for lesson in lessons_of(course):
        actions.read_lesson(actor=person, lesson=lesson, at=stage.moment(30))
    chosen: list[list[int]] = [[1], [0, 1]] if right else [[0], [0, 1]]
    given = {str(question.id): places for question, places in zip(questions_of(course), chosen, strict=True)}
    actions.hand_in(actor=person, course=course, given=given, at=stage.moment(0 if not right else 30))
