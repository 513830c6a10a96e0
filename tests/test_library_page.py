"""The library as HTML, and the functions its script calls."""

from __future__ import annotations

import ast
import json
import re
import tempfile
import time
from pathlib import Path

import pytest

from index.build import build
from index.library import Library
from pages import library_tab
from pages.reasons import in_chinese
from pages.texts import TEXTS
from pages.voices import speak
from qa import library_page
from qa.engine import Engine
from qa.library_page import PAGE, View, counts_html, evidence_text, frame_html, left_out_html, list_html, places_html
from qa.page import Voice
from qa.shelf import LOCKED, STEPS, Shelf
from tests.conftest import ROOT, ToyEncoder

ATTACK = "<img src=x onerror=alert(1)>\"'&{{7*7}}${7*7}"


def row(number: int = 0, **values: object) -> dict:
    known = {
        "id": f"{number:016x}",
        "title": f"2023年第{number}号报告",
        "city": "宁波",
        "province": "浙江省",
        "level": "city",
        "year": 2023,
        "kind": "政府工作报告",
        "file": f"{number}.txt",
        "name": f"{number}.txt",
        "passages": number,
        "evidence": {},
        "unsure": [],
        "uploaded": False,
        "corrected": False,
        "together": 1,
    }
    return known | values


@pytest.fixture(params=["zh", "en"])
def voice(request: pytest.FixtureRequest) -> Voice:
    column = ("zh", "en").index(request.param)
    return Voice({key: both[column] for key, both in TEXTS.items()})


def test_everything_is_escaped(voice: Voice):
    bad = row(1, title=ATTACK, city=ATTACK, kind=ATTACK, name=ATTACK, file=ATTACK, evidence={"city": ATTACK}, unsure=["city"])
    view = View()
    shown = list_html([bad], view, voice, True) + places_html([bad], [])
    shown += left_out_html(
        [{"file": ATTACK, "name": ATTACK, "reason": ATTACK, "removed": removed} for removed in (True, False)], voice, True
    )
    assert "<img" not in shown
    assert shown.count("&lt;img src=x onerror=alert(1)&gt;") >= 8
    assert 'alert(1)>"' not in shown


def test_a_thousand_reports_come_in_pages_and_quickly(voice: Voice):
    rows = [row(n) for n in range(1001)]
    begun = time.perf_counter()
    first, last, beyond = (list_html(rows, View(page=page), voice, True) for page in (0, 10, 99))
    assert time.perf_counter() - begun < 1
    assert first.count("<tr>") == PAGE + 1 and last.count("<tr>") == 2
    assert beyond == last
    assert "1001" in last and "disabled" in first and "disabled" in last


def test_what_is_looked_for_may_stand_in_any_column():
    words = Voice({}, places={"宁波": "Ningbo"})
    rows = [row(1), row(2, city="青岛", province="山东省", year=2021), row(3, name="SCAN.pdf")]
    for find, expected in (("宁波 2023", [1, 3]), ("山东", [2]), ("ningbo", [1, 3]), ("scan", [3]), ("报告", [1, 2, 3]), ("没有", [])):
        assert [r["passages"] for r in View(find=find).rows(rows, words)] == expected, find


@pytest.mark.parametrize("column", library_page.COLUMNS)
def test_sorting_puts_what_is_not_known_last(column: str):
    rows = [row(2, level="county", year=2022), row(1, **{column: None}), row(3, level="province", year=2021)]
    rows = [r for r in rows if column != "passages" or r["passages"] is not None]
    upwards = [r["id"] for r in View(order=column).rows(rows, Voice({}))]
    downwards = [r["id"] for r in View(order=column, descending=True).rows(rows, Voice({}))]
    if column != "passages":
        assert upwards[-1] == downwards[-1] == row(1)["id"]
        upwards, downwards = upwards[:-1], downwards[:-1]
    assert sorted(upwards) == sorted(downwards)
    if column in ("year", "level", "passages"):
        assert upwards == downwards[::-1]


def test_only_those_to_check():
    assert [r["passages"] for r in View(unsure=True).rows([row(1), row(2, unsure=["year"])], Voice({}))] == [2]


def test_evidence_is_told_in_words():
    words = Voice({key: both[0] for key, both in TEXTS.items()})
    found = row(evidence={"city": "三乡镇: 6 ×", "year": "2023年报告"})
    assert evidence_text(found, "city", words) == "按出现次数推断：“三乡镇”出现 6 次"
    assert "“2023年报告”" in evidence_text(found, "year", words)
    assert evidence_text(found, "kind", words) == "没有读到"


def test_reports_of_one_file_go_together(voice: Voice):
    alone, together = (list_html([row(1, together=n)], View(), voice, True) for n in (1, 7))
    assert "7" in together and len(together) > len(alone)


def test_counts():
    words = Voice({})
    assert counts_html([row(1), row(2, city=None, year=None), row(3, city="青岛")], words) == (
        "<span><b>3</b> documents</span><span><b>2</b> places</span><span><b>1</b> years</span><span><b>6</b> passages</span>"
    )


