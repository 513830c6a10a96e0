"""The readers: the same report in every format gives the same passages, and no file of any kind stops a build."""

from __future__ import annotations

import io
import re
import stat
import struct
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from index.build import build
from index.errors import UnreadableFile
from index.passages import split_passages
from index.readers import READERS, Reading, read_bytes
from index.readers.archive import MEMBER_LIMIT, member_name
from index.readers.decoding import decode
from index.readers.doc import read_doc
from index.readers.docx_numbering import number_text
from index.readers.pdf import read_pdf
from index.readers.tables import table_lines
from index.reading import read_documents
from index.records import RawText
from tests import make_files as make
from tests.conftest import ROOT, ToyEncoder

REPORT, TEXT = make.REPORT, make.text()
MARKED = "\n\n".join(f"## {line}" if line[1] == "、" else line for line in REPORT)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read(data: bytes, suffix: str) -> RawText:
    (text,) = read_bytes(data, f"file{suffix}", suffix).texts
    return text


def lines(data: bytes, suffix: str) -> list[str]:
    return [line for line in read(data, suffix).text.split("\n") if line.strip()]


def reason(data: bytes, suffix: str) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read_bytes(data, f"file{suffix}", suffix)
    return caught.value.reason


def passages(folder: Path, data: bytes, suffix: str) -> tuple[list[tuple[str, tuple[str, ...]]], tuple[object, ...]]:
    """Passages without white space and heading marks, and the metadata."""
    path = folder / f"report{suffix}"
    path.write_bytes(data)
    (document,), skipped, _ = read_documents(path, path.name)
    assert skipped == []
    found = [(re.sub(r"[\s#]", "", p.text), p.heading) for p in split_passages(document)]
    meta = document.meta
    return found, (meta.title, meta.city, meta.province, meta.level, meta.year, meta.kind)


# --- the same report, whatever it is saved as ------------------------------------------------------------------

FORMATS = {
    "utf-8": (TEXT.encode(), ".txt"),
    "utf-8 with mark": (TEXT.encode("utf-8-sig"), ".txt"),
    "gb18030": (TEXT.encode("gb18030"), ".txt"),
    "utf-16": (TEXT.encode("utf-16"), ".txt"),
    "utf-16 without mark": (TEXT.encode("utf-16-le"), ".txt"),
    "windows line ends": (TEXT.replace("\n", "\r\n").encode("gb18030"), ".txt"),
    "markdown": (MARKED.encode(), ".md"),
    "docx": (make.docx(), ".docx"),
    "docx named doc": (make.docx(), ".doc"),
    "mhtml": (make.mhtml(make.pages()["paragraphs"]), ".mhtml"),
    "mhtml in gbk": (make.mhtml(make.pages()["breaks"], "gb18030"), ".mht"),
    "pdf": (make.pdf(), ".pdf"),
    "pdf, two columns": (make.pdf(columns=2, size=14), ".pdf"),
    "pdf, large print": (make.pdf(size=22), ".pdf"),
} | {f"page of {name}": (page.encode(), ".html") for name, page in make.pages().items()}


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_report_gives_the_same_passages(name: str, tmp_path: Path):
    expected, meta = passages(tmp_path, TEXT.encode(), ".txt")
    assert len(expected) >= 8
    assert meta[:3] == (REPORT[0], "青岛", "山东省")
    assert passages(tmp_path, *FORMATS[name]) == (expected, meta)


def test_traditional_report_in_big5(tmp_path: Path):
    text = make.text(make.TRADITIONAL)
    assert read(text.encode("big5"), ".txt").text == text
    assert passages(tmp_path, text.encode("big5"), ".txt") == passages(tmp_path, text.encode(), ".txt")


# --- encodings -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("length", [8, 16, 40, 200])
def test_short_pieces_are_decoded(encoding: str, length: int):
    pieces = [TEXT[i : i + length] for i in range(0, len(TEXT) - length, 37)]
    wrong = [piece for piece in pieces if decode(piece.encode(encoding))[0] != piece]
    assert len(wrong) <= len(pieces) // 20


def test_short_traditional_pieces_are_decoded():
    text = make.text(make.TRADITIONAL)
    pieces = [text[i : i + 16] for i in range(0, len(text) - 16, 37)]
    assert [p for p in pieces if decode(p.encode("big5"))[0] != p] == []
    assert [p for p in pieces if decode(p.encode("gb18030"))[0] != p] == []


