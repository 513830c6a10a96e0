"""BM25: our reading of the stored arrays against the library that wrote them, and against a sum worked by hand."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from index.lexical import Lexical
from index.words import fingerprint, words

TEXTS = ["治理农村生活污水", "新建学校三所", "农村学校改造", "污水处理厂扩建，污水管网", "", "🙂"]


def test_scores_equal_those_of_bm25s(tmp_path: Path):
    import bm25s

    Lexical.build(TEXTS, tmp_path)
    ours = Lexical.open(tmp_path)
    theirs = bm25s.BM25.load(str(tmp_path), load_vocab=False)
    for question in ("农村污水", "学校", "污水 污水", "没有的词"):
        known = [ours._vocabulary[w] for w in words(question) if w in ours._vocabulary]
        expected = theirs.get_scores_from_ids(known)[: len(TEXTS)] if known else np.zeros(len(TEXTS))
        np.testing.assert_allclose(ours.scores(words(question)), expected, rtol=1e-6)


def test_a_sum_worked_by_hand(tmp_path: Path):
    # Two texts of two words; the word stands in one: idf = ln(1 + (2 - 1 + 0.5) / (1 + 0.5)) = ln 2; both texts have
    # the mean length, so tf = 1 / (1 + 1.5).
    Lexical.build(["污水 学校", "道路 医院"], tmp_path)
    assert Lexical.open(tmp_path).scores(["污水"]).tolist() == [np.float32(math.log(2) / 2.5), 0.0]


def test_chinese_is_cut_into_words_not_clauses():
    assert {"农村", "生活", "污水"} <= set(words("治理农村生活污水"))
    assert words("GDP增长 6.5%") == ["gdp", "增长", "6.5"]
    assert words("") == []


def test_full_width_and_case_do_not_matter():
    assert words("ＧＤＰ２０２３") == words("gdp2023")


def test_no_words_at_all(tmp_path: Path):
    Lexical.build(["", "🙂"], tmp_path)
    assert Lexical.open(tmp_path).scores(["污水"]).tolist() == [0.0, 0.0]


def test_rows_with_a_word(tmp_path: Path):
    Lexical.build(TEXTS, tmp_path)
    assert Lexical.open(tmp_path).rows_with("学校").tolist() == [1, 2]
    assert Lexical.open(tmp_path).rows_with("没有").tolist() == []


def test_the_fingerprint_is_stable():
    assert fingerprint() == fingerprint()


def test_few_rows_are_scored_as_all_are(tmp_path: Path):
    draw = np.random.default_rng(5)
    names = ["污水", "学校", "道路", "医院", "公园", "桥梁"]
    Lexical.build([" ".join(draw.choice(names, draw.integers(1, 5))) for _ in range(2_000)], tmp_path)
    lexical = Lexical.open(tmp_path)
    for size in (0, 1, 3, 40, 1_500):  # postings are searched for few rows, read whole for many
        rows = np.sort(draw.choice(2_000, size, replace=False))
        for query in (["污水", "学校", "污水", "无此词"], ["无此词"]):
            assert np.array_equal(lexical.scores(query, rows), lexical.scores(query)[rows])
            best = lexical.best(query, 5, rows)
            truth = np.sort(lexical.scores(query)[rows])[::-1][:5]
            assert set(best) <= set(rows)
            assert np.array_equal(np.sort(lexical.scores(query, best))[::-1], truth[truth > 0])
        assert np.array_equal(lexical.holds("桥梁", rows), np.isin(rows, lexical.rows_with("桥梁")))
