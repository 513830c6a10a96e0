"""Someone who only has the README: a copy of the code in an empty folder, three files of their own, the README's steps."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.markdown import commands, section

README = ROOT / "README.md"
ZHUHAI = """2023年珠海市政府工作报告

一、2022年工作回顾

去年全市生产总值4000亿元，增长2%。进出口总额3000亿元。城镇新增就业4万人。

二、2023年工作安排

今年定下的目标：地区生产总值要增长6%左右，城镇新增就业4.5万人。
"""
NINGBO = """# 2023年宁波市政府工作报告

## 一、2022年工作回顾

去年全市生产总值15000亿元，增长3.5%。进出口总额12000亿元。新建学校30所。

## 二、2023年工作安排

今年定下的目标：地区生产总值要增长5.5%以上，城镇新增就业20万人。
"""
QUANZHOU = """<html><head><title>泉州</title></head><body><h1>2023年泉州市政府工作报告</h1><h2>一、2022年工作回顾</h2>
<p>去年全市生产总值12000亿元，增长3.5%。进出口总额2700亿元。新建公园12个，绿道40公里。</p><h2>二、2023年工作安排</h2>
<p>今年定下的目标：地区生产总值要增长6.5%左右，城镇新增就业8万人。</p></body></html>"""
OWN = {  # what the README leaves open, and places of the three files for those of its own that they do not cover
    "FOLDER_OF_REPORTS": "reports",
    "built/demo": "built/mine",
    "FILE.jsonl": "questions.jsonl",
    "--check DIR": "--check built/mine",
    "Jinhua": "Quanzhou",
    "宁波和金华": "宁波和泉州",
}
Done = dict[str, subprocess.CompletedProcess[str]]


def steps() -> dict[str, str]:
    """The README's commands for own reports -> the same with our names; the page is started by the browser tests."""
    text = "\n".join(section(README, heading) for heading in ("Your own reports", "From the shell", "Comparing places"))
    found: dict[str, str] = {}
    for command in commands(text):
        if command.startswith("python ") and "ui.py" not in command:
            own = command
            for theirs, ours in OWN.items():
                own = own.replace(theirs, ours)
            found[command] = own if "--index" in own or "--check" in own else f"{own} --index built/mine"
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    clone = tmp_path_factory.mktemp("newcomer")
    for name in ("index", "qa", "models/default"):
        shutil.copytree(ROOT / name, clone / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "build_index.py", clone)
    (clone / "reports").mkdir()
    (clone / "reports" / "zhuhai.txt").write_text(ZHUHAI, "gb18030")
    (clone / "reports" / "ningbo.md").write_text(NINGBO, "utf-8")
    (clone / "reports" / "quanzhou.html").write_text(QUANZHOU, "utf-8")
    (clone / "questions.jsonl").write_text('{"id": "a", "question": "宁波新建了几所学校"}\n{"id": "b", "question": "泉州公园"}\n', "utf-8")
    return clone


@pytest.fixture(scope="module")
def done(folder: Path) -> Done:
    """Every step in the order of the README, by the interpreter that runs the tests."""
    results: Done = {}
    for command, own in steps().items():
        arguments = [sys.executable, *shlex.split(own)[1:]]
        typed = "珠海的就业目标是多少\n那宁波呢?\n" if " chat " in own else ""
        results[command] = subprocess.run(arguments, cwd=folder, input=typed, capture_output=True, text=True, timeout=120, check=False)
    return results


def only(done: Done, *words: str) -> subprocess.CompletedProcess[str]:
    [result] = [result for command, result in done.items() if all(word in command for word in words)]
    return result


def test_every_step_succeeds(done: Done):
    assert len(done) >= 9
    assert {command: result.stderr for command, result in done.items() if result.returncode} == {}


def test_three_files_are_read_and_the_index_is_sound(done: Done):
    built = only(done, "FOLDER_OF_REPORTS").stdout
    assert all(place in built for place in ("珠海", "宁波", "泉州"))
    assert "3 files, 3 documents" in built and ", 0 skipped -> built/mine" in built
    assert "sound" in only(done, "--check").stdout


def test_questions_are_answered(done: Done):
    assert "6%" in only(done, "ask", "珠海").stdout.splitlines()[0]
    answer = json.loads(only(done, "ask", "--json").stdout)
    assert answer["answered"] and "8万人" in answer["answer"]["sentence"]
    assert "20万人" in only(done, "chat").stdout
    rows = [json.loads(line) for line in only(done, "batch").stdout.splitlines()]
    assert [row["id"] for row in rows] == ["a", "b"]
    assert "30所" in rows[0]["answer"]["sentence"] and "公园12个" in rows[1]["answer"]["sentence"]


def test_places_are_compared_and_written_to_a_file(done: Done, folder: Path):
    from openpyxl import load_workbook

    table = only(done, "compare", "GDP").stdout
    assert [next(line for line in table.splitlines() if place in line).split()[2] for place in ("珠海", "宁波", "泉州")] == [
        "6",
        "5.5",
        "6.5",
    ]
    assert "宁波" in only(done, "compare", "谁的").stdout.splitlines()[-2]
    rows = list(load_workbook(folder / "jobs.xlsx").worksheets[0].iter_rows(values_only=True))
    column = rows[0].index("数值")
    assert {row[0]: row[column] for row in rows[1:]} == {"宁波": 200_000, "泉州": 80_000}
    assert all(place in only(done, "targets").stdout for place in ("珠海", "宁波", "泉州"))
