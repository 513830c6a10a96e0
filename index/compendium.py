"""One file -> one or many reports, with the offset of each in the file's text.

A collection shows itself by title lines (2023年宁波市政府工作报告, 泸州市人民政府工作报告) that stand alone and are
followed by a report; the same titles in a table of contents follow one another and start nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import zip_longest

from index.text import plain

TITLE = re.compile(
    r"^[\s#*]*(?:\d{4}年?)?(?P<place>[一-鿿]{2,15}?(?:省|市|县|区|旗|州|盟|镇|乡|街道|自治区))(?:人民)?"
    r"(?:\d{4}年?)?政府工作报告(?:[(]?\d{4}年?[)]?)?[\s*]*$",
    re.M,
)
_SHORTEST_REPORT = 300  # characters between two titles; fewer is a table of contents or a running head


@dataclass(frozen=True)
class Part:
    """A slice [start, end) of a file that is one report; `title` is empty where the file is one report."""

    start: int
    end: int
    title: str = ""


def split_reports(text: str) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    """The reports of a file in order, and the pieces that belong to none (cover, table of contents)."""
    starts: list[tuple[int, str]] = []
    titles = list(TITLE.finditer(plain(text)))
    for match, following in zip_longest(titles, titles[1:]):
        end = following.start() if following else len(text)
        title = match[0].strip(" #*\n\t")
        if end - match.start() < _SHORTEST_REPORT or (starts and starts[-1][1] == title):
            continue
        starts.append((match.start(), title))
    if len(starts) < 2:
        return (Part(0, len(text)),), ()
    edges = [s for s, _ in starts] + [len(text)]
    parts = tuple(Part(a, b, title) for (a, title), b in zip(starts, edges[1:], strict=True))
    lead = text[: edges[0]].strip()
    return parts, ((lead,) if lead else ())
