"""One conformance suite for all stores; the numpy store is the truth."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from index.errors import IndexFolderError
from index.stores import VectorStore
from index.stores.exact import ExactStore
from index.stores.faiss_store import FaissStore
from index.stores.milvus import Milvus
from index.stores.milvus_store import MilvusStore
from tests.conftest import needs_milvus

STORES: dict[str, tuple[Callable[[np.ndarray, Path], None], Callable[[Path], VectorStore]]] = {
    "exact": (lambda vectors, path: ExactStore(vectors).save(path), ExactStore.open),
    "faiss": (lambda vectors, path: FaissStore.build(vectors).save(path), FaissStore.open),
    "milvus": (
        lambda vectors, path: MilvusStore.write(ExactStore(vectors), Milvus(str(path), "test"), "passages"),
        lambda path: MilvusStore(Milvus(str(path), "test"), "passages"),
    ),
}
PARAMS = [pytest.param(name, marks=needs_milvus if name == "milvus" else ()) for name in STORES]


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    rows = np.random.default_rng(1).normal(size=(400, 16)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(params=PARAMS, scope="module")
def store(request: pytest.FixtureRequest, vectors: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> VectorStore:
    """Each store after a journey to disk and back."""
    write, open_ = STORES[request.param]
    path = tmp_path_factory.mktemp(request.param) / "vectors.db"
    write(vectors, path)
    return open_(path)


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


def test_saved_again_it_is_the_same(store: VectorStore, vectors: np.ndarray, tmp_path: Path, request: pytest.FixtureRequest):
    _, open_ = STORES[request.node.callspec.params["store"]]
    store.save(tmp_path / "copy.db")
    np.testing.assert_array_equal(open_(tmp_path / "copy.db").vectors(np.arange(400)), store.vectors(np.arange(400)))


def test_a_damaged_file_is_told(tmp_path: Path):
    (tmp_path / "x").write_bytes(b"not an index")
    with pytest.raises(IndexFolderError, match="rebuild"):
        FaissStore.open(tmp_path / "x")
