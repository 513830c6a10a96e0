"""A question for a name (哪个村, 什么奖, which county): the name alone, cut out of the clause that answers.

The clause repeats the question around the name, so the name is a run of words that are like no word of the question,
next to words that are; a run that ends as the question's own class word says (哪个村 -> ……村) or that is quoted comes first.
"""

from __future__ import annotations

import re

import numpy as np

from index.encoder import StaticEncoder, Vectors
from index.records import Span
from index.text import plain
from qa.question import Query

_ALIKE = 0.5  # cosine of two pieces from which one says the other
_CLASS = re.compile(r"(?:哪(?:一)?[个家条座所项种位名支只张处片]?|什么|啥)(?P<noun>[一-鿿]{1,6})")
_TAIL = re.compile(r"^(?:全国|国家|省级|老|新|大|小)+")
_CALLED = re.compile(r"叫什么|叫啥|名字|称号|品牌|命名|名称|奖|called|named|title|award", re.I)
_BREAK = re.compile(r"[，,；;。：:！!？?（）()]|——")
_QUOTED = re.compile(r"[“《][^”》]{2,30}[”》]")
_EDGE_LEFT = re.compile(
    r"^(?:[、的了被由将把与和在于为是有对向从以及又再也已共等获评得新增加选入成开展建设立支持推进加快创打造实施完举办启动力争争取抓好]|我市|全市|全省|全国)+"
)
_EDGE_RIGHT = re.compile(r"(?:[、的了被由将把与和在于为是有对向从以及又等获入评成]|正式|成功|顺利|荣获|获评|入选|建立|创建)+$")
_VERB = re.compile(
    r"成为|入选|获评|荣获|获得|被|授予|认定|命名|发放|交易|挂牌|落户|位于|来自|系统|同比|其中|开展|创建|建成|支持|争取|力争|新增|两个|三个|多个"
)
_GENERIC = re.compile(r"^(?:首[个条家批次座项]|第一|国内|国际|全国|全省|全市|世界|国家级?|省级|市级|我市|经验|推广|项目|工作|人类|级)+$")
_SUFFIX = re.compile(
    r"^(?:景区|产业园|工业园|开发区|示范区|公园|保护区|医院|大学|学院|学校|公司|集团|银行|中心|基地|[省市县区镇乡村街路桥河湖山岛港站馆寺祠奖])"
)
_WHEN = re.compile(r"什么时候|何时|啥时候|哪天|哪年|哪一[年天]|\bwhen\b", re.I)
_LONGEST = 30


def name_spans(encoder: StaticEncoder, sentence: str, query: Query, clauses: list[Span]) -> list[Span | None]:
    """The name that stands out in each clause of a sentence, None where nothing does or a time is asked for."""
    ids, offsets = encoder.pieces(sentence)
    asked, _ = encoder.pieces(query.topic)
    if _WHEN.search(query.text) or not len(ids) or not len(asked):
        return [None] * len(clauses)
    left = encoder.weights[asked] / encoder.norms[asked][:, None]
    alike: Vectors = (left @ (encoder.weights[ids] / encoder.norms[ids][:, None]).T).max(0)
    return [_name_span(sentence, query, clause, offsets, alike) for clause in clauses]


def _name_span(sentence: str, query: Query, clause: Span, offsets: np.ndarray, alike: Vectors) -> Span | None:
    inside = (offsets[:, 0] >= clause[0]) & (offsets[:, 1] <= clause[1])
    offsets, known = offsets[inside], alike[inside] >= _ALIKE
    if not known.any():
        return None
    noun = _class_noun(query.text)
    best: tuple[float, Span] | None = None
    for start, end in _runs(sentence, offsets, known, clause):
        start, end = _with_suffix(sentence, start, end, clause)
        text = sentence[start:end]
        if not 2 <= len(text.strip("“”《》")) <= _LONGEST or _GENERIC.match(text):
            continue
        if sum(c in query.text for c in text) * 2 > len(text):
            continue  # the question's own words, such as the place that was taken out of its topic
        gaps = [max(a - end, start - b, 0) for a, b in offsets[known]]
        score = 1.0 - min(gaps) / 20
        score += 1.0 if noun and plain(text).rstrip("”》").endswith(noun[-1]) else 0.0
        score += 0.8 if text[0] in "“《" and (_CALLED.search(query.text) or not noun) else 0.0
        score += min(len(text), 8) / 16
        if best is None or score > best[0]:
            best = (score, (start, end))
    if best is None:
        return None
    start, end = best[1]
    return (start + 1, end - 1) if sentence[start] == "“" and sentence[end - 1] == "”" else (start, end)


def _with_suffix(sentence: str, start: int, end: int, clause: Span) -> Span:
    """大陆 of 大陆村: the word that says what kind of place a name is belongs to it, also where the question says it."""
    found = _SUFFIX.match(sentence[end : clause[1]])
    return (start, end + len(found[0])) if found and sentence[end - 1] not in "”》" else (start, end)


def _class_noun(question: str) -> str:
    """村 of 哪个村, 国家公园 of 哪个国家公园; empty where the question names no class."""
    found = _CLASS.search(question)
    if not found:
        return ""
    noun = _TAIL.sub("", re.split(r"[的了是在被由把给跟和与]|入选|获|当|要|能|会|最|有|叫", found["noun"])[0])
    return noun if len(noun) >= 1 else ""


def _runs(sentence: str, offsets: np.ndarray, known: np.ndarray, clause: Span) -> list[Span]:
    """Quoted names, and runs of words that the question lacks, trimmed at both ends."""
    runs: list[Span] = [m.span() for m in _QUOTED.finditer(sentence) if clause[0] <= m.start() and m.end() <= clause[1]]
    runs = [(a, b) for a, b in runs if not known[(offsets[:, 0] >= a) & (offsets[:, 1] <= b)].all()]
    start = end = -1
    for (a, b), same in [*zip(offsets.tolist(), known.tolist(), strict=True), ((-1, -1), True)]:
        between = sentence[end:a] if start >= 0 and a >= 0 else ""
        if start >= 0 and (same or _BREAK.search(between)):
            runs += _pieces(sentence, start, end)
            start = -1
        if not same:
            start, end = (a if start < 0 else start), b
    return runs


def _pieces(sentence: str, start: int, end: int) -> list[Span]:
    """A run cut at its verbs, each part trimmed."""
    cuts = [start, *(start + x for m in _VERB.finditer(sentence[start:end]) for x in m.span()), end]
    parts = [_trim(sentence, a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=True)]
    return [(a, b) for a, b in parts if b > a]


def _trim(sentence: str, start: int, end: int) -> Span:
    text = sentence[start:end]
    lead = _EDGE_LEFT.match(text)
    start += lead.end() if lead else 0
    tail = _EDGE_RIGHT.search(sentence[start:end])
    end -= len(tail[0]) if tail else 0
    return start, end
