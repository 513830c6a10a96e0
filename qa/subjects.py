"""What the figures of a sentence are said of: 地区生产总值5562.47亿元、增长2.5% -> both belong to 地区生产总值.

Read from structure alone, for any indicator: the words between two figures name the next one's subject; where they hold
nothing but verbs and words of change, the subject of the figure before is carried on; a bare head (产量, 总数) looks back
for its owner; lists with 分别 are dealt out to their figures.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from index.text import plain
from qa.figures import Figure, figures

# Words that name no subject: verbs of result and change, times, estimates, measures of size, connectives.
FILLERS = (
    "实现 完成 达到 达 突破 超过 超 跨过 跨越 跃上 迈上 迈过 站上 接近 逾 约 近 为 是 约为 预计 预期 力争 确保 争取 力促 初步核算 估计 稳定 保持 维持 控制 稳定在 保持在 维持在 控制在 "
    "提升到 提高到 提升至 提高至 上升到 上升至 增至 增加到 增加至 扩大到 扩大至 降到 降至 下降到 下降至 降低到 降低至 缩小到 缩小至 压减至 提升 提高 上升 上涨 升至 升到 增长 增加 增 "
    "下降 降低 减少 回落 下跌 收窄 增速 增幅 涨幅 降幅 增长率 同比 环比 比上年 较上年 比去年 较去年 名义 实际 可比 同口径 可比口径 可比价 按可比价格计算 不变价 分别 依次 均 都 各 再 又 也 已 已经 仅 "
    "累计 共计 总计 合计 总共 其中 总体 全部 的 了 至 到 将 率先 首次 成功 一举 连续 历史性 大关 关口 台阶 新台阶 以上 以下 以内 左右 不低于 不少于 不超过 不高于 高于 低于 "
    "全年 全市 全县 全区 全镇 全州 全域 我市 我县 我区 我镇 本市 市域 市本级 年内 当年 去年 今年 上年 明年 年末 年底 年均 一年来 本年 年度 一年 期内 现有 目前 截至目前 截至 目标 任务 计划 安排 建议 主要 指标 "
    "情况 水平 总水平 速度 幅度 和 与 及 以及 并 且 而 等 还 同时"
).split()
# Heads that say how much of something, but not of what: their owner stands before them.
HEADS = (
    "额 量 数 值 产量 总产量 总产 单产 产值 总产值 营收 营业收入 面积 总面积 余额 总额 总量 总数 数量 规模 规模数 存量 保有量 收入 支出 投资 总投资 投资额 完成投资 到位资金 浓度 平均浓度 比重 占比 比例 率 均价 人数 "
    "里程 总里程 增量 增加值 入库 开工 竣工 优良天数 天数 总人数 拥有量 覆盖率 覆盖面 容量 能力 产能 销量 销售额 交易额 成交额 吞吐量 总收入"
).split()
_FILLER = re.compile(
    r"20\d\d年度?|十[三四五]五|(?:扣除|剔除|考虑)[^,。;、]{1,16}?(?:后|因素后|因素影响)|(?:连续|近)?[\d一二三四五六七八九十]+(?:多)?年(?:来|的|连续|稳定|保持)?|"
    + "|".join(sorted(map(re.escape, set(FILLERS)), key=len, reverse=True))
)
_HEAD = re.compile("|".join(sorted(map(re.escape, HEADS), key=len, reverse=True)))
_CONTENT = re.compile(rf"(?P<head>新增|净增|增收|{_HEAD.pattern})|{_FILLER.pattern}|(?<!公)共$|^(?:在|由|从|有|按)|(?:在|有)$")
_MARKS = re.compile(r"[,;:。!?\s]+")
_SIGNS = re.compile(r"[、\s|“”\"'《》\[\]【】~]+")
_LIST = re.compile(r"、|和|与|及|以及")
_RUN = re.compile(r" ?(?:、|和|与|及|以及|,|;)? ?")
_COMMENT = re.compile(
    r"^(?:居|位居|位列|列|排名|排|稳居|增速|增幅|位次|增长速度|(?:总量|增量)(?=居|列|位|排)|高于|快于|好于|优于|低于|超过|超|较|比|占|同比|创|连续|为|是|达|突破|保持|继续|分别)"
)
ADDED = re.compile(
    r"新增加|新增|新建成|新建|新设立?|新登记|新认定|新培育|新开工|新改扩建|新改建|新扩建|新投|新签|新引进|新入库|新上|新添|净增|增加(?![值至到])|入库|建成|增设|扩增|认定|培育|引进|新启动"
)
_ACTS = re.compile(ADDED.pattern + r"|改造|改建|扩建|建设|修复|整治|开工|竣工|启动|完成|实施|新")
_CONTRAST = {"城镇": "农村", "农村": "城镇", "城市": "农村", "进口": "出口", "出口": "进口", "存款": "贷款", "贷款": "存款"}
_PAIRS = {"城乡": ("城镇", "农村"), "存贷款": ("存款", "贷款"), "存贷": ("存款", "贷款"), "内外资": ("内资", "外资")}
_SHARE = re.compile(r"[、 ]*(?:其中)?占(?!用)")
_NOUN = re.compile(r"[^,。;:!?、()\d和及与]{1,18}(?:[和及与](?!\d)[^,。;:!?、()\d和及与]{1,12}(?=[、,。;]|$))?")


@dataclass(frozen=True)
class Claim:
    """One figure with what it is said of.

    Attributes:
        figure: The figure, offsets into the sentence.
        subject: The words that name it, as one phrase (全市地区生产总值); empty where nothing names it.
        noun: The noun right behind it (新增 2.5万个 | 学位), else "".
        context: What stands before a bare head in the sentence (粮食播种面积 for 产量), else "".
        lead: The verb of its list (新增 for the later members of 新增A 3家、B 5家), else "".
        carried: Whether the subject was taken over from the figure before.
        clause: The clauses before it, its own and the one before.
        own: The words right before the figure, whether they name it or not (净增 in 总量达21万户、净增4万户).
    """

    figure: Figure
    subject: str
    noun: str = ""
    context: str = ""
    lead: str = ""
    carried: bool = False
    clause: str = ""
    own: str = ""


def is_filler(text: str) -> bool:
    """Whether a phrase holds only words that name nothing."""
    return not content(text)


def content(text: str) -> str:
    """A phrase without fillers and marks."""
    return _SIGNS.sub("", _CONTENT.sub(_keep_head, text))


def _keep_head(match: re.Match[str]) -> str:
    return match["head"] or ""


def claims(sentence: str) -> tuple[Claim, ...]:
    """The figures of a sentence with their subjects, in order."""
    found = figures(sentence)
    if not found:
        return ()
    flat = _without_brackets(plain(sentence), found)
    nouns = _nouns(flat, found)
    out: list[Claim] = []
    for first, last in _runs(flat, found):
        start = found[first - 1].end + nouns[first - 1][1] if first else 0
        out += _deal(flat[start : found[first].start], found[first : last + 1], out, nouns[last][0])
    named = [_with_noun(claim, noun) for claim, (noun, _) in zip(out, nouns, strict=True)]
    for i in range(len(named) - 2, -1, -1):
        named[i] = _lent(flat, named[i], named[i + 1])
    return tuple(named)


def _nouns(flat: str, found: tuple[Figure, ...]) -> list[tuple[str, int]]:
    """The noun right behind each figure, and how many characters the next subject must leave to it."""
    nouns: list[tuple[str, int]] = []
    for figure, following in zip(found, (*found[1:], None), strict=True):
        limit = following.start if following else len(flat)
        match = _NOUN.match(flat, figure.end, limit)
        noun = match[0] if match else ""
        # Without a mark before the next figure the words may as well name that one.
        nouns.append((noun.strip(), len(noun) if figure.end + len(noun) < limit else 0))
    return nouns


def _with_noun(claim: Claim, noun: str) -> Claim:
    """A noun of its own says what a figure counts better than a subject carried over."""
    if claim.carried and content(noun) and not claim.figure.change and content(ADDED.sub("", claim.subject)):
        return replace(claim, noun=noun, subject="")
    return replace(claim, noun=noun)


def _lent(flat: str, claim: Claim, following: Claim) -> Claim:
    """新建4万亩、改造提升8万亩高标准农田: a figure between verbs takes the noun of the next."""
    if claim.noun or not following.noun or content(_ACTS.sub("", claim.subject)) or content(_ACTS.sub("", following.subject)):
        return claim
    between = flat[claim.figure.end : following.figure.start]
    return replace(claim, noun=following.noun) if between.startswith("、") and not _MARKS.search(between) else claim


def _without_brackets(flat: str, found: tuple[Figure, ...]) -> str:
    """Brackets between figures blanked out: 增长(下同)3.1%; offsets stay."""
    inside = bytearray(len(flat))
    for figure in found:
        inside[figure.start : figure.end] = b"\1" * (figure.end - figure.start)

    def blank(match: re.Match[str]) -> str:
        return match[0] if any(inside[match.start() : match.end()]) else "~" * len(match[0])

    return re.sub(r"\([^()]{0,30}\)|【\d+】|\[\d+\]", blank, flat)


def _runs(flat: str, found: tuple[Figure, ...]) -> list[tuple[int, int]]:
    """Figures in a row of one unit with nothing but marks between: one subject list deals them out."""
    runs: list[tuple[int, int]] = []
    for i, figure in enumerate(found):
        gap = _RUN.fullmatch(flat, found[i - 1].end, figure.start) if runs and found[i - 1].unit == figure.unit else None
        if gap and (gap[0].strip() not in (",", ";") or "分别" in flat[max(0, found[runs[-1][0]].start - 6) : figure.start]):
            runs[-1] = (runs[-1][0], i)
        else:
            runs.append((i, i))
    return runs


def _deal(gap: str, run: tuple[Figure, ...], before: list[Claim], noun: str) -> list[Claim]:
    """Claims of one run of figures from the words before it."""
    pieces = _MARKS.split(gap)
    own, between = pieces[-1], [p for p in pieces[:-1] if content(p)]
    listed = gap.lstrip().startswith("、") and len(pieces) == 1
    parts = [p for p in own.split("、") if p.strip()] if "、" in own else [own]
    last = parts[-1] if parts else ""
    lead = _lead(own) or (before[-1].lead if before and listed else "")
    clause = ",".join(pieces[-2:])
    if _names_nothing(last, noun):
        return [replace(claim, own=last) for claim in _carried(run, before, between, noun, clause, lead)]
    return [replace(claim, lead=lead, clause=clause, own=last) for claim in _named(own, last, run, before, between, listed)]


def _names_nothing(own: str, noun: str) -> bool:
    """Verbs and comments alone: 增长, 居全省第4位, and 净增 where no noun follows."""
    bare = content(own)
    if not bare or (_COMMENT.match(own) and not content(_COMMENT.sub("", own, count=1))):
        return True
    return not content(ADDED.sub("", own)) and not content(noun)


def _named(own: str, last: str, run: tuple[Figure, ...], before: list[Claim], between: list[str], listed: bool) -> list[Claim]:
    """Claims whose own words name them."""
    if len(run) > 1:
        parts = _conjuncts(own, len(run))
        if len(parts) == len(run):
            return [Claim(f, s) for f, s in zip(run, parts, strict=True)]
    shared = _conjuncts(own, 2) if len(run) == 1 and re.search(r"均|分别|都|各", own) else []
    subject = "|".join(shared) if len(shared) == 2 else last
    context = ""
    if before and _SHARE.match(last):
        subject = before[-1].subject + last  # 民生支出31亿元,占财政支出84%
    elif _is_head(last):
        told = [clause for clause in between if not _COMMENT.match(clause)]
        context = ",".join(told) or (_owner(before[-1]) if before else "")
        if before and before[0].clause and content(before[0].subject).endswith(tuple(HEADS)):
            context = before[0].clause + "," + context
    elif listed and before:
        subject = _shared_front(before[-1].subject, subject)
    return [Claim(f, subject, context=context) for f in run]


def _is_head(text: str) -> bool:
    return bool(_HEAD.fullmatch(content(text)) or _HEAD.fullmatch(text.strip()))


def _owner(claim: Claim) -> str:
    """What a bare head behind a claim belongs to."""
    own = claim.subject + claim.noun
    return claim.context + own if _is_head(claim.subject) else own


def _shared_front(before: str, subject: str) -> str:
    """新通道进出口货物3万吨、进出口额5亿元: words that repeat the list's first member mean its narrower thing."""
    bare = content(subject)
    at = before.find(bare[:3]) if len(bare) > 2 else -1
    return before[:at] + subject if at > 0 and not subject.startswith(before[:at]) else subject


