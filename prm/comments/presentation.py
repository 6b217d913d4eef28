"""What a record's page shows of its comments: the conversation and the form to go on with it.

Called by: record pages of every room."""

from typing import Any
from uuid import UUID

from prm.accounts.actor import Actor
from prm.comments.forms import CommentForm
from prm.comments.queries import list_comments


def talk_about(actor: Actor, key: str, subject_id: UUID, *, shareable: bool = True) -> dict[str, Any]:
    """For `components/comments/*.html`; the page accessed the record."""
    return {
        "comments": list_comments(actor, key, subject_id),
        "form": CommentForm(own_side=actor.is_partner, shareable=shareable, auto_id="comment_%s"),
        "key": key,
        "subject_id": subject_id,
        "own_side": actor.is_partner,
        "own_id": actor.id if actor.can("comments.write") else None,
        "may_write": actor.can("comments.write"),
    }
