"""A turn of the conversation as the browser sends it. The browser keeps the conversation; nothing of it is kept here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from index.errors import QuestionError
from index.library import Scope

if TYPE_CHECKING:
    from qa.engine import Engine
    from qa.records import Answer

FIELDS = ("cities", "years", "tense")
MOST = 2_000  # values of one filter
LONGEST = 400_000  # characters of a request


@dataclass(frozen=True)
class Turn:
    """A question with its filters, what was taken away from what is understood, and the question before it."""

    question: str
    scope: Scope = Scope()
    without: tuple[str, ...] = ()
    previous: Turn | None = None

    def answer(self, engine: Engine) -> Answer:
        """What the engine says to it.

        Raises:
            QuestionError: the question is empty or too long.
        """
        from qa.question import leave_out, understand

        before = self.previous
        previous = leave_out(understand(before.question, engine.places), before.without) if before and before.question.strip() else None
        return engine.ask(self.question, scope=self.scope, previous=previous, without=self.without)


def read_json(request: object) -> dict[str, Any]:
    """The object a script sent as JSON text.

    Raises:
        QuestionError: it is no such thing.
    """
    if not isinstance(request, str) or len(request) > LONGEST:
        raise QuestionError("the request must be a JSON text of reasonable length")
    try:
        found = json.loads(request)
    except (ValueError, RecursionError):
        raise QuestionError("the request is not JSON") from None
    if not isinstance(found, dict):
        raise QuestionError("the request must be a JSON object")
    return found


def read_turn(value: object) -> Turn:
    """A turn from {question, scope: {cities, years, kinds}, without, previous}.

    Raises:
        QuestionError: a field is of the wrong kind; the message names it.
    """
    if not isinstance(value, Mapping) or not isinstance(value.get("question"), str):
        raise QuestionError("a turn needs its question as text")
    scope, before = value.get("scope") or {}, value.get("previous")
    if not isinstance(scope, Mapping):
        raise QuestionError("the scope must be an object with cities, years and kinds")
    years = []
    for year in _texts(scope, "years"):
        if not (year.isascii() and year.isdecimal() and len(year) == 4):
            raise QuestionError(f"{year[:20]} is no year; give four digits, e.g. 2023")
        years.append(int(year))
    return Turn(
        value["question"],
        Scope(cities=_texts(scope, "cities"), years=tuple(years), kinds=_texts(scope, "kinds")),
        tuple(f for f in _texts(value, "without") if f in FIELDS),
        read_turn({"question": before.get("question"), "without": before.get("without")}) if isinstance(before, Mapping) else None,
    )


def _texts(value: Mapping[str, Any], field: str) -> tuple[str, ...]:
    found = value.get(field) or []
    if not isinstance(found, list) or len(found) > MOST or not all(isinstance(v, str | int) and len(str(v)) <= 100 for v in found):
        raise QuestionError(f"{field} must be a list of at most {MOST} short texts")
    return tuple(str(v) for v in found)
