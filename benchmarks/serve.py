"""One system in a process of its own: builds its index, then asks all questions once for every line it is sent.

    python benchmarks/serve.py SYSTEM MATERIAL.json

Started by `speed.py`. A line is `plain` or `city`; every answer is one line of JSON on standard output. Seconds are those
of the wall clock, `cpu` those of the processors for the whole round.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from importlib import import_module
from pathlib import Path

BEGUN = time.perf_counter()
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


def memory(field: str) -> float:
    """MB of this process: VmHWM is the most it ever held, VmRSS what it holds now."""
    status = Path("/proc/self/status")
    if not status.is_file():  # macOS counts bytes, and only the most
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    line = next(line for line in status.read_text().splitlines() if line.startswith(field))
    return int(line.split()[1]) * 1024 / 1e6


def main(arguments: list[str]) -> int:
    name, path = arguments
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print is not an answer

    def tell(row: dict[str, object]) -> None:
        out.write(json.dumps(row) + "\n")
        out.flush()

    material = json.loads(Path(path).read_text("utf-8"))
    from benchmarks.rivals import SYSTEMS

    made, modules = SYSTEMS[name]
    for module in modules:
        import_module(module)
    imported = time.perf_counter()
    system = made(material["passages"], material["folder"])
    tell({"import": imported - BEGUN, "index": time.perf_counter() - imported})
    for question in material["warm"]:
        system.search(question, None)
    for line in sys.stdin:
        rows, seconds = [], []
        cpu = time.process_time()
        for question in material["questions"]:
            begun = time.perf_counter()
            rows.append(system.search(question["question"], question["cities"] if line.strip() == "city" else None))
            seconds.append(time.perf_counter() - begun)
        tell({"rows": rows, "seconds": seconds, "cpu": time.process_time() - cpu, "peak": memory("VmHWM"), "held": memory("VmRSS")})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
