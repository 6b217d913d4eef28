"""Comment and its files; called by comments actions and queries."""

from typing import ClassVar

from django.db import models

from prm.files.models import StoredFile
from prm.tenancy.models import TenantForeignKey, TenantModel


class Comment(TenantModel):
    """`partner_id` is the partner whose people read it too; empty, it is the staff's alone."""

    wall: ClassVar = "partner_id"

    subject_key = models.CharField(max_length=20)
    subject_id = models.UUIDField()
    partner_id = models.UUIDField(null=True)
    body = models.TextField()
    author_id = models.UUIDField(null=True)
    author_label = models.CharField(max_length=200)
    by_partner = models.BooleanField(default=False)
    written_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        indexes: ClassVar = [
            models.Index(fields=["tenant", "subject_id", "-id"], name="comment_of_a_subject"),
        ]

    def __str__(self) -> str:
        return self.body[:80]

    @property
    def is_shared(self) -> bool:
        return self.partner_id is not None


class CommentFile(TenantModel):
    """A file that was sent with a comment; its wall is the comment's."""

    wall: ClassVar = "partner_id"

    comment = TenantForeignKey(Comment, models.CASCADE, related_name="files")
    file = TenantForeignKey(StoredFile, models.PROTECT, related_name="+")
    partner_id = models.UUIDField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "file"], name="comment_file_once"),
        ]
