"""A hit as one line that can stand in a paper: sentence, place, title, year, section."""

from __future__ import annotations

from qa.records import Hit


def citation(hit: Hit) -> str:
    """“句子”（珠海：《2023年珠海市政府工作报告》，2023年，一、2022年工作回顾 › (一)经济）."""
    return f"“{hit.sentence.strip()}”（{source(hit)}）"


def source(hit: Hit) -> str:
    """Where a hit stands: place, title, year, section; what is unknown is left out."""
    meta = hit.meta
    title = meta.title.strip("《》") or hit.file
    parts = [f"{meta.city}：《{title}》" if meta.city else f"《{title}》"]
    if meta.year and str(meta.year) not in title:
        parts.append(f"{meta.year}年")
    if hit.passage.heading:
        parts.append(" › ".join(hit.passage.heading))
    return "，".join(parts)
