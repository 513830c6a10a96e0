"""What scale does to quality: the development questions over the reports alone, and with many other texts beside them.

    python benchmarks/distractors.py [--passages 60000]

The other texts are national and provincial work reports and evening news from ../shared/training/text; they are indexed
as documents like any other. Prints both tables and how far recall@5 falls.
"""

from __future__ import annotations

import argparse
import json
import lzma
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tqdm import tqdm  # noqa: E402

from benchmarks.quality import COLUMNS, run  # noqa: E402
from index.build import build  # noqa: E402
from index.encoder import open_encoder  # noqa: E402
from index.terminal import table  # noqa: E402
from qa.engine import Engine  # noqa: E402
from qa.fuse import Weights  # noqa: E402

SHARED = ROOT.parent / "shared"
SOURCES = ("gwr_provincial_2025", "gwr_national_1954_2025", "xwlb")
CHARACTERS = 220  # of a passage, to know when enough text is written
PER_FILE = 400_000


def write_texts(folder: Path, passages: int) -> None:
    """Text files of about that many passages."""
    folder.mkdir(parents=True, exist_ok=True)
    left = passages * CHARACTERS
    for name in SOURCES:
        with lzma.open(SHARED / "training" / "text" / f"{name}.txt.xz", "rt", encoding="utf-8") as lines:
            part: list[str] = []
            number = 0
            for line in lines:
                if left <= 0:
                    break
                part.append(line)
                left -= len(line)
                if sum(map(len, part[-50:])) and sum(map(len, part)) > PER_FILE:
                    (folder / f"{name}-{number:03}.txt").write_text("".join(part), "utf-8")
                    part, number = [], number + 1
            if part:
                (folder / f"{name}-{number:03}.txt").write_text("".join(part), "utf-8")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=60_000)
    options = parser.parse_args(arguments)
    if not (SHARED / "training" / "text").is_dir():
        sys.stderr.write("error: the raw texts (../shared/training/text) are not on this machine\n")
        return 2
    texts = ROOT / "built" / "distractor-texts"
    if not texts.is_dir():
        write_texts(texts, int(options.passages * 1.1))
    golds = [json.loads(line) for line in (SHARED / "eval" / "questions.jsonl").read_text("utf-8").splitlines()]
    rows: list[list[str]] = []
    recalls: list[float] = []
    for name, corpora in (("reports", [SHARED / "reports"]), ("and distractors", [SHARED / "reports", texts])):
        with tqdm(desc=name, file=sys.stderr, disable=None) as bar:
            folder = ROOT / "built" / name.replace(" ", "-")
            summary = build(
                corpora, folder, open_encoder(), lambda step, done, total, bar=bar: bar.set_postfix_str(f"{step} {done}/{total}")
            )
        metrics, _, seconds = run(Engine.open(folder), golds, Weights())
        for group in metrics:
            rows.append(
                [
                    name if group == "all" else "",
                    str(summary.counts["passages"]),
                    group,
                    *(f"{metrics[group].get(c, 0):.3f}" for c in COLUMNS),
                ]
            )
        rows[-len(metrics)].append(f"{seconds[len(seconds) // 2] * 1000:.1f} / {seconds[int(len(seconds) * 0.95)] * 1000:.1f}")
        recalls.append(metrics["all"]["recall@5"])
    rows = [r + [""] * (len(COLUMNS) + 4 - len(r)) for r in rows]
    sys.stdout.write(table(["index", "passages", "questions", *COLUMNS, "ms p50 / p95"], rows) + "\n")
    fall = recalls[0] - recalls[1]
    sys.stdout.write(f"{'OK  ' if fall <= 0.03 else 'FAIL'} recall@5 falls by {fall:.3f}, at most 0.03 is expected\n")
    return int(fall > 0.03)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
