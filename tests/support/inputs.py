"""What a browser would send of the inputs of a page, as they stand: ticked boxes, chosen options, typed texts.

Called by: tests of forms whose inputs templates write."""

from html.parser import HTMLParser

from django.http import QueryDict


def inputs_of(page: str) -> QueryDict:
    reader = _Reader()
    reader.feed(page)
    reader.close()
    sent = QueryDict(mutable=True)
    for name, value in reader.sent:
        sent.appendlist(name, value)
    return sent


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.sent: list[tuple[str, str]] = []
        self._select = self._area = ""
        self._options: list[tuple[str, bool]] = []
        self._text = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attributes}
        if tag == "input":
            self._input(told, is_checked="checked" in told)
        elif tag == "select":
            self._select, self._options = told["name"], []
        elif tag == "option" and self._select:
            self._options.append((told.get("value", ""), "selected" in told))
        elif tag == "textarea":
            self._area, self._text = told["name"], ""

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            chosen = [value for value, is_chosen in self._options if is_chosen] or [
                value for value, _chosen in self._options[:1]
            ]
            self.sent += [(self._select, value) for value in chosen]
            self._select = ""
        elif tag == "textarea":
            self.sent.append((self._area, self._text.strip()))

    def _input(self, told: dict[str, str], *, is_checked: bool) -> None:
        if told.get("type") in ("checkbox", "radio"):
            if is_checked:
                self.sent.append((told["name"], told.get("value", "on")))
        elif told.get("type") not in ("submit", "button"):
            self.sent.append((told["name"], told.get("value", "")))
