"""What a partner reads from the vendor names no rival: reasons, answers, rulings.

Promise: a rival's name is found in other spelling, script and case, with an ending, and by its domain or code; the same
check stands behind pages and API. Called by deals actions, amendments and rulings, the conflict desk."""

import re
from collections.abc import Iterable, Iterator

from partners.deals import queries
from partners.deals.models import Deal
from partners.deals.refusals import RivalNamed
from partners.directory.models import Partner
from prm.kit.domains import own_domain
from prm.kit.text import company_key

_WORD = re.compile(r"\w+")
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
SHORT, LONG, LONGEST_ENDING = 3, 6, 3


def refuse_naming(text: str, deals: Iterable[Deal], *, field: str, besides: Iterable[Partner] = ()) -> None:
    """Raises `RivalNamed` where the text names somebody who stands against one of the deals, or one of `besides`."""
    others = {
        rival.id: rival for deal in deals for rival in (*queries.rivals_of(deal), *queries.similar_to(deal))
    }
    partners = {rival.partner_id: rival.partner for rival in others.values()}
    for deal in deals:
        partners.pop(deal.partner_id, None)
    partners |= {partner.id: partner for partner in besides}
    for partner in partners.values():
        named = named_in(text, names_of(partner))
        if named:
            raise RivalNamed(named, field)


def names_of(partner: Partner) -> list[str]:
    """What a partner can be known by."""
    told = [partner.name, partner.legal_name, own_domain(partner.website)]
    if len(partner.code) >= SHORT and re.search(r"[^\W\d]", partner.code):
        told.append(partner.code)
    return [name for name in told if name]


def named_in(text: str, names: Iterable[str]) -> str:
    """The first of the names that the text holds; "" where it holds none."""
    whole, words = f" {company_key(text)} ", [*_words(text)]
    return next((name for name in names if _holds(text, whole, words, name)), "")


def _holds(text: str, whole: str, words: list[tuple[str, bool]], name: str) -> bool:
    key = company_key(name)
    if len(key) <= SHORT:
        return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None
    parts = key.split()
    windows = (words[start : start + len(parts)] for start in range(len(words) - len(parts) + 1))
    return f" {key} " in whole or any(
        all(_is_form_of(word, part) for word, part in zip(window, parts, strict=True)) for window in windows
    )


def _words(text: str) -> Iterator[tuple[str, bool]]:
    """Each word under the key of names, and whether it bends as a Russian one does."""
    for found in _WORD.findall(text):
        yield company_key(found), _CYRILLIC.search(found) is not None


def _is_form_of(word: tuple[str, bool], name: str) -> bool:
    told, bends = word
    if not bends or len(name) <= SHORT:
        return told == name
    stem = name[:-2] if len(name) >= LONG else name[:-1]
    return told.startswith(stem) and len(told) <= len(name) + LONGEST_ENDING
