"""The documents are true: commands run or have a reason, options are named, links lead somewhere, formats are as told."""

from __future__ import annotations

import ast
import re
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from index.library import FORMAT, SCHEMA
from index.readers import READERS
from qa.engine import Engine
from qa.table import FIGURES, TEXTS
from tests.conftest import ROOT
from tests.markdown import blocks, commands
from tests.test_newcomer import steps

README, CHINESE, FORMATS, FAQ = (ROOT / name for name in ("README.md", "README.zh.md", "docs/formats.md", "docs/faq.md"))
DOCUMENTS = [README, CHINESE, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
TEXT = {path: path.read_text("utf-8") for path in DOCUMENTS}

# command -> the test that runs it; the README's own steps are run by tests/test_newcomer.py and need no line here.
RUN = {
    "python corpus/tools/check_digests.py ../shared/reports corpus/NAME.md": (
        "test_digests.py::test_the_command_lists_findings_and_tells_by_its_exit_code"
    ),
    "python benchmarks/quality.py --wrong": "test_corpus_questions.py::test_quality_prints_a_table_verdicts_and_what_is_wrong",
    "python build_index.py FOLDER_OF_REPORTS --index built/milvus --store milvus": (
        "test_milvus.py::test_from_the_shell_nothing_hangs_and_nothing_is_printed_beside"
    ),
    "python benchmarks/stores.py built/reports built/milvus --questions ../shared/eval/questions.jsonl": (
        "test_milvus.py::test_the_benchmarks_of_stores_run"
    ),
    "python benchmarks/room.py built/reports": "test_milvus.py::test_the_benchmarks_of_stores_run",
    "python benchmarks/milvus_size.py --passages 10000": "test_milvus.py::test_the_benchmarks_of_stores_run",
    "python benchmarks/milvus_size.py --passages 30000": "test_milvus.py::test_the_benchmarks_of_stores_run",
    "python examples/embed_many.py FOLDER_OF_REPORTS --vectors built/vectors --index built/many --model ./bge-m3": (
        "test_examples.py::test_vectors_made_by_ray_give_the_index_of_one_process"
    ),
    "python benchmarks/compare.py --golds benchmarks/corpus_comparisons.jsonl --index built/corpus": (
        "test_corpus_questions.py::test_comparisons_are_measured_from_the_shell_too"
    ),
}
API = ROOT / "docs" / "api.md"
RUN |= {
    command: "test_api.py::test_the_examples_of_the_document_work"
    for command in commands(API.read_text("utf-8"))
    if command.startswith("curl") and "PASSWORD" not in command
}
RUN["python -m qa feedback"] = "test_feedback.py::test_an_approved_answer_becomes_a_question_with_its_evidence"
NOT_RUN = {
    "python -m qa feedback --index built/demo --out good.jsonl --wrong wrong.jsonl": "needs verdicts of visitors; test_feedback.py makes some",
    "python benchmarks/quality.py": "takes a minute; what it measures over the sample is held by test_corpus_questions.py",
    "python ui.py --index built/mine": "serves until it is stopped; tests/browser starts it",
    "python ui.py --index built/mine --corpus FOLDER_OF_REPORTS": "serves until it is stopped; test_shelf.py gives a shelf its folders",
    "python ui.py --index built/mine --host 0.0.0.0 --password": "serves until it is stopped; tests/test_access.py starts it",
    "python ui.py --index built/mine --host 0.0.0.0 --open": "serves until it is stopped; tests/test_access.py starts it",
    "python benchmarks/page_speed.py": "starts the page three times in Chromium, a minute",
    'curl -s -u any:PASSWORD http://127.0.0.1:7860/gradio_api/run/library -H "Content-Type: application/json" -d \'{"data": [null, null, 200]}\'': (
        "needs a password; tests/test_access.py logs in"
    ),
    "make demo": "sets up .venv and serves until it is stopped; its two commands are run by test_commands.py and tests/browser",
    "make test": "is what runs this",
    "make lint": "ruff and mypy, run by `make check` before every commit",
    "make check": "runs this",
    "make format": "would change the files under test",
    "make quality": "is python benchmarks/quality.py",
    "make bench": "takes minutes; each of its commands is run in small by test_speed.py or test_corpus_questions.py",
    "python benchmarks/speed.py": "takes minutes; test_speed.py runs its parts",
    ".venv/bin/python -m pip install -r requirements-bench.txt": "needs the network",
    "make clean": "would remove the indexes of whoever runs the tests",
    "source .venv/bin/activate": "changes the shell of whoever types it",
    "python -m qa": "a name in a sentence, not a line to type",
    "python -m qa ... --reranker NAME_OR_PATH": "needs a downloaded model",
    ".venv/bin/python -m pytest tests/test_build.py": "would run tests inside tests",
    ".venv/bin/python -m pytest tests/test_load.py -s": "would run tests inside tests",
    '.venv/bin/python -m pytest -m "not browser"': "would run tests inside tests",
    "python benchmarks/quality.py --index built/other --questions FILE.jsonl": "needs a downloaded model",
    "python build_index.py FOLDER_OF_REPORTS --index built/milvus --store milvus --uri http://HOST:19530": (
        "needs a server; test_milvus.py runs one of Milvus Lite"
    ),
    "pip install pymilvus==3.0.2 milvus-lite==3.2.2": "needs the network",
    'pip install "ray[data]==2.60.0"': "needs the network",
    "python build_index.py reports/广东 --index built/广东 --store milvus --uri http://HOST:19530": "needs a server",
    "python examples/embed_many.py ../shared/reports --vectors built/vectors --index built/many": "needs Ray; test_examples.py runs it where it is",
    "python benchmarks/distractors.py": "takes minutes and the texts of ../shared/training",
    "python models/compact_glossary.py": "writes a file of the repository",
    "python build_index.py FOLDER_OF_REPORTS --index built/other --model ./bge-m3": "needs a downloaded model",
    "python build_index.py ../shared/reports --index built/other --model ./bge-m3": "needs a downloaded model",
    "ocrmypdf -l chi_sim scan.pdf readable.pdf": "a program that is not part of this",
    "export HTTPS_PROXY=http://proxy.example:8080": "needs a proxy",
    "pip download -r requirements.txt -d wheels": "needs the network",
    "python3 -m venv .venv": "would make another environment in the repository",
    ".venv/bin/python -m pip install --no-index --find-links wheels -r requirements.txt": "needs the packages in a folder",
    "touch .venv/.ready": "tells make that the packages are there",
}
ROOMS = {"index", "qa", "pages", "models", "corpus", "benchmarks", "examples", "tests", "docs"}


def outside_blocks(text: str) -> str:
    return re.sub(r"^    .*$", "", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S), flags=re.M)


