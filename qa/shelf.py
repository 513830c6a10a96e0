"""The library while it serves: the engine in use, and changes that are built in the background and then switched to."""

from __future__ import annotations

import re
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from index.additions import TAKEN_OUT, Additions
from index.build import build
from index.check import check
from index.errors import ChengwenError, CorpusError
from index.library import Library, current_generation
from qa.engine import Engine
from qa.report import Reports

STEPS = ("texts", "write", "open")
LOCKED = {
    "unknown": "it is not known which folder this index was built from; start ui.py with --corpus FOLDER to change the library",
    "gone": "a folder this index was built from is not there any more; start ui.py with --corpus FOLDER to change the library",
    "open": "this page is open to everyone, so the library cannot be changed from it; serve it with --password",
}
_STORED = re.compile(r"[0-9a-f]{32}\.[a-z]+")  # an upload as `index.additions` names it


@dataclass(frozen=True)
class Work:
    """What the background is doing.

    Attributes:
        running: whether a build is under way.
        steps: step (one of `STEPS`) -> (done, total) of the build that runs or ran last.
        error: why that build failed; empty where it did not.
        round: how many builds have ended.
    """

    running: bool = False
    steps: Mapping[str, tuple[int, int]] = field(default_factory=dict)
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
        """`corpora`: the folders to build from; those the index was built from where none are given."""
        self.folder = Path(engine.library.folder)
        self.serving = Serving(engine, Reports(engine.library))
        self.additions = Additions(self.folder)
        self.corpora = [Path(c).resolve() for c in corpora or engine.library.manifest.get("corpora", ())]
        self.work = Work()
        self._open = not editable
        self._lock = threading.Lock()
        self._again = False

    @property
    def engine(self) -> Engine:
        """The engine that answers now."""
        return self.serving.engine

    @property
    def locked(self) -> str:
        """Why nothing can be changed here, a key of `LOCKED`; empty where it can."""
        if self._open:
            return "open"
        if not self.corpora:
            return "unknown"
        return "" if all(c.exists() for c in self.corpora) else "gone"

    @property
    def editable(self) -> bool:
        """Whether the library can be changed."""
        return not self.locked

    def shown(self, file: str) -> str:
        """A file's name for people: an upload under the name it came with."""
        return self.additions.called(file)

    def documents(self) -> list[dict[str, Any]]:
        """What is indexed, one row a document: as in the manifest, and these.

        `id`; `name`, the file for people; `source`, the file it was read from (an archive for its members); `together`, how
        many documents that holds; whether it was `uploaded` and whether it was `corrected` here.
        """
        serving = self.serving
        manifest = serving.engine.library.manifest
        corrected = self.additions.corrected()
        names = {name for name, _ in manifest["sources"]}
        sources = [_source(row["file"], names) for row in manifest["documents"]]
        count = Counter(sources)
        return [
            row
            | {"id": id, "name": self.shown(row["file"]), "source": source, "together": count[source]}
            | {"uploaded": source in self.additions.names, "corrected": (row["file"], row["title"] or "") in corrected}
            for row, id, source in zip(manifest["documents"], serving.reports.ids, sources, strict=True)
        ]

    def skipped(self) -> list[dict[str, Any]]:
        """Files that are not in the index, and why; those taken out on purpose come last and can be put back."""
        rows = [
            {"file": s["file"], "name": self.shown(s["file"]), "reason": self._told(s["reason"]), "removed": False}
            for s in self.engine.library.manifest["skipped"]
            if s["reason"] != TAKEN_OUT
        ]
        return rows + [{"file": name, "name": name, "reason": TAKEN_OUT, "removed": True} for name in self.additions.removed]

    def add(self, path: Path, name: str) -> str:
        """Take a file in; the next `rebuild` reads it. See `index.additions.Additions.add`.

        Raises:
            CorpusError: the library cannot be changed, or the file cannot be taken.
        """
        self._check()
        return self.additions.add(path, name)

    def remove(self, document: str) -> None:
        """Take the file of a document, and with it every document in it, out of the next build.

        Raises:
            CorpusError: the library cannot be changed, holds no such document, or would be left empty.
        """
        self._check()
        row = self._document(document)
        if row["together"] == len(self.engine.library.documents):
            raise CorpusError("the last file of a library cannot be taken out; add another one before")
        self.additions.remove(row["source"])

    def put_back(self, file: str) -> None:
        """Undo `remove` for a file of the user's folders.

        Raises:
            CorpusError: the library cannot be changed.
        """
        self._check()
        self.additions.put_back(file)

    def correct(self, document: str, values: Mapping[str, str]) -> None:
        """Write down what a user knows better about a document; see `index.additions.Additions.correct`.

        Raises:
            CorpusError: the library cannot be changed, no such document, or a value that cannot be.
        """
        self._check()
        row = self._document(document)
        self.additions.correct(row["file"], row["title"] or "", values)

    def uncorrect(self, document: str) -> None:
        """Forget what was corrected about a document.

        Raises:
            CorpusError: the library cannot be changed, or holds no such document.
        """
        self._check()
        row = self._document(document)
        self.additions.uncorrect(row["file"], row["title"] or "")

    def check(self) -> list[str]:
        """What is wrong with the index on the disk, one sentence each; see `index.check`."""
        return [self._told(finding) for finding in check(self.folder)]

    def rebuild(self) -> None:
        """Start building in the background; once more afterwards if a build is under way.

        Raises:
            CorpusError: the library cannot be changed.
        """
        self._check()
        with self._lock:
            if self.work.running:
                self._again = True
                return
            self.work = Work(True, round=self.work.round)
        threading.Thread(target=self._run, name="rebuild", daemon=True).start()

    def _check(self) -> None:
        if self.locked:
            raise CorpusError(LOCKED[self.locked])

    def _document(self, document: str) -> dict[str, Any]:
        row = next((d for d in self.documents() if d["id"] == document), None)
        if row is None:
            raise CorpusError("the library holds no such document any more; look at the list again")
        return row

    def _told(self, text: str) -> str:
        """A message for a visitor: names in place of paths and of the names that uploads are stored under."""
        for path in (self.additions.uploads, self.folder, *self.corpora):
            text = text.replace(str(path), path.name)
        return _STORED.sub(lambda found: self.shown(found[0]), text)

    def _run(self) -> None:
        while True:
            error = ""
            try:
                self._build()
            except ChengwenError as problem:
                error = self._told(str(problem))
            except Exception:  # the visitor gets one line, the owner of the terminal the trace; the old engine serves on
                traceback.print_exc(file=sys.stderr)
                error = "the build failed; the terminal that runs ui.py shows why. The old index still serves"
            with self._lock:
                again, self._again = self._again, False
                self.work = Work(again, {} if again else self.work.steps, error, self.work.round + 1)
                if not again:
                    return

    def _build(self) -> None:
        engine = self.engine

        def progress(step: str, done: int, total: int) -> None:
            if step in STEPS:
                self.work = replace(self.work, steps={**self.work.steps, step: (done, total)})

        build(self.corpora, self.folder, engine.encoder, progress)
        progress("open", 0, 1)
        if current_generation(self.folder) != engine.library.generation:
            fresh = Engine(Library(self.folder), engine.encoder, engine.weights)
            reports = Reports(fresh.library)
            _ = reports.ids  # read now, like everything else that the first visitor would wait for
            fresh.warm()
            self.serving = Serving(fresh, reports)
        progress("open", 1, 1)


def _source(file: str, sources: Collection[str]) -> str:
    """The file of the corpus that a document was read from: itself, or the archive it is a member of."""
    return next((s for s in (file, *map(str, PurePosixPath(file).parents)) if s in sources), file)
