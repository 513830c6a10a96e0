"""那泉州呢? 去年呢? 目标呢? What about Wenzhou?: what a follow-up leaves out is taken from the turn before.

A question is a follow-up when it has no topic of its own (only a place, a year or a tense), or when it points back
(那里, 它, 该市, there, its). The completed question is built from the turn before and shown, so nothing is assumed in
silence.
"""

from __future__ import annotations

import re
from dataclasses import replace

from index.text import plain
from qa.places import Places
from qa.question import QUESTION_WORDS, Query, understand

_EMPTY = re.compile(
    r"那么?|呢|的|了|吧|啊|嘛|又|还|再|也|则|和|与|如果是|换成|换|看看|说说|市|情况|数字|数据|结果|实际|完成|目标|预期|计划|怎么样|如何|"
    r"\b(?:what|how|about|and|the|for|in|of|then|is|was|it|target|goal|result|actual|last|this|next|year|instead)\b"
)
_POINTS_BACK = re.compile(r"那里|那边|那儿|当地|该市|这个?市|它的?|他们|那边|同一|\b(?:there|its|their|they|that city|same city)\b", re.I)
_RESULT = re.compile(r"结果|实际|完成(?:情况)?|\b(?:result|actual)\b", re.I)
_TARGET = re.compile(r"目标|预期|计划|\b(?:target|goal)\b", re.I)
_ADDS = re.compile(r"^(?:那么?|还有|另外|and\b|also\b)", re.I)


def follow(question: str, places: Places, previous: Query | None) -> tuple[Query, str]:
    """(the query, the completed question or an empty string where the question stands by itself).

    Raises:
        QuestionError: see `understand`.
    """
    query = understand(question, places)
    if previous is None:
        return query, ""
    rest = re.sub(r"[\s?？!！。,，、]", "", _EMPTY.sub("", QUESTION_WORDS.sub("", plain(query.topic_asked).lower())))
    if not rest:
        tense = "actual" if _RESULT.search(question) else "target" if _TARGET.search(question) else query.tense
        return _complete(query, previous, places, previous.topic_asked, tense)
    if not query.cities and previous.cities and (_POINTS_BACK.search(question) or _ADDS.match(question.strip())):
        topic = _POINTS_BACK.sub("", _ADDS.sub("", question.strip())).strip(" ,，")
        return _complete(replace(query, years=query.years), previous, places, topic, query.tense, years=query.years)
    return query, ""


def _complete(
    query: Query, previous: Query, places: Places, topic: str, tense: str | None, years: tuple[int, ...] | None = None
) -> tuple[Query, str]:
    """Put the question together again from its parts and read it as a whole."""
    cities = query.cities or query.absent_cities or previous.cities
    shift = bool(query.years) or tense is not None
    years = years if years is not None else (query.years if shift else previous.years)
    if tense is not None and not query.years and years == ():
        years = _years_of(tense, places, cities, previous)
    wording = tense or (None if query.years else previous.tense)
    english = query.language == "en" and previous.language == "en"
    named = (" and " if english else "和").join(cities)
    when = ("、" if not english else ", ").join(str(y) for y in years)
    stripped = _TARGET.sub("", _RESULT.sub("", topic)) if tense else topic
    if english:
        words = {"target": "target", "actual": "result"}.get(wording or "", "") if tense else ""
        whole = " ".join(x for x in (f"{named}:" if named else "", stripped, words, f"in {when}" if when else "") if x)
    else:
        words = {"target": "目标", "actual": "实际"}.get(wording or "", "") if tense else ""
        whole = (
            f"{named}{when + '年' if when else ''}{words if wording == 'actual' else ''}{stripped}{words if wording == 'target' else ''}"
        )
    found = understand(whole.strip(), places)
    found = replace(found, tense=wording or found.tense, wants=found.wants or previous.wants)
    return found, found.text


def _years_of(tense: str, places: Places, cities: tuple[str, ...], previous: Query) -> tuple[int, ...]:
    """目标呢? asks for the present year of the reports, 实际呢? for the year before."""
    present = places.present_years(cities)
    return (min(present) - (tense == "actual"),) if len(present) == 1 else ()