def test_every_command_is_run_by_a_test_or_has_a_reason():
    written = {command for text in TEXT.values() for command in commands(text)}
    known = set(RUN) | set(NOT_RUN) | set(steps())
    assert sorted(written - known) == [], "run these in a test and list it in RUN, or give the reason in NOT_RUN"
    assert sorted((set(RUN) | set(NOT_RUN)) - written) == [], "these stand in no document"
    assert not set(RUN) & set(NOT_RUN)


@pytest.mark.parametrize("test", sorted(set(RUN.values())))
def test_the_tests_named_are_there(test: str):
    file, name = test.split("::")
    tree = ast.parse((ROOT / "tests" / file).read_text("utf-8"))
    assert [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == name]


def options(*command: str) -> tuple[set[str], list[str]]:
    """The long options that a command's help prints, and its subcommands."""
    done = subprocess.run([sys.executable, *command, "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    inner = re.search(r"\{([a-z,]+)\}", done.stdout)
    return set(re.findall(r"--[a-z][a-z-]*", done.stdout)) - {"--help"}, inner[1].split(",") if inner else []


def test_every_option_of_every_command_is_named():
    told = "\n".join(TEXT.values())
    _, subcommands = options("-m", "qa")
    unnamed = {}
    for command in (("build_index.py",), ("ui.py",), *(("-m", "qa", name) for name in subcommands)):
        missing = {option for option in options(*command)[0] if not re.search(rf"{option}(?![a-z-])", told)}
        unnamed |= {" ".join(command): missing} if missing else {}
    unnamed |= {name: {"the command itself"} for name in subcommands if f"python -m qa {name}" not in told}
    assert unnamed == {}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_and_files_named_are_there(path: Path):
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", TEXT[path]) if "://" not in link and not link.startswith("#")]
    assert [link for link in links if not (path.parent / link).exists()] == []
    named = re.findall(r"`([\w./-]+/[\w./-]*)`", outside_blocks(TEXT[path]))
    assert [name for name in named if name.split("/")[0] in ROOMS and not (ROOT / name).exists()] == []


def test_the_chinese_readme_says_the_same():
    english, chinese = TEXT[README], TEXT[CHINESE]
    assert blocks(chinese) == blocks(english)
    assert commands(chinese) == commands(english)
    for pattern in (r"^#+ ", r"\d+\.\d{3}", r"\]\([^)]+\.png\)", r"^\d+\. "):
        assert len(re.findall(pattern, chinese, re.M)) == len(re.findall(pattern, english, re.M)), pattern
    figures = r"\| *(\d+\.\d+)"
    assert re.findall(figures, chinese) == re.findall(figures, english) != []
    assert set(re.findall(r"--[a-z]+", chinese)) == set(re.findall(r"--[a-z]+", english))


def test_figures_of_the_readme_are_those_of_the_measurements():
    measured = (ROOT / "benchmarks" / "README.md").read_text("utf-8")
    rows = [row.split("|")[2:6] for row in TEXT[README].splitlines() if re.match(r"\|.*\d\.\d{3}", row)]
    assert rows
    for row in rows:
        assert re.search(r"\|".join(re.escape(cell) for cell in row), measured), row


def test_the_demo_prints_the_counts_that_the_readme_shows(sample_engine: Engine):
    counts = sample_engine.library.manifest["counts"]
    line = "{files} files, {documents} documents, {passages} passages, {sentences} sentences, 0 skipped".format(**counts)
    assert line in TEXT[README] and line in TEXT[CHINESE]


@pytest.mark.parametrize("suffix", sorted(READERS))
def test_every_format_that_is_read_is_named(suffix: str):
    also = {".markdown": ".md", ".htm": ".html", ".mht": ".mhtml"}
    for path in (README, CHINESE):
        assert re.search(rf"\{also.get(suffix, suffix)}\b", TEXT[path]), path.name


def test_messages_that_the_faq_quotes_are_printed():
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "index").rglob("*.py"))
    quoted = [line.split(": ", 2)[2] for block in blocks(TEXT[FAQ]) for line in block.splitlines() if line.startswith("跳过 skipped: ")]
    assert len(quoted) == 2
    assert [message for message in quoted if message not in code] == []
    assert f"has format {FORMAT - 1}, this version reads {FORMAT}" in TEXT[FAQ]


