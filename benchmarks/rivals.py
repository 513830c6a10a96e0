"""What a user would take instead, each in its plain best set-up over the same passages, and ours.

Every system is built from passages (dicts with text, title and city) and answers a question with passage numbers, best
first. All but rank_bm25 use the same model. Each passage is given with its report's title in front, because without it
txtai, FAISS and rank_bm25 found less. Chinese words for BM25 are jieba's (`cut_for_search`); txtai keeps its own
tokenizer, which takes no function; pairs of characters, which it offers, had a lower recall@5. `cities` is the city filter as the library offers one:
a column in txtai's SQL, a metadata filter in Haystack, a selector in FAISS, a mask for rank_bm25.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np

Passages = Sequence[dict[str, Any]]
MODEL = str(Path(__file__).resolve().parents[1] / "models" / "default")
K = 5  # passages asked for
DEPTH = 10  # passages of each channel that are joined


class System(Protocol):
    """Builds its index when made; searches afterwards."""

    def search(self, question: str, cities: Sequence[str] | None) -> list[int]:
        """Numbers of the best passages; `cities` None is a plain call, else only passages of these (all where empty)."""
        ...


class Ours:
    """Built from the files themselves, so its time holds reading, splitting and writing to disk."""

    def __init__(self, passages: Passages, folder: str) -> None:
        from index.build import build
        from index.encoder import open_encoder
        from qa.engine import Engine

        self._index = tempfile.TemporaryDirectory()
        built = Path(self._index.name) / "index"
        build([Path(folder)], built, open_encoder())
        self._engine = Engine.open(built)
        if self._engine.library.passages.count != len(passages):
            raise ValueError(f"{folder} changed while it was measured; run the benchmark again")

    def search(self, question: str, cities: Sequence[str] | None) -> list[int]:
        return [hit.row for hit in self._engine.ask(question, K).hits]


class OursUnscoped(Ours):
    """The question searched word for word over all reports: no place or year becomes a filter, no figure is looked up."""

    def search(self, question: str, cities: Sequence[str] | None) -> list[int]:
        from qa.question import understand
        from qa.retrieve import retrieve

        engine = self._engine
        query = replace(understand(question, engine.places), topic=question, cities=(), absent_cities=(), years=())
        everywhere = range(len(engine.library.documents))
        hits = engine._rank(query, retrieve(engine.library, engine.encoder, question, everywhere), K)
        return [hit.row for hit in hits]


class RankBM25:
    """`rank_bm25.BM25Okapi` over jieba words."""

    def __init__(self, passages: Passages, folder: str) -> None:
        from rank_bm25 import BM25Okapi

        self._bm25 = BM25Okapi([segmented(titled(p)) for p in passages])
        self._cities = np.asarray([p["city"] or "" for p in passages])

    def search(self, question: str, cities: Sequence[str] | None) -> list[int]:
        scores = self._bm25.get_scores(segmented(question))
        if cities:
            scores = np.where(np.isin(self._cities, cities), scores, -np.inf)
        return [int(i) for i in np.argsort(-scores, kind="stable")[:K] if scores[i] > -np.inf]


class SentenceFaiss:
    """`SentenceTransformer` vectors in `faiss.IndexFlatIP`."""

    def __init__(self, passages: Passages, folder: str) -> None:
        import faiss
        from sentence_transformers import SentenceTransformer

        self._faiss: Any = faiss
        self._model = SentenceTransformer(MODEL)
        vectors = self._model.encode([titled(p) for p in passages], normalize_embeddings=True)
        self._index = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(vectors)
        self._cities = np.asarray([p["city"] or "" for p in passages])

    def search(self, question: str, cities: Sequence[str] | None) -> list[int]:
        vector = self._model.encode([question], normalize_embeddings=True)
        allowed = np.flatnonzero(np.isin(self._cities, cities)) if cities else None
        parameters = None if allowed is None else self._faiss.SearchParameters(sel=self._faiss.IDSelectorBatch(allowed))
        return [int(i) for i in self._index.search(vector, K, params=parameters)[1][0] if i >= 0]


class Txtai:
    """`txtai.Embeddings(hybrid=True, content=True)`: BM25 and vectors at equal weight, texts in its SQLite."""

    def __init__(self, passages: Passages, folder: str) -> None:
        from txtai import Embeddings

        self._embeddings = Embeddings(path=MODEL, method="sentence-transformers", hybrid=True, content=True)
        self._embeddings.index([{"id": i, "text": titled(p), "city": p["city"]} for i, p in enumerate(passages)])

    def search(self, question: str, cities: Sequence[str] | None) -> list[int]:
        if not cities:
            return [int(found["id"]) for found in self._embeddings.search(question, K)]
        names = {f"city{i}": city for i, city in enumerate(cities)}
        sql = f"select id, score from txtai where similar(:question) and city in ({', '.join(f':{name}' for name in names)})"
        return [int(found["id"]) for found in self._embeddings.search(sql, K, parameters={"question": question, **names})]


class Haystack:
    """A pipeline: BM25 over jieba words and embeddings, both in memory, joined by their scaled scores."""

    def __init__(self, passages: Passages, folder: str) -> None:
        from haystack import Document, Pipeline
        from haystack.components.joiners import DocumentJoiner
        from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
        from haystack.document_stores.in_memory import InMemoryDocumentStore
        from haystack_integrations.components.embedders.sentence_transformers import (
            SentenceTransformersDocumentEmbedder,
            SentenceTransformersTextEmbedder,
        )

        def documents(texts: Sequence[str]) -> list[Any]:
            return [Document(id=str(i), content=t, meta={"city": p["city"]}) for i, (t, p) in enumerate(zip(texts, passages, strict=True))]

        words = InMemoryDocumentStore(bm25_tokenization_regex=r"\S+")
        words.write_documents(documents([" ".join(segmented(titled(p))) for p in passages]))
        vectors = InMemoryDocumentStore(embedding_similarity_function="cosine")
        embedder = SentenceTransformersDocumentEmbedder(model=MODEL, progress_bar=False)
        embedder.warm_up()
        vectors.write_documents(embedder.run(documents=documents([titled(p) for p in passages]))["documents"])

        self._pipeline = Pipeline()
        self._pipeline.add_component("embed", SentenceTransformersTextEmbedder(model=MODEL, progress_bar=False))
        self._pipeline.add_component("words", InMemoryBM25Retriever(words, top_k=DEPTH, scale_score=True))
        self._pipeline.add_component("vectors", InMemoryEmbeddingRetriever(vectors, top_k=DEPTH, scale_score=True))
        self._pipeline.add_component("join", DocumentJoiner(join_mode="merge", top_k=K))
        self._pipeline.connect("embed.embedding", "vectors.query_embedding")
        self._pipeline.connect("words", "join")
        self._pipeline.connect("vectors", "join")
        self._pipeline.warm_up()

    def search(self, question: str, cities: Sequence[str] | None) -> list[int]:
        chosen = {"field": "meta.city", "operator": "in", "value": list(cities)} if cities else None
        inputs = {
            "embed": {"text": question},
            "words": {"query": " ".join(segmented(question)), "filters": chosen},
            "vectors": {"filters": chosen},
        }
        return [int(document.id) for document in self._pipeline.run(inputs)["join"]["documents"][:K]]


_OWN = ("index.build", "qa.engine", "faiss", "jieba", "bm25s")
# name -> (class, modules it is made of)
SYSTEMS: dict[str, tuple[type[Any], tuple[str, ...]]] = {
    "ours": (Ours, _OWN),
    "ours, no filters": (OursUnscoped, _OWN),
    "txtai": (Txtai, ("txtai", "sentence_transformers")),
    "Haystack": (Haystack, ("haystack", "haystack_integrations.components.embedders.sentence_transformers", "jieba")),
    "sentence-transf. + FAISS": (SentenceFaiss, ("sentence_transformers", "faiss")),
    "rank_bm25": (RankBM25, ("rank_bm25", "jieba")),
}


def missing(name: str) -> str:
    """The first module that a system needs and that is not installed; empty where it can run."""
    for module in SYSTEMS[name][1]:
        try:
            found = find_spec(module) is not None
        except ModuleNotFoundError:  # a package above it is missing
            found = False
        if not found:
            return module
    return ""


def titled(passage: dict[str, Any]) -> str:
    """The passage's text with the title of its report in front."""
    return f"{passage['title']}\n{passage['text']}"


def segmented(text: str) -> list[str]:
    """Words of a text as a user would make them with jieba."""
    import jieba

    return [word for word in jieba.lcut_for_search(text.lower()) if word.strip()]
