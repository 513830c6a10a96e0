"""Words and pieces of many texts at once, against one text at a time by jieba and by the tokenizer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.bulk_pieces import BulkPieces
from index.bulk_words import bulk_words
from index.encoder import StaticEncoder, open_encoder
from index.lattice import Lattice
from index.word_counts import WordCounts, count_words
from tests.conftest import REPORT, ROOT

ODD = [
    "",
    "🙂",
    "İSTANBUL ΣΑΣ ΟΔΟΣ K2",
    "３．５％的ＧＤＰ，1.2.3 a1b",
    "一\0二",
    "龦鿕鿖鿿𠮷野家",
    "\n \u3000",
    "\ud800污水",
    "ﬁ①㎡㏒",
    "“‘，。，。”",
    "A" * 300,
    "e\u0301le\u0300ve",
]


def texts() -> list[str]:
    return [
        REPORT.format(city="宁波", gdp=1500, goal=6),
        *(line for p in sorted(ROOT.glob("corpus/*.md")) for line in p.read_text("utf-8").split("\n")),
    ]


@pytest.fixture(scope="module")
def model() -> StaticEncoder:
    encoder = open_encoder()
    assert isinstance(encoder, StaticEncoder)
    return encoder


def table(counts: WordCounts) -> list[dict[str, int]]:
    edges = np.cumsum([0, *counts.distinct])
    pairs = [(counts.vocabulary[n], int(t)) for n, t in zip(counts.numbers, counts.times, strict=True)]
    return [dict(pairs[a:b]) for a, b in zip(edges, edges[1:], strict=False)]


def same_words(some: list[str]) -> None:
    ours, plain = bulk_words().count(some), count_words(some)
    assert table(ours) == table(plain)
    np.testing.assert_array_equal(ours.lengths, plain.lengths)
    assert sorted(ours.vocabulary) == sorted(plain.vocabulary)


def same_pieces(model: StaticEncoder, some: list[str]) -> None:
    for ours, theirs in zip(model.flat_ids(some, bulk=True), model.flat_ids(some), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_words_of_texts():
    assert len(texts()) > 500
    same_words(texts())
    same_words(ODD)
    same_words([])
    same_words([""])


@settings(max_examples=200)
@given(st.lists(st.text(max_size=40), max_size=5))
def test_words_of_anything(some: list[str]):
    same_words(some)


@given(st.lists(st.text(alphabet="乌鲁木齐中华人民共和国政府工作报告的了3.5aB，。 ", max_size=60), max_size=5))
def test_words_of_likely_things(some: list[str]):
    same_words(some)


def test_pieces_of_texts(model: StaticEncoder):
    same_pieces(model, texts())
    same_pieces(model, [t for t in ODD if "\ud800" not in t])
    same_pieces(model, [t for t in ODD if "\ud800" not in t and "\0" not in t])
    same_pieces(model, [])


@settings(max_examples=200)
@given(
    st.lists(
        st.text(alphabet=st.characters(max_codepoint=0x2FFF, exclude_categories=("Cs", "Cn", "Mn", "Mc", "Me")), max_size=30), max_size=4
    )
)
def test_pieces_of_any_letters(model: StaticEncoder, some: list[str]):
    same_pieces(model, some)


@given(st.lists(st.text(alphabet="乌鲁木齐中华人民共和国政府工作报告的了3.5aB，。 2023％", max_size=60), max_size=5))
def test_pieces_of_likely_things(model: StaticEncoder, some: list[str]):
    same_pieces(model, some)


def test_another_tokenizer_is_left_to_itself():
    from tokenizers import Tokenizer, models

    assert BulkPieces.of(Tokenizer(models.Unigram([("[UNK]", 0.0), ("a", -1.0)], unk_id=0, byte_fallback=False))) is None


@settings(max_examples=300)
@given(
    st.dictionaries(st.text(alphabet="甲乙丙丁", min_size=1, max_size=6), st.integers(1, 9), max_size=25),
    st.lists(st.text(alphabet="甲乙丙丁戊", max_size=14), max_size=6),
)
def test_a_lattice_finds_the_best_division_of_all(weights: dict[str, int], some: list[str]):
    words = dict.fromkeys(word[:end] for word in weights for end in range(1, len(word) + 1))
    scores = np.asarray([-float(weights.get(word, np.inf)) for word in words])
    lattice = Lattice(words, scores, -20.0)
    text = "".join(some)
    ends = np.cumsum([len(t) for t in some if t], dtype=np.int64)
    starts = ends - [len(t) for t in some if t]
    found = lattice.divide(np.frombuffer(text.encode("utf-16-le"), np.uint16), starts, ends)
    assert sum(found.lengths) == len(text)
    listed = list(words)
    pieces = [(int(a), text[a : a + n]) for a, n in zip(found.starts, found.lengths, strict=True)]
    assert all(node == -1 or listed[node] == word for (_, word), node in zip(pieces, found.nodes, strict=True))

    def best(run: str) -> float:
        if not run:
            return 0.0
        sums = [-weights[run[:n]] + best(run[n:]) for n in range(1, len(run) + 1) if run[:n] in weights]
        return max(sums) if sums else -20.0 + best(run[1:])

    for start, end in zip(starts, ends, strict=True):
        assert sum(-float(weights.get(word, 20)) for a, word in pieces if start <= a < end) == best(text[start:end])
