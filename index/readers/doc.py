"""Old Word files (doc) and WPS files, through a converter of the machine; many are another format under that name."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from index.errors import UnreadableFile
from index.readers.decoding import decode
from index.readers.docx import read_docx
from index.readers.html import read_html, read_mhtml
from index.readers.reading import Reading, single

TIME_LIMIT = 60  # seconds for one file
_INSTALL = "is an old Word file; install LibreOffice (soffice), antiword or catdoc to have it read, or save it as .docx"


def read_doc(data: bytes, name: str, time_limit: float = TIME_LIMIT) -> Reading:
    """A .doc or .wps file: converted with soffice (tables and headings kept), else antiword, else catdoc.

    Raises:
        UnreadableFile: no converter on PATH, it failed, or it took longer than `time_limit` seconds.
    """
    head = data[:2048].lstrip().lower()
    if data.startswith(b"PK\x03\x04"):
        return read_docx(data, name)
    if head.startswith((b"<!doctype", b"<html", b"<?xml")) or b"<html" in head:
        return read_html(data, name)
    if head.startswith(b"mime-version"):
        return read_mhtml(data, name)
    if not data.startswith((b"\xd0\xcf\x11\xe0", b"{\\rtf", b"\xdb\xa5", b"\xfe7", b"1\xbe")):
        raise UnreadableFile("is damaged or no Word file")
    return _convert(data, name, time_limit)


def _convert(data: bytes, name: str, time_limit: float) -> Reading:
    with tempfile.TemporaryDirectory(prefix="chengwen-", ignore_cleanup_errors=True) as folder:
        source = Path(folder) / "report.doc"
        source.write_bytes(data)
        office = shutil.which("soffice") or shutil.which("libreoffice")
        if office:
            profile = (Path(folder) / "profile").as_uri()
            convert = ["--headless", f"-env:UserInstallation={profile}", "--convert-to", "docx", "--outdir", folder]
            _run([office, *convert, str(source)], folder, time_limit)
            made = source.with_suffix(".docx")
            if not made.is_file():
                raise UnreadableFile("could not be converted by LibreOffice: damaged or protected by a password")
            return read_docx(made.read_bytes(), name)
        for program, options in (("antiword", ["-m", "UTF-8.txt", "-w", "0"]), ("catdoc", ["-d", "utf-8", "-w"])):
            found = shutil.which(program)
            if found:
                text, notes = decode(_run([found, *options, str(source)], folder, time_limit))
                if not text.strip():
                    raise UnreadableFile(f"{program} found no text in it: damaged or protected by a password")
                return single(name, text, removed=notes)
    raise UnreadableFile(_INSTALL)


def _run(command: list[str], folder: str, time_limit: float) -> bytes:
    """The output of a converter; it and its children are ended when the time is up."""
    program = Path(command[0]).name
    with tempfile.TemporaryFile(dir=folder) as output:
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.DEVNULL, cwd=folder, start_new_session=True
            )
        except OSError as error:
            raise UnreadableFile(f"{program} does not start: {error.strerror or error}") from error
        try:
            process.wait(time_limit)
        except subprocess.TimeoutExpired as error:
            _end(process)
            raise UnreadableFile(f"{program} took longer than {time_limit:g} seconds; save it as .docx") from error
        if process.returncode:
            raise UnreadableFile(f"{program} cannot read it: damaged or protected by a password")
        output.seek(0)
        return output.read()


def _end(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
