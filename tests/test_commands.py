"""The commands as a user runs them: output, exit codes, one clear line for every mistake."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("commands") / "index"
    done = run("build_index.py", "corpus", "--index", folder)
    assert done.returncode == 0, done.stderr
    assert "宁波" in done.stdout
    return folder


def test_ask_prints_sentence_and_source(index: Path):
    done = run("-m", "qa", "ask", "宁波2023年经济增长目标是多少", "--index", index)
    assert done.returncode == 0
    assert "【" in done.stdout
    assert "宁波 · 2023" in done.stdout


def test_ask_json_is_one_object(index: Path):
    done = run("-m", "qa", "ask", "宁波2023年经济增长目标是多少", "--index", index, "--json", "--k", "3")
    answer = json.loads(done.stdout)
    assert answer["answered"]
    assert len(answer["hits"]) == 3


def test_batch_keeps_order_and_ids(index: Path, tmp_path: Path):
    questions = tmp_path / "q.jsonl"
    questions.write_text('{"id": "x2", "question": "宁波的学校"}\n\n{"id": "x1", "question": "南极的企鹅有多少"}\n', "utf-8")
    done = run("-m", "qa", "batch", "--index", index, "--questions", questions, "--k", "2")
    assert done.returncode == 0
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["x2", "x1"]


def test_build_json_again_says_nothing_changed(index: Path):
    done = run("build_index.py", "corpus", "--index", index, "--json")
    summary = json.loads(done.stdout)
    assert summary["rebuilt"] is False
    assert {"title", "province", "city", "level", "year", "kind", "file", "passages", "evidence"} <= set(summary["documents"][0])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["build_index.py", "nowhere", "--index", "{tmp}/i"], "nowhere does not exist"),
        (["build_index.py", "{tmp}", "--index", "{tmp}-i"], "holds no files"),
        (["build_index.py", "corpus", "--index", "{tmp}/i", "--model", "./no-model"], "no model folder"),
        (["-m", "qa", "ask", "问题", "--index", "{tmp}/nothing"], "no index at"),
        (["-m", "qa", "ask", " ", "--index", "{index}"], "question is empty"),
        (["-m", "qa", "batch", "--questions", "{tmp}/q.jsonl", "--index", "{index}"], "does not exist"),
        (["-m", "qa", "ask", "问题", "--index", "{index}", "--model", "{tmp}/x/y"], "no model folder"),
        (["ui.py", "--index", "{tmp}/nothing"], "no index at"),
        (["ui.py", "--index", "{index}", "--corpus", "{tmp}/nothing"], "nothing does not exist"),
    ],
)
def test_mistakes_get_one_clear_line_and_exit_code_2(arguments: list[str], message: str, index: Path, tmp_path: Path):
    done = run(*(a.format(tmp=tmp_path, index=index) for a in arguments))
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_skipped_files_give_exit_code_1(tmp_path: Path):
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "a.txt").write_text("2023年宁波市政府工作报告\n去年全市修路12公里，改造小区3个。", "utf-8")
    (tmp_path / "c" / "bad.txt").write_bytes(b"")
    done = run("build_index.py", tmp_path / "c", "--index", tmp_path / "i")
    assert done.returncode == 1
    assert "bad.txt: holds no text" in done.stdout


def test_a_bad_line_of_a_question_file_is_named(index: Path, tmp_path: Path):
    (tmp_path / "q.jsonl").write_text('{"question": "好"}\nnot json\n', "utf-8")
    done = run("-m", "qa", "batch", "--questions", tmp_path / "q.jsonl", "--index", index)
    assert done.returncode == 2
    assert "line 2" in done.stderr


def test_chat_completes_follow_ups(index: Path):
    command = [sys.executable, "-m", "qa", "chat", "--index", str(index)]
    lines = "宁波2023年GDP增长目标是多少\n那泉州呢\n"
    done = subprocess.run(command, cwd=ROOT, input=lines, capture_output=True, text=True, timeout=60, check=True)
    assert "（泉州2023年" in done.stdout
    assert "泉州 · 2023" in done.stdout
