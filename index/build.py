"""Folder of files -> a new generation of an index folder, switched to in one atomic step.

Order: list files, read, split into reports, read metadata, split into passages, drop duplicates, embed, write words
and passages, write the manifest, name the generation current. Until the last step the old generation serves.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from index.compendium import split_reports
from index.encoder import Encoder, StaticEncoder, Vectors
from index.errors import CorpusError, IndexFolderError, UnreadableFile
from index.lexical import Lexical
from index.library import FORMAT, SCHEMA, current_generation, read_manifest
from index.metadata import read_metadata
from index.passages import split_passages
from index.readers import READERS, read_file
from index.records import Document, Passage, Skipped
from index.tokens import Tokens
from index.words import fingerprint

READING_VERSION = 1  # raise when reading or splitting changes, so that unchanged files are read again
Progress = Callable[[str, int, int], None]  # step, done, total


@dataclass(frozen=True)
class Summary:
    """What a build did; `documents` as (title, province, city, level, year, kind, file, passages, evidence)."""

    documents: tuple[dict[str, Any], ...]
    skipped: tuple[Skipped, ...]
    counts: dict[str, int]
    rebuilt: bool
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """The object `build_index.py --json` prints."""
        return {
            "documents": list(self.documents),
            "skipped": [asdict(s) for s in self.skipped],
            "counts": self.counts,
            "rebuilt": self.rebuilt,
            "seconds": round(self.seconds, 2),
        }


def list_files(corpora: Iterable[Path]) -> list[tuple[Path, str]]:
    """All files under the paths given, as (path, shown name), sorted; hidden files and folders left out.

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
                if path.is_file() and not any(p.startswith((".", "~$")) or p in ("tools", "__pycache__") for p in parts):
                    found.setdefault("/".join(parts), path)
        else:
            raise CorpusError(f"{corpus} does not exist; give a folder of reports or single files")
    if not found:
        raise CorpusError(f"{', '.join(map(str, corpora))} holds no files; put reports there ({', '.join(sorted(READERS))})")
    return [(path, name) for name, path in sorted(found.items())]


def read_documents(path: Path, name: str) -> list[Document]:
    """The reports of one file with their metadata.

    Raises:
        UnreadableFile: see `index.readers.read_file`.
    """
    raw = read_file(path, name)
    parts, _ = split_reports(raw.text)
    documents = []
    for part in parts:
        text = raw.text[part.start : part.end]
        documents.append(Document(name, text, part.start, read_metadata(text, name, part.title or raw.title)))
    return documents


def build(
    corpora: list[Path],
    folder: Path,
    encoder: Encoder,
    progress: Progress = lambda step, done, total: None,
    force: bool = False,
) -> Summary:
    """Build or renew the index in `folder`; nothing is done when no file and no setting changed.

    Raises:
        CorpusError: no files, or none of them could be read.
        IndexFolderError: `folder` is a file, or holds something that is no index.
    """
    begun = time.perf_counter()
    files = list_files(corpora)
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not (folder / "generations").is_dir())):
        raise IndexFolderError(f"{folder} exists and is no index; give an empty or new folder with --index")
    recipe = {
        "reading": READING_VERSION,
        "segmenter": fingerprint(),
        "model": {"name": encoder.name, "fingerprint": encoder.fingerprint, "dimension": encoder.dimension},
    }
    sources = [[name, _file_hash(path)] for path, name in files]
    if not force and (old := _unchanged(folder, recipe, sources)):
        return replace(old, seconds=time.perf_counter() - begun)

    documents, passages, skipped = _read_all(files, progress)
    if not documents:
        raise CorpusError("no file could be read: " + "; ".join(f"{s.file}: {s.reason}" for s in skipped[:5]))
    texts = [p.text for rows in passages for p in rows]
    sentences = [s for rows in passages for p in rows for s in p.sentence_texts()]
    passage_vectors = _encode(encoder, texts, "passages", progress)
    sentence_vectors = _encode(encoder, sentences, "sentences", progress)
    tokens = Tokens.build(encoder, sentences) if isinstance(encoder, StaticEncoder) else None
    progress("write", 0, 1)
    counts = {"files": len(files), "documents": len(documents), "passages": len(texts), "sentences": len(sentences)}
    shown = tuple(_shown(d, len(rows)) for d, rows in zip(documents, passages, strict=True))
    manifest = {
        "format": FORMAT,
        **recipe,
        "counts": counts,
        "sources": sources,
        "documents": shown,
        "skipped": [asdict(s) for s in skipped],
    }
    _write(folder, manifest, documents, passages, passage_vectors, sentence_vectors, texts, tokens)
    progress("write", 1, 1)
    return Summary(shown, tuple(skipped), counts, True, time.perf_counter() - begun)


