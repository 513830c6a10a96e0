"""What programs may call: five functions, as named endpoints of the page and as MCP tools of the same names.

Annotations are evaluated here (no `from __future__`): gradio reads the types of arguments and results from them, and
the docstrings become the descriptions of the tools.
"""

import json
import sys
import traceback
from collections.abc import Callable
from functools import wraps
from typing import Any

from index.errors import CorpusError, QuestionError
from index.library import Scope
from qa.question import understand
from qa.shelf import Shelf

ENDPOINTS = ("search", "ask", "compare", "document", "library")
LONGEST_LIST = 200  # places, years or kinds in one argument
LONGEST_WORD = 500  # characters of one of them; questions are measured by the engine
MOST_HITS = 50
MOST_CHARACTERS = 100_000
MOST_ROWS = 5_000

Endpoint = Callable[..., dict[str, Any]]


def add_api(shelf: Shelf) -> None:
    """Register the endpoints inside an open `gr.Blocks`; they do not queue, so one request brings the answer."""
    import gradio as gr

    for function in endpoints(shelf):
        gr.api(_told(function), api_name=function.__name__, queue=False)


def endpoints(shelf: Shelf) -> tuple[Endpoint, ...]:
    """The five functions over what a shelf serves at the time of the call.

    Raises (each of them):
        QuestionError: an argument that cannot be; the message says which and what would be right.
    """

    def search(
        question: str, cities: list[str] | None = None, years: list[int] | None = None, kinds: list[str] | None = None, k: int = 10
    ) -> dict[str, Any]:
        """Find passages of the indexed city reports for a question in everyday Chinese or English, best first.

        Args:
            question: What to look for, at most 500 characters. Places and years it names become filters.
            cities: Only these places, in any usual form (宁波, 宁波市, Ningbo). They win over those of the question.
            years: Only reports that speak of these years.
            kinds: Only these kinds of report, as `library` lists them.
            k: How many passages, 1 to 50.

        Returns:
            question, scope, corrections, refusal (why nothing in scope answers; the hits are then only what came nearest), hits, seconds.
        """
        found = ask(question, cities, years, kinds, k)
        return {key: found[key] for key in ("question", "scope", "corrections", "refusal", "hits", "seconds")}

    def ask(
        question: str,
        cities: list[str] | None = None,
        years: list[int] | None = None,
        kinds: list[str] | None = None,
        k: int = 10,
        previous: str = "",
    ) -> dict[str, Any]:
        """Answer a question about city plans with the sentence of a report that answers it, word for word, and its source.

        Args:
            question: One question in everyday Chinese or English, at most 500 characters.
            cities: Only these places, in any usual form (宁波, 宁波市, Ningbo). They win over those of the question.
            years: Only reports that speak of these years.
            kinds: Only these kinds of report, as `library` lists them.
            k: How many passages to return beside the answer, 1 to 50.
            previous: The question before, if this one leaves out what that one said (那泉州呢?).

        Returns:
            The object that `python -m qa ask --json` prints; `answered` is false, with the reason in `refusal`, where nothing answers.
        """
        engine = shelf.engine
        scope = Scope(
            engine.places.known(_words("cities", cities)),
            _numbers("years", years),
            _kinds(_words("kinds", kinds), engine.library.documents),
        )
        before = understand(_text("previous", previous), engine.places) if previous else None
        return engine.ask(_text("question", question), _number("k", k, 1, MOST_HITS), scope, before).as_json()

    def compare(question: str, cities: list[str] | None = None, year: int | None = None) -> dict[str, Any]:
        """Compare places: one question over many reports, one row for every report, with the figure as written and as a number.

        Args:
            question: What to compare, e.g. 各市2023年GDP增长目标是多少? or 宁波和金华谁的进出口更大?
            cities: Only these places; all where neither this nor the question names any.
            year: The year the figures should speak of.

        Returns:
            The object that `python -m qa compare --json` prints; rows with `absent` true belong to reports that do not say it.
        """
        engine = shelf.engine
        places = engine.places.known(_words("cities", cities))
        when = None if year is None else _number("year", year, 1900, 2100)
        return engine.compare(_text("question", question), places or None, when).as_json()

    def document(document: str, start: int = 0, length: int = 4000) -> dict[str, Any]:
        """Read a report's text, or a part of it around a passage that was found.

        Args:
            document: `document_id` of a hit, or `id` of a row of `library`.
            start: First character, counted from 0.
            length: How many characters, 1 to 100000.

        Returns:
            id, file, title, city, province, level, year, kind, characters (of the whole report), start, end and text.
        """
        report = shelf.serving.reports.open(_text("document", document))
        begin = _number("start", start, 0, len(report.text))
        end = min(begin + _number("length", length, 1, MOST_CHARACTERS), len(report.text))
        meta = {name: getattr(report.meta, name) for name in ("title", "city", "province", "level", "year", "kind")}
        span = {"characters": len(report.text), "start": begin, "end": end, "text": report.text[begin:end]}
        return {"id": report.id, "file": shelf.shown(report.file)} | meta | span

    def library(cities: list[str] | None = None, years: list[int] | None = None, limit: int = 200) -> dict[str, Any]:
        """List what is indexed: the reports with place, year, kind and title, and the files that could not be read.

        Args:
            cities: Only reports of these places.
            years: Only reports of these years.
            limit: How many reports to list at most, 1 to 5000; `matching` tells how many there are.

        Returns:
            counts, cities, years and kinds of the whole library, matching, documents, skipped.
        """
        places, wanted = shelf.engine.places.known(_words("cities", cities)), _numbers("years", years)
        documents = enumerate(shelf.documents())
        rows = [{"number": n} | {key: value for key, value in row.items() if key != "evidence"} for n, row in documents]
        chosen = [r for r in rows if (not places or r["city"] in places) and (not wanted or r["year"] in wanted)]
        return {
            "counts": shelf.engine.library.manifest["counts"],
            "cities": list(dict.fromkeys(r["city"] for r in rows if r["city"])),
            "years": sorted({r["year"] for r in rows if r["year"]}),
            "kinds": sorted({r["kind"] for r in rows if r["kind"]}),
            "matching": len(chosen),
            "documents": chosen[: _number("limit", limit, 1, MOST_ROWS)],
            "skipped": shelf.skipped(),
        }

    return search, ask, compare, document, library


