"""zip: every member is read in memory by the reader of its suffix; nothing is written to a path from the archive."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from pathlib import PurePosixPath

from index.errors import UnreadableFile
from index.readers.reading import FILE_LIMIT, Reading
from index.records import RawText, Skipped

TOTAL_LIMIT = 200_000_000  # bytes, unpacked, zips inside included
RATIO_LIMIT = 200  # unpacked to packed; text comes to 3 to 20
MEMBER_LIMIT = 2_000
_SMALL = 1_000_000  # bytes up to which any ratio is harmless
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1

Read = Callable[[bytes, str, str], Reading]  # (content, shown name, suffix)


def read_archive(data: bytes, name: str, read: Read) -> Reading:
    """The members of a zip, each shown as `name/member`; a zip in it is opened too, a zip in that one is not.

    Raises:
        UnreadableFile: damaged, empty, or it unpacks to more than the limits.
    """
    return _Archive(read).reading(data, name, nested=False)


def check_sizes(members: list[zipfile.ZipInfo], budget: int = TOTAL_LIMIT) -> int:
    """Bytes that the members unpack to (zipfile never gives more than they declare).

    Raises:
        UnreadableFile: too many members, too many bytes, or one packed so tightly that it is no document.
    """
    if len(members) > MEMBER_LIMIT:
        raise UnreadableFile(f"holds {len(members):,} files, the limit is {MEMBER_LIMIT:,}; split it")
    total = sum(member.file_size for member in members)
    if total > budget:
        raise UnreadableFile(f"unpacks to more than {TOTAL_LIMIT // 1_000_000} MB; unpack it and give the folder")
    for member in members:
        if member.file_size > _SMALL and member.file_size > RATIO_LIMIT * max(1, member.compress_size):
            ratio = member.file_size // max(1, member.compress_size)
            raise UnreadableFile(f"is packed {ratio:,} to 1, as documents never are; unpack it and give the folder")
    return total


class _Archive:
    """One zip file and the zips in it, which share one budget of bytes and members."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._bytes = TOTAL_LIMIT
        self._members = MEMBER_LIMIT

    def reading(self, data: bytes, name: str, nested: bool) -> Reading:
        texts: list[RawText] = []
        skipped: list[Skipped] = []
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as package:
                members = [m for m in package.infolist() if not m.is_dir()]
                self._bytes -= check_sizes(members, self._bytes)
                self._members -= len(members)
                if self._members < 0:
                    raise UnreadableFile(f"holds more than {MEMBER_LIMIT:,} files; split it")
                for member in members:
                    shown = member_name(member)
                    if any(part.startswith((".", "~$")) or part == "__MACOSX" for part in shown.split("/")):
                        continue
                    try:
                        found = self._member(package, member, f"{name}/{shown}", nested)
                    except UnreadableFile as error:
                        skipped.append(Skipped(f"{name}/{shown}", error.reason))
                        continue
                    texts += found.texts
                    skipped += found.skipped
        except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError, ValueError, NotImplementedError) as error:
            raise UnreadableFile("is damaged or cut off, or no zip at all") from error
        if not texts and not skipped:
            raise UnreadableFile("holds no files")
        return Reading(tuple(texts), tuple(skipped))

    def _member(self, package: zipfile.ZipFile, member: zipfile.ZipInfo, shown: str, nested: bool) -> Reading:
        if member.flag_bits & _ENCRYPTED:
            raise UnreadableFile("is protected by a password; unpack the archive and give the folder")
        if member.file_size > FILE_LIMIT:
            raise UnreadableFile(f"is over {FILE_LIMIT // 1_000_000} MB long; split it")
        try:
            data = package.read(member)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
            # lzma and bz2 raise OSError or EOFError; an unknown method is NotImplementedError, a RuntimeError.
            raise UnreadableFile(f"is damaged inside the archive ({error or type(error).__name__})") from error
        suffix = PurePosixPath(shown).suffix
        if suffix.lower() != ".zip":
            return self._read(data, shown, suffix)
        if nested:
            raise UnreadableFile("is a zip in a zip in a zip; unpack it and give the folder")
        return self.reading(data, shown, nested=True)


def member_name(member: zipfile.ZipInfo) -> str:
    """The name to show: decoded as it was meant, and without what climbs out of the archive (.., /, C:)."""
    name = member.orig_filename
    if not member.flag_bits & _UTF8_NAME and not name.isascii():
        # zipfile took the bytes for cp437; programs write them in utf-8 or in the machine's gbk.
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    name = re.sub(r"^[A-Za-z]:", "", name.split("\0")[0].replace("\\", "/"))
    parts = [part for part in name.split("/") if part not in ("", ".", "..")]
    return "/".join(parts) or "unnamed"
