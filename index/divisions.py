"""Administrative divisions of China: the table, and finding their names in Chinese and Latin text.

Facts come from `data/divisions.tsv` (statistics office, mid-2023; made by `data/make_divisions.py`), how common the
words around a name are from `data/everyday.tsv` (made by `data/make_everyday.py`).
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from index.once import once

_DATA: Final = Path(__file__).with_name("data")
_RANK: Final = {"province": 0, "city": 1, "county": 2}
_CUSTOMARY: Final = (  # 恩施州, 双江县, 广西自治区 are written more often than the full name
    ("自治区", ("自治区",)), ("自治州", ("州", "自治州")), ("自治县", ("县", "自治县")), ("自治旗", ("旗", "自治旗")),
    ("特别行政区", ("特区",)),
)  # fmt: skip
_WORDS: Final = 26  # log2 of the words that the frequencies were counted on: the cost of a word seen once, in bits
_FLOORS: Final = {"province": 11, "city": 9, "county": 7}  # no short name is rated rarer than this (log2)
_FULL_FLOORS: Final = {"province": 14, "city": 13, "county": 10}  # the same for names written with their suffix
_RARE: Final = 3  # log2 frequency of a character that the table does not have
_DECIDED: Final = 3  # bits by which another reading must win before a name counts as not there at all
_REACH: Final = 4  # characters weighed on each side of a name
_LONGEST: Final = 5  # characters of the longest everyday word
_HAN: Final = re.compile(r"[\u4e00-\u9fff]*")
# 中山路, 南京东路, 宁波银行: named after a place, seldom about it. 宁波路网 and 台州路桥区 are about it.
_BORROWED: Final = re.compile(
    "[东南西北中一二三四五六七八九十]{0,2}(?:路(?![网段径况政灯桥面域线演口])|大?街|大道|巷|[银商]行|(?:大|中|小)学(?!生)|学院|大厦|广场|酒店|饭店|宾馆)"
)
# Hills, rivers and villages bear the short names of counties: 龙山镇, 浮山岭; but 龙南乡村 and 高安山水 are counties.
_LANDMARK: Final = re.compile(
    "镇(?![域村街级区江海化长])|乡(?![村镇亲])|村(?![庄镇民级居集落容务干委史医道卫企子])|[岭圩峰峡寨坝洼]|山(?![水区地林东西体海])|"
    "江(?![西苏北南门])|河(?![道湖长南北流源池段])|湖(?![南北州泊])|溪(?!流)|湾(?!区)|岛(?!屿)|运河|水库|公园|社区"
)
_LATIN: Final = re.compile(r"(?<![0-9A-Za-z_])[A-Za-zÀ-ɏ]+(?:['’][A-Za-zÀ-ɏ]+)*(?![0-9A-Za-z_])")
_KIND: Final = re.compile(r"\s+(province|city|county|district|prefecture)\b", re.IGNORECASE)
_KINDS: Final = {"province": "省区", "city": "市", "county": "县旗", "district": "区", "prefecture": "州盟区"}
_OLDER: Final = {"macau": "820000", "hongkong": "810000", "peking": "110000", "canton": "440100"}
_ENGLISH_WORDS: Final = frozenset("ali anda dean emin guan guide guiding jian lean mile yuan".split())


@dataclass(frozen=True)
class Division:
    """A province, a prefecture-level city or a county-level unit (`level`: province, city, county).

    `parent` is the code of the unit above, empty for a province. `abbreviation` is one character (甬) or empty.
    `english` is empty where it is the pinyin with a capital letter.
    """

    code: str
    level: str
    name: str
    short: str
    parent: str
    pinyin: str
    abbreviation: str
    english: str


@dataclass(frozen=True)
class Mention:
    """A name at `text[start:end]` with all units that bear it, larger ones first.

    `weak`: it may well be something else, such as a road (中山路), an ordinary word (东方) or the English word "guide".
    """

    start: int
    end: int
    text: str
    candidates: tuple[Division, ...]
    weak: bool = False


class Divisions:
    """All divisions, looked up by name and found in text."""

    def __init__(self, rows: Iterable[Mapping[str, str]], levels: Mapping[str, int]) -> None:
        """Index the rows of `divisions.tsv`; `levels` is the log2 frequency of everyday words and characters."""
        names: defaultdict[str, list[Division]] = defaultdict(list)
        latin: defaultdict[str, list[Division]] = defaultdict(list)
        letters: defaultdict[str, list[Division]] = defaultdict(list)
        everyday = set()
        by_code = {}
        for row in sorted(rows, key=lambda row: (_RANK[row["level"]], row["code"])):
            code, level, name, short = row["code"], row["level"], row["name"], row["short"]
            unit = Division(code, level, name, short, row["parent"], row["pinyin"], row["abbreviations"][:1], row["english"])
            by_code[code] = unit
            for written in _written(unit):
                names[written].append(unit)
            for key in _latin_keys(unit):
                latin[key].append(unit)
            for letter in row["abbreviations"]:
                letters[letter].append(unit)
            if row["everyday"]:
                everyday.add(short)
        for key, code in _OLDER.items():
            if code in by_code:
                latin[key].append(by_code[code])
        self.all = tuple(by_code.values())
        self._by_code = by_code
        self._by_name = {name: tuple(units) for name, units in names.items()}
        self._by_latin = {key: tuple(units) for key, units in latin.items()}
        self._by_letter = {letter: tuple(units) for letter, units in letters.items()}
        self._everyday = frozenset(everyday)
        self._levels = dict(levels)
        lengths: defaultdict[str, set[int]] = defaultdict(set)
        for name, units in names.items():
            if len(name) == 2 and name[1] == "区":  # official names, but in running text 城区 and 东区 are common nouns
                continue
            lengths[name[:2]].add(len(name))
            floor = (_FLOORS if name == units[0].short else _FULL_FLOORS)[units[0].level]
            if len(name) == 2 and name[1] != "县":  # likelier than its characters apart, unlike 和县 in 市和县
                floor = max(floor, levels.get(name[0], 0) + levels.get(name[1], 0) - _WORDS + 1)
            self._levels[name] = max(floor, levels.get(name, 0))
        self._lengths = {head: tuple(sorted(found, reverse=True)) for head, found in lengths.items()}

    @classmethod
    def load(cls) -> Divisions:
        """The divisions that come with the package; read once per process."""
        return _load()

    def by_code(self, code: str) -> Division | None:
        """The unit with this six-digit code."""
        return self._by_code.get(code)

    def by_name(self, name: str) -> tuple[Division, ...]:
        """All units that bear a full, short or customary name (恩施州), larger ones first; empty if none does."""
        return self._by_name.get(name, ())

    def by_abbreviation(self, char: str) -> tuple[Division, ...]:
        """All units abbreviated by one character, larger ones first: 甬 is 宁波, 宁 is 宁夏 and 南京."""
        return self._by_letter.get(char, ())

    def province_of(self, d: Division) -> Division | None:
        """The province-level unit that a division lies in or is."""
        return next((unit for unit in self._upwards(d) if unit.level == "province"), None)

    def city_of(self, d: Division) -> Division | None:
        """The prefecture-level unit that a division lies in or is; for 北京, 香港 and their districts 北京 and 香港.

        None for other provinces and for counties directly under a province (济源, 仙桃).
        """
        for unit in self._upwards(d):
            if unit.level == "city" or (unit.level == "province" and unit.name.endswith(("市", "特别行政区"))):
                return unit
        return None

    def find(self, text: str) -> tuple[Mention, ...]:
        """Every Chinese name in a text, the longest first from left to right, never overlapping.

        A name is left out where it only arises across or inside other words (更[高要]求, [长治]久安), and weak where that
        is a close call. Right after the name of a unit it lies in, it is narrowed to that: 北京市朝阳区 is one 朝阳区.
        """
        mentions: list[Mention] = []
        doubtful: Mention | None = None
        position = 0
        while position < len(text) - 1:
            if text[position : position + 2] not in self._lengths:
                position += 1
                continue
            if doubtful is not None and position >= doubtful.end:
                mentions.append(doubtful)
                doubtful = None
            mention, lost = self._at(text, position, mentions[-1] if mentions else None)
            if mention is None or lost > _DECIDED:
                position += 1
            elif lost > 0:  # a better one may begin inside it
                doubtful = doubtful or mention
                position += 1
            else:
                mentions.append(mention)
                doubtful = None
                position = mention.end
        return tuple(mentions) if doubtful is None else (*mentions, doubtful)

    def find_latin(self, text: str) -> tuple[Mention, ...]:
        """Every name in pinyin or English, whole words in any case: Ningbo, "Zhuhai's", Xi'an, INNER MONGOLIA.

        A word such as "City" or "Province" after the name narrows the candidates (Jilin City) and is not in the span.
        """
        words = list(_LATIN.finditer(text))
        mentions: list[Mention] = []
        index = 0
        while index < len(words):
            for last in range(min(index + 3, len(words) - 1), index - 1, -1):
                mention = self._latin_at(text, words[index].start(), words[last].end())
                if mention is not None:
                    mentions.append(mention)
                    index = last
                    break
            index += 1
        return tuple(mentions)

    def _upwards(self, d: Division) -> Iterator[Division]:
        unit: Division | None = d
        while unit is not None:
            yield unit
            unit = self._by_code.get(unit.parent)

    def _at(self, text: str, start: int, before: Mention | None) -> tuple[Mention | None, float]:
        """The longest name that begins here and reads well, or else the least bad, with the bits it loses."""
        best: tuple[Mention | None, float] = (None, 0.0)
        for length in self._lengths.get(text[start : start + 2], ()):
            end = start + length
            name = text[start:end]
            units = self._by_name.get(name) if len(name) == length else None
            if units is None:
                continue
            lost = self._lost(text, start, end) if length < 4 else 0.0
            if best[0] is None or lost < best[1]:
                best = (self._mention(text, start, end, units, before, lost > 0), lost)
            if lost == 0:
                break
        return best

    def _mention(self, text: str, start: int, end: int, units: tuple[Division, ...], before: Mention | None, weak: bool) -> Mention:
        name = text[start:end]
        within = before.candidates if before is not None and before.end == start else ()
        narrowed = tuple(d for d in units if any(above in within for above in self._upwards(d) if above != d))
        written_out = any(name == d.name for d in narrowed)  # 济南市市中区, where 全市中区 would be weak
        weak = weak or (name in self._everyday and not written_out) or bool(_BORROWED.match(text, end))
        if units[0].level == "county" and name == units[0].short:
            weak = weak or bool(_LANDMARK.match(text, end))
        return Mention(start, end, name, narrowed or units, weak)

    def _lost(self, text: str, start: int, end: int) -> float:
        """Bits by which the likeliest division of the surroundings into words beats the best one with this name."""
        left = start
        while left > max(0, start - _REACH) and _HAN.fullmatch(text[left - 1]):
            left -= 1
        run = _HAN.match(text, left, end + _REACH)
        window = run.group() if run else text[left:end]
        costs = self._cheapest(window)
        whole = self._cheapest(window[: start - left])[-1] + self._cost(text[start:end])
        return max(0.0, whole + self._cheapest(window[end - left :])[-1] - costs[-1])

    def _cheapest(self, run: str) -> list[float]:
        """For each prefix the cost of its likeliest division into words: the sum of -log2 of their frequencies."""
        costs = [0.0]
        for end in range(1, len(run) + 1):
            costs.append(min(costs[i] + self._cost(run[i:end]) for i in range(max(0, end - _LONGEST), end)))
        return costs

    def _cost(self, word: str) -> float:
        level = self._levels.get(word)
        if level is None:
            return _WORDS - _RARE if len(word) == 1 else 1e6
        return _WORDS - level

    def _latin_at(self, text: str, start: int, end: int) -> Mention | None:
        key = text[start:end].lower().replace("’", "'").replace("-", " ")
        units = self._by_latin.get(key)
        if units is None and key.endswith("'s"):
            key, end = key[:-2], end - 2
            units = self._by_latin.get(key)
        if units is None:
            return None
        kind = _KIND.match(text, end)
        if kind:
            units = tuple(d for d in units if d.name[-1] in _KINDS[kind.group(1).lower()]) or units
        return Mention(start, end, text[start:end], units, key in _ENGLISH_WORDS)


def _written(d: Division) -> set[str]:
    """The Chinese names of a unit: full, short, customary."""
    customary = {d.short + new for old, endings in _CUSTOMARY if d.name.endswith(old) for new in endings}
    if d.level == "county" and d.name.endswith("市"):  # most were counties in reports only a few years old
        customary.add(d.short + "县")
    return {d.name, d.short} | customary | ({"内蒙"} if d.short == "内蒙古" else set())


def _latin_keys(d: Division) -> set[str]:
    """The lower-case spellings of a unit: pinyin with v, u or yu for ü, English with and without apostrophe."""
    english = d.english.lower().replace("-", " ")
    keys = {d.pinyin, english, english.replace("'", ""), english.replace("ü", "u")} - {""}
    return keys | {d.pinyin.replace("v", other) for other in ("u", "yu", "ü")}


@once
def _load() -> Divisions:
    with (_DATA / "divisions.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    levels = {}
    for line in (_DATA / "everyday.tsv").read_text(encoding="utf-8").splitlines():
        level, words = line.split("\t")
        levels.update(dict.fromkeys(words.split(" "), int(level)))
    return Divisions(rows, levels)
