"""Question -> Indicator: what a comparison is asked about, whether level or growth, actual or target, in which unit."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from index.encoder import Encoder
from index.text import plain
from qa.question import Query
from qa.terms import ADDING, TOTALS, Names, resolve, translate
from qa.units import find_unit

_GROWTH = re.compile(
    r"增长率|增长速度|增长幅度|增长|增速|增幅|升幅|涨幅|涨了|下降|降幅|降了|快多少|\b(?:growth(?: rate)?|grow(?:s|n)?|grew|increased? by|rate of increase)\b",
    re.I,
)
_TARGET = re.compile(
    r"预期目标|目标任务|目标值|目标|预期|计划|打算|准备|力争|任务|安排|\b(?:targets?|goals?|aims?|aimed|plan(?:s|ned)?|expect(?:s|ed)?)\b",
    re.I,
)
_ACTUAL = re.compile(r"完成情况|完成了|完成|实现了|实现|达到了|达到|做到|实际|结果|\b(?:actual|achieved|reached|did|was|were)\b", re.I)
_NEW = re.compile(
    r"新增加?|新建成?|新设立?|新登记|新认定|新培育|净增|增加(?!值)了?|多了|新开工|新改扩建|新改建|\b(?:new(?:ly)?|added|additional)\b", re.I
)
_IN_ALL = re.compile(r"一共有|总共有|\b(?:total number|in total)\b", re.I)
_COMPARED = re.compile(
    r"(?:谁|哪个?(?:城市|市|地方|一个)?|哪里|哪儿|哪边|更|最|(?<!占)比(?!重|例)|差)[^,。?]{0,14}(?:大(?![学会桥道厦数湾型力])|小(?![学区微])|多(?![少元式])|少(?![年儿])|高(?![校速新铁中标质端原层])|低(?![保碳空])|长(?![江者三期效廊])|短|快|慢|好|强(?![国市])|差多少)|差多少|相差|差距|"
    r"高吗|低吗|多吗|大吗|快吗|长吗|\b(?:higher|lower|larger|bigger|more|fewer|longer|faster|most|highest|largest|lowest|greater)\b",
    re.I,
)
_TEXT = re.compile(
    r"怎么|怎样|如何|哪些(?:举措|措施|做法|办法|政策|工作|项目|亮点|问题|困难)|什么(?:举措|措施|做法|办法|安排|打算)|做了什么|\bhow (?:do|does|did|are|is|will|to)\b|what (?:measures|steps)",
    re.I,
)
EVERYWHERE = re.compile(
    r"各个?(?:城市|地级市|地市|县市区?|市县|市|地方|地|县区?|区县)|所有(?:的)?(?:城市|市|地方)|每个(?:城市|市|地方)|全部(?:城市|市)|哪个?些?(?:城市|市|地方)|这?[几两些]个?(?:城市|市|地方)|"
    r"\b(?:each|every|all|the|different) (?:city|cities|places?)\b|\bcit(?:y|ies)\b",
    re.I,
)
_NOISE = re.compile(
    EVERYWHERE.pattern
    + r"|请问|告诉我|我想知道|想知道|查一?下|帮我|列出|列一下|比较一?下?|对比一?下?|分别|各自|到底|大概|一共|总共|合计|都|多少|百分之|几(?=[个家户所座套张台人])|"
    r"是什么|是多少|为多少|怎么样|情况|怎样|如何|哪里|哪儿|哪边|哪个|哪家|哪|谁|定在|定为|定了|设在|设为|控制在|控制|保持在|稳定在|以来|以后|期间|年内|全年|当年|"
    r"更|最(?!低生活)|差多少|差距|相差|一点|一些|城市|排名|排行|从高到低|了|呢|吗|吧|呀|的(?=是|$)|\b(?:what|which|who|how|many|much|is|are|was|were|has|have|had|does|do|did|the|a|an|of|in|to|for|on|by|at|its|"
    r"their|and|or|than|each|every|all|city|cities|place|places|there|compare|list|show|me|please|per|be|will|would|number|rate|value|level|last|this|next|year|between)\b",
    re.I,
)
_ENDS = re.compile(
    r"^(?:和|与|跟|同|比|的|在|是|有|有没有|,|:|去年|今年|明年|上年|前年|从|由|对)+|(?:和|与|跟|同|(?<!占)比|的|是|有|大|小|高|低|多|少|长|短|快|慢|好|强|差|在|到|,|为|个|家|户|人|亿元?|万元?|%)+$"
)
# A second thing asked behind the first: 多少亿,增长几个点; 多少亿,全省排第几.
_BESIDES = re.compile(r"(?<=[多几少])(?P<first>.{0,6}?)[,;、\s]+(?:同比)?(?:增长|增速|增幅|[增涨升])了?(?:是|有)?(?:多少|百分之几)[?]?$")
_RANK = re.compile(r"[,;、\s]*在?(?:全[省国市]|省内)?(?:排名?|位居|列)第几位?[?]?$")
_POINTS = re.compile(r"(?:多少|几)个?(?:百分)?点(?!位)")
_RISE = re.compile(r"[涨增升](?=了?百分之几)")
_WISHED = re.compile(r"[想要](?=[涨增升冲达做完])|[冲涨升干]到")
_RELATIVE = re.compile(r"去年|上年|今年|本年|明年|前年|last year|this year|next year", re.I)
_EITHER = re.compile(r"^(?P<a>[^()]*?)(?P<x>[^()]{2,6})\((?:或者?|/)(?P<y>[^()]{2,6})\)(?P<rest>[^()]*)$")
_BRACKET = re.compile(r"\((?P<inside>[^()]*)\)")
_DONE = re.compile(r"完成情况|完成了|完成|实现了|实现|达到了|达到|做到")
SECOND = 0.97  # 城镇居民(或全体居民): the first is meant where a report tells both
_WORDS = {"rural": "农村", "urban": "城镇"}


@dataclass(frozen=True)
class Indicator:
    """What a comparison asks for.

    Attributes:
        label: Its name, to show.
        phrase: The question's own words for it.
        names: (name, weight) pairs, see `qa.terms.Names`.
        measure: "level", "growth" or "" where the question leaves it open.
        kind: "actual", "target" or "" where the question leaves it open.
        years: Years asked for, empty for the latest.
        units: Base units that answer; empty where any will do.
        asked_unit: The unit named in the question, "".
        flow: "new" (新增), "total" (总量) or "".
        rate: Whether its level is itself a percentage.
        text: Whether measures are asked for, not a figure.
        compared: Whether one place is held against another (谁更大).
        known: Whether the phrase was found in a list of names.
    """

    label: str
    phrase: str
    names: tuple[tuple[str, float], ...]
    measure: str = ""
    kind: str = ""
    years: tuple[int, ...] = ()
    units: tuple[str, ...] = ()
    asked_unit: str = ""
    flow: str = ""
    rate: bool = False
    text: bool = False
    compared: bool = False
    known: bool = True

    @property
    def title(self) -> str:
        """The label with what is measured: 地区生产总值增速."""
        new = "新增" if self.flow == "new" and not ADDING.search(self.label) else ""
        return new + self.label + ("增速" if self.measure == "growth" and not self.rate else "")


def read_indicator(query: Query, encoder: Encoder | None = None) -> Indicator:
    """Read what a comparison asks for.

    Args:
        query: The question understood: its years and tense, and its words without places and years.
        encoder: For everyday words that stand in no list, see `qa.terms.resolve`.
    """
    flat = _plainly(plain(query.topic_asked or query.topic))
    asked = _asked_unit(flat)
    target, actual = query.tense == "target" or bool(_TARGET.search(flat)), query.tense == "actual" or bool(_ACTUAL.search(flat))
    flow = "total" if TOTALS.search(flat.replace("经济总量", "")) or _IN_ALL.search(flat) else ("new" if _NEW.search(flat) else "")
    growth = bool(_GROWTH.search(flat)) or asked == "%" and "增" in flat
    names = _names(flat, query.language, encoder)
    rate = names.rate or asked == "%" and not growth
    growth = (growth or names.growth) and not names.rate
    compared = bool(_COMPARED.search(flat))
    counted = bool(asked or growth or flow or compared or names.known or query.wants == "figure")
    text = (bool(_TEXT.search(flat)) and not asked) or not counted
    return Indicator(
        label=names.label,
        phrase=names.names[0][0] if names.names else "",
        names=names.names,
        measure="growth" if growth else ("level" if asked or flow else ""),
        kind="" if target == actual else ("target" if target else "actual"),
        years=query.years,
        units=("%",) if growth or rate else ((asked,) if asked else names.units),
        asked_unit=asked,
        flow=flow,
        rate=rate,
        text=text,
        compared=compared,
        known=names.known,
    )


def _plainly(flat: str) -> str:
    """想涨几个点 as 增长百分之几; only the first where two things are asked."""
    flat = _BESIDES.sub(r"\g<first>", _RANK.sub("", _POINTS.sub("百分之几", flat)))
    return _RISE.sub("增长", _WISHED.sub(" ", flat))


def _asked_unit(flat: str) -> str:
    """The base unit behind 多少: 多少万人 -> 人, 百分之多少 -> %."""
    if re.search(r"百分之(?:多少|几)|多少个?百分比|几成", flat):
        return "%"
    for match in re.finditer(r"(?:多少|几)(?P<scale>[百千万亿]*)", flat):
        written = find_unit(flat, match.end())
        if written is None and match["scale"].endswith("亿"):
            return "亿元"
        if written:
            unit = written.unit
            if unit.kind == "money":
                return "亿" + unit.base if match["scale"] else unit.base
            return unit.base + written.per
    return ""


def _names(flat: str, language: str, encoder: Encoder | None) -> Names:
    if language == "en":
        found, rest = translate(flat)
        if found:
            words = [zh for en, zh in _WORDS.items() if re.search(rf"\b{en}\b", rest, re.I) and zh not in found]
            return resolve("".join(words) + (_GROWTH.sub("", found) or found), encoder)
    phrase = _phrase(flat)
    either = _EITHER.match(phrase)
    if either:
        both = [resolve(either["a"] + side + either["rest"], encoder) for side in (either["x"], either["y"])]
        names = dict(both[0].names) | {n: w * SECOND for n, w in both[1].names if n not in dict(both[0].names)}
        return replace(both[0], label=phrase, names=tuple(names.items()))
    inside = [m["inside"] for m in _BRACKET.finditer(phrase) if m["inside"].strip()]
    found_names = resolve(_BRACKET.sub("", phrase) or phrase, encoder)
    if not found_names.known and inside:
        return resolve(inside[0], encoder)
    return found_names


def _phrase(flat: str) -> str:
    """The words that name the indicator; words of growth and size stay only where they are part of a name (经济增长)."""
    rest = _RELATIVE.sub(" ", _NOISE.sub(" ", _unit_words(flat)))
    rest = _TARGET.sub(" ", rest)
    chinese = bool(re.search(r"[一-鿿]", rest))
    kept = re.sub(r"\s+|[?!。]+", "", rest) if chinese else re.sub(r"\s+", " ", rest).strip(" ?!,.:")
    known = resolve(_trim(kept))
    if known.known and (known.growth or known.rate):
        return _trim(kept)
    bare = _trim(_DONE.sub("", _GROWTH.sub("", kept)))
    if resolve(bare).known and not TOTALS.search(bare):
        return bare
    shorter = _trim(TOTALS.sub("", bare))
    return bare if resolve(bare).label != resolve(shorter).label and resolve(bare).known else shorter or bare or kept


def _unit_words(flat: str) -> str:
    """多少亿元, 多少个 leave with their question word."""
    out, at = "", 0
    for match in re.finditer(r"(?:多少|几)[百千万亿]*", flat):
        written = find_unit(flat, match.end())
        out += flat[at : match.start()] + " "
        at = written.end if written else match.end()
    return out + flat[at:]


def _trim(text: str) -> str:
    while (shorter := _ENDS.sub("", text)) != text:
        text = shorter
    return text
