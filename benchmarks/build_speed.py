"""How fast an index is built and how much memory that takes.

    python benchmarks/build_speed.py [--passages 100000] [--workers N] [--json]
    python benchmarks/build_speed.py --steps

Text is taken from ../shared/training/text, in copies with other figures in another order where there is too little of
it, or else made of our own templates; the build runs in a fresh process. The rate is also given by processor time,
because other programs on the machine slow the clock and not (as much) the work: two free cores would do two seconds
of it in one. `--steps` tells what one passage costs in each step, in one process. Both print to standard output.
"""

from __future__ import annotations

import argparse
import json
import lzma
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from index.build import build  # noqa: E402
from index.bulk_words import bulk_words  # noqa: E402
from index.digest import digest  # noqa: E402
from index.encoder import StaticEncoder, open_encoder  # noqa: E402
from index.reading import Source, read_source  # noqa: E402
from index.terminal import table  # noqa: E402
from index.writer import IndexWriter  # noqa: E402

TEXTS = ROOT.parent / "shared" / "training" / "text"
SOURCES = ("gwr_provincial_2025", "gwr_national_1954_2025", "xwlb", "laws")
CHARACTERS = 130  # of a passage on average over these texts, to know when enough is written
PER_FILE = 400_000  # characters
SAMPLE = 5_000  # passages of `--steps`
BATCH = 512
_TEMPLATES = (
    "全市{0}{1}完成{n}亿元，{2}增长{m}%，{3}{4}成效明显。",
    "推进{0}和{1}建设，新增{2}{n}个，改造{3}{m}处，{4}得到改善。",
    "围绕{0}、{1}、{2}，出台{3}措施{n}条，惠及{4}{m}万人；",
    "坚持{0}与{1}并重，{2}{3}持续提升，{4}水平位居前列。",
)


def paragraphs() -> Iterator[str]:
    """Lines of the training texts, or of our own making; the second time round with other figures."""
    for turn in count():
        lines = list(_training() if TEXTS.is_dir() else _made(turn))
        if turn:
            random.Random(turn).shuffle(lines)
        for line in lines:
            yield re.sub(r"\d", lambda m, turn=turn: str((int(m[0]) + turn) % 10), line) if turn else line


def _training() -> Iterator[str]:
    for name in SOURCES:
        with lzma.open(TEXTS / f"{name}.txt.xz", "rt", encoding="utf-8") as lines:
            yield from (line for line in lines if line.strip())


def _made(turn: int) -> Iterator[str]:
    """100,000 paragraphs of four sentences each, of everyday words."""
    rng = random.Random(turn)
    rows = (ROOT / "index" / "data" / "everyday.tsv").read_text("utf-8").splitlines()
    words = [word for row in rows for word in row.split("\t")[1].split(" ") if len(word) > 1]
    for _ in range(100_000):
        told = (rng.choice(_TEMPLATES).format(*rng.choices(words, k=5), n=rng.randrange(9999), m=rng.randrange(99)) for _ in range(4))
        yield "".join(told) + "\n"


def write_texts(folder: Path, passages: int) -> None:
    """Files of about so many passages."""
    folder.mkdir(parents=True)
    left = passages * CHARACTERS
    source = paragraphs()
    for number in count():
        part, size = [], 0
        while size < min(PER_FILE, left):
            part.append(next(source))
            size += len(part[-1])
        (folder / f"{number:05}.txt").write_text("".join(part), "utf-8")
        left -= size
        if left <= 0:
            return


def build_here(corpus: Path, folder: Path, workers: int) -> dict[str, float]:
    """Build and measure; for a process of its own."""
    encoder = open_encoder()
    begun, steps = time.perf_counter(), {}

    def progress(step: str, done: int, total: int) -> None:
        steps[step] = time.perf_counter() - begun

    summary = build([corpus], folder, encoder, progress, force=True, workers=workers)
    used = os.times()
    cpu = used.user + used.system + used.children_user + used.children_system
    return {
        **summary.counts,
        "texts_s": steps["texts"],
        "write_s": summary.seconds - steps["texts"],
        "wall_s": summary.seconds,
        "cpu_s": cpu,
    }


