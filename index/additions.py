"""What was changed on the page, kept inside the index folder; a build reads it beside the folders it is given.

    DIR/uploads/<hash><suffix>   a file that was added, under the hash of its content
    DIR/uploads/.names.json      stored file -> name it came with; a name is shown and never a path
    DIR/uploads/metadata.csv     corrections (`index.sidecar`), which win over those of the folders
    DIR/shelf.json               files of the user's folders that are left out

The user's own folders are never written to.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import shutil
import threading
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from index.errors import CorpusError
from index.readers import READERS
from index.sidecar import FIELDS, LEVELS, NAME

SIZE_LIMIT = 50_000_000  # bytes of one file
COUNT_LIMIT = 5_000  # files in uploads/
TAKEN_OUT = "was taken out on the page"
_LONGEST_NAME = 120
_LONGEST_VALUE = 40
_Key = tuple[str, str]  # file, title


class Additions:
    """The changes of one index folder; the next build follows them. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._held = {str(k): str(v) for k, v in _read(self._names_file).items()}
        self.names: Mapping[str, str] = dict(self._held)  # also of files deleted since, which the old generation still shows
        self.removed: tuple[str, ...] = tuple(map(str, _read(folder / "shelf.json").get("removed", ())))

    @property
    def uploads(self) -> Path:
        """Where added files are kept."""
        return self.folder / "uploads"

    @property
    def _names_file(self) -> Path:
        return self.uploads / ".names.json"

    def folders(self) -> list[Path]:
        """What to build from beside the user's folders."""
        return [self.uploads] if self.uploads.is_dir() else []

    def called(self, file: str) -> str:
        """A file's name for people: an added one, or a member of an added archive, under the name it came with."""
        first, slash, rest = file.partition("/")
        return self.names.get(first, first) + slash + rest

    def add(self, path: Path, name: str) -> str:
        """Copy a file in and return the name it is stored under.

        Raises:
            CorpusError: no reader for its kind, empty, too large, too many files, or it cannot be stored.
        """
        name = "".join(c for c in PurePosixPath(name.replace("\\", "/")).name if c.isprintable())[-_LONGEST_NAME:]
        suffix = PurePosixPath(name).suffix.lower()
        if suffix not in READERS:
            raise CorpusError(f"{name}: no reader for {suffix or 'files without a suffix'}; these kinds are read: {', '.join(READERS)}")
        try:
            size = path.stat().st_size
            if not 0 < size <= SIZE_LIMIT:
                raise CorpusError(f"{name} has {size:,} bytes; files of 1 byte to {SIZE_LIMIT // 1_000_000} MB are taken")
            with path.open("rb") as file:
                stored = hashlib.file_digest(file, "sha256").hexdigest()[:32] + suffix
            with self._lock:
                if len(self._held) >= COUNT_LIMIT:
                    raise CorpusError(f"{COUNT_LIMIT} files have been added; put more into a folder and build with build_index.py")
                self.uploads.mkdir(exist_ok=True)
                part = self.uploads / f".{stored}.part"
                shutil.copyfile(path, part)
                os.replace(part, self.uploads / stored)
                self._name({**self._held, stored: name})
        except OSError as error:
            raise CorpusError(f"{name} cannot be stored: {error.strerror or error}") from error
        return stored

    def remove(self, file: str) -> None:
        """Take a file out: an added one is deleted, one of the user's folders only left out of the next build."""
        with self._lock:
            if file in self.names:
                (self.uploads / file).unlink(missing_ok=True)
                self._name({k: v for k, v in self._held.items() if k != file})
            elif file not in self.removed:
                self._leave_out((*self.removed, file))

    def put_back(self, file: str) -> None:
        """Undo `remove` for a file of the user's folders."""
        with self._lock:
            self._leave_out(tuple(name for name in self.removed if name != file))

    def correct(self, file: str, title: str, values: Mapping[str, str]) -> None:
        """Write down what a user knows better about a document; what is empty keeps what was said before.

        Raises:
            CorpusError: a value that cannot be.
        """
        found = {f: str(values.get(f) or "").strip() for f in FIELDS}
        if found["level"] and found["level"] not in LEVELS:
            raise CorpusError(f"the level is one of {', '.join(LEVELS)}")
        year = found["year"]
        if year and not (re.fullmatch("[0-9]{4}", year) and 1949 <= int(year) <= 2100):
            raise CorpusError(f"{year[:_LONGEST_VALUE]} is no year; give four digits from 1949 to 2100, e.g. 2023")
        if any(len(v) > _LONGEST_VALUE or not v.isprintable() for v in found.values()):
            raise CorpusError(f"a value is longer than {_LONGEST_VALUE} characters or holds control characters")
        with self._lock:
            rows = self._corrections()
            before = rows.pop((file, title), {})
            rows[file, title] = {f: found[f] or before.get(f, "") for f in FIELDS}
            self._write_corrections(rows)

    def uncorrect(self, file: str, title: str) -> None:
        """Forget what was corrected about a document."""
        with self._lock:
            rows = self._corrections()
            if rows.pop((file, title), None):
                self._write_corrections(rows)

    def corrected(self) -> frozenset[_Key]:
        """(file, title) of every document corrected here."""
        return frozenset(self._corrections())

    def _corrections(self) -> dict[_Key, dict[str, str]]:
        path = self.uploads / NAME
        if not path.is_file():
            return {}
        with path.open(encoding="utf-8", newline="") as file:
            return {(r["file"], r["title"]): {f: r[f] or "" for f in FIELDS} for r in csv.DictReader(file)}

    def _write_corrections(self, rows: Mapping[_Key, Mapping[str, str]]) -> None:
        self.uploads.mkdir(exist_ok=True)
        part = self.uploads / f".{NAME}.part"
        with part.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, ["file", "title", *FIELDS])
            writer.writeheader()
            writer.writerows({"file": file, "title": title, **values} for (file, title), values in rows.items())
        os.replace(part, self.uploads / NAME)

    def _name(self, names: dict[str, str]) -> None:
        _write(self._names_file, names)
        self._held = names
        self.names = {**self.names, **names}

    def _leave_out(self, removed: tuple[str, ...]) -> None:
        _write(self.folder / "shelf.json", {"removed": removed})
        self.removed = removed


def _read(path: Path) -> dict[str, Any]:
    """A JSON object; empty where the file is missing or damaged."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(path: Path, value: object) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_text(json.dumps(value, ensure_ascii=False, indent=1), "utf-8")
    os.replace(part, path)
