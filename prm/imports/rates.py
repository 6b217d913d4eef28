"""The import of exchange rates: its columns, and how rows become published rates.

Promise: rates are published by the currencies room, never changed or taken back: a correction is a later row.
Called by: imports catalogue (currencies stand below the imports and know nothing of them)."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from prm.currencies.actions import FAULT_TEXTS, PublishedRate, RateInvalid, publish_rate
from prm.imports import cells
from prm.imports.kinds import (
    ImportColumn,
    ImportKind,
    ImportScope,
    ParsedRow,
    RowError,
    RowResult,
    one_by_one,
)

COLUMNS = (
    ImportColumn(
        "base",
        _("From currency"),
        cells.currency(),
        required=True,
        aliases=("from", "base currency", "из валюты", "валюта"),
        example="EUR",
    ),
    ImportColumn(
        "quote",
        _("To currency"),
        cells.currency(),
        required=True,
        aliases=("to", "quote currency", "в валюту"),
        example="USD",
    ),
    ImportColumn(
        "published_on", _("Day"), cells.day(), required=True, aliases=("date", "дата"), example="2026-03-31"
    ),
    ImportColumn(
        "rate",
        pgettext_lazy("exchange rate", "Rate"),
        cells.decimal(places=10, digits=20),
        required=True,
        aliases=("course", "курс"),
        example="1.0835",
    ),
    ImportColumn("source", _("Source"), cells.text(60), aliases=("источник",), example="ECB"),
)


PAIR_AND_DAY = ("base", "quote", "published_on")


def identity_of(row: Mapping[str, str]) -> tuple[str, ...] | None:
    """A pair and a day, in whatever case the codes were written."""
    found = tuple(row.get(key, "").strip().upper() for key in PAIR_AND_DAY)
    return found if all(found) else None


def apply_rates(scope: ImportScope, rows: Sequence[ParsedRow]) -> list[RowResult]:
    def write(row: ParsedRow) -> RowResult:
        values = {**row.values, "source": row.values.get("source") or scope.source}
        try:
            published, added = publish_rate(actor=scope.actor, rate=PublishedRate(**values), at=scope.at)
        except RateInvalid as refusal:
            return RowResult(errors=tuple(RowError(field, code) for field, code in refusal.faults.items()))
        return RowResult("created" if added else "unchanged", published.id)

    return one_by_one(rows, write)


RATES = ImportKind(
    key="rates",
    label=_("Exchange rates"),
    permission="rates.change",
    columns=COLUMNS,
    identity=PAIR_AND_DAY,
    identify=identity_of,
    apply=apply_rates,
    fault_texts=dict(FAULT_TEXTS),
    records_url_name="rate-list",
    hint=_("One row for a pair of currencies and a day. A rate for a day that has one corrects it."),
)
