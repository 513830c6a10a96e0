"""Names of indicators: the words of a question -> the names under which reports tell of the same thing.

Two sources: `data/indicators.json`, the names that statistics give one indicator (with its units and English), and
`data/glossary.tsv`, official terms with everyday wordings, for whatever is not in the first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from index.encoder import Encoder, StaticEncoder, Vectors
from index.once import once

DATA = Path(__file__).parent / "data"
NEAR = 0.62  # cosine from which the nearest term of the glossary is taken for what the question means
SHORTER = 0.95  # a wider name of the same thing counts a little less than the question's own words
GUESSED = 0.9


@dataclass(frozen=True)
class Names:
    """What a phrase may be called in a report.

    Attributes:
        label: The name to show.
        names: (name, weight) pairs, weight at most 1: how surely the name means what was asked.
        units: Base units its level is told in; empty where any will do.
        rate: Whether its level is itself a percentage or a change (失业率, 居民消费价格涨幅).
        growth: Whether the phrase itself asks for growth (经济增速).
        known: Whether the phrase is an indicator of `indicators.json`, so that a figure answers it.
    """

    label: str
    names: tuple[tuple[str, float], ...]
    units: tuple[str, ...]
    rate: bool
    growth: bool = False
    known: bool = False


@dataclass(frozen=True)
class Group:
    """One indicator of `indicators.json`."""

    names: tuple[str, ...]
    units: tuple[str, ...] = ()
    growth: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    en: tuple[str, ...] = ()
    rate: bool = False

    @property
    def label(self) -> str:
        return self.names[0]


@dataclass(frozen=True)
class Glossary:
    """Official terms with everyday wordings and English names, row by row."""

    terms: tuple[str, ...]
    wordings: dict[str, str] = field(repr=False)  # wording -> term
    english: dict[str, str] = field(repr=False)


_ONE_FORM = (
    (re.compile(r"规模以上|规模(?=工业)"), "规上"),
    (re.compile(r"限额以上"), "限上"),
    (re.compile(r"(?:地区|国内|全市|全县|全区)?生产总值(?!能)"), "GDP"),
    (re.compile(r"R&D|研究与试验发展|科研(?=投入|经费)"), "研发"),
    (re.compile(r"细颗粒物(?:\(PM2\.5\))?"), "PM2.5"),
    (re.compile(r"常住居民|城乡居民(?=人均|可)"), "居民"),
    (re.compile(r"城市居民"), "城镇居民"),
    (re.compile(r"城里人?"), "城镇"),
    (re.compile(r"乡下人?"), "农村"),
    (re.compile(r"农民(?=人均|可支配|收入)"), "农村居民"),
    (re.compile(r"经营主体"), "市场主体"),
    (re.compile(r"优良以上"), "优良"),
    (re.compile(r"[“”\"]"), ""),
    (re.compile(r"总值(?!能)"), "总额"),
)
_SHARE = re.compile(r"占|比重|比例|率|强度|覆盖面")
ADDING = re.compile(
    r"新增加?|新建成?|新设立?|新登记|新认定|新培育|净增|增加(?!值)|新开工|新改扩建|新改建|改扩建|改建|扩建|完成|实施|办理|开工|建成|建设|认定|培育|引进|接待|^建(?!筑|制|档|议|材|党)|的|打造|创建"
)
VERBS = re.compile(
    ADDING.pattern
    + r"|争取|发放|发行|申请|获得|筹集|筹建|改造|改建|开展|实现|安排|处置|治理|整治|修建|组织|举办|提供|吸引|招引|投入|计划|提升"
)
_ENGLISH_EDGES = (re.compile(r"(?<![a-z0-9])(?=\S)"), re.compile(r"(?<=\S)(?![a-z0-9])"))  # where a name may begin and end
TOTALS = re.compile(r"总量|总数|存量|保有量|拥有量?|现有|累计|共有")


@lru_cache(maxsize=20_000)  # the same sentences come up for many questions
def canonical(text: str) -> str:
    """One form for the variants that mean the same in statistics: 规模以上工业 -> 规上工业, 地区生产总值 -> GDP."""
    for pattern, form in _ONE_FORM:
        text = pattern.sub(form, text)
    return text.upper()


@once
def groups() -> tuple[Group, ...]:
    """All indicators with several names."""
    rows: list[dict[str, Any]] = json.loads((DATA / "indicators.json").read_text("utf-8"))
    return tuple(
        Group(
            names=tuple(row["names"]),
            units=tuple(row.get("units", ())),
            growth=tuple(row.get("growth", ())),
            plain=tuple(row.get("plain", ())),
            en=tuple(row.get("en", ())),
            rate=bool(row.get("rate")),
        )
        for row in rows
    )


@once
def _members() -> tuple[tuple[str, Group, str], ...]:
    """(wording in upper case, group, kind) longest first; kind is name, growth or plain."""
    rows = {(canonical(w), g, kind): None for g in groups() for kind in ("names", "growth", "plain") for w in getattr(g, kind)}
    return tuple(sorted(rows, key=lambda row: -len(row[0])))


@once
def _english() -> tuple[dict[str, str], ...]:
    """English name -> Chinese name, of the indicators and of the glossary."""
    own = {e: g.label for g in groups() for e in g.en}
    return own, glossary().english


@once
def glossary() -> Glossary:
    """The compact glossary."""
    terms: list[str] = []
    wordings: dict[str, str] = {}
    english: dict[str, str] = {}
    for line in (DATA / "glossary.tsv").read_text("utf-8").splitlines():
        term, plain, latin = line.split("\t")
        terms.append(term)
        for wording in plain.split("|"):
            wordings.setdefault(wording, term)
        for phrase in latin.split("|"):
            english.setdefault(phrase, term)
    return Glossary(tuple(terms), wordings, english)


def translate(text: str) -> tuple[str, str]:
    """The longest English name in a text -> its Chinese name and the text without it; ("", text) where there is none."""
    low = text.lower()
    starts, ends = ([m.start() for m in edge.finditer(low)] for edge in _ENGLISH_EDGES)
    spans = sorted(((a, b) for a in starts for b in ends if b - a > 2), key=lambda span: span[0] - span[1])
    for names in _english():
        for a, b in spans:
            if low[a:b] in names:
                return names[low[a:b]], text[:a] + " " + text[b:]
    return "", text


def resolve(phrase: str, encoder: Encoder | None = None) -> Names:
    """Names for what a cleaned phrase of a question asks for.

    Args:
        phrase: Words of the question without places, times and question words.
        encoder: For phrases that are in no list: the nearest term of the glossary; only the included kind of model.
    """
    form = canonical(phrase)
    for member, group, kind in _members():
        at = form.find(member)
        if at < 0 or not _is_whole(form, at, member):
            continue
        before, after = (TOTALS.sub("", VERBS.sub("", part)) for part in (form[:at], form[at + len(member) :]))
        if _SHARE.search(before + after) and not group.rate:
            return Names(phrase, _weighted([before + name + after for name in _own(member, group)]), ("%",), rate=True, known=True)
        if kind != "names":
            return Names(group.label, _weighted(_own("", group)), group.units, group.rate, kind == "growth", known=True)
        names = _weighted([before + name + after for name in _own(member, group)])
        return Names(before + group.label + after, names, group.units, group.rate, known=True)
    glossed = glossary()
    term = glossed.wordings.get(phrase, "")
    if term or phrase in glossed.terms:
        return _named(phrase, term or phrase, 1.0)
    if encoder is not None and isinstance(encoder, StaticEncoder) and (near := _nearest(phrase, encoder)):
        return _named(phrase, near, GUESSED)
    return _plain(phrase)


def _own(member: str, group: Group) -> list[str]:
    """The names of a group in one form, the one that was asked for first."""
    return list(dict.fromkeys(([member] if member else []) + [canonical(name) for name in (*group.names, *group.growth)]))


def _plain(phrase: str) -> Names:
    bare = ADDING.sub("", canonical(phrase)) or canonical(phrase)
    if (opening := VERBS.match(bare)) and len(bare) - opening.end() > 1:
        bare = bare[opening.end() :]
    share = bool(_SHARE.search(bare[-3:]))
    return Names(phrase, ((bare, 1.0),), ("%",) if share else (), rate=share)


def _named(phrase: str, term: str, weight: float) -> Names:
    """The names of a glossary term, together with the phrase itself."""
    found = resolve(term) if term != phrase else _plain(term)
    own = _plain(phrase).names
    names = dict(own) | {n: w * weight for n, w in found.names if n not in dict(own)}
    return Names(found.label, tuple(names.items()), found.units, found.rate, found.growth, found.known)


def _weighted(names: Sequence[str]) -> tuple[tuple[str, float], ...]:
    return tuple((name, 1.0 if not i else SHORTER) for i, name in enumerate(dict.fromkeys(names)))


def _is_whole(text: str, at: int, member: str) -> bool:
    """出口 inside 进出口 and 规工 inside other words are not the member; a Latin member stands alone."""
    if member.isascii():
        return not (text[at - 1 : at].isalnum() and text[at - 1 : at].isascii()) if at else True
    return not (member.startswith(("出口", "进口")) and at and text[at - 1] == "进")


def _nearest(phrase: str, encoder: StaticEncoder) -> str:
    """The term whose name or everyday wording lies nearest to a phrase, "" where none is near."""
    words, terms = _wordings()
    vectors = _matrix(encoder)
    scores = vectors @ encoder.encode_queries([phrase])[0]
    best = int(np.argmax(scores))
    return terms[best] if scores[best] >= NEAR else ""


@once
def _wordings() -> tuple[tuple[str, ...], tuple[str, ...]]:
    rows = [(name, g.label) for g in groups() for name in (*g.names, *g.plain)]
    glossed = glossary()
    rows += [(t, t) for t in glossed.terms] + list(glossed.wordings.items())
    words, terms = zip(*rows, strict=True)
    return words, terms


@once
def _matrix(encoder: StaticEncoder) -> Vectors:
    """Vectors of all wordings, (n, dimension) float32; made at the first question that is in no list (half a second)."""
    return encoder.encode_passages(_wordings()[0])
