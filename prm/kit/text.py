"""Keys under which spellings of one name meet.

Promise: equal keys for equal names in other case, spacing and (companies) script; called by rooms that match names."""

import re
import unicodedata

_BLANKS = re.compile(r"\s+")
_INITIALS = re.compile(r"\b(?:[^\W\d_][./]\s?)+[^\W\d_]\b\.?")
_APOSTROPHES = re.compile(r"['’ʼ`´]")
_PUNCTUATION = re.compile(r"[\W_]+")
_DOUBLES = re.compile(r"([a-z])\1+")

_LEGAL_FORMS_TEXT = """
ооо оао зао пао нао ао ип тоо чп чуп одо фгуп гуп муп ано нко пк ooo oao zao pao too
gmbh mbh ag kg ohg ug ev se ltd limited llc llp lp plc inc incorporated corp corporation co company
sa sas sasu sarl spa srl sl slu bv nv oy oyj ab asa aps sp zoo spzoo sro kft zrt doo ood eood pty pte
"""
LEGAL_FORMS = frozenset(_LEGAL_FORMS_TEXT.split())
# Written as initials (A/S) they are forms too, but as words they are ordinary ones.
_LEGAL_INITIALS = frozenset(
    {"as", "sa", "spa", "srl", "bv", "nv", "ag", "kg", "sl", "ab", "llc", "plc", "sarl", "zoo"}
)
_LEGAL_PHRASES = (
    "общество с ограниченной ответственностью",
    "публичное акционерное общество",
    "закрытое акционерное общество",
    "открытое акционерное общество",
    "акционерное общество",
    "индивидуальный предприниматель",
    "gesellschaft mit beschränkter haftung",
    "aktiengesellschaft",
)

_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i", "й": "i", "к": "k",
    "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h",
    "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sch", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "iu", "я": "ia",
    "і": "i", "ї": "i", "є": "e", "ґ": "g", "ў": "u", "қ": "k", "ң": "n", "ғ": "g", "ү": "u", "ұ": "u", "һ": "h",
    "ө": "o", "ә": "a",
}  # fmt: skip
_LATIN_LETTERS = {
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "ı": "i",
}
_TRANSLITERATION = str.maketrans(_CYRILLIC | _LATIN_LETTERS)
# Latin spellings of one sound, in this order: what a transliterated name can look like either way.
_SOUNDS = (
    (re.compile("shch"), "sch"),
    (re.compile("kh"), "h"),
    (re.compile("ph"), "f"),
    (re.compile("ck"), "k"),
    (re.compile("c(?=[eiy])"), "ts"),
    (re.compile("c(?!h)"), "k"),
    (re.compile("q"), "k"),
    (re.compile("x"), "ks"),
    (re.compile("w"), "v"),
    (re.compile("[yj]"), "i"),
)


def normalise_key(text: str) -> str:
    """NFC, lower case, ё as е, single spaces: for names that a person may type again."""
    folded = unicodedata.normalize("NFC", text).casefold().replace("ё", "е")
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", folded)).strip()


def company_key(name: str) -> str:
    """The key of a company's name: without legal form, punctuation and doubled letters, in Latin script.

    A name made only of legal forms keeps them: an empty key would match every other empty one.
    """
    text = normalise_key(name)
    for phrase in _LEGAL_PHRASES:
        text = text.replace(phrase, " ")
    text = _APOSTROPHES.sub("", _INITIALS.sub(_join_initials, text))
    words = _PUNCTUATION.sub(" ", text).split()
    kept = [word for word in words if word not in LEGAL_FORMS] or words
    return " ".join(filter(None, (_sound(word) for word in kept)))


def _join_initials(match: re.Match[str]) -> str:
    letters = re.sub(r"[./\s]", "", match[0])
    return " " if letters in _LEGAL_INITIALS | LEGAL_FORMS else letters


def _sound(word: str) -> str:
    latin = word.translate(_TRANSLITERATION)
    plain = "".join(
        letter for letter in unicodedata.normalize("NFD", latin) if not unicodedata.combining(letter)
    )
    for pattern, replacement in _SOUNDS:
        plain = pattern.sub(replacement, plain)
    return _DOUBLES.sub(r"\1", plain)
