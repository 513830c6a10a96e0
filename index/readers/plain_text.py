"""txt and md: bytes -> text, whatever of the usual Chinese encodings they are in."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from index.errors import UnreadableFile
from index.records import RawText

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Characters that a report in the right encoding is full of; a wrong decoding gives rare ones.
_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指區區發業濟學國會報電產應實現與為時開關點數經過動們來對這"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff]")


def decode(data: bytes) -> str:
    """Text of the bytes: byte-order mark, then utf-8, then the likelier of gb18030 and big5.

    Raises:
        UnreadableFile: the bytes are no text in any of these.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        # A file cut off in the middle of its last character is still utf-8.
        if error.start > len(data) - 4 and error.start > 0:
            return data[: error.start].decode("utf-8")
    candidates: list[tuple[float, str]] = []
    for encoding in ("gb18030", "big5"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        candidates.append((sum(c in _COMMON for c in text[:20_000]) / max(1, len(text[:20_000])), text))
    share, text = max(candidates, default=(0.0, ""))
    if share < 0.05:
        raise UnreadableFile("is not text in utf-8, gb18030 or big5; save it again as utf-8")
    return text


def read_plain_text(path: Path, name: str) -> RawText:
    """A text or Markdown file with line ends made one form and control characters taken out."""
    text = decode(path.read_bytes()).replace("\r\n", "\n").replace("\r", "\n")
    return RawText(file=name, text=_CONTROL.sub("", text))
