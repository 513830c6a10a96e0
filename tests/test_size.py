"""The benchmark of search at size, at a size that a test can wait for."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import size, size_texts
from index.check import check
from index.library import Library
from index.stores.approximate import ApproximateStore


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("size")


def test_a_small_size_reaches_its_aims(folder: Path, capsys: pytest.CaptureFixture[str]):
    arguments = ["--built", str(folder), "--passages", "2000", "--flat-until", "800", "--questions", "10", "--json"]
    code = size.main([*arguments, "--recall", "0.9", "--p95", "60000", "--open", "60"])
    told = capsys.readouterr()
    found = json.loads(told.out)
    assert code == 0, told.err
    assert found["rare found"] == 1 and "approximate" in found["search"]["sentences"]
    assert size.main([*arguments, "--recall", "1.1"]) == 1
    assert "FAIL recall@10, sentences" in capsys.readouterr().err


def test_the_copies_are_an_index_like_any_other(folder: Path):
    base, large = Library(folder / "size-base-1000"), Library(folder / "size-2000-800")
    times = large.passages.count // base.passages.count
    assert times == 2 and isinstance(large.passages, ApproximateStore)
    assert check(large.folder) == []
    assert len({d.meta.city for d in large.documents}) == times * len({d.meta.city for d in base.documents})
    rows = np.arange(base.passages.count)
    for word in ("发展", "管理"):
        own = base.words.rows_with(word)
        expected = np.concatenate([own + copy * base.passages.count for copy in range(times)])
        assert np.array_equal(large.words.rows_with(word), expected) and len(own)
    last = rows + (times - 1) * base.passages.count
    assert [p.text for p in large.read(last[:20])] == [p.text for p in base.read(rows[:20])]
    assert not np.allclose(large.passages.vectors(last), base.passages.vectors(rows), atol=0.01)
    assert np.array_equal(np.diff(large.sentence_edges(last)), np.diff(base.sentence_edges(rows)))


def test_texts_are_the_same_every_time(tmp_path: Path):
    for name in ("a", "b"):
        size_texts.write_reports(tmp_path / name, 200)
    texts = {name: {p.name: p.read_text("utf-8") for p in (tmp_path / name).iterdir()} for name in ("a", "b")}
    assert texts["a"] == texts["b"]
    assert len({t.split("\n", 1)[1] for t in texts["a"].values()}) == len(texts["a"]) == 17


def test_too_many_places_are_refused():
    with pytest.raises(ValueError, match="fewer passages"):
        size_texts.places(100_000)