@pytest.mark.parametrize("other", ["gb18030", "big5"])
def test_a_paragraph_in_another_encoding_is_read_and_nothing_lost(other: str):
    source = make.TRADITIONAL if other == "big5" else REPORT
    mixed = b"\n".join(line.encode(other if i == 6 else "utf-8") for i, line in enumerate(source))
    raw = read(mixed, ".txt")
    assert (raw.text, raw.removed) == (make.text(source), ())
    turned = b"\n".join(line.encode("utf-8" if i == 6 else other) for i, line in enumerate(source))
    assert read(turned, ".txt").text == make.text(source)


def test_a_damaged_byte_is_shown_and_told():
    damaged = TEXT.encode().replace("不平凡".encode(), b"\xff\xfe" + "平凡".encode())
    raw = read(damaged, ".txt")
    assert raw.text.replace("\ufffd", "") == TEXT.replace("不平凡", "平凡")
    assert raw.removed and raw.removed[0].startswith("line 6")


def test_a_file_cut_off_in_a_character_is_read():
    raw = read(TEXT.encode()[:-1], ".txt")
    assert raw.text == TEXT[:-1]
    assert raw.removed == ("the file ends in the middle of a character",)


def test_emoji_and_rare_characters_survive_everywhere():
    odd = "新建公园😀12处，𠮷祥村通路。"
    for data, suffix in [
        (odd.encode(), ".txt"),
        (odd.encode("gb18030"), ".txt"),
        (make.docx([REPORT[0], odd]), ".docx"),
        (make.page(f"<p>{odd}</p>").encode(), ".html"),
    ]:
        assert odd in read(data, suffix).text


def test_english_text():
    text = "The city plans 35,000 new jobs. It builds 52 schools.\n" * 5
    assert read(text.encode(), ".txt").text == text
    assert read(text.encode("utf-16-le"), ".txt").text == text


# --- web pages -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", make.pages())
def test_menu_side_bar_and_foot_are_left_out(name: str):
    found = lines(make.pages()[name].encode(), ".html")
    extra = [line for line in found if line.strip("# ") not in REPORT]
    assert extra == ([] if name != "sections" else extra)
    assert len(found) >= len(REPORT)
    assert not any(word in "".join(found) for word in ("脚本", "color", "ICP备", "政务公开", "打印"))


@pytest.mark.parametrize("charset", ["utf-8", "gb2312", "gbk"])
def test_charset_of_a_page(charset: str):
    markup = make.page("".join(f"<p>{line}</p>" for line in REPORT), charset)
    assert "".join(REPORT) in "".join(lines(markup.encode("utf-8" if charset == "utf-8" else "gb18030"), ".html"))
    wrong = make.page("".join(f"<p>{line}</p>" for line in REPORT), "utf-8")  # says utf-8 and is not
    assert "".join(REPORT) in "".join(lines(wrong.encode("gb18030"), ".html"))


def test_tables_of_a_page_keep_their_header():
    body = "".join(f"<p>{line}</p>" for line in REPORT)
    for tag in ("td", "th"):
        found = lines(make.page(body + make.html_table(tag=tag)).encode(), ".html")
        assert found[-2:] == make.TABLE_LINES


def test_merged_cells_of_a_page():
    markup = (
        "<table><tr><td rowspan=2>指标</td><td colspan=2>2023年</td></tr><tr><td>总量</td><td>增速</td></tr>"
        "<tr><td>生产总值</td><td>1500亿元</td><td>5.9%</td></tr><tr><td>财政收入</td><td>130亿元</td><td>5.1%</td></tr></table>"
    )
    assert lines(make.page(markup).encode(), ".html")[-2:] == [
        "指标：生产总值；2023年总量：1500亿元；2023年增速：5.9%",
        "指标：财政收入；2023年总量：130亿元；2023年增速：5.1%",
    ]


def test_unnumbered_headings_of_a_page_become_markdown():
    body = f"<h1>{REPORT[0]}</h1><h2>工业怎么样</h2><p>{REPORT[5]}</p><h2>一、道路</h2><p>{REPORT[7]}</p>"
    assert lines(make.page(body).encode(), ".html") == [REPORT[0], "## 工业怎么样", REPORT[5], "一、道路", REPORT[7]]


