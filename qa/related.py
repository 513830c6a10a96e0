"""Questions that stand beside an answer: the same of another place, the other tense, the sections that came near.

Each is made of the question's own words, names of places and headings of reports; nothing is composed freely.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.library import Scope
from index.text import plain
from qa.engine import Engine
from qa.records import Answer

_NUMBERING = re.compile(r"^(?:第[一二三四五六七八九十]+[部分篇章编]{1,2}|[(（]?[一二三四五六七八九十\d]{1,3}[)）、.．]|[#【\s]+)+")
_TARGET = re.compile(r"的?(?:预期)?(?:目标|计划)")
_ACTUAL = re.compile(r"(?:实际)?(?:完成|达到|实现|增长)了")
_LONGEST_HEADING = 16


@dataclass(frozen=True)
class Related:
    """A question to go on with; kind is place, tense or section."""

    text: str
    kind: str


def related(engine: Engine, answer: Answer, most: int = 4) -> tuple[Related, ...]:
    """Up to `most` questions that the library can probably answer."""
    found = {r.text: r for r in (*_tense(answer), *_places(engine, answer), *_sections(answer))}
    found.pop(answer.query.text, None)
    return tuple(found.values())[:most]


def same_question_of(engine: Engine, question: str, city: str, other: str) -> str:
    """The question with one place's name replaced (by 各市 where `other` is empty); empty where it does not name the place."""
    names = [name for name, meant in engine.places.names.items() if meant == city]
    flat = plain(question)
    for name in sorted(names, key=len, reverse=True):
        match = re.search(rf"{re.escape(name)}(?:市|县|区)?" if not name.isascii() else rf"\b{re.escape(name)}\b", flat, re.I)
        if match:
            written = (latin_name(engine, other) if other else "all cities") if name.isascii() else other or "各市"
            return question[: match.start()] + written + question[match.end() :] if len(flat) == len(question) else ""
    return ""


def everywhere(engine: Engine, answer: Answer) -> str:
    """The same question of every place, for one that asks a figure of a single place; otherwise empty.

    Empty too where the place is answered but the comparison would not find its figure: it reads stricter than a reader does.
    """
    query = answer.query
    if query.wants != "figure" or len(query.cities) != 1:
        return ""
    question = same_question_of(engine, answer.completed or query.text, query.cities[0], "")
    if question and answer.answered and all(row.absent for row in engine.compare(question, cities=query.cities).rows):
        return ""
    return question


def latin_name(engine: Engine, city: str) -> str:
    """A place's name in Latin letters, the place itself where none is known."""
    names = [name for name, meant in engine.places.names.items() if meant == city and name.isascii()]
    return names[0].title() if names else city


def _places(engine: Engine, answer: Answer) -> Iterator[Related]:
    """The two places, other than those asked, whose reports come nearest."""
    query = answer.query
    if len(query.cities) != 1:
        return
    others = tuple(dict.fromkeys(d.meta.city for d in engine.library.documents if d.meta.city and d.meta.city != query.cities[0]))
    if not others:
        return
    text = answer.completed or query.text
    hits = engine.ask(text, scope=Scope(cities=others, years=answer.scope.years, kinds=answer.scope.kinds)).hits
    for city in list(dict.fromkeys(h.meta.city for h in hits if h.meta.city))[:2]:
        question = same_question_of(engine, text, query.cities[0], city)
        if question:
            yield Related(question, "place")


def _tense(answer: Answer) -> Iterator[Related]:
    """The result behind a target, the target behind a result; only for Chinese questions that name their year."""
    query, text = answer.query, answer.completed or answer.query.text
    if query.wants != "figure" or len(query.years) != 1 or str(query.years[0]) not in text or query.language != "zh":
        return
    year = query.years[0]
    if query.tense == "target" and _TARGET.search(text):
        yield Related(_TARGET.sub("", text.replace(str(year), str(year - 1)), count=1), "tense")
    elif query.tense != "target":
        bare = re.sub(r"是?(?:多少|几).*$", "", _ACTUAL.sub("", text)).strip("的？?，, ")
        if bare and bare != text:
            yield Related(f"{bare.replace(str(year), str(year + 1))}目标是多少？", "tense")


def _sections(answer: Answer) -> Iterator[Related]:
    """Sections in which further hits stand, asked for by their own heading."""
    lead = answer.hits[0].passage.heading if answer.hits else ()
    for hit in answer.hits[1:]:
        heading = hit.passage.heading
        if not heading or heading == lead or not hit.meta.city:
            continue
        name = _NUMBERING.sub("", plain(heading[-1])).strip("。；，、:： 】")
        if 3 < len(name) <= _LONGEST_HEADING:
            yield Related(f"{hit.meta.city}“{name}”有哪些安排？", "section")
