"""How fast, how exact and how large search is in a library of any size.

    python benchmarks/size.py [--passages 1000000] [--questions 200] [--json]
    python benchmarks/size.py --passages 20000 --flat-until 5000 --recall 0.95

Writes reports of recombined sentences (`size_texts`), builds an index of them as anyone would, multiplies it to the size
asked (`size_copies`; all under `built/`), and asks questions through `Engine.ask` in a process of its own: without a
scope, with a place, a year, both. Prints OK or FAIL for each aim; exit code 1 where one is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

GLOSSARY = ROOT / "qa" / "data" / "glossary.tsv"
BASE = 50_000  # passages that are built from texts; the others are copies
YEAR = 2020  # of the filter by year
KINDS = ("any", "place", "year", "place and year")


def main(arguments: list[str]) -> int:
    options = parse(arguments)
    if options.measure:
        sys.stdout.write(json.dumps(measure(options.measure, options.questions)) + "\n")
        return 0
    found = prepare(options.built, options.passages, options.flat_until)
    command = [sys.executable, __file__, "--measure", str(found.pop("index")), "--questions", str(options.questions)]
    found |= json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    if options.json:
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    else:
        sys.stdout.write("".join(f"{name}: {value}\n" for name, value in found.items()))
    missed = 0
    for name, value, aim, right in aims(found, options):
        missed += not right
        sys.stderr.write(f"{'OK  ' if right else 'FAIL'} {name}: {value}, aim {aim}\n")
    return int(missed > 0)


def parse(arguments: list[str]) -> argparse.Namespace:
    """The command's arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=1_000_000)
    parser.add_argument("--questions", type=int, default=200, help="of each kind")
    parser.add_argument("--flat-until", type=int, help="vectors up to which search stays flat (default: as the builder chooses)")
    parser.add_argument("--p95", type=float, default=80, help="milliseconds a question may take")
    parser.add_argument("--recall", type=float, default=0.98, help="recall@10 against exact search")
    parser.add_argument("--open", type=float, default=2, help="seconds to open the index")
    parser.add_argument("--memory", type=float, default=3, help="resident GB after all questions")
    parser.add_argument("--built", type=Path, default=ROOT / "built", metavar="DIR", help="folder for texts and indexes")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--measure", type=Path, metavar="INDEX", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def aims(found: dict[str, Any], options: argparse.Namespace) -> list[tuple[str, float, str, bool]]:
    """(name, value, aim, reached) of every aim."""
    rows: list[tuple[str, float, str, bool]] = []
    for kind, ms in found["ms"].items():
        name = f"p95 ms, {kind} (of the processor {ms['processor p95']}; load of the machine {found['load']})"
        rows.append((name, ms["p95"], f"at most {options.p95:g}", ms["p95"] <= options.p95))
    for name, value in found["recall"].items():
        rows.append((f"recall@10, {name}", value["at 10"], f"at least {options.recall:g}", value["at 10"] >= options.recall))
    rows.append(("seconds to open", found["open s"], f"at most {options.open:g}", found["open s"] <= options.open))
    rows.append(("resident GB", found["resident GB"], f"at most {options.memory:g}", found["resident GB"] <= options.memory))
    rows.append(("rare places found whole", found["rare found"], "1", found["rare found"] == 1))
    return rows


