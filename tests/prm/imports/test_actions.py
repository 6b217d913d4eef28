"""A file on its way in: tried without a trace, corrected in place, applied once, taken back.

The work is called here as the task calls it, outside of any context, since what it does matters and not who rings; a
real worker is rung in test_tasks."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from partners.customers.models import Customer
from prm.imports import actions
from prm.imports.models import Import, ImportRow, ImportState
from prm.imports.presentation import failed_rows_file, failure_of
from prm.imports.queries import access_import, rows_in_error
from prm.imports.work import work_on_applying, work_on_check, work_on_undoing
from prm.jobs.actions import request_cancel
from prm.jobs.kinds import failure_text
from prm.jobs.models import Job, JobState
from prm.outbox.models import Event
from prm.tenancy.context import tenant_context
from tests.prm.imports.kinds import CLUBS
from tests.support.cast import NOW, Cast
from tests.support.messages import work_off
from tests.support.rows import nothing_written_in

FILE = "Код;Наименование;Прочее\nA;Alpha;1\nB;Beta;2\nC;Gamma;3\nD;Delta;4\n"


class Desk:
    """Vera at Acme's imports."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast

    def take(self, text: str = FILE, *, source: str = "file") -> Import:
        with tenant_context(self.cast.acme.id):
            return actions.take_file(
                actor=self.cast.vera.actor,
                kind=CLUBS,
                source=source,
                name="clubs.csv",
                content=text.encode(),
                at=NOW,
            )

    def check(self, batch: Import, **mapping: str) -> Import:
        with tenant_context(self.cast.acme.id):
            actions.start_check(
                actor=self.cast.vera.actor,
                batch=batch,
                mapping=mapping or batch.mapping,
                decimal="auto",
                at=NOW,
            )
        work_on_check(tenant_id=self.cast.acme.id, import_id=batch.id, now=lambda: NOW)
        return self.again(batch)

    def correct(self, batch: Import, number: int, **cells: str) -> ImportRow:
        with tenant_context(self.cast.acme.id):
            return actions.correct_row(
                actor=self.cast.vera.actor, batch=batch, number=number, cells=cells, at=NOW
            )

    def leave_out(self, batch: Import, number: int) -> ImportRow:
        with tenant_context(self.cast.acme.id):
            return actions.leave_row_out(actor=self.cast.vera.actor, batch=batch, number=number, at=NOW)

    def take_in(self, batch: Import, number: int) -> ImportRow:
        with tenant_context(self.cast.acme.id):
            return actions.take_row_in(actor=self.cast.vera.actor, batch=batch, number=number, at=NOW)

    def apply(self, batch: Import, *, whole: bool = False) -> Import:
        with tenant_context(self.cast.acme.id):
            actions.start_applying(actor=self.cast.vera.actor, batch=batch, whole=whole, at=NOW)
        work_on_applying(tenant_id=self.cast.acme.id, import_id=batch.id, now=lambda: NOW)
        return self.again(batch)

    def undo(self, batch: Import, at: datetime = NOW) -> Import:
        with tenant_context(self.cast.acme.id):
            actions.start_undo(actor=self.cast.vera.actor, batch=batch, at=at)
        work_on_undoing(tenant_id=self.cast.acme.id, import_id=batch.id, now=lambda: at)
        return self.again(batch)

    def checked(self, text: str = FILE) -> Import:
        return self.check(self.take(text))

    def again(self, batch: Import) -> Import:
        with tenant_context(self.cast.acme.id):
            return access_import(self.cast.vera.actor, batch.id)

    def names(self) -> dict[str, str]:
        with tenant_context(self.cast.acme.id):
            return dict(Customer.objects.values_list("code", "name"))

    def errors(self, batch: Import) -> dict[int, list[tuple[str, str]]]:
        with tenant_context(self.cast.acme.id):
            rows = rows_in_error(batch).order_by("number")
            return {row.number: [(e["column"], e["code"]) for e in row.errors] for row in rows}


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return Desk(cast)


