from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from index.build import build, list_files
from index.check import check
from index.encoder import open_encoder
from index.errors import CorpusError, IndexFolderError
from index.generation import builder, write_generation
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


def test_one_changed_file_encodes_only_itself(corpus: Path, tmp_path: Path, toy: ToyEncoder):
    build([corpus], tmp_path / "index", toy)
    toy.encoded = 0
    (corpus / "b.md").write_text("2023年贵港市政府工作报告\n\n一、2022年工作回顾\n\n去年全市修路12公里，改造小区3个。", "utf-8")
    summary = build([corpus], tmp_path / "index", toy)
    assert toy.encoded == 2  # one passage and its sentence
    assert [d["city"] for d in summary.documents] == ["宁波", "贵港"]
    assert check(tmp_path / "index") == []


def test_taking_over_gives_the_index_of_a_fresh_build(corpus: Path, tmp_path: Path):
    import numpy as np

    model = open_encoder()
    build([corpus / "a.txt"], tmp_path / "grown", model)
    build([corpus], tmp_path / "grown", model)
    build([corpus], tmp_path / "fresh", model)
    grown, fresh = Library(tmp_path / "grown"), Library(tmp_path / "fresh")
    rows = np.arange(fresh.passages.count)
    assert grown.read(rows) == fresh.read(rows)
    np.testing.assert_array_equal(grown.passages.vectors(rows), fresh.passages.vectors(rows))
    np.testing.assert_array_equal(grown.sentences.vectors(rows), fresh.sentences.vectors(rows))
    for name in ("ids", "clause_starts", "clause_norms", "sentence_starts"):
        np.testing.assert_array_equal(getattr(grown.tokens, name), getattr(fresh.tokens, name))
    assert grown.words.scores(["污水"]).tolist() == fresh.words.scores(["污水"]).tolist()


def test_renamed_and_removed_files_are_seen(corpus: Path, tmp_path: Path, toy: ToyEncoder):
    build([corpus], tmp_path / "index", toy)
    toy.encoded = 0
    (corpus / "a.txt").rename(corpus / "z.txt")
    (corpus / "b.md").unlink()
    summary = build([corpus], tmp_path / "index", toy)
    assert toy.encoded == 0
    assert [d["file"] for d in summary.documents] == ["z.txt"]
    assert {d.file for d in Library(tmp_path / "index").documents} == {"z.txt"}


def test_members_of_an_archive_are_taken_over(corpus: Path, tmp_path: Path, toy: ToyEncoder):
    import zipfile

    with zipfile.ZipFile(corpus / "more.zip", "w") as archive:
        archive.writestr("c.txt", (corpus / "a.txt").read_text("utf-8").replace("宁波", "贵港"))
        archive.writestr("bad.txt", b"")
    first = build([corpus], tmp_path / "index", toy)
    toy.encoded = 0
    (corpus / "b.md").unlink()
    second = build([corpus], tmp_path / "index", toy)
    assert toy.encoded == 0
    assert [d["file"] for d in second.documents] == ["a.txt", "more.zip/c.txt"]
    assert [s.file for s in first.skipped] == [s.file for s in second.skipped] == ["more.zip/bad.txt"]


def test_what_is_in_no_report_is_listed(tmp_path: Path, toy: ToyEncoder):
    body = "各位代表：现在报告工作。" + "全市修路12公里，群众满意。" * 40
    text = "资料汇编\n目录\n" + "\n".join(f"2023年{c}市政府工作报告\n{body}{c}" for c in ("宁波", "青岛"))
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "all.txt").write_text(text, "utf-8")
    summary = build([tmp_path / "c"], tmp_path / "index", toy)
    assert [(r.file, r.text) for r in summary.removed] == [("all.txt", "资料汇编\n目录")]
    assert build([tmp_path / "c"], tmp_path / "index", toy).removed == summary.removed


def test_the_sidecar_wins(corpus: Path, tmp_path: Path, toy: ToyEncoder):
    build([corpus], tmp_path / "index", toy)
    (corpus / "metadata.csv").write_text("file,title,province,city,level,year,kind\na.txt,,,贵港,,2021,年鉴\n", "utf-8-sig")
    documents = {d["file"]: d for d in build([corpus], tmp_path / "index", toy).documents}
    assert [documents["a.txt"][f] for f in ("province", "city", "level", "year", "kind")] == [
        "广西壮族自治区",
        "贵港",
        "city",
        2021,
        "年鉴",
    ]
    assert documents["a.txt"]["evidence"]["city"] == "metadata.csv"
    assert documents["b.md"]["city"] == "青岛"
    library = Library(tmp_path / "index")
    assert {(p.period.kind, p.period.year) for p in library.read(library.rows_in([0])[0])} == {("actual", 2021)}
    (corpus / "metadata.csv").unlink()
    assert build([corpus], tmp_path / "index", toy).documents[0]["city"] == "宁波"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,city\nx,y\n", "no column 'file'"),
        ("file,level\na.txt,village\n", "line 2: level"),
        ("file,year\na.txt,soon\n", "line 2: year"),
    ],
)
def test_a_sidecar_that_cannot_be_read_is_told(corpus: Path, tmp_path: Path, toy: ToyEncoder, text: str, message: str):
    (corpus / "metadata.csv").write_text(text, "utf-8")
    with pytest.raises(CorpusError, match=message):
        build([corpus], tmp_path / "index", toy)


def test_two_builders_at_once(corpus: Path, tmp_path: Path, toy: ToyEncoder):
    build([corpus], tmp_path / "index", toy)
    with builder(tmp_path / "index"), pytest.raises(IndexFolderError, match="another build"):
        build([corpus], tmp_path / "index", toy, force=True)
    assert build([corpus], tmp_path / "index", toy, force=True).rebuilt


def test_a_full_disk_leaves_the_old_index_serving(corpus: Path, tmp_path: Path, toy: ToyEncoder):
    build([corpus], tmp_path / "index", toy)
    name = (tmp_path / "index" / "current").read_text("utf-8")

    def full(work: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(IndexFolderError, match="No space left.*still serves"):
        write_generation(tmp_path / "index", {}, [full])
    assert (tmp_path / "index" / "current").read_text("utf-8") == name
    assert list((tmp_path / "index" / "generations").glob("*.part")) == []


def test_check_finds_damage(corpus: Path, tmp_path: Path, toy: ToyEncoder):
    folder = tmp_path / "index"
    assert "no index" in check(folder)[0]
    build([corpus], folder, toy)
    assert check(folder) == []
    generation = folder / "generations" / (folder / "current").read_text("utf-8")
    data = bytearray((generation / "passages.faiss").read_bytes())
    data[-1] ^= 0x7F
    (generation / "passages.faiss").write_bytes(bytes(data))
    findings = check(folder)
    assert any("passages.faiss differs" in f for f in findings)
    assert any("unit length" in f for f in findings)


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
