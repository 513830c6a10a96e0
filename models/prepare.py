"""Turn the training material into query/positive pairs and print how many each source gives.

    python models/prepare.py [--material FOLDER] [--out built/training]

One JSON-lines file a source in `--out`; each line is `[query, positive]`. What the sources are, and their licences,
stands in `models/README.md`. Nothing is downloaded.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MATERIAL = ROOT.parent / "shared" / "training"
OWN = ROOT / "models" / "data"
CAP = 25_000  # pairs taken from one public file, so that no source drowns the others
SENTENCES_PER_TERM = 3
RAW_TEXTS = ("gwr_national_1954_2025", "gwr_provincial_2025", "xwlb")  # text whose register is that of plans
SENTENCE = re.compile(r"[^。！？；!?;]+[。！？；!?;]?")
CLAUSE = re.compile(r"[^，、,：:]+")

Pair = tuple[str, str]


def read_lines(path: Path) -> Iterator[dict[str, object]]:
    """Objects of a JSON-lines file, packed with xz or not."""
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def paragraphs(material: Path, names: Iterable[str] = RAW_TEXTS) -> Iterator[str]:
    """Paragraphs of the raw texts that are long enough to hold a statement."""
    for name in names:
        with lzma.open(material / "text" / f"{name}.txt.xz", "rt", encoding="utf-8") as lines:
            yield from (line.strip() for line in lines if len(line) > 30)


def glossary() -> list[dict[str, object]]:
    """Entries of our own glossary: official term, everyday wordings, English, questions."""
    return [row for path in sorted((OWN / "glossary").glob("*.jsonl")) for row in read_lines(path)]


def glossary_pairs(entries: list[dict[str, object]]) -> Iterator[Pair]:
    """Everyday wording, English wording and questions -> the official term."""
    for entry in entries:
        for field in ("plain", "en", "q_zh", "q_en"):
            for wording in entry.get(field) or ():
                yield str(wording), str(entry["term"])


def term_sentences(entries: list[dict[str, object]], sentences: Iterable[str]) -> dict[str, list[str]]:
    """Up to `SENTENCES_PER_TERM` sentences that contain each term."""
    by_start: dict[str, list[str]] = defaultdict(list)
    for entry in entries:
        term = str(entry["term"])
        by_start[term[:2]].append(term)
    found: dict[str, list[str]] = defaultdict(list)
    for sentence in sentences:
        if not 12 <= len(sentence) <= 150:
            continue
        for i in range(len(sentence) - 1):
            for term in by_start.get(sentence[i : i + 2], ()):
                if sentence.startswith(term, i) and len(found[term]) < SENTENCES_PER_TERM:
                    found[term].append(sentence)
    return found


def term_context_pairs(entries: list[dict[str, object]], found: dict[str, list[str]], rng: random.Random) -> tuple[list[Pair], list[Pair]]:
    """(any wording -> a sentence with the term), (the sentence in plain wording -> the sentence)."""
    context: list[Pair] = []
    swapped: list[Pair] = []
    for entry in entries:
        term = str(entry["term"])
        wordings = [str(w) for field in ("plain", "en", "q_zh", "q_en") for w in entry.get(field) or ()]
        for sentence in found.get(term, ()):
            context.extend((w, sentence) for w in rng.sample(wordings, min(4, len(wordings))))
            plain = [str(w) for w in entry.get("plain") or ()]
            if plain:
                swapped.append((sentence.replace(term, rng.choice(plain)), sentence))
    return context, swapped


def question_pairs(material: Path, left_out: set[str]) -> tuple[list[Pair], list[Pair]]:
    """(question -> its snippet), (first question -> the sentence of the snippet that answers it)."""
    to_snippet: list[Pair] = []
    to_sentence: list[Pair] = []
    for path in sorted((OWN / "questions").glob("questions_*.jsonl")):
        if path.stem.removeprefix("questions_") in left_out:
            continue
        snippets_path = material / "questions" / path.name.replace("questions_", "snippets_")
        snippets = {row["id"]: str(row["text"]) for row in read_lines(snippets_path)}
        for row in read_lines(path):
            text = snippets.get(row["id"])
            if row.get("skip") or not text:
                continue
            questions = [str(q) for field in ("q_zh", "q_en") for q in row.get(field) or ()]
            to_snippet.extend((q, text) for q in questions)
            if row.get("kw"):
                to_snippet.append((str(row["kw"]), text))
            answer = str(row.get("answer") or "")
            holders = [s for s in SENTENCE.findall(text) if answer and answer in s]
            if holders and row.get("q_zh"):
                to_sentence.append((str(row["q_zh"][0]), holders[0].strip()))  # type: ignore[index]
    return to_snippet, to_sentence


def structure_pairs(texts: list[str], rng: random.Random) -> tuple[list[Pair], list[Pair]]:
    """(sentence -> rest of its paragraph), (clause -> its sentence): what belongs together lies close."""
    rest: list[Pair] = []
    clause: list[Pair] = []
    for text in texts:
        sentences = [s.strip() for s in SENTENCE.findall(text) if len(s) > 8]
        if 2 <= len(sentences) <= 12:
            i = rng.randrange(len(sentences))
            rest.append((sentences[i], "".join(sentences[:i] + sentences[i + 1 :])[:300]))
        for sentence in sentences:
            clauses = [c for c in CLAUSE.findall(sentence) if len(c) >= 6]
            if len(clauses) >= 3:
                clause.append((rng.choice(clauses), sentence))
    return rest, clause


def dictionary_pairs(path: Path) -> list[Pair]:
    """Each English gloss -> the Chinese word."""
    pairs: list[Pair] = []
    for row in read_lines(path):
        for gloss in str(row["positive"]).split(";"):
            if gloss.strip():
                pairs.append((gloss.strip(), str(row["query"])))
    return pairs


def public_pairs(path: Path) -> list[Pair]:
    """Query/positive pairs of one public file."""
    return [(str(row["query"]), str(row["positive"])[:600]) for row in read_lines(path)]


def collect(material: Path, seed: int, left_out: set[str]) -> dict[str, list[Pair]]:
    """All sources by name, shuffled and capped."""
    rng = random.Random(seed)
    entries = glossary()
    texts = list(paragraphs(material))
    rng.shuffle(texts)
    found = term_sentences(entries, (s.strip() for text in texts for s in SENTENCE.findall(text)))
    context, swapped = term_context_pairs(entries, found, rng)
    to_snippet, to_sentence = question_pairs(material, left_out)
    rest, clause = structure_pairs(texts, rng)
    sources = {
        "glossary": list(glossary_pairs(entries)),
        "glossary_context": context,
        "glossary_swapped": swapped,
        "questions": to_snippet,
        "question_sentences": to_sentence,
        "paragraph": rest,
        "clause": clause,
    }
    own = set(sources)
    for path in sorted((material / "pairs").glob("*.jsonl.xz")):
        name = path.name.removesuffix(".jsonl.xz")
        sources[name] = dictionary_pairs(path) if name == "cedict_terms" else public_pairs(path)
    for name, pairs in sources.items():
        rng.shuffle(pairs)
        cap = {"cedict_terms": 4 * CAP, "paragraph": CAP, "clause": 2 * CAP}.get(name, None if name in own else CAP)
        del pairs[cap or len(pairs) :]
    return sources


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--material", type=Path, default=MATERIAL, help="folder with pairs/, questions/ and text/")
    parser.add_argument("--out", type=Path, default=ROOT / "built" / "training", help="where the pairs are written")
    parser.add_argument("--hold-out", nargs="*", default=[], metavar="N", help="question files to leave out (see evaluate.py)")
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    if not (arguments.material / "pairs").is_dir():
        sys.stderr.write(
            f"error: no training material at {arguments.material}: the public pairs may not be stored in this "
            "repository; give their folder with --material (sources and licences: models/README.md)\n"
        )
        return 2
    arguments.out.mkdir(parents=True, exist_ok=True)
    total = 0
    for name, pairs in collect(arguments.material, arguments.seed, set(arguments.hold_out)).items():
        with (arguments.out / f"{name}.jsonl").open("w", encoding="utf-8") as out:
            out.writelines(json.dumps(pair, ensure_ascii=False) + "\n" for pair in pairs)
        total += len(pairs)
        sys.stdout.write(f"{name:20} {len(pairs):8,} pairs\n")
    sys.stdout.write(f"{'in all':20} {total:8,} pairs -> {arguments.out}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
