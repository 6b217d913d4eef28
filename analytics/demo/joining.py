"""The demo's newcomers: a programme page, an agreement, applications in every state, journeys half done.

Promise: made by the actions that applicants and staff use, dated back from today; called by analytics.demo.story."""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from analytics.demo.stage import Stage
from partners.directory.models import Partner
from partners.onboarding import decisions, drafts
from partners.onboarding.agreements import TELL, accept_document, publish_document, tell_partners
from partners.onboarding.journeys import start_journey
from partners.onboarding.models import Application, DocumentVersion, WaitingCompany
from partners.onboarding.setup import add_question, save_programme
from partners.onboarding.waiting import invite_waiting, join_waiting_list
from partners.sales.actions import record_sales
from partners.sales.rules import SALE, LineInput
from prm.accounts.actor import APPLICANT_LABEL, Actor
from prm.accounts.consents import consent_to_ask, keep_consent
from prm.accounts.models import Membership, User
from prm.kit.ids import uuid7
from prm.kit.requisites import fault_in_tax_id
from prm.notifications.actions import DELIVER, deliver
from prm.outbox.models import Event
from prm.tenancy.context import identity_context, tenant_context

# name, place on the web, contact, days ago, state, source
ENGLISH = (
    ("Lakeside Systems", "lakeside", "Lena Ott", 1, "submitted", "website"),
    ("Brightwater Labs", "brightwater", "Marc Dubois", 2, "submitted", "fair"),
    ("Copperfield IT", "copperfield", "Tessa Jansen", 5, "submitted", "website"),
    ("Redwood Integration", "redwood", "Piotr Nowak", 4, "in_review", "partner"),
    ("Snowdrop Trading", "snowdrop", "Eva Huber", 6, "action_required", "website"),
    ("Bluebell Consulting", "bluebell", "Jan Smit", 12, "rejected", "newsletter"),
    ("Thistle Networks", "thistle", "Amy Koch", 20, "withdrawn", "fair"),
    ("Aspen Automation", "aspen", "Karl Lindner", 70, "approved", "fair"),
    ("Marigold Software", "marigold", "Ida Frank", 45, "approved", "website"),
    ("Heron Logistics", "heron", "Nils Berger", 15, "approved", "website"),
)
RUSSIAN = (
    ("ООО «Светлый Путь»", "svetlyput", "Анна Сомова", 1, "submitted", "сайт"),
    ("ООО «Кедр»", "kedr", "Игорь Левин", 2, "submitted", "выставка"),
    ("АО «Маяк»", "mayak", "Ольга Ткач", 5, "submitted", "сайт"),
    ("ООО «Бирюза»", "biruza", "Денис Крот", 4, "in_review", "партнёр"),
    ("ООО «Перевал»", "pereval", "Мария Юдина", 6, "action_required", "сайт"),
    ("ООО «Кварта»", "kvarta", "Роман Зуев", 12, "rejected", "рассылка"),
    ("ООО «Опора»", "opora", "Лидия Жук", 20, "withdrawn", "выставка"),
    ("ООО «Северный Ветер»", "severveter", "Пётр Громов", 70, "approved", "выставка"),
    ("ООО «Янтарь»", "yantar", "Вера Чайка", 45, "approved", "сайт"),
    ("АО «Якорь»", "yakor", "Илья Мельник", 15, "approved", "сайт"),
)
WORDS: dict[str, dict[str, Any]] = {
    "en": {
        "companies": ENGLISH,
        "regions": ["Bavaria", "Saxony", "Brittany", "Utrecht", "Tyrol", "Silesia"],
        "specialisations": ["Laboratories", "Food production", "Hospitals", "Universities"],
        "ask": "Your site names another company. Which one will sell our scales?",
        "reject": "We already have four partners in this region. Apply again in spring.",
        "question": "How many people of yours will sell our products?",
        "waiting": (
            ("Ferngrove Ltd", "Otto Brandt"),
            ("Silverbeck", "Clara Weiss"),
            ("Oakhurst IT", "Jo Lang"),
        ),
    },
    "ru": {
        "companies": RUSSIAN,
        "regions": ["Сибирь", "Урал", "Поволжье", "Северо-Запад"],
        "specialisations": ["Образование", "Медицина", "Торговля", "Производство"],
        "ask": "На сайте указана другая компания. Кто будет продавать наши принтеры?",
        "reject": "В этом регионе у нас уже четыре партнёра. Подайте заявку весной.",
        "question": "Сколько ваших сотрудников будет продавать наши продукты?",
        "waiting": (
            ("ООО «Берёза»", "Олег Рябов"),
            ("АО «Прибой»", "Нина Котова"),
            ("ООО «Искра»", "Глеб Орлов"),
        ),
    },
}
AGREEMENT = {
    "en": (
        "## 1. What this is about\n\nThe partner sells, implements or refers the vendor's products "
        "**in its own name**.\n\n"
        "## 2. Commission\n\n- The plan in force on the day of the sale counts.\n"
        "- Statements come once a month; questions about a line are answered in ten days.\n\n"
        "## 3. Protection\n\nA registered deal is protected from the day of its approval.\n\n"
        "## 4. End\n\nEither side may end the agreement with a notice of *three months*."
    ),
    "ru": (
        "## 1. Предмет\n\nПартнёр продаёт, внедряет или рекомендует продукты вендора **от своего имени**.\n\n"
        "## 2. Комиссия\n\n- Действует план на день продажи.\n"
        "- Отчёты выходят раз в месяц; на вопрос по строке отвечают за десять дней.\n\n"
        "## 3. Защита\n\nЗарегистрированная сделка защищена со дня одобрения.\n\n"
        "## 4. Прекращение\n\nЛюбая сторона может прекратить соглашение, предупредив *за три месяца*."
    ),
}
CONSENT = {
    "en": "We use your name, your contacts and what you do here to decide about applications and to run the "
    "partnership. **Nobody else gets them.**",
    "ru": "Мы используем ваше имя, контакты и сведения о работе на портале для решений по заявкам и для партнёрства "
    "и **никому их не передаём**.",
}
BENEFITS = {
    "en": "- Up to **14 %** commission, explained line by line\n- 90 days of protection for deals you register first\n"
    "- A channel manager of your own\n- Training and certificates for your people",
    "ru": "- Комиссия до **14 %** с объяснением каждой строки\n- Защита ваших сделок на 90 дней\n"
    "- Свой менеджер по партнёрам\n- Обучение и сертификаты для ваших людей",
}


