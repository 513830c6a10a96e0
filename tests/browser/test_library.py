"""The library tab over a small library of its own, so that nothing another test relies on is changed."""

from __future__ import annotations

import base64
import http.client
import json
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import page_index_of, serve
from tests.conftest import REPORT

pytestmark = pytest.mark.browser
ATTACK = "<img src=x onerror=document.title='broken'>"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page over three reports, one of them hostile, and a file that cannot be read."""
    folder = tmp_path_factory.mktemp("library")
    (folder / "c").mkdir()
    for name, city in (("a.txt", "宁波"), ("b.txt", "青岛")):
        (folder / "c" / name).write_text(REPORT.format(city=city, gdp="900", goal="6"), "utf-8")
    (folder / "c" / "d.txt").write_text(f"2021年贵港市政府工作报告{ATTACK}\n\n一、2020年工作回顾\n\n去年全市修路12公里。\n", "utf-8")
    (folder / "c" / "e.txt").write_text("今年修路12公里，改造小区3个。\n", "utf-8")
    (folder / "c" / "bad.docx").write_bytes(b"no docx")
    with serve(page_index_of(folder, folder / "c")) as found:
        yield found


@pytest.fixture
def page(browser, address: str):
    context = browser.new_context(viewport={"width": 1200, "height": 900}, locale="zh-CN")
    page = context.new_page()
    troubles: list[str] = []
    page.on("request", lambda r: troubles.append(r.url) if r.url.startswith("http") and not r.url.startswith(address) else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda m: troubles.append(m.text) if "js_on_load" in m.text else None)
    page.goto(address)
    page.get_by_role("tab", name="资料库").click()
    page.wait_for_selector("table.reports")
    yield page
    context.close()
    assert troubles == []


def report(city: str) -> dict:
    return {"name": f"{city}.txt", "mimeType": "text/plain", "buffer": REPORT.format(city=city, gdp="900", goal="8").encode()}


def rows(page) -> list[str]:
    return page.locator("table.reports tbody th").all_inner_texts()


def updated(page, act) -> None:
    """Do something, and wait until the build that it starts has ended."""
    page.evaluate("document.querySelector('.work-now').textContent = ''")
    act()
    page.wait_for_function("document.querySelector('.work-now').textContent === '资料库已更新'", timeout=60_000)
    page.wait_for_timeout(400)


def test_what_is_indexed(page):
    assert page.locator(".counts").inner_text().split()[:2] == ["4", "份报告"]
    assert ["宁波" in r or "青岛" in r or "贵港" in r for r in rows(page)].count(True) == 3
    page.locator(".left-out summary").click()
    assert "bad.docx" in page.locator(".left-out li").inner_text()
    assert "损坏" in page.locator(".left-out li").inner_text()


def test_what_is_unsure_tells_what_it_was_read_from(page):
    page.check(".only-unsure")
    page.wait_for_function("document.querySelectorAll('table.reports tbody tr').length === 1")
    page.locator("details.unsure summary").click()
    assert "没有读到" in page.locator("details.unsure ul").inner_text()


def test_a_report_is_found_by_typing(page):
    page.fill(".find", "青岛")
    page.wait_for_function("document.querySelectorAll('table.reports tbody tr').length === 1")
    page.fill(".find", "没有这份")
    page.wait_for_selector(".list .none")
    page.fill(".find", "")
    page.wait_for_function("document.querySelectorAll('table.reports tbody tr').length === 4")


def test_sorting_says_so(page):
    page.get_by_role("button", name="年份").click()
    page.wait_for_selector("th[aria-sort=ascending]")
    assert "贵港" in rows(page)[0]
    page.keyboard.press("Enter")  # the focus is still on the column's name
    page.wait_for_selector("th[aria-sort=descending]")


def test_titles_are_shown_as_text(page):
    assert any(ATTACK in r for r in rows(page))
    assert page.locator("#library img").count() == 0 and page.title() != "broken"
    page.get_by_role("button", name="更正: 2021年贵港").click()
    assert ATTACK in page.locator("dialog.correct .about").inner_text()
    assert page.locator("dialog img").count() == 0


def test_the_index_can_be_checked(page):
    page.get_by_role("button", name="检查索引").click()
    page.wait_for_function("document.querySelector('.checked').textContent === '索引完好'")


def test_added_files_answer_while_the_page_stays(page):
    updated(page, lambda: page.set_input_files(".pick-files", [report("泉州"), report("温州")]))
    assert "6" == page.locator(".counts b").first.inner_text()
    assert page.locator(".badge", has_text="页面添加").count() == 2
    page.get_by_role("button", name="移除: 2023年温州").click()
    assert "会被删除" in page.locator("dialog.sure .about").inner_text()
    updated(page, lambda: page.locator("dialog.sure [type=submit]").click())
    assert not any("温州" in r for r in rows(page))
    found = ask_engine(page, "泉州")
    assert "泉州" in found


def ask_engine(page, city: str) -> str:
    page.fill(".find", city)
    page.wait_for_function(f"document.querySelector('table.reports').innerText.includes('{city}')")
    page.wait_for_function("document.querySelectorAll('table.reports tbody tr').length === 1")
    return page.locator("table.reports tbody").inner_text()


def test_progress_is_shown_for_every_step(page):
    page.evaluate(
        """() => { window.seen = new Set();
        new MutationObserver(() => { for (const li of document.querySelectorAll('.steps li.ended'))
          if (!document.querySelector('.steps').hidden) window.seen.add(li.dataset.step); })
          .observe(document.querySelector('.work'), {subtree: true, attributes: true, childList: true}); }"""
    )
    updated(page, lambda: page.set_input_files(".pick-files", [report(c) for c in ("金华", "珠海", "中山")]))
    assert {"upload", "texts"} <= set(page.evaluate("[...window.seen]"))
    labels = page.locator(".steps progress").evaluate_all("bars => bars.map(b => b.getAttribute('aria-label'))")
    assert labels == ["上传", "读取与索引", "写入", "切换"]
    assert page.locator(".work-now").get_attribute("aria-live") == "polite"


def test_what_is_not_taken_is_told(page):
    page.set_input_files(
        ".pick-files",
        [
            {"name": "a<b>.exe", "mimeType": "x/y", "buffer": b"x"},
            {"name": "空.txt", "mimeType": "text/plain", "buffer": b""},
        ],
    )
    assert page.locator(".refused li").all_inner_texts() == ["a<b>.exe：不支持这种文件", "空.txt：是空文件"]


def test_a_file_over_the_limit_is_not_sent(page, tmp_path: Path):
    with (tmp_path / "大.txt").open("wb") as out:
        out.truncate(50_000_001)
    page.set_input_files(".pick-files", str(tmp_path / "大.txt"))
    assert page.locator(".refused li").all_inner_texts() == ["大.txt：超过 50 MB"]


def test_a_folder_is_dropped(page):
    updated(
        page,
        lambda: page.evaluate(
            """text => { const data = new DataTransfer();
            data.items.add(new File([text], '商洛.txt')); data.items.add(new File([text], '.DS_Store'));
            document.querySelector('.add').dispatchEvent(new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true})); }""",
            REPORT.format(city="商洛", gdp="700", goal="5"),
        ),
    )
    assert any("商洛" in r for r in rows(page))


def test_a_correction_and_its_undoing(page):
    page.get_by_role("button", name="更正: 2023年青岛").click()
    assert page.evaluate("document.activeElement.name") == "city"
    page.keyboard.press("Escape")
    assert not page.locator("dialog.correct").is_visible()
    assert "青岛" in page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("Enter")
    page.fill("dialog.correct [name=year]", "1800")
    page.locator("dialog.correct [type=submit]").click()
    assert page.locator("dialog.correct").is_visible()  # the browser itself refuses the year
    page.fill("dialog.correct [name=year]", "2020")
    updated(page, lambda: page.locator("dialog.correct [type=submit]").click())
    row = page.locator("table.reports tr", has_text="青岛")
    assert "2020年" in row.inner_text() and "已更正" in row.inner_text()
    row.get_by_role("button", name="更正").click()
    updated(page, lambda: page.get_by_role("button", name="撤销更正").click())
    assert "2023年" in page.locator("table.reports tr", has_text="青岛").inner_text()


def test_removed_and_put_back(page):
    page.get_by_role("button", name="移除: 2023年青岛").click()
    assert "不会被删除" in page.locator("dialog.sure .about").inner_text()
    box = page.locator("dialog.sure").bounding_box()
    assert abs(box["y"] + box["height"] / 2 - 450) < 40  # in the middle of the window
    page.get_by_role("button", name="取消").locator("visible=true").click()
    page.get_by_role("button", name="移除: 2023年青岛").click()
    updated(page, lambda: page.locator("dialog.sure [type=submit]").click())
    assert not any("青岛" in r for r in rows(page))
    page.locator(".left-out summary").click()
    updated(page, lambda: page.get_by_role("button", name="放回: b.txt").click())
    assert any("青岛" in r for r in rows(page))


def test_the_english_page(browser, address: str):
    page = browser.new_page(locale="en-GB")
    page.goto(f"{address}/en")
    page.get_by_role("tab", name="Library").click()
    page.wait_for_selector("table.reports")
    assert "reports" in page.locator(".counts").inner_text()
    assert page.get_by_role("button", name="Choose a folder").is_visible()
    page.close()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 1200), ("light", 380)])
def test_contrast_and_width(browser, address: str, scheme: str, width: int):
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(address)
    page.get_by_role("tab", name="资料库").click()
    page.wait_for_selector("table.reports")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    pale = page.evaluate(CONTRAST)
    assert pale == []
    page.close()


CONTRAST = """() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = (colour) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const light = ([r, g, b]) => { const f = (v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b); };
  const ground = (node) => { for (; node; node = node.parentElement) { const c = rgba(getComputedStyle(node).backgroundColor); if (c[3] === 255) return c; } return [255, 255, 255]; };
  const pale = [];
  for (const node of document.querySelectorAll('#library *')) {
    if (!node.checkVisibility() || ![...node.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) || node.disabled) continue;
    const [a, b] = [light(rgba(getComputedStyle(node).color)), light(ground(node))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) pale.push(node.className + ' ' + node.textContent.slice(0, 20));
  }
  return pale;
}"""


def post(address: str, path: str, body: object) -> tuple[int, str]:
    request = urllib.request.Request(address + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.status, answer.read().decode()


def test_only_what_was_sent_here_is_taken(address: str, tmp_path: Path):
    """The script's own way over HTTP, with paths that a browser has no business to send."""
    (tmp_path / "mine.txt").write_text("2023年宁波市政府工作报告\n\n今年修路12公里。\n", "utf-8")
    with urllib.request.urlopen(f"{address}/config", timeout=20) as answer:
        config = json.load(answer)
    ids = [c["id"] for c in config["components"] if c["props"].get("elem_id") == "library"]
    assert ids
    for path in ("/etc/passwd", str(tmp_path / "mine.txt"), "../../../../etc/passwd", f"{tempfile.gettempdir()}/gradio/../../etc/passwd"):
        asked = json.dumps({"path": path, "name": "mine.txt"})
        body = {"session_hash": "x", "component_id": ids[0], "fn_name": "add_file", "data": asked}
        status, text = post(address, "/gradio_api/component_server", body)
        assert status == 200 and "error" in json.loads(json.loads(text))
    assert (tmp_path / "mine.txt").exists()


def test_gradio_refuses_a_large_file_by_itself(address: str):
    boundary = base64.b16encode(b"boundary").decode()
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'.encode()
    body = head + b"x" * 50_000_100 + f"\r\n--{boundary}--\r\n".encode()
    kind = f"multipart/form-data; boundary={boundary}"
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=60)
    try:
        connection.request("POST", "/gradio_api/upload", body, {"Content-Type": kind})
        assert connection.getresponse().status == 413
    except (BrokenPipeError, ConnectionResetError):
        pass  # refused before all of it was sent
    finally:
        connection.close()
