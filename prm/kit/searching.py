"""Keys under which names are sorted and found by their beginning.

Promise: no case, quotes or legal form, ё as е; a span of keys instead of a pattern; called by queries."""

from prm.kit.text import LEGAL_FORMS, normalise_key

KEY_LENGTH = 200
LAST_CHARACTER = "\U0010ffff"
_MARKS = str.maketrans(dict.fromkeys("\"'«»“”„’‘`(),.;:!?", " "))


def search_key(name: str) -> str:
    """The key of a name: `ООО «Ромашка»` and `ромашка` share one. A name of legal forms alone keeps them."""
    words = normalise_key(name).translate(_MARKS).split()
    kept = [word for word in words if word not in LEGAL_FORMS] or words
    return " ".join(kept)[:KEY_LENGTH]


def key_span(typed: str) -> tuple[str, str]:
    """The half-open span of keys that begin with what was typed: comparisons use an index where LIKE cannot."""
    start = search_key(typed)
    return start, start + LAST_CHARACTER