def plain_json(server: Any) -> None:  # noqa: ANN401 - gradio's MCP server, which has no public type
    """Let gradio's MCP server send results as JSON; it would send `str()` of them, with Python's quotes and None."""
    from mcp.types import TextContent

    def as_json(data: list[Any], root_url: str) -> list[TextContent]:
        return [TextContent(type="text", text=json.dumps(value, ensure_ascii=False)) for value in data]

    server.postprocess_output_data = as_json


def _told(function: Endpoint) -> Endpoint:
    """The function with its errors told in one line; of what nobody foresaw the caller learns nothing but that."""
    import gradio as gr

    class Told(gr.Error):
        """MCP sends `str()` of an error, which in gradio stands in quotes."""

        def __str__(self) -> str:
            return str(self.message)

    @wraps(function)
    def called(*arguments: Any) -> dict[str, Any]:  # noqa: ANN401
        try:
            return function(*arguments)
        except (QuestionError, CorpusError) as error:
            raise Told(str(error), print_exception=False) from None
        except Exception:
            traceback.print_exc(file=sys.stderr)
            raise Told("this failed; the terminal that runs ui.py shows why", print_exception=False) from None

    return called


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise QuestionError(f"{name} has to be a text, not {_kind_of(value)}")
    return value


def _number(name: str, value: object, low: int, high: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise QuestionError(f"{name} has to be a whole number, not {_kind_of(value)}")
    if not low <= value <= high:
        raise QuestionError(f"{name} is {value}; it has to be {low} to {high}")
    return value


def _list(name: str, value: object) -> list[object]:
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > LONGEST_LIST:
        raise QuestionError(f"{name} has to be a list of at most {LONGEST_LIST}, not {_kind_of(value)}")
    return value


def _words(name: str, value: object) -> tuple[str, ...]:
    words = tuple(_text(f"each of {name}", item) for item in _list(name, value))
    if any(len(word) > LONGEST_WORD for word in words):
        raise QuestionError(f"each of {name} has at most {LONGEST_WORD} characters")
    return words


def _numbers(name: str, value: object) -> tuple[int, ...]:
    return tuple(_number(f"each of {name}", item, 1900, 2100) for item in _list(name, value))


def _kinds(kinds: tuple[str, ...], documents: tuple[Any, ...]) -> tuple[str, ...]:
    held = sorted({d.meta.kind for d in documents if d.meta.kind})
    for kind in kinds:
        if kind not in held:
            raise QuestionError(f"{kind} is no kind of this library; it holds {'、'.join(held)}")
    return kinds


def _kind_of(value: object) -> str:
    """A value in the words of JSON."""
    names = {
        dict: "an object",
        list: "a list",
        str: "a text",
        bool: "true or false",
        int: "a number",
        float: "a number",
        type(None): "null",
    }
    return names.get(type(value), type(value).__name__) + (f" of {len(value)}" if isinstance(value, list) else "")