FAQ = {
    "en": "## What does it cost?\n\nNothing: joining is free.\n\n## How soon do we sell?\n\n"
    "As soon as the application is approved and the agreement accepted; most partners need a week.",
    "ru": "## Сколько это стоит?\n\nНисколько: вступление бесплатно.\n\n## Когда мы начнём продавать?\n\n"
    "Как только заявка одобрена и соглашение принято; обычно на это уходит неделя.",
}


def add_joining(stage: Stage) -> None:
    """Everything about joining; each application in transactions of its own, as it would come."""
    words = WORDS[stage.vendor.language]
    with tenant_context(stage.tenant.id):
        _set_up(stage, words)
    for place, (name, site, contact, days, state, source) in enumerate(words["companies"]):
        country = stage.vendor.regions[place % len(stage.vendor.regions)][0]
        facts = {
            "country": country,
            "tax_id": fitting(country, place + 1),
            "company_name": name,
            "website": f"https://{site}.example",
            "contact_name": contact,
            "position": "",
            "email": f"office@{site}.example",
            "phone": "+49 30 555 01 0" + str(place),
            "partner_type": ("reseller", "integrator", "reseller", "distributor")[place % 4],
            "regions": [words["regions"][place % len(words["regions"])]],
            "specialisations": [words["specialisations"][place % len(words["specialisations"])]],
        }
        application = _apply(stage, facts, source, days, sent=state != "draft")
        with tenant_context(stage.tenant.id):
            partner = _decide(stage, application, state, days, words)
        if partner is not None and days > JUST_APPROVED:
            _enter(stage, partner, application, days, sells=days > OLD)
    _draft(stage)
    _wait(stage, words)
    _agree(stage)
    _tell(stage)


