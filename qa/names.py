"""Numbers that are no figures: ordinals, ranks, names and slogans with a number, parts of codes."""

from __future__ import annotations

import re

from qa.quantities import Quantity

TITLE, SLOGAN = 1, 2
_QUOTED = re.compile(r"(?P<title>《[^》\n]{1,80}》)|“[^“”\n]{1,16}”|「[^」\n]{1,16}」|\"[^\"\n]*\"")
_LONGEST_SLOGAN = 18
_SLOGANS = re.compile(
    r"个(?:意识|自信|维护|确立|全面|代表|务必|毫不动摇|坚持|先行|革命|现代化|一(?!些)|区分|伟大|责任|年(?!级)|不|更|第|进|关于|有|没有)|位一体|项规定"
    r"|项基本原则|[个条家户名项人套](?:工程|计划)|次(?:会议|全会|全体|大会|党代会|代表大会|产业|分配|供水|创业|能源)|条心"
)
_RANKED = re.compile(r"(?:[居列排]|排名|全[国省市区]|百强|百强[县区])$")
_ORDINALS = re.compile(r"第[\d一二三四五六七八九十]+(?:[、,和及至到—-][\d一二三四五六七八九十]+)*[、和及至到—-]$")
_SPANS_OF_TIME = ("小时", "分钟", "天", "个月", "工作日", "秒", "岁")
_BEFORE_FRONT = "目提此之以日当"  # 目前12家 and 提前5天 are no ranks
_ONE = ("%", "百分点", "倍")  # 一倍, 一个百分点, 一成 are quantities; 一个, 一批, 一步 are articles


def quotation_marks(text: str) -> bytearray:
    """For each character 0, or TITLE inside 《》, or SLOGAN inside a short quotation (“15分钟生活圈”)."""
    marks = bytearray(len(text))
    for found in _QUOTED.finditer(text):
        size = found.end() - found.start()
        if found["title"]:
            marks[found.start() : found.end()] = bytes([TITLE]) * size
        elif size <= _LONGEST_SLOGAN:
            marks[found.start() : found.end()] = bytes([SLOGAN]) * size
    return marks


def _is_share_or_money(quantity: Quantity) -> bool:
    unit = quantity.unit
    return unit is not None and (unit.unit.kind == "money" or unit.unit.base in ("%", "‰", "百分点"))


def _is_countable(quantity: Quantity) -> bool:
    """Whether the unit is a classifier or a span of time: what comes in ranks and parts of a year (前10名, 前5个月)."""
    unit = quantity.unit
    return unit is None or unit.unit.kind == "counter" or unit.unit.base in _SPANS_OF_TIME


def is_name(text: str, quantity: Quantity, mark: int) -> bool:
    """Whether a number with its unit is no figure in its place.

    Args:
        text: Text in half-width form.
        quantity: What was read.
        mark: What `quotation_marks` says of its first character.
    """
    if mark == TITLE or (mark == SLOGAN and not _is_share_or_money(quantity)):
        return True
    if _is_part(text, quantity) or _is_rank(text, quantity):
        return True
    return quantity.chinese and _is_everyday(text, quantity)


def _is_part(text: str, quantity: Quantity) -> bool:
    """PM2.5, G15, 1+10, 7×24小时, 1.2.3, /10万, 1 2 0 0: part of a code or of an expression; 千亿元级: a class."""
    start = quantity.start
    last = text[start - 1] if start else " "
    earlier = text[start - 2] if start > 1 else " "
    unit = quantity.unit
    if last.isascii() and last.isalpha():
        return unit is None or not (unit.unit.kind == "money" or unit.unit.base == "%")
    if last in "+-=":
        return earlier.isascii() and earlier.isalnum()
    if last in ".·×*/_#" or last.isdigit() or (last == " " and earlier.isdigit()):
        return True
    return text.startswith("级", quantity.stop) and not (unit and unit.unit.word.endswith("级"))


def _is_rank(text: str, quantity: Quantity) -> bool:
    """第3位, 前10名, 居全省3位, 升至28位, 每3户."""
    at = quantity.start
    while at and text[at - 1] == " ":
        at -= 1
    last = text[at - 1] if at else " "
    if last == "前":
        return _is_countable(quantity) and (at < 2 or text[at - 2] not in _BEFORE_FRONT)
    unit = quantity.unit
    if _ORDINALS.search(text, max(0, at - 16), at):
        return True
    if unit and unit.unit.word in ("位", "名") and _RANKED.search(text, max(0, at - 4), at):
        return True
    return last in ("第", "每") or (last in "至到" and unit is not None and unit.unit.word == "位")


def _is_everyday(text: str, quantity: Quantity) -> bool:
    """一个, 四个意识, 五位一体, 四方: Chinese numerals in words of every day."""
    unit = quantity.unit
    if unit is None or not (unit.unit.spoken or (unit.unit.kind == "money" and quantity.amount * quantity.scale >= 10)):
        return True
    if quantity.start and (text[quantity.start - 1].isdigit() or text[quantity.start - 1] in "其十百千万亿"):
        return True
    if unit.unit.kind == "counter" and (text[quantity.start] == "二" == text[unit.start - 1] or text[quantity.start - 1] == "届"):
        return True  # two of a kind are 两个; 二次 is a second time
    if quantity.amount * quantity.scale == 1 and unit.unit.base not in _ONE:
        return True
    return _SLOGANS.match(text, unit.start) is not None
