"""The commands `compare` and `targets` of `python -m qa`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from index.errors import QuestionError
from qa.comparison import Comparison
from qa.engine import Engine
from qa.export import write
from qa.table import aims_for_terminal, for_terminal

FORMATS = ("csv", "xlsx", "docx", "md")


def add_commands(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse gives it no public type
    """Add the two commands to the parser of `python -m qa`."""
    compare = commands.add_parser("compare", parents=[shared], help="one question over many places, a row for each")
    compare.add_argument("question", nargs="?", help="e.g. 各市2023年GDP增长目标是多少?")
    compare.add_argument("--cities", metavar="A,B", help="places, separated by commas; all where neither this nor the question names any")
    compare.add_argument("--year", type=int, help="the year the figures should speak of")
    compare.add_argument("--json", action="store_true", help="print one JSON object")
    for name in FORMATS:
        compare.add_argument(f"--{name}", type=Path, metavar="FILE", help=f"write the table as .{name}")
    compare.add_argument("--questions", type=Path, metavar="FILE", help="JSON lines with question; prints one JSON object a line")
    targets = commands.add_parser("targets", parents=[shared], help="last year's result beside this year's target, and what became of it")
    targets.add_argument("question", help="e.g. GDP增长")
    targets.add_argument("--cities", metavar="A,B")
    targets.add_argument("--json", action="store_true", help="print one JSON object a document")


def run(options: argparse.Namespace, read_questions: Callable[[Path], list[dict[str, object]]]) -> int:
    """Run `compare` or `targets`.

    Args:
        options: As parsed.
        read_questions: Reads a file of JSON lines.

    Returns:
        0 where some document tells what was asked, 1 where none does.

    Raises:
        QuestionError: No question, an unknown place, or a file that cannot be written.
    """
    if options.command == "compare" and options.questions is None and options.question is None:
        raise QuestionError("give a question, or --questions FILE with one JSON object a line")
    rows = read_questions(options.questions) if options.command == "compare" and options.questions else []
    engine = Engine.open(options.index, options.model)
    cities = _places(engine, options.cities)
    if options.command == "targets":
        return _targets(engine, options, cities)
    if options.questions:
        for row in rows:
            result = engine.compare(str(row["question"]), cities, options.year).as_json()
            given = {"id": row["id"]} if "id" in row else {}
            sys.stdout.write(json.dumps(given | result, ensure_ascii=False) + "\n")
        return 0
    comparison = engine.compare(options.question, cities, options.year)
    _write(comparison, options)
    sys.stdout.write(json.dumps(comparison.as_json(), ensure_ascii=False) + "\n" if options.json else for_terminal(comparison))
    return 0 if comparison.stated else 1


def _places(engine: Engine, typed: str | None) -> list[str] | None:
    """The library's names for the places typed; None where none were.

    Raises:
        QuestionError: A name is no place of the library.
    """
    if typed is None:
        return None
    return list(engine.places.known(typed.replace("，", ",").replace("、", ",").split(",")))


def _write(comparison: Comparison, options: argparse.Namespace) -> None:
    for name in FORMATS:
        path: Path | None = getattr(options, name)
        if path is None:
            continue
        try:
            write(comparison, path if path.suffix.lower() == f".{name}" else path.with_name(f"{path.name}.{name}"))
        except OSError as error:
            raise QuestionError(f"cannot write {path}: {error.strerror or error}") from error


def _targets(engine: Engine, options: argparse.Namespace, cities: list[str] | None) -> int:
    aims = engine.targets(options.question, cities)
    if options.json:
        for aim in aims:
            sys.stdout.write(json.dumps(aim.as_json(), ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(aims_for_terminal(aims))
    return 0 if any(not aim.target.absent for aim in aims) else 1
