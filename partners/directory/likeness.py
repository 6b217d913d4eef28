"""Which partners look like one company written down twice.

Pure; called by directory.{duplicates,keys}. Tax id and domain decide by their own exact keys, names by the key under
which spellings of companies meet; names that are merely close are shown as such, never decided by."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations
from urllib.parse import urlsplit
from uuid import UUID

from prm.kit.domains import own_domain
from prm.kit.requisites import tax_key
from prm.kit.text import company_key

TAX_ID, DOMAIN, NAME, SIMILAR = "tax_id", "domain", "name", "similar"
REASONS = (TAX_ID, DOMAIN, NAME, SIMILAR)
CLOSE = 0.86
BLOCK_LETTERS = 4
LARGEST_BLOCK = 60  # of a common beginning, every pair would be too many to look at
SHORTEST_TAX_ID = 5
LONGEST_KEY = 300
_NO_DIGITS = re.compile(r"\D+")


@dataclass(frozen=True)
class Card:
    """What two partners are compared by."""

    id: UUID
    name: str
    legal_name: str
    tax_id: str
    website: str


@dataclass(frozen=True)
class Likeness:
    """Two partners, the lower id first, and why they look alike, the strongest reason first."""

    first: UUID
    second: UUID
    reasons: tuple[str, ...]


def stored_keys(name: str, tax_id: str, website: str) -> dict[str, str]:
    """What a partner's row keeps so that SQL finds its likes: by column; "" where nothing is known."""
    tax = tax_key(tax_id)
    return {
        "match_key": company_key(name)[:LONGEST_KEY],
        "tax_key": tax if len(tax) >= SHORTEST_TAX_ID else "",
        "domain_key": own_domain(website),
    }


def likenesses(cards: Sequence[Card]) -> list[Likeness]:
    """Every pair that looks alike, the strongest first."""
    found: defaultdict[tuple[UUID, UUID], set[str]] = defaultdict(set)
    for reason, keys in ((TAX_ID, tax_keys), (DOMAIN, domains), (NAME, name_keys)):
        groups: defaultdict[str, set[UUID]] = defaultdict(set)
        for card in cards:
            for key in keys(card):
                groups[key].add(card.id)
        for group in groups.values():
            for pair in _pairs(group):
                found[pair].add(reason)
    for pair in _close_names(cards):
        if NAME not in found.get(pair, ()):
            found[pair].add(SIMILAR)
    listed = [Likeness(*pair, tuple(r for r in REASONS if r in reasons)) for pair, reasons in found.items()]
    return sorted(
        listed, key=lambda pair: ([REASONS.index(r) for r in pair.reasons], pair.first, pair.second)
    )


def tax_keys(card: Card) -> list[str]:
    key = tax_key(card.tax_id)
    return [key] if len(key) >= SHORTEST_TAX_ID else []


def domains(card: Card) -> list[str]:
    text = card.website.strip().casefold()
    host = (urlsplit(text if "//" in text else f"//{text}").hostname or "").removeprefix("www.")
    return [host] if "." in host else []


def name_keys(card: Card) -> list[str]:
    return sorted({key for name in (card.name, card.legal_name) if name and (key := company_key(name))})


def _pairs(ids: Iterable[UUID]) -> Iterator[tuple[UUID, UUID]]:
    ordered = sorted(ids)
    return combinations(ordered, 2) if len(ordered) <= LARGEST_BLOCK else iter(())


def _close_names(cards: Sequence[Card]) -> Iterator[tuple[UUID, UUID]]:
    """Names that begin alike and differ in a few letters."""
    blocks: defaultdict[str, list[tuple[UUID, str]]] = defaultdict(list)
    for card in cards:
        key = company_key(card.name)
        if len(key) > BLOCK_LETTERS:
            blocks[key[:BLOCK_LETTERS]].append((card.id, key))
    for block in blocks.values():
        if len(block) > LARGEST_BLOCK:
            continue
        for (first, one), (second, other) in combinations(sorted(block), 2):
            if one != other and _is_close(one, other):
                yield first, second


def _is_close(one: str, other: str) -> bool:
    """Not where a number tells them apart: Shop 1 and Shop 2 are two."""
    if _NO_DIGITS.sub("", one) != _NO_DIGITS.sub("", other):
        return False
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.real_quick_ratio() >= CLOSE and matcher.quick_ratio() >= CLOSE and matcher.ratio() >= CLOSE