def test_columns_are_suggested_and_remembered(desk: Desk) -> None:
    first = desk.take()
    assert first.mapping == {"code": "Код", "name": "Наименование"}
    assert first.options["samples"]["Прочее"] == "1 · 2 · 3"
    desk.check(first, code="Код", name="Прочее")
    assert desk.take().mapping == {"code": "Код", "name": "Прочее"}
    assert desk.take(source="erp").mapping == {"code": "Код", "name": "Наименование"}


def test_a_check_tries_every_row_and_leaves_no_trace(desk: Desk) -> None:
    with tenant_context(desk.cast.acme.id):
        Customer.objects.create(code="A", name="Alpha", changed_at=NOW)
        Customer.objects.create(code="B", name="Other", changed_at=NOW)
        events = Event.objects.count()
    batch = desk.checked(FILE + "E;forbidden;5\n;Nameless;6\n")
    assert batch.state == ImportState.CHECKED
    assert batch.counts == {
        "rows": 6,
        "waiting": 0,
        "created": 2,
        "updated": 1,
        "unchanged": 1,
        "left_out": 0,
        "error": 2,
        "applied": 0,
    }
    assert desk.errors(batch) == {6: [("name", "name_forbidden")], 7: [("code", "required")]}
    assert desk.names() == {"A": "Alpha", "B": "Other"}
    with tenant_context(desk.cast.acme.id):
        assert Event.objects.exclude(name="prm.imports.check").count() == events
        job = Job.objects.get(id__in=[batch.job_id])
        assert (job.state, job.done, job.total) == (JobState.PARTLY, 6, 6)


def test_required_columns_must_be_chosen(desk: Desk) -> None:
    batch = desk.take()
    with tenant_context(desk.cast.acme.id), pytest.raises(actions.ColumnsMissing) as missing:
        actions.start_check(
            actor=desk.cast.vera.actor, batch=batch, mapping={"name": "Код"}, decimal="auto", at=NOW
        )
    assert missing.value.labels == ["Code"]


def test_good_rows_are_applied_and_bad_ones_kept(desk: Desk) -> None:
    batch = desk.apply(desk.checked(FILE + "E;forbidden;5\n"))
    assert (batch.state, batch.counts["applied"], batch.counts["error"]) == (ImportState.APPLIED, 4, 1)
    assert desk.names() == {"A": "Alpha", "B": "Beta", "C": "Gamma", "D": "Delta"}
    assert batch.applied_at == NOW


def test_the_same_file_again_would_change_nothing(desk: Desk) -> None:
    desk.apply(desk.checked())
    again = desk.checked()
    assert (again.counts["unchanged"], again.counts["created"], again.counts["updated"]) == (4, 0, 0)
    with tenant_context(desk.cast.acme.id), pytest.raises(actions.NothingToApply):
        actions.start_applying(actor=desk.cast.vera.actor, batch=again, whole=False, at=NOW)


def test_a_row_is_corrected_in_place(desk: Desk) -> None:
    batch = desk.checked(FILE + "E;forbidden;5\n")
    with tenant_context(desk.cast.acme.id):
        still = actions.correct_row(
            actor=desk.cast.vera.actor, batch=batch, number=6, cells={"name": "x" * 21}, at=NOW
        )
        assert [error["code"] for error in still.errors] == ["text_long"]
        row = actions.correct_row(
            actor=desk.cast.vera.actor, batch=batch, number=6, cells={"name": "Epsilon", "other": "!"}, at=NOW
        )
    assert (row.state, row.effect, row.values) == ("ready", "created", {"code": "E", "name": "Epsilon"})
    assert desk.again(batch).counts["error"] == 0
    assert "E" not in desk.names()
    assert desk.apply(batch, whole=True).counts["applied"] == 5
    assert desk.names()["E"] == "Epsilon"


