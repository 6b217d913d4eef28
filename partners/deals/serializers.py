"""The shapes of deals in the API; called by deals.api."""

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from partners.deals.actions import EDITABLE
from partners.deals.models import Amendment, AmendmentState, Deal, DealState, PartIn, Stage
from partners.deals.queries import parts_of
from prm.api.fields import (
    ChoiceField,
    CodeField,
    CountryField,
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
from prm.web.requisites import TAX_ID_FAULTS, tax_id_fault

OUTCOMES = (DealState.WON, DealState.LOST, DealState.WITHDRAWN)


def checked_tax_id(told: Any) -> Any:
    fault = tax_id_fault(told.get("tax_id", ""), told.get("country", ""))
    if fault:
        raise serializers.ValidationError({"tax_id": [ErrorDetail(str(TAX_ID_FAULTS[fault]), code=fault)]})
    return told


class DealWrite(StrictSerializer):
    """A registration on behalf of a partner. `join_queue`: take the next place where somebody was earlier."""

    partner = CodeField()
    customer = TextField(max_length=200)
    tax_id = TextField(required=False, allow_blank=True, max_length=30)
    domain = TextField(required=False, allow_blank=True, max_length=200)
    country = CountryField(required=False, allow_blank=True)
    contact = TextField(required=False, allow_blank=True, max_length=150)
    line = CodeField()
    amount = MoneyAmountField(zero=False)
    currency = CurrencyField()
    closes_on = DayField()
    stage = ChoiceField(required=False, choices=Stage.choices)
    note = TextField(required=False, allow_blank=True, max_length=1000)
    join_queue = FlagField(required=False)

    def validate(self, told: Any) -> Any:
        """The tax id by the rules of the country, where one is named."""
        return checked_tax_id(told)


class DealRead(StrictSerializer):
    """`protected_until` is the first day on which the deal is not protected any more; pages name the day before it."""

    id = IdField()
    number = serializers.SerializerMethodField()
    partner_id = IdField()
    customer = TextField()
    tax_id = TextField()
    domain = TextField()
    country = CountryField()
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
    answer_by = DayField()
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


class AmendWrite(StrictSerializer):
    """The facts as they should stand; those left out stay."""

    customer = TextField(required=False, max_length=200)
    tax_id = TextField(required=False, allow_blank=True, max_length=30)
    domain = TextField(required=False, allow_blank=True, max_length=200)
    country = CountryField(required=False, allow_blank=True)
    line = CodeField(required=False)
    why = TextField(max_length=500)

    def validate(self, told: Any) -> Any:
        return checked_tax_id(told)


class AmendmentRead(StrictSerializer):
    """What a partner asks an approved claim to be on; `was` holds the facts that it changes as they stood."""

    id = IdField()
    deal_id = IdField()
    customer = TextField()
    tax_id = TextField()
    domain = TextField()
    country = CountryField()
    line = serializers.SerializerMethodField()
    was = serializers.JSONField()
    why = TextField()
    state = ChoiceField(choices=AmendmentState.choices)
    asked_at = InstantField()
    decided_at = InstantField()
    answer = TextField()

    def get_line(self, amendment: Amendment) -> str:
        return str(amendment.line.code)


class AnswerWrite(StrictSerializer):
    """`answer` is needed where it is refused; the partner reads it."""

    approve = FlagField()
    answer = TextField(required=False, allow_blank=True, max_length=500)


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
