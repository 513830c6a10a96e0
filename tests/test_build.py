from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from index.build import build, list_files
from index.errors import CorpusError, IndexFolderError
from index.library import Library, Scope
from tests.conftest import ToyEncoder


def test_documents_and_what_is_known_of_them(corpus: Path, tmp_path: Path, toy: ToyEncoder):
    summary = build([corpus], tmp_path / "index", toy)
    found = [(d["city"], d["province"], d["year"], d["kind"], d["file"]) for d in summary.documents]
    assert found == [("宁波", "浙江省", 2023, "政府工作报告", "a.txt"), ("青岛", "山东省", 2023, "政府工作报告", "b.md")]
    assert all(d["evidence"]["city"] for d in summary.documents)
    assert summary.skipped == ()


def test_rows_are_aligned_and_vectors_have_unit_length(corpus: Path, tmp_path: Path, toy: ToyEncoder):
    import numpy as np

    build([corpus], tmp_path / "index", toy)
    library = Library(tmp_path / "index")
    rows = np.arange(library.passages.count)
    texts = [p.text for p in library.read(rows)]
    np.testing.assert_allclose(library.passages.vectors(rows), toy.encode_passages(texts), atol=1e-6)
    for row, passage in zip(rows, library.read(rows), strict=True):
        a, b = library.sentence_edges(np.asarray([row]))[0]
        expected = toy.encode_passages(passage.sentence_texts()) if b > a else np.zeros((0, toy.dimension), np.float32)
        np.testing.assert_allclose(library.sentences.vectors(np.arange(a, b)), expected, atol=1e-6)
    assert np.allclose(np.linalg.norm(library.passages.vectors(rows), axis=1), 1, atol=1e-5)


def test_nothing_changed_encodes_nothing(corpus: Path, tmp_path: Path, toy: ToyEncoder):
    first = build([corpus], tmp_path / "index", toy)
    encoded = toy.encoded
    second = build([corpus], tmp_path / "index", toy)
    assert toy.encoded == encoded
    assert (second.rebuilt, second.documents, second.counts) == (False, first.documents, first.counts)


def test_a_changed_file_is_seen(corpus: Path, tmp_path: Path, toy: ToyEncoder):
    build([corpus], tmp_path / "index", toy)
    (corpus / "a.txt").write_text("2023年贵港市政府工作报告\n\n一、2022年工作回顾\n\n去年全市修路12公里，改造小区3个。", "utf-8")
    assert build([corpus], tmp_path / "index", toy).documents[0]["city"] == "贵港"


def test_the_same_report_twice_is_kept_once_and_told(corpus: Path, tmp_path: Path, toy: ToyEncoder):
    shutil.copy(corpus / "a.txt", corpus / "copy.txt")
    summary = build([corpus], tmp_path / "index", toy)
    assert len(summary.documents) == 2
    assert [(s.file, "a.txt" in s.reason) for s in summary.skipped] == [("copy.txt", True)]


def test_a_bad_file_never_stops_the_others(corpus: Path, tmp_path: Path, toy: ToyEncoder):
    (corpus / "empty.txt").write_bytes(b"")
    (corpus / "noise.txt").write_bytes(bytes(range(128, 256)) * 20)
    (corpus / "sheet.xyz").write_bytes(b"x")
    summary = build([corpus], tmp_path / "index", toy)
    assert {s.file for s in summary.skipped} == {"empty.txt", "noise.txt", "sheet.xyz"}
    assert len(summary.documents) == 2


def test_a_failed_build_leaves_the_old_index_serving(corpus: Path, tmp_path: Path, toy: ToyEncoder):
    build([corpus], tmp_path / "index", toy)

    class Failing(ToyEncoder):
        def encode_passages(self, texts):
            raise RuntimeError("no more memory")

    (corpus / "c.txt").write_text("2023年贵港市政府工作报告\n去年全市修路12公里，改造小区3个。", "utf-8")
    with pytest.raises(RuntimeError):
        build([corpus], tmp_path / "index", Failing())
    library = Library(tmp_path / "index")
    assert len(library.documents) == 2
    assert library.documents_in(Scope(cities=("宁波",))) == (0,)


def test_paths_that_cannot_be_used(tmp_path: Path, toy: ToyEncoder):
    with pytest.raises(CorpusError, match="does not exist"):
        list_files([tmp_path / "nowhere"])
    (tmp_path / "hollow").mkdir()
    with pytest.raises(CorpusError, match="holds no files"):
        build([tmp_path / "hollow"], tmp_path / "index", toy)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear", "utf-8")
    with pytest.raises(IndexFolderError, match="is no index"):
        build([tmp_path / "mine"], tmp_path / "mine", toy)


def test_damage_is_told_and_never_served(corpus: Path, tmp_path: Path, toy: ToyEncoder):
    folder = tmp_path / "index"
    with pytest.raises(IndexFolderError, match="build_index.py"):
        Library(folder)
    build([corpus], folder, toy)
    generation = folder / "generations" / (folder / "current").read_text("utf-8")
    manifest = json.loads((generation / "manifest.json").read_text("utf-8"))
    (generation / "manifest.json").write_text(json.dumps(manifest | {"format": 99}), "utf-8")
    with pytest.raises(IndexFolderError, match="format 99"):
        Library(folder)
    counts = manifest["counts"] | {"sentences": 1}
    (generation / "manifest.json").write_text(json.dumps(manifest | {"counts": counts}), "utf-8")
    with pytest.raises(IndexFolderError, match="manifest says"):
        Library(folder)
    (generation / "manifest.json").unlink()
    with pytest.raises(IndexFolderError, match="incomplete"):
        Library(folder)
