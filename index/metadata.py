"""Who speaks, when, in what kind of document: read from the text, each with the words that prove it.

Places are looked for where a report names itself (title, 在…人民代表大会上, …人民政府), then in the file name, then by
how often they are mentioned. What is not found stays None.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import PurePath

from index.divisions import Division, Divisions
from index.records import Meta
from index.text import plain

HEAD = 1_500  # characters in which a report names itself

_KINDS = (
    ("政府工作报告", re.compile(r"政府工作报告|向(?:大会|本次大会)(?:报告|作)(?:政府)?工作")),
    ("年鉴", re.compile(r"年鉴|【文章来源】.{0,12}年鉴")),
    ("五年规划", re.compile(r"第[一二三四五六七八九十]+个五年规划|五年规划(?:和|纲要)|十[一二三四五]五.{0,3}规划")),
    ("计划报告", re.compile(r"国民经济和社会发展计划(?:执行情况|草案)")),
)
_YEARBOOK_HEAD = re.compile(r"^【[^】]{2,20}】", re.M)
_PLACE_SELF = (
    re.compile(r"(?P<place>[一-鿿]{1,12}?(?:省|市|县|区|旗|州|盟|镇|乡|街道))(?:人民)?政府工作报告"),
    re.compile(r"在(?P<place>[一-鿿]{1,12}?(?:省|市|县|区|旗|州|盟|镇|乡))第[一二三四五六七八九十百]+届人民代表大会"),
    _GOVERNMENT := re.compile(r"(?P<place>[一-鿿]{1,12}?(?:省|市|县|区|旗|州|盟|镇|乡))人民政府"),
)
_NO_TOWN = re.compile(r"^.?(?:[全各市城村强小]镇|建制镇|示范镇|[城下家返回异水侨故入归]乡|[全各本]街道)$")
_TOWNSHIPS = tuple(re.compile(rf"(?=(?P<place>[一-鿿]{{2}}{suffix}))") for suffix in ("镇", "街道", "乡"))
_YEAR_TITLE = re.compile(r"((?:19|20)\d{2})年?[^\n]{0,30}(?:工作报告|年鉴|规划)|(?:工作报告|年鉴)[^\n]{0,4}[(·]((?:19|20)\d{2})")
_YEAR_BRACKET = re.compile(r"^[^\n]{2,40}[(]((?:19|20)\d{2})[)][^\n]{0,6}$", re.M)
_YEAR = re.compile(r"((?:19|20)\d{2})年")


def read_metadata(text: str, file: str, title: str = "") -> Meta:
    """Metadata of one report from its own text; the file name helps only where the text is silent."""
    flat = plain(text)
    head = (title + "\n" + flat[:HEAD]) if title else flat[:HEAD]
    evidence: dict[str, str] = {}
    kind = _kind(head, flat, evidence)
    year = _year(head, flat, kind, evidence)
    place = _place(head, flat, file, evidence)
    own_title = title or _title(flat, file)
    if place is None:
        return Meta(title=own_title, year=year, kind=kind, evidence=evidence)
    if isinstance(place, str):
        return _township_meta(place, flat, Meta(title=own_title, city=place, level="township", year=year, kind=kind, evidence=evidence))
    return _division_meta(place, Meta(title=own_title, year=year, kind=kind, evidence=evidence))


def _division_meta(place: Division, meta: Meta) -> Meta:
    divisions = Divisions.load()
    province, prefecture = divisions.province_of(place), divisions.city_of(place)
    return Meta(
        title=meta.title,
        province=province.name if province else None,
        prefecture=prefecture.name if prefecture else None,
        city=place.short,
        level=place.level,
        year=meta.year,
        kind=meta.kind,
        evidence=meta.evidence,
    )


def _township_meta(place: str, flat: str, meta: Meta) -> Meta:
    """A township stands in no table: the city it belongs to is the one its text speaks of most."""
    from pypinyin import lazy_pinyin

    meta = replace(meta, pinyin="".join(lazy_pinyin(re.sub(r"(?<=..)(?:镇|乡|街道)$", "", place))))
    parent = _most_mentioned(flat, {"city", "county"})
    if parent is None:
        return meta
    division, count = parent
    evidence = meta.evidence | {"province": f"{division.name}: {count} ×"}
    full = _division_meta(division, Meta())
    return replace(meta, province=full.province, prefecture=full.prefecture, evidence=evidence)


def _kind(head: str, flat: str, evidence: dict[str, str]) -> str:
    for kind, pattern in _KINDS:
        found = pattern.search(head)
        if found:
            evidence["kind"] = found[0]
            return kind
    chapters = _YEARBOOK_HEAD.findall(flat)
    if len(chapters) >= 3 or (chapters and flat.lstrip().startswith("【")):
        evidence["kind"] = chapters[0]
        return "年鉴"
    return "其他"


def _year(head: str, flat: str, kind: str, evidence: dict[str, str]) -> int | None:
    for pattern in (_YEAR_BRACKET, _YEAR_TITLE):
        found = pattern.search(head)
        if found:
            evidence["year"] = found[0].strip()[:60]
            return int(next(g for g in found.groups() if g))
    years = Counter(_YEAR.findall(flat))
    if not years:
        return None
    year, count = years.most_common(1)[0]
    evidence["year"] = f"{year}年: {count} ×"
    return int(year)


def _place(head: str, flat: str, file: str, evidence: dict[str, str]) -> Division | str | None:
    divisions = Divisions.load()
    for pattern in _PLACE_SELF:
        if pattern is _GOVERNMENT and (town := _township(flat, evidence)):
            return town
        for found in pattern.finditer(head):
            named = _resolve(found["place"], flat)
            if named:
                evidence["city"] = found[0][:60]
                return named
    stem = plain(PurePath(file).stem)
    in_name = [m for m in divisions.find(stem) if not m.weak]
    if in_name:
        evidence["city"] = PurePath(file).name
        return _best(in_name[-1].candidates, flat)
    most = _most_mentioned(flat, {"province", "city", "county"})
    if most:
        evidence["city"] = f"{most[0].name}: {most[1]} ×"
        return most[0]
    return None


def _township(flat: str, evidence: dict[str, str]) -> str | None:
    """The township that a page out of a collection of township reports speaks of most."""
    if not re.search(r"乡镇|镇街|镇政府", flat.lstrip().split("\n", 1)[0]):
        return None
    for pattern in _TOWNSHIPS:
        towns = Counter(m["place"] for m in pattern.finditer(flat) if not _NO_TOWN.search(m["place"]))
        for town, count in towns.most_common(1):
            if count >= 3:
                evidence["city"] = f"{town}: {count} ×"
                return town
    return None


def _resolve(name: str, flat: str) -> Division | str | None:
    """A written name -> its division; the longest tail of the name that is one (召开的宁波市 -> 宁波市, 保定市易县 -> 易县)."""
    divisions = Divisions.load()
    for start in range(len(name) - 1):
        tail = name[start:]
        if len(tail) == 2 and (tail[1] == "区" or (start and (name[start - 1] not in "省市州盟的" or tail == "和县"))):
            continue  # 各市和县人民政府 is not 和县's, a 城区 is rarely the one of that name
        candidates = divisions.by_name(tail)
        if candidates:
            return _best(candidates, flat)
    if re.fullmatch(r"[一-鿿]{2,4}(?:镇|乡|街道)", name) and not _NO_TOWN.search(name):
        return name
    return None


def _best(candidates: tuple[Division, ...], flat: str) -> Division:
    """Of several places of one name the one whose province or city the text mentions more; else the highest."""
    divisions = Divisions.load()

    def weight(division: Division) -> tuple[int, int]:
        above = [divisions.province_of(division), divisions.city_of(division)]
        mentions = sum(flat.count(a.short) for a in above if a and a.code != division.code)
        return mentions, -len(division.code.rstrip("0"))

    return max(candidates, key=weight)


def _most_mentioned(flat: str, levels: set[str]) -> tuple[Division, int] | None:
    """The place of these levels that the text names most often, at least three times."""
    counts: Counter[str] = Counter()
    by_code: dict[str, Division] = {}
    for mention in Divisions.load().find(flat[:100_000]):
        if mention.weak:
            continue
        division = mention.candidates[0] if len(mention.candidates) == 1 else _best(mention.candidates, flat[:20_000])
        if division.level in levels:
            counts[division.code] += 1
            by_code[division.code] = division
    if not counts or counts.most_common(1)[0][1] < 3:
        return None
    code, count = counts.most_common(1)[0]
    return by_code[code], count


def _title(flat: str, file: str) -> str:
    """The line that names the report: one with 报告, 年鉴 or 规划 among the first lines, else the first short line."""
    lines = [line.strip(" #*\t") for line in flat[:HEAD].split("\n")]
    lines = [line for line in lines if line]
    for line in lines[:15]:
        if len(line) <= 60 and re.search(r"工作报告|年鉴|规划纲要|计划报告", line) and not line.startswith(("现在", "【作者")):
            return line
    if lines and len(lines[0]) <= 40 and not lines[0].startswith("【"):
        return lines[0]
    chapter = _YEARBOOK_HEAD.search(flat)
    return chapter[0].strip("【】") if chapter else PurePath(file).stem