def test_the_questions_of_the_readme_are_answered_by_the_sample(sample_engine: Engine):
    asked = [words[0] for command in commands(TEXT[README]) if (words := re.findall(r'qa ask "([^"]+)"', command))]
    assert len(asked) >= 2
    assert [question for question in asked if not sample_engine.ask(question).answered] == []


def keys(value: object) -> set[str]:
    """All keys of nested objects."""
    if isinstance(value, dict):
        return set(value) | {key for inner in value.values() for key in keys(inner)}
    return {key for inner in value for key in keys(inner)} if isinstance(value, list | tuple) else set()


def test_formats_name_every_key_and_column(sample_engine: Engine):
    told = TEXT[FORMATS]
    manifest = sample_engine.library.manifest
    free = {"evidence", "hashes"}  # their keys are fields and paths
    found = set(manifest) | keys({k: v for k, v in manifest.items() if k not in free and k != "documents"})
    found |= set(manifest["documents"][0]) | set(manifest["counts"]) | set(manifest["model"])
    found |= keys(sample_engine.ask("深圳的学校").as_json()) | keys(sample_engine.ask("温州的学校").as_json())
    found |= keys(sample_engine.compare("宁波和温州谁的GDP更大").as_json())
    found |= keys([aim.as_json() for aim in sample_engine.targets("GDP增长", ["温州"])])
    assert sorted(key for key in found if f'"{key}"' not in told and f"`{key}`" not in told) == []
    assert all(column in told for column in (*FIGURES, *TEXTS))
    assert SCHEMA.strip() in "\n".join(blocks(told)) and f"(now {FORMAT})" in told


def test_vectors_lie_where_the_formats_say(sample_engine: Engine):
    library = sample_engine.library
    data = (library.generation / "passages.faiss").read_bytes()
    mark, dimension, count, _, _, trained, metric, size = struct.unpack("<4siqqqbiQ", data[:45])
    assert (mark, trained, metric, size) == (b"IxFI", 1, 0, count * dimension)
    vectors = np.frombuffer(data[45:], "<f4").reshape(count, dimension)
    assert np.array_equal(vectors, library.passages.vectors(np.arange(count)))
    assert {p.name for p in library.generation.iterdir()} == set(re.findall(r"^    ([a-z.]+)/?  ", _tree(), re.M))
    types = dict(re.findall(r"^\| `([\w.]+\.npy)` \| (\w+)", TEXT[FORMATS], re.M))
    found = {p.name: str(np.load(p).dtype) for folder in ("rows", "words", "tokens") for p in (library.generation / folder).glob("*.npy")}
    assert found == types


def _tree() -> str:
    """What the formats draw inside a generation."""
    drawn = next(block for block in blocks(TEXT[FORMATS]) if block.startswith("DIR/"))
    return drawn.split("generations/NAME/\n")[1]
