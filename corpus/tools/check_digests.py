"""Check the digests in `corpus/` against the reports they were written from.

    python corpus/tools/check_digests.py REPORTS_FOLDER [DIGEST.md ...]

The reports are read as the index reads them; a digest's own report is the one of the place and year of its title.
Two checks, each a line per finding, exit code 1 when there is one:

* **own words**: no run of 12 or more equal characters between a digest and any report. Figures, punctuation and
  line breaks end a run; a term of the glossary (an official set phrase) and a quoted name count as one character,
  because there is no other way to say them.
* **true figures**: every number of a digest stands in its own report (digits compared, thousands separators ignored).
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from index.build import list_files  # noqa: E402
from index.reading import read_documents  # noqa: E402

Own = dict[tuple[str, int], list[str]]  # (place, year) -> texts of its reports
RUN = 12
HALF = str.maketrans("，：；！？（）％．０１２３４５６７８９", ",:;!?()%.0123456789")
FIGURE = re.compile(r"\d+(?:\.\d+)?")
BREAK = re.compile(r"[^一-鿿A-Za-z\ue000]+")
QUOTED = re.compile(r"“[^”]{1,20}”|《[^》]{1,30}》|「[^」]{1,20}」")


def set_phrases() -> re.Pattern[str]:
    """One pattern over the glossary's official terms, longest first."""
    terms: set[str] = set()
    for path in sorted((ROOT / "models/data/glossary").glob("*.jsonl")):
        terms.update(json.loads(line)["term"] for line in path.read_text(encoding="utf-8").splitlines() if line)
    return re.compile("|".join(sorted(map(re.escape, (t for t in terms if len(t) >= 4)), key=len, reverse=True)))


def pieces(text: str, phrases: re.Pattern[str]) -> list[str]:
    """The text as runs between figures and punctuation, set phrases and quoted names folded to one character each."""
    text = QUOTED.sub("|", text.translate(HALF))
    return [piece for piece in BREAK.split(phrases.sub("\ue000", text)) if piece]


def runs_of(sources: Iterable[str], phrases: re.Pattern[str]) -> set[str]:
    """All runs of `RUN` characters of the sources."""
    return {p[i : i + RUN] for s in sources for p in pieces(s, phrases) for i in range(len(p) - RUN + 1)}


def copied_runs(digest: str, runs: set[str], phrases: re.Pattern[str]) -> list[str]:
    """Runs of `RUN` or more characters of a digest that stand among those of the sources, in their longest form."""
    found: list[str] = []
    for piece in pieces(digest, phrases):
        i = 0
        while i <= len(piece) - RUN:
            if piece[i : i + RUN] in runs:
                j = i + RUN
                while j < len(piece) and piece[j - RUN + 1 : j + 1] in runs:
                    j += 1
                found.append(piece[i:j])
                i = j
            else:
                i += 1
    return found


def unknown_figures(digest: str, sources: Iterable[str]) -> list[str]:
    """Numbers of a digest that stand in none of the sources."""
    known = {n for s in sources for form in (s.translate(HALF), s.translate(HALF).replace(",", "")) for n in FIGURE.findall(form)}
    return [n for n in FIGURE.findall(re.sub(r"(?<=\d),(?=\d{3})", "", digest.translate(HALF))) if n not in known]


def read_reports(folder: Path) -> Own:
    """The texts of all reports of a folder by place and year."""
    own: Own = defaultdict(list)
    for path, name in list_files([folder]):
        for document in read_documents(path, name)[0]:
            own[document.meta.city or "", document.meta.year or 0].append(document.text)
    return own


def place_and_year(digest: Path) -> tuple[str, int]:
    """What a digest is of, read as the index reads it."""
    meta = read_documents(digest, digest.name)[0][0].meta
    return meta.city or "", meta.year or 0


def check(digest: Path, reports: Own, runs: set[str], phrases: re.Pattern[str]) -> list[str]:
    """All findings about one digest."""
    text = digest.read_text(encoding="utf-8")
    rows = [f"copied: {run}" for run in copied_runs(text, runs, phrases)]
    place, year = place_and_year(digest)
    if (place, year) not in reports:
        return [*rows, f"no report of {place or 'its place'} of {year or 'its year'} to hold its figures against"]
    return rows + [f"figure not in its report: {n}" for n in unknown_figures(text, reports[place, year])]


def main(arguments: list[str]) -> int:
    if not arguments or not Path(arguments[0]).is_dir():
        sys.stderr.write(f"{__doc__}\n")
        return 2
    reports = read_reports(Path(arguments[0]))
    digests = [Path(a) for a in arguments[1:]] or sorted((ROOT / "corpus").glob("*.md"))
    phrases = set_phrases()
    runs = runs_of((text for texts in reports.values() for text in texts), phrases)
    findings = 0
    for path in digests:
        rows = check(path, reports, runs, phrases)
        findings += len(rows)
        for row in rows:
            sys.stdout.write(f"{path.name}: {row}\n")
    sys.stdout.write(f"{len(digests)} digests, {findings} findings\n")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
