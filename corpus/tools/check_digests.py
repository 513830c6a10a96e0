"""Check the digests in `corpus/` against the reports they were written from.

    python corpus/tools/check_digests.py REPORTS_FOLDER [DIGEST.md ...]

Two checks, each a line per finding, exit code 1 when there is one:

* **own words**: no run of 12 or more equal characters between a digest and any report. Figures, punctuation and
  line breaks end a run; a term of the glossary (an official set phrase) and a quoted name count as one character,
  because there is no other way to say them.
* **true figures**: every number of a digest stands in the reports (digits compared, thousands separators ignored).
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
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


def copied_runs(digest: str, sources: list[str], phrases: re.Pattern[str]) -> list[str]:
    """Runs of `RUN` or more characters that a digest shares with a source, longest form first."""
    grams = {p[i : i + RUN] for s in sources for p in pieces(s, phrases) for i in range(len(p) - RUN + 1)}
    found: list[str] = []
    for piece in pieces(digest, phrases):
        i = 0
        while i <= len(piece) - RUN:
            if piece[i : i + RUN] in grams:
                j = i + RUN
                while j < len(piece) and piece[j - RUN + 1 : j + 1] in grams:
                    j += 1
                found.append(piece[i:j])
                i = j
            else:
                i += 1
    return found


def unknown_figures(digest: str, sources: list[str]) -> list[str]:
    """Numbers of a digest that stand in none of the sources."""
    known = {n for s in sources for form in (s, s.translate(HALF).replace(",", "")) for n in FIGURE.findall(form)}
    return [n for n in FIGURE.findall(re.sub(r"(?<=\d),(?=\d{3})", "", digest.translate(HALF))) if n not in known]


def main(arguments: list[str]) -> int:
    if not arguments or not Path(arguments[0]).is_dir():
        sys.stderr.write(f"{__doc__}\n")
        return 2
    sources = [p.read_text(encoding="utf-8") for p in sorted(Path(arguments[0]).glob("*.txt"))]
    digests = [Path(a) for a in arguments[1:]] or sorted((ROOT / "corpus").glob("*.md"))
    phrases = set_phrases()
    findings = 0
    for path in digests:
        text = path.read_text(encoding="utf-8")
        rows = [f"copied: {run}" for run in copied_runs(text, sources, phrases)]
        rows += [f"figure not in the reports: {figure}" for figure in unknown_figures(text, sources)]
        findings += len(rows)
        for row in rows:
            sys.stdout.write(f"{path.name}: {row}\n")
    sys.stdout.write(f"{len(digests)} digests, {findings} findings\n")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