def _carried(run: tuple[Figure, ...], before: list[Claim], between: list[str], noun: str, clause: str, lead: str) -> list[Claim]:
    """Nothing names the run: it goes on about the figure before, or about the clause before it."""
    named = [p for p in between if not _COMMENT.match(p)]
    if not before:
        subject = named[-1] if named and not lead and not content(noun) else ""
        return [Claim(f, subject, lead=lead, clause=clause) for f in run]
    if len(run) > 1 and len(before) >= len(run):
        olds = before[-len(run) :]
        return [replace(o, figure=f, carried=True, clause=o.clause + "," + clause, noun="") for o, f in zip(olds, run, strict=True)]
    old = before[-1]
    context = named[-1] if named else old.context
    lead = lead or old.lead
    return [replace(old, figure=f, context=context, lead=lead, carried=True, clause=old.clause + "," + clause, noun="") for f in run]


def _conjuncts(own: str, count: int) -> list[str]:
    """城镇、农村居民收入 dealt out: 城镇居民收入, 农村居民收入; [] where the words do not fall into `count` parts."""
    for word, pair in _PAIRS.items():
        if count == 2 and word in own:
            return [own.replace(word, side, 1) for side in pair]
    parts = [p.strip() for p in _LIST.split(own) if p.strip()]
    if len(parts) < count:
        return []
    parts = parts[-count:]
    return [_completed(part, parts[-1]) for part in parts[:-1]] + [parts[-1]]


def _completed(part: str, last: str) -> str:
    """A member of a list with the head that only the last member spells out."""
    bare = _FILLER.sub("", part)
    if re.search(rf"(?:{_HEAD.pattern})$", bare):
        return part
    tail = bare[-2:]
    at = last.rfind(tail)
    if at < 0:
        contrast = _CONTRAST.get(tail, "")
        at = last.find(contrast) if contrast else -1
        tail = contrast
    return part + (last[at + len(tail) :] if at >= 0 else "")


def _lead(own: str) -> str:
    found = ADDED.findall(own)
    return found[-1] if found else ""
