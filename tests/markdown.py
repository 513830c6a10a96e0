"""The commands of the documents, as someone reads them: lines of code blocks and words in backticks."""

from __future__ import annotations

import re
from pathlib import Path

HEADS = "python3|python|pip|make|source|export|touch|ocrmypdf|git|curl|wget|cd|sudo|apt-get|docker|npm|SentenceTransformer"
_COMMAND = re.compile(rf"^(?:\$ )?((?:\.venv/bin/)?(?:{HEADS})\b.*)$")
_INLINE = re.compile(r"`([^`\n]+)`")


def blocks(text: str) -> list[str]:
    """The code blocks of a Markdown text, indented or fenced, without their marks."""
    found: list[list[str]] = []
    fenced, inside, before = False, False, ""
    for line in text.splitlines():
        if line.lstrip().startswith("```"):
            fenced = not fenced
            if fenced:
                found.append([])
        elif fenced:
            found[-1].append(line)
        elif line.startswith("    ") and (inside or not before.strip()):
            if not inside:
                found.append([])
            inside = True
            found[-1].append(line[4:])
        else:
            inside = inside and not line.strip()
        before = line
    return ["\n".join(lines).strip() for lines in found]


def commands(text: str) -> list[str]:
    """Every command of a document in order, comments behind it left out: of its blocks, then those in backticks."""
    lines = [line for block in blocks(text) for line in block.splitlines()]
    lines += [words for words in _INLINE.findall(text) if " " in words]
    found = (_COMMAND.match(line.split("  # ")[0].split(" # ")[0].strip()) for line in lines)
    return list(dict.fromkeys(match[1] for match in found if match))


def section(path: Path, heading: str) -> str:
    """The text under one heading of level 2."""
    parts = re.split(r"^## (.+)$", path.read_text("utf-8"), flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))[heading]
