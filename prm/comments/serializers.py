"""The shapes of comments in the API; called by comments.api."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from prm.api.fields import IdField, InstantField, TextField
from prm.api.serializers import StrictSerializer
from prm.comments.actions import LONGEST
from prm.comments.models import Comment
from prm.comments.subjects import subject_keys


class CommentQuery(StrictSerializer):
    subject = TextField(max_length=20)
    subject_id = IdField()


class CommentWrite(StrictSerializer):
    """`shared`: the partner's people read it too."""

    subject = TextField(max_length=20)
    subject_id = IdField()
    body = TextField(max_length=LONGEST)
    shared = serializers.BooleanField()

    def validate_subject(self, value: str) -> str:
        if value not in subject_keys():
            raise serializers.ValidationError(
                _("Comments are written on: %(known)s.") % {"known": ", ".join(subject_keys())},
                code="invalid_choice",
            )
        return value


class CommentRead(StrictSerializer):
    id = IdField()
    subject = TextField(source="subject_key")
    subject_id = IdField()
    body = TextField()
    shared = serializers.BooleanField(source="is_shared")
    by_partner = serializers.BooleanField()
    author = TextField(source="author_label")
    written_at = InstantField()
    files = serializers.SerializerMethodField()

    def get_files(self, comment: Comment) -> list[dict[str, Any]]:
        return [{"id": str(sent.file_id), "name": sent.file.name} for sent in comment.files.all()]
