"""Saved web pages (html, mhtml) -> the lines of their main text; menus, side bars and foot are left out."""

from __future__ import annotations

import email
import email.policy
import re
from email.message import Message
from typing import Any

from index.errors import UnreadableFile
from index.readers.decoding import decode
from index.readers.html_lines import Line, page_lines
from index.readers.reading import Reading, single
from index.text import plain

_CHARSET = re.compile(rb"""<(?:meta\b[^>]*?\bcharset|\?xml\b[^>]*?\bencoding)\s*=\s*["']?\s*([\w-]+)""", re.I)
_LABEL = re.compile(
    r"(?:发布|发文|成文|公开|更新|生成|信息|索取|稿件)?(?:日期|时间)|(?:信息|文章|稿件|内容|新闻)?来源|作者|编辑|责任编辑|责编|审核|校对|字号|字体|字体大小|"
    r"(?:浏览|阅读|点击|访问)(?:次数|量|数)|分享(?:到|至)?|上一[篇页条]|下一[篇页条]|(?:您)?(?:现在|当前|所在)?的?(?:位置|所在位置)|当前位置|主办(?:单位)?|承办(?:单位)?|"
    r"索引号|主题分类|发布机构|发文机关|文号|有效性|信息分类|网站标识码|技术支持|联系电话|邮编"
)
_DATE = r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:\s*\d{1,2}:\d\d(?::\d\d)?)?"
_LABELLED = re.compile(rf"(?:{_DATE}\s*)?(?:【|\[)?(?:{_LABEL.pattern})(?:】|\])?\s*[:：]")
_BUTTONS = re.compile(
    r"[\s\[\]()（）【】|/·>»›,，、]*(?:(?:打印(?:本页|此页)?|关闭(?:窗口|本页)?|返回(?:顶部|列表|首页)?|收藏(?:本页)?|分享|大|中|小|默认|首页|上一页|下一页|尾页|更多|"
    r"登录|注册|繁體|简体|无障碍(?:阅读|浏览)?|网站地图|联系我们|扫一扫.{0,20}|微信|微博|相关(?:链接|阅读|新闻|稿件|文章).{0,6}|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:\s*\d{1,2}:\d\d(?::\d\d)?)?|\d{1,3})[\s\[\]()（）【】|/·>»›,，、]*)+"
)
_FOOT = re.compile(r"ICP备|公网安备|网站标识码|版权所有|copyright|©|all rights reserved|建议使用.{0,30}浏览器|扫一扫在手机打开", re.I)
_NUMBERED = re.compile(
    r"第[一二三四五六七八九十]{1,3}[部章篇编节]|[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\)|\d{1,2}(?:\.(?!\d)|、)|\(\d{1,2}\)|【|——"
)
_PROSE = re.compile(r"[。；！？;]|[，,].{12,}[:：]$|.{60,}")
_DENSE = 0.9  # share of a page's prose that its main block holds
_KEPT = 0.5  # share of the visible prose below which the main text is taken for a mistake


def read_html(data: bytes, name: str) -> Reading:
    """A saved page: its main text, one line a paragraph, heading or table row.

    Raises:
        UnreadableFile: no text encoding, no markup a parser accepts, or no text in it.
    """
    hint = _CHARSET.search(data[:4096])
    return _read(data, name, hint[1].decode("ascii") if hint else "")


def read_mhtml(data: bytes, name: str) -> Reading:
    """A page saved with its pictures: the html part that holds the most text.

    Raises:
        UnreadableFile: no html part, or see `read_html`.
    """
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    readings = []
    reason = "holds no html part; save the page again as html or mhtml"
    for part in message.walk():
        if part.get_content_type() not in ("text/html", "application/xhtml+xml"):
            continue
        try:
            readings.append(_read(_payload(part), name, part.get_content_charset() or ""))
        except UnreadableFile as error:
            reason = error.reason
    if not readings:
        raise UnreadableFile(reason)
    return max(readings, key=lambda reading: len(reading.texts[0].text))


