"""How well a figure's subject is what was asked for: a score from 0 to 1, from words and structure alone.

The indicator's name must be there in full, at the end of the subject or in the noun behind the figure; what else the
subject holds narrows it to something else (工业投资 is not 投资, 产业园区工业增加值 is not the city's). Verbs, times and
words such as 全市 narrow nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from qa.indicator import Indicator
from qa.modifiers import AGGREGATE, FOR, FREE, OTHERS, SECTOR, VERBS
from qa.subjects import ADDED, Claim, content
from qa.terms import TOTALS, canonical

COVERED = 0.8  # share of the name that must be there
_WEAK = re.compile(r"平均|年均|总额|面积|质量|全社会|各类|人数|人员|数量|规模|总|额|数|费|的|经费|城镇(?=老旧|污水)")
_SMALL = 0.3  # weight of the characters of such words
_OWNER = 0.9  # a name completed by what stands before a bare head
_LEFT, _THING_LEFT, _MIDDLE, _RIGHT = 0.2, 0.1, 0.15, 0.18  # taken off for each further character left of the name, inside it, right of it
_MOST = 0.6
_AS_GROWTH = 0.9
_CONTRASTS = (
    (("收入",), ("支出",)),
    (("登记失业",), ("调查失业",)),
    (("存款",), ("贷款",)),
    (("产量", "总产"), ("面积",)),
)
_HOUSEHOLDS = (re.compile(r"农村(?:居民|人均|可支配|收入)"), re.compile(r"城镇(?:居民|人均|可支配|收入)"), re.compile(r"全体居民"))
_TRADE = (re.compile(r"进出口"), re.compile(r"(?<!进)出口(?!产品)"), re.compile(r"进口"))
_RATE_WORDS = re.compile(r"增速|增幅|涨幅|增长率|升幅|增长(?:预期)?目标")
_REACHED = re.compile(
    r"总量|总数|存量|保有量|拥有|共有|现有|(?:全市|全县|累计|总)共$|共$|增加?[至到]|累计(?:达|建成|拥有|有|开通|培育|认定)|总计|在库"
)
_NEWLY = re.compile(
    r"新增|新建|新设|新登记|新认定|新培育|新开工|新改|新扩|新签|新引进|新入库|新上|新添|净增|增加(?![值至到])|增设|新启动|新投|入库"
)
_DONE = re.compile(r"完成|实施|改造|改建|改善|建设|筹集|筹建|开工|竣工|提供|硬化|修建|发展|盘活|实现|提升|办理|收储|交付|启动")
_SERVED = re.compile(r"(?:惠及|受益|覆盖|服务|走访|帮扶|帮助|带动|涉及|救助|支持)[^,。;、]{0,4}$")


@dataclass(frozen=True)
class Match:
    """How a claim fits: `score` from 0 to 1, `name` the name found."""

    score: float
    name: str = ""


def anchors(indicator: Indicator) -> tuple[frozenset[str], ...]:
    """Pairs of characters of each name, to pass over sentences that cannot hold it."""
    return tuple(_pairs(name) for name, _ in indicator.names)


def may_hold(text: str, names: tuple[frozenset[str], ...]) -> bool:
    """Whether a text (in canonical form) holds at least half of the pairs of one of the names."""
    return any(sum(pair in text for pair in pairs) * 2 >= len(pairs) for pairs in names)


def match(claim: Claim, indicator: Indicator) -> Match:
    """Hold a claim against what was asked, time and place aside."""
    form = _form(claim, indicator)
    if not form:
        return Match(0.0)
    subject, noun, context = (canonical(part) for part in (claim.subject, claim.noun, claim.context))
    whole = context + "|" + subject + "|" + noun
    best = Match(0.0)
    for name, weight in indicator.names:
        pairs = _pairs(name)
        if sum(pair in whole for pair in pairs) * 2 < len(pairs) or _contradicts(name, subject + "|" + noun):
            continue
        score = max((_fit(name, part, noun, context, claim.carried) for part in subject.split("|")), default=0.0) * weight * form
        if score > best.score:
            best = Match(score, name)
    return best


def _pairs(name: str) -> frozenset[str]:
    return frozenset(name[i : i + 2] for i in range(len(name) - 1)) or frozenset((name,))


def _form(claim: Claim, indicator: Indicator) -> float:
    """Whether the figure is of the asked kind: growth or level, unit, new or in all; 0 where it is not."""
    figure = claim.figure
    changed = figure.change in ("增长", "下降") or bool(_RATE_WORDS.search(claim.subject + claim.clause[-8:]))
    if indicator.measure == "growth":
        return 1.0 if figure.unit == "%" and changed else 0.0
    if indicator.rate:
        if claim.carried and changed:
            return 0.0  # 投入强度2.4%,同比增长55.5%
        return 1.0 if figure.unit in (indicator.units or ("%",)) else 0.0
    if figure.unit in ("%", "百分点", "倍", "‰"):
        # A target is mostly told as growth.
        return _AS_GROWTH if not indicator.measure and indicator.kind == "target" and changed and figure.unit == "%" else 0.0
    if indicator.units and not same_unit(figure.unit, indicator.units, indicator.label):
        return 0.0
    score = 1.0
    if _SERVED.search(claim.subject):
        score *= 0.5  # 惠及1.98万户市场主体: whom something reached, not how many there are
    return score * _flow(claim, indicator)


@dataclass(frozen=True)
class Flow:
    """Whether a claim tells what was added (新增, 净增) or how much there is (总量, 达到); both False where open."""

    newly: bool
    added: bool
    stock: bool
    own_stock: bool


def flow_of(claim: Claim) -> Flow:
    """新增 or 总量, by the words before the figure first, then by its subject and list."""
    changed = claim.figure.change in ("增长", "下降")
    around = f"{claim.lead}|{claim.subject}|{claim.noun}"
    own_new, own_stock = _NEWLY.search(claim.own), _REACHED.search(claim.own)
    newly = changed or bool(own_new or (not own_stock and _NEWLY.search(around)))
    stock = bool(own_stock) or claim.figure.qualifier in ("达到", "突破")
    stock = stock or (not own_new and bool(_REACHED.search(claim.subject + "|" + claim.clause[-6:])))
    return Flow(newly, newly or bool(ADDED.search(around)), stock, bool(own_stock))


def _flow(claim: Claim, indicator: Indicator) -> float:
    """新增 is not 累计."""
    flow = flow_of(claim)
    if indicator.flow == "new":
        done = bool(_DONE.search(f"{claim.lead}|{claim.subject}|{claim.noun}"))
        return 0.0 if flow.stock and not flow.newly else (1.0 if flow.added else (0.9 if done else 0.5))
    if claim.figure.change in ("增长", "下降"):
        return 0.0  # a change is no level: 优良天数增加7天
    if indicator.flow == "total":
        return 0.0 if flow.newly and not flow.own_stock else (1.0 if flow.stock else 0.9)
    return 0.95 if flow.added and not flow.stock else 1.0


COUNTED = frozenset("个 座 家 处 户 所 项 件 张 台 条 根 套 间 栋".split())
_APART = frozenset("户 套 间 栋".split())  # counts of something else: 8千户 of 50个 housing estates
_FIRMS = re.compile(r"企业|市场主体|商户|公司|机构|主体")


def same_unit(unit: str, wanted: tuple[str, ...], label: str) -> bool:
    """Whether figures in one unit may stand in a column of another: 座 and 个 of base stations, 家 and 户 of firms."""
    if unit in wanted:
        return True
    if unit not in COUNTED or not any(w in COUNTED for w in wanted):
        return False
    if unit == "个" or (unit == "户" and _FIRMS.search(label)):
        return True
    return unit not in _APART and not all(w in _APART for w in wanted) or (wanted == ("户",) and bool(_FIRMS.search(label)))


def _contradicts(name: str, text: str) -> bool:
    for sides in _CONTRASTS:
        asked = {i for i, words in enumerate(sides) if any(w in name for w in words)}
        told = {i for i, words in enumerate(sides) if any(w in text for w in words)}
        if asked and told and not asked & told:
            return True
    if "存贷" in text and "存贷" not in name:
        return True  # both together
    asked_of = next((i for i, p in enumerate(_HOUSEHOLDS) if p.search(name)), None)
    told_of = next((i for i, p in enumerate(_HOUSEHOLDS) if p.search(text)), None)
    if asked_of != told_of and (asked_of == 0 or None not in (asked_of, told_of)):
        return True
    asked_trade = next((i for i, p in enumerate(_TRADE) if p.search(name)), None)
    return asked_trade is not None and not _TRADE[asked_trade].search(text)


@lru_cache(maxsize=20_000)
def _fit(name: str, subject: str, noun: str, context: str, carried: bool) -> float:
    """Share of the name that is there, less what else is said."""
    # The noun behind a figure counts only where the words before it name nothing of their own.
    weights, whole = _weights(name), bool(AGGREGATE.search(name))
    total = sum(weights)
    in_subject = _blocks(name, subject)
    left_over = _rest(name, in_subject)
    in_noun = _blocks(left_over, noun)
    left_over = _rest(left_over, in_noun)
    in_context = _blocks(left_over, context) if context else []
    left_over = _rest(left_over, in_context)
    covered = 1.0 - sum(w for w, c in zip(weights, left_over, strict=True) if c != "\0") / total
    if covered < COVERED or not (in_subject or in_noun or TOTALS.search(subject)):
        return 0.0
    total_of = bool(in_context) and bool(TOTALS.search(subject))  # 新增企业7家、总数23家
    score = covered * (_OWNER if in_context and not total_of else 1.0)
    if in_subject:
        score *= _purity(subject, in_subject, whole, ends=not in_noun)
    if in_noun:
        score *= _purity(noun, in_noun, whole, ends=True)
        if not in_subject and not in_context and not carried:
            score *= 1.0 - min(0.3, 0.04 * len(_bare(_after_verb(subject))))
    if in_context and not in_subject and not total_of:
        score *= _OWNER
    return score


def _weights(name: str) -> list[float]:
    weights = [1.0] * len(name)
    for found in _WEAK.finditer(name):
        if found.end() - found.start() < len(name):
            weights[found.start() : found.end()] = [_SMALL] * (found.end() - found.start())
    return weights


def _blocks(name: str, text: str) -> list[tuple[int, int, int]]:
    """Common runs of two characters and more, longest first: (start in name, start in text, length)."""
    found: list[tuple[int, int, int]] = []
    left, right = list(name), list(text)
    while True:
        best = (0, 0, 0)
        for i in range(len(left) - 1):
            if left[i] == "\0":
                continue
            for j in range(len(right) - 1):
                size = 0
                while i + size < len(left) and j + size < len(right) and left[i + size] == right[j + size] and left[i + size] != "\0":
                    size += 1
                if size > best[2]:
                    best = (i, j, size)
        i, j, size = best
        if size < 2:
            return found
        found.append(best)
        left[i : i + size] = ["\0"] * size
        right[j : j + size] = ["\1"] * size


def _rest(name: str, blocks: list[tuple[int, int, int]]) -> str:
    """The name with what was found blanked out."""
    chars = list(name)
    for start, _, size in blocks:
        chars[start : start + size] = ["\0"] * size
    return "".join(chars)


def _purity(text: str, blocks: list[tuple[int, int, int]], whole: bool, *, ends: bool) -> float:
    """What the words around the name leave of the score."""
    spans = sorted((at, at + size) for _, at, size in blocks)
    left = FOR.sub("", _after_verb(text[: spans[0][0]]))
    middle = "".join(text[a:b] for (_, a), (b, _) in zip(spans, spans[1:], strict=False))
    right = text[spans[-1][1] :]
    score = 1.0
    if SECTOR.search(FREE.sub("", left)) or SECTOR.search(FREE.sub("", middle)):
        score *= 0.5
    # 公办学位 are school places all the same; 生产性服务业增加值 is not that of all services.
    score -= min(_MOST, (_LEFT if whole else _THING_LEFT) * len(_bare(left)) + _MIDDLE * len(_bare(middle)))
    if ends:
        if OTHERS.search(right):
            score *= 0.3
        score -= min(_MOST, _RIGHT * len(_bare(VERBS.sub("", right))))
    return max(score, 0.0)


def _after_verb(text: str) -> str:
    """The noun phrase at the end of a text: what stands behind its last verb."""
    ends = [m.end() for m in VERBS.finditer(text)] + [m.end() for m in ADDED.finditer(text)]
    return text[max(ends, default=0) :]


def _bare(text: str) -> str:
    return content(FREE.sub("", ADDED.sub("", TOTALS.sub("", text))))
