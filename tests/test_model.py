"""The included model itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.encoder import DEFAULT_MODEL, open_encoder

TEXTS = ["农村生活污水治理", "How many schools will be built?", "2023年GDP增长6.5%左右", "ＧＤＰ１２３", "", "🙂", "，。"]


def test_the_direct_reading_equals_sentence_transformers():
    sentence_transformers = pytest.importorskip("sentence_transformers")
    words = TEXTS[:4]  # texts without a known piece are not numbers there (0 / 0 in half precision) and zero here
    truth = sentence_transformers.SentenceTransformer(str(DEFAULT_MODEL), device="cpu").encode(words)
    np.testing.assert_allclose(open_encoder().encode_passages(words), truth, atol=1e-3)


def test_vectors_have_unit_length_or_none():
    norms = np.linalg.norm(open_encoder().encode_passages(TEXTS), axis=1)
    np.testing.assert_allclose(norms[:4], 1, atol=1e-5)
    np.testing.assert_allclose(norms[4:], 0, atol=1e-5)


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("村里的脏水怎么处理", "推进农村生活污水治理", "推进农村公路建设"),
        ("娃上学的地方够不够", "新增义务教育学位5000个", "新增规上工业企业50家"),
        ("How is the air?", "空气质量优良天数331天", "粮食总产量稳定增长"),
        ("where do old people eat", "建设老年助餐点", "建设高标准农田"),
        ("找工作", "城镇新增就业2万人", "新建高速公路两条"),
    ],
)
def test_everyday_words_find_official_ones(question: str, right: str, wrong: str):
    q, r, w = open_encoder().encode_queries([question, right, wrong])
    assert q @ r > q @ w


def test_size():
    assert sum(f.stat().st_size for f in Path(DEFAULT_MODEL).rglob("*")) <= 45_000_000
