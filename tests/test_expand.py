from __future__ import annotations

from pathlib import Path

from index.build import build
from index.library import Library
from qa.expand import expansion, meant
from qa.retrieve import retrieve
from qa.terms import glossary
from tests.conftest import ToyEncoder


def test_everyday_and_english_words_mean_official_terms():
    assert meant("GDP") == ["地区生产总值"]
    assert "社会消费品零售总额" in meant("retail sales growth")
    assert "城镇新增就业" in meant("URBAN new jobs")
    assert meant("蓝湖") == []


def test_the_longest_wording_wins_and_no_part_counts_twice():
    chinese = [w for w in glossary().wordings if not any(c.isascii() for c in w) and len(w) <= 14]
    assert len(chinese) > 1000
    assert all(len(meant(wording)) == 1 for wording in chinese[:500])


def test_only_words_that_are_not_there_are_added():
    assert "零售" in expansion("retail sales")
    assert not set(expansion("居民 老百姓腰包")) & {"居民"}


def test_a_passage_is_found_by_words_it_does_not_share(corpus: Path, tmp_path: Path, toy: ToyEncoder):
    build([corpus], tmp_path / "index", toy)
    library = Library(tmp_path / "index")
    documents = range(len(library.documents))
    candidates = retrieve(library, toy, "urban new jobs", documents)
    best = library.read([int(candidates.rows[candidates.lexical.argmax()])])[0]
    assert candidates.lexical.max() > 0
    assert "城镇新增就业" in best.text
    assert retrieve(library, toy, "blue lakes", documents).lexical.max() == 0
