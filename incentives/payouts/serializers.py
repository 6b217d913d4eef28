"""The shapes of payout runs, payments and statements in the API; called by payouts.api."""

import json
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from incentives.payouts.models import ItemState, PayoutItem, PayoutRun, PayoutState, Statement
from incentives.payouts.tax_models import DocumentKind
from prm.api.fields import (
    ChoiceField,
    CodeField,
    CurrencyField,
    DayField,
    IdField,
    InstantField,
    MoneyAmountField,
    TextField,
    WholeField,
)
from prm.api.serializers import StrictSerializer
from prm.kit.money import format_plain

CLOSING_DOCUMENT = {
    "type": ["object", "null"],
    "description": "what both sides sign for the earnings; null where nothing was earned",
    "properties": {
        "number": {"type": "integer"},
        "kind": {"type": "string", "enum": DocumentKind.values},
        "language": {"type": "string"},
        "amount": {"type": "string"},
        "sha256": {"type": "string"},
        "url": {"type": "string"},
    },
}
COUNTS = {"type": "object", "additionalProperties": {"type": "integer"}}


class PayoutQuery(StrictSerializer):
    state = ChoiceField(required=False, choices=PayoutState.choices)
    currency = CurrencyField(required=False)


class PayoutRead(StrictSerializer):
    """`held` counts the balances that were held out, by reason."""

    id = IdField()
    number = TextField(source="__str__")
    state = ChoiceField(choices=PayoutState.choices)
    period_on = DayField()
    pays_on = DayField()
    currency = CurrencyField()
    payments = WholeField(source="item_count")
    total = MoneyAmountField(source="total_minor")
    held = serializers.SerializerMethodField()
    content_hash = TextField()
    prepared_at = InstantField(source="created_at")
    submitted_at = InstantField(allow_null=True)
    exported_at = InstantField(allow_null=True)
    closed_at = InstantField(allow_null=True)

    @extend_schema_field(COUNTS)
    def get_held(self, run: PayoutRun) -> Any:
        return run.funnel


class ItemRead(StrictSerializer):
    """One payment, or one balance that was held out. `reason` is empty for a payment."""

    id = IdField()
    partner_id = IdField()
    partner_code = CodeField(source="partner.code")
    state = ChoiceField(choices=ItemState.choices)
    reason = TextField()
    currency = CurrencyField()
    gross = MoneyAmountField(source="gross_minor")
    withheld = MoneyAmountField(source="withheld_minor")
    amount = MoneyAmountField(source="amount_minor")
    account_last4 = serializers.SerializerMethodField()

    def get_account_last4(self, item: PayoutItem) -> str | None:
        return item.bank_account.account_last4 if item.bank_account else None


class StatementQuery(StrictSerializer):
    period_on = DayField(required=False)
    partner_code = CodeField(required=False)
    currency = CurrencyField(required=False)


class StatementRead(StrictSerializer):
    id = IdField()
    partner_id = IdField()
    partner_code = CodeField(source="partner.code")
    period_on = DayField()
    currency = CurrencyField()
    opening = MoneyAmountField(source="opening_minor")
    earned = MoneyAmountField(source="earned_minor")
    paid = MoneyAmountField(source="paid_minor")
    closing = MoneyAmountField(source="closing_minor")
    closed_at = InstantField()
    sha256 = TextField()
    pdf_url = serializers.SerializerMethodField()
    document = serializers.SerializerMethodField()

    @extend_schema_field(CLOSING_DOCUMENT)
    def get_document(self, statement: Statement) -> Any:
        document = statement.closing_document
        if document is None:
            return None
        return {
            "number": document.number,
            "kind": document.kind,
            "language": document.language,
            "amount": format_plain(document.amount_minor, document.currency),
            "sha256": document.sha256,
            "url": f"/api/v1/files/{document.file_id}",
        }

    @extend_schema_field({"type": ["string", "null"]})
    def get_pdf_url(self, statement: Statement) -> str | None:
        return f"/api/v1/files/{statement.file_id}" if statement.file_id else None


class StatementWhole(StatementRead):
    """With its content: the canonical document that the hash is taken over, amounts in minor units."""

    content = serializers.SerializerMethodField()

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_content(self, statement: Statement) -> Any:
        return json.loads(statement.content)
