"""How a question is put (谁, 哪个, 怎么, 要不要, how many ...), as columns beside those of a candidate."""

from __future__ import annotations

import re

import numpy as np

from index.encoder import Vectors
from qa.question import Query

# Forms of question: each is a column that is 1 where the pattern is found.
_FORMS = {
    "who": r"谁|哪位|\bwhom?\b|\bwhose\b",
    "where": r"哪里|哪儿|何地|啥地方|什么地方|在哪|到哪|从哪|往哪|\bwhere\b",
    "when": r"什么时候|何时|啥时候|哪天|哪一?年|几月|\bwhen\b|what (?:year|month|date)",
    "which one": r"哪一?[个家条座所项种位名支只张处片块类级]|\bwhich\b",
    "which ones": r"哪些|哪几|哪[两三四五六七八九十]|\bwhich (?:two|three|four|five|six|seven)\b|\b(?:which|what) \w+s are\b",
    "what": r"什么|啥|\bwhat\b",
    "what kind": r"什么样|啥样|怎么样|咋样|怎样了|如何了|\bwhat (?:kind|sort|type)",
    "what thing": r"(?:干|做|搞|建|修|办|开|添|推|出)了?(?:什么|啥|哪)|有(?:什么|啥|哪)",
    "named": r"叫什么|叫啥|叫个?(?:什么|啥)|名字|称号|名称|名号|名头|什么名|啥名|\bcalled\b|\bnamed?\b|\btitle\b",
    "how": r"怎么|怎样|如何|咋|\bhow\b(?! (?:many|much|long|large|big|high|far|fast))",
    "why": r"为什么|为啥|凭啥|凭什么|\bwhy\b",
    "by what": r"靠什么|靠啥|用什么|用啥|凭|\bby what\b",
    "yes or no": r"有没有|是不是|是否|能否|[吗么嘛][?]?$|了没|没有?[?]?$|([一-鿿])[不没]\1"
    r"|^(?:is|are|does|do|did|has|have|can|will|was|were)\b",
    "how many": r"多少|(?<![哪这那好十])几(?![乎个]?(?:地方|方面|条路子))(?!乎)|\bhow many\b",
    "how much": r"多大|多高|多长|多快|多远|多久|多深|多宽|\bhow (?:much|long|large|big|high|far|fast)\b",
    "share": r"百分之|增速|增长|增幅|比例|占比|几个点|几成|降了|涨了|率|percent|\bshare\b|\brate\b|growth|proportion|%",
    "money": r"多少钱|多少亿|多少万|多少元|花了|投资|收入|产值|how much|\bspen[dt]\b|\brevenue\b|\binvest|\bincome\b",
    "rank": r"第几|排名|位次|名次|排几|\brank",
    "two things": r"(?:多少|几|什么|哪|谁).{2,}(?:多少|几|什么|哪|谁)|\band (?:by )?(?:how|what|which|where)\b|\band\b.*\b(?:will|are|is|was)\b",
    "one or the other": r"还是|\bor\b",
    "target": r"目标|预期|计划|打算|准备|力争|将|要|\btarget|\bgoal|\baim|\bplan|\bwill\b",
    "English": r"^[\x00-\x7f]*$",
}
PATTERNS = {name: re.compile(pattern, re.I) for name, pattern in _FORMS.items()}
FORMS = tuple(PATTERNS)
WANTS = ("figure", "measures", "yes_no", "name")

_ASKED = re.compile(
    r"(?:哪(?:一|些|几)?|多少|几|什么|啥)(?:[个家条座所项种位名支只张处片块类级批届])?(?P<zh>[一-鿿]{1,6})"
    r"|\b(?:which|what|how many|whose)\s+(?P<en>(?:[a-z-]+\s*){1,3})",
    re.I,
)


def form_columns(query: Query, question: str) -> Vectors:
    """One column for each of `WANTS` and `FORMS`, 1 where the question is of that form, float32."""
    wants = [query.wants == want for want in WANTS]
    return np.asarray(wants + [bool(p.search(question)) for p in PATTERNS.values()], np.float32)


def asked_noun(question: str) -> str:
    """村 of 哪个村, 国际组织认定 of 哪个国际组织认定..., villages of which villages; empty where none is named."""
    found = _ASKED.search(question)
    if not found:
        return ""
    if found["en"]:
        return found["en"].strip()
    return re.split(r"[的了是在被由把给跟和与]|入选|获|当|要|能|会|最|有|叫", found["zh"])[0]
