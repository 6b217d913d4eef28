"""A PDF set by typst from a template and what it is given.

Promise: the fonts of the machine are looked for once in a process, which takes longer than a page; called by
statements, the documents beside them, certificates.
"""

from functools import cache

import typst


def set_pdf(template: str, **given: str) -> bytes:
    return bytes(typst.compile(template.encode(), format="pdf", font_paths=_fonts(), sys_inputs=given))


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts()
