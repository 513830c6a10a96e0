"""The check of the digests finds what it should: runs copied from a report, figures that are not in the own report."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest import REPORTS, ROOT

NINGBO = """2023年宁波市政府工作报告

去年全市新修步道１，２００公里，栽下银杏和香樟 31 万株。沿江的旧码头改成了可以喝茶看船的长廊。

今年计划再修步道85公里，扶持“小巨人”企业。
"""
QINGDAO = NINGBO.replace("宁波", "青岛").replace("31", "47").replace("旧码头改成了可以喝茶看船的长廊", "仓库成了书店")
DIGEST = "# 2023年宁波市政府工作报告摘编\n\n去年宁波修好1,200公里步道，种树31万株；2023年还要修85公里。\n"


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_digests", ROOT / "corpus" / "tools" / "check_digests.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


checker = load()
PHRASES = re.compile("旧码头改造工程")


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / "a.txt").write_text(NINGBO, "utf-8")
    (folder / "b.txt").write_text(QINGDAO, "utf-8")
    return folder


@pytest.fixture
def findings(tmp_path: Path, reports: Path):
    def run(text: str) -> list[str]:
        digest = tmp_path / "digest.md"
        digest.write_text(text, "utf-8")
        own = checker.read_reports(reports)
        runs = checker.runs_of((text for texts in own.values() for text in texts), PHRASES)
        return checker.check(digest, own, runs, PHRASES)

    return run


def test_a_digest_in_own_words_with_true_figures_passes(findings):
    assert findings(DIGEST) == []


def test_a_run_of_twelve_characters_is_found_in_its_longest_form(findings):
    assert findings(DIGEST + "宁波的旧码头改成了可以喝茶看船的长廊，很美。\n") == ["copied: 的旧码头改成了可以喝茶看船的长廊"]


def test_eleven_characters_are_no_run(findings):
    assert findings(DIGEST + "宁波：旧码头改成了可以喝茶，船很多。\n") == []


def test_a_run_of_any_report_is_found(findings):
    assert findings(DIGEST + "旧厂房外，沿江的仓库成了书店。\n") == []
    assert findings(DIGEST + "听说沿江的旧码头改成了可以喝茶的地方。\n") == ["copied: 沿江的旧码头改成了可以喝茶"]


@pytest.mark.parametrize("between", ["85", "，", "\n", "“改成了”"])
def test_figures_punctuation_and_quotes_end_a_run(between: str):
    text = f"沿江的老房子都{between}可以喝茶看船"
    assert checker.copied_runs(text, checker.runs_of([text], PHRASES), PHRASES) == []


@pytest.mark.parametrize(("after", "count"), [("可以喝茶看", 1), ("可以喝茶", 0)])
def test_a_set_phrase_counts_as_one_character(after: str, count: int):
    text = f"沿江的老房子旧码头改造工程{after}"  # 6 + 1 + 5 characters are a run, 6 + 1 + 4 are none
    assert len(checker.copied_runs(text, checker.runs_of([text], PHRASES), PHRASES)) == count


def test_a_wrong_figure_is_found(findings):
    assert findings(DIGEST.replace("31", "32")) == ["figure not in its report: 32"]
    assert findings(DIGEST.replace("1,200", "1,201")) == ["figure not in its report: 1201"]


def test_a_figure_of_another_report_is_wrong(findings):
    assert findings(DIGEST.replace("31", "47")) == ["figure not in its report: 47"]


def test_a_digest_without_a_report_is_named(findings):
    assert findings(DIGEST.replace("2023", "2019")) == ["no report of 宁波 of 2019 to hold its figures against"]


def test_the_command_lists_findings_and_tells_by_its_exit_code(tmp_path: Path, reports: Path, capsys: pytest.CaptureFixture[str]):
    digest = tmp_path / "d.md"
    digest.write_text(DIGEST, "utf-8")
    assert checker.main([str(reports), str(digest)]) == 0
    digest.write_text(DIGEST.replace("85", "86"), "utf-8")
    assert checker.main([str(reports), str(digest)]) == 1
    assert capsys.readouterr().out.splitlines() == ["1 digests, 0 findings", "d.md: figure not in its report: 86", "1 digests, 1 findings"]
    assert checker.main([str(tmp_path / "nowhere")]) == 2


def test_all_digests_pass(capsys: pytest.CaptureFixture[str]):
    if not REPORTS.is_dir():
        pytest.skip("the real reports (../shared/reports) are not on this machine")
    assert checker.main([str(REPORTS)]) == 0, capsys.readouterr().out
    assert capsys.readouterr().out == "28 digests, 0 findings\n"
