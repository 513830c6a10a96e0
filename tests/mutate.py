"""Break one line of the code at a time and see whether a test fails (mutation testing).

    python tests/mutate.py [--count 30] [--seed 1] [--json FILE]

Each mutant is a copy of the project in a temporary folder in which one comparison, sum, constant, condition or returned
value of `index/`, `qa/` or `pages/` is changed. The tests of the same name run first, then all but the browser's and those
that are slow or talk to a server; for the page's own code some of these too. Tests that fail without a change are left
out. Prints every mutant with the test that caught it, and how many were caught.
"""

from __future__ import annotations

import argparse
import ast
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("index", "qa", "pages")
LEFT_OUT = ("built", ".git", ".venv", "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis")
SLOW = ("kill", "milvus", "size", "workers", "load", "newcomer", "speed", "threads", "quick_import", "safety", "examples", "access", "api")
SERVED = ("access", "api", "safety")  # of those, what asks a served page: for mutants of `pages/`
FLIPS: dict[type, type] = {
    ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip


def changes(tree: ast.Module) -> Iterator[ast.AST]:
    """Every node that can be changed; type hints and docstrings are not code."""
    hints = {
        id(n) for node in ast.walk(tree) for field in ("annotation", "returns") if (h := getattr(node, field, None)) for n in ast.walk(h)
    }
    for node in ast.walk(tree):
        if id(node) in hints or getattr(node, "lineno", 0) == 0:
            continue
        flips = isinstance(node, ast.Compare) and type(node.ops[0]) in FLIPS
        flips = flips or (isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in FLIPS)
        number = isinstance(node, ast.Constant) and type(node.value) in (int, float, bool)
        if flips or number or (isinstance(node, ast.Return) and node.value is not None) or isinstance(node, ast.If):
            yield node


def change(node: ast.AST) -> str:
    """Change a node where it stands; what was done, in words."""
    if isinstance(node, ast.Compare):
        node.ops[0] = FLIPS[type(node.ops[0])]()
    elif isinstance(node, ast.BinOp | ast.BoolOp):
        node.op = FLIPS[type(node.op)]()
    elif isinstance(node, ast.Constant):
        node.value = not node.value if isinstance(node.value, bool) else node.value + 1  # type: ignore[operator] - a number
    elif isinstance(node, ast.Return):
        node.value = ast.Constant(None)
    elif isinstance(node, ast.If):
        node.test = ast.UnaryOp(ast.Not(), node.test)
    return type(node).__name__


def mutants(count: int, seed: int) -> list[tuple[Path, int, str, str]]:
    """(file, line, kind of change, the whole mutated text), at random and the same for the same seed."""
    files = [p for room in ROOMS for p in sorted((ROOT / room).rglob("*.py")) if "data" not in p.parts]
    places = [(path, at) for path in files for at, _ in enumerate(changes(ast.parse(path.read_text("utf-8"))))]
    found = []
    for path, at in random.Random(seed).sample(places, count):
        tree = ast.parse(path.read_text("utf-8"))
        node = list(changes(tree))[at]
        line = node.lineno  # type: ignore[attr-defined] - `changes` gives only nodes that have one
        kind = change(node)
        found.append((path.relative_to(ROOT), line, kind, ast.unparse(ast.fix_missing_locations(tree))))
    return found


def failures(chosen: list[str], folder: Path, left_out: Sequence[str], *, first: bool) -> list[str]:
    """Tests that fail; only the first of them with `first`."""
    command = [sys.executable, "-m", "pytest", *chosen, "-m", "not browser", "-q", "-p", "no:cacheprovider", *(["-x"] if first else [])]
    command += [f"--ignore=tests/test_{name}.py" for name in SLOW if f"tests/test_{name}.py" not in chosen]
    command += [f"--deselect={test}" for test in left_out]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=1200)
    except subprocess.TimeoutExpired:
        return ["time limit"]
    found = re.findall(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.M)
    return found or (["pytest ended with " + str(done.returncode)] if done.returncode not in (0, 5) else [])


def caught_by(path: Path, text: str, folder: Path, left_out: Sequence[str]) -> str:
    """The first test that fails on a mutant, empty where none does."""
    copy = folder / path
    before = copy.read_text("utf-8")
    copy.write_text(text, "utf-8")
    names = [p.stem.removeprefix("test_") for p in (folder / "tests").glob("test_*.py")]
    near = [f"tests/test_{name}.py" for name in names if path.stem.rstrip("s") in name or name in path.stem]
    served = [f"tests/test_{name}.py" for name in SERVED] if path.parts[0] == "pages" else []
    try:
        for chosen in (near, ["tests"], served):
            if chosen and (found := failures(chosen, folder, left_out, first=True)):
                return found[0]
        return ""
    finally:
        copy.write_text(before, "utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory(prefix="mutants-") as place:
        folder = Path(place) / "project"
        shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
        if (ROOT.parent / "shared").is_dir():
            (Path(place) / "shared").symlink_to(ROOT.parent / "shared")
        left_out = failures(["tests"], folder, (), first=False)
        sys.stdout.write("left out, failing without a change: " + (", ".join(left_out) or "none") + "\n")
        sys.stdout.flush()
        for number, (path, line, kind, text) in enumerate(mutants(options.count, options.seed), 1):
            caught = caught_by(path, text, folder, left_out)
            rows.append({"file": str(path), "line": line, "change": kind, "caught_by": caught})
            sys.stdout.write(f"{number:3} {path}:{line} {kind:10} {caught or 'SURVIVED'}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{sum(bool(r['caught_by']) for r in rows)} of {len(rows)} caught\n")
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