def test_read_only_shows_no_buttons(voice: Voice):
    assert "<button" not in list_html([row(1)], View(), voice, False).split("<tbody>")[1]
    assert "put-back" not in left_out_html([{"file": "a", "name": "a", "reason": "", "removed": True}], voice, False)


def test_every_key_the_tab_uses_has_a_text(voice: Voice):
    frame = frame_html(voice, [".txt"], 5_000_000, STEPS, ["浙江省"])
    assert "step_" not in frame and "level_" not in frame
    assert all(f"read_only_{reason}" in TEXTS for reason in LOCKED)
    called = set()
    for path in (ROOT / "qa" / "library_page.py", ROOT / "pages" / "library_tab.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                if ast.unparse(node.func) in ("voice", "voice.html"):
                    called.add(node.args[0].value)
    assert called - set(TEXTS) == set()
    data = json.loads(frame.split('data-library="')[1].split('"')[0].replace("&quot;", '"'))
    assert set(data["texts"]) <= set(TEXTS)
    script = (ROOT / "pages" / "library.js").read_text("utf-8")
    used = {a or b for a, b in re.findall(r"""say\("(\w+)"|texts\.(\w+)""", script)}
    assert used == set(data["texts"])


def test_page_code_needs_neither_gradio_nor_numpy():
    tree = ast.parse((ROOT / "qa" / "library_page.py").read_text("utf-8"))
    names = {a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not {name.split(".")[0] for name in names} & {"gradio", "numpy"}


def messages() -> list[str]:
    """What files are skipped for and changes refused for, as written in the code, with X for what is filled in."""
    found = []
    for path in [*(ROOT / "index" / "readers").glob("*.py"), ROOT / "index" / "additions.py"]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("UnreadableFile", "CorpusError") and node.args:
                text = node.args[0]
                if isinstance(text, ast.Constant):
                    found.append(str(text.value))
                elif isinstance(text, ast.JoinedStr) and not isinstance(text.values[0], ast.FormattedValue):
                    found.append("".join(str(v.value) if isinstance(v, ast.Constant) else "X" for v in text.values))
    return found


@pytest.mark.parametrize("message", sorted(set(messages())))
def test_messages_have_chinese_words(message: str):
    told = in_chinese(message.replace("X added", "5 added").replace("X files have", "5 files have"))
    assert any("一" <= c <= "鿿" for c in told), message


def test_a_message_keeps_its_values():
    assert in_chinese("the same report (甲) is in a.txt") == "同一份报告（甲）已在 a.txt 里"
    assert in_chinese("a.exe: no reader for .exe; these kinds are read: .txt, .md") == "a.exe：不支持 .exe；可读 .txt, .md"
    assert in_chinese("something new") == "something new"


@pytest.fixture
def shelf(corpus: Path, tmp_path: Path, toy: ToyEncoder) -> Shelf:
    build([corpus], tmp_path / "index", toy)
    return Shelf(Engine(Library(tmp_path / "index"), toy))


def functions(shelf: Shelf, language: str = "zh") -> dict:
    voice = speak(shelf, language)
    return {f.__name__: f for f in [*library_tab._shown(shelf, voice), *library_tab._changes(shelf, voice)]}


def test_the_list_as_the_script_gets_it(shelf: Shelf):
    answer = json.loads(functions(shelf)["list_reports"]('{"find": "青岛"}'))
    assert "青岛" in answer["list"] and "宁波" not in answer["list"]
    assert "<b>2</b>" in answer["counts"] and answer["locked"] == ""
    locked = json.loads(functions(Shelf(shelf.engine, editable=False))["list_reports"]("{}"))
    assert "--password" in locked["locked"] and "data-do=" not in locked["list"].split("<tbody>")[1]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "asked",
    [
        "",
        "null",
        "[]",
        '"x"',
        "{",
        "[[1]]",
        '{"page": "x"}',
        '{"page": 1e999}',
        '{"page": -5}',
        '{"find": {"a": 1}, "order": [], "page": null}',
    ],
)
@pytest.mark.parametrize("name", ["list_reports", "build_state", "add_file", "change_library", "check_index"])
def test_nothing_the_browser_sends_raises(shelf: Shelf, name: str, asked: object, language: str):
    answer = json.loads(functions(shelf, language)[name](asked))
    assert isinstance(answer, dict)
    if name in ("add_file", "change_library"):
        assert answer["error"]


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../../etc/passwd", "", "\0", "corpus/a.txt", "~/.ssh/id_rsa", f"{tempfile.gettempdir()}/gradio/0/x.txt"]
)
def test_a_path_that_gradio_did_not_give_out_is_refused(shelf: Shelf, path: str):
    answer = json.loads(functions(shelf)["add_file"](json.dumps({"path": path, "name": "a.txt"})))
    assert "不是从本页上传的" in answer["error"]
    assert not shelf.additions.uploads.exists()


@pytest.mark.parametrize(
    "change", [{"do": "remove", "id": "x"}, {"do": "correct", "id": "x", "values": {"year": "2020"}}, {"do": "format"}]
)
def test_a_change_that_cannot_be_starts_no_build(shelf: Shelf, change: dict):
    assert json.loads(functions(shelf)["change_library"](json.dumps(change)))["error"]
    assert shelf.work.round == 0 and not shelf.work.running
