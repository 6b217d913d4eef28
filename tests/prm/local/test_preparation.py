"""Preparation: translations compile without msgfmt, and a stamp holds only for the inputs it was written for."""

import gettext
from pathlib import Path

from prm.local.preparation import Stamps, compile_catalogue

CATALOGUE = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\n"

msgid "Payout"
msgstr "Выплата"

msgctxt "to a partner"
msgid "Payout"
msgstr "Перечисление"

#, fuzzy
msgid "Guess"
msgstr "Догадка"

msgid "%(count)s row"
msgid_plural "%(count)s rows"
msgstr[0] "%(count)s строка"
msgstr[1] "%(count)s строки"
msgstr[2] "%(count)s строк"
"""


def test_catalogue_is_compiled_with_plurals_and_contexts_but_without_guesses(tmp_path: Path) -> None:
    folder = tmp_path / "ru" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(CATALOGUE)
    compile_catalogue(folder / "django.po")
    russian = gettext.translation("django", tmp_path, ["ru"])
    assert russian.gettext("Payout") == "Выплата"
    assert russian.pgettext("to a partner", "Payout") == "Перечисление"
    assert russian.ngettext("%(count)s row", "%(count)s rows", 22) == "%(count)s строки"
    assert russian.gettext("Guess") == "Guess"
    assert [path.name for path in sorted(folder.iterdir())] == ["django.mo", "django.po"]


def test_stamp_holds_for_its_inputs_until_forgotten(tmp_path: Path) -> None:
    stamps = Stamps(tmp_path / "stamps")
    assert not stamps.holds("schema", "a")
    stamps.put("schema", "a")
    assert stamps.holds("schema", "a")
    assert not stamps.holds("schema", "b")
    stamps.forget("schema", "demo")
    assert not stamps.holds("schema", "a")
