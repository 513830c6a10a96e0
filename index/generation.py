"""Generations on disk: written whole under a working name, then named, then pointed to; one builder at a time.

Killed at any moment, a build leaves at most a folder `*.part`, which the next build removes; the pointer `current` is
replaced in one atomic step, so readers see the old generation or the new one and nothing between.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.errors import IndexFolderError

Write = Callable[[Path], None]  # writes one part of a generation into the folder given
Manifest = dict[str, Any] | Callable[[], dict[str, Any]]


@contextmanager
def builder(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; the system lets go of it when the process ends, however it ends.

    Raises:
        IndexFolderError: another build is at work, or the folder holds something that is no index.
    """
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not _is_index(folder))):
        raise IndexFolderError(f"{folder} exists and is no index; give an empty or new folder with --index")
    (folder / "generations").mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _lock(handle):
            raise IndexFolderError(f"another build of {folder} is at work; wait until it is done")
        for left in (folder / "generations").glob("*.part"):
            _discard(left)
        for left in folder.glob("current.*"):
            left.unlink(missing_ok=True)
        yield
    finally:
        os.close(handle)


def write_generation(folder: Path, manifest: Manifest, parts: list[Write]) -> str:
    """Write all parts and the manifest (with a hash of every file), switch to it, return its name.

    A manifest that is only known when the parts are written is given as a function.

    Raises:
        IndexFolderError: the disk is full or refuses; the old generation goes on serving.
    """
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{time.time_ns() % 10**9:09d}-{os.getpid()}"
    work = folder / "generations" / f"{name}.part"
    try:
        work.mkdir(parents=True)
        for write in parts:
            write(work)
        values = manifest() if callable(manifest) else manifest
        files = [p for p in sorted(work.rglob("*")) if p.is_file()]
        with ThreadPoolExecutor(os.cpu_count()) as threads:  # hashing leaves Python's lock to others
            hashes = {p.relative_to(work).as_posix(): found for p, found in zip(files, threads.map(file_hash, files), strict=True)}
        text = json.dumps(values | {"hashes": hashes}, ensure_ascii=False, indent=1)
        _write_down(work / "manifest.json", text)
        work.rename(folder / "generations" / name)
        pointer = folder / f"current.{os.getpid()}"
        _write_down(pointer, name)
        os.replace(pointer, folder / "current")
    except OSError as error:
        _discard(work)
        reason = error.strerror or str(error)
        raise IndexFolderError(
            f"{folder} cannot be written ({reason}); make room or choose another folder. The old index still serves"
        ) from error
    except BaseException:
        _discard(work)
        raise
    _remove_old(folder, keep=name)
    return name


def file_hash(path: Path) -> str:
    """SHA-256 of a file, 16 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def _write_down(path: Path, text: str) -> None:
    """Write a small file and see it on the disk before anything relies on it."""
    with path.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())


def _is_index(folder: Path) -> bool:
    return (folder / "generations").is_dir()


def _lock(handle: int) -> bool:
    try:
        import fcntl
    except ImportError:  # no such lock on Windows: two builders there still switch atomically, the later one wins
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _remove_old(folder: Path, keep: str) -> None:
    """Delete generations but the serving one and the one before it, which open readers may still use."""
    done = sorted(p for p in (folder / "generations").iterdir() if p.is_dir() and p.name != keep)
    for old in done[:-1]:
        _discard(old)


def _discard(generation: Path) -> None:
    """Remove a generation, and first what it keeps outside; it stays for the next build where that cannot be reached."""
    if (generation / "milvus.json").is_file():
        from index.stores.milvus import let_go

        if not let_go(generation):
            return
    shutil.rmtree(generation, ignore_errors=True)
