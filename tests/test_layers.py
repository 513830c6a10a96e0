"""The law of direction: ui -> qa -> index; heavy packages only where they are used."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULES = [p for folder in ("index", "qa") for p in sorted((ROOT / folder).rglob("*.py")) if "data" not in p.parts]


def imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    names = {a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
    return names | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_module_reaches_upwards(path: Path):
    roots = {name.split(".")[0] for name in imports(path)}
    assert not roots & {"gradio", "ui", "pages", "build_index"}
    if path.parts[-2] != "qa" and "qa" not in path.relative_to(ROOT).parts:
        assert "qa" not in roots


def test_importing_the_packages_loads_nothing_heavy():
    code = (
        "import sys, index, qa, index.build, index.library, qa.engine, qa.page\n"
        "print([m for m in ('torch', 'gradio', 'faiss', 'sentence_transformers', 'jieba', 'bm25s', 'pymilvus') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_page_code_needs_neither_gradio_nor_numpy():
    assert not {name.split(".")[0] for name in imports(ROOT / "qa" / "page.py")} & {"gradio", "numpy"}


def test_the_default_model_is_read_without_torch(tmp_path: Path):
    code = "import sys; from index.encoder import open_encoder; open_encoder().encode_queries(['污水']); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("path", [p for p in MODULES if p.stem != "html_lines"], ids=lambda p: str(p.relative_to(ROOT)))
def test_records_cannot_be_changed(path: Path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        for made in node.decorator_list if isinstance(node, ast.ClassDef) else ():
            if "dataclass" in ast.unparse(made):
                assert "frozen=True" in ast.unparse(made), node.name  # threads share them; html_lines builds its own step by step
