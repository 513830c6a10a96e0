"""BM25: our arrays against those that bm25s makes of the same words, and against a sum worked by hand."""

from __future__ import annotations

import json
import math
import random
from pathlib import Path

import numpy as np
import pytest

from index.lexical import Lexical
from index.lexical_writer import LexicalWriter
from index.word_counts import count_words
from index.words import fingerprint, words

TEXTS = ["治理农村生活污水", "新建学校三所", "农村学校改造", "污水处理厂扩建，污水管网", "", "🙂"]


def with_bm25s(texts: list[str], folder: Path) -> dict[str, int]:
    """The index that bm25s makes of the same words; the vocabulary it was given."""
    import bm25s
    from bm25s.tokenization import Tokenized

    vocabulary = {word: number for number, word in enumerate(sorted({w for text in texts for w in words(text)}))}
    rows = [[vocabulary[w] for w in words(text)] for text in texts]
    theirs = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
    theirs.index(Tokenized(ids=rows, vocab=dict(vocabulary)), show_progress=False)
    theirs.save(str(folder))
    return vocabulary


@pytest.mark.parametrize(("piece", "merged"), [(1, 1), (7, 5), (40, 1000), (1 << 22, 1 << 23)])
def test_the_arrays_are_those_of_bm25s_to_the_last_bit(tmp_path: Path, piece: int, merged: int):
    rng = random.Random(piece)
    # More words than 16 bits can number, so that sorting takes both of its rounds.
    many = [" ".join(f"{rng.randrange(40_000)}.{rng.randrange(3)}" for _ in range(400)) for _ in range(300)] if piece > 1000 else []
    texts = [*TEXTS, *("".join(rng.choices("污水学校农村治理新建扩建改造管网，。", k=rng.randrange(60))) for _ in range(50)), *many]
    vocabulary = with_bm25s(texts, tmp_path / "theirs")
    writer = LexicalWriter(tmp_path / "ours", piece, merged)
    for start in range(0, len(texts), 9):
        writer.add(count_words(texts[start : start + 9]))
    writer.finish()
    assert json.loads((tmp_path / "ours" / "words.json").read_text("utf-8")) == {"count": len(texts), "words": vocabulary}
    assert len(vocabulary) > 1 << 16 or not many
    for name in ("data", "indices", "indptr"):
        ours, theirs = (np.load(tmp_path / side / f"{name}.csc.index.npy") for side in ("ours", "theirs"))
        np.testing.assert_array_equal(ours, theirs)
    assert {p.name for p in (tmp_path / "ours").iterdir()} == {"words.json", *(f"{n}.csc.index.npy" for n in ("data", "indices", "indptr"))}


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
