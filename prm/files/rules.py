"""What may be kept: kinds of file by extension and first bytes, sizes, names.

Promise: pure; an extension that its content does not bear out is refused; called by files actions.
"""

import io
import re
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

MEGABYTE = 1024 * 1024
LONGEST_NAME = 150
MOST_ENTRIES = 10_000
MOST_UNPACKED = 400 * MEGABYTE
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_MARKUP = re.compile(rb"\s*<(!doctype|html|script|svg|\?php)", re.IGNORECASE)


@dataclass(frozen=True)
class Kind:
    """One kind of file: the type it is sent back with, and whether content looks like it."""

    media_type: str
    fits: Callable[[bytes], bool]


def kind_of(name: str, content: bytes) -> Kind | None:
    """The kind that both the extension and the content name, or None."""
    kind = KINDS.get(extension_of(name))
    return kind if kind is not None and kind.fits(content) else None


def extension_of(name: str) -> str:
    return PurePosixPath(name).suffix.lower().lstrip(".")


def clean_name(name: str) -> str:
    """The last part of a name, without control or direction characters, short enough for every disk."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(letter for letter in last if unicodedata.category(letter) not in ("Cc", "Cf", "Zl", "Zp"))
    stem, dot, extension = kept.strip().rpartition(".")
    return (
        f"{stem[: LONGEST_NAME - len(extension) - 1]}{dot}{extension}" if stem else extension[:LONGEST_NAME]
    )


def is_plain_text(content: bytes) -> bool:
    """Text in some encoding, and no page a browser would run."""
    head = content[:4096]
    if head.startswith(_MARKS[1:]):
        return True
    return b"\x00" not in content and not _MARKUP.match(head.removeprefix(_MARKS[0]))


def is_xml(content: bytes) -> bool:
    return content.removeprefix(_MARKS[0]).lstrip()[:1] == b"<" and is_plain_text(content)


def is_zip(content: bytes) -> bool:
    """A ZIP that unpacks to something sensible."""
    try:
        entries = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return False
    return len(entries) <= MOST_ENTRIES and sum(entry.file_size for entry in entries) <= MOST_UNPACKED


def is_workbook(content: bytes) -> bool:
    return is_zip(content) and "[Content_Types].xml" in zipfile.ZipFile(io.BytesIO(content)).namelist()


def begins_with(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(marks)


KINDS = {
    "csv": Kind("text/csv", is_plain_text),
    "tsv": Kind("text/tab-separated-values", is_plain_text),
    "txt": Kind("text/plain", is_plain_text),
    "json": Kind("application/json", is_plain_text),
    "ndjson": Kind("application/x-ndjson", is_plain_text),
    "xml": Kind("application/xml", is_xml),
    "xlsx": Kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", is_workbook),
    "zip": Kind("application/zip", is_zip),
    "pdf": Kind("application/pdf", begins_with(b"%PDF-")),
    "png": Kind("image/png", begins_with(b"\x89PNG\r\n\x1a\n")),
    "jpg": Kind("image/jpeg", begins_with(b"\xff\xd8\xff")),
    "jpeg": Kind("image/jpeg", begins_with(b"\xff\xd8\xff")),
}
