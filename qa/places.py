"""The places a library holds, and every form in which a question may name them.

宁波, 宁波市, 甬, Ningbo, a county, a township, a province or a group of cities (珠三角). Names that are spelt a little
wrong are offered as corrections and never taken silently.
"""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from index.divisions import Divisions, Mention
from index.errors import QuestionError
from index.records import Document, Span
from index.text import plain

GROUPS = Path(__file__).parent / "data" / "groups.tsv"
_SHOWN = 50  # places named in a message
_SUFFIX = re.compile(r"(?:'s)?(?: (?:city|town|county|district))?$", re.I)


@dataclass(frozen=True)
class Named:
    """The places a question names.

    Attributes:
        cities: `Meta.city` of documents; a province or a group stands for its places.
        absent: places and groups named of which the library holds nothing.
        spans: where in the question they stand.
        corrections: (typed, place meant) for names that are nearly one of the library's.
    """

    cities: tuple[str, ...]
    absent: tuple[str, ...]
    spans: tuple[Span, ...]
    corrections: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Places:
    """The places of a library's documents.

    Attributes:
        documents: all of them, in the library's order.
        years: the year that 今年 means in each document; empty where that is the year of its title.
    """

    documents: tuple[Document, ...] = field(repr=False)
    years: tuple[int | None, ...] = field(default=(), repr=False)

    def present_years(self, cities: Sequence[str]) -> set[int]:
        """The years that 今年 may mean in the documents of some cities, or of all where none is named."""
        held = self._years_of.values() if not cities else [self._years_of.get(city, set()) for city in cities]
        return {year for years in held for year in years}

    @cached_property
    def _years_of(self) -> dict[str | None, set[int]]:
        """Place -> the years that 今年 means in its documents."""
        found: dict[str | None, set[int]] = {}
        for document, year in zip(self.documents, self.years or tuple(d.meta.year for d in self.documents), strict=True):
            if year:
                found.setdefault(document.meta.city, set()).add(year)
        return found

    @cached_property
    def _speakers(self) -> tuple[Document, ...]:
        """The first document of every place, in the library's order: a place has many, its names are the same."""
        found: dict[tuple[str | None, ...], Document] = {}
        for document in self.documents:
            meta = document.meta
            found.setdefault((meta.city, meta.province, meta.prefecture, meta.level, meta.pinyin), document)
        return tuple(found.values())

    @cached_property
    def names(self) -> dict[str, str]:
        """Written name, lower case -> `Meta.city`."""
        names: dict[str, str] = {}
        for document in self._speakers:
            city = document.meta.city
            if not city:
                continue
            names[city] = city
            for name in _other_names(document):
                if len(name) > 1:
                    names.setdefault(name.lower(), city)
        return names

    @cached_property
    def abbreviations(self) -> dict[str, str]:
        """甬 -> 宁波, where only one place of the library bears the character."""
        found: dict[str, set[str]] = {}
        for document in self._speakers:
            city = document.meta.city
            for division in Divisions.load().by_name(city) if city and document.meta.level == "city" else ():
                if division.abbreviation and division.level == "city":
                    found.setdefault(division.abbreviation, set()).add(city or "")
        return {letter: min(cities) for letter, cities in found.items() if len(cities) == 1}

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds any of the names, longest first; Latin names only as whole words."""
        ordered = sorted(self.names, key=len, reverse=True)
        latin = "|".join(re.escape(n) for n in ordered if n.isascii())
        chinese = "|".join(re.escape(n) for n in ordered if not n.isascii())
        parts = [f"(?:{chinese})[市县区]?" if chinese else "", rf"\b(?:{latin})\b(?:'s)?(?: (?:city|town))?" if latin else ""]
        return re.compile("|".join(p for p in parts if p) or r"(?!)", re.I)

    def find(self, question: str) -> Named:
        """The places named in a question in one form of punctuation."""
        cities, spans = self._own(question)
        wider: list[str] = []
        absent: list[str] = []
        for name, members, span in self._groups(question, spans):
            spans.append(span)
            wider += members
            absent += [] if members else [name]
        for mention in (*Divisions.load().find(question), *Divisions.load().find_latin(question)):
            division = mention.candidates[0]
            if mention.weak or division.level == "county" or _overlaps(spans, mention):
                continue  # a county that no document speaks for is content of its city's report
            held = self._of_province(division.name) if division.level == "province" else []
            if held:
                wider += held
                spans.append((mention.start, mention.end))
            else:
                absent.append(division.short)
        if not cities and not wider:
            cities = self._abbreviated(question, spans)
        corrections = () if cities else tuple(self._nearly(question))
        cities = _narrowest(cities, self._speakers) or wider
        return Named(tuple(dict.fromkeys(cities)), tuple(dict.fromkeys(absent)), tuple(sorted(spans)), corrections)

    def known(self, names: Iterable[str]) -> tuple[str, ...]:
        """The library's own names for places given one by one, in any form that a question may name them in.

        Raises:
            QuestionError: a name is no place of the library.
        """
        found: list[str] = []
        for name in filter(None, (name.strip() for name in names)):
            cities = self.find(plain(name)).cities
            if not cities:
                held = list(dict.fromkeys(d.meta.city for d in self.documents if d.meta.city))
                more = f" and {len(held) - _SHOWN} more" if len(held) > _SHOWN else ""
                raise QuestionError(f"{name} is no place of this library; it holds {'、'.join(held[:_SHOWN])}{more}")
            found += cities
        return tuple(dict.fromkeys(found))

    def _own(self, question: str) -> tuple[list[str], list[Span]]:
        cities: list[str] = []
        spans: list[Span] = []
        longer = [m for m in Divisions.load().find(question) if m.text not in self.names]
        for match in self.pattern.finditer(question):
            name = _SUFFIX.sub("", match[0].lower())
            city = self.names.get(name) or self.names.get(name.rstrip("市县区"))
            inside = any(m.start <= match.start() and match.end() < m.end or m.start < match.start() < m.end for m in longer)
            if city and not inside:
                cities.append(city)
                spans.append(match.span())
        return cities, spans

    def _groups(self, question: str, spans: list[Span]) -> Iterator[tuple[str, list[str], Span]]:
        lower = question.lower()
        for group in groups():
            for name in (group.name, group.english):
                start = lower.find(name) if name else -1
                if start >= 0 and not any(a < start + len(name) and start < b for a, b in spans):
                    members = [
                        d.meta.city
                        for d in self._speakers
                        if d.meta.city and d.meta.level != "township" and (d.meta.province in group.provinces or _short(d) in group.cities)
                    ]
                    spans = [*spans, (start, start + len(name))]
                    yield group.name, members, (start, start + len(name))

    def _of_province(self, name: str) -> list[str]:
        return [d.meta.city for d in self._speakers if d.meta.city and d.meta.province == name]

    def _abbreviated(self, question: str, spans: list[Span]) -> list[str]:
        """甬 stands for its city only as a word of its own at the start of a question or of a clause."""
        found: list[str] = []
        for letter, city in self.abbreviations.items():
            for match in re.finditer(rf"(?:^|(?<=[\s,、和与]))(?:在)?({letter})(?=[市去今明前20的和与、有要怎]|$)", question):
                found.append(city)
                spans.append(match.span(1))
        return found

    @cached_property
    def _sounds(self) -> dict[tuple[str, ...], str]:
        """Sound of a place's name -> `Meta.city`."""
        return {_sound(name): city for name, city in self.names.items() if not name.isascii() and name == city}

    @cached_property
    def _latin(self) -> list[str]:
        return sorted({n for n in self.names if n.isascii() and len(n) > 4})

    def _nearly(self, question: str) -> Iterator[tuple[str, str]]:
        """Names of the same sound (宁播) or one slip of the keyboard away (Nigbo)."""
        for word in re.findall(r"[A-Za-z]{5,}", question):
            close = difflib.get_close_matches(word.lower(), self._latin, n=1, cutoff=0.83)
            if close and word.lower() not in _ENGLISH:
                yield word, self.names[close[0]]
        for run in re.findall(r"[一-鿿]{2,}", question):
            for size in (2, 3):
                for i in range(min(len(run) - size, 6) + 1):
                    piece = run[i : i + size]
                    city = self._sounds.get(_sound(piece))
                    if city and piece != city and not _is_word(piece):
                        yield piece, city


