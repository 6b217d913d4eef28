"""The demo's terms of plans: a new version for distributors that some have accepted, and one accepted long ago.

Called by: analytics.demo.plans (the texts), analytics.demo.story (who accepts), once people of partners are there.
"""

from analytics.demo.stage import Stage
from incentives.plans.models import PlanVersion
from incentives.terms.actions import accept_terms, ask_partners
from partners.directory.models import Partner
from partners.onboarding.rules import text_hash
from prm.accounts.actor import Actor

TEXTS = {
    "growth": {
        "en": "## Growth programme\n\nThe goal is set for a quarter. It is reached with **invoiced** sales alone.\n\n"
        "- Your quarter's plan is agreed with your manager.\n- Sales to your own group do not count.",
        "ru": "## Программа роста\n\nЦель ставится на квартал. Её выполняют только **отгруженные** продажи.\n\n"
        "- План квартала согласуется с вашим менеджером.\n- Продажи внутри своей группы не засчитываются.",
    },
    "distributors": {
        "en": "## What we agree on\n\nThe rate of turnover rises to 3 %, and in return you send us stock reports.\n\n"
        "1. A stock report comes by the fifth day of each month.\n2. Price lists go to resellers unchanged.\n"
        "3. Either side may end this with 30 days' notice.",
        "ru": "## О чём договариваемся\n\nСтавка с оборота растёт до 3 %, а вы присылаете отчёты об остатках.\n\n"
        "1. Отчёт об остатках приходит до пятого числа каждого месяца.\n2. Прайс-листы передаются реселлерам без "
        "изменений.\n3. Любая сторона может прекратить это за 30 дней.",
    },
    "resellers": {
        "en": "## Certified sales\n\nSoftware earns the higher rate where a certified person of yours sold it.",
        "ru": "## Продажи с сертификатом\n\nПрограммы приносят повышенную ставку, если их продал ваш сертифицированный "
        "сотрудник.",
    },
}  # fmt: skip


def add_terms(stage: Stage) -> None:
    """The partner with a login has accepted the older text; the newer one waits for it and for some others."""
    ask_partners(at=stage.moment(3))
    growth = PlanVersion.objects.select_related("plan").get(plan__code="growth")
    person = next(one for one in stage.people if one.partner_id == stage.partners[0].id)
    _accept(stage, person, stage.partners[0], growth, days_ago=3)
    newer = PlanVersion.objects.select_related("plan").get(plan__code="distributors", number=2)
    books = Actor(kind="token", id=None, label="ERP", tenant_id=stage.tenant.id)
    for partner in stage.partners[12::24]:
        _accept(stage, books, partner, newer, days_ago=2)


def _accept(stage: Stage, actor: Actor, partner: Partner, version: PlanVersion, *, days_ago: int) -> None:
    language = stage.vendor.language
    accept_terms(
        actor=actor,
        partner=partner,
        version=version,
        language=language,
        read_hash=text_hash(version.terms[language]),
        at=stage.moment(days_ago),
    )
