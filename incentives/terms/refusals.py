"""Why terms are not accepted or nobody is reminded; raised by terms actions, shown by their interfaces."""

from typing import Any

from django.utils.translation import gettext_lazy as _


class TermsRefused(Exception):
    """The base of every refusal here: a code and a sentence."""

    code: str
    message: Any
    field: str | None = None

    def __init__(self) -> None:
        super().__init__(self.code)


class NotAsked(TermsRefused):
    """The partner is not asked for the terms of this version."""

    code = "terms_not_asked"
    message = _("This partner is not asked to accept the terms of this version.")


class TermsOutdated(TermsRefused):
    """A later version with terms rules by now."""

    code = "terms_outdated"
    message = _("A later version of the plan is in force. Read and accept its terms instead.")


class TextChanged(TermsRefused):
    """What was read is not the text of the version in this language."""

    code = "terms_text_changed"
    field = "text_hash"
    message = _("This is not the text you had before you. Read the new text, then accept it.")


class NobodyToRemind(TermsRefused):
    """Everyone who has not accepted was told a short while ago, or there is nobody."""

    code = "terms_nobody_to_remind"
    message = _("Everyone who has not accepted yet was told within the last 7 days.")