def test_headings_that_point_to_themselves_and_nested_pre():
    body = f"<h2><a href='#a'>工业怎么样</a></h2><p>{REPORT[5]}</p><pre><code>第一行。\n<b>第二</b>行。</code></pre>"
    assert lines(make.page(f"<h1>{REPORT[0]}</h1>{body}").encode(), ".html")[1:] == ["## 工业怎么样", REPORT[5], "第一行。", "第二行。"]


def test_a_headline_that_is_only_in_the_head_is_put_first():
    found = lines(make.page("".join(f"<p>{line}</p>" for line in REPORT[2:])).encode(), ".html")
    assert found[:2] == [REPORT[0], "各位代表："]


def test_a_long_text_in_a_block_named_like_a_frame_is_kept():
    body = f"<div class='content bottom'>{''.join(f'<p>{line}</p>' for line in REPORT)}</div>"
    assert lines(make.page(body).encode(), ".html") == REPORT


def test_pages_without_text():
    assert "script" in reason(make.page("<div id='app'></div><script>render('有字')</script>").encode(), ".html")
    assert "holds no" in reason(b"<html><body><script>1</script></body></html>", ".html")
    assert "no html part" in reason(b"MIME-Version: 1.0\nContent-Type: text/plain\n\nhello", ".mhtml")


def test_deep_and_broken_markup():
    deep = "<div>" * 1_900 + "".join(f"<p>{line}" for line in REPORT)
    assert lines(make.page(deep).encode(), ".html") == REPORT
    assert "nested" in reason(make.page("<div>" * 3_000 + TEXT).encode(), ".html")


# --- Word ------------------------------------------------------------------------------------------------------


def test_tables_of_word_stand_in_order_and_keep_their_header():
    document = make.new_docx()
    document.add_paragraph(REPORT[0])
    make.add_table(document, make.TABLE)
    document.add_paragraph(REPORT[5])
    assert lines(make.saved(document), ".docx") == [REPORT[0], *make.TABLE_LINES, REPORT[5]]


def test_merged_cells_of_word_are_not_repeated():
    document = make.new_docx()
    table = make.add_table(document, [["类别", "指标", "数值"], ["", "产值", "12亿元"], ["", "利润", "3亿元"]])
    table.cell(1, 0).merge(table.cell(2, 0)).text = "工业"
    assert lines(make.saved(document), ".docx") == ["类别：工业；指标：产值；数值：12亿元", "指标：利润；数值：3亿元"]


def test_headings_of_word():
    document = make.new_docx()
    document.add_paragraph(REPORT[0], "Title")
    for heading, level in (("一、道路", 1), ("总体情况", 1), ("（一）大桥", 2), ("小巷", 3)):
        document.add_heading(heading, level)
    assert lines(make.saved(document), ".docx") == [REPORT[0], "一、道路", "# 总体情况", "（一）大桥", "### 小巷"]


def test_automatic_numbers_of_word():
    document = make.new_docx()
    document.add_paragraph(REPORT[0])
    for text in ("新建学校6所。", "修路12公里。"):
        document.add_paragraph(text, "List Number")
    document.add_paragraph("没有编号。", "List Bullet")
    assert lines(make.saved(document), ".docx")[1:] == ["1. 新建学校6所。", "2. 修路12公里。", "没有编号。"]