def prepare(built: Path, passages: int, flat_until: int | None) -> dict[str, Any]:
    """Build what is not there yet; gives the index and what building it took."""
    from benchmarks.size_copies import multiply
    from benchmarks.size_texts import write_reports
    from index.build import build
    from index.encoder import open_encoder
    from index.stores.choice import FLAT_UNTIL

    size = min(BASE, max(1_000, passages // 2))
    texts, base = built / f"size-texts-{size}", built / f"size-base-{size}"
    folder = built / (f"size-{passages}" + (f"-{flat_until}" if flat_until else ""))
    if not texts.is_dir():
        write_reports(texts, size)
    summary = build([texts], base, open_encoder())
    begun = time.perf_counter()
    multiplied = not (folder / "current").is_file()
    if multiplied:
        multiply(base, folder, passages, flat_until or FLAT_UNTIL)
    disk = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return {
        "index": folder,
        "passages of texts": summary.counts["passages"],
        "multiply s": round(time.perf_counter() - begun, 1) if multiplied else None,
        "multiply peak GB": _memory("VmHWM") if multiplied else None,
        "disk GB": round(disk / 1e9, 2),
    }


def measure(folder: Path, questions: int) -> dict[str, Any]:
    """Everything measured on an index, in a process that has done nothing else."""
    from qa.engine import Engine

    begun, busy = time.perf_counter(), time.process_time()
    engine = Engine.open(folder)
    opened, opening = time.perf_counter() - begun, time.process_time() - busy
    begun = time.perf_counter()
    engine.warm()
    for _, question in ask_for(engine.places.names.values(), 2, seed=1):
        engine.ask(question)
    warmed = time.perf_counter() - begun
    seconds: dict[str, list[float]] = {kind: [] for kind in KINDS}
    work: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for kind, question in ask_for(engine.places.names.values(), questions):
        begun, busy = time.perf_counter(), time.process_time()
        engine.ask(question)
        seconds[kind].append(time.perf_counter() - begun)
        work[kind].append(time.process_time() - busy)
    resident, own = _memory("VmRSS"), _memory("RssAnon")
    shown = {
        kind: {
            "p50": _ms(seconds[kind], 0.5),
            "p95": _ms(seconds[kind], 0.95),
            "processor p50": _ms(work[kind], 0.5),
            "processor p95": _ms(work[kind], 0.95),
        }
        for kind in KINDS
    }
    return {
        "counts": engine.library.manifest["counts"],
        "search": engine.library.manifest["search"],
        "open s": round(opened, 2),
        "open processor s": round(opening, 2),
        "warm s": round(warmed, 2),
        "ms": shown,
        "resident GB": resident,
        "of it own GB": own,
        "load": round(os.getloadavg()[0], 1),
        "rare found": rare_found(engine),
        "recall": recalls(engine, questions),
    }


def ask_for(cities: Any, count: int, seed: int = 7) -> list[tuple[str, str]]:  # noqa: ANN401 - any collection of names
    """(kind, question), `count` of each kind in mixed order: everyday wordings of the glossary with places and years."""
    from benchmarks.size_texts import YEARS

    draw = random.Random(seed)
    wordings = [name for row in GLOSSARY.read_text("utf-8").splitlines() for name in row.split("\t")[1].split("|")]
    places = sorted(set(cities))
    found: list[tuple[str, str]] = []
    for _ in range(count):
        place, year = draw.choice(places), draw.choice(YEARS)
        heads = {"any": "", "place": place, "year": f"{year}年", "place and year": f"{place}{year}年"}
        found += [(kind, head + draw.choice(wordings)) for kind, head in heads.items()]
    return found


def rare_found(engine: Any) -> float:  # noqa: ANN401 - the engine, not imported in the building process
    """Share of the places with three passages all of whose passages come back for a question that names the place."""
    from benchmarks.size_texts import RARE
    from index.library import Scope

    cities = [d.meta.city for d in engine.library.documents]
    rare = [city for city in dict.fromkeys(cities) if cities.count(city) == 1]
    whole = 0
    for city in rare[:20]:
        own = engine.library.rows_in(engine.library.documents_in(Scope(cities=(city,))))[0]
        hits = engine.ask(f"{city}的教育怎么样").hits
        whole += len(own) >= RARE and sorted(hit.row for hit in hits) == own.tolist()
    return whole / max(1, len(rare[:20]))


def recalls(engine: Any, questions: int) -> dict[str, dict[str, float]]:  # noqa: ANN401
    """Recall of the searches `qa.retrieve` makes against a product with all vectors, without and with a filter by year."""
    from index.library import Scope
    from qa.retrieve import PASSAGES, SENTENCES

    library = engine.library
    topics = [question for kind, question in ask_for(["x"], questions) if kind == "any"]
    queries = engine.encoder.encode_queries(topics)
    filters = library.rows_in(library.documents_in(Scope(years=(YEAR,))))
    found: dict[str, dict[str, float]] = {}
    for name, store, wanted, rows in (
        ("passages", library.passages, PASSAGES, filters[0]),
        ("sentences", library.sentences, SENTENCES, filters[1]),
    ):
        for label, allowed in ((name, None), (f"{name} of a year", rows)):
            truth = exact(store, queries, wanted, allowed)
            got = [store.search(query, wanted, allowed)[0] for query in queries]
            scores = [store.vectors(rows) @ query for rows, query in zip(got, queries, strict=True)]
            found[label] = {f"at {k}": _recall(scores, truth, k) for k in (10, wanted)}
    return found


def _recall(found: Any, truth: Any, k: int) -> float:  # noqa: ANN401 - arrays
    """Share of the first `k` found that are no worse than the `k`-th best there is; of equal ones any will do."""
    shares = [float((own[:k] >= best[:k][-1] - 1e-5).sum()) / len(best[:k]) for own, best in zip(found, truth, strict=True)]
    return round(sum(shares) / len(shares), 4)


def _ms(seconds: list[float], share: float) -> float:
    """A quantile in milliseconds."""
    return round(1e3 * sorted(seconds)[int(share * (len(seconds) - 1))], 1)


def exact(store: Any, queries: Any, k: int, allowed: Any) -> Any:  # noqa: ANN401 - arrays
    """The best `k` scores of every query by a product with all vectors, block by block, (queries, k)."""
    import numpy as np

    rows = np.arange(store.count) if allowed is None else allowed
    scores = np.zeros((len(queries), 0), np.float32)
    for start in range(0, len(rows), 50_000):
        scores = np.hstack([scores, queries @ store.vectors(rows[start : start + 50_000]).T])
        if scores.shape[1] > k:
            scores = np.partition(scores, -k, axis=1)[:, -k:]
    return -np.sort(-scores, axis=1)


def _memory(field: str) -> float | None:
    """A field of this process's memory in GB, None where the system does not tell."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return None
    return next(round(int(line.split()[1]) / 1e6, 2) for line in status.read_text().splitlines() if line.startswith(field))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
