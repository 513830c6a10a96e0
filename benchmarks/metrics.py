"""Retrieval metrics over question sets with gold evidence, as pure functions.

A hit is right when it is of the right place and holds the answer, or at least half of the evidence (by 4-character
pieces), punctuation and white space aside.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from index.text import plain

Row = dict[str, Any]


def bare(text: str | None) -> str:
    """Text without white space, in one form of punctuation."""
    return re.sub(r"\s+", "", plain(text or ""))


def overlap(a: str, b: str) -> float:
    """Share of a's 4-character pieces that stand in b, 0 to 1."""
    pieces = [a[i : i + 4] for i in range(max(1, len(a) - 3))]
    return sum(p in b for p in pieces) / len(pieces)


def same_place(gold: str, found: str | None) -> bool:
    """宁波 and 宁波市 are the same place."""
    gold, found = (re.sub(r"[市镇县区]$", "", x or "") for x in (gold, found))
    return bool(gold) and bool(found) and (gold in found or found in gold)


def is_right(hit: Row, gold: Row) -> bool:
    """Whether a hit answers the question."""
    text, evidence, answer = bare(hit["text"]), bare(gold["evidence"]), bare(gold["answer"])
    if not same_place(gold["city"], hit["city"]):
        return False
    share = overlap(evidence, text)
    return share >= 0.5 or (len(answer) >= 4 and answer in text and share >= 0.25)


def char_f1(gold: str, found: str) -> float:
    """F1 of the characters of two strings as bags, 0 to 1."""
    both = sum((Counter(gold) & Counter(found)).values())
    return 2 * both / (len(gold) + len(found)) if both else 0.0


def judge(result: Row, gold: Row) -> dict[str, float]:
    """Scores of one answered question, each 0 to 1."""
    ranks = [i for i, hit in enumerate(result["hits"][:10], 1) if is_right(hit, gold)]
    sentence = bare((result["answer"] or {}).get("sentence"))
    answer, evidence = bare(gold["answer"]), bare(gold["evidence"])
    right_place = bool(result["hits"]) and same_place(gold["city"], result["hits"][0]["city"])
    if answer:
        good = answer in sentence and overlap(evidence, sentence) >= 0.25
    else:
        good = overlap(sentence, evidence) >= 0.5 or overlap(evidence, sentence) >= 0.5
    good = good and bool(sentence) and right_place
    scores = {
        "recall@1": float(ranks[:1] == [1]),
        "recall@5": float(bool(ranks) and ranks[0] <= 5),
        "mrr@10": 1 / ranks[0] if ranks else 0.0,
        "sentence@1": float(good),
        "answered": float(bool(result["answered"])),
    }
    if answer:
        scores["span_f1"] = char_f1(answer, bare((result["answer"] or {}).get("span"))) if good else 0.0
    return scores


def mean(scores: list[dict[str, float]]) -> dict[str, float]:
    """Mean of every metric over the questions that have it."""
    names = dict.fromkeys(name for row in scores for name in row)
    return {n: sum(r[n] for r in scores if n in r) / sum(n in r for r in scores) for n in names}
