"""Questions from the shell.

    python -m qa ask "珠海2023年GDP增长目标是多少" [--index DIR] [--json]
    python -m qa batch --questions FILE.jsonl [--index DIR] [--k 10]
    python -m qa chat [--index DIR]
    python -m qa compare "各市2023年GDP增长目标是多少?" [--cities 宁波,泉州] [--xlsx FILE] [--index DIR]
    python -m qa targets "GDP增长" [--index DIR]
    python -m qa feedback [--out FILE.jsonl] [--wrong FILE.jsonl] [--index DIR]

Exit code: 0 answered, 1 nothing answers, 2 an error that the message tells how to mend.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from index.errors import ChengwenError, QuestionError
from qa.compare_command import add_commands, run
from qa.engine import Engine
from qa.question import Query
from qa.records import Answer, Hit, Refusal

DEFAULT_INDEX = Path("built/demo")


def parse(arguments: list[str]) -> argparse.Namespace:
    """The command's arguments."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--index", type=Path, default=DEFAULT_INDEX, metavar="DIR", help=f"index folder (default {DEFAULT_INDEX})")
    shared.add_argument("--model", metavar="NAME_OR_PATH", help="model, if not the one the index was built with")
    shared.add_argument("--reranker", metavar="NAME_OR_PATH", help="a CrossEncoder for the second look (slow without a GPU)")
    shared.add_argument("--k", type=int, default=10, help="passages a question (default 10)")
    parser = argparse.ArgumentParser(prog="python -m qa", description="Ask an index of city plans.")
    commands = parser.add_subparsers(dest="command", required=True)
    ask = commands.add_parser("ask", parents=[shared], help="answer one question")
    ask.add_argument("question")
    ask.add_argument("--json", action="store_true", help="print the answer as one JSON object")
    ask.add_argument("--show", type=int, default=3, metavar="N", help="passages printed (default 3)")
    batch = commands.add_parser("batch", parents=[shared], help="answer a file of questions, one JSON object a line")
    batch.add_argument("--questions", type=Path, required=True, metavar="FILE", help="JSON lines with id and question")
    add_commands(commands, shared)
    commands.add_parser("chat", parents=[shared], help="ask in turns; a follow-up takes over what it leaves out")
    told = commands.add_parser("feedback", help="turn the verdicts of the page's visitors into a question file")
    told.add_argument("--index", type=Path, default=DEFAULT_INDEX, metavar="DIR", help=f"index folder (default {DEFAULT_INDEX})")
    told.add_argument("--out", type=Path, metavar="FILE", help="questions whose answer was right, as JSON lines (default: print)")
    told.add_argument("--wrong", type=Path, metavar="FILE", help="questions whose answer was wrong, to be looked at by a person")
    told.set_defaults(k=10, model=None)
    options = parser.parse_args(arguments)
    if options.k < 1:
        parser.error("--k must be 1 or more")
    return options


def main(arguments: list[str]) -> int:
    """Run one command; see the module's docstring for the exit code."""
    options = parse(arguments)
    os.environ.setdefault("HF_HUB_OFFLINE", "1") if options.model is None else None
    try:
        if options.command == "feedback":
            from qa.feedback import command

            return command(options.index, options.out, options.wrong)
        if options.command == "batch":
            return _batch(options)
        if options.command == "chat":
            return _chat(options)
        if options.command in ("compare", "targets"):
            return run(options, read_questions)
        answer = Engine.open(options.index, options.model, options.reranker).ask(options.question, options.k)
        sys.stdout.write(json.dumps(answer.as_json(), ensure_ascii=False) + "\n" if options.json else render(answer, options.show))
        return 0 if answer.answered else 1
    except ChengwenError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    except BrokenPipeError:
        return 0


