"""A person at the product's pages without a browser: opens an address, fills in the form that is there, sends it.

Promise: a form is sent as a browser would send it, with its hidden fields and its token, to where it points; an answer
that is an error, and a form that comes back with errors, fail the caller. Called by the acceptance cases.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from django.test import Client

CHOSEN = ("checked", "selected")


@dataclass
class Form:
    """A form of a page: where it goes, and what it would send if nobody touched it."""

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


class _Forms(HTMLParser):
    """Collects the forms of a page; a choice list without a chosen option sends its first."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._select, self._options, self._area = "", list[tuple[str, bool]](), ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(told.get("action", ""), told.get("method", "get").lower())
            self.forms.append(self._open)
        elif self._open is not None and "disabled" not in told:
            self._control(tag, told)

    def _control(self, tag: str, told: dict[str, str]) -> None:
        assert self._open is not None
        name = told.get("name", "")
        if tag == "option":
            self._options.append((told.get("value", ""), "selected" in told))
        elif tag == "select":
            self._select, self._options = name, []
        elif tag == "textarea":
            self._area = name
        elif tag == "input" and name:
            self._input(self._open, name, told)
        if tag in ("select", "textarea", "input", "button") and name:
            self._open.names.add(name)

    @staticmethod
    def _input(form: Form, name: str, told: dict[str, str]) -> None:
        kind = told.get("type", "text")
        if kind in ("checkbox", "radio"):
            if "checked" in told:
                form.values.setdefault(name, []).append(told.get("value", "on"))
        elif kind not in ("submit", "button", "file"):
            form.values.setdefault(name, []).append(told.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._open is not None and self._area:
            self._open.values[self._area] = [data.removeprefix("\n")]

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._open is not None and self._select:
            chosen = [value for value, is_chosen in self._options if is_chosen]
            self._open.values[self._select] = chosen or [value for value, _ in self._options[:1]]
            self._select = ""
        elif tag == "textarea":
            self._area = ""
        elif tag == "form":
            self._open = None


@dataclass(frozen=True)
class Page:
    """What an address answered, after all redirects."""

    path: str
    text: str

    def forms(self) -> list[Form]:
        reader = _Forms()
        reader.feed(self.text)
        return reader.forms


class Visitor:
    """One person's browser; tokens against forged forms are asked for as in earnest."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True)

    def open(self, path: str) -> Page:
        return self._page(path, self.client.get(path, follow=True))

    def submit(self, page: Page | str, *, to: str = "", **fields: Any) -> Page:
        """Send the page's form that has all these fields, or whose address ends with `to`."""
        page = self.open(page) if isinstance(page, str) else page
        fitting = [
            form
            for form in page.forms()
            if form.method == "post" and set(fields) <= form.names and form.action.endswith(to)
        ]
        if not fitting or not (fields or to):
            raise AssertionError(f"{page.path} has no form with {sorted(fields)} to {to!r}")
        path = urljoin(page.path, fitting[0].action) if fitting[0].action else page.path
        return self._page(path, self.client.post(path, {**fitting[0].values, **fields}, follow=True))

    @staticmethod
    def _page(path: str, answer: Any) -> Page:
        text = answer.content.decode()
        assert answer.status_code == 200, f"{path} answered {answer.status_code}: {text[:3_000]}"
        return Page(answer.request["PATH_INFO"], text)
