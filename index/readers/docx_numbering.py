"""Automatic numbers of Word lists: the characters that Word shows before a paragraph and does not store in it."""

from __future__ import annotations

import re
from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DIGITS = "〇一二三四五六七八九"
_CHINESE = frozenset(
    "chineseCounting chineseCountingThousand taiwaneseCounting taiwaneseCountingThousand japaneseCounting ideographDigital".split()
)
_PLACE = re.compile(r"%([1-9])")

Node = Any  # an lxml element: lxml ships no types


class Numbering:
    """Counts the numbered paragraphs of one document in reading order.

    Args:
        root: the document's numbering part, None where it has none.
    """

    def __init__(self, root: Node) -> None:
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}  # list -> level -> (format, text, start)
        self._counters: dict[str, dict[int, int]] = {}
        self._abstract: dict[str, str] = {}
        if root is None:
            return
        abstract = {a.get(_W + "abstractNumId"): _levels(a) for a in root.iterchildren(_W + "abstractNum")}
        for number in root.iterchildren(_W + "num"):
            identity = number.get(_W + "numId")
            link = number.find(_W + "abstractNumId")
            key = link.get(_W + "val") if link is not None else ""
            own = dict(abstract.get(key, {}))
            for override in number.iterchildren(_W + "lvlOverride"):
                level = _integer(override, "ilvl", 0)
                own |= _levels(override)
                start = override.find(_W + "startOverride")
                if start is not None and level in own:
                    own[level] = (*own[level][:2], _integer(start, "val", 1))
            self._levels[identity] = own
            # Lists of one abstract numbering go on counting, unless they say where they start.
            restarts = number.find(f"{_W}lvlOverride/{_W}startOverride") is not None
            self._abstract[identity] = identity if restarts else f"abstract {key}"

    def label(self, own: Node, from_style: Node) -> str:
        """The number of the next paragraph (`一、`, `（二）`, `3. `), empty for a bullet or no number.

        Args:
            own: the paragraph's `numPr`, or None.
            from_style: its style's `numPr`, or None; the paragraph's own settings win one by one.
        """
        identity = _value(own, "numId") or _value(from_style, "numId")
        levels = self._levels.get(identity or "")
        if not levels:
            return ""
        text = _value(own, "ilvl") or _value(from_style, "ilvl") or "0"
        level = int(text) if text.isdecimal() else 0
        if level not in levels:
            return ""
        counters = self._counters.setdefault(self._abstract[identity or ""], {})
        counters[level] = counters.get(level, levels[level][2] - 1) + 1
        for deeper in [key for key in counters if key > level]:
            del counters[deeper]
        style, pattern, _ = levels[level]
        if style in ("bullet", "none"):
            return ""

        def shown(place: re.Match[str]) -> str:
            wanted = int(place[1]) - 1
            style, _, start = levels.get(wanted, ("decimal", "", 1))
            return number_text(counters.get(wanted, start), style)

        label = _PLACE.sub(shown, pattern)
        return label + (" " if label and label[-1].isascii() and label[-1] not in ")]" else "")


def number_text(value: int, style: str) -> str:
    """A number in one of Word's styles: `decimal`, the Chinese ones, letters, roman; anything else as decimal."""
    if style in _CHINESE:
        return _chinese(value) if style != "ideographDigital" else "".join(_DIGITS[int(d)] for d in str(value))
    if style in ("upperLetter", "lowerLetter") and value > 0:
        letter = chr(ord("A") + (value - 1) % 26) * ((value - 1) // 26 + 1)
        return letter if style == "upperLetter" else letter.lower()
    if style in ("upperRoman", "lowerRoman") and 0 < value < 4000:
        roman = _roman(value)
        return roman if style == "upperRoman" else roman.lower()
    if style.startswith("decimalEnclosedCircle") and 0 < value <= 20:
        return chr(0x2460 + value - 1)
    return f"{value:02d}" if style == "decimalZero" else str(value)


def _chinese(value: int) -> str:
    if not 0 < value < 100:
        return str(value)
    tens, ones = divmod(value, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十"
    return head + (_DIGITS[ones] if ones else "")


def _roman(value: int) -> str:
    out = ""
    for worth, letters in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1), "M CM D CD C XC L XL X IX V IV I".split(), strict=True
    ):
        out += letters * (value // worth)
        value %= worth
    return out


def _levels(parent: Node) -> dict[int, tuple[str, str, int]]:
    found = {}
    for level in parent.iterchildren(_W + "lvl"):
        style, text, start = (level.find(_W + n) for n in ("numFmt", "lvlText", "start"))
        found[_integer(level, "ilvl", 0)] = (
            style.get(_W + "val", "decimal") if style is not None else "decimal",
            text.get(_W + "val", "") if text is not None else "",
            _integer(start, "val", 1) if start is not None else 1,
        )
    return found


def _value(properties: Node, name: str) -> str | None:
    if properties is None:
        return None
    element = properties.find(_W + name)
    return element.get(_W + "val") if element is not None else None


def _integer(element: Node, name: str, default: int) -> int:
    text = element.get(_W + name, "")
    return int(text) if text.isdecimal() and len(text) < 9 else default