def test_a_record_named_twice_is_refused_both_times_until_one_is_corrected(desk: Desk) -> None:
    batch = desk.checked(FILE + "A;Another;5\n")
    twice = [("code", "duplicate_in_file")]
    assert desk.errors(batch) == {2: twice, 6: twice}
    with tenant_context(desk.cast.acme.id):
        actions.correct_row(actor=desk.cast.vera.actor, batch=batch, number=6, cells={"code": "B"}, at=NOW)
    assert desk.errors(batch) == {3: twice, 6: twice}
    with tenant_context(desk.cast.acme.id):
        actions.correct_row(actor=desk.cast.vera.actor, batch=batch, number=6, cells={"code": "Z"}, at=NOW)
    assert desk.errors(batch) == {}


def test_a_row_that_is_left_out_is_not_taken_and_frees_its_twin(desk: Desk) -> None:
    batch = desk.checked(FILE + "A;Another;5\n")
    left = desk.leave_out(batch, 6)
    assert (left.state, left.effect, left.errors) == ("unchanged", "left_out", [])
    assert desk.errors(batch) == {}
    counts = desk.again(batch).counts
    assert (counts["created"], counts["left_out"], counts["error"]) == (4, 1, 0)
    assert desk.apply(batch, whole=True).counts["applied"] == 4
    assert desk.names()["A"] == "Alpha"


def test_a_row_that_was_left_out_is_taken_in_after_all(desk: Desk) -> None:
    batch = desk.checked(FILE + "A;Another;5\n")
    desk.leave_out(batch, 2)
    assert desk.errors(batch) == {}
    back = desk.take_in(batch, 2)
    assert [error["code"] for error in back.errors] == ["duplicate_in_file"]
    assert set(desk.errors(batch)) == {2, 6}


def test_only_a_refused_row_is_left_out_and_only_one_left_out_is_taken_in(desk: Desk) -> None:
    batch = desk.checked(FILE + "E;forbidden;5\n")
    for step in (lambda: desk.leave_out(batch, 2), lambda: desk.take_in(batch, 6)):
        with nothing_written_in(desk.cast.acme), pytest.raises(actions.ImportNotInState):
            step()
    assert desk.leave_out(batch, 6).effect == "left_out"


def test_the_rest_is_corrected_and_applied_after_the_good_rows(desk: Desk) -> None:
    batch = desk.apply(desk.checked(FILE + "E;forbidden;5\nF;forbidden;6\n"))
    assert desk.correct(batch, 6, name="Epsilon").state == "ready"
    desk.leave_out(batch, 7)
    batch = desk.apply(batch)
    assert (batch.state, batch.counts["applied"], batch.counts["error"]) == (ImportState.APPLIED, 5, 0)
    assert desk.names()["E"] == "Epsilon"
    desk.undo(batch)
    assert desk.names() == {}


def test_what_is_applied_stays_so_when_a_later_row_names_it_too(desk: Desk) -> None:
    batch = desk.apply(desk.checked(FILE + "E;forbidden;5\n"))
    row = desk.correct(batch, 6, code="A", name="Another")
    assert [error["code"] for error in row.errors] == ["duplicate_in_file"]
    assert desk.errors(batch) == {6: [("code", "duplicate_in_file")]}
    assert desk.again(batch).counts["applied"] == 4


def test_a_column_that_the_file_lacks_is_filled_for_one_row(desk: Desk) -> None:
    batch = desk.check(desk.take("Код\nA\nTOO-LONG-CODE\n"), code="Код")
    assert desk.correct(batch, 3, code="B", name="forbidden").state == "error"
    with tenant_context(desk.cast.acme.id):
        failed = failed_rows_file(CLUBS, batch, delimiter=";").removeprefix("\ufeff").splitlines()
    assert failed == ["Код;Name;Error", "B;forbidden;Name: Nobody may be called so."]
    row = desk.correct(batch, 3, code="B", name="Beta")
    assert (row.state, row.values) == ("ready", {"code": "B", "name": "Beta"})
    desk.apply(batch)
    assert desk.names() == {"A": "", "B": "Beta"}


