"""The pages of imports, walked as people do: file, columns, corrections, applying, the summary, the way back."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from partners.customers.models import Customer
from prm.accounts.models import User
from prm.imports import kinds
from prm.imports.models import Import
from prm.imports.work import work_on_applying, work_on_check
from prm.jobs.models import Job
from prm.tenancy.context import identity_context, tenant_context
from tests.prm.imports.kinds import CLUBS
from tests.support.cast import Cast, Person
from tests.support.clients import client_of
from tests.support.messages import work_off

FILE = "Код;Наименование\nA;Alpha\nB;Beta\nC;forbidden\n"


class Walk:
    """One person's way through the pages; the worker's part is called between them."""

    def __init__(self, cast: Cast, person: Person) -> None:
        self.cast, self.client = cast, client_of(person)
        self.base = ""
        self.id: UUID | None = None

    def upload(self, content: bytes = FILE.encode(), name: str = "clubs.csv", **fields: str) -> Any:
        file = SimpleUploadedFile(name, content)
        answer = self.client.post(
            "/acme/m/imports/new/", {"kind": "clubs", "source": "file", "file": file, **fields}
        )
        if answer.status_code == 302:
            self.base = answer["Location"]
            self.id = UUID(self.base.rstrip("/").rsplit("/", 1)[1])
        return answer

    def post(self, path: str, **fields: str) -> Any:
        return self.client.post(f"{self.base}{path}", fields)

    def page(self, path: str = "") -> str:
        answer = self.client.get(f"{self.base}{path}")
        assert answer.status_code == 200, answer.content
        return str(answer.content.decode())

    def check(self, **mapping: str) -> None:
        chosen = mapping or {"column_code": "Код", "column_name": "Наименование"}
        assert self.post("check/", decimal="auto", **chosen).status_code == 302
        assert self.id
        work_on_check(tenant_id=self.cast.acme.id, import_id=self.id, now=timezone.now)

    def apply(self, how: str = "good") -> None:
        assert self.post("apply/", how=how).status_code == 302
        assert self.id
        work_on_applying(tenant_id=self.cast.acme.id, import_id=self.id, now=timezone.now)

    def state(self) -> str:
        assert self.id
        with tenant_context(self.cast.acme.id):
            return Import.objects.get(id=self.id).state


@pytest.fixture
def walk(cast: Cast) -> Walk:
    return Walk(cast, cast.vera)


def test_the_whole_way(walk: Walk) -> None:
    assert walk.upload().status_code == 302
    mapping = walk.page()
    assert 'value="Код" selected' in mapping
    assert "Наименование (Alpha · Beta · forbidden)" in mapping
    walk.check()
    checked = walk.page()
    for told in (
        "Nothing is written yet",
        "Apply 2 good rows",
        "1 row with an error",
        "Nobody may be called so.",
    ):
        assert told in checked
    assert "Apply all rows or none" not in checked
    corrected = walk.client.post(
        f"{walk.base}rows/4/", {"name": "Gamma"}, headers={"hx-request": "true"}
    ).content.decode()
    assert "This row is good now." in corrected
    assert "<html" not in corrected
    assert "Apply all rows or none" in walk.page()
    walk.apply("whole")
    applied = walk.page()
    assert "3 rows were written" in applied
    assert "Apply" not in applied.partition("Undo this import")[0].rpartition("<h2>Applied</h2>")[2]
    assert "Undo this import" in applied
    assert walk.post("undo/").status_code == 302
    assert walk.state() == "undoing"
    assert "Being taken back" in walk.page()
    work_off(walk.cast.acme.id)
    assert walk.state() == "undone"
    assert "Taken back on" in walk.page()
    with tenant_context(walk.cast.acme.id):
        assert Customer.objects.count() == 0
    history = walk.client.get("/acme/m/imports/?state=undone").content.decode()
    assert "clubs.csv" in history


def test_a_row_is_left_out_and_taken_in_on_the_page(walk: Walk) -> None:
    walk.upload()
    walk.check()
    answer = walk.client.post(f"{walk.base}rows/4/", {"do": "leave_out"}, headers={"hx-request": "true"})
    told = answer.content.decode()
    assert "Left out: this row is not taken." in told
    assert 'id="import-standing" hx-swap-oob="true"' in told
    assert "No row has an error any more" in told
    page = walk.page()
    assert "1 row left out" in page
    assert "with an error" not in page
    assert walk.post("rows/4/", do="take_in").status_code == 302
    assert "1 row with an error" in walk.page()


def test_what_was_not_applied_is_mended_and_applied_on_the_same_page(walk: Walk) -> None:
    walk.upload()
    walk.check()
    walk.apply()
    assert "correct them here and apply them too" in walk.page()
    assert walk.post("rows/4/", name="Gamma").status_code == 302
    assert "Apply 1 good row" in walk.page()
    walk.apply()
    assert "3 rows were written" in walk.page()


def test_every_refused_row_can_be_corrected_whatever_its_mistake(walk: Walk) -> None:
    kind = replace(CLUBS, identity=(), identify=lambda cells: (cells["code"],))
    kinds._kinds["clubs"] = kind
    walk.upload("Код;Наименование\nA;Alpha\nA;Beta\n".encode())
    walk.check()
    page = walk.page()
    assert page.count("The same record stands in the file more than once.") == 2
    assert page.count("Save and check this row") == page.count("Leave this row out") == 2
    for row in (2, 3):
        for column in ("code", "name"):
            assert f'id="cell-{row}-{column}"' in page


def test_a_failure_is_told_in_the_language_of_the_reader(walk: Walk) -> None:
    walk.upload()
    walk.check()
    with tenant_context(walk.cast.acme.id):
        Job.objects.update(failure="import.rows_refused")
    assert "Rows were refused, so nothing was applied." in walk.page()
    with identity_context():
        User.objects.filter(id=walk.cast.vera.user.id).update(language="ru")
    assert "Есть строки с ошибками, поэтому ничего не применено." in walk.page()


def test_a_correction_works_without_scripts(walk: Walk) -> None:
    walk.upload()
    walk.check()
    answer = walk.post("rows/4/", name="Gamma")
    assert (answer.status_code, answer["Location"]) == (302, f"{walk.base}#rows")
    assert "with an error" not in walk.page()
    again = walk.post("rows/4/", name="Delta")
    assert again.status_code == 302


def test_progress_is_shown_and_ends(walk: Walk) -> None:
    walk.upload()
    assert walk.post("check/", decimal="auto", column_code="Код").status_code == 302
    assert 'hx-trigger="every 2s"' in walk.page()
    moving = walk.client.get(f"{walk.base}progress/")
    assert (moving.status_code, "HX-Refresh" in moving) == (200, False)
    work_on_check(tenant_id=walk.cast.acme.id, import_id=walk.id, now=timezone.now)  # type: ignore[arg-type]
    ended = walk.client.get(f"{walk.base}progress/")
    assert (ended.status_code, ended["HX-Refresh"]) == (286, "true")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("clubs.csv", b"Code\n", "no rows under its header"),
        ("clubs.exe", b"MZ", "Send a CSV or an Excel file"),
        ("clubs.xlsx", b"PK\x03\x04nothing", "cannot be read"),
        ("clubs.csv", b"", "empty"),
    ],
)
def test_a_file_that_cannot_be_taken_says_why(walk: Walk, name: str, content: bytes, told: str) -> None:
    answer = walk.upload(content, name)
    assert answer.status_code == 422
    assert told in answer.content.decode()


def test_columns_that_must_be_there_are_asked_for(walk: Walk) -> None:
    walk.upload()
    answer = walk.post("check/", decimal="auto", column_name="Код")
    assert answer.status_code == 422
    assert walk.state() == "uploaded"


def test_steps_out_of_order_change_nothing(walk: Walk) -> None:
    walk.upload()
    for path in ("apply/", "undo/"):
        assert walk.post(path).status_code == 302
    assert walk.state() == "uploaded"
    assert "The import has moved on" in walk.page()
    assert walk.client.get(f"{walk.base}rows/2/").status_code == 404


def test_failed_rows_and_templates_are_files(walk: Walk) -> None:
    walk.upload()
    walk.check()
    failed = walk.client.get(f"{walk.base}errors.csv")
    assert failed.content.decode("utf-8-sig").splitlines() == [
        "Код,Наименование,Error",
        "C,forbidden,Name: Nobody may be called so.",
    ]
    template = walk.client.get("/acme/m/imports/templates/clubs.csv")
    assert template.content.decode("utf-8-sig").splitlines() == ["Code,Name", "C-1,Road Club"]
    assert walk.client.get("/acme/m/imports/templates/none.csv").status_code == 404
    sent_again = walk.client.post(
        "/acme/m/imports/new/",
        {"kind": "clubs", "source": "file", "file": SimpleUploadedFile("again.csv", failed.content)},
    )
    assert sent_again.status_code == 302


def test_who_may_do_what(walk: Walk) -> None:
    walk.upload()
    auditor = client_of(walk.cast.otto)
    assert "clubs.csv" in auditor.get("/acme/m/imports/").content.decode()
    assert auditor.get(walk.base).status_code == 200
    assert auditor.get("/acme/m/imports/new/").status_code == 403
    assert auditor.post(f"{walk.base}check/", {"column_code": "Код"}).status_code == 403
    for stranger in (walk.cast.zed, walk.cast.paul):
        for path in ("", "progress/", "errors.csv"):
            assert client_of(stranger).get(f"{walk.base}{path}").status_code == 404
    assert client_of(walk.cast.zed).get(walk.base.replace("/acme/", "/zenith/")).status_code == 404
    assert walk.state() == "uploaded"


def test_a_channel_manager_sees_what_they_sent_in_and_nothing_of_others(walk: Walk, cast: Cast) -> None:
    walk.upload()
    walk.check()
    with tenant_context(cast.acme.id):
        foreign = Import.objects.select_related("file", "job").get()
    assert foreign.job is not None
    own = Walk(cast, cast.nina)
    assert own.upload(name="own.csv").status_code == 302
    own.check()
    history = own.client.get("/acme/m/imports/").content.decode()
    assert "own.csv" in history
    assert "clubs.csv" not in history
    for path in ("", "progress/", "errors.csv", "rows/4/"):
        assert own.client.get(f"{walk.base}{path}").status_code == 404
    assert own.client.get(f"/acme/m/files/{foreign.file.id}/").status_code == 404
    assert own.client.get(f"/acme/m/jobs/{foreign.job.id}/").status_code == 404
    jobs = own.client.get("/acme/m/jobs/").content.decode()
    assert "own.csv" in jobs
    assert "clubs.csv" not in jobs
    assert "own.csv" in walk.client.get("/acme/m/imports/").content.decode()


def test_a_kind_the_reader_may_not_import_is_missing(walk: Walk, cast: Cast) -> None:
    walk.upload()
    kinds._kinds["clubs"] = replace(kinds._kinds["clubs"], permission="members.change")
    felix = client_of(cast.felix)
    assert felix.get(walk.base).status_code == 404
    assert "clubs.csv" not in felix.get("/acme/m/imports/").content.decode()
