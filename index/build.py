"""Folder of files -> a new generation of an index folder.

Order: list files, take over what did not change, and for all others, several at a time: read, split into reports, read
metadata, correct it, split into passages (`index.reading`); drop duplicates; words, vectors and pieces of batches of
passages (`index.digest`); write each as it comes (`index.writer`) and switch (`index.generation`). What is done in
other processes comes back in order, so the index is the same byte for byte however many there are.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.additions import TAKEN_OUT, Additions
from index.digest import Digest, Text, digest
from index.encoder import Encoder, StaticEncoder, Vectors
from index.errors import CorpusError, IndexFolderError
from index.generation import Write, builder, file_hash, write_generation
from index.library import FORMAT, read_manifest
from index.readers import READERS
from index.readers.plain_text import read_plain_text
from index.reading import Contents, Read, Source, read_source
from index.records import Passage, Removed, Skipped
from index.reuse import Before
from index.sidecar import NAME as SIDECAR
from index.sidecar import Correction, read_corrections
from index.sidecar import fingerprint as correction_fingerprint
from index.tokens import Tokens
from index.words import fingerprint
from index.workers import Workers
from index.writer import IndexWriter

_BATCH = 512  # passages digested at a time
_MANY = 600_000  # bytes of new text from which it pays to prepare for many texts (half a second)
_ENOUGH = 10_000_000  # bytes of new text from which it pays to start processes (some two seconds each)
_HARD = 4  # a byte of a pdf or Word file takes as long as so many of plain text
READING_VERSION = 3  # raise when reading or splitting changes, so that unchanged files are read again

Progress = Callable[[str, int, int], None]  # step, done, total (0: not known yet)


@dataclass(frozen=True)
class Summary:
    """What a build did; `documents` as (title, province, city, level, year, kind, file, passages, evidence), `search` which
    store holds the vectors and why.
    """

    documents: tuple[dict[str, Any], ...]
    skipped: tuple[Skipped, ...]
    removed: tuple[Removed, ...]
    counts: dict[str, int]
    search: dict[str, str]
    rebuilt: bool
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """The object `build_index.py --json` prints."""
        return {
            "documents": list(self.documents),
            "skipped": [asdict(s) for s in self.skipped],
            "removed": [asdict(r) for r in self.removed],
            "counts": self.counts,
            "search": self.search,
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


@dataclass(frozen=True)
class _Batch:
    """Some passages on their way: `rows` of the generation before, or None; `done` bytes of files when they are written."""

    passages: list[Passage]
    rows: NDArray[np.int64] | None
    done: int


def build(
    corpora: list[Path],
    folder: Path,
    encoder: Encoder,
    progress: Progress = lambda step, done, total: None,
    force: bool = False,
    workers: int = 1,
    store: str = "faiss",
    uri: str | None = None,
    enough: int = _ENOUGH,
) -> Summary:
    """Build or renew the index in `folder`; nothing is done when no file and no setting changed.

    Unchanged and renamed files keep their passages and vectors; `force` reads and encodes everything again. What was
    added, taken out or corrected on the page (`index.additions`) counts like the folders given. With more
    than one of `workers` as many processes are started, where there are `enough` bytes of new text for them; a script that asks for
    them must be guarded by `if __name__ == "__main__"`. `progress` hears of `texts` (bytes of files indexed so far),
    `passages` (indexed so far) and `write`. `store` is `faiss` or `milvus`, and `uri` the address of the latter, None for
    a file of Milvus Lite inside the index.

    Raises:
        CorpusError: no files, or none of them could be read.
        IndexFolderError: `folder` holds something that is no index, another build is at work, or the disk is full.
        WorkerError: one of the processes died.
        StoreError: Milvus cannot be used.
    """
    begun = time.perf_counter()
    added = Additions(folder)
    given = [str(c.resolve()) for c in corpora]
    corpora = [*corpora, *added.folders()]
    listed = list_files(corpora)
    files = [(path, name) for path, name in listed if name not in added.removed]
    left_out = [Skipped(name, TAKEN_OUT) for _, name in listed if name in added.removed]
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
        if not force and (old := _unchanged(folder, recipe | {"corpora": given, "store": kept}, sources)):
            return replace(old, seconds=time.perf_counter() - begun)
        before = Before(None if force else folder, recipe)
        wanted = [Source(path, name, corrections, added.names.get(name, "")) for path, name in files]
        at_work = _Build(wanted, {name: source for name, source in sources}, before, encoder, progress)
        at_work.skipped += left_out
        manifest = {**recipe, "store": kept, "sources": sources, "corpora": given}
        parts: list[Write] = [partial(at_work.write, workers=workers, enough=enough)]
        if store == "milvus":
            parts.append(partial(_move_to_milvus, uri=uri))
        write_generation(folder, lambda: manifest | at_work.found(), parts)
        progress("write", 1, 1)
    found = at_work.found()
    told = tuple(found["documents"]), tuple(at_work.skipped), tuple(at_work.removed)
    return Summary(*told, found["counts"], found["search"], True, time.perf_counter() - begun)


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
    return Summary(tuple(manifest["documents"]), skipped, removed, manifest["counts"], manifest["search"], False, 0.0)


class _Build:
    """One build under way: what it reads, and what it has found so far."""

    def __init__(self, files: list[Source], sources: dict[str, str], before: Before, encoder: Encoder, progress: Progress) -> None:
        self.skipped: list[Skipped] = []
        self.removed: list[Removed] = []
        self._files, self._sources, self._before, self._encoder, self._progress = files, sources, before, encoder, progress
        self._sizes = {file.name: _size(file.path) for file in files}
        self._shown: list[dict[str, Any]] = []
        self._counts = {"files": len(files)}
        self._search: dict[str, str] = {}

    def found(self) -> dict[str, Any]:
        """What the manifest says of a generation that is written."""
        skipped, removed = ([asdict(row) for row in rows] for rows in (self.skipped, self.removed))
        return {"counts": self._counts, "search": self._search, "documents": self._shown, "skipped": skipped, "removed": removed}

    def write(self, work: Path, workers: int, enough: int) -> None:
        """Read, digest and write everything into the folder of a generation."""
        static = self._encoder if isinstance(self._encoder, StaticEncoder) else None
        new = sum(_labour(f) for f in self._files if not self._before.knows(f.name, self._sources[f.name]))
        done = 0
        with IndexWriter(work, self._encoder.dimension, static is not None) as out:
            with Workers(workers if new >= enough else 1) as pool:
                self._progress("texts", 0, sum(self._sizes.values()))
                under_way: deque[_Batch] = deque()
                for result in pool.map(_digest, self._jobs(self._batches(pool, out), under_way, static, new >= _MANY)):
                    batch = under_way.popleft()
                    out.batch(result.words, *self._vectors(batch, result))
                    done += len(batch.passages)
                    self._progress("texts", batch.done, sum(self._sizes.values()))
                    self._progress("passages", done, 0)
            if not self._shown:
                raise CorpusError("no file could be read: " + "; ".join(f"{s.file}: {s.reason}" for s in self.skipped[:5]))
            self._progress("texts", sum(self._sizes.values()), sum(self._sizes.values()))
            self._progress("write", 0, 1)
            self._counts |= {"documents": out.documents, "passages": out.passages, "sentences": out.sentences}
            self._search = out.search
            out.finish()

    def _contents(self, pool: Workers) -> Iterator[tuple[Source, Contents]]:
        """The files in order: read anew by the workers, or taken over."""
        known = {file.name: self._before.knows(file.name, self._sources[file.name]) for file in self._files}
        read = pool.map(read_source, [file for file in self._files if not known[file.name]], ahead=1)
        for file in self._files:
            yield file, self._before.reports(file.name, self._sources[file.name]) if known[file.name] else next(read)

    def _batches(self, pool: Workers, out: IndexWriter) -> Iterator[_Batch]:
        """Passages of all reports in batches; the reports themselves are written on the way."""
        seen: dict[str, str] = {}
        read = 0
        waiting: list[Passage] = []
        for file, contents in self._contents(pool):
            self.skipped += contents.skipped
            self.removed += contents.removed
            for report in contents.reports:
                if not self._accepted(report, seen):
                    continue
                out.report(report.document, report.passages)
                if report.rows is not None and waiting:
                    yield _Batch(waiting, None, read)
                    waiting = []
                for start in range(0, len(report.passages), _BATCH):
                    part = list(report.passages[start : start + _BATCH])
                    done = read + int(self._sizes[file.name] * part[-1].end / (report.document.offset + len(report.document.text)))
                    if report.rows is not None:
                        yield _Batch(part, report.rows[start : start + _BATCH], done)
                        continue
                    waiting += part
                    if len(waiting) >= _BATCH:
                        yield _Batch(waiting, None, done)
                        waiting = []
            read += self._sizes[file.name]
        if waiting:
            yield _Batch(waiting, None, read)

    def _accepted(self, report: Read, seen: dict[str, str]) -> bool:
        """Whether a report goes into the index; if not, why is told."""
        document = report.document
        if document.id in seen:
            self.skipped.append(Skipped(document.file, f"the same report ({document.meta.title}) is in {seen[document.id]}"))
            return False
        if not report.passages:
            self.skipped.append(Skipped(document.file, "holds no sentence"))
            return False
        seen[document.id] = document.file
        self._shown.append(_shown(report))
        return True

    @staticmethod
    def _jobs(batches: Iterable[_Batch], under_way: deque[_Batch], static: StaticEncoder | None, bulk: bool) -> Iterator[_Job]:
        for batch in batches:
            under_way.append(batch)
            # Vectors of an unchanged report are taken over; its words are few to count and stand nowhere by passage.
            yield [(p.text, p.sentences) for p in batch.passages], static if batch.rows is None else None, bulk

    def _vectors(self, batch: _Batch, result: Digest) -> tuple[Vectors, Vectors, Tokens | None]:
        """Vectors of passages and sentences, and pieces: taken over, digested, or made here by a model with one process."""
        if batch.rows is not None:
            return self._before.vectors(batch.rows)
        if result.passages is not None and result.sentences is not None:
            return result.passages, result.sentences, result.tokens
        whole = self._encoder.encode_passages([p.text for p in batch.passages])
        return whole, self._encoder.encode_passages([s for p in batch.passages for s in p.sentence_texts()]), None


_Job = tuple[list[Text], StaticEncoder | None, bool]


def _digest(job: _Job) -> Digest:
    return digest(*job)


def _labour(file: Source) -> int:
    """How much there is to do for a file, in bytes of plain text."""
    return _size(file.path) * (1 if READERS.get(file.path.suffix.lower()) is read_plain_text else _HARD)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _shown(report: Read) -> dict[str, Any]:
    """A document as the summary shows it; `unsure` names fields that are unknown or only counted."""
    meta = report.document.meta
    values = {f: getattr(meta, f) for f in ("title", "province", "city", "level", "year", "kind")}
    unsure = [f for f, v in values.items() if v is None or meta.evidence.get(f, "").endswith("×")]
    return values | {"file": report.document.file, "passages": len(report.passages), "evidence": meta.evidence, "unsure": unsure}


def _move_to_milvus(work: Path, uri: str | None) -> None:
    """Vectors and words of a generation from its files into Milvus."""
    from index.stores.choice import open_store
    from index.stores.milvus import Milvus
    from index.stores.milvus_store import MilvusStore
    from index.stores.milvus_words import MilvusWords

    place = Milvus.of(work, uri)
    place.mark(work)
    for part in ("passages", "sentences"):
        MilvusStore.write(open_store(work, part), place, part)
        for left in work.glob(f"{part}.[fhi]*"):  # .faiss, .half and .ivf; not .sqlite
            left.unlink()
    MilvusWords.write(work / "words", place)
    if uri is None:
        place.release()  # the file is about to be moved with its generation
