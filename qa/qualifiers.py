"""The words around a number: bounds (超, 左右), aims (力争), change (增长, 下降), and what they stand next to."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Bounds tell how the true value lies to the number; they are part of the raw figure.
BOUNDS = {
    "超过": "超", "超出": "超", "超": "超", "逾": "超", "突破": "突破", "突破到": "突破", "迈上": "突破", "迈过": "突破", "跨过": "突破",
    "跨上": "突破", "跨越": "突破", "站上": "突破", "登上": "突破", "跃上": "突破", "冲上": "突破", "接近": "近", "将近": "近", "近": "近",
    "约": "约", "大约": "约", "大概": "约", "约为": "约", "不低于": "不低于", "不少于": "不低于", "不小于": "不低于", "至少": "不低于",
    "最少": "不低于", "≥": "不低于", "不高于": "不高于", "不超过": "不高于", "不多于": "不高于", "不大于": "不高于", "最多": "不高于",
    "至多": "不高于", "≤": "不高于", "高于": "高于", "大于": "高于", "多于": "高于", "高出": "高于", ">": "高于", "低于": "低于",
    "少于": "低于", "小于": "低于", "不足": "低于", "不到": "低于", "<": "低于",
}  # fmt: skip
# Before a bare magnitude only (上百家, 过万人): elsewhere 上 and 过 belong to other words.
BARE_BOUNDS = {"上": "超", "过": "超", "达": "达到"}
REACHED = {"达到": "达到", "达": "达到", "高达": "达到", "已达": "达到"}
AIMS = {
    "力争": "力争", "争取": "力争", "力求": "力争", "冲刺": "力争", "确保": "确保", "预计": "预计", "同步": "同步",
}  # fmt: skip
BEFORE = ("超", "突破", "近", "约", "不低于", "不高于", "高于", "低于")
BEHIND = ("左右", "以上", "以下", "以内")
AIMED = ("力争", "确保", "预计", "同步")
SUFFIXES = {
    "左右": "左右", "以上": "以上", "及以上": "以上", "之上": "以上", "以下": "以下", "及以下": "以下", "之下": "以下",
    "以内": "以内", "之内": "以内",
}  # fmt: skip
# A character before the word that makes another word of it: 节约, 附近, 发达, 赶超.
GUARDS = {
    "约": "节合条契签预公履集制违邀缔", "近": "附最邻靠临相就亲", "达": "发表传直通到抵", "超": "赶反", "过": "通超经不越度路", "上": "以线网海加路之千新",
    "增长": "稳促", "升": "公", "增": "新净倍激续", "降": "霜空", "涨": "高",
}  # fmt: skip
VERBS = {
    **dict.fromkeys("增长 增加 上升 提高 提升 上涨 增 涨 升 扩大 上调 回升 增多 攀升 跃升 增产 增收 正增长".split(), "增长"),
    **dict.fromkeys("下降 降低 减少 下跌 回落 下滑 缩减 压减 压缩 缩短 缩小 下调 削减 精简 降 减 跌 负增长 减产 降价".split(), "下降"),
}
RATES = {
    **dict.fromkeys("增速 增幅 涨幅 升幅 增长率 增长速度 增长幅度".split(), "增长"),
    **dict.fromkeys("降幅 跌幅 下降率 下降幅度".split(), "下降"),
}
# 改造提升5万亩 makes better, 提升5% makes more: this verb tells a change of shares, ranks and money only.
IMPROVES = "提升"
GRADED = ("%", "‰", "百分点", "千分点", "倍", "位", "元", "亿元", "℃")
# After a verb of change these make the number a level: 提高到90%, 降至5%.
ARRIVALS = frozenset(("到", "至", "为"))
LINKS = frozenset(("了", "率", "幅度", "在", "是", "控制在", "保持在", "稳定在", "维持在", "保持", "再", "的", "又", "各", "均"))
MANNERS = frozenset(
    "实现 完成 做到 同比 环比 可比 名义 实际 年均 分别 均 同口径 可比口径 比上年 较上年 全年 再 平均 各 都 总量 能 也 要 将 可 继续".split()
)
_DISTANCE = re.compile(
    r"(?P<above>高于|快于|好于|优于|高出|超过|超出|超(?=全|年度|预期|目标))[^,。;、\d]{0,16}$|(?P<below>低于|慢于)[^,。;、\d]{0,16}$"
)
_SHARED = re.compile(r"(?:分别|依次)[^。;]*$")
_EACH = re.compile(
    r"(?:人均|户均|亩均|每[人户亩名位]|均价|单价|月薪|年薪|平均工资|可支配收入|农民收入|居民收入|低保标准|补[助贴]标准)[^,。;:、]{0,16}$"
)


@dataclass(frozen=True)
class Lead:
    """What stands before a number.

    Attributes:
        start: Where its bound words begin; the number's own start if it has none.
        bound: Normalised bound, or 达到, or "".
        aim: 力争, 确保, 预计, 同步 or "".
        change: 增长, 下降 or "".
        verb: The word of change as written.
    """

    start: int
    bound: str
    aim: str
    change: str
    verb: str = ""


def _word_before(text: str, low: int, at: int, words: dict[str, str] | frozenset[str], longest: int = 4) -> str:
    for size in range(min(longest, at - low), 0, -1):
        word = text[at - size : at]
        prior = text[at - size - 1] if at > size else " "
        if word in words and prior not in GUARDS.get(word, ""):
            return word
    return ""


def _trim(text: str, low: int, at: int) -> int:
    while at > low and text[at - 1] == " ":
        at -= 1
    return at


def _bounds(text: str, low: int, at: int, *, bare: bool) -> tuple[int, int, list[str]]:
    """Bound words backwards from a number: where they begin, where to read on, and what they say (nearest first)."""
    start, said = at, []
    words = BOUNDS | REACHED | (BARE_BOUNDS if bare else {})
    at = _trim(text, low, at)
    while word := _word_before(text, low, at, words):
        at -= len(word)
        said.append(words[word])
        if words[word] != "达到":
            start = at
        at = _trim(text, low, at)
    return start, at, said


def _skip(text: str, low: int, at: int, words: frozenset[str]) -> tuple[int, bool]:
    """Read backwards over small words; also whether one of them makes the number a level."""
    level = False
    while word := _word_before(text, low, at, words):
        at = _trim(text, low, at - len(word))
        level = level or word in ARRIVALS
    return at, level


def before(text: str, low: int, at: int, *, bare: bool = False) -> Lead:
    """Read the words before a number.

    Args:
        text: Text in half-width form.
        low: Nothing before this offset is read (the end of the figure before).
        at: Start of the number.
        bare: Whether the number is a magnitude without digits (千亿).
    """
    number = _trim(text, low, at)
    start, at, said = _bounds(text, low, at, bare=bare)
    at, level = _skip(text, low, at, LINKS | ARRIVALS)
    change = ""
    rate = _word_before(text, low, at, RATES)
    verb = rate or _word_before(text, low, at, VERBS)
    if verb:
        at = _trim(text, low, at - len(verb))
        change = RATES[rate] if rate else ("" if level else VERBS[verb])
    at, _ = _skip(text, low, at, MANNERS)
    aim_word = _word_before(text, low, at, AIMS)
    # 争取5亿元专项资金 wins the money, 争取达到5亿元 aims at it.
    aim = "" if aim_word == "争取" and at == number else AIMS.get(aim_word, "")
    strong = [bound for bound in said if bound != "达到"]
    bound = strong[0] if strong else ("达到" if "达到" in said else "")
    return Lead(start, bound, aim, change, verb)


def distance(text: str, low: int, at: int) -> str:
    """高于 or 低于 where percentage points measure how far one value lies from another (高于全省2个百分点), else ""."""
    found = _DISTANCE.search(text, max(low, at - 24), at)
    if found:
        return "高于" if found["above"] else "低于"
    return {"高": "高于", "快": "高于", "低": "低于", "慢": "低于"}.get(text[at - 1 : at] if at > low else "", "")


def suffix(text: str, at: int) -> tuple[str, int]:
    """The bound after a unit (以上, 左右, ...), normalised, and where it ends; "" and `at` if there is none."""
    here = at
    while here < at + 2 and text.startswith(" ", here):
        here += 1
    for size in (3, 2):
        word = text[here : here + size]
        if word in SUFFIXES:
            return SUFFIXES[word], here + size
    return "", at


def is_shared(text: str, low: int, at: int) -> bool:
    """Whether 分别 before a number makes a list, whose later members take over its change and bound."""
    return _SHARED.search(text, max(low, at - 24), at) is not None


def is_each(text: str, low: int, at: int) -> bool:
    """Whether money at this offset is per head or a price: 人均可支配收入3.2万元."""
    return _EACH.search(text, max(low, at - 40), at) is not None