JUST_APPROVED, OLD = 20, 60


def _set_up(stage: Stage, words: dict[str, Any]) -> None:
    admin = stage.first("programme_admin")
    save_programme(
        actor=admin,
        facts={
            "benefits": BENEFITS,
            "faq": FAQ,
            "regions": words["regions"],
            "specialisations": words["specialisations"],
            "reply_days": 3,
        },
        version=None,
        at=stage.moment(200),
    )
    add_question(
        actor=admin,
        facts={"words": {stage.vendor.language: words["question"]}, "kind": "line", "required": False},
        at=stage.moment(200),
    )
    first = publish_document(
        actor=admin, kind="agreement", texts=AGREEMENT, notice_days=0, at=stage.moment(200)
    )
    publish_document(actor=admin, kind="consent", texts=CONSENT, notice_days=0, at=stage.moment(200))
    language = stage.vendor.language
    for partner in stage.partners[1:6]:
        accept_document(actor=admin, partner=partner, version=first, language=language, at=stage.moment(150))
    for partner in stage.partners[:3]:
        start_journey(actor=admin, partner=partner, at=stage.moment(9))
    publish_document(actor=admin, kind="agreement", texts=AGREEMENT, notice_days=30, at=stage.moment(2))


SHAPES = {"RU": "{}", "DE": "DE{}", "AT": "ATU{}", "NL": "NL{}B01", "FR": "FR{}", "PL": "PL{}"}
STARTS = {
    "RU": 7_000_000_000,
    "DE": 100_000_000,
    "AT": 10_000_000,
    "NL": 100_000_000,
    "FR": 40_303_265_045,
    "PL": 1_000_000_000,
}


def fitting(country: str, step: int) -> str:
    """An invented number that passes the rules of its country; another one for each step."""
    candidates = (SHAPES[country].format(number) for number in count(STARTS[country] + step * 7_919))
    return next(text for text in candidates if fault_in_tax_id(text, country) is None)


def _apply(stage: Stage, facts: dict[str, Any], source: str, days: int, *, sent: bool) -> Application:
    """As a stranger would, in a stranger's scope."""
    visitor = Actor(kind="visitor", id=uuid7(), label=APPLICANT_LABEL, tenant_id=stage.tenant.id)
    at, language = stage.moment(days), stage.vendor.language
    assert visitor.id is not None
    with tenant_context(stage.tenant.id, scope="partner", partner_ids=[visitor.id]):
        application, _secret = drafts.start_application(
            actor=visitor, nonce=str(visitor.id), language=language, source=source, at=at
        )
        for step in ("company", "contact", "profile"):
            application = drafts.save_step(
                actor=visitor, application=application, step=step, facts=facts, at=at
            )
        if sent:
            application = drafts.accept_documents(
                actor=visitor, application=application, language=language, at=at
            )
            application = drafts.submit_application(actor=visitor, application=application, at=at)
    return application


def _decide(
    stage: Stage, application: Application, state: str, days: int, words: dict[str, Any]
) -> Partner | None:
    actor, at = stage.first("channel_manager"), stage.moment(days) + timedelta(hours=20)
    if state == "in_review":
        decisions.start_review(actor=actor, application=application, at=at)
    elif state == "action_required":
        decisions.ask_applicant(
            actor=actor, application=application, fields=["website", "legal_name"], text=words["ask"], at=at
        )
    elif state == "rejected":
        decisions.reject_application(actor=actor, application=application, reason=words["reject"], at=at)
    elif state == "withdrawn":
        drafts.withdraw_application(actor=actor, application=application, at=at)
    elif state == "approved":
        return decisions.approve_application(
            actor=actor, application=application, terms=decisions.Terms(), at=at
        )
    return None


