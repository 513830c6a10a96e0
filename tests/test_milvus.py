"""The store on Milvus: words, filters, generations, a server, and what goes wrong; vectors are in tests/test_stores.py."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.build import build
from index.check import check
from index.errors import IndexFolderError, StoreError
from index.generation import builder, write_generation
from index.lexical import Lexical
from index.library import Library
from index.stores.exact import ExactStore
from index.stores.milvus import MARKER, MOST, PARTS, Milvus, check_address, row_filter
from index.stores.milvus_store import MilvusStore
from index.stores.milvus_words import MilvusWords
from qa.engine import Engine
from tests.conftest import ROOT, ToyEncoder, needs_milvus
from tests.test_lexical import TEXTS

QUESTIONS = ["宁波的学校", "青岛2023年生产总值增长目标", "污水处理站有多少座", "两市的粮食产量", "贵港的学校"]
LINES = """
import sys
from milvus_lite.adapter.grpc.server import run_server
run_server(sys.argv[1], "127.0.0.1", int(sys.argv[2]))
"""
HOLD = """
import sys
from pathlib import Path
from index.library import Library
Library(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.readline()
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Milvus server: Milvus Lite's, in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", LINES, str(tmp_path_factory.mktemp("server")), str(port)], stdout=subprocess.DEVNULL)
    uri = f"http://127.0.0.1:{port}"
    for _ in range(240):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.25)
    yield uri
    process.terminate()
    process.wait(20)


def collections(uri: str) -> list[str]:
    return sorted(Milvus(uri, "").client.list_collections())


def same_answers(ours: Path, theirs: Path, toy: ToyEncoder) -> None:
    """Both indexes give the same hits with the same scores, marks and comparisons."""
    left, right = Engine(Library(ours), toy), Engine(Library(theirs), toy)
    for question in QUESTIONS:
        a, b = left.ask(question), right.ask(question)
        assert [h.row for h in a.hits] == [h.row for h in b.hits] != []
        np.testing.assert_allclose([h.score for h in a.hits], [h.score for h in b.hits], atol=1e-5)
        assert [(h.sentence, h.highlights) for h in a.hits] == [(h.sentence, h.highlights) for h in b.hits]
        assert (a.answered, a.span) == (b.answered, b.span)
    for question in ("各市新增就业多少人?", "各市怎么办好教育?"):
        assert left.compare(question).rows == right.compare(question).rows


# What needs no Milvus


@given(st.sets(st.integers(0, 60), min_size=1))
def test_a_filter_allows_exactly_its_rows(rows: set[int]):
    expression = row_filter(np.asarray(sorted(rows), np.int64))
    assert {row for row in range(62) if eval(expression, {"row": row})} == rows


def test_long_filters_stay_shallow():
    expression = row_filter(np.arange(0, 1000, 2))
    depth = np.cumsum([{"(": 1, ")": -1}.get(c, 0) for c in expression]).max()
    assert depth <= 10
    assert row_filter(np.arange(0, 3000, 2)).startswith("row in [0, 2, ")
    assert row_filter(None) == ""


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("reports", "no address of Milvus"),
        ("http://root:secret@milvus.example:19530", "MILVUS_TOKEN"),
    ],
)
def test_an_address_that_cannot_be_used_is_told(uri: str, message: str):
    with pytest.raises(StoreError, match=message) as caught:
        check_address(uri)
    assert "secret" not in str(caught.value)


