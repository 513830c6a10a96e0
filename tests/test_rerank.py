from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.encoder import open_encoder
from index.errors import ModelError
from index.tokens import Tokens
from qa.engine import Engine
from qa.rerank import CrossReranker, views

SENTENCES = ["修建污水管网，定期清理河道。", "新增学位5400个，改造操场。", "，。", "推进农村生活污水治理"]


def test_views_equal_the_slow_loop():
    encoder = open_encoder()
    topic = "农村污水"
    found = views(encoder, topic, Tokens.build(encoder, SENTENCES), np.arange(len(SENTENCES)))
    asked, _ = encoder.pieces(topic)
    weights = encoder.norms[asked]
    for number, sentence in enumerate(SENTENCES):
        ids, _ = encoder.pieces(sentence)
        clauses = [c for c in sentence.replace("，", "，|").split("|") if c]
        cosine = max(float(encoder.encode_queries([topic])[0] @ v) for v in encoder.encode_passages(clauses))
        best = [max((_cosine(encoder, a, i) for i in ids), default=0.0) for a in asked]
        assert found.late[number] == pytest.approx(float(weights @ best / weights.sum()), abs=1e-4)
        assert found.clause[number] == pytest.approx(cosine, abs=1e-4)


def _cosine(encoder, a: int, b: int) -> float:
    x, y = encoder.weights[a], encoder.weights[b]
    return float(x @ y / np.linalg.norm(x) / np.linalg.norm(y))


def test_a_reranker_that_cannot_be_had_is_told(engine: Engine, tmp_path: Path):
    pytest.importorskip("sentence_transformers")
    with pytest.raises(ModelError, match="cannot open the reranker"):
        CrossReranker(engine.library, engine.encoder, str(tmp_path / "nothing"))


def test_any_cross_encoder_can_take_the_second_look(engine: Engine, tmp_path: Path):
    """A tiny untrained model: its order is checked against its own scores."""
    transformers = pytest.importorskip("transformers")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"新建学校污水就业道路小区"]
    (tmp_path / "vocab.txt").write_text("\n".join(dict.fromkeys(words)), "utf-8")
    transformers.BertTokenizerFast(str(tmp_path / "vocab.txt")).save_pretrained(tmp_path / "model")
    shape = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    config = transformers.BertConfig(vocab_size=len(set(words)), num_labels=1, **shape)
    transformers.BertForSequenceClassification(config).save_pretrained(tmp_path / "model")
    own = Engine(engine.library, engine.encoder, reranker=str(tmp_path / "model"))
    rows = np.arange(engine.library.passages.count)
    scores, bounds = own.reranker.rescore("新建学校", rows)
    assert len(scores) == bounds[-1] == engine.library.sentences.count
    best = [scores[a:b].max() for a, b in zip(bounds, bounds[1:], strict=False) if b > a]
    assert all(-0.2 <= s <= 2.2 for s in best)
    assert own.ask("宁波新建学校").hits
