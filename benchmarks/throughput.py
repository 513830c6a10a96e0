"""Many at once: one engine shared by 1, 4 and 16 threads, every answer held against the one a single thread gets.

    python benchmarks/throughput.py [--small] [--questions 400] [--rounds 3] [--json]

Over the real reports where `../shared` is there, else (or with --small) over the sample corpus. The questions are made of
the places of the library and of the topics below, so each is asked once a round; the levels take turns. Exit code 1 when
an answer is mixed up.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.corpus import CORPUS, REPORTS, open_built  # noqa: E402
from index.terminal import table  # noqa: E402
from qa.engine import Engine  # noqa: E402

LEVELS = (1, 4, 16)
TOPICS = (
    "GDP增长目标是多少|去年新增就业多少人|改造了多少个老旧小区|怎么治理污水|进出口总额有多少亿|空气优良天数比例|粮食产量多少万吨|招商引资有什么办法|"
    "新建了哪些学校|医院床位增加多少|农村公路修了多少公里|一般公共预算收入|居民收入增长多少|有哪些旅游项目|养老服务怎么做|What is planned for housing?|"
    "How many new companies?|固定资产投资增速|高新技术企业多少家|乡村振兴怎么推进|数字经济有哪些举措|获得了什么称号|森林覆盖率|食品安全"
).split("|")


def unique_questions(engine: Engine, count: int) -> list[str]:
    """Different questions, each place with each topic, and the topics without a place."""
    places = [place for document in engine.library.documents if (place := document.meta.city)]
    made = [f"{place}{topic}" for topic, place in itertools.product(TOPICS, dict.fromkeys(places))]
    return (list(TOPICS) + made)[:count]


def answer(engine: Engine, question: str) -> tuple[dict[str, Any], float]:
    """The answer without its time, and its time in seconds as the asker sees it."""
    begun = time.perf_counter()
    found = engine.ask(question)
    seconds = time.perf_counter() - begun
    shape = found.as_json()
    del shape["seconds"]
    return shape, seconds


def level(engine: Engine, questions: Sequence[str], expected: Sequence[dict[str, Any]], threads: int) -> dict[str, float]:
    """One round at one level: questions a second, p50 and p95 in ms, processor ms a question, answers mixed up."""
    with ThreadPoolExecutor(threads) as pool:
        begun, cpu = time.perf_counter(), time.process_time()
        answers = list(pool.map(lambda question: answer(engine, question), questions))
        wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
    seconds = sorted(s for _, s in answers)
    return {
        "questions_a_second": len(questions) / wall,
        "p50_ms": seconds[len(seconds) // 2] * 1000,
        "p95_ms": seconds[int(len(seconds) * 0.95)] * 1000,
        "cpu_ms": cpu / len(questions) * 1000,
        "mixed_up": sum(found != right for (found, _), right in zip(answers, expected, strict=True)),
    }


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="the sample corpus instead of the real reports")
    parser.add_argument("--questions", type=int, default=400, metavar="N", help="different questions a round (default 400)")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="rounds at each level (default 3)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    if options.questions < 1 or options.rounds < 1:
        parser.error("--questions and --rounds must be 1 or more")
    small = options.small or not REPORTS.is_dir()
    built = ROOT / "built" / ("corpus" if small else "reports")
    engine = open_built(CORPUS if small else REPORTS, built)
    questions = unique_questions(engine, options.questions)
    expected = [answer(engine, question)[0] for question in questions]
    engine = Engine.open(built)
    load = os.getloadavg()[0]
    rounds: dict[int, list[dict[str, float]]] = defaultdict(list)
    for _ in range(options.rounds):
        for threads in LEVELS:
            rounds[threads].append(level(engine, questions, expected, threads))
    names = list(rounds[1][0])
    rows = {threads: {name: statistics.median(r[name] for r in found) for name in names} for threads, found in rounds.items()}
    mixed = int(sum(r["mixed_up"] for found in rounds.values() for r in found))
    facts = {"questions": len(questions), "rounds": options.rounds, "cores": os.cpu_count(), "mixed_up": mixed}
    if options.json:
        sys.stdout.write(json.dumps(facts | {"levels": rows, "load": load}, ensure_ascii=False) + "\n")
        return int(mixed > 0)
    head = ["threads", "questions/s", "min..max", "p50 ms", "p95 ms", "cpu ms a question"]
    lines = []
    for threads, row in rows.items():
        rates = [r["questions_a_second"] for r in rounds[threads]]
        spread = f"{min(rates):.0f}..{max(rates):.0f}"
        values = [f"{row[n]:.1f}" for n in ("p50_ms", "p95_ms", "cpu_ms")]
        lines.append([str(threads), f"{row['questions_a_second']:.0f}", spread, *values])
    sys.stdout.write(table(head, lines))
    sys.stdout.write(
        f"\n{len(questions)} different questions over {'the sample corpus' if small else 'the real reports'}, {options.rounds} rounds, "
        f"medians; {mixed} answers mixed up; {facts['cores']} cores, load average before {load:.2f}\n"
    )
    return int(mixed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
