"""The demo's comments: an internal remark, a question of the partner's person, an answer they read too.

Called by the demo's story."""

from analytics.demo.stage import Stage
from partners.deals.models import Deal
from prm.comments.actions import write_comment

WORDS = {
    "en": {
        "internal": "Wants to grow in the north. Ask about their second sales team in spring.",
        "question": "Can we get two demo devices for a fair in May?",
        "answer": "Yes, they leave our store next Monday.",
        "deal": "The customer asked for a reference in food production.",
    },
    "ru": {
        "internal": "Хотят расти на севере. Весной спросить про вторую команду продаж.",
        "question": "Можно получить два демонстрационных прибора на выставку в мае?",
        "answer": "Да, они уедут со склада в понедельник.",
        "deal": "Клиент попросил рекомендацию из пищевого производства.",
    },
}


def add_comments(stage: Stage) -> None:
    words, admin = WORDS[stage.vendor.language], stage.first("programme_admin")
    partner = stage.partners[0]
    person = next(one for one in stage.people if one.partner_id == partner.id)
    deal = Deal.objects.filter(partner=partner, state="protected").order_by("number")[0]
    for days, actor, key, subject, text, shared in (
        (20, admin, "partner", partner.id, "internal", False),
        (6, person, "partner", partner.id, "question", True),
        (5, admin, "partner", partner.id, "answer", True),
        (4, person, "deal", deal.id, "deal", True),
    ):
        write_comment(
            actor=actor,
            key=key,
            subject_id=subject,
            body=words[text],
            shared=shared,
            at=stage.moment(days),
        )
