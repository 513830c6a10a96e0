"""Bytes -> text, whatever of the usual Chinese encodings they are in, also where one file mixes two of them.

Own scoring: on pieces of 4 to 600 characters it was right at least as often as charset-normalizer and chardet
(docs/dependencies.md); what makes it sure is that only four encodings are possible and the text is Chinese.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from index.errors import UnreadableFile

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SINGLE = ("gb18030", "cp950", "big5hkscs")  # cp950 is Windows' big5
_WIDE = ("utf-16-le", "utf-16-be")
# Characters that a report in the right encoding is full of; a wrong decoding gives rare ones.
_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指區區發業濟學國會報電產應實現與為時開關點數經過動們來對這"
    "市区县省城镇乡村府务策划规项目投亿万元增降升改革创新科技环境保护绿色生态服教医养老住房交铁港路桥园景区幼学校病院贫困扶振兴粮食收支财政税金融贸易商旅游体育安全稳调优构持续加快推完善提升坚决"
    "縣鎮鄉務劃規項億萬環護綠態貧興糧財稅貿遊體穩調優構續堅決設備衛醫養鐵橋園擴讓強備達專"
    "，。、；：！？（）“”《》0123456789%.\n\r\t "
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff]")
_WRONG = re.compile(r"[\ufffd\ue000-\uf8ff\x00-\x08\x0b\x0c\x0e-\x1f\x7f\uac00-\ud7ff]")
_SAMPLE = 20_000  # bytes that are looked at to choose an encoding
_LEAST = 0.05  # share of common characters below which bytes are no Chinese or English text
_MANY_CONTROLS = 0.02
_MOST_NOTES = 20
_SURE = 12  # bytes above ASCII in a line that is valid utf-8 and therefore is utf-8


def decode(data: bytes, hint: str = "") -> tuple[str, tuple[str, ...]]:
    """Text of the bytes and what could not be decoded (shown as �), with its place.

    Order: byte-order mark, utf-8, the encoding the file names itself (`hint`), then the likeliest of gb18030, big5
    and utf-16 without a mark; lines of another encoding than the rest are decoded on their own.

    Raises:
        UnreadableFile: the bytes are no text in any of these.
    """
    if not data:
        return "", ()
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            data, hint = data[len(mark) :], encoding
            break
    wide = _wide(data, hint)
    if wide:
        text = data.decode(wide, "replace")
        notes: list[str] = []
    elif (whole := _strict(data, "utf-8") or _strict(data, _family(hint))) is not None:
        text, notes = whole, []
    elif (whole := _cut_off(data)) is not None:
        text, notes = whole, ["the file ends in the middle of a character"]
    else:
        text, notes = _by_lines(data)
    head = text[:_SAMPLE]
    if len(_CONTROL.findall(head)) > _MANY_CONTROLS * max(1, len(head)):
        raise UnreadableFile("is not text: it is full of control characters")
    return clean(text), tuple(notes)


def clean(text: str) -> str:
    """Line ends of one form, control characters taken out."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _family(hint: str) -> str:
    """The widest encoding of the family that is named: pages that say gb2312 are in gbk as a rule."""
    name = hint.strip().lower().replace("_", "-")
    if name.startswith(("gb", "x-gbk", "cp936", "hz")):
        return "gb18030"
    if "big5" in name or name == "cp950":
        return "cp950"
    return name if name.startswith(("utf", "euc", "shift", "windows", "iso-8859")) else ""


def _strict(data: bytes, encoding: str) -> str | None:
    if not encoding:
        return None
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _cut_off(data: bytes) -> str | None:
    """utf-8 whose last character is incomplete."""
    for missing in (1, 2, 3):
        if data[-missing:][:1] >= b"\xc0" and len(data) > missing:
            return _strict(data[:-missing], "utf-8")
    return None