def test_all_or_nothing_waits_for_good_rows(desk: Desk) -> None:
    batch = desk.checked(FILE + "E;forbidden;5\n")
    with tenant_context(desk.cast.acme.id), pytest.raises(actions.RowsHaveErrors):
        actions.start_applying(actor=desk.cast.vera.actor, batch=batch, whole=True, at=NOW)
    assert desk.names() == {}


def test_all_or_nothing_takes_everything_back_when_the_world_has_moved(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = desk.checked()
    with tenant_context(desk.cast.acme.id):
        ImportRow.objects.filter(batch=batch, number=5).update(values={"code": "D", "name": "forbidden"})
    batch = desk.apply(batch, whole=True)
    assert (batch.state, desk.names()) == (ImportState.CHECKED, {})
    assert desk.errors(batch) == {5: [("name", "name_forbidden")]}
    with tenant_context(desk.cast.acme.id):
        job = Job.objects.get(id__in=[batch.job_id])
    assert (job.state, job.failure) == (JobState.FAILED, "import.rows_refused")


def test_an_import_is_taken_back(desk: Desk) -> None:
    with tenant_context(desk.cast.acme.id):
        Customer.objects.create(code="A", name="Before", changed_at=NOW)
    batch = desk.apply(desk.checked())
    undone = desk.undo(batch, at=NOW + timedelta(hours=1))
    assert (undone.state, undone.undone_at) == (ImportState.UNDONE, NOW + timedelta(hours=1))
    assert desk.names() == {"A": "Before"}
    with pytest.raises(actions.ImportNotInState):
        desk.undo(batch)


def test_what_something_depends_on_stays(desk: Desk) -> None:
    batch = desk.apply(desk.checked())
    with tenant_context(desk.cast.acme.id):
        Customer.objects.filter(code="B").update(name="kept")
    kept = desk.undo(batch)
    assert (kept.state, kept.applied_at, len(desk.names())) == (ImportState.APPLIED, batch.applied_at, 4)
    for language, words in (("en", "Sales name this customer."), ("ru", "Клиент указан в продажах.")):
        with tenant_context(desk.cast.acme.id), translation.override(language):
            assert failure_of(kept).endswith(f" {words}")
    with tenant_context(desk.cast.acme.id):
        Customer.objects.filter(code="B").update(name="Beta")
    assert desk.undo(kept).state == ImportState.UNDONE


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING])
def test_an_undo_that_is_stopped_before_it_began_leaves_all_as_it_was(desk: Desk, state: str) -> None:
    batch = desk.apply(desk.checked())
    with tenant_context(desk.cast.acme.id):
        actions.start_undo(actor=desk.cast.vera.actor, batch=batch, at=NOW)
        Job.objects.filter(subject_id=batch.id, kind=actions.UNDO).update(state=state)
        job = Job.objects.get(subject_id=batch.id, kind=actions.UNDO)
        request_cancel(actor=desk.cast.vera.actor, job=job, at=NOW)
    work_on_undoing(tenant_id=desk.cast.acme.id, import_id=batch.id, now=lambda: NOW)
    kept = desk.again(batch)
    assert (kept.state, kept.applied_at, len(desk.names())) == (ImportState.APPLIED, batch.applied_at, 4)
    with tenant_context(desk.cast.acme.id):
        assert Job.objects.get(id=job.id).state == JobState.CANCELLED
    assert desk.undo(kept).state == ImportState.UNDONE