def test_without_the_packages_the_pip_line_is_told(corpus: Path, tmp_path: Path):
    code = "import sys; sys.modules['pymilvus'] = None; import build_index; sys.exit(build_index.main(sys.argv[1:]))"  # as if not installed
    command = [sys.executable, "-c", code, str(corpus), "--index", str(tmp_path / "i"), "--store", "milvus"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert "pymilvus not installed" in done.stderr
    assert "pip install pymilvus==" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_pip_line_is_the_one_of_the_requirements():
    from index.stores.milvus import PACKAGES

    pinned = (ROOT / "requirements-dev.txt").read_text("utf-8").splitlines()
    assert set(PACKAGES.split()[2:]) <= set(pinned)


# Words


@needs_milvus
def test_words_score_as_the_default_index(tmp_path: Path):
    Lexical.build(TEXTS, tmp_path / "truth")
    truth = Lexical.open(tmp_path / "truth")
    place = Milvus(str(tmp_path / "words.db"), "test")
    Lexical.build(TEXTS, tmp_path / "words")
    MilvusWords.write(tmp_path / "words", place)
    ours = MilvusWords(place, tmp_path / "words")
    assert [p.name for p in (tmp_path / "words").iterdir()] == ["words.json"]
    allowed = np.asarray([0, 2, 4])
    for question in (["农村", "污水"], ["学校"], ["污水", "污水"], ["没有的词"], []):
        for only in (None, allowed):
            assert sorted(ours.best(question, 3, only)) == sorted(truth.best(question, 3, only))
        rows = np.asarray([3, 0, 3, 5])
        np.testing.assert_allclose(ours.scores(question, rows), truth.scores(question, rows), atol=1e-6)
    assert ours.best(["污水"], 3, np.zeros(0, np.int64)).tolist() == []
    for word in ("学校", "污水", "没有"):
        assert ours.frequency(word) == truth.frequency(word)
        assert ours.holds(word, rows).tolist() == truth.holds(word, rows).tolist()
        assert ours.rows_with(word).tolist() == truth.rows_with(word).tolist()


@needs_milvus
def test_no_words_at_all(tmp_path: Path):
    place = Milvus(str(tmp_path / "words.db"), "test")
    Lexical.build(["", "🙂"], tmp_path / "words")
    MilvusWords.write(tmp_path / "words", place)
    ours = MilvusWords(place, tmp_path / "words")
    assert ours.count == 2
    assert ours.scores(["污水"], np.asarray([0, 1])).tolist() == [0, 0]
    assert ours.rows_with("污水").tolist() == []


@needs_milvus
@pytest.mark.slow
def test_a_word_in_more_passages_than_milvus_gives_at_once(tmp_path: Path):
    place = Milvus(str(tmp_path / "words.db"), "test")
    texts = ["学校" if n % 7 else "道路" for n in range(MOST + 4000)]
    Lexical.build(texts, tmp_path / "words")
    MilvusWords.write(tmp_path / "words", place)
    ours = MilvusWords(place, tmp_path / "words")
    assert ours.rows_with("学校").tolist() == [n for n, text in enumerate(texts) if text == "学校"]
    with pytest.raises(ValueError, match="at most"):
        ours.best(["学校"], MOST + 1)


@needs_milvus
def test_beyond_the_exact_size_most_neighbours_are_found_and_filters_hold(tmp_path: Path):
    vectors = np.random.default_rng(3).normal(size=(3000, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    place = Milvus(str(tmp_path / "hnsw.db"), "test")
    MilvusStore.write(ExactStore(vectors), place, "passages", exact_up_to=100)
    store, truth = MilvusStore(place, "passages"), ExactStore(vectors)
    assert place.open("passages")[2] == "HNSW"
    shares = [len(set(store.search(q, 10)[0]) & set(truth.search(q, 10)[0])) / 10 for q in vectors[:50]]
    assert np.mean(shares) >= 0.98
    for query in vectors[:20]:
        for allowed in (np.asarray([17, 1200, 2999]), np.arange(0, 3000, 7)):
            rows, scores = store.search(query, 3, allowed)
            np.testing.assert_array_equal(rows, truth.search(query, 3, allowed)[0])
            np.testing.assert_allclose(scores, truth.search(query, 3, allowed)[1], atol=1e-5)
    many = np.arange(500, 3000)
    shares = [len(set(store.search(q, 10, many)[0]) & set(truth.search(q, 10, many)[0])) / 10 for q in vectors[:50]]
    assert np.mean(shares) >= 0.98


# Whole indexes


@needs_milvus
def test_an_index_on_milvus_answers_as_the_default_one(corpus: Path, tmp_path: Path, toy: ToyEncoder):
    build([corpus], tmp_path / "faiss", toy)
    build([corpus], tmp_path / "milvus", toy, store="milvus")
    library = Library(tmp_path / "milvus")
    assert isinstance(library.passages, MilvusStore)
    assert library.manifest["store"] == {"name": "milvus", "uri": None}
    same_answers(tmp_path / "milvus", tmp_path / "faiss", toy)
    assert check(tmp_path / "milvus") == []


@needs_milvus
def test_renewing_takes_over_and_switches(corpus: Path, tmp_path: Path, toy: ToyEncoder):
    folder = tmp_path / "index"
    build([corpus], folder, toy, store="milvus")
    assert not build([corpus], folder, toy, store="milvus").rebuilt
    before = Library(folder)
    toy.encoded = 0
    (corpus / "b.md").write_text("2023年贵港市政府工作报告\n\n一、2022年工作回顾\n\n去年全市修路12公里，改造小区3个。", "utf-8")
    build([corpus], folder, toy, store="milvus")
    assert toy.encoded == 2  # one passage and its sentence
    assert check(folder) == []
    assert before.passages.count == len(before.passages.vectors(np.arange(before.passages.count)))  # still open, still whole
    build([corpus], tmp_path / "fresh", toy)
    same_answers(folder, tmp_path / "fresh", toy)
    toy.encoded = 0
    assert build([corpus], folder, toy).rebuilt  # back to the default store
    assert toy.encoded == 0
    assert (Library(folder).generation / "passages.faiss").is_file()
    same_answers(folder, tmp_path / "fresh", toy)


@needs_milvus
def test_a_server_holds_two_generations_and_no_more(corpus: Path, tmp_path: Path, toy: ToyEncoder, server: str):
    folder = tmp_path / "index"
    build([corpus], tmp_path / "faiss", toy)
    names = []
    for _ in range(3):
        build([corpus], folder, toy, force=True, store="milvus", uri=server)
        names.append(Milvus.of(Library(folder).generation, server))
        same_answers(folder, tmp_path / "faiss", toy)
    assert collections(server) == sorted(name.collection(part) for name in names[1:] for part in PARTS)
    build([corpus], folder, toy, force=True)
    build([corpus], folder, toy, force=True)
    assert collections(server) == []


@needs_milvus
def test_what_a_killed_or_failed_build_left_on_a_server_is_dropped(tmp_path: Path, server: str):
    left = tmp_path / "index" / "generations" / "20260101-000000-000000001-1.part"
    left.mkdir(parents=True)
    place = Milvus.of(left, server)
    place.mark(left)
    MilvusStore.write(ExactStore(np.eye(4, dtype=np.float32)), place, "passages")
    assert len(collections(server)) == 1
    with builder(tmp_path / "index"):
        assert collections(server) == []
        assert not left.exists()

    def fails(work: Path) -> None:
        Milvus.of(work, server).mark(work)
        MilvusStore.write(ExactStore(np.eye(4, dtype=np.float32)), Milvus.of(work, server), "passages")
        raise OSError(28, "No space left on device")

    with pytest.raises(IndexFolderError, match="No space"):
        write_generation(tmp_path / "index", {}, [fails])
    assert collections(server) == []


@needs_milvus
def test_a_collection_that_is_gone_is_told(corpus: Path, tmp_path: Path, toy: ToyEncoder, server: str):
    folder = tmp_path / "index"
    build([corpus], folder, toy, store="milvus", uri=server)
    Milvus.of(Library(folder).generation, server).drop()
    with pytest.raises(IndexFolderError, match="has no collection .*_passages any more; rebuild"):
        Library(folder)
    assert "has no collection" in check(folder)[0]
    build([corpus], folder, toy, force=True, store="milvus", uri=server)
    assert check(folder) == []


@needs_milvus
def test_the_token_is_written_nowhere(corpus: Path, tmp_path: Path, toy: ToyEncoder, server: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MILVUS_TOKEN", "root:hush-hush")
    folder = tmp_path / "index"
    build([corpus], folder, toy, store="milvus", uri=server)
    assert [p for p in folder.rglob("*") if p.is_file() and b"hush-hush" in p.read_bytes()] == []
    assert json.loads((Library(folder).generation / MARKER).read_text("utf-8")) == {"uri": server}


@needs_milvus
def test_no_server_there_is_told_and_the_old_index_serves(corpus: Path, tmp_path: Path, toy: ToyEncoder):
    build([corpus], tmp_path / "index", toy)
    with pytest.raises(StoreError, match=r"no Milvus answers at http://127.0.0.1:9 "):
        build([corpus], tmp_path / "index", toy, store="milvus", uri="http://127.0.0.1:9")
    assert check(tmp_path / "index") == []
    assert Library(tmp_path / "index").manifest["store"]["name"] == "faiss"


@needs_milvus
def test_a_file_open_elsewhere_is_told(corpus: Path, tmp_path: Path, toy: ToyEncoder):
    folder = tmp_path / "index"
    build([corpus], folder, toy, store="milvus")
    other = subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    assert other.stdout.readline() == "open\n"
    with pytest.raises(StoreError, match="another process has it open"):
        Library(folder)
    toy.encoded = 0
    build([corpus], folder, toy, force=False, store="milvus")
    assert toy.encoded == 0  # nothing changed
    (corpus / "a.txt").unlink()
    build([corpus], folder, toy, store="milvus")  # what cannot be read is made again
    assert check(folder) == []
    other.communicate("\n", timeout=60)
    assert other.returncode == 0


@needs_milvus
def test_from_the_shell_nothing_hangs_and_nothing_is_printed_beside(corpus: Path, tmp_path: Path):
    made = [sys.executable, "-W", "error", "build_index.py", str(corpus), "--index", str(tmp_path / "i"), "--store", "milvus"]
    asked = [sys.executable, "-W", "error", "-m", "qa", "ask", "宁波新建学校几所", "--index", str(tmp_path / "i")]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MILVUS")}
    for command in ([*made, "--uri", str(tmp_path / "shared.db")], made, asked):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, env=environment)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert "6所" in done.stdout
    assert list((tmp_path / "shared.db" / "collections").iterdir()) != []


@needs_milvus
def test_the_benchmarks_of_stores_run(corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    from benchmarks import milvus_size, room, stores
    from index.encoder import open_encoder

    questions = tmp_path / "questions.jsonl"
    questions.write_text("".join(json.dumps({"question": q}) + "\n" for q in QUESTIONS), "utf-8")
    for name in ("faiss", "milvus"):
        build([corpus], tmp_path / name, open_encoder(), store=name)
    assert stores.main([str(tmp_path / "faiss"), str(tmp_path / "milvus"), "--questions", str(questions)]) == 0
    assert f"OK: {len(QUESTIONS)} of {len(QUESTIONS)} questions" in capsys.readouterr().out
    (corpus / "a.txt").unlink()
    build([corpus], tmp_path / "other", open_encoder())
    assert stores.main([str(tmp_path / "faiss"), str(tmp_path / "other"), "--questions", str(questions)]) == 1
    assert "FAIL" in capsys.readouterr().out
    assert room.main([str(tmp_path / "faiss"), "--passages", "1000"]) == 0
    printed = capsys.readouterr().out
    library = Library(tmp_path / "faiss")
    size = (library.generation / "passages.faiss").stat().st_size
    assert f"{size:,}" in printed
    assert room.shown(size / library.passages.count * 1000) in printed
    assert milvus_size.main(["--passages", "200", "--folder", str(tmp_path / "size")]) == 0
    assert "200 passages, 900 sentences: written in" in capsys.readouterr().out
