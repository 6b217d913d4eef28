"""Comments: who reads which, who answers, and what the timeline of a partner tells."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import Http404

from prm.audit.models import AuditRecord
from prm.comments import actions, queries
from prm.comments.models import Comment, CommentFile
from prm.comments.timeline import Moment, add_timeline, timeline_of
from prm.files.queries import may_open
from prm.outbox.models import Event
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key, problem_of
from tests.support.cast import NOW, Cast, Person
from tests.support.clients import client_of
from tests.support.rows import nothing_written

PDF = ("plan.pdf", b"%PDF-1.4 plan")


def say(cast: Cast, body: str, *, shared: bool, who: Person | None = None, **options) -> Comment:
    person = who or cast.vera
    with tenant_context(cast.acme.id):
        return actions.write_comment(
            actor=person.actor,
            key="partner",
            subject_id=cast.northwind.id,
            body=body,
            shared=shared,
            at=options.pop("at", NOW),
            **options,
        )


@pytest.fixture
def said(cast: Cast) -> tuple[Comment, Comment]:
    return (
        say(cast, "Pays late, mind the limit", shared=False, files=[PDF]),
        say(cast, "The kit is on its way", shared=True, files=[PDF]),
    )


def as_northwind(cast: Cast):
    return tenant_context(cast.acme.id, scope="partner", partner_ids=[cast.northwind.id])


def test_internal_comments_and_their_files_do_not_exist_for_the_partner_in_raw_sql(cast, said):
    _internal, shared = said
    with as_northwind(cast), connection.cursor() as cursor:
        cursor.execute("SELECT id, body FROM prm_comment")
        assert cursor.fetchall() == [(shared.id, "The kit is on its way")]
        cursor.execute("SELECT comment_id FROM prm_commentfile")
        assert cursor.fetchall() == [(shared.id,)]
        cursor.execute("SELECT count(*) FROM prm_storedfile WHERE purpose = 'comment'")
        assert cursor.fetchone() == (1,)
        cursor.execute("UPDATE prm_comment SET body = 'x' WHERE partner_id IS NULL")
        assert cursor.rowcount == 0


def test_a_sibling_partner_reads_neither(cast, said):
    with (
        tenant_context(cast.acme.id, scope="partner", partner_ids=[cast.southwind.id]),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT count(*) FROM prm_comment")
        assert cursor.fetchone() == (0,)


def test_a_partners_answer_is_always_shared(cast):
    comment = say(cast, "Thank you", shared=False, who=cast.mia)
    assert (comment.partner_id, comment.by_partner) == (cast.northwind.id, True)


def test_nobody_comments_on_what_they_cannot_see(cast):
    with tenant_context(cast.acme.id), nothing_written(), pytest.raises(Http404):
        actions.write_comment(
            actor=cast.sven.actor, key="partner", subject_id=cast.northwind.id, body="x", shared=True, at=NOW
        )
    with tenant_context(cast.zenith.id), nothing_written(), pytest.raises(Http404):
        actions.write_comment(
            actor=cast.zed.actor, key="partner", subject_id=cast.northwind.id, body="x", shared=False, at=NOW
        )


def test_only_a_shared_comment_is_told_to_the_other_side(cast, said):
    with tenant_context(cast.acme.id):
        kinds = [
            event.payload["readers"]["who"]
            for event in Event.objects.all()
            if event.payload.get("kind") == "comment.shared"
        ]
    assert kinds == ["PartnerPeople"]


def test_each_side_takes_back_its_own_words_alone(cast, said):
    internal, shared = said
    with tenant_context(cast.acme.id):
        with nothing_written(), pytest.raises(actions.CommentNotYours):
            actions.withdraw_comment(actor=cast.paul.actor, comment=shared, at=NOW)
        actions.withdraw_comment(actor=cast.vera.actor, comment=internal, at=NOW)
        assert list(Comment.objects.values_list("id", flat=True)) == [shared.id]
        assert CommentFile.objects.count() == 1
        trail = AuditRecord.objects.get(action="comment.withdrawn")
    assert "Pays late" not in str(trail.before)


def test_files_open_for_those_who_may_read_the_comment(cast, said):
    with tenant_context(cast.acme.id):
        files = {sent.comment_id: sent.file for sent in CommentFile.objects.select_related("file")}
        internal, shared = (files[comment.id] for comment in said)
        assert may_open(cast.vera.actor, internal)
        assert not may_open(cast.paul.actor, internal)
        assert may_open(cast.paul.actor, shared)
        assert not may_open(cast.sven.actor, shared)


def test_the_partner_page_merges_changes_and_comments_and_marks_their_reach(cast, said):
    text = client_of(cast.vera).get(f"/acme/m/partners/{cast.northwind.id}/").content.decode()
    assert "comment comment-internal" in text
    assert "comment comment-shared" in text
    only = client_of(cast.vera).get(f"/acme/m/partners/{cast.northwind.id}/?show=change").content.decode()
    assert "Pays late" not in only


def test_the_company_page_shows_the_shared_and_takes_an_answer(cast, said):
    client = client_of(cast.mia)
    text = client.get("/acme/p/company/").content.decode()
    assert "The kit is on its way" in text
    assert "Pays late" not in text
    answer = client.post(
        f"/acme/p/comments/partner/{cast.northwind.id}/",
        {"body": "It arrived", "shared": "internal", "attached": SimpleUploadedFile(*PDF)},
    )
    assert answer["Location"] == "/acme/p/company/#timeline"
    with tenant_context(cast.acme.id):
        comment = Comment.objects.get(body="It arrived")
        assert comment.partner_id == cast.northwind.id
        assert comment.files.count() == 1


def test_a_file_that_is_not_what_it_says_is_refused_and_the_words_are_kept(cast):
    with tenant_context(cast.acme.id):
        before = Comment.objects.count()
    answer = client_of(cast.vera).post(
        f"/acme/m/comments/partner/{cast.northwind.id}/",
        {"body": "See the plan", "shared": "shared", "attached": SimpleUploadedFile("plan.pdf", b"<html>")},
    )
    assert answer.status_code == 422
    assert "See the plan" in answer.content.decode()
    with tenant_context(cast.acme.id):
        assert Comment.objects.count() == before


def test_the_api_lists_writes_and_refuses_a_foreign_record(cast, said):
    machine = Machine(make_key(cast.acme, "comments:read", "comments:write"))
    body = {"subject": "partner", "subject_id": str(cast.northwind.id), "body": "From ERP", "shared": False}
    written = machine.post("comments", body)
    assert written.status_code == 201
    listed = machine.get("comments", subject="partner", subject_id=str(cast.northwind.id)).json()["data"]
    assert [row["body"] for row in listed] == [
        "From ERP",
        "The kit is on its way",
        "Pays late, mind the limit",
    ]
    assert [row["shared"] for row in listed] == [False, True, False]
    foreign = machine.post("comments", {**body, "subject_id": str(cast.zephyr.id)})
    assert foreign.status_code == 404
    unknown = problem_of(machine.post("comments", {**body, "subject": "planet"}))
    assert unknown["errors"][0]["pointer"] == "/subject"
    assert machine.send("DELETE", f"comments/{said[0].id}").status_code == 409
    assert machine.send("DELETE", f"comments/{written.json()['id']}").status_code == 204


def test_a_timeline_asks_a_source_only_for_those_who_may(cast):
    def source(actor, record_id, before):
        return [Moment(at=NOW + timedelta(days=1), what="Later"), Moment(at=NOW, what="Sooner")]

    add_timeline("probe", source, permission="comments.view")
    add_timeline("probe", lambda *_asked: [Moment(at=NOW, what="Money")], permission="audit.view")
    told = [moment.what for moment in timeline_of("probe", cast.paul.actor, cast.northwind.id).moments]
    assert told == ["Later", "Sooner"]


def test_queries_of_comments_keep_to_the_record(cast, said):
    with tenant_context(cast.acme.id):
        assert queries.list_comments(cast.vera.actor, "partner", cast.southwind.id) == []