def test_an_undo_whose_worker_died_is_taken_up_again(desk: Desk) -> None:
    batch = desk.apply(desk.checked())
    with tenant_context(desk.cast.acme.id):
        actions.start_undo(actor=desk.cast.vera.actor, batch=batch, at=NOW)
        assert actions.resume_imports() == 1
    work_off(desk.cast.acme.id)
    assert (desk.again(batch).state, desk.names()) == (ImportState.UNDONE, {})


def test_a_second_ring_does_nothing(desk: Desk) -> None:
    batch = desk.apply(desk.checked())
    for work in (work_on_check, work_on_applying):
        work(tenant_id=desk.cast.acme.id, import_id=batch.id, now=lambda: NOW)
    assert desk.again(batch).counts == batch.counts


def test_work_that_died_is_rung_again_and_goes_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = desk.checked()

    def die(name: str) -> None:
        if name == "import.portion":
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("prm.imports.work.failpoint", die)
        with pytest.raises(KeyboardInterrupt):
            desk.apply(batch)
    assert (len(desk.names()), desk.again(batch).state) == (3, ImportState.APPLYING)
    with tenant_context(desk.cast.acme.id):
        assert actions.resume_imports() == 1
    work_on_applying(tenant_id=desk.cast.acme.id, import_id=batch.id, now=lambda: NOW)
    assert (len(desk.names()), desk.again(batch).state) == (4, ImportState.APPLIED)


def test_an_applying_that_was_stopped_half_way_can_be_gone_on_with_or_taken_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = desk.checked()
    monkeypatch.setattr("prm.imports.work.advance_job", lambda **report: False)
    stopped = desk.apply(batch)
    assert (stopped.state, stopped.counts["applied"], len(desk.names())) == (ImportState.APPLIED, 3, 3)
    monkeypatch.undo()
    assert desk.apply(stopped).counts["applied"] == 4


def test_a_cancelled_check_can_be_started_again(desk: Desk) -> None:
    batch = desk.take()
    with tenant_context(desk.cast.acme.id):
        actions.start_check(
            actor=desk.cast.vera.actor, batch=batch, mapping=batch.mapping, decimal="auto", at=NOW
        )
        job = Job.objects.get(subject_id=batch.id)
        Job.objects.filter(id=job.id).update(state=JobState.RUNNING)
        request_cancel(actor=desk.cast.vera.actor, job=job, at=NOW)
    work_on_check(tenant_id=desk.cast.acme.id, import_id=batch.id, now=lambda: NOW)
    stopped = desk.again(batch)
    assert (stopped.state, stopped.counts["waiting"]) == (ImportState.UPLOADED, 1)
    assert desk.check(stopped).state == ImportState.CHECKED


def test_who_lost_the_right_applies_nothing(desk: Desk) -> None:
    batch = desk.checked()
    with tenant_context(desk.cast.acme.id):
        actions.start_applying(actor=desk.cast.vera.actor, batch=batch, whole=False, at=NOW)
        desk.cast.vera.membership.ended_at = NOW
        desk.cast.vera.membership.save()
    work_on_applying(tenant_id=desk.cast.acme.id, import_id=batch.id, now=lambda: NOW)
    assert (desk.again(batch).state, desk.names()) == (ImportState.CHECKED, {})


def test_a_check_that_breaks_says_so_and_can_be_repeated(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = desk.take()

    def broken(*arguments: Any) -> Any:
        raise RuntimeError("secret detail")

    with monkeypatch.context() as patch:
        patch.setattr("prm.imports.work.read_cells", broken)
        failed = desk.check(batch)
    assert failed.state == ImportState.FAILED
    with tenant_context(desk.cast.acme.id):
        told = Job.objects.get(id__in=[failed.job_id]).failure
    assert told == "import.broke: RuntimeError"
    assert failure_text(told) == "It broke (RuntimeError); the log has the details."
    with translation.override("ru"):
        assert failure_text(told) == "Работа прервалась (RuntimeError); подробности в журнале."
    assert desk.check(failed).state == ImportState.CHECKED