def _enter(stage: Stage, partner: Partner, application: Application, days: int, *, sells: bool) -> None:
    """The contact came in two days after the approval; the oldest newcomer has sold something."""
    came = stage.moment(days) + timedelta(days=3)
    with identity_context():
        user = User.objects.create_user(
            application.email, None, name=application.contact_name, language=application.language
        )
    with tenant_context(stage.tenant.id):
        place = Membership.objects.create(user=user, role="partner_admin", partner_id=partner.id)
        Membership.objects.filter(id=place.id).update(created_at=came)
        if sells:
            record_sales(
                actor=stage.first("programme_admin"),
                rows=[_first_sale(stage, partner, came)],
                mode="partial",
                at=stage.moment(),
            )


def _first_sale(stage: Stage, partner: Partner, came: datetime) -> LineInput:
    code, _name, _category, price_minor = stage.vendor.products[0]
    return LineInput(
        source="erp",
        external_id=f"FIRST-{partner.number}",
        kind=SALE,
        occurred_on=(came + timedelta(days=25)).date(),
        product=code,
        quantity=Decimal(1),
        amount_minor=price_minor,
        currency=stage.vendor.currency,
        order_number="",
        partner=partner.code,
    )


def _tell(stage: Stage) -> None:
    """What a worker would do within seconds: partners hear of the new agreement, staff of the applicants."""
    with tenant_context(stage.tenant.id):
        newest = DocumentVersion.objects.filter(kind="agreement").latest("number")
        tell_partners(newest)
        waiting = Event.objects.filter(name=DELIVER, relayed_at__isnull=True)
        for event in waiting:
            told = dict(event.payload)
            deliver(ring_id=UUID(told.pop("ring_id")), at=stage.moment(), **told)
        waiting.update(relayed_at=stage.moment())
        Event.objects.filter(name=TELL).update(relayed_at=stage.moment())


def _wait(stage: Stage, words: dict[str, Any]) -> None:
    """The programme was closed for a while; of those who came then, one was written to."""
    admin = stage.first("programme_admin")
    _set_open(stage, is_open=False, days=130)
    for place, (company, contact) in enumerate(words["waiting"]):
        visitor = Actor(kind="visitor", id=uuid7(), label=APPLICANT_LABEL, tenant_id=stage.tenant.id)
        assert visitor.id is not None
        facts = {
            "company_name": company,
            "contact_name": contact,
            "email": f"office{place + 1}@waiting.example",
            "language": stage.vendor.language,
        }
        with tenant_context(stage.tenant.id, scope="partner", partner_ids=[visitor.id]):
            join_waiting_list(
                actor=visitor,
                facts=facts,
                consent_language=stage.vendor.language,
                at=stage.moment(125 - 9 * place),
            )
        if place == 0:
            _set_open(stage, is_open=True, days=120)
            with tenant_context(stage.tenant.id):
                invite_waiting(actor=admin, at=stage.moment(120))
                WaitingCompany.objects.update(mailed_at=stage.moment(120))
            _set_open(stage, is_open=False, days=119)
    _set_open(stage, is_open=True, days=100)


def _set_open(stage: Stage, *, is_open: bool, days: int) -> None:
    with tenant_context(stage.tenant.id):
        admin, at = stage.first("programme_admin"), stage.moment(days)
        save_programme(actor=admin, facts={"is_open": is_open}, version=None, at=at)


def _agree(stage: Stage) -> None:
    """Everybody with a place agreed to the vendor's text when they came in."""
    with tenant_context(stage.tenant.id):
        for member in Membership.objects.order_by("created_at", "id"):
            at = stage.moment(60)
            text = consent_to_ask(member.user_id, language=stage.vendor.language, at=at)
            if text is not None:
                keep_consent(member, text, at)


def _draft(stage: Stage) -> None:
    """One that somebody still writes: the vendor does not see it."""
    country, language = stage.vendor.regions[0][0], stage.vendor.language
    facts = {
        "country": country,
        "tax_id": fitting(country, 99),
        "company_name": "Driftwood Studio" if language == "en" else "ООО «Причал»",
        "website": "https://driftwood.example",
        "contact_name": "Mia Roth" if language == "en" else "Майя Рощина",
        "email": "mia@driftwood.example",
        "partner_type": "reseller",
        "regions": WORDS[language]["regions"][:1],
    }
    _apply(stage, facts, "website", 1, sent=False)
