"""Question -> Query: which places and years it names, what kind of answer it wants, and what is left to search for."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from index.errors import QuestionError
from index.text import plain
from qa.places import Places

LONGEST = 500  # characters of a question

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)\s*年?(?:度|份)?")
_RELATIVE = re.compile(r"去年|上年|今年|本年|明年|前年|last year|this year|next year", re.I)
_OFFSETS = {"去年": -1, "上年": -1, "last year": -1, "今年": 0, "本年": 0, "this year": 0, "明年": 1, "next year": 1, "前年": -2}
_TARGET = re.compile(
    r"目标|预期|计划|打算|准备|力争|将(?![近军])"
    r"|(?<![主重需必纲提概摘首只不还是会])要(?![不求闻是点素紧么命多几带用花等交掏办找去买租看坐学考])(?=[^，,。？?]{0,6}[一-鿿])"  # 要建几座; not 主要, 要不要, 要办证
    r"|想(?:把|让|涨|增|冲|达|建成|做到|办成)"
    r"|\b(?:target|goal|aim|plan|will|shall|expect|intend|going to|supposed to|set to)",
    re.I,
)
_ACTUAL = re.compile(
    r"完成了|达到了|实现了|增长了|结果|去年|上年|[一-鿿](?<![定划排为除通经超不])[了过](?:多少|几(?!.{1,2}[都也还])|哪|什么|啥)"
    r"|[一-鿿]了(?:没|吗|么)"
    r"|\b(?:did|was|were|achieved|last year)\b",
    re.I,
)
_HOW_MUCH = re.compile(
    r"多少|多大|多高|多长|多远|多久|多快|(?<![那这哪好十])几(?![乎个]?(?:地方|方面|条路子))(?!乎|.{1,2}[都也还])|百分之|比例|增速|增幅|\bhow (?:many|much|long|large|big|high|far|fast)\b|\bwhat (?:is|was|were|are) the (?:\w+ ){0,3}(?:rate|number|share|target|level|gdp|figure|total|income|allowance|output|price|cost|area|length)|\bwhat (?:share|percentage|proportion|number|amount|level|growth|(?:\S+ ){0,3}(?:growth|level|rate|target))\b",
    re.I,
)
_YES_NO = re.compile(r"有没有|是不是|是否|能不能|能否|会不会|吗[?？]?$|^(?:is|are|does|do|did|has|have|can|will|was|were)\b", re.I)
_NAME = re.compile(
    r"哪(?!些|怕|几)|谁|什么(?:名|称号|证|奖|时候|地方|民俗|品牌)|(?:叫|是|为|个)(?:什么|啥)|啥(?:名|称号|时候|地方)|何时|何地|\b(?:which|who|where|when|what)\b",
    re.I,
)
_MEASURES = re.compile(r"怎么|怎样|如何|哪些|什么(?:举措|措施|办法|安排|打算)|咋|\bhow\b|what (?:measures|steps)", re.I)

# Words that shape a question and name no topic; taken out before the search.
QUESTION_WORDS = re.compile(
    r"请问|告诉我|我想知道|想问一?下|查一?下|多少|多大|多高|怎么样|怎么|怎样|如何|哪些|哪个|哪家|哪里|哪儿|哪几个?|为什么|什么时候|什么|"
    r"有没有|是不是|是否|能不能|能否|会不会|咋样|咋|啥|吗|呢|吧|呀|谁|几个|几条|几所|几|分别|大概|到底|具体|一共|总共|"
    r"\b(?:how (?:many|much)|what|which|who|whom|where|when|why|how|is|are|was|were|be|been|does|do|did|has|have|had|can|could|will|would|"
    r"the|a|an|of|in|to|for|on|by|at|its|it|their|there|this|that|please|tell|me|about)\b",
    re.I,
)
_PLACE = "\0"  # stands for a place's name until the words that join several are taken out with it (宁波、金华和泉州)
_JOINS = "和|与|跟|同|及|以及|还有"
_LISTED = re.compile(rf"{_PLACE}(?:\s*(?:[、,/]|{_JOINS}|\b(?:and|or|vs)\b)*\s*{_PLACE})+", re.I)
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
    """

    text: str
    topic: str
    cities: tuple[str, ...] = ()
    absent_cities: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    tense: str | None = None
    wants: str | None = None
    language: str = "zh"
    corrections: tuple[tuple[str, str], ...] = ()
    topic_asked: str = ""


def leave_out(query: Query, fields: Collection[str]) -> Query:
    """The query without its cities, years or tense, for one who takes away what was understood."""
    if "cities" in fields:
        query = replace(query, cities=(), absent_cities=(), corrections=())
    if "years" in fields:
        query = replace(query, years=())
    return replace(query, tense=None) if "tense" in fields else query


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
    named = places.find(flat)
    rest = flat
    for start, end in reversed(named.spans):
        rest = rest[:start] + _PLACE + rest[end:]
    for name in named.absent if _wants(flat) == "figure" else ():  # a figure is asked of both; 与上海的合作 is of one
        joined = rf"(?:[、,/]|{_JOINS}|\band\b)\s*"
        rest = re.sub(rf"{_PLACE}\s*{joined}{re.escape(name)}市?|{re.escape(name)}市?\s*{joined}{_PLACE}", _PLACE, rest)
    rest = _LISTED.sub(" ", rest).replace(_PLACE, " ")
    years = tuple(dict.fromkeys(int(y) for y in _YEAR.findall(rest)))
    years_named = bool(years)
    relative = [_OFFSETS[m.lower()] for m in _RELATIVE.findall(rest)]
    tense = _tense(rest)
    if relative and not years:
        years = _resolve(relative, places.present_years(named.cities))
    if tense is None and relative and not years_named:
        tense = "target" if max(relative) >= 0 and min(relative) >= 0 else None
    timeless = _RELATIVE.sub(" ", _YEAR.sub(" ", rest))
    topic = re.sub(r"\s+", " ", _PUNCTUATION.sub(" ", QUESTION_WORDS.sub(" ", timeless))).strip()
    return Query(
        text=text,
        topic=topic or rest.strip() or flat,
        cities=named.cities,
        absent_cities=named.absent,
        corrections=named.corrections,
        topic_asked=re.sub(r"\s+", " ", timeless).strip(),
        years=years,
        tense=tense,
        wants=_wants(flat),
        language="zh" if re.search(r"[一-鿿]", rest) else "en",
    )


def _resolve(relative: Sequence[int], present: set[int]) -> tuple[int, ...]:
    """去年 and 今年 count from the report's year; they name a year only where all reports asked are of one year."""
    return tuple(sorted({min(present) + offset for offset in relative})) if len(present) == 1 else ()


def _tense(rest: str) -> str | None:
    target, actual = bool(_TARGET.search(rest)), bool(_ACTUAL.search(rest))
    return None if target == actual else ("target" if target else "actual")


def _wants(flat: str) -> str | None:
    for name, pattern in (("figure", _HOW_MUCH), ("measures", _MEASURES), ("yes_no", _YES_NO), ("name", _NAME)):
        if pattern.search(flat):
            return name
    return None