def test_chinese_automatic_numbers():
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    document = make.new_docx()
    numbering = document.part.numbering_part.element
    shapes = (("chineseCountingThousand", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3."))
    levels = "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{style}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for i, (style, text) in enumerate(shapes)
    )
    numbering.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90">{levels}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="90"><w:abstractNumId w:val="90"/></w:num>'))
    for level, text in ((0, "回顾"), (1, "工业"), (1, "农业"), (2, "粮食"), (0, "安排"), (1, "道路")):
        paragraph = document.add_paragraph(text)
        properties = paragraph._p.get_or_add_pPr()
        properties.append(parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="90"/></w:numPr>'))
    assert lines(make.saved(document), ".docx") == ["一、回顾", "（一）工业", "（二）农业", "1. 粮食", "二、安排", "（一）道路"]


def test_numbers_in_words_styles():
    assert [number_text(n, "chineseCounting") for n in (1, 10, 11, 20, 21, 99)] == ["一", "十", "十一", "二十", "二十一", "九十九"]
    assert [number_text(n, "lowerRoman") for n in (4, 9, 14)] == ["iv", "ix", "xiv"]
    assert [number_text(n, "upperLetter") for n in (1, 26, 27)] == ["A", "Z", "AA"]


def test_content_controls_links_deletions_and_boxes_of_word():
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    document = make.new_docx()
    document.add_paragraph(REPORT[0])
    for inner in (
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>控件里的一段。</w:t></w:r></w:p></w:sdtContent></w:sdt>",
        "<w:p><w:r><w:t>修改</w:t></w:r><w:del><w:r><w:delText>删去</w:delText></w:r></w:del><w:ins><w:r><w:t>后的。</w:t></w:r></w:ins></w:p>",
        "<w:p><w:hyperlink><w:r><w:t>链接的字。</w:t></w:r></w:hyperlink><w:r><w:t>框外。</w:t><w:pict><w:txbxContent><w:p><w:r>"
        "<w:t>框里。</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p>",
    ):
        tag, _, rest = inner.partition(">")
        document.element.body.insert(-1, parse_xml(f"{tag} {nsdecls('w')}>{rest}"))
    assert lines(make.saved(document), ".docx")[1:] == ["控件里的一段。", "修改后的。", "链接的字。框外。", "框里。"]


def repacked(data: bytes, **parts: str) -> bytes:
    """A docx with parts put in or replaced."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        members = {name: package.read(name) for name in package.namelist()}
    for name, text in parts.items():
        members[name] = text.encode()
    return make.zipped(list(members.items()))


def test_footnotes_of_word_follow_the_text():
    data = make.docx(REPORT[:6])
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        types = package.read("[Content_Types].xml").decode()
        relations = package.read("word/_rels/document.xml.rels").decode()
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    types = types.replace("</Types>", f'<Override PartName="/word/footnotes.xml" ContentType="{kind}"/></Types>')
    link = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    relations = relations.replace("</Relationships>", f'<Relationship Id="rId99" Type="{link}" Target="footnotes.xml"/></Relationships>')
    notes = "".join(
        f'<w:footnote w:id="{i}"{kind}><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:footnote>'
        for i, kind, text in ((0, ' w:type="separator"', "-"), (1, "", "小巨人：专精特新的小企业。"))
    )
    footnotes = f'<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">{notes}</w:footnotes>'
    changed = {"[Content_Types].xml": types, "word/_rels/document.xml.rels": relations, "word/footnotes.xml": footnotes}
    assert lines(repacked(data, **changed), ".docx") == [*REPORT[:6], "[1] 小巨人：专精特新的小企业。"]


def test_strict_word_files_are_told():
    with zipfile.ZipFile(io.BytesIO(make.docx())) as package:
        relations = package.read("_rels/.rels").decode()
    strict = relations.replace("http://schemas.openxmlformats.org/officeDocument/2006", "http://purl.oclc.org/ooxml/officeDocument")
    assert "Strict" in reason(repacked(make.docx(), **{"_rels/.rels": strict}), ".docx")


def test_word_files_that_cannot_be_read():
    assert "password" in reason(OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), ".docx")
    assert ".doc" in reason(OLE + b"\0" * 600, ".docx")
    assert "damaged or cut off" in reason(make.docx()[:-200], ".docx")
    assert "damaged" in reason(make.zipped([("word/document.xml", b"<not xml")]), ".docx")
    assert "damaged" in reason(make.zipped([("a.txt", b"a")]), ".docx")


# --- old Word --------------------------------------------------------------------------------------------------


def converter(folder: Path, name: str, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A converter of our own on an otherwise empty PATH."""
    if sys.platform == "win32":
        pytest.skip("shell scripts")
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(folder))


def test_old_word_needs_a_converter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    for suffix in (".doc", ".wps"):
        assert re.search("install LibreOffice.*antiword.*catdoc", reason(OLE + b"x" * 600, suffix))
    assert "no Word file" in reason(b"x" * 600, ".doc")


def test_old_word_through_a_converter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    converter(tmp_path, "antiword", "echo 一、道路; echo 修路12公里。", monkeypatch)
    assert read(OLE + b"x" * 600, ".doc").text == "一、道路\n修路12公里。\n"
    converter(tmp_path, "antiword", "exit 1", monkeypatch)
    assert "antiword cannot read it" in reason(OLE + b"x" * 600, ".doc")
    converter(tmp_path, "soffice", "exit 0", monkeypatch)
    assert "could not be converted" in reason(OLE + b"x" * 600, ".wps")


def test_a_converter_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    converter(tmp_path, "catdoc", "while :; do :; done", monkeypatch)
    begun = time.perf_counter()
    with pytest.raises(UnreadableFile, match=r"longer than 0\.3 seconds"):
        read_doc(OLE + b"x" * 600, "a.doc", time_limit=0.3)
    assert time.perf_counter() - begun < 5


def test_web_pages_named_doc():
    assert lines(make.pages()["word"].encode(), ".doc")[:2] == REPORT[:2]


# --- pdf -------------------------------------------------------------------------------------------------------


def test_running_heads_and_page_numbers_are_taken_out_and_told():
    raw = read(make.pdf(REPORT * 3), ".pdf")
    assert len(raw.page_starts) >= 4
    assert raw.text.split("\n") == REPORT * 3
    last = len(raw.page_starts)
    assert raw.removed == (f"page 1-{last}: 青岛市政府工作报告", f"page 1-{last}: — 1 —")
    assert list(raw.page_starts) == sorted(raw.page_starts)
    assert raw.page_starts[0] == 0


def test_two_columns_are_read_one_after_the_other():
    assert lines(make.pdf(REPORT * 2, columns=2, size=11), ".pdf") == REPORT * 2
    assert lines(make.pdf(REPORT * 2, columns=3, size=9), ".pdf") == REPORT * 2


def test_turned_pages_and_watermarks():
    raw = read(make.turned_pdf(REPORT[2:6], watermark="征求意见稿"), ".pdf")
    assert raw.text.split("\n") == REPORT[2:6] * 4
    assert raw.removed == ("watermark: 征求意见稿",)


def test_scanned_pages_are_reported():
    reading = read_bytes(make.pdf(scans=[2]), "a.pdf", ".pdf")
    (raw,) = reading.texts
    assert "page 2: scanned, no text" in raw.removed
    assert [(s.file, s.reason) for s in reading.skipped] == [("a.pdf", "page 2: scanned, no text")]
    assert "第1页上的一句话" in raw.text
    assert raw.page_starts[1] == raw.page_starts[2] or len(raw.page_starts) > 2


def test_a_scan_is_refused():
    assert "ocrmypdf" in reason(make.pdf([" "], scans=[1], head=""), ".pdf")


def test_protected_pdf():
    assert "password" in reason(make.pdf(password="secret"), ".pdf")
    assert lines(make.pdf(owner_only=True), ".pdf") == REPORT


def test_damaged_pdf():
    whole = make.pdf()
    assert "cut off" in reason(whole[: len(whole) // 2], ".pdf")
    assert "no pdf" in reason(b"%PDF-1.7\n" + b"x" * 500 + b"\n%%EOF", ".pdf")
    assert "no pdf" in reason(TEXT.encode(), ".pdf")


def test_a_pdf_that_takes_too_long_is_given_up():
    with pytest.raises(UnreadableFile, match=r"longer than 0\.001 seconds"):
        read_pdf(make.pdf(), "a.pdf", time_limit=0.001)


# --- archives --------------------------------------------------------------------------------------------------


def test_members_of_an_archive_and_of_one_inside():
    inner = make.zipped([("深/宁波.md", TEXT.encode()), ("third.zip", make.zipped([("a.txt", b"a")]))])
    archive = make.zipped(
        [("a/青岛.txt", TEXT.encode("gb18030")), ("b.zip", inner), ("x.xyz", b"x"), (".hidden", b"x"), ("__MACOSX/._a", b"x")]
    )
    reading = read_bytes(archive, "all.zip", ".zip")
    assert [t.file for t in reading.texts] == ["all.zip/a/青岛.txt", "all.zip/b.zip/深/宁波.md"]
    assert [s.file for s in reading.skipped] == ["all.zip/b.zip/third.zip", "all.zip/x.xyz"]
    assert "zip in a zip in a zip" in reading.skipped[0].reason


def test_gbk_names_are_shown_right():
    archive = make.zipped([("各市报告/宁波市.txt", TEXT.encode())], gbk_names=True)
    assert [t.file for t in read_bytes(archive, "z.zip", ".zip").texts] == ["z.zip/各市报告/宁波市.txt"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.txt", "etc/passwd.txt"),
        ("/abroad/a.txt", "abroad/a.txt"),
        ("C:\\reports\\宁波.txt", "reports/宁波.txt"),
        ("..\\..\\a.txt", "a.txt"),
        ("a/./b.txt", "a/b.txt"),
        ("..", "unnamed"),
    ],
)
def test_names_that_climb_are_only_shown(name: str, shown: str, tmp_path: Path):
    member = zipfile.ZipInfo(name)
    member.flag_bits |= 0x800
    assert member_name(member) == shown
    archive = make.zipped([(name, TEXT.encode())])
    (tmp_path / "z.zip").write_bytes(archive)
    before = sorted(tmp_path.rglob("*"))
    read_bytes(archive, "z.zip", ".zip")
    assert sorted(tmp_path.rglob("*")) == before


def declare(archive: bytes, size: int) -> bytes:
    """The archive with its first member's unpacked size declared as `size` in the directory."""
    at = archive.index(b"PK\x01\x02") + 24
    return archive[:at] + struct.pack("<I", size) + archive[at + 4 :]


def test_bombs_are_refused():
    assert "to 1" in reason(make.zipped([("a.txt", b"0" * 5_000_000)]), ".zip")
    assert "MB" in reason(declare(make.zipped([("a.txt", TEXT.encode())]), 3_000_000_000), ".zip")
    assert "files" in reason(make.zipped([(f"{i}.txt", b"") for i in range(MEMBER_LIMIT + 1)]), ".zip")
    assert "to 1" in reason(make.zipped([("word/document.xml", b"0" * 5_000_000)]), ".docx")
    lying = read_bytes(declare(make.zipped([("a.txt", TEXT.encode() * 9)]), 100), "z.zip", ".zip")
    assert lying.texts == () and "damaged" in lying.skipped[0].reason


def test_a_protected_or_damaged_member_does_not_stop_the_others():
    archive = bytearray(make.zipped([("a.txt", TEXT.encode()), ("b.txt", TEXT.encode())]))
    at = archive.index(b"PK\x01\x02") + 8
    archive[at] |= 1  # the bit that says: encrypted
    reading = read_bytes(bytes(archive), "z.zip", ".zip")
    assert [t.file for t in reading.texts] == ["z.zip/b.txt"]
    assert "password" in reading.skipped[0].reason
    archive = bytearray(make.zipped([("a.txt", TEXT.encode()), ("b.txt", TEXT.encode())]))
    archive[60] ^= 0xFF
    assert [s.file for s in read_bytes(bytes(archive), "z.zip", ".zip").skipped] == ["z.zip/a.txt"]


def test_an_archive_in_a_build(tmp_path: Path, toy: ToyEncoder):
    (tmp_path / "c").mkdir()
    members = [
        ("青岛.txt", TEXT.encode()),
        ("又一份.html", make.pages()["breaks"].encode()),
        ("bad.pdf", b"no pdf"),
        ("n.docx", make.docx()),
    ]
    (tmp_path / "c" / "all.zip").write_bytes(make.zipped(members))
    summary = build([tmp_path / "c"], tmp_path / "index", toy)
    assert [d["file"] for d in summary.documents] == ["all.zip/青岛.txt"]
    reasons = {s.file: s.reason for s in summary.skipped}
    assert set(reasons) == {"all.zip/又一份.html", "all.zip/bad.pdf", "all.zip/n.docx"}
    assert "the same report" in reasons["all.zip/n.docx"]
    assert "no pdf" in reasons["all.zip/bad.pdf"]


# --- tables ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (make.TABLE, make.TABLE_LINES),
        ([["表1 主要指标", "", ""], ["指标", "数值", "增长"], ["产值", "5", "1%"]], ["表1 主要指标", "指标：产值；数值：5；增长：1%"]),
        ([["产值", "5", "1%"], ["利润", "3", "2%"]], ["产值；5；1%", "利润；3；2%"]),
        ([["指标", "2022", "2023"], ["产值", "", "5"]], ["指标：产值；2023：5"]),
        ([["", "数值"], ["产值", "5"], ["注：初步核算数", ""]], ["产值；数值：5", "注：初步核算数"]),
        ([["只有", "一行"]], ["只有；一行"]),
        ([["", ""]], []),
        ([], []),
    ],
)
def test_table_lines(rows: list[list[str]], expected: list[str]):
    assert table_lines(rows) == expected


