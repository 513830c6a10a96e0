"""`metadata.csv` beside the reports: what a user corrects wins over what was read.

    file,title,province,city,level,year,kind
    scan-03.txt,,广东省,中山,city,2021,政府工作报告
    all.txt,2023年宁波市政府工作报告,,,,2022,

`file` is the path inside the folder; `title` picks one report of a collection and may be empty; an empty cell corrects
nothing.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from index.divisions import Divisions
from index.errors import CorpusError
from index.readers.decoding import decode
from index.records import Meta, digest

NAME = "metadata.csv"
FIELDS = ("province", "city", "level", "year", "kind")
LEVELS = ("province", "city", "county", "township")


@dataclass(frozen=True)
class Correction:
    """One row of the sidecar."""

    file: str
    title: str
    values: tuple[tuple[str, str], ...]


def read_corrections(corpora: Iterable[Path]) -> tuple[Correction, ...]:
    """The rows of the sidecars in the corpus folders.

    Raises:
        CorpusError: a sidecar without a `file` column, or a level or year that cannot be; the line is named.
    """
    rows: list[Correction] = []
    for corpus in corpora:
        path = corpus / NAME
        if corpus.is_dir() and path.is_file():
            rows += _read(path)
    return tuple(rows)


def _read(path: Path) -> list[Correction]:
    table = csv.DictReader(io.StringIO(decode(path.read_bytes())[0].lstrip("\ufeff")))
    if "file" not in (table.fieldnames or ()):
        raise CorpusError(f"{path} has no column 'file'; its first line must be: file,title,{','.join(FIELDS)}")
    rows = []
    for number, row in enumerate(table, 2):
        values = {f: (row.get(f) or "").strip() for f in FIELDS}
        if values["level"] and values["level"] not in LEVELS:
            raise CorpusError(f"{path}, line {number}: level {values['level']!r} is not one of {', '.join(LEVELS)}")
        if values["year"] and not values["year"].isdecimal():
            raise CorpusError(f"{path}, line {number}: year {values['year']!r} is not a number")
        rows.append(
            Correction((row["file"] or "").strip(), (row.get("title") or "").strip(), tuple((f, v) for f, v in values.items() if v))
        )
    return rows


def correct(meta: Meta, file: str, corrections: Iterable[Correction]) -> Meta:
    """The metadata with the corrections that concern the document; the place above a corrected city is looked up."""
    for row in corrections:
        if row.file != file or (row.title and row.title != meta.title.strip()):
            continue
        values = dict(row.values)
        found = {f: v for f, v in values.items() if f != "year"}
        if "city" in values:
            above = Divisions.load().by_name(values["city"])
            if above:
                province, prefecture = Divisions.load().province_of(above[0]), Divisions.load().city_of(above[0])
                found = {"province": province.name if province else "", "level": above[0].level} | found | {"city": above[0].short}
                meta = replace(meta, prefecture=prefecture.name if prefecture else None)
        year = int(values["year"]) if "year" in values else meta.year
        evidence = meta.evidence | dict.fromkeys(values, NAME)
        meta = replace(
            meta,
            province=found.get("province", meta.province) or None,
            city=found.get("city", meta.city),
            level=found.get("level", meta.level),
            kind=found.get("kind", meta.kind),
            year=year,
            evidence=evidence,
        )
    return meta


def fingerprint(file: str, corrections: Iterable[Correction]) -> str:
    """Changes when the corrections of a file or of its members change; empty where there are none."""
    own = [r for r in corrections if r.file == file or r.file.startswith(f"{file}/")]
    return digest(repr(own)) if own else ""
