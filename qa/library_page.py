"""The library as HTML fragments that are safe to show: what is indexed, what was left out, forms to change it.

Imports neither gradio nor numpy. Every text is escaped here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from qa.page import Voice

PAGE = 100  # reports shown at a time
UPLOAD = "upload"  # the one step that is the browser's
COLUMNS = ("title", "city", "year", "kind", "level", "passages")
ALIASES = frozenset((".markdown", ".htm", ".mht"))  # read, but not worth a visitor's attention
KINDS = ("政府工作报告", "年鉴", "五年规划", "计划报告", "其他")
LEVELS = ("province", "city", "county", "township")
_HEADS = {"title": "column_title", "city": "column_city", "year": "column_year", "kind": "column_kinds", "level": "column_level"}
_HEADS |= {"passages": "column_passages", "province": "province"}
_COUNTED = re.compile(r"(.+): (\d+) ×")
_SCRIPT_TEXTS = (
    *("adding", "build_running", "build_done", "build_failed", "offline", "checking"),
    *("upload_kind", "upload_large", "upload_empty"),
)

Row = Mapping[str, Any]


@dataclass(frozen=True)
class View:
    """What of the list is asked for: `find` in any column, `order` one of `COLUMNS` or empty for the order of the files."""

    find: str = ""
    page: int = 0
    order: str = ""
    descending: bool = False
    unsure: bool = False

    def rows(self, rows: Iterable[Row], voice: Voice) -> list[Row]:
        """The rows that are asked for, in the order asked for; unknown values come last."""
        terms = self.find.casefold().split()
        kept = [r for r in rows if (r["unsure"] or not self.unsure) and (not terms or all(t in _haystack(r, voice) for t in terms))]
        if self.order not in COLUMNS:
            return kept
        known = [r for r in kept if r[self.order] is not None]
        known.sort(key=lambda r: _rank(r, self.order), reverse=self.descending)
        return known + [r for r in kept if r[self.order] is None]


def frame_html(voice: Voice, kinds: Sequence[str], limit: int, steps: Sequence[str], provinces: Sequence[str]) -> str:
    """What stands on the tab before anything is known of the library; holds no text that is not the page's own."""
    texts = {key: voice(key) for key in _SCRIPT_TEXTS}
    data = escape(json.dumps({"kinds": list(kinds), "limit": limit, "texts": texts}, ensure_ascii=False))
    bars = "".join(
        f'<li data-step="{step}"><span>{voice.html("step_" + step)}</span><progress max="1" value="0" aria-label="{voice.html("step_" + step)}">'
        '</progress><span class="amount"></span></li>'
        for step in (UPLOAD, *steps)
    )
    add = (
        f'<section class="add" hidden aria-label="{voice.html("add_title")}"><p class="add-title">{voice.html("add_title")}</p>'
        f'<p class="add-help">{voice.html("add_help", kinds=" ".join(k for k in kinds if k not in ALIASES), limit=limit // 1_000_000)}</p><div class="add-buttons">'
        f'<button type="button" class="plain strong" data-do="files">{voice.html("add_files")}</button>'
        f'<button type="button" class="plain" data-do="folder">{voice.html("add_folder")}</button></div>'
        f'<input type="file" multiple hidden class="pick-files" accept="{escape(",".join(kinds))}"><input type="file" webkitdirectory hidden class="pick-folder">'
        "</section>"
    )
    return (
        f'<div class="library" data-library="{data}"><div class="hero"><h2>{voice.html("library_hero")}</h2><div class="counts"></div></div>'
        f'<p class="locked" hidden></p>{add}'
        f'<section class="work" hidden><p class="work-now" role="status" aria-live="polite"></p><ol class="steps">{bars}</ol></section>'
        '<ul class="refused" role="alert" hidden></ul>'
        f'<div class="tools"><label>{voice.html("find")} <input type="search" class="find" placeholder="{voice.html("find_hint")}" autocomplete="off"></label>'
        f'<label class="only"><input type="checkbox" class="only-unsure"> {voice.html("only_unsure")}</label><div class="buttons-row">'
        f'<button type="button" class="plain" data-do="rebuild" hidden>{voice.html("rescan")}</button>'
        f'<button type="button" class="plain" data-do="check">{voice.html("check")}</button></div></div>'
        '<div class="checked" role="status" aria-live="polite"></div><div class="list"></div><div class="left-out"></div>'
        f"{_correct_dialog(voice, provinces)}{_remove_dialog(voice)}</div>"
    )


