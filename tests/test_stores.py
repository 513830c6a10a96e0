"""One conformance suite for all stores; the numpy store is the truth."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from index.errors import IndexFolderError
from index.stores import VectorStore
from index.stores.approximate import SCORED_AT_ONCE, ApproximateStore
from index.stores.choice import Collector, open_store
from index.stores.exact import ExactStore
from index.stores.faiss_store import FaissStore
from index.stores.milvus import Milvus
from index.stores.milvus_store import MilvusStore
from tests.conftest import needs_milvus


def _flat(make: Callable[[np.ndarray], VectorStore], open_: Callable[[Path], VectorStore]) -> Callable[[np.ndarray, Path], VectorStore]:
    """A store after a journey to disk and back."""

    def journey(vectors: np.ndarray, path: Path) -> VectorStore:
        make(vectors).save(path)
        return open_(path)

    return journey


def _milvus(vectors: np.ndarray, path: Path) -> VectorStore:
    place = Milvus(str(path.with_suffix(".db")), "test")
    MilvusStore.write(ExactStore(vectors), place, "passages")
    return MilvusStore(place, "passages")


STORES: dict[str, Callable[[np.ndarray, Path], VectorStore]] = {
    "exact": _flat(ExactStore, ExactStore.open),
    "faiss": _flat(FaissStore.build, FaissStore.open),
    "approximate": ApproximateStore.build,
    "approximate, saved again": lambda vectors, path: _flat(
        lambda v: ApproximateStore.build(v, path.with_name("a")), ApproximateStore.open
    )(vectors, path),
    "milvus": _milvus,
}
PARAMS = [pytest.param(name, marks=needs_milvus if name == "milvus" else ()) for name in STORES]


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    rows = np.random.default_rng(1).normal(size=(400, 16)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows.astype(np.float16).astype(np.float32)  # values that every store can keep as they are


@pytest.fixture(params=PARAMS, scope="module")
def store(request: pytest.FixtureRequest, vectors: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> VectorStore:
    return STORES[request.param](vectors, tmp_path_factory.mktemp(request.param) / "vectors")


def test_ranks_and_scores_equal_the_slow_loop(store: VectorStore, vectors: np.ndarray):
    for query in vectors[:20]:
        truth = sorted(((float(v @ query), -i) for i, v in enumerate(vectors)), reverse=True)[:10]
        rows, scores = store.search(query, 10)
        assert [-i for _, i in truth] == rows.tolist()
        np.testing.assert_allclose(scores, [s for s, _ in truth], atol=1e-5)


def test_a_filter_works_inside_the_search(store: VectorStore, vectors: np.ndarray):
    query = vectors[0]
    worst = np.argsort(vectors @ query)[:5].astype(np.int64)
    allowed = np.sort(worst)
    rows, scores = store.search(query, 3, allowed)
    truth = sorted(allowed, key=lambda r: -float(vectors[r] @ query))[:3]
    assert rows.tolist() == truth
    assert scores.tolist() == sorted(scores.tolist(), reverse=True)


@pytest.mark.parametrize("step", [1, 2, 7])
def test_filters_of_many_shapes_equal_the_slow_loop(store: VectorStore, vectors: np.ndarray, step: int):
    allowed = np.asarray([r for r in range(5, 390) if r % 11 > 4 and r % step == 0], np.int64)
    rows, scores = store.search(vectors[7], 12, allowed)
    truth = sorted(allowed.tolist(), key=lambda r: -float(vectors[r] @ vectors[7]))[:12]
    assert rows.tolist() == truth
    np.testing.assert_allclose(scores, vectors[truth] @ vectors[7], atol=1e-5)


def test_an_empty_filter_finds_nothing(store: VectorStore, vectors: np.ndarray):
    rows, scores = store.search(vectors[0], 5, np.zeros(0, np.int64))
    assert len(rows) == len(scores) == 0


def test_more_wanted_than_there_are(store: VectorStore, vectors: np.ndarray):
    rows, _ = store.search(vectors[0], 1000)
    assert sorted(rows.tolist()) == list(range(400))


def test_vectors_come_back(store: VectorStore, vectors: np.ndarray):
    rows = np.asarray([3, 399, 0], np.int64)
    np.testing.assert_allclose(store.vectors(rows), vectors[rows], atol=1e-6)
    assert store.vectors(np.zeros(0, np.int64)).shape == (0, 16)
    np.testing.assert_allclose(store.vectors(np.asarray([7, 2, 7])), vectors[[7, 2, 7]], atol=1e-6)
    assert (store.count, store.dimension) == (400, 16)
    assert store.vectors(rows).dtype == np.float32


@pytest.mark.parametrize("name", PARAMS)
def test_rows_of_equal_score_are_all_found(name: str, vectors: np.ndarray, tmp_path: Path):
    twice = np.concatenate([vectors[:50], vectors[:50]])
    rows, scores = STORES[name](twice, tmp_path / "vectors").search(vectors[7], 2)
    assert sorted(rows.tolist()) == [7, 57]
    assert scores[0] == scores[1]


@pytest.mark.parametrize("name", PARAMS)
def test_a_store_of_nothing_finds_nothing(name: str, tmp_path: Path):
    store = STORES[name](np.zeros((0, 16), np.float32), tmp_path / "vectors")
    assert store.count == 0
    assert len(store.search(np.ones(16, np.float32), 5)[0]) == 0


@pytest.mark.parametrize("open_", [FaissStore.open, ApproximateStore.open])
def test_a_damaged_file_is_told(open_: Callable[[Path], VectorStore], tmp_path: Path):
    (tmp_path / "x").write_bytes(b"not an index")
    with pytest.raises(IndexFolderError, match="rebuild"):
        open_(tmp_path / "x")


@pytest.fixture(scope="module")
def crowd() -> np.ndarray:
    """Vectors in clusters, as those of texts lie; more of them than a filter lets through for an exact search."""
    draw = np.random.default_rng(3)
    rows = draw.normal(size=(200, 32))[draw.integers(0, 200, 120_000)] + 0.7 * draw.normal(size=(120_000, 32))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16).astype(np.float32)


@pytest.fixture(scope="module")
def approximate(crowd: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> VectorStore:
    return ApproximateStore.build(crowd, tmp_path_factory.mktemp("crowd") / "vectors.ivf")


def recall(store: VectorStore, crowd: np.ndarray, allowed: np.ndarray | None) -> float:
    truth = ExactStore(crowd)
    queries = crowd[::4000] + 0.1
    found = [(store.search(q, 10, allowed)[0], truth.search(q, 10, allowed)[0]) for q in queries]
    return float(np.mean([len(set(a) & set(b)) / 10 for a, b in found]))


def test_the_approximate_store_finds_what_exact_search_finds(approximate: VectorStore, crowd: np.ndarray):
    assert recall(approximate, crowd, None) >= 0.98


@pytest.mark.parametrize("share", [2, 4])  # every second or fourth row: more than are scored at once or fewer
def test_and_under_a_filter(approximate: VectorStore, crowd: np.ndarray, share: int):
    allowed = np.arange(0, len(crowd), share)
    assert (len(allowed) > SCORED_AT_ONCE) == (share == 2)
    assert recall(approximate, crowd, allowed) >= (0.98 if share == 2 else 1.0)
    rows, _ = approximate.search(crowd[1], 50, allowed)
    assert len(rows) == 50 and not (rows % share).any()


def test_three_rows_among_many_are_found_every_time(approximate: VectorStore, crowd: np.ndarray):
    for query in -crowd[:50]:  # as far as can be from the rows allowed
        assert sorted(approximate.search(query, 10, np.asarray([0, 60_000, 119_999]))[0]) == [0, 60_000, 119_999]


def test_files_that_do_not_belong_together_are_told(vectors: np.ndarray, tmp_path: Path):
    ApproximateStore.build(vectors, tmp_path / "x.ivf")
    (tmp_path / "x.half").write_bytes((tmp_path / "x.half").read_bytes()[:-32])
    with pytest.raises(IndexFolderError, match=r"400 vectors, x\.half 399"):
        ApproximateStore.open(tmp_path / "x.ivf")


@pytest.mark.parametrize(("count", "kind"), [(300, FaissStore), (301, ApproximateStore)])
def test_the_builder_chooses_by_size_and_says_why(count: int, kind: type, vectors: np.ndarray, tmp_path: Path):
    collector = Collector(16, tmp_path / "spool", flat_until=300)
    for start in range(0, count, 77):
        collector.add(vectors[start : min(start + 77, count)])
    assert f"{count} vectors" in collector.reason and "300" in collector.reason
    collector.save(tmp_path, "passages")
    store = open_store(tmp_path, "passages")
    assert type(store) is kind
    np.testing.assert_allclose(store.vectors(np.arange(count)), vectors[:count], atol=1e-6)
    assert not (tmp_path / "spool").exists()
