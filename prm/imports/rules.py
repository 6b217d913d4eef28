"""Which column of a file is which of ours.

Pure; called by imports actions and pages."""

import re
from collections.abc import Mapping, Sequence

_NOISE = re.compile(r"[\W_]+")


def header_key(text: str) -> str:
    """Headers meet without regard to case, punctuation and ё."""
    return _NOISE.sub("", text.casefold().replace("ё", "е"))


def suggest_mapping(
    headers: Sequence[str], names: Mapping[str, Sequence[str]], remembered: Mapping[str, str]
) -> dict[str, str]:
    """{column key: header}: as last time where those headers are here again, else by the column's names.

    `names` are the keys, labels and aliases of each column, the likeliest first; a header serves one column.
    """
    mapping = {key: header for key, header in remembered.items() if key in names and header in headers}
    free = {header_key(header): header for header in headers if header not in mapping.values()}
    for key, known in names.items():
        if key in mapping:
            continue
        found = next((header_key(name) for name in known if header_key(name) in free), None)
        if found is not None:
            mapping[key] = free.pop(found)
    return mapping


def unmapped_headers(headers: Sequence[str], mapping: Mapping[str, str]) -> list[str]:
    """The columns of the file that nothing takes."""
    taken = set(mapping.values())
    return [header for header in headers if header not in taken]
