"""Work in other processes: order, errors, death, interruption; and the same index however many they are."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.build import build
from index.check import check
from index.encoder import open_encoder
from index.errors import ChengwenError, UnreadableFile, WorkerError
from index.library import Library
from index.workers import Workers
from tests.conftest import REPORT, ROOT, ToyEncoder

PLACES = "宁波 青岛 贵港 银川 新余 泉州 温州 金华 南宁 珠海".split()


def slowly_twice(number: int) -> int:
    time.sleep(0.002 * (7 - number % 7))  # later work is often done first
    return 2 * number


def fail_at_three(number: int) -> int:
    if number == 3:
        raise UnreadableFile("three cannot be read")
    return number


def die_at_three(number: int) -> int:
    if number == 3:
        os._exit(9)
    return number


def kill_itself(number: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return number


def long_answer(size: int) -> bytes:
    return bytes(size)


def no_answer_that_travels(number: int) -> object:
    return lambda: number


def test_answers_come_in_the_order_of_the_work():
    with Workers(2) as pool:
        assert list(pool.map(slowly_twice, range(40))) == [2 * n for n in range(40)]
        assert len(pool.pids) == 2
    with Workers(1) as pool:
        assert list(pool.map(slowly_twice, range(5))) == [0, 2, 4, 6, 8]
        assert pool.pids == []


def test_work_is_taken_only_as_it_is_needed():
    taken: list[int] = []

    def work() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    with Workers(2) as pool:
        answers = pool.map(slowly_twice, work(), ahead=2)
        assert next(answers) == 0
        assert len(taken) <= 6


def test_work_that_needs_answers_of_other_work():
    with Workers(2) as pool:
        first = pool.map(slowly_twice, range(20))
        assert list(pool.map(slowly_twice, (n + 1 for n in first))) == [4 * n + 2 for n in range(20)]


def test_long_work_and_long_answers_do_not_wait_for_each_other():
    with Workers(2) as pool:
        assert [len(a) for a in pool.map(bytes, [bytes(3_000_000)] * 20)] == [3_000_000] * 20
        assert [len(a) for a in pool.map(long_answer, [3_000_000] * 20)] == [3_000_000] * 20


def test_what_a_worker_raises_is_raised_here():
    with Workers(2) as pool, pytest.raises(UnreadableFile, match="three cannot") as raised:
        list(pool.map(fail_at_three, range(10)))
    assert "fail_at_three" in raised.value.__notes__[0]
    with Workers(2) as pool, pytest.raises(RuntimeError, match="ickl"):
        list(pool.map(no_answer_that_travels, range(3)))


@pytest.mark.parametrize(("work", "told"), [(die_at_three, "ended with 9"), (kill_itself, "signal 9, perhaps|signal 9; perhaps")])
def test_a_worker_that_dies_is_told(work, told: str):
    with Workers(2) as pool:
        pids = pool.pids
        with pytest.raises(WorkerError, match=told):
            list(pool.map(work, range(10)))
    assert not any(alive(pid) for pid in pids)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def corpus_of_many(folder: Path, copies: int = 12) -> Path:
    folder.mkdir()
    for number, place in enumerate(PLACES):
        (folder / f"{number}.txt").write_text(REPORT.format(city=place, gdp=1000 + number, goal=5) * copies, "utf-8")
    (folder / "same.txt").write_text((folder / "0.txt").read_text("utf-8"), "utf-8")
    (folder / "bad.txt").write_bytes(b"")
    (folder / "metadata.csv").write_text("file,title,province,city,level,year,kind\n3.txt,,,贵港,,2021,年鉴\n", "utf-8")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    generation = folder / "generations" / (folder / "current").read_text("utf-8")
    return {p.relative_to(generation).as_posix(): p.read_bytes() for p in sorted(generation.rglob("*")) if p.is_file()}


@pytest.mark.parametrize("model", ["static", "toy"])
def test_the_index_is_the_same_byte_for_byte(tmp_path: Path, model: str):
    corpus = corpus_of_many(tmp_path / "corpus", 40)
    summaries = []
    for name, workers, enough in (("one", 1, 0), ("three", 3, 0), ("too-little", 3, 10**9)):
        encoder = open_encoder() if model == "static" else ToyEncoder()
        summaries.append(build([corpus], tmp_path / name, encoder, workers=workers, enough=enough))
    assert contents(tmp_path / "one") == contents(tmp_path / "three") == contents(tmp_path / "too-little")
    assert summaries[0].counts == summaries[1].counts
    assert summaries[0].counts["passages"] > 1000  # several batches
    assert {s.file for s in summaries[1].skipped} == {"bad.txt", "same.txt"}
    assert check(tmp_path / "three") == []


def test_what_is_taken_over_and_what_is_new_stand_in_order(tmp_path: Path):
    corpus, model = corpus_of_many(tmp_path / "corpus"), open_encoder()
    build([corpus], tmp_path / "grown", model)
    (corpus / "4.txt").write_text(REPORT.format(city="丽水", gdp=900, goal=7) * 5, "utf-8")
    grown = build([corpus], tmp_path / "grown", model, workers=2, enough=0)
    fresh = build([corpus], tmp_path / "fresh", model)
    assert grown.documents == fresh.documents
    assert contents(tmp_path / "grown") == contents(tmp_path / "fresh")


def test_a_worker_killed_leaves_the_old_index_serving(tmp_path: Path):
    corpus = corpus_of_many(tmp_path / "corpus", 100)  # more batches than can be done ahead
    build([corpus], tmp_path / "index", ToyEncoder())
    name = (tmp_path / "index" / "current").read_text("utf-8")
    (corpus / "0.txt").write_text("2023年丽水市政府工作报告\n去年全市修路12公里，改造小区3个。", "utf-8")

    class Killing(ToyEncoder):
        """Its first passages are there: the workers are at work, and one is killed."""

        def encode_passages(self, texts):
            for task in Path("/proc/self/task").iterdir():
                for child in (task / "children").read_text().split():
                    if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                        os.kill(int(child), signal.SIGKILL)
            return super().encode_passages(texts)

    if not Path(f"/proc/self/task/{os.getpid()}/children").exists():
        pytest.skip("this system does not list a process's children")
    with pytest.raises(ChengwenError, match="worker process.*old index still serves"):
        build([corpus], tmp_path / "index", Killing(), workers=2, enough=0, force=True)
    assert (tmp_path / "index" / "current").read_text("utf-8") == name
    assert list((tmp_path / "index" / "generations").glob("*.part")) == []
    assert len(Library(tmp_path / "index").documents) == len(PLACES)


BUILD = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from index.build import build
from tests.conftest import ToyEncoder
class Slow(ToyEncoder):
    def encode_passages(self, texts):
        print("at work", flush=True)
        import time; time.sleep(0.3)
        return super().encode_passages(texts)
build([Path(sys.argv[1])], Path(sys.argv[2]), Slow(), workers=2, enough=0)
"""


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks for children in /proc")
@pytest.mark.parametrize("blow", [signal.SIGINT, signal.SIGKILL])
def test_no_worker_outlives_the_builder(tmp_path: Path, blow: signal.Signals):
    corpus = corpus_of_many(tmp_path / "corpus", 40)
    command = [sys.executable, "-c", BUILD, str(corpus), str(tmp_path / "index"), str(ROOT)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "at work\n"
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    assert len(children) >= 2
    if blow == signal.SIGINT:
        os.killpg(process.pid, blow)  # as Ctrl+C: to all of them
    else:
        process.kill()
    _, told = process.communicate(timeout=30)
    deadline = time.perf_counter() + 20
    while any(alive(int(child)) for child in children) and time.perf_counter() < deadline:
        time.sleep(0.05)
    assert not any(alive(int(child)) for child in children)
    assert not (tmp_path / "index" / "current").exists()
    if blow == signal.SIGINT:
        assert told.count("Traceback") == 1  # the builder's own, none of a worker
        assert list((tmp_path / "index" / "generations").iterdir()) == []
    build([corpus], tmp_path / "index", ToyEncoder())
    assert check(tmp_path / "index") == []
