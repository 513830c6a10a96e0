"""What an index takes, part by part: bytes measured, bytes a passage, and the same at other sizes.

python benchmarks/room.py built/reports [--passages 10000 1000000 100000000]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from index.library import current_generation, read_manifest
from index.terminal import table

SIZES = [10_000, 1_000_000, 100_000_000]
_UNITS = ("B", "kB", "MB", "GB", "TB")


def parts(folder: Path) -> dict[str, int]:
    """Bytes of each file or folder of the serving generation."""
    entries = sorted(current_generation(folder).iterdir())
    return {e.name: e.stat().st_size if e.is_file() else sum(p.stat().st_size for p in e.rglob("*") if p.is_file()) for e in entries}


def shown(size: float) -> str:
    """Bytes in decimal units, three digits."""
    for unit in _UNITS:
        if size < 1000 or unit == _UNITS[-1]:
            return f"{size:.3g} {unit}" if size < 1000 else f"{size:,.0f} {unit}"
        size /= 1000
    raise AssertionError


def main(arguments: list[str]) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Bytes of an index by part, and the same at other numbers of passages.")
    parser.add_argument("index", type=Path, metavar="DIR")
    parser.add_argument("--passages", type=int, nargs="+", default=SIZES, metavar="N")
    options = parser.parse_args(arguments)
    counts = read_manifest(options.index)["counts"]
    measured = parts(options.index)
    measured["together"] = sum(measured.values())
    rows = []
    for name, size in measured.items():
        each = size / counts["passages"]
        rows.append([name, f"{size:,}", f"{each:,.0f}", *(shown(each * n) for n in options.passages)])
    sys.stdout.write(f"{counts['passages']:,} passages, {counts['sentences'] / counts['passages']:.2f} sentences a passage\n")
    sys.stdout.write(table(["part", "bytes", "a passage", *(f"{n:,}" for n in options.passages)], rows) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
