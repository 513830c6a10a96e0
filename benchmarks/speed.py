"""Ours beside what a user would take instead: the same passages, the same model, in one run.

    python benchmarks/speed.py [--small] [--rounds 5] [--json]

Over the real reports and development questions of `../shared`; with --small over the sample corpus. Every system runs in
a process of its own (`serve.py`, `rivals.py`); in each round all of them are asked all questions one by one, each round
beginning with another system. Rivals are installed with `pip install -r requirements-bench.txt`; one that is not
installed is named and left out.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.corpus import CORPUS, QUESTIONS, REPORTS, open_built, read_rows  # noqa: E402
from benchmarks.metrics import Row, is_right  # noqa: E402
from benchmarks.rivals import SYSTEMS, missing  # noqa: E402
from index.terminal import table  # noqa: E402
from qa.engine import Engine  # noqa: E402
from qa.question import understand  # noqa: E402

DEVELOPMENT = ROOT.parent / "shared" / "eval" / "questions.jsonl"
WARM = ["城镇新增就业多少人", "环境保护怎么做", "How many new jobs?"]  # asked once before anything is timed
OFFLINE = {"HF_HUB_OFFLINE": "1", "HAYSTACK_TELEMETRY_ENABLED": "False", "TOKENIZERS_PARALLELISM": "false"}
RIVALS = [name for name in SYSTEMS if not name.startswith("ours")]
HEAD = ["system", "import s", "index s", "p50 ms", "p95 ms", "x ours", "min..max", "cpu ms", "peak MB", "recall@1", "recall@5"]


@dataclass
class Line:
    """What was measured of one way to call one system; one entry a round."""

    name: str
    mode: str
    p50: list[float] = field(default_factory=list)
    p95: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    recall: tuple[float, float] = (0.0, 0.0)

    @property
    def title(self) -> str:
        return f"{self.name}, given the city" if self.mode == "city" else self.name


class Worker:
    """A system in its own process."""

    def __init__(self, name: str, material: Path) -> None:
        self.name = name
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8")
        self._process = subprocess.Popen(
            [sys.executable, str(ROOT / "benchmarks" / "serve.py"), name, str(material)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            encoding="utf-8",
            env=os.environ | OFFLINE,
            cwd=ROOT,
        )
        self.built = self._read()
        self.peak = 0.0

    def round(self, mode: str) -> Row:
        assert self._process.stdin is not None
        self._process.stdin.write(mode + "\n")
        self._process.stdin.flush()
        found = self._read()
        self.peak = max(self.peak, found["peak"])
        return found

    def close(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
        self._errors.close()

    def _read(self) -> Row:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._process.wait()
            self._errors.seek(0)
            why = self._errors.read()[-1500:]
            self.close()
            raise RuntimeError(f"{self.name} stopped: {why}")
        found: Row = json.loads(line)
        return found


def material(engine: Engine, golds: Sequence[Row], folder: Path) -> Row:
    """What every system gets: passages with title and place, and the questions with the places they name."""
    library = engine.library
    passages = []
    for row, passage in enumerate(library.read(range(library.passages.count))):
        meta = library.documents[library.document_of(row)].meta
        passages.append({"text": passage.text, "title": meta.title, "city": meta.city})
    questions = [{"question": g["question"], "cities": list(understand(g["question"], engine.places).cities)} for g in golds]
    return {"passages": passages, "questions": questions, "folder": str(folder), "warm": WARM}


def recall(found: list[list[int]], passages: list[Row], golds: Sequence[Row]) -> tuple[float, float]:
    """Share of the questions with a right passage first, and among the first five."""
    right = [[is_right(passages[i], gold) for i in rows[:5]] for rows, gold in zip(found, golds, strict=True)]
    return sum(r[:1] == [True] for r in right) / len(right), sum(map(any, right)) / len(right)


def measure(given: Row, golds: Sequence[Row], names: Sequence[str], rounds: int) -> tuple[list[Line], dict[str, Worker]]:
    """Build all systems, one after the other, then ask them in turns."""
    lines: list[Line] = []
    workers: dict[str, Worker] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "material.json"
        path.write_text(json.dumps(given, ensure_ascii=False), "utf-8")
        try:
            for name in names:
                note(f"building {name}")
                workers[name] = Worker(name, path)
                lines += [Line(name, mode) for mode in (("plain", "city") if name in RIVALS else ("plain",))]
            for number in range(rounds):
                note(f"round {number + 1} of {rounds}")
                turn = number % len(lines)
                for line in lines[turn:] + lines[:turn]:
                    found = workers[line.name].round(line.mode)
                    seconds = sorted(found["seconds"])
                    line.p50.append(seconds[len(seconds) // 2] * 1000)
                    line.p95.append(seconds[int(len(seconds) * 0.95)] * 1000)
                    line.cpu.append(found["cpu"] / len(seconds) * 1000)
                    line.recall = recall(found["rows"], given["passages"], golds)
        finally:
            for worker in workers.values():
                worker.close()
    return lines, workers


def note(text: str) -> None:
    """Progress, only where somebody looks on."""
    if sys.stderr.isatty():
        sys.stderr.write(text + "\n")


def report(lines: Sequence[Line], workers: dict[str, Worker]) -> list[dict[str, Any]]:
    """One row a line: medians over the rounds, and the ratio to ours of the same round with its spread."""
    ours = lines[0]
    rows = []
    for line in lines:
        ratios = [a / b for a, b in zip(line.p50, ours.p50, strict=True)]
        worker = workers[line.name]
        rows.append(
            {
                "system": line.title,
                "import_s": worker.built["import"],
                "index_s": worker.built["index"],
                "p50_ms": statistics.median(line.p50),
                "p95_ms": statistics.median(line.p95),
                "first_p50_ms": line.p50[0],
                "ratio": statistics.median(ratios),
                "ratio_min": min(ratios),
                "ratio_max": max(ratios),
                "cpu_ms": statistics.median(line.cpu),
                "peak_mb": worker.peak,
                "recall@1": line.recall[0],
                "recall@5": line.recall[1],
            }
        )
    return rows


def shown(row: dict[str, Any]) -> list[str]:
    """A row for the table."""
    spread = f"{row['ratio_min']:.2f}..{row['ratio_max']:.2f}"
    times = [f"{row[key]:.1f}" for key in ("import_s", "index_s", "p50_ms", "p95_ms")]
    rest = [f"{row['cpu_ms']:.1f}", f"{row['peak_mb']:.0f}", f"{row['recall@1']:.3f}", f"{row['recall@5']:.3f}"]
    return [row["system"], *times, f"{row['ratio']:.2f}", spread, *rest]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="the sample corpus instead of the real reports")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="rounds over all questions (default 5)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    if options.rounds < 1:
        parser.error("--rounds must be 1 or more")
    small = options.small or not (REPORTS.is_dir() and DEVELOPMENT.is_file())
    folder, questions, built = (CORPUS, QUESTIONS, "corpus") if small else (REPORTS, DEVELOPMENT, "reports")
    golds = read_rows(questions)
    given = material(open_built(folder, ROOT / "built" / built), golds, folder)
    absent = {name: module for name in SYSTEMS if (module := missing(name))}
    load = os.getloadavg()[0]
    lines, workers = measure(given, golds, [name for name in SYSTEMS if name not in absent], options.rounds)
    rows = report(lines, workers)
    facts = {
        "material": built,
        "passages": len(given["passages"]),
        "questions": len(golds),
        "rounds": options.rounds,
        "cores": os.cpu_count(),
        "load": [round(load, 2), round(os.getloadavg()[0], 2)],
        "not installed": absent,
    }
    if options.json:
        sys.stdout.write(json.dumps(facts | {"systems": rows}, ensure_ascii=False) + "\n")
        return 0
    if small and not options.small:
        sys.stdout.write("../shared is not there: the sample corpus is measured\n")
    sys.stdout.write("".join(f"{name}: {module} is not installed (requirements-bench.txt)\n" for name, module in absent.items()))
    sys.stdout.write(table(HEAD, [shown(row) for row in rows]))
    sys.stdout.write(
        f"\n{facts['passages']} passages, {len(golds)} questions, {options.rounds} rounds; medians over the rounds; x ours: p50 over "
        f"ours in the same round\nours when first asked: p50 {rows[0]['first_p50_ms']:.1f} ms; {facts['cores']} cores, load average "
        f"{facts['load'][0]} before and {facts['load'][1]} after\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
