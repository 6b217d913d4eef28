"""What becomes of each hostile text in each kind of payment file, word for word: refused with its reason, or written.

A change here is a change of what banks are sent."""

import pytest

from incentives.payouts.files.formats import CLIENT_BANK, CSV, PAIN001
from tests.incentives.payouts.files.batches import KINDS
from tests.incentives.payouts.files.readers import Line, read
from tests.incentives.payouts.files.test_files import HOSTILE, with_text, written_or_refused

WHOLE = "as it was given"
# As the holder's name: pain.001, 1C, CSV.
OUTCOMES: dict[str, tuple[str, str, str]] = {
    "newline": ("refused: sign U+000A",) * 3,
    "crlf": ("refused: sign U+000D",) * 3,
    "return": ("refused: sign U+000D",) * 3,
    "line separator": ("refused: sign U+2028",) * 3,
    "next line": ("refused: sign U+0085",) * 3,
    "tab": ("refused: sign U+0009",) * 3,
    "nul": ("refused: sign U+0000",) * 3,
    "escape": ("refused: sign U+001B",) * 3,
    "equals": ("refused: sign С (U+0421)", WHOLE, WHOLE),
    "equals within": ("refused: sign = (U+003D)", WHOLE, WHOLE),
    "semicolon": ("refused: sign ; (U+003B)", WHOLE, WHOLE),
    "semicolon and formula": ("refused: sign ; (U+003B)", WHOLE, "refused: sign = (U+003D)"),
    "comma": (WHOLE, WHOLE, WHOLE),
    "tags": ("refused: sign < (U+003C)", WHOLE, WHOLE),
    "entity": ("refused: sign ; (U+003B)", WHOLE, WHOLE),
    "cdata": ("refused: sign ] (U+005D)", WHOLE, WHOLE),
    "ampersand": ("Firm + X", WHOLE, WHOLE),
    "quotes": ('refused: sign " (U+0022)', WHOLE, WHOLE),
    "quote alone": ('refused: sign " (U+0022)', WHOLE, WHOLE),
    "guillemets": ("refused: sign « (U+00AB)", WHOLE, WHOLE),
    "right to left": ("refused: sign U+202E",) * 3,
    "rtl mark": ("refused: sign U+200F",) * 3,
    "zero width space": ("refused: sign U+200B",) * 3,
    "zero width joiner": ("refused: sign U+200D",) * 3,
    "byte order mark": ("refused: sign U+FEFF",) * 3,
    "soft hyphen": ("refused: sign U+00AD",) * 3,
    "no-break space": ("refused: sign U+00A0",) * 3,
    "emoji": ("refused: sign 🦊 (U+1F98A)", "refused: sign 🦊 (U+1F98A)", WHOLE),
    "flag": ("refused: sign 🇩 (U+1F1E9)", "refused: sign 🇩 (U+1F1E9)", WHOLE),
    "formula": ("refused: sign = (U+003D)", WHOLE, "refused: sign = (U+003D)"),
    "formula of plus": (WHOLE, WHOLE, "refused: sign + (U+002B)"),
    "formula of minus": (WHOLE, WHOLE, "refused: sign - (U+002D)"),
    "formula of at": ("refused: sign @ (U+0040)", WHOLE, "refused: sign @ (U+0040)"),
    "formula of wide equals": ("refused: sign ＝ (U+FF1D)",) * 3,
    "formula behind a blank": ("refused: blanks_around",) * 3,
    "link": ("refused: sign = (U+003D)", WHOLE, "refused: sign = (U+003D)"),
    "composed later": ("Muller", "refused: sign ü (U+00FC)", "Müller"),
    "mark without its letter": ("refused: sign U+0302", "refused: sign U+0302", WHOLE),
    "many marks": ("refused: sign U+0324", "refused: sign U+0324", "Z\u0324\u0353\u0346a\u0305l\u0332"),
    "500 signs": ("refused: too_long 70", "refused: too_long 160", "refused: too_long 200"),
    "71 signs": ("refused: too_long 70", WHOLE, WHOLE),
    "nothing": ("refused: missing",) * 3,
    "blanks": ("refused: missing",) * 3,
    "blank before": ("refused: blanks_around",) * 3,
    "blank behind": ("refused: blanks_around",) * 3,
    "cyrillic": ("refused: sign Щ (U+0429)", WHOLE, WHOLE),
    "greek": ("refused: sign Ε (U+0395)", "refused: sign Ε (U+0395)", WHOLE),
    "chinese": ("refused: sign 北 (U+5317)", "refused: sign 北 (U+5317)", WHOLE),
    "arabic": ("refused: sign ش (U+0634)", "refused: sign ش (U+0634)", WHOLE),
    "surrogate": ("refused: sign U+D800",) * 3,
    "key of another field": ("refused: sign П (U+041F)", WHOLE, WHOLE),
    "path": (WHOLE, WHOLE, WHOLE),
    "template": ("refused: sign { (U+007B)", WHOLE, WHOLE),
}
# Other fields differ by how long they may be.
LENGTHS: dict[tuple[str, str], dict[str, str]] = {
    (PAIN001, "reference"): {"500 signs": "refused: too_long 140", "71 signs": WHOLE},
    (CLIENT_BANK, "reference"): {"500 signs": "refused: too_long 210"},
    (PAIN001, "city"): {"500 signs": "refused: too_long 35", "71 signs": "refused: too_long 35"},
}


def outcome(kind: str, field: str, text: str) -> str:
    made = with_text(kind, field, text)
    content, refusal = written_or_refused(kind, made)
    if refusal is not None:
        assert content == b""
        return f"refused: {refusal.code} {' '.join(refusal.params.values())}".strip()
    written = getattr(first_line(kind, content, made.payments[0].account), field)
    return WHOLE if written == text else str(written)


def first_line(kind: str, content: bytes, account: str) -> Line:
    (found,) = (line for line in read(kind, content).lines if line.account == account)
    return found


def told(kind: str) -> dict[str, str]:
    return {called: outcomes[KINDS.index(kind)] for called, outcomes in OUTCOMES.items()}


def found(kind: str, field: str) -> dict[str, str]:
    return {called: outcome(kind, field, text) for called, text in HOSTILE.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_a_hostile_holder_is_refused_or_written_as_told_here(kind: str) -> None:
    assert found(kind, "holder") == told(kind)


@pytest.mark.parametrize(
    ("kind", "field"),
    [(PAIN001, "reference"), (CLIENT_BANK, "reference"), (CSV, "reference"), (PAIN001, "city")],
)
def test_a_hostile_text_elsewhere_too(kind: str, field: str) -> None:
    assert found(kind, field) == told(kind) | LENGTHS.get((kind, field), {})


@pytest.mark.parametrize("kind", [CLIENT_BANK, CSV])
def test_a_town_goes_into_no_file_that_has_no_place_for_it(kind: str) -> None:
    files = {written_or_refused(kind, with_text(kind, "city", text)) for text in HOSTILE.values()}
    assert len(files) == 1
    ((content, refusal),) = files
    assert (bool(content), refusal) == (True, None)
