from __future__ import annotations

import pytest

from qa.evidence import FIGURE, HEADLINE, UNIT, form, units_asked
from qa.places import Places
from qa.question import understand


@pytest.mark.parametrize(
    ("question", "units"),
    [
        ("去年产值多少亿", ("亿元", "亿美元", "元")),
        ("增速是百分之几", ("%", "百分点", "‰", "倍")),
        ("新建几所学校", ("所",)),
        ("改造多少套住房", ("套",)),
        ("修了多少公里路", ("公里", "米")),
        ("how many km of roads", ("公里", "米")),
        ("怎么治水", ()),
    ],
)
def test_unit_of_the_question(question: str, units: tuple[str, ...]):
    assert units_asked(question) == units


@pytest.mark.parametrize(
    ("question", "sentence", "added"),
    [
        ("新建几所学校", "全年新建学校6所，群众满意。", FIGURE + UNIT),
        ("新建几所学校", "教育投入增长6%，群众满意。", FIGURE),
        ("新建几所学校", "大力发展教育事业，办人民满意的教育。", 0.0),
        ("新建几所学校", "办好人民满意的教育。", -HEADLINE),
        ("怎么治水", "推进水环境治理。", -HEADLINE),
        ("怎么治水", "建成污水处理站18座。", 0.0),
        ("有没有地铁", "地铁开工。", 0.0),
    ],
)
def test_form(question: str, sentence: str, added: float):
    assert form(understand(question, Places(())), sentence) == pytest.approx(added)
