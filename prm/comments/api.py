"""Comments on records for machines; called by comments.urls."""

from http import HTTPStatus
from typing import ClassVar
from uuid import UUID

from rest_framework.response import Response

from prm.api.lists import answer_list
from prm.api.requests import ApiRequest
from prm.api.schema import operation
from prm.api.serializers import read_body, read_query
from prm.api.views import ApiView
from prm.comments import actions, queries
from prm.comments.serializers import CommentQuery, CommentRead, CommentWrite


class Comments(ApiView):
    scopes: ClassVar = {"GET": "comments:read", "POST": "comments:write"}
    idempotent = True
    refusals: ClassVar = {actions.CommentHasNoPartner: 422}

    @operation("List the comments on a record", answer=CommentRead, query=CommentQuery, listed=True)
    def get(self, request: ApiRequest) -> Response:
        """`subject` names the kind of record ("partner"), `subject_id` the record. Files: `/files/{id}`."""
        wanted = read_query(request, CommentQuery)
        queries.access_subject(request.actor, wanted["subject"], wanted["subject_id"])
        rows = queries.comments_on(request.actor, wanted["subject"], wanted["subject_id"])
        return answer_list(request, rows, order=("-id",), row=CommentRead)

    @operation("Comment on a record", body=CommentWrite, answer=CommentRead, status=201)
    def post(self, request: ApiRequest) -> Response:
        content = read_body(request, CommentWrite)
        comment = actions.write_comment(
            actor=request.actor,
            key=content["subject"],
            subject_id=content["subject_id"],
            body=content["body"],
            shared=content["shared"],
            at=request.at,
        )
        return Response(CommentRead(comment).data, status=HTTPStatus.CREATED)


class OneComment(ApiView):
    scopes: ClassVar = {"GET": "comments:read", "DELETE": "comments:write"}
    refusals: ClassVar = {actions.CommentNotYours: 409}

    @operation("Read a comment", answer=CommentRead)
    def get(self, request: ApiRequest, comment_id: UUID) -> Response:
        return Response(CommentRead(queries.access_comment(request.actor, comment_id)).data)

    @operation("Take a comment back", status=204)
    def delete(self, request: ApiRequest, comment_id: UUID) -> Response:
        """A key takes back what it wrote itself."""
        comment = queries.access_comment(request.actor, comment_id)
        actions.withdraw_comment(actor=request.actor, comment=comment, at=request.at)
        return Response(status=HTTPStatus.NO_CONTENT)