def _wide(data: bytes, hint: str) -> str:
    """The utf-16 encoding of the bytes if they are in one: marked, or so by every second byte."""
    if hint in _WIDE:
        return hint
    sample = data[:_SAMPLE]
    if len(sample) < 4 or len(data) % 2 or (b"\0" not in sample and _strict(data, "utf-8") is not None):
        return ""
    for start, encoding in enumerate(("utf-16-be", "utf-16-le")):
        if sample[start::2].count(0) > 0.3 * len(sample) and not sample[1 - start :: 2].count(0):
            return encoding
    scores = [(_score(sample, encoding), encoding) for encoding in (*_WIDE, "gb18030", "cp950")]
    best = max(scores)
    return best[1] if best[1] in _WIDE and best[0] > 0.3 else ""


def _score(data: bytes, encoding: str) -> float:
    """How much like a Chinese text the bytes are in an encoding: share of common characters, wrong ones count against."""
    text = data.decode(encoding, "replace")
    wide = [c for c in text if c > "\x7f"] or list(text)
    common = sum(c in _COMMON for c in wide) / max(1, len(wide))
    return common - 3 * len(_WRONG.findall(text)) / max(1, len(text)) + 0.3 * _frequent(data, encoding)


def _frequent(data: bytes, encoding: str) -> float:
    """Share of two-byte characters in the rows that gb2312 and big5 keep for the frequent characters."""
    rows = {"gb18030": (0xB0, 0xD7), "cp950": (0xA4, 0xC6), "big5hkscs": (0xA4, 0xC6)}.get(encoding)
    if rows is None:
        return 0.0
    total = frequent = i = 0
    while i < len(data):
        if data[i] < 0x80:
            i += 1
            continue
        total += 1
        frequent += rows[0] <= data[i] <= rows[1]
        i += 2
    return frequent / max(1, total)


def _by_lines(data: bytes) -> tuple[str, list[str]]:
    """Lines that are utf-8 as utf-8, the others in the likeliest of the Chinese encodings."""
    lines = data.split(b"\n")
    text: list[str | None] = [_utf8_line(line) for line in lines]
    other = b"\n".join(line for line, done in zip(lines, text, strict=True) if done is None)
    encoding = _likeliest(other)
    if encoding is None:
        # No Chinese encoding fits: a damaged utf-8 file, if it is text at all.
        encoding = "utf-8"
    notes = []
    lost = 0
    for number, line in enumerate(lines):
        if text[number] is None:
            decoded = line.decode(encoding, "replace")
            wrong = decoded.count("\ufffd")
            text[number], lost = decoded, lost + wrong
            if wrong:
                notes.append(f"line {number + 1}: {wrong} characters are not {encoding}, shown as \ufffd")
    joined = "\n".join(part or "" for part in text)
    if lost > 2 + 0.02 * len(joined) or (lost and lost > 0.3 * len(joined)):
        raise UnreadableFile("is not text in utf-8, gb18030, big5 or utf-16; save it again as utf-8")
    if len(notes) > _MOST_NOTES:
        notes[_MOST_NOTES:] = [f"and {len(notes) - _MOST_NOTES} lines more"]
    return joined, notes


def _utf8_line(line: bytes) -> str | None:
    high = sum(byte > 0x7F for byte in line[:_SAMPLE])
    text = _strict(line, "utf-8")
    return text if text is not None and (high == 0 or high >= _SURE) else None


def _likeliest(data: bytes) -> str | None:
    scores = sorted(_candidates(data), reverse=True)
    if not scores or scores[0][0] < _LEAST:
        return None
    return scores[0][1]


def _candidates(data: bytes) -> Iterator[tuple[float, str]]:
    # Only what is above ASCII tells encodings apart; a damaged byte must not turn the rest of the sample.
    sample = data[:_SAMPLE]
    utf8 = sample.decode("utf-8", "replace")
    yield _score(sample, "utf-8") if utf8.count("\ufffd") < 0.1 * len(utf8) else -1.0, "utf-8"
    for encoding in _SINGLE:
        yield _score(sample, encoding) - (0.001 if encoding == "big5hkscs" else 0), encoding
