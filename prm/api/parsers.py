"""StrictJSONParser: JSON that can be stored and measured.

Promise: refuses duplicate names, deep nesting, non-finite numbers, and characters that Postgres cannot hold.
Called by: ApiView.
"""

import json
import math
from typing import Any, NoReturn

from django.utils.translation import gettext as _
from rest_framework.parsers import JSONParser

from prm.api.problems import FieldError, Invalid, Problem

DEEPEST = 20


class StrictJSONParser(JSONParser):
    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        return read_json(stream.read())


def read_json(body: bytes) -> Any:
    """The value of a UTF-8 JSON text; raises a `Problem` where it is not one, or not one that can be kept."""
    try:
        value = json.loads(
            body.decode(), object_pairs_hook=_without_twins, parse_float=_finite, parse_constant=_no_constant
        )
    except RecursionError:
        raise too_deep() from None
    except ValueError as fault:
        raise Problem(400, "malformed_json", _("The body is not valid JSON.")) from fault
    _check(value)
    return value


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise Problem(400, "duplicate_name", _("An object names the same field twice."))
    return content


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("number out of range")
    return number


def _no_constant(text: str) -> NoReturn:
    raise ValueError(text)


def too_deep() -> Problem:
    return Problem(400, "nested_too_deep", _("The body is nested too deeply."))


def _check(value: Any) -> None:
    """Walk without recursion: depth, and texts that UTF-8 or Postgres cannot carry."""
    waiting: list[tuple[Any, str, int]] = [(value, "", 1)]
    while waiting:
        item, pointer, depth = waiting.pop()
        if depth > DEEPEST:
            raise too_deep()
        if isinstance(item, str):
            _check_text(item, pointer)
        elif isinstance(item, dict):
            for key, inner in item.items():
                _check_text(key, pointer)
                waiting.append((inner, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}", depth + 1))
        elif isinstance(item, list):
            waiting.extend((inner, f"{pointer}/{index}", depth + 1) for index, inner in enumerate(item))


def _check_text(text: str, pointer: str) -> None:
    if "\x00" in text or not _encodes(text):
        raise Invalid(
            [FieldError("characters", _("The text holds characters that cannot be stored."), pointer)]
        )


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