def counts_html(rows: Sequence[Row], voice: Voice) -> str:
    """How much the library holds."""
    numbers = {
        "documents": len(rows),
        "places": len({r["city"] for r in rows if r["city"]}),
        "years": len({r["year"] for r in rows if r["year"]}),
        "passages": sum(r["passages"] for r in rows),
    }
    return "".join(f"<span><b>{number:,}</b> {voice.html(key)}</span>" for key, number in numbers.items())


def list_html(rows: Sequence[Row], view: View, voice: Voice, editable: bool) -> str:
    """One page of the reports as a table, with what pages through it."""
    found = view.rows(rows, voice)
    last = max(0, (len(found) - 1) // PAGE)
    page = min(max(0, view.page), last)
    shown = found[page * PAGE : (page + 1) * PAGE]
    if not shown:
        return f'<p class="none" role="status">{voice.html("found_none")}</p>'
    heads = "".join(_head(column, view, voice) for column in COLUMNS)
    heads += f'<th scope="col"><span class="unseen">{voice.html("column_actions")}</span></th>' if editable else ""
    body = "".join(_row(row, voice, editable) for row in shown)
    told = voice.html("found", first=page * PAGE + 1, last=page * PAGE + len(shown), count=len(found))
    pager = f'<p class="pager" role="status">{told}</p>'
    if last:
        pager = (
            f'<nav class="pager"><button type="button" class="plain" data-do="page" data-page="{page - 1}"{"" if page else " disabled"}>{voice.html("page_before")}</button>'
            f'<span role="status">{told}</span>'
            f'<button type="button" class="plain" data-do="page" data-page="{page + 1}"{"" if page < last else " disabled"}>{voice.html("page_after")}</button></nav>'
        )
    return f'<table class="rows reports"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>{pager}'


def left_out_html(rows: Sequence[Row], voice: Voice, editable: bool) -> str:
    """Files that are not in the library, each with its reason."""
    if not rows:
        return f'<p class="none">{voice.html("skipped_none")}</p>'
    items = "".join(
        f'<li><span class="name">{escape(r["name"])}</span> <span class="why">{voice.html("taken_out") if r["removed"] else escape(r["reason"])}</span>'
        + (
            f' <button type="button" class="link" data-do="put-back" data-file="{escape(r["file"])}" '
            f'aria-label="{voice.html("put_back")}: {escape(r["name"])}">{voice.html("put_back")}</button>'
            if r["removed"] and editable
            else ""
        )
        + "</li>"
        for r in rows
    )
    return f"<details><summary>{voice.html('skipped')} ({len(rows)})</summary><ul>{items}</ul></details>"


def places_html(rows: Sequence[Row], known: Iterable[str]) -> str:
    """Options of a list of places: those of the library first."""
    places = dict.fromkeys([*sorted({r["city"] for r in rows if r["city"]}), *known])
    return "".join(f'<option value="{escape(place)}"></option>' for place in places)


def evidence_text(row: Row, field: str, voice: Voice) -> str:
    """The words a field was read from, as a person would say it; not escaped."""
    words = str(row["evidence"].get(field) or "")
    counted = _COUNTED.fullmatch(words)
    if counted:
        return voice("counted", name=counted[1], count=counted[2])
    return voice("read_from", evidence=f"“{words}”") if words else voice("not_read")


def _row(row: Row, voice: Voice, editable: bool) -> str:
    title = row["title"] or voice("no_title")
    year = row["year"] and voice("year", year=row["year"])
    level = row["level"] and voice(f"level_{row['level']}")
    values = {"city": row["city"] and voice.place(row["city"]), "year": year, "kind": row["kind"] and voice(row["kind"]), "level": level}
    cells = "".join(
        f'<td class="{field}" data-label="{voice.html(_HEADS[field])}">{escape(str(value)) if value else _unknown(voice)}</td>'
        for field, value in values.items()
    )
    cells += f'<td class="number" data-label="{voice.html("column_passages")}">{row["passages"]:,}</td>'
    if editable:
        facts = {
            "id": row["id"],
            "title": title,
            "name": row["name"],
            "sure": _sure(row, voice),
            "corrected": row["corrected"],
            "values": {f: row[f] or "" for f in ("city", "province", "level", "year", "kind")},
            "evidence": {f: evidence_text(row, f, voice) for f in ("city", "province", "level", "year", "kind") if f in row["evidence"]},
        }
        cells += (
            f'<td class="do" data-facts="{escape(json.dumps(facts, ensure_ascii=False))}">'
            f'<button type="button" class="link" data-do="correct" aria-label="{voice.html("correct")}: {escape(title)}">{voice.html("correct")}</button> '
            f'<button type="button" class="link" data-do="remove" aria-label="{voice.html("remove")}: {escape(title)}">{voice.html("remove")}</button></td>'
        )
    badges = _unsure(row, voice)
    badges += f'<span class="badge">{voice.html("corrected")}</span>' if row["corrected"] else ""
    badges += f'<span class="badge">{voice.html("uploaded")}</span>' if row["uploaded"] else ""
    name = f'<span class="file">{escape(row["name"])}</span>'
    return f'<tr><th scope="row"><span class="title">{escape(title)}</span>{name}{badges}</th>{cells}</tr>'


def _sure(row: Row, voice: Voice) -> str:
    """What a visitor is asked before a file is taken out; not escaped."""
    asked = voice("remove_upload_sure" if row["uploaded"] else "remove_sure", name=row["name"])
    return asked + (voice("remove_together", count=row["together"]) if row["together"] > 1 else "")


def _unsure(row: Row, voice: Voice) -> str:
    """A mark that unfolds to what each uncertain field was read from."""
    fields = [f for f in row["unsure"] if f in _HEADS]
    if not fields:
        return ""
    items = "".join(f"<li><b>{voice.html(_HEADS[f])}</b> {escape(evidence_text(row, f, voice))}</li>" for f in fields)
    help = voice.html("unsure_help", fields=voice("comma").join(voice(_HEADS[f]) for f in fields))
    return f'<details class="unsure"><summary title="{help}">{voice.html("unsure")}</summary><ul>{items}</ul></details>'


def _unknown(voice: Voice) -> str:
    return f'<span class="unknown">{voice.html("unknown")}</span>'


def _head(column: str, view: View, voice: Voice) -> str:
    name = voice(_HEADS[column])
    sorted_so = "none" if column != view.order else "descending" if view.descending else "ascending"
    arrow = {"none": "", "ascending": " ↑", "descending": " ↓"}[sorted_so]
    number = ' class="number"' if column == "passages" else ""
    return (
        f'<th scope="col" aria-sort="{sorted_so}"{number}><button type="button" class="sort" data-do="sort" data-column="{column}" '
        f'title="{voice.html("sort_by", column=name)}">{escape(name)}{arrow}</button></th>'
    )


def _haystack(row: Row, voice: Voice) -> str:
    place = voice.place(row["city"]) if row["city"] else ""
    shown = (row["title"], row["city"], place, row["province"], row["year"], row["kind"], voice(row["kind"] or ""), row["name"])
    return " ".join(str(value) for value in shown if value).casefold()


def _rank(row: Row, column: str) -> tuple[int, str]:
    value = row[column]
    if column == "level":
        return (LEVELS.index(value) if value in LEVELS else len(LEVELS), "")
    return (value, "") if isinstance(value, int) else (0, str(value))


def _correct_dialog(voice: Voice, provinces: Sequence[str]) -> str:
    """The form of a correction; the script fills in the report it is about."""

    def options(values: Iterable[tuple[str, str]]) -> str:
        return "".join(f'<option value="{escape(value)}">{escape(name)}</option>' for value, name in [("", "—"), *values])

    fields = {
        "city": '<input name="city" list="library-places" maxlength="40" autocomplete="off">',
        "year": '<input name="year" type="number" min="1949" max="2100" step="1" inputmode="numeric">',
        "province": f'<select name="province">{options((p, p) for p in provinces)}</select>',
        "level": f'<select name="level">{options((v, voice("level_" + v)) for v in LEVELS)}</select>',
        "kind": f'<select name="kind">{options((k, voice(k)) for k in KINDS)}</select>',
    }
    body = "".join(
        f'<label>{voice.html(_HEADS[field])}{control}<small class="evidence" data-field="{field}"></small></label>'
        for field, control in fields.items()
    )
    return (
        f'<dialog class="correct" aria-labelledby="correct-title"><form method="dialog"><h3 id="correct-title">{voice.html("correct_title")}</h3>'
        f'<p class="about"></p>{body}<datalist id="library-places"></datalist><p class="help">{voice.html("correct_help")}</p>'
        f'<p class="wrong" role="alert"></p><div class="buttons"><button type="button" class="plain" data-do="uncorrect">{voice.html("uncorrect")}</button>'
        f'<span class="gap"></span><button type="button" class="plain" data-do="cancel">{voice.html("cancel")}</button>'
        f'<button type="submit" class="plain strong">{voice.html("save")}</button></div></form></dialog>'
    )


def _remove_dialog(voice: Voice) -> str:
    return (
        f'<dialog class="sure" aria-label="{voice.html("remove")}"><form method="dialog"><p class="about"></p><p class="wrong" role="alert"></p>'
        f'<div class="buttons"><span class="gap"></span><button type="button" class="plain" data-do="cancel">{voice.html("cancel")}</button>'
        f'<button type="submit" class="plain strong">{voice.html("remove")}</button></div></form></dialog>'
    )
