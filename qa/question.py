"""Question -> Query: which places and years it names, what kind of answer it wants, and what is left to search for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from index.divisions import Divisions
from index.errors import QuestionError
from index.records import Document
from index.text import plain

LONGEST = 500  # characters of a question

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)\s*年?(?:度|份)?")
_RELATIVE = re.compile(r"去年|上年|今年|本年|明年|前年|last year|this year|next year", re.I)
_OFFSETS = {"去年": -1, "上年": -1, "last year": -1, "今年": 0, "本年": 0, "this year": 0, "明年": 1, "next year": 1, "前年": -2}
_TARGET = re.compile(r"目标|预期|计划|打算|准备|力争|要达到|将|\b(?:target|goal|aim|plan|will|expect|going to)", re.I)
_ACTUAL = re.compile(r"完成了|达到了|实现了|增长了|做到|结果|去年|上年|\b(?:did|was|were|achieved|last year)\b", re.I)
_HOW_MUCH = re.compile(
    r"多少|多大|多高|多长|多远|多久|多快|几(?!乎)|百分之|比例|增速|增幅|\bhow (?:many|much|long|large|big|high|far|fast)\b|\bwhat (?:is|was|were|are) the (?:\w+ ){0,3}(?:rate|number|share|target|level|gdp|figure|total)",
    re.I,
)
_YES_NO = re.compile(r"有没有|是不是|是否|能不能|能否|会不会|吗[?？]?$|^(?:is|are|does|do|did|has|have|can|will|was|were)\b", re.I)
_NAME = re.compile(r"哪个|哪家|哪一|哪里|哪儿|谁|什么名|叫什么|叫啥|何时|什么时候|\b(?:which|who|where|when|what)\b", re.I)
_MEASURES = re.compile(r"怎么|怎样|如何|哪些|什么(?:举措|措施|办法|安排|打算)|咋|\bhow\b|what (?:measures|steps)", re.I)

# Words that shape a question and name no topic; taken out before the search.
_FUNCTION = re.compile(
    r"请问|告诉我|我想知道|想问一?下|查一?下|多少|多大|多高|怎么样|怎么|怎样|如何|哪些|哪个|哪家|哪里|哪儿|哪几个?|为什么|什么时候|什么|"
    r"有没有|是不是|是否|能不能|能否|会不会|咋样|咋|啥|吗|呢|吧|呀|谁|几个|几条|几所|几|分别|大概|到底|具体|一共|总共|"
    r"\b(?:how (?:many|much)|what|which|who|whom|where|when|why|how|is|are|was|were|be|been|does|do|did|has|have|had|can|could|will|would|"
    r"the|a|an|of|in|to|for|on|by|at|its|it|their|there|this|that|please|tell|me|about)\b",
    re.I,
)
_PUNCTUATION = re.compile(r"[?？!！。,，;；:：]+")


@dataclass(frozen=True)
class Query:
    """A question understood.

    Attributes:
        text: the question as asked.
        topic: what is searched for: the question without places, years and question words.
        cities: places named that the library holds (as `Meta.city`).
        absent_cities: places named that it does not hold.
        years: years named, relative ones resolved where the library allows only one reading.
        tense: actual, target or None.
        wants: figure, measures, yes_no, name or None.
        language: zh or en, by the script of the question.
    """

    text: str
    topic: str
    cities: tuple[str, ...] = ()
    absent_cities: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    tense: str | None = None
    wants: str | None = None
    language: str = "zh"


@dataclass(frozen=True)
class Places:
    """The names under which a library's places can be asked for."""

    documents: tuple[Document, ...] = field(repr=False)

    @cached_property
    def names(self) -> dict[str, str]:
        """Written name, lower case -> `Meta.city`."""
        names: dict[str, str] = {}
        for document in self.documents:
            city = document.meta.city
            if not city:
                continue
            names[city] = city
            if document.meta.level == "township":
                from pypinyin import lazy_pinyin

                short = city.removesuffix("街道").removesuffix("镇") if len(city) > 2 else city
                names.setdefault(short, city)
                names.setdefault("".join(lazy_pinyin(short)), city)
            for division in Divisions.load().by_name(city):
                for name in (division.name, division.short, division.pinyin, division.english):
                    if len(name) > 1:
                        names.setdefault(name.lower(), city)
        return names

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds any of the names, longest first; Latin names only as whole words."""
        ordered = sorted(self.names, key=len, reverse=True)
        latin = "|".join(re.escape(n) for n in ordered if n.isascii())
        chinese = "|".join(re.escape(n) for n in ordered if not n.isascii())
        parts = [f"(?:{chinese})[市县区]?" if chinese else "", rf"\b(?:{latin})\b(?:'s)?(?: (?:city|town))?" if latin else ""]
        return re.compile("|".join(p for p in parts if p) or r"(?!)", re.I)


def understand(question: str, places: Places) -> Query:
    """Read a question.

    Raises:
        QuestionError: it is empty or too long.
    """
    text = question.strip()
    if not text:
        raise QuestionError("the question is empty; type what you want to know, e.g. 珠海2023年GDP增长目标是多少?")
    if len(text) > LONGEST:
        raise QuestionError(f"the question has {len(text)} characters, at most {LONGEST} are read; ask for one thing at a time")
    flat = plain(text)
    cities, absent, rest = _take_places(flat, places)
    years = tuple(dict.fromkeys(int(y) for y in _YEAR.findall(rest)))
    relative = [_OFFSETS[m.lower()] for m in _RELATIVE.findall(rest)]
    tense = _tense(rest)
    if relative and not years:
        years = _resolve(relative, places.documents, cities)
    topic = _RELATIVE.sub(" ", _YEAR.sub(" ", rest))
    topic = re.sub(r"\s+", " ", _PUNCTUATION.sub(" ", _FUNCTION.sub(" ", topic))).strip()
    return Query(
        text=text,
        topic=topic or rest.strip() or flat,
        cities=cities,
        absent_cities=absent,
        years=years,
        tense=tense,
        wants=_wants(flat),
        language="zh" if re.search(r"[一-鿿]", rest) else "en",
    )


def _take_places(flat: str, places: Places) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    cities: list[str] = []
    absent: list[str] = []
    taken: list[tuple[int, int]] = []
    for match in places.pattern.finditer(flat):
        name = re.sub(r"(?:'s)?(?: (?:city|town))?$", "", match[0].lower())
        city = places.names.get(name) or places.names.get(name.rstrip("市县区"))
        if city:
            cities.append(city)
            taken.append(match.span())
    provinces: list[str] = []
    for mention in (*Divisions.load().find(flat), *Divisions.load().find_latin(flat)):
        division = mention.candidates[0]
        inside = any(a < mention.end and mention.start < b for a, b in taken)
        if inside or mention.weak or division.level == "county":
            continue
        held = [d.meta.city for d in places.documents if d.meta.city and d.meta.province == division.name]
        if division.level == "province" and held:
            provinces += held
        else:
            absent.append(division.short)
            continue
        taken.append((mention.start, mention.end))
    cities = _narrowest(cities, places.documents) or provinces
    rest = flat
    for start, end in reversed(sorted(taken)):
        rest = rest[:start] + " " + rest[end:]
    return tuple(dict.fromkeys(cities)), tuple(dict.fromkeys(absent)), rest


def _narrowest(cities: list[str], documents: Sequence[Document]) -> list[str]:
    """中山市三乡镇 asks for the town: a place named together with a place inside it only says where that is."""
    above = {d.meta.prefecture for d in documents if d.meta.city in cities and d.meta.level in ("county", "township")}
    names = {d.meta.city for d in documents if d.meta.level == "city" and d.meta.prefecture in above}
    return [c for c in cities if c not in names]


def _resolve(relative: Sequence[int], documents: Sequence[Document], cities: tuple[str, ...]) -> tuple[int, ...]:
    """去年 and 今年 count from the report's year; they name a year only where all reports asked are of one year."""
    years = {d.meta.year for d in documents if d.meta.year and (not cities or d.meta.city in cities)}
    if len(years) != 1:
        return ()
    (year,) = years
    return tuple(sorted({year + offset for offset in relative}))


def _tense(rest: str) -> str | None:
    target, actual = bool(_TARGET.search(rest)), bool(_ACTUAL.search(rest))
    return None if target == actual else ("target" if target else "actual")


def _wants(flat: str) -> str | None:
    for name, pattern in (("figure", _HOW_MUCH), ("measures", _MEASURES), ("yes_no", _YES_NO), ("name", _NAME)):
        if pattern.search(flat):
            return name
    return None
