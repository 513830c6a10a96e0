"""The library while it serves: changes are built beside what answers, and switched to as one."""

from __future__ import annotations

import json
import threading
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from index.additions import COUNT_LIMIT, SIZE_LIMIT, Additions
from index.build import build
from index.check import check
from index.errors import CorpusError
from index.library import Library, current_generation
from qa.engine import Engine
from qa.shelf import STEPS, Shelf
from tests.conftest import REPORT, ToyEncoder

ATTACKS = [
    "../../etc/passwd.txt",
    "..\\..\\windows\\win.txt",
    "/etc/cron.d/job.txt",
    "C:\\autoexec.txt",
    "nul\0l.txt",
    "a\nb\x1b[31m.txt",
    "\u202etxt.exe.txt",
    "😀📁.txt",
    "长" * 4000 + ".txt",
    "<img src=x onerror=alert(1)>.txt",
    "=HYPERLINK(1).txt",
    "metadata.csv.txt",
    ".names.json.txt",
    "a\ud800.txt",
]


class SlowEncoder(ToyEncoder):
    """Waits at the first new passage until it is let go, so that a test can ask in the middle of a build."""

    def __init__(self) -> None:
        super().__init__()
        self.reached, self.go = threading.Event(), threading.Event()
        self.go.set()
        self.fails = False

    def encode_passages(self, texts: Sequence[str]) -> np.ndarray:
        if threading.current_thread().name == "rebuild":
            self.reached.set()
            assert self.go.wait(30)
            if self.fails:
                raise RuntimeError("out of order, on purpose")
        return super().encode_passages(texts)


def write(folder: Path, name: str, city: str, goal: str = "7") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(REPORT.format(city=city, gdp="900", goal=goal), "utf-8")
    return path


