"""Countries by their two letters, with names in the reader's language.

Promise: regions and test codes of the locale data are not countries; called by forms, filters and templates."""

from functools import cache

from babel import Locale

_NOT_COUNTRIES = frozenset(
    ["EU", "EZ", "UN", "XA", "XB", "ZZ", "QO", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"]
)
_CODE_LETTERS = 2


@cache
def country_names(language: str) -> dict[str, str]:
    """Name by code in the language, sorted by name."""
    territories = Locale(language).territories
    named = {
        code: name
        for code, name in territories.items()
        if len(code) == _CODE_LETTERS and code not in _NOT_COUNTRIES
    }
    return dict(sorted(named.items(), key=lambda item: item[1].replace("Ё", "Е")))


def is_country(code: str) -> bool:
    return code in country_names("en")


def country_name(code: str, language: str) -> str:
    """The name, or the code itself where it is not known."""
    return country_names(language).get(code, code)