# --- nothing stops a build -------------------------------------------------------------------------------------

SAMPLES = {
    ".txt": TEXT.encode("gb18030"),
    ".md": MARKED.encode(),
    ".html": make.pages()["paragraphs"].encode(),
    ".mhtml": make.mhtml(make.pages()["paragraphs"]),
    ".docx": make.docx(table=make.TABLE),
    ".doc": OLE + TEXT.encode("utf-16-le"),
    ".pdf": make.pdf(),
    ".zip": make.zipped([("a.txt", TEXT.encode()), ("b.docx", make.docx())]),
}


@pytest.mark.parametrize("suffix", sorted(READERS))
def test_empty_files(suffix: str):
    for data in (b"", b" \r\n\t", b"\0" * 100):
        assert reason(data, suffix) == "holds no text"


@pytest.mark.parametrize("suffix", sorted(set(READERS) - {".txt", ".md", ".markdown", ".html", ".htm", ".mhtml", ".mht"}))
def test_noise_is_refused(suffix: str):
    assert reason(bytes(range(256)) * 20, suffix)


@pytest.mark.parametrize("suffix", sorted(READERS))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=400))
@example(data=b"%PDF-1.4\n%%EOF")
@example(data=b"PK\x05\x06" + b"\0" * 18)
@example(data=b"<")
@example(
    data=b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\n%%%"
)
def test_random_bytes_raise_nothing_else(suffix: str, data: bytes):
    try:
        reading = READERS[suffix](data, f"file{suffix}")  # without the net that `read_bytes` spans under the readers
    except UnreadableFile as error:
        assert error.reason
    else:
        assert reading.texts or reading.skipped


