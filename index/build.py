"""Folder of files -> a new generation of an index folder.

Order: list files, take over what did not change, read, split into reports, read metadata, correct it, split into
passages, drop duplicates, embed, write and switch (`index.generation`).
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.compendium import split_reports
from index.encoder import Encoder, StaticEncoder
from index.errors import CorpusError, IndexFolderError, UnreadableFile
from index.generation import builder, file_hash, write_generation
from index.lexical import Lexical
from index.library import FORMAT, SCHEMA, read_manifest
from index.metadata import read_metadata
from index.passages import split_passages
from index.readers import READERS, read_file
from index.records import Document, Removed, Skipped
from index.reuse import Before, Read
from index.sidecar import NAME as SIDECAR
from index.sidecar import Correction, correct, read_corrections
from index.sidecar import fingerprint as correction_fingerprint
from index.stores import VectorStore
from index.tokens import Tokens
from index.words import fingerprint

_BATCH = 2048  # passages encoded at a time
READING_VERSION = 2  # raise when reading or splitting changes, so that unchanged files are read again
if TYPE_CHECKING:
    from index.stores.faiss_store import FaissStore

Progress = Callable[[str, int, int], None]  # step, done, total


@dataclass(frozen=True)
class Summary:
    """What a build did; `documents` as (title, province, city, level, year, kind, file, passages, evidence)."""

    documents: tuple[dict[str, Any], ...]
    skipped: tuple[Skipped, ...]
    removed: tuple[Removed, ...]
    counts: dict[str, int]
    rebuilt: bool
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """The object `build_index.py --json` prints."""
        return {
            "documents": list(self.documents),
            "skipped": [asdict(s) for s in self.skipped],
            "removed": [asdict(r) for r in self.removed],
            "counts": self.counts,
            "rebuilt": self.rebuilt,
            "seconds": round(self.seconds, 2),
        }


def list_files(corpora: Iterable[Path]) -> list[tuple[Path, str]]:
    """All files under the paths given, as (path, shown name), sorted; hidden files and the sidecar left out.

    Raises:
        CorpusError: a path does not exist, or no file is found at all.
    """
    found: dict[str, Path] = {}
    for corpus in corpora:
        if corpus.is_file():
            found[corpus.name] = corpus
        elif corpus.is_dir():
            for path in sorted(corpus.rglob("*")):
                parts = path.relative_to(corpus).parts
                hidden = any(p.startswith((".", "~$")) or p in ("tools", "__pycache__") for p in parts)
                if path.is_file() and not hidden and parts != (SIDECAR,):
                    found.setdefault("/".join(parts), path)
        else:
            raise CorpusError(f"{corpus} does not exist; give a folder of reports or single files")
    if not found:
        raise CorpusError(f"{', '.join(map(str, corpora))} holds no files; put reports there ({', '.join(sorted(READERS))})")
    return [(path, name) for name, path in sorted(found.items())]


def read_documents(path: Path, name: str, corrections: tuple[Correction, ...] = ()) -> tuple[list[Document], list[Skipped], list[Removed]]:
    """The reports of one file with their metadata, the members or pages that could not be read, and text in no report.

    Raises:
        UnreadableFile: see `index.readers.read_file`.
    """
    reading = read_file(path, name)
    documents: list[Document] = []
    removed: list[Removed] = []
    for raw in reading.texts:
        parts, lead = split_reports(raw.text)
        removed += [Removed(raw.file, text) for text in (*raw.removed, *lead)]
        for part in parts:
            text = raw.text[part.start : part.end]
            meta = correct(read_metadata(text, raw.file, part.title or raw.title), raw.file, corrections)
            documents.append(Document(raw.file, text, part.start, meta))
    return documents, list(reading.skipped), removed


def build(
    corpora: list[Path],
    folder: Path,
    encoder: Encoder,
    progress: Progress = lambda step, done, total: None,
    force: bool = False,
    store: str = "faiss",
    uri: str | None = None,
) -> Summary:
    """Build or renew the index in `folder`; nothing is done when no file and no setting changed.

    Unchanged and renamed files keep their passages and vectors; `force` reads and encodes everything again. `store` is
    `faiss` or `milvus`, and `uri` the address of the latter, None for a file of Milvus Lite inside the index.

    Raises:
        CorpusError: no files, or none of them could be read.
        IndexFolderError: `folder` holds something that is no index, another build is at work, or the disk is full.
        StoreError: Milvus cannot be used.
    """
    begun = time.perf_counter()
    files = list_files(corpora)
    corrections = read_corrections(corpora)
    recipe = {
        "format": FORMAT,
        "reading": READING_VERSION,
        "segmenter": fingerprint(),
        "model": {"name": encoder.name, "fingerprint": encoder.fingerprint, "dimension": encoder.dimension},
    }
    kept = {"name": store, "uri": uri}
    with builder(folder):
        sources = [[name, _source(path, name, corrections)] for path, name in files]
        if not force and (old := _unchanged(folder, {**recipe, "store": kept}, sources)):
            return replace(old, seconds=time.perf_counter() - begun)
        before = Before(None if force else folder, recipe)
        reports, skipped, removed = _read_all(files, {name: source for name, source in sources}, before, corrections, progress)
        if not reports:
            raise CorpusError("no file could be read: " + "; ".join(f"{s.file}: {s.reason}" for s in skipped[:5]))
        passages, sentences, tokens = _encode_all(reports, before, encoder, progress)
        progress("write", 0, 1)
        counts = {"files": len(files), "documents": len(reports), "passages": passages.count, "sentences": sentences.count}
        shown = tuple(_shown(r) for r in reports)
        manifest = {
            **recipe,
            "store": kept,
            "counts": counts,
            "sources": sources,
            "documents": shown,
            "skipped": [asdict(s) for s in skipped],
        }
        manifest["removed"] = [asdict(r) for r in removed]
        write_generation(folder, manifest, _parts(reports, passages, sentences, tokens, kept))
        progress("write", 1, 1)
    return Summary(shown, tuple(skipped), tuple(removed), counts, True, time.perf_counter() - begun)


def _source(path: Path, name: str, corrections: tuple[Correction, ...]) -> str:
    """Fingerprint of a file and of what the user corrected about it."""
    try:
        return file_hash(path) + correction_fingerprint(name, corrections)
    except OSError as error:
        return f"unreadable {error.errno}"


def _unchanged(folder: Path, recipe: dict[str, Any], sources: list[list[str]]) -> Summary | None:
    """The summary of the serving generation if it was made of the same files in the same way."""
    try:
        manifest = read_manifest(folder)
    except IndexFolderError:
        return None
    if manifest["sources"] != sources or any(manifest.get(k) != v for k, v in recipe.items()):
        return None
    skipped = tuple(Skipped(**s) for s in manifest["skipped"])
    removed = tuple(Removed(**r) for r in manifest["removed"])
    return Summary(tuple(manifest["documents"]), skipped, removed, manifest["counts"], False, 0.0)


def _read_all(
    files: list[tuple[Path, str]], sources: dict[str, str], before: Before, corrections: tuple[Correction, ...], progress: Progress
) -> tuple[list[Read], list[Skipped], list[Removed]]:
    reports: list[Read] = []
    skipped: list[Skipped] = []
    removed: list[Removed] = []
    seen: dict[str, str] = {}
    for number, (path, name) in enumerate(files):
        progress("read", number, len(files))
        same = before.reports(name, sources[name])
        if same is None:
            try:
                documents, missed, left_out = read_documents(path, name, corrections)
            except UnreadableFile as error:
                skipped.append(Skipped(name, error.reason))
                continue
            same = [Read(d, split_passages(d)) for d in documents], missed, left_out
        skipped += same[1]
        removed += same[2]
        for report in same[0]:
            document = report.document
            if document.id in seen:
                skipped.append(Skipped(document.file, f"the same report ({document.meta.title}) is in {seen[document.id]}"))
            elif not report.passages:
                skipped.append(Skipped(document.file, "holds no sentence"))
            else:
                seen[document.id] = document.file
                reports.append(report)
    progress("read", len(files), len(files))
    return reports, skipped, removed


def _encode_all(reports: list[Read], before: Before, encoder: Encoder, progress: Progress) -> tuple[FaissStore, FaissStore, Tokens | None]:
    """Vectors of passages and sentences and the pieces, in the order of the reports; only new reports are encoded."""
    from index.stores.faiss_store import FaissStore

    total = sum(len(r.passages) for r in reports if r.rows is None)
    passages, sentences = FaissStore.empty(encoder.dimension), FaissStore.empty(encoder.dimension)
    pieces: list[Tokens] = []
    done = 0
    for report in reports:
        for start in range(0, len(report.passages), _BATCH):
            batch = report.passages[start : start + _BATCH]
            if report.rows is not None:
                whole, parts, tokens = before.vectors(report.rows[start : start + _BATCH])
            else:
                progress("passages", done, total)
                texts = [s for p in batch for s in p.sentence_texts()]
                tokens = Tokens.build(encoder, texts) if isinstance(encoder, StaticEncoder) else None
                whole, parts = encoder.encode_passages([p.text for p in batch]), encoder.encode_passages(texts)
                done += len(batch)
            passages.add(whole)
            sentences.add(parts)
            pieces += [tokens] if tokens else []
    progress("passages", total, total)
    return passages, sentences, Tokens.join(pieces) if pieces else None


def _shown(report: Read) -> dict[str, Any]:
    """A document as the summary shows it; `unsure` names fields that are unknown or only counted."""
    meta = report.document.meta
    values = {f: getattr(meta, f) for f in ("title", "province", "city", "level", "year", "kind")}
    unsure = [f for f, v in values.items() if v is None or meta.evidence.get(f, "").endswith("×")]
    return values | {"file": report.document.file, "passages": len(report.passages), "evidence": meta.evidence, "unsure": unsure}


def _parts(
    reports: list[Read], passages: VectorStore, sentences: VectorStore, tokens: Tokens | None, store: dict[str, str | None]
) -> list[Callable[[Path], None]]:
    """What writes the parts of a generation."""
    texts = (p.text for r in reports for p in r.passages)
    parts: list[Callable[[Path], None]] = [lambda work: _write_passages(work / "passages.sqlite", reports)]
    if store["name"] == "milvus":
        parts.append(lambda work: _write_milvus(work, store["uri"], passages, sentences, texts))
    else:
        parts += [
            lambda work: passages.save(work / "passages.faiss"),
            lambda work: sentences.save(work / "sentences.faiss"),
            lambda work: Lexical.build(texts, work / "words"),
        ]
    if tokens:
        parts.append(lambda work: tokens.save(work / "tokens"))
    return parts


def _write_milvus(work: Path, uri: str | None, passages: VectorStore, sentences: VectorStore, texts: Iterable[str]) -> None:
    from index.stores.milvus import Milvus
    from index.stores.milvus_store import MilvusStore
    from index.stores.milvus_words import MilvusWords

    place = Milvus.of(work, uri)
    place.mark(work)
    MilvusStore.write(passages, place, "passages")
    MilvusStore.write(sentences, place, "sentences")
    MilvusWords.write(texts, place, work / "words")
    if uri is None:
        place.release()  # the file is about to be moved with its generation


def _write_passages(path: Path, reports: list[Read]) -> None:
    connection = sqlite3.connect(path)
    try:
        connection.executescript(SCHEMA)
        row = sentence = 0
        for number, report in enumerate(reports):
            document = report.document
            meta = json.dumps(asdict(document.meta), ensure_ascii=False)
            values = (number, document.id, document.file, document.offset, meta, document.text)
            connection.execute("INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?)", values)
            for p in report.passages:
                period = (p.period.kind, p.period.year) if p.period else (None, None)
                heading = json.dumps(p.heading, ensure_ascii=False)
                record = (row, number, p.start, p.end, heading, json.dumps(p.sentences), *period, sentence)
                connection.execute("INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", record)
                row, sentence = row + 1, sentence + len(p.sentences)
        connection.commit()
    finally:
        connection.close()
