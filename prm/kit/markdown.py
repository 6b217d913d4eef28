"""A small part of Markdown as HTML: headings, paragraphs, lists, bold, emphasis and links.

Promise: every character of the source is escaped first, so a text can add no markup of its own; links lead to http,
https and mailto alone. Called by rooms that show texts their tenants write."""

import html
import re

_HEADING = re.compile(r"(#{1,4})\s+(.+)")
_BULLET = re.compile(r"[-*]\s+(.+)")
_NUMBER = re.compile(r"\d+[.)]\s+(.+)")
_LINK = re.compile(r"\[([^\]]+)\]\(((?:https?://|mailto:)[^\s)]+)\)")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_EMPHASIS = re.compile(r"(?<![\w*])[*_](?![\s*_])(.+?)(?<!\s)[*_](?![\w*])")
# A page has its own h1 and h2: the headings of a text stand below them.
_HIGHEST = 3


def html_of(text: str) -> str:
    """The text as HTML blocks."""
    blocks: list[str] = []
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        blocks += _blocks(block.strip().split("\n"))
    return "\n".join(blocks)


def _blocks(lines: list[str]) -> list[str]:
    made: list[str] = []
    while lines:
        heading = _HEADING.fullmatch(lines[0].strip())
        if heading:
            level = min(len(heading[1]) + _HIGHEST - 1, 6)
            made.append(f"<h{level}>{_inline(heading[2])}</h{level}>")
            lines = lines[1:]
            continue
        kind = _kind(lines[0])
        count = next((place for place, line in enumerate(lines) if _kind(line) != kind), len(lines))
        made.append(_made(kind, [line.strip() for line in lines[:count]]))
        lines = lines[count:]
    return [block for block in made if block]


def _kind(line: str) -> str:
    line = line.strip()
    if _HEADING.fullmatch(line):
        return "heading"
    return "ul" if _BULLET.fullmatch(line) else "ol" if _NUMBER.fullmatch(line) else "p"


def _made(kind: str, lines: list[str]) -> str:
    if kind == "p":
        text = " ".join(filter(None, lines))
        return f"<p>{_inline(text)}</p>" if text else ""
    pattern = _BULLET if kind == "ul" else _NUMBER
    texts = [pattern.sub(r"\1", line) for line in lines]
    items = "".join(f"<li>{_inline(text)}</li>" for text in texts)
    return f"<{kind}>{items}</{kind}>"


def _inline(text: str) -> str:
    safe = html.escape(text, quote=True)
    safe = _LINK.sub(r'<a href="\2" rel="noopener noreferrer">\1</a>', safe)
    return _EMPHASIS.sub(r"<em>\1</em>", _BOLD.sub(r"<strong>\1</strong>", safe))
