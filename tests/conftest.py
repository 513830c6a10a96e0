"""Shared by the tests: a toy encoder handed in by argument, a small corpus of our own, the real reports where present."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from index.build import build
from index.encoder import open_encoder
from qa.engine import Engine

ROOT = Path(__file__).resolve().parents[1]
REPORTS = ROOT.parent / "shared" / "reports"
needs_milvus = pytest.mark.skipif(
    find_spec("pymilvus") is None or find_spec("milvus_lite") is None,
    reason="pymilvus and milvus-lite are not installed (requirements-dev.txt names them)",
)
KEYWORDS = "污水 就业 学校 增长 目标 道路 小区 空气 粮食 财政 工业 旅游".split()

REPORT = """2023年{city}市政府工作报告

各位代表：

下面由我报告这一年做的事，请各位审议。

一、2022年工作回顾

过去一年，全市生产总值达到{gdp}亿元，增长3.1%。城镇新增就业2.6万人。

（一）城乡面貌有了变化。新修农村公路120公里。改造老旧小区37个，惠及居民4100户。

（二）环境持续改善。建成农村生活污水处理站18座；空气优良天数331天。

二、2023年工作安排

今年主要预期目标是：生产总值增长{goal}%左右，粮食产量稳定在52万吨以上。

（一）办好教育。新建学校6所，增加学位5400个。

（二）发展工业。推动工业投资增长12%，引进项目“蓝湖计划”30个。
"""


class ToyEncoder:
    """Keyword -> one coordinate: vectors that a reader can work out by hand. The last coordinate tells texts apart."""

    name = "toy"
    dimension = len(KEYWORDS) + 1

    def __init__(self, fingerprint: str = "toy-1") -> None:
        self.fingerprint = fingerprint
        self.encoded = 0

    def encode_passages(self, texts: Sequence[str]) -> np.ndarray:
        self.encoded += len(texts)
        out = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(out, texts, strict=True):
            row[:-1] = [text.count(word) > 0 for word in KEYWORDS]
            row[-1] = int(hashlib.sha256(text.encode()).hexdigest()[:4], 16) / 65536 / 10
            row /= np.linalg.norm(row)
        return out

    def encode_queries(self, texts: Sequence[str]) -> np.ndarray:
        return self.encode_passages(texts)


@pytest.fixture
def toy() -> ToyEncoder:
    return ToyEncoder()


def write_corpus(folder: Path) -> Path:
    """Two reports of our own, of 宁波 and of 青岛."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a.txt").write_text(REPORT.format(city="宁波", gdp="1500", goal="6"), "utf-8")
    (folder / "b.md").write_text(REPORT.format(city="青岛", gdp="1400", goal="5.5"), "gb18030")
    return folder


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_corpus(tmp_path / "corpus")


@pytest.fixture
def engine(corpus: Path, tmp_path: Path, toy: ToyEncoder) -> Engine:
    from index.library import Library

    build([corpus], tmp_path / "index", toy)
    return Engine(Library(tmp_path / "index"), toy)


@pytest.fixture(scope="session")
def sample_engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The included model over the included corpus."""
    folder = tmp_path_factory.mktemp("sample") / "index"
    build([ROOT / "corpus"], folder, open_encoder())
    return Engine.open(folder)


@pytest.fixture(scope="session")
def reports_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the real reports; skips where they are not there."""
    if not REPORTS.is_dir():
        pytest.skip("the real reports (../shared/reports) are not on this machine")
    folder = tmp_path_factory.mktemp("reports") / "index"
    build([REPORTS], folder, open_encoder())
    return folder
