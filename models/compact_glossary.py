"""Write the run-time copy of the glossary: one line a term with its everyday wordings and English names.

    python models/compact_glossary.py

Reads `models/data/glossary/*.jsonl`, writes `qa/data/glossary.tsv` (term, plain wordings, English names; `|` between).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "models" / "data" / "glossary"
TARGET = ROOT / "qa" / "data" / "glossary.tsv"


def compact(folder: Path) -> str:
    """The lines of the compact copy, terms that occur in several files merged, in the order of the files."""
    merged: dict[str, tuple[dict[str, None], dict[str, None]]] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            if not line.strip():
                continue
            row = json.loads(line)
            plain, english = merged.setdefault(row["term"], ({}, {}))
            plain |= dict.fromkeys(row.get("plain", []))
            english |= dict.fromkeys(word.lower() for word in row.get("en", []))
    return "".join(f"{term}\t{'|'.join(plain)}\t{'|'.join(english)}\n" for term, (plain, english) in merged.items())


def main() -> int:
    TARGET.write_text(compact(SOURCE), "utf-8")
    sys.stdout.write(f"{TARGET.relative_to(ROOT)}: {len(TARGET.read_text('utf-8').splitlines())} terms\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