@pytest.mark.parametrize("suffix", sorted(SAMPLES))
@settings(max_examples=25, deadline=None)
@given(cut=st.floats(0, 1), flips=st.lists(st.tuples(st.floats(0, 0.999), st.integers(1, 255)), max_size=6))
def test_damaged_files_raise_nothing_else(suffix: str, cut: float, flips: list[tuple[float, int]]):
    data = bytearray(SAMPLES[suffix])
    for place, change in flips:
        data[int(place * len(data))] ^= change
    try:
        READERS[suffix](bytes(data) if flips else bytes(data[: int(cut * len(data))]), f"file{suffix}")
    except UnreadableFile as error:
        assert error.reason and "\n" not in error.reason


@pytest.mark.parametrize("suffix", [".docx", ".pdf", ".zip"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_cut_off_files_are_refused(suffix: str, share: float):
    data = SAMPLES[suffix]
    assert re.search("cut off|damaged|no pdf", reason(data[: int(share * len(data))], suffix))


def test_a_file_over_the_limit_is_refused(tmp_path: Path):
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(101_000_000)  # a hole in the file: no bytes on disk
    with pytest.raises(UnreadableFile, match="101 MB"):
        read_documents(path, "a.txt")


def test_one_long_line_is_read_quickly(tmp_path: Path):
    path = tmp_path / "a.txt"
    path.write_bytes("".join(REPORT).encode("gb18030") * (10_000_000 // len(TEXT.encode("gb18030"))))
    begun = time.perf_counter()
    (document,), _, _ = read_documents(path, "a.txt")
    assert len(document.text) > 4_000_000
    assert time.perf_counter() - begun < 10


def test_unknown_suffix():
    assert re.search(r"no reader for \.xyz; convert it to one of .*\.docx.*\.pdf", reason(b"x", ".xyz"))


def test_what_no_reader_foresaw_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch):
    def failing(data: bytes, name: str) -> Reading:
        raise LookupError("no such\nthing")

    monkeypatch.setitem(READERS, ".txt", failing)
    assert reason(b"x", ".txt") == "cannot be read: its .txt reader failed (LookupError: no such thing)"


def test_importing_the_readers_loads_no_parser():
    code = "import sys, index.build; print([m for m in ('lxml', 'docx', 'pypdfium2') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
