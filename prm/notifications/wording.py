"""A notice in words: title, text and link as its reader sees them.

Promise: days and money are written in the language that is active; called by pages and letters."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.urls import NoReverseMatch, get_script_prefix, reverse, set_script_prefix

from prm.kit.periods import Period
from prm.notifications.kinds import kind_of
from prm.notifications.models import Notice
from prm.notifications.rules import Amount, Value, restored
from prm.web import format as formats


@dataclass(frozen=True)
class Said:
    """A notice as it is shown; `path` is "" where its page is gone or there never was one."""

    notice: Notice
    title: str
    text: str
    path: str


def said(notice: Notice) -> Said:
    kind = kind_of(notice.kind)
    params = {name: _shown(value) for name, value in restored(notice.params).items()}
    return Said(notice, str(kind.title % params), str(kind.text % params), _path(notice))


def absolute_link(slug: str, path: str) -> str:
    """A letter's link: the installation's own address, then the tenant, then the page."""
    return f"{settings.BASE_URL.rstrip('/')}/{slug}/{path.removeprefix(get_script_prefix()).lstrip('/')}"


@contextmanager
def mounted(slug: str) -> Iterator[None]:
    """`reverse()` yields addresses of the tenant while a worker writes letters."""
    before = get_script_prefix()
    set_script_prefix(f"/{slug}/")
    try:
        yield
    finally:
        set_script_prefix(before)


def _path(notice: Notice) -> str:
    if notice.link_path:
        return get_script_prefix() + notice.link_path.lstrip("/")
    if not notice.link_name:
        return ""
    try:
        return reverse(notice.link_name, args=notice.link_args)
    except NoReverseMatch:
        return ""


def _shown(value: Value) -> object:
    if isinstance(value, datetime):
        return formats.moment(value)
    if isinstance(value, date):
        return formats.day(value)
    if isinstance(value, Period):
        return formats.month(value.starts_on)
    if isinstance(value, Amount):
        return formats.money(value.amount_minor, value.currency)
    return value
