"""The real reports, as users have them; skipped where they are not on the machine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from index.library import Library
from qa.engine import Engine
from tests.conftest import REPORTS

CITIES = "彬州 高安 邯郸 河源 金华 乐昌 临沧 龙南 泸州 茂名 梅州 南宁 宁波 沁阳 泉州 汕尾 商洛 铜川 渭南 温州 咸阳 忻州 珠海 资兴".split()


def test_documents(reports_index: Path):
    documents = Library(reports_index).documents
    found = sorted((d.meta.city, d.meta.year, d.meta.kind) for d in documents)
    expected = [(c, 2023, "政府工作报告") for c in CITIES]
    expected += [("鹤山", 2022, "政府工作报告"), ("中山", 2018, "年鉴"), ("中山", 2023, "年鉴"), ("三乡镇", 2023, "政府工作报告")]
    assert found == sorted(expected)


def test_provinces(reports_index: Path):
    found = {d.meta.city: d.meta.province for d in Library(reports_index).documents}
    assert {c: found[c] for c in ("彬州", "南宁", "资兴", "鹤山", "三乡镇", "泸州")} == {
        "彬州": "陕西省",
        "南宁": "广西壮族自治区",
        "资兴": "湖南省",
        "鹤山": "广东省",
        "三乡镇": "广东省",
        "泸州": "四川省",
    }


def test_quality_on_the_development_questions(reports_index: Path):
    from benchmarks.metrics import judge, mean

    path = REPORTS.parent / "eval" / "questions.jsonl"
    if not path.is_file():
        pytest.skip("the development questions (../shared/eval) are not on this machine")
    engine = Engine.open(reports_index)
    golds = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    metrics = mean([judge(engine.ask(g["question"]).as_json(), g) for g in golds])
    expected = json.loads((Path(__file__).parents[1] / "benchmarks" / "expected.json").read_text("utf-8"))["reports"]
    assert {n: round(metrics[n], 3) for n, least in expected.items() if metrics[n] < least} == {}