@dataclass(frozen=True)
class Group:
    """A group of places: whole provinces and single cities."""

    name: str
    english: str
    provinces: tuple[str, ...]
    cities: tuple[str, ...]


@cache
def groups() -> tuple[Group, ...]:
    """The groups of `data/groups.tsv`, longest name first."""
    with GROUPS.open(encoding="utf-8", newline="") as rows:
        found = [
            Group(r["name"], r["english"] or "", tuple((r["provinces"] or "").split()), tuple((r["cities"] or "").split()))
            for r in csv.DictReader(rows, delimiter="\t")
        ]
    return tuple(sorted(found, key=lambda g: -len(g.name)))


# Words of English questions that are one slip away from a place's pinyin.
_ENGLISH = frozenset("changes change china chinese finance along quality shanghai beijing plans plan".split())


def _other_names(document: Document) -> Iterator[str]:
    city = document.meta.city or ""
    if document.meta.level == "township":
        yield re.sub(r"(?<=..)(?:镇|乡|街道)$", "", city)
        yield document.meta.pinyin
    for division in Divisions.load().by_name(city):
        yield from (division.name, division.short, division.pinyin, division.english)


def _short(document: Document) -> str:
    """The short name of the city a document's place lies in or is."""
    meta = document.meta
    return (meta.prefecture or meta.city or "").removesuffix("市")


def _overlaps(spans: Sequence[Span], mention: Mention) -> bool:
    return any(a < mention.end and mention.start < b for a, b in spans)


def _narrowest(cities: list[str], documents: Sequence[Document]) -> list[str]:
    """中山市三乡镇 asks for the town: a place named together with a place inside it only says where that is."""
    if len(set(cities)) < 2:
        return cities
    above = {d.meta.prefecture for d in documents if d.meta.city in cities and d.meta.level in ("county", "township")}
    names = {d.meta.city for d in documents if d.meta.level == "city" and d.meta.prefecture in above}
    return [c for c in cities if c not in names]


def _sound(text: str) -> tuple[str, ...]:
    from pypinyin import lazy_pinyin  # a dictionary to read, wanted only where a question names no place

    return tuple(lazy_pinyin(text))


def _is_word(piece: str) -> bool:
    """Whether the segmenter knows the piece: a word of its own is no misspelt name."""
    from index.words import is_word

    return is_word(piece)
