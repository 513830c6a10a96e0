"""Thumbs on answers: kept as JSON lines beside the index, and turned into a question file for `benchmarks/quality.py`."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.errors import QuestionError
from qa.records import Answer

VERDICTS = ("up", "down")
LIMIT = 64_000_000  # bytes of a feedback file; a page that is open to many must not fill a disk
_WRITING = threading.Lock()


def feedback_file(index: Path) -> Path:
    """built/demo -> built/demo.feedback.jsonl: it outlives the index folder."""
    folder = index.resolve()
    return folder.with_name(folder.name + ".feedback.jsonl")


def record(index: Path, answer: Answer, verdict: str, shown: int = 6) -> Path:
    """Append one verdict with the question, its scope and the passages that were shown.

    Raises:
        QuestionError: no such verdict, or the file is full.
    """
    if verdict not in VERDICTS:
        raise QuestionError(f"the verdict is {verdict!r}; it must be one of {', '.join(VERDICTS)}")
    hits = answer.hits[:shown]
    row = {
        "time": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "verdict": verdict,
        "question": answer.completed or answer.query.text,
        "language": answer.query.language,
        "scope": {"cities": answer.scope.cities, "years": answer.scope.years, "kinds": answer.scope.kinds},
        "answered": answer.answered,
        "span": answer.span,
        "shown": [
            {"document": h.passage.document_id, "file": h.file, "city": h.meta.city, "year": h.meta.year, "start": h.passage.start}
            | {"sentence": h.sentence}
            for h in hits
        ],
    }
    path = feedback_file(index)
    line = json.dumps(row, ensure_ascii=False) + "\n"
    with _WRITING:
        if path.exists() and path.stat().st_size > LIMIT:
            raise QuestionError(f"{path.name} has reached {LIMIT // 1_000_000} MB; move it away to go on collecting feedback")
        with path.open("a", encoding="utf-8") as out:
            out.write(line)
    return path


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The verdicts of a file; lines that are damaged are left out."""
    for line in path.read_text("utf-8").splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict) and row.get("verdict") in VERDICTS and row.get("shown"):
            yield row


def questions(path: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(questions whose answer was approved, questions whose answer was not), the last verdict on a question wins."""
    last = {(row["question"], json.dumps(row["scope"])): row for row in read(path)}
    good: list[dict[str, Any]] = []
    bad: list[dict[str, Any]] = []
    for number, row in enumerate(last.values(), 1):
        top = row["shown"][0]
        known = {
            "id": f"feedback-{number}",
            "file": top["file"],
            "city": top["city"] or "",
            "lang": row["language"],
            "type": "feedback",
            "question": row["question"],
        }
        if row["verdict"] == "up" and row["answered"]:
            good.append(known | {"evidence": top["sentence"], "answer": row["span"]})
        elif row["verdict"] == "down":
            bad.append(known | {"evidence": "", "answer": "", "shown": top["sentence"]})
    return good, bad


def command(index: Path, out: Path | None, wrong: Path | None) -> int:
    """`python -m qa feedback`: write the approved questions (standard output without `out`) and, if asked, the others.

    Raises:
        QuestionError: there is no feedback yet.
    """
    path = feedback_file(index)
    if not path.is_file():
        raise QuestionError(f"no feedback yet at {path}; it is written when a visitor presses a thumb on the page")
    good, bad = questions(path)
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in good)
    if out:
        out.write_text(text, "utf-8")
    else:
        sys.stdout.write(text)
    if wrong:
        wrong.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in bad), "utf-8")
    sys.stderr.write(f"{len(good)} approved questions{f' -> {out}' if out else ''}, {len(bad)} with a wrong answer\n")
    return 0 if good else 1
