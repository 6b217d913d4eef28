"""Which kind of statement a file is, known by its beginning; called by payouts.reconciling.

Promise: pure; a file that says nothing is no statement."""

from incentives.payouts.answers.camt053 import read_camt053
from incentives.payouts.answers.client_bank import HEAD, read_client_bank
from incentives.payouts.answers.lines import AnswerLine, StatementUnreadable
from incentives.payouts.answers.table import read_table

MARK = b"\xef\xbb\xbf"


def read_statement(content: bytes) -> list[AnswerLine]:
    """Raises `StatementUnreadable`."""
    start = content.removeprefix(MARK).lstrip()
    if start.startswith(b"<"):
        lines = read_camt053(content)
    elif start.startswith(HEAD.encode()):
        lines = read_client_bank(content)
    else:
        lines = read_table(content)
    if not lines:
        raise StatementUnreadable("no_lines")
    return lines
