"""The shapes of deals in the API; called by deals.api."""

from rest_framework import serializers

from partners.deals.actions import EDITABLE
from partners.deals.models import Deal, DealState, PartIn, Stage
from partners.deals.queries import parts_of
from prm.api.fields import (
    ChoiceField,
    CodeField,
    CurrencyField,
    DayField,
    FlagField,
    IdField,
    InstantField,
    MoneyAmountField,
    TextField,
    WholeField,
)
from prm.api.serializers import StrictSerializer

OUTCOMES = (DealState.WON, DealState.LOST, DealState.WITHDRAWN)


class DealWrite(StrictSerializer):
    """A registration on behalf of a partner. `join_queue`: take the next place where somebody was earlier."""

    partner = CodeField()
    customer = TextField(max_length=200)
    tax_id = TextField(required=False, allow_blank=True, max_length=30)
    domain = TextField(required=False, allow_blank=True, max_length=200)
    contact = TextField(required=False, allow_blank=True, max_length=150)
    line = CodeField()
    amount = MoneyAmountField(zero=False)
    currency = CurrencyField()
    closes_on = DayField()
    stage = ChoiceField(required=False, choices=Stage.choices)
    note = TextField(required=False, allow_blank=True, max_length=1000)
    join_queue = FlagField(required=False)


class DealRead(StrictSerializer):
    id = IdField()
    number = serializers.SerializerMethodField()
    partner_id = IdField()
    customer = TextField()
    tax_id = TextField()
    domain = TextField()
    contact = TextField()
    line = serializers.SerializerMethodField()
    amount = MoneyAmountField(source="amount_minor")
    currency = CurrencyField()
    closes_on = DayField()
    stage = ChoiceField(choices=Stage.choices)
    note = TextField()
    state = ChoiceField(choices=DealState.choices)
    place = serializers.SerializerMethodField()
    protected_from = serializers.SerializerMethodField()
    protected_until = serializers.SerializerMethodField()
    reason = TextField()
    asked_fields = serializers.JSONField()
    submitted_at = InstantField()
    decide_by = InstantField()
    version = WholeField()

    def get_number(self, deal: Deal) -> str:
        return str(deal)

    def get_line(self, deal: Deal) -> str:
        return str(deal.line.code)

    def get_place(self, deal: Deal) -> int | None:
        return self.context.get("places", {}).get(deal.id)  # type: ignore[no-any-return]

    def get_protected_from(self, deal: Deal) -> str | None:
        return self._day(deal, "starts_on")

    def get_protected_until(self, deal: Deal) -> str | None:
        return self._day(deal, "ends_on")

    def _day(self, deal: Deal, name: str) -> str | None:
        held = next(iter(deal.protections.all()), None)
        return getattr(held, name).isoformat() if held else None


class DealQuery(StrictSerializer):
    state = ChoiceField(required=False, choices=DealState.choices)
    partner = CodeField(required=False)


class ReasonWrite(StrictSerializer):
    reason = TextField(max_length=1000)


class ReturnWrite(ReasonWrite):
    fields_asked = serializers.ListField(
        child=ChoiceField(choices=[(name, name) for name in EDITABLE]), min_length=1
    )


class ExtendWrite(StrictSerializer):
    days = serializers.IntegerField(min_value=1, max_value=365)
    reason = TextField(required=False, allow_blank=True, max_length=500)


class CloseWrite(StrictSerializer):
    outcome = ChoiceField(choices=[(outcome.value, outcome.label) for outcome in OUTCOMES])


class PartRow(StrictSerializer):
    """A partner's code, its part, and its weight in percent of the whole deal."""

    partner = CodeField()
    part = ChoiceField(choices=PartIn.choices)
    percent = serializers.DecimalField(max_digits=5, decimal_places=2, min_value=0, max_value=100)


class PartsWrite(StrictSerializer):
    parts = PartRow(many=True)


class PartsRead(StrictSerializer):
    parts = serializers.SerializerMethodField()

    def get_parts(self, deal: Deal) -> list[dict[str, str]]:
        return [
            {"partner": part.partner.code, "part": part.part, "percent": f"{part.percent:.2f}"}
            for part in parts_of(deal)
        ]
