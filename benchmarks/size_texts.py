"""Reports for measuring at size: many places and years, their sentences recombined from texts at hand.

Source are the raw texts of ../shared/training/text where they are on the machine, else the digests in `corpus/`. A
sentence is used more than once, each time with other digits and in every second case with a clause of another sentence,
so that vectors lie as densely as those of real reports and hardly two are the same. The same arguments give the same
files.
"""

from __future__ import annotations

import lzma
import random
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from index.divisions import Division, Divisions
from index.text import sentence_spans

ROOT = Path(__file__).resolve().parents[1]
TEXTS = ROOT.parent / "shared" / "training" / "text"
YEARS = range(2017, 2025)
PER_REPORT = 72  # passages; so many has a real work report of a city
RARE = 3  # passages of the short report
_POOL = 40  # sentences at hand for each passage, at most
PARAGRAPH = 205  # characters from which a paragraph ends; each becomes about one passage


def write_reports(folder: Path, passages: int) -> None:
    """Write reports of about so many passages: eight years of each place, and of one more place a single short report."""
    pool, draw = sentences(_POOL * passages), random.Random(2026)
    folder.mkdir(parents=True, exist_ok=True)
    *common, rare = places(max(2, round(passages / PER_REPORT / len(YEARS))) + 1)
    for place in common:
        for year in YEARS:
            (folder / f"{place.short}-{year}.txt").write_text(report(place.name, year, PER_REPORT, pool, draw), "utf-8")
    (folder / f"{rare.short}-{YEARS[0]}.txt").write_text(report(rare.name, YEARS[0], RARE, pool, draw), "utf-8")


def places(count: int) -> list[Division]:
    """Cities first, then counties, each with a short name of its own; all names are of three characters.

    Raises:
        ValueError: the table does not hold so many.
    """
    table = [d for level in ("city", "county") for d in Divisions.load().all if d.level == level]
    shared = Counter(d.short for d in Divisions.load().all)
    found = [d for d in table if shared[d.short] == 1 and len(d.name) == 3 and d.name.endswith(("市", "县", "区"))]
    if len(found) < count:
        raise ValueError(f"{count} places are wanted, the table has {len(found)} of unmistakable name; ask for fewer passages")
    return found[:count]


def report(place: str, year: int, passages: int, pool: list[str], draw: random.Random) -> str:
    """A work report of a place: a review of the year before and a plan of the year."""
    lines = [f"{year}年{place}人民政府工作报告", ""]
    half = max(1, passages // 2)
    for heading, size in ((f"一、{year - 1}年工作回顾", half), (f"二、{year}年工作安排", passages - half)):
        lines.append(heading)
        lines += [paragraph(pool, draw) for _ in range(size)]
    return "\n".join(lines) + "\n"


def paragraph(pool: list[str], draw: random.Random) -> str:
    """Neighbouring sentences of the pool, varied."""
    at = draw.randrange(len(pool))
    found: list[str] = []
    while sum(map(len, found)) < PARAGRAPH:
        found.append(varied(pool[at % len(pool)], pool, draw))
        at += 1
    return "".join(found)


def varied(sentence: str, pool: list[str], draw: random.Random) -> str:
    """The sentence with digits drawn anew and, half of the time, one clause of another sentence in place of its own."""
    clauses = sentence.split("，")
    if draw.random() < 0.5 and len(clauses) > 1:
        others = pool[draw.randrange(len(pool))].split("，")
        clauses[draw.randrange(len(clauses) - 1)] = others[0].rstrip("。")
    return re.sub(r"[1-9]", lambda _: str(draw.randint(1, 9)), "，".join(clauses))


def sentences(most: int) -> list[str]:
    """Up to `most` sentences at hand of 12 to 150 characters that end with a full stop."""
    found = (line[a:b] for line in _lines() for a, b in sentence_spans(line))
    return list(islice((s for s in found if 12 <= len(s) <= 150 and s.endswith("。")), most))


def _lines() -> Iterator[str]:
    for path in sorted(TEXTS.glob("*.txt.xz")):
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            yield from (line.strip() for line in lines)
    if not TEXTS.is_dir():
        for path in sorted((ROOT / "corpus").glob("*.txt")) + sorted((ROOT / "corpus").glob("*.md")):
            yield from path.read_text("utf-8").splitlines()