def read_questions(path: Path) -> list[dict[str, object]]:
    """The questions of a JSON-lines file.

    Raises:
        QuestionError: the file is missing, or a line is no object with a question; the line is named.
    """
    if not path.is_file():
        raise QuestionError(f"{path} does not exist; give a file with one JSON object a line")
    rows: list[dict[str, object]] = []
    for number, line in enumerate(path.read_text("utf-8-sig").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict) or not isinstance(row.get("question"), str):
            raise QuestionError(f'{path}, line {number}: expected a JSON object with "question"')
        rows.append(row)
    return rows


def _batch(options: argparse.Namespace) -> int:
    from tqdm import tqdm

    rows = read_questions(options.questions)
    engine = Engine.open(options.index, options.model, options.reranker)
    for number, row in enumerate(tqdm(rows, desc="questions", file=sys.stderr, leave=False, disable=None)):
        result = {"id": row.get("id", number)} | engine.ask(str(row["question"]), options.k).as_json()
        sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
    return 0


def _chat(options: argparse.Namespace) -> int:
    """Questions from standard input, one a line, until it ends or an empty line is typed."""
    engine = Engine.open(options.index, options.model, options.reranker)
    previous: Query | None = None
    prompt = "问 > " if sys.stdin.isatty() else ""
    while True:
        sys.stdout.write(prompt)
        sys.stdout.flush()
        line = sys.stdin.readline().strip()
        if not line:
            return 0
        try:
            answer = engine.ask(line, options.k, previous=previous)
        except QuestionError as error:
            sys.stdout.write(f"{error}\n")
            continue
        previous = answer.query
        if answer.completed:
            sys.stdout.write(f"（{answer.completed}）\n")
        sys.stdout.write(render(answer, 1))


def render(answer: Answer, show: int) -> str:
    """An answer for a terminal: the sentence, where it stands, and the next hits."""
    offered = "".join(f"{typed}: 是否指{meant}? did you mean {meant}?\n" for typed, meant in answer.corrections)
    if not answer.answered:
        return offered + _refused(answer)
    lines: list[str] = [offered.rstrip()] if offered else []
    spans = {part.hit.rank: part.span for part in answer.parts if part.hit and not part.refusal} or {1: answer.span}
    for hit in answer.hits[: max(show, len(spans))]:
        lines += [f"{hit.rank}. " + _marked(hit, spans.get(hit.rank, "")), _source(hit), f"   {hit.file}  {hit.score:.3f}", ""]
    lines += [f"{part.city}: {_why(part.refusal)}\n" for part in answer.parts if part.refusal]
    return "\n".join(lines)


def _refused(answer: Answer) -> str:
    """Why nothing answers, what came nearest, and the places that do tell it."""
    lines = [f"没有找到答案 no answer: {_why(answer.refusal)}"]
    lines += [f"   {part.city}: {_why(part.refusal)}" for part in answer.parts if part.refusal]
    if answer.hits:
        lines += [f"最接近的原文 nearest: {answer.hits[0].sentence}", _source(answer.hits[0])]
    if answer.refusal and answer.refusal.speaking:
        lines.append(f"提到它的地方 places that tell it: {'、'.join(answer.refusal.speaking[:12])}")
    return "\n".join(lines) + "\n"


def _source(hit: Hit) -> str:
    meta = hit.meta
    return "   " + " · ".join(str(x) for x in (meta.city, meta.year, meta.title, *hit.passage.heading) if x)


_REASONS = {
    "absent_city": "城市不在库中 no document of this place",
    "absent_year": "年份未覆盖 no document covers this year",
    "empty_scope": "范围内没有文件 nothing in the library matches the scope",
    "not_stated": "未提及 not stated",
}


def _why(refusal: Refusal | None) -> str:
    return f"{_REASONS[refusal.reason]} {refusal.detail}".strip() if refusal else ""


def _marked(hit: Hit, span: str) -> str:
    """The answer sentence, the answer's words bold where the terminal shows it, in 【】 where not."""
    opening, closing = ("\x1b[1;33m", "\x1b[0m") if sys.stdout.isatty() else ("【", "】")
    return hit.sentence.replace(span, f"{opening}{span}{closing}", 1) if span else hit.sentence


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
