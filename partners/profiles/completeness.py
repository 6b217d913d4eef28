"""How much of its profile a partner has filled in, of what its own people are asked.

Promise: words of lists that the vendor filled, and fields that partners fill in; nothing asked is nothing to complete.
Called by: profiles actions and interfaces."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from partners.profiles.fields import list_fields, values_of
from partners.profiles.models import PartnerAccess
from partners.profiles.presentation import LIST_LABELS
from partners.profiles.terms import OWN_TERM_FIELDS, codes_of, list_terms


@dataclass(frozen=True)
class Completeness:
    """`missing` are the labels of what is asked and empty."""

    total: int
    missing: Sequence[Any]

    @property
    def done(self) -> int:
        return self.total - len(self.missing)

    @property
    def is_complete(self) -> bool:
        return self.total > 0 and not self.missing


def completeness_of(partner_id: UUID) -> Completeness:
    words, held, said = list_terms(), codes_of(partner_id), values_of(partner_id)
    asked: dict[Any, bool] = {LIST_LABELS[name]: bool(held[name]) for name in OWN_TERM_FIELDS if words[name]}
    filled: Mapping[Any, bool] = {
        field.label: bool(said.get(field.code))
        for field in list_fields()
        if field.partner_access == PartnerAccess.FILLS
    }
    parts = [*asked.items(), *filled.items()]
    return Completeness(len(parts), [label for label, is_filled in parts if not is_filled])