def in_a_fresh_process(corpus: Path, folder: Path, workers: int) -> dict[str, float]:
    """`build_here` elsewhere, and the most memory that all its processes held at once (sum of their resident sizes)."""
    command = [sys.executable, __file__, "--here", str(corpus), str(folder), "--workers", str(workers)]
    load = os.getloadavg()[0]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(map(_resident, _family(process.pid))))
        time.sleep(0.1)
    assert process.stdout is not None
    if process.returncode:
        raise SystemExit(process.returncode)
    found: dict[str, float] = json.loads(process.stdout.read())
    rates = {"passages_per_s": found["passages"] / found["wall_s"], "passages_per_cpu_s": found["passages"] / found["cpu_s"]}
    return {"workers": workers, **found, **rates, "peak_mb": peak / 1e6, "load_before": load}


def _family(pid: int) -> Iterator[int]:
    """A process and all below it (Linux)."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            for child in task.read_text().split():
                yield from _family(int(child))
        except OSError:  # it has just ended
            continue


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def steps(corpus: Path, folder: Path) -> list[list[str]]:
    """Processor time of each step for one passage, everything prepared beforehand."""
    encoder = open_encoder()
    assert isinstance(encoder, StaticEncoder)
    digest([("准备。", ((0, 3),))], encoder, bulk=True)
    times: dict[str, float] = {}

    def timed(name: str, work: Callable[[], object]) -> object:
        begun = time.process_time()
        made = work()
        times[name] = times.get(name, 0.0) + time.process_time() - begun
        return made

    passages = 0
    folder.mkdir(parents=True)
    with IndexWriter(folder, encoder.dimension, True) as out:
        for path in sorted(corpus.glob("*.txt")):
            contents = timed("read and split", lambda path=path: read_source(Source(path, path.name)))
            for report in contents.reports:  # type: ignore[attr-defined]
                timed("write", lambda report=report: out.report(report.document, report.passages))
                for start in range(0, len(report.passages), BATCH):
                    texts = [(p.text, p.sentences) for p in report.passages[start : start + BATCH]]
                    words = timed("words", lambda texts=texts: bulk_words().count([t for t, _ in texts]))
                    rest = timed("words, vectors and pieces", lambda texts=texts: digest(texts, encoder, bulk=True))
                    timed("write", lambda w=words, r=rest: out.batch(w, r.passages, r.sentences, r.tokens))
                    passages += len(texts)
        timed("sort words (BM25)", out.finish)
    times["vectors and pieces"] = times.pop("words, vectors and pieces") - times["words"]
    whole = sum(times.values())
    rows = [[name, f"{t / passages * 1e6:.1f}", f"{t / whole:.0%}"] for name, t in sorted(times.items(), key=lambda row: -row[1])]
    return [*rows, ["all", f"{whole / passages * 1e6:.1f}", "100%"]]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--steps", action="store_true")
    parser.add_argument("--here", nargs=2, type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.here:
        sys.stdout.write(json.dumps(build_here(*options.here, options.workers)) + "\n")
        return 0
    # On the disk, not in a temporary file system in memory.
    (ROOT / "built").mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="build-speed-", dir=ROOT / "built"))
    try:
        write_texts(folder / "texts", SAMPLE if options.steps else options.passages)
        if options.steps:
            sys.stdout.write(table(["step", "µs of processor time a passage", "share"], steps(folder / "texts", folder / "index")) + "\n")
            return 0
        found = in_a_fresh_process(folder / "texts", folder / "index", options.workers)
    finally:
        shutil.rmtree(folder)
    if options.json:
        sys.stdout.write(json.dumps(found) + "\n")
    else:
        shown = [[name, f"{value:,.1f}" if isinstance(value, float) else f"{value:,}"] for name, value in found.items()]
        sys.stdout.write(table(["", ""], shown) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
