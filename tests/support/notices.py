"""A kind of notice of the tests' own, with a day and an amount in its words."""

from prm.notifications.kinds import declare_notice

TOLD = "test.told"
TOLD_WITH = {
    "number": "D-7",
    "until": {"day": "2026-04-12"},
    "amount": {"minor": 5, "currency": "EUR"},
    "company": "Acme",
}
declare_notice(
    TOLD, title="Deal %(number)s is protected until %(until)s", text="Worth %(amount)s to %(company)s."
)