def _file_hash(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:16]
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
    return Summary(tuple(manifest["documents"]), skipped, manifest["counts"], False, 0.0)


def _read_all(files: list[tuple[Path, str]], progress: Progress) -> tuple[list[Document], list[tuple[Passage, ...]], list[Skipped]]:
    documents: list[Document] = []
    passages: list[tuple[Passage, ...]] = []
    skipped: list[Skipped] = []
    seen: dict[str, str] = {}
    for number, (path, name) in enumerate(files):
        progress("read", number, len(files))
        try:
            found = read_documents(path, name)
        except UnreadableFile as error:
            skipped.append(Skipped(name, error.reason))
            continue
        for document in found:
            if document.id in seen:
                skipped.append(Skipped(name, f"the same report ({document.meta.title}) is in {seen[document.id]}"))
                continue
            rows = split_passages(document)
            if not rows:
                skipped.append(Skipped(name, "holds no sentence"))
                continue
            seen[document.id] = name
            documents.append(document)
            passages.append(rows)
    progress("read", len(files), len(files))
    return documents, passages, skipped


def _encode(encoder: Encoder, texts: list[str], step: str, progress: Progress, batch: int = 4096) -> Vectors:
    pieces = []
    for start in range(0, len(texts), batch):
        progress(step, start, len(texts))
        pieces.append(encoder.encode_passages(texts[start : start + batch]))
    progress(step, len(texts), len(texts))
    return np.concatenate(pieces) if pieces else np.zeros((0, encoder.dimension), np.float32)


def _shown(document: Document, passages: int) -> dict[str, Any]:
    meta = document.meta
    fields = ("title", "province", "city", "level", "year", "kind")
    return {f: getattr(meta, f) for f in fields} | {"file": document.file, "passages": passages, "evidence": meta.evidence}


def _write(
    folder: Path,
    manifest: dict[str, Any],
    documents: list[Document],
    passages: list[tuple[Passage, ...]],
    passage_vectors: Vectors,
    sentence_vectors: Vectors,
    texts: list[str],
    tokens: Tokens | None,
) -> None:
    """Write a generation under a working name, then name it, then point to it."""
    from index.stores.faiss_store import FaissStore

    generations = folder / "generations"
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{time.time_ns() % 10**9:09d}-{os.getpid()}"
    work = generations / f"{name}.part"
    work.mkdir(parents=True)
    try:
        _write_passages(work / "passages.sqlite", documents, passages)
        FaissStore.build(passage_vectors).save(work / "passages.faiss")
        FaissStore.build(sentence_vectors).save(work / "sentences.faiss")
        Lexical.build(texts, work / "words")
        if tokens:
            tokens.save(work / "tokens")
        (work / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1), "utf-8")
        work.rename(generations / name)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    pointer = folder / f"current.{os.getpid()}"
    pointer.write_text(name, "utf-8")
    os.replace(pointer, folder / "current")
    _remove_old(folder, keep=name)


def _write_passages(path: Path, documents: list[Document], passages: list[tuple[Passage, ...]]) -> None:
    connection = sqlite3.connect(path)
    try:
        connection.executescript(SCHEMA)
        row = sentence = 0
        for number, (document, own) in enumerate(zip(documents, passages, strict=True)):
            meta = json.dumps(asdict(document.meta), ensure_ascii=False)
            values = (number, document.id, document.file, document.offset, meta, document.text)
            connection.execute("INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?)", values)
            for p in own:
                period = (p.period.kind, p.period.year) if p.period else (None, None)
                heading = json.dumps(p.heading, ensure_ascii=False)
                record = (row, number, p.start, p.end, heading, json.dumps(p.sentences), *period, sentence)
                connection.execute("INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", record)
                row, sentence = row + 1, sentence + len(p.sentences)
        connection.commit()
    finally:
        connection.close()


def _remove_old(folder: Path, keep: str) -> None:
    """Delete generations but the serving one and the one before it, which open readers may still use."""
    done = sorted(p for p in (folder / "generations").iterdir() if p.is_dir() and p.name != keep and not p.name.endswith(".part"))
    for old in done[:-1]:
        shutil.rmtree(old, ignore_errors=True)
    if current_generation(folder).name != keep:
        raise IndexFolderError(f"another build of {folder} finished at the same time; its index serves")
