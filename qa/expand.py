"""The official terms for the everyday and English words of a question, so that the search by words finds them too.

BM25 knows only the words themselves: 大厂子 does not meet 规模以上工业, nor does "old residential areas" 老旧小区. The wordings
of the glossary and of the known indicators that stand in a question add the words of the terms they mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from index.text import plain
from index.words import words
from qa.terms import glossary, groups

_LONGEST = 14  # characters of an everyday wording
_LONGEST_EN = 7  # words of an English one


def expansion(topic: str) -> list[str]:
    """Words of the official terms meant by wordings in a topic, without the topic's own words; each once."""
    own = set(words(topic))
    found = dict.fromkeys(word for term in meant(topic) for word in words(term))
    return [word for word in found if word not in own]


def meant(topic: str) -> list[str]:
    """The official terms whose wordings stand in a topic, the longest wording at every place, left to right."""
    flat = plain(topic)
    chinese, english = _wordings()
    latin = re.findall(r"[a-z0-9.]+(?:-[a-z0-9]+)*", flat.lower())
    found = [*_longest(list(flat), "", chinese, _LONGEST), *_longest(latin, " ", english, _LONGEST_EN)]
    return list(dict.fromkeys(found))


def _longest(parts: list[str], joint: str, wordings: dict[str, str], most: int) -> Iterator[str]:
    """Terms of the wordings found in a row of parts, never two over the same part."""
    at = 0
    while at < len(parts):
        for size in range(min(most, len(parts) - at), 0, -1):
            term = wordings.get(joint.join(parts[at : at + size]))
            if term:
                yield term
                at += size
                break
        else:
            at += 1


@cache
def _wordings() -> tuple[dict[str, str], dict[str, str]]:
    """(everyday Chinese wording -> term, English wording -> term); the indicators' own come first."""
    glossed = glossary()
    chinese = {w: g.label for g in groups() for w in (*g.plain, *g.growth)}
    english = {e.lower(): g.label for g in groups() for e in g.en}
    for wording, term in glossed.wordings.items():
        chinese.setdefault(wording, term)
    for phrase, term in glossed.english.items():
        english.setdefault(phrase.lower(), term)
    return chinese, english