def wait(shelf: Shelf, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while shelf.work.running:
        assert time.monotonic() < end, shelf.work
        time.sleep(0.01)


def rebuilt(shelf: Shelf) -> None:
    shelf.rebuild()
    wait(shelf)
    assert shelf.work.error == ""


def cities(shelf: Shelf) -> list[str]:
    return sorted(d.meta.city or "" for d in shelf.engine.library.documents)


@pytest.fixture
def slow() -> SlowEncoder:
    return SlowEncoder()


@pytest.fixture
def shelf(corpus: Path, tmp_path: Path, slow: SlowEncoder) -> Shelf:
    build([corpus], tmp_path / "index", slow)
    return Shelf(Engine(Library(tmp_path / "index"), slow))


def test_the_build_says_which_folders_to_build_from_again(shelf: Shelf, corpus: Path):
    assert shelf.corpora == [corpus.resolve()]
    assert shelf.locked == ""


def test_what_is_on_the_shelf(shelf: Shelf):
    rows = shelf.documents()
    assert [(r["city"], r["name"], r["uploaded"], r["corrected"]) for r in rows] == [
        ("宁波", "a.txt", False, False),
        ("青岛", "b.md", False, False),
    ]
    assert [shelf.serving.reports.open(r["id"]).file for r in rows] == ["a.txt", "b.md"]


def test_an_added_file_answers_after_the_switch(shelf: Shelf, tmp_path: Path):
    shelf.add(write(tmp_path / "new", "c.txt", "泉州"), "泉州2023.txt")
    assert cities(shelf) == ["宁波", "青岛"]
    rebuilt(shelf)
    assert cities(shelf) == ["宁波", "泉州", "青岛"]
    answer = shelf.engine.ask("泉州的增长目标")
    assert answer.hits[0].meta.city == "泉州"
    assert shelf.shown(answer.hits[0].file) == "泉州2023.txt"
    assert [d["uploaded"] for d in shelf.documents() if d["city"] == "泉州"] == [True]
    assert set(shelf.work.steps) == set(STEPS)
    assert all(done == total for done, total in shelf.work.steps.values())


def test_questions_are_answered_by_the_old_generation_during_a_build(shelf: Shelf, slow: SlowEncoder, tmp_path: Path):
    old, generation = shelf.engine, current_generation(shelf.folder)
    shelf.add(write(tmp_path / "new", "c.txt", "泉州"), "c.txt")
    slow.go.clear()
    slow.reached.clear()
    shelf.rebuild()
    assert slow.reached.wait(30)
    answers: list[str | None] = []

    def ask() -> None:
        for _ in range(10):
            answers.append(shelf.engine.ask("宁波的增长目标").hits[0].meta.city)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert shelf.work.running and "open" not in shelf.work.steps
    assert answers == ["宁波"] * 80
    assert shelf.engine is old and current_generation(shelf.folder) == generation
    assert shelf.engine.ask("泉州的增长目标").refusal is not None
    slow.go.set()
    wait(shelf)
    assert shelf.engine is not old
    assert shelf.engine.ask("泉州的增长目标").answered
    assert old.ask("宁波的增长目标").hits[0].meta.city == "宁波"  # a question that still holds the old engine


def test_requests_during_a_build_make_one_more_build(shelf: Shelf, slow: SlowEncoder, tmp_path: Path):
    shelf.add(write(tmp_path / "new", "c.txt", "泉州"), "c.txt")
    slow.go.clear()
    slow.reached.clear()
    shelf.rebuild()
    assert slow.reached.wait(30)
    shelf.add(write(tmp_path / "new", "d.txt", "温州"), "d.txt")
    shelf.rebuild()
    shelf.rebuild()
    assert shelf.work.round == 0
    slow.go.set()
    wait(shelf)
    assert shelf.work.round == 2
    assert cities(shelf) == ["宁波", "泉州", "温州", "青岛"]


def test_a_build_that_fails_leaves_the_old_engine(shelf: Shelf, slow: SlowEncoder, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    old = shelf.engine
    shelf.add(write(tmp_path / "new", "c.txt", "泉州"), "c.txt")
    slow.fails = True
    shelf.rebuild()
    wait(shelf)
    assert "old index still serves" in shelf.work.error and "on purpose" not in shelf.work.error
    assert "on purpose" in capsys.readouterr().err
    assert shelf.engine is old and old.ask("宁波的增长目标").answered
    slow.fails = False
    rebuilt(shelf)
    assert cities(shelf) == ["宁波", "泉州", "青岛"]


def test_a_build_elsewhere_is_told_without_paths(shelf: Shelf, tmp_path: Path):
    from index.generation import builder

    with builder(shelf.folder):
        shelf.rebuild()
        wait(shelf)
    assert "another build" in shelf.work.error
    assert str(tmp_path) not in shelf.work.error


def test_a_build_from_the_shell_is_taken_up_and_keeps_what_was_added(shelf: Shelf, slow: SlowEncoder, corpus: Path, tmp_path: Path):
    shelf.add(write(tmp_path / "new", "c.txt", "泉州"), "c.txt")
    build([corpus], shelf.folder, slow)
    assert cities(shelf) == ["宁波", "青岛"]
    rebuilt(shelf)
    assert cities(shelf) == ["宁波", "泉州", "青岛"]


def test_removed_and_put_back(shelf: Shelf, corpus: Path):
    first = shelf.documents()[0]
    shelf.remove(first["id"])
    rebuilt(shelf)
    assert cities(shelf) == ["青岛"]
    assert (corpus / "a.txt").is_file()
    assert [(s["name"], s["removed"]) for s in shelf.skipped()] == [("a.txt", True)]
    assert Shelf(shelf.engine).additions.removed == ("a.txt",)
    shelf.put_back("a.txt")
    rebuilt(shelf)
    assert cities(shelf) == ["宁波", "青岛"]
    assert shelf.skipped() == []


def test_the_last_file_is_not_taken_out(shelf: Shelf):
    shelf.remove(shelf.documents()[0]["id"])
    rebuilt(shelf)
    with pytest.raises(CorpusError, match="last file"):
        shelf.remove(shelf.documents()[0]["id"])


def test_a_removed_upload_is_deleted(shelf: Shelf, tmp_path: Path):
    stored = shelf.add(write(tmp_path / "new", "c.txt", "泉州"), "c.txt")
    rebuilt(shelf)
    shelf.remove(next(d["id"] for d in shelf.documents() if d["uploaded"]))
    assert not (shelf.additions.uploads / stored).exists()
    assert shelf.shown(stored) == "c.txt"  # it still answers until the switch
    shelf.remove(next(d["id"] for d in shelf.documents() if d["uploaded"]))
    assert dict(Additions(shelf.folder).names) == {} and shelf.additions.removed == ()
    rebuilt(shelf)
    assert cities(shelf) == ["宁波", "青岛"] and shelf.skipped() == []


def test_an_archive_is_removed_as_a_whole_and_its_members_corrected_one_by_one(shelf: Shelf, tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.write(write(tmp_path / "new", "c.txt", "泉州"), "c.txt")
        archive.write(write(tmp_path / "new", "d.txt", "温州"), "d.txt")
    shelf.add(tmp_path / "z.zip", "两市.zip")
    rebuilt(shelf)
    member = next(d for d in shelf.documents() if d["city"] == "泉州")
    assert (member["name"], member["uploaded"], member["together"]) == ("两市.zip/c.txt", True, 2)
    shelf.correct(member["id"], {"year": "2019"})
    rebuilt(shelf)
    assert {d["city"]: d["year"] for d in shelf.documents() if d["uploaded"]} == {"泉州": 2019, "温州": 2023}
    shelf.remove(next(d["id"] for d in shelf.documents() if d["city"] == "温州"))
    rebuilt(shelf)
    assert cities(shelf) == ["宁波", "青岛"]


def test_a_correction_wins_and_can_be_taken_back(shelf: Shelf):
    def row() -> dict:
        return next(d for d in shelf.documents() if d["file"] == "a.txt")

    shelf.correct(row()["id"], {"city": "中山", "year": ""})
    shelf.correct(row()["id"], {"year": "2021"})  # what is empty keeps what was said before
    rebuilt(shelf)
    assert (row()["city"], row()["province"], row()["level"], row()["year"], row()["corrected"]) == ("中山", "广东省", "city", 2021, True)
    assert shelf.engine.ask("中山的增长目标").answered
    shelf.uncorrect(row()["id"])
    rebuilt(shelf)
    assert (row()["city"], row()["year"], row()["corrected"]) == ("宁波", 2023, False)


@pytest.mark.parametrize("year", ["22", "1848", "٢٠٢٣", "2023年", "-2023", "9" * 5000])
def test_a_year_that_is_none_is_refused(shelf: Shelf, year: str):
    with pytest.raises(CorpusError, match="no year"):
        shelf.correct(shelf.documents()[0]["id"], {"year": year})


@pytest.mark.parametrize("values", [{"level": "planet"}, {"city": "长" * 41}, {"city": "a\nb"}, {"kind": "\0"}])
def test_values_that_cannot_be_are_refused(shelf: Shelf, values: dict[str, str]):
    with pytest.raises(CorpusError):
        shelf.correct(shelf.documents()[0]["id"], values)
    assert not (shelf.additions.uploads / "metadata.csv").exists()


@pytest.mark.parametrize("id", ["", "../../etc/passwd", "/etc/passwd", "a.txt", "\0", "0" * 16])
def test_a_document_that_is_not_there_cannot_be_changed(shelf: Shelf, id: str):
    for change in (shelf.remove, shelf.uncorrect, lambda d: shelf.correct(d, {"year": "2020"})):
        with pytest.raises(CorpusError, match="no such document"):
            change(id)


@pytest.mark.parametrize("name", ATTACKS, ids=lambda n: repr(n)[:24])
def test_a_name_is_shown_and_never_a_path(shelf: Shelf, tmp_path: Path, name: str):
    before = {p for p in tmp_path.rglob("*") if "index" not in p.relative_to(tmp_path).parts[:1]}
    path = write(tmp_path / "new", "c.txt", "泉州")
    stored = shelf.add(path, name)
    assert {p.name for p in shelf.additions.uploads.iterdir()} == {stored, ".names.json"}
    assert stored.removesuffix(".txt").isalnum() and len(stored) == 36
    shown = shelf.shown(stored)
    assert len(shown) <= 120 and shown.isprintable() and not {"/", "\\"} & set(shown)
    assert shown.endswith(".txt")
    after = {p for p in tmp_path.rglob("*") if "index" not in p.relative_to(tmp_path).parts[:1]}
    assert after - before == {path, path.parent}
    rebuilt(shelf)
    assert cities(shelf) == ["宁波", "泉州", "青岛"]
    assert check(shelf.folder) == []


@pytest.mark.parametrize("name", ["run.exe", "passwd", "../../etc/passwd", "a.csv", "metadata.csv", ".txt", "", "/", "..", "a.txt/"])
def test_a_kind_that_is_not_read_is_refused(shelf: Shelf, tmp_path: Path, name: str):
    path = write(tmp_path / "new", "c.txt", "泉州")
    if name == "a.txt/":
        shelf.add(path, name)
        return
    with pytest.raises(CorpusError, match="no reader"):
        shelf.add(path, name)
    assert not shelf.additions.uploads.exists()


def test_sizes_have_limits(shelf: Shelf, tmp_path: Path):
    (tmp_path / "empty.txt").touch()
    with (tmp_path / "large.txt").open("wb") as out:
        out.truncate(SIZE_LIMIT + 1)
    for name in ("empty.txt", "large.txt"):
        with pytest.raises(CorpusError, match=f"{name} has .* bytes"):
            shelf.add(tmp_path / name, name)
    with pytest.raises(CorpusError, match="cannot be stored"):
        shelf.add(tmp_path / "not-there.txt", "not-there.txt")


def test_the_number_of_files_has_a_limit(shelf: Shelf, tmp_path: Path):
    shelf.additions.uploads.mkdir()
    names = {f"{n:032x}.txt": "a.txt" for n in range(COUNT_LIMIT)}
    (shelf.additions.uploads / ".names.json").write_text(json.dumps(names))
    full = Shelf(shelf.engine)
    with pytest.raises(CorpusError, match="5000 files have been added"):
        full.add(write(tmp_path / "new", "c.txt", "泉州"), "c.txt")


def test_an_upload_that_cannot_be_read_is_listed_under_its_name(shelf: Shelf, tmp_path: Path):
    (tmp_path / "x.docx").write_bytes(b"no docx at all")
    shelf.add(tmp_path / "x.docx", "报告<b>.docx")
    shelf.add(shelf.corpora[0] / "a.txt", "again.txt")
    rebuilt(shelf)
    rows = {s["name"]: s["reason"] for s in shelf.skipped()}
    assert set(rows) == {"报告<b>.docx", "a.txt"} or set(rows) == {"报告<b>.docx", "again.txt"}
    assert "damaged" in rows["报告<b>.docx"]
    assert not any(stored in reason for reason in rows.values() for stored in shelf.additions.names)


def test_a_name_helps_where_the_text_is_silent(shelf: Shelf, tmp_path: Path):
    path = tmp_path / "c.txt"
    path.write_text("一、2022年工作回顾\n\n去年全市修路12公里，改造小区3个。\n", "utf-8")
    shelf.add(path, "泉州2023.txt")
    rebuilt(shelf)
    row = next(d for d in shelf.documents() if d["uploaded"])
    assert (row["city"], row["evidence"]["city"]) == ("泉州", "泉州2023.txt")


def test_what_it_was_built_from_must_be_known_and_there(shelf: Shelf, corpus: Path):
    corpus.rename(corpus.with_name("elsewhere"))
    assert shelf.locked == "gone" and not shelf.editable
    with pytest.raises(CorpusError, match="--corpus"):
        shelf.rebuild()
    moved = Shelf(shelf.engine, [corpus.with_name("elsewhere")])
    assert moved.editable
    rebuilt(moved)
    assert Library(shelf.folder).manifest["corpora"] == [str(corpus.with_name("elsewhere").resolve())]
    del shelf.engine.library.manifest["corpora"]
    assert Shelf(shelf.engine).locked == "unknown"


def test_open_to_everyone_means_read_only(shelf: Shelf, corpus: Path):
    closed = Shelf(shelf.engine, editable=False)
    document = closed.documents()[0]["id"]
    for change in (
        closed.rebuild,
        lambda: closed.add(corpus / "a.txt", "a.txt"),
        lambda: closed.remove(document),
        lambda: closed.put_back("a.txt"),
        lambda: closed.correct(document, {"year": "2020"}),
        lambda: closed.uncorrect(document),
    ):
        with pytest.raises(CorpusError, match="--password"):
            change()
    assert closed.locked == "open" and closed.check() == []


def test_damaged_notes_are_as_none(shelf: Shelf):
    (shelf.folder / "shelf.json").write_text("[1, 2")
    shelf.additions.uploads.mkdir()
    (shelf.additions.uploads / ".names.json").write_text("[]")
    again = Additions(shelf.folder)
    assert (dict(again.names), again.removed) == ({}, ())


def test_a_damaged_index_is_found(shelf: Shelf):
    with (current_generation(shelf.folder) / "passages.sqlite").open("ab") as out:
        out.write(b"x")
    assert shelf.check() == ["passages.sqlite differs from what was written"]


def test_a_thousand_documents_are_listed_quickly(tmp_path: Path, toy: ToyEncoder):
    for number in range(1000):
        (tmp_path / "c" / f"{number:04d}.txt").parent.mkdir(exist_ok=True)
        (tmp_path / "c" / f"{number:04d}.txt").write_text(
            f"2023年宁波市政府工作报告\n\n今年修建第{number}号道路，改造小区{number}个。\n", "utf-8"
        )
    build([tmp_path / "c"], tmp_path / "index", toy)
    shelf = Shelf(Engine(Library(tmp_path / "index"), toy))
    assert len(shelf.documents()) == 1000
    begun = time.perf_counter()
    shelf.documents()
    assert time.perf_counter() - begun < 0.5