def _payload(part: Message) -> bytes:
    try:
        payload: Any = part.get_payload(decode=True)
    except (ValueError, LookupError) as error:
        raise UnreadableFile(f"its html part is damaged: {error}") from error
    return payload if isinstance(payload, bytes) else b""


def _read(data: bytes, name: str, hint: str) -> Reading:
    text, notes = decode(data, hint)
    titles, lines = page_lines(text)
    kept = main_lines(lines)
    prose = sum(len(line.text) for line in lines if _PROSE.search(line.text) and line.linked < 0.5)
    if sum(len(line.text) for line in kept if _PROSE.search(line.text)) < _KEPT * prose:
        kept = [line for line in lines if not _junk(line)]
    kept = kept or lines
    if not kept:
        raise UnreadableFile("holds no text; if the page fills itself by script, save it from the browser after it has loaded")
    headline = _headline(titles, lines, kept)
    texts = ([headline] if headline else []) + [_shown(line, i == 0 and not headline) for i, line in enumerate(kept)]
    return single(name, "\n".join(texts), removed=notes)


def main_lines(lines: list[Line]) -> list[Line]:
    """The lines of the main text: the block with the prose in it, and prose and numbered headings outside of it."""
    good = [line for line in lines if not _junk(line)]
    weights = [len(line.text) if _PROSE.search(line.text) else 0 for line in good]
    if not any(weights):
        return good
    block = _dense_block(good, weights)
    depth = len(block)
    kept = []
    for line, weight in zip(good, weights, strict=True):
        if line.path[:depth] == block or weight or _NUMBERED.match(plain(line.text)):
            kept.append(line)
    return kept


def _dense_block(lines: list[Line], weights: list[int]) -> tuple[int, ...]:
    """Path of the deepest element that holds `_DENSE` of the prose and more than one line of it."""
    total = sum(weights)
    block: tuple[int, ...] = ()
    while True:
        depth = len(block)
        sums: dict[int, int] = {}
        counts: dict[int, int] = {}
        for line, weight in zip(lines, weights, strict=True):
            if len(line.path) > depth and line.path[:depth] == block:
                sums[line.path[depth]] = sums.get(line.path[depth], 0) + weight
                counts[line.path[depth]] = counts.get(line.path[depth], 0) + bool(weight)
        child = max(sums, key=lambda key: sums[key], default=None)
        if child is None or sums[child] < _DENSE * total or counts[child] < 2:
            return block
        block = (*block, child)


def _junk(line: Line) -> bool:
    """Links, buttons, labels of the page's own frame; a sentence is none of these."""
    text = line.text
    if line.linked > 0.6 and not (len(text) > 80 and "。" in text):
        return True
    if len(text) < 200 and _FOOT.search(text):
        return True
    return (len(text) < 150 and _LABELLED.match(text) is not None) or (len(text) < 60 and _BUTTONS.fullmatch(text) is not None)


def _headline(titles: list[str], lines: list[Line], kept: list[Line]) -> str:
    """The page's own title where the main text does not begin with it: a line of the page if there is one.

    A `<title>` ends in the name of the site (…报告_青岛政务网): the longest line of the page that it starts with is
    taken for the headline, and without such a line the part before the last separator.
    """
    opening = [line.text for line in kept[:4]]
    for title in titles:
        bare = " ".join(title.split())
        if len(bare) < 4:
            continue
        if any(len(text) >= 6 and (bare.startswith(text) or text in bare) for text in opening):
            return ""
        own = [line.text for line in lines if 6 <= len(line.text) <= 80 and bare.startswith(line.text)]
        headline = max(own, key=len) if own else re.split(r"\s*[_|]\s*|\s+[-–—]+\s+|-(?=[^-]*网)", bare)[0]
        if re.search(r"报告|年鉴|规划|计划|纲要|公报", headline) or own:
            return headline
    return ""


def _shown(line: Line, first: bool) -> str:
    """Headings as Markdown, unless they are numbered (passages knows those) or are the title of the page."""
    if line.heading and not first and line.heading > 1 and not _NUMBERED.match(plain(line.text)) and len(line.text) <= 60:
        return f"{'#' * line.heading} {line.text}"
    return line.text
