"""The library while it serves: the engine in use, and changes that are built in the background and then switched to.

DIR/uploads/<sha256>.<suffix>   files a visitor added; a name is only ever shown, never a path
DIR/uploads/.names.json         stored file -> name as uploaded
DIR/uploads/metadata.csv        corrections made on the page (`index.sidecar`)
DIR/shelf.json                  the folders the index is built from, and files taken out of it

Files of the user's own folders are never touched: one that is removed is only left out of the next build.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
import sys
import tempfile
import threading
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from index.build import build, list_files
from index.errors import ChengwenError, CorpusError
from index.library import Library
from index.readers import READERS
from index.sidecar import FIELDS, LEVELS, NAME
from qa.engine import Engine
from qa.report import Reports

SIZE_LIMIT = 50_000_000  # bytes of one upload
COUNT_LIMIT = 5_000  # files in uploads/
_LONGEST_NAME = 120
_LONGEST_VALUE = 40


@dataclass(frozen=True)
class Work:
    """What the background is doing. `step` is one of read, passages, sentences, write, open; `round` counts builds."""

    running: bool = False
    step: str = ""
    done: int = 0
    total: int = 0
    error: str = ""
    round: int = 0


@dataclass(frozen=True)
class Serving:
    """An engine and the reports it can show; replaced as one, so that a question never sees halves of two."""

    engine: Engine
    reports: Reports


class Shelf:
    """Holds what serves. Safe to share between threads."""

    def __init__(self, engine: Engine, corpora: Sequence[Path] = (), editable: bool = True) -> None:
        """`corpora`: the folders the index was built from; those of the last time where none are given."""
        self.folder = Path(engine.library.folder)
        self.serving = Serving(engine, Reports(engine.library))
        self.work = Work()
        self._lock = threading.Lock()
        self._again = False
        stored = self._stored()
        self.corpora = tuple(Path(c).resolve() for c in corpora) or tuple(Path(c) for c in stored["corpora"])
        self.removed: tuple[str, ...] = tuple(stored["removed"])
        self.editable = editable and bool(self.corpora)

    @property
    def engine(self) -> Engine:
        """The engine that answers now."""
        return self.serving.engine

    @property
    def uploads(self) -> Path:
        """Where added files are kept."""
        return self.folder / "uploads"

    def shown(self, file: str) -> str:
        """A file's name for people: an upload under the name it came with."""
        first, slash, rest = file.partition("/")
        return self._names().get(first, first) + slash + rest

    def documents(self) -> list[dict[str, Any]]:
        """What is indexed, one row a document, with `id` (content hash) and `name` (the file as people know it)."""
        serving = self.serving
        rows = serving.engine.library.manifest["documents"]
        names = self._names()
        return [
            row | {"id": id, "name": names.get(row["file"], row["file"]), "uploaded": row["file"] in names}
            for row, id in zip(rows, serving.reports.ids, strict=True)
        ]

    def skipped(self) -> list[dict[str, str]]:
        """Files that are not in the index, and why; those taken out on purpose come last."""
        rows = [{"file": s["file"], "name": self.shown(s["file"]), "reason": s["reason"]} for s in self.engine.library.manifest["skipped"]]
        return rows + [{"file": name, "name": self.shown(name), "reason": ""} for name in self.removed]

    def add(self, path: Path, name: str) -> str:
        """Take a file in under its content hash and return that; the next `rebuild` reads it.

        Raises:
            CorpusError: no reader for its kind, too large, empty, or too many files.
        """
        self._check()
        name = PurePosixPath(name.replace("\\", "/")).name[-_LONGEST_NAME:]
        suffix = PurePosixPath(name).suffix.lower()
        if suffix not in READERS:
            raise CorpusError(f"{name}: no reader for {suffix or 'files without a suffix'}; these kinds are read: {', '.join(READERS)}")
        size = path.stat().st_size
        if not 0 < size <= SIZE_LIMIT:
            raise CorpusError(f"{name} has {size:,} bytes; files of 1 byte to {SIZE_LIMIT // 1_000_000} MB are taken")
        with path.open("rb") as file:
            stored = hashlib.file_digest(file, "sha256").hexdigest()[:32] + suffix
        with self._lock:
            self.uploads.mkdir(exist_ok=True)
            names = self._names()
            if len(names) >= COUNT_LIMIT:
                raise CorpusError(f"{COUNT_LIMIT} files have been added; put more into a folder and build with build_index.py")
            shutil.copyfile(path, self.uploads / stored)
            self._write(self.uploads / ".names.json", names | {stored: name})
        return stored

    def remove(self, file: str) -> None:
        """Take a file out of the next build: an upload is deleted, a file of the user's folders only left out.

        Raises:
            CorpusError: the index holds no such file.
        """
        self._check()
        file = file.partition("/")[0] if file.partition("/")[0] in self._names() else file
        if file not in {name for name, _ in self.engine.library.manifest["sources"]}:
            raise CorpusError("the index holds no such file")
        with self._lock:
            names = self._names()
            if file in names:
                (self.uploads / file).unlink(missing_ok=True)
                self._write(self.uploads / ".names.json", {k: v for k, v in names.items() if k != file})
            else:
                self.removed = (*self.removed, file)
                self._store()

    def put_back(self, file: str) -> None:
        """Undo `remove` for a file of the user's folders."""
        self._check()
        with self._lock:
            self.removed = tuple(name for name in self.removed if name != file)
            self._store()

    def correct(self, document: str, values: Mapping[str, str]) -> None:
        """Write down what a user knows better about a document; empty values correct nothing.

        Raises:
            CorpusError: no such document, or a value that cannot be.
        """
        self._check()
        row = next((d for d in self.documents() if d["id"] == document), None)
        if row is None:
            raise CorpusError("the index holds no such document")
        found = {f: str(values.get(f) or "").strip() for f in FIELDS}
        if found["level"] and found["level"] not in LEVELS:
            raise CorpusError(f"the level is one of {', '.join(LEVELS)}")
        if found["year"] and not (found["year"].isdecimal() and 1949 <= int(found["year"]) <= 2100):
            raise CorpusError(f"{found['year']} is no year; give four digits, e.g. 2023")
        if any(len(v) > _LONGEST_VALUE or not v.isprintable() for v in found.values()):
            raise CorpusError(f"a value is longer than {_LONGEST_VALUE} characters or holds control characters")
        key = {"file": row["file"], "title": row["title"] or ""}
        with self._lock:
            self.uploads.mkdir(exist_ok=True)
            path = self.uploads / NAME
            rows = []
            if path.is_file():
                with path.open(encoding="utf-8", newline="") as file:
                    rows = [r for r in csv.DictReader(file) if (r["file"], r["title"]) != (key["file"], key["title"])]
            rows.append(key | found)
            part = path.with_name(f".{NAME}.part")
            with part.open("w", encoding="utf-8", newline="") as out:
                writer = csv.DictWriter(out, ["file", "title", *FIELDS], extrasaction="ignore")
                writer.writeheader()
                writer.writerows(rows)
            os.replace(part, path)

    def rebuild(self) -> None:
        """Start building in the background; once more afterwards if one is under way.

        Raises:
            CorpusError: it is not known what the index was built from, or changes are not allowed.
        """
        self._check()
        with self._lock:
            if self.work.running:
                self._again = True
                return
            self.work = Work(True, "read", round=self.work.round)
            self._store()
        threading.Thread(target=self._run, name="rebuild", daemon=True).start()

    def _check(self) -> None:
        if not self.corpora:
            raise CorpusError(
                "it is not known which folder this index was built from; start ui.py with --corpus FOLDER to change the library"
            )
        if not self.editable:
            raise CorpusError("this page is open to everyone, so the library cannot be changed from it; serve it with --password")

    def _run(self) -> None:
        while True:
            error = ""
            try:
                self._build()
            except ChengwenError as problem:
                error = str(problem)
            except Exception:  # the visitor gets one line, the owner of the terminal the trace; the old engine serves on
                traceback.print_exc(file=sys.stderr)
                error = "the build failed; the terminal that runs ui.py shows why. The old index still serves"
            with self._lock:
                again, self._again = self._again, False
                self.work = Work(again, "read" if again else "", error=error, round=self.work.round + 1)
                if not again:
                    return

    def _build(self) -> None:
        engine = self.engine

        def progress(step: str, done: int, total: int) -> None:
            self.work = replace(self.work, step=step, done=done, total=total)

        with self._sources() as sources:
            summary = build(sources, self.folder, engine.encoder, progress)
        if summary.rebuilt:
            progress("open", 0, 1)
            fresh = Engine(Library(self.folder), engine.encoder, engine.weights)
            reports = Reports(fresh.library)
            fresh.ask("目标")  # what is read at the first question is read now
            assert reports.ids
            self.serving = Serving(fresh, reports)

    @contextmanager
    def _sources(self) -> Iterator[list[Path]]:
        """The folders to build from; where files are left out, folders of links to the others."""
        own = [self.uploads] if self.uploads.is_dir() else []
        if not self.removed:
            yield [*self.corpora, *own]
            return
        with tempfile.TemporaryDirectory(prefix="links-", dir=self.folder) as links:
            places: list[Path] = []
            for number, corpus in enumerate(self.corpora):
                place = Path(links) / f"{number}"
                place.mkdir()
                places.append(place)
                sidecar = [(corpus / NAME, NAME)] if (corpus / NAME).is_file() else []
                for path, name in [*list_files([corpus]), *sidecar]:
                    if name not in self.removed:
                        _link(path.resolve(), place / name)
            yield [*places, *own]

    def _names(self) -> dict[str, str]:
        try:
            return dict(json.loads((self.uploads / ".names.json").read_text("utf-8")))
        except (OSError, ValueError):
            return {}

    def _stored(self) -> dict[str, list[str]]:
        try:
            found = json.loads((self.folder / "shelf.json").read_text("utf-8"))
        except (OSError, ValueError):
            found = {}
        corpora = found.get("corpora") or self.engine.library.manifest.get("corpora") or []
        return {"corpora": corpora, "removed": found.get("removed", [])}

    def _store(self) -> None:
        self._write(self.folder / "shelf.json", {"corpora": [str(c) for c in self.corpora], "removed": list(self.removed)})

    @staticmethod
    def _write(path: Path, value: object) -> None:
        part = path.with_name(path.name + ".part")
        part.write_text(json.dumps(value, ensure_ascii=False, indent=1), "utf-8")
        os.replace(part, path)


def _link(path: Path, link: Path) -> None:
    link.parent.mkdir(parents=True, exist_ok=True)
    try:
        link.symlink_to(path)
    except OSError:  # Windows grants links to few; a copy does the same
        shutil.copyfile(path, link)
