"""The library tab: what is indexed, adding to it, correcting it, and how a build in the background gets on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import CorpusError
from pages.served import answered, told

if TYPE_CHECKING:
    from qa.page import Voice
    from qa.shelf import Shelf

Answer = Callable[[str], str]  # a JSON object as the script sends it -> one that it understands


def add_library_tab(shelf: Shelf, voice: Voice) -> None:
    """Lay out the tab inside an open `gr.Blocks`."""
    import gradio as gr

    from index.additions import SIZE_LIMIT
    from index.divisions import Divisions
    from index.readers import READERS
    from qa.library_page import frame_html
    from qa.shelf import STEPS

    provinces = [d.name for d in Divisions.load().all if d.level == "province"]
    script = (Path(__file__).parent / "library.js").read_text("utf-8")
    frame = frame_html(voice, tuple(READERS), SIZE_LIMIT, STEPS, provinces)
    gr.HTML(frame, elem_id="library", js_on_load=script, server_functions=[*_shown(shelf, voice), *_changes(shelf, voice)])


def _shown(shelf: Shelf, voice: Voice) -> list[Answer]:
    """What the script asks for to show."""
    from index.divisions import Divisions
    from qa.library_page import View, counts_html, left_out_html, list_html, places_html

    known = [d.short for d in Divisions.load().all if d.level in ("province", "city")]

    def list_reports(asked: str) -> str:
        """The reports that fit what is looked for, with everything else that changes when the library does."""

        def answer(given: dict[str, Any]) -> dict[str, Any]:
            rows, editable = shelf.documents(), shelf.editable
            view = View(
                str(given.get("find") or "")[:200],
                min(int(given.get("page") or 0), 10**6),
                str(given.get("order") or ""),
                bool(given.get("descending")),
                bool(given.get("unsure")),
            )
            locked = voice("read_only", reason=voice(f"read_only_{shelf.locked}")) if shelf.locked else ""
            return {
                "counts": counts_html(rows, voice),
                "list": list_html(rows, view, voice, editable),
                "leftOut": left_out_html([row | {"reason": told(row["reason"], voice)} for row in shelf.skipped()], voice, editable),
                "places": places_html(rows, known) if editable else "",
                "locked": locked,
            }

        return answered(asked, answer, voice)

    def build_state(asked: str) -> str:
        """How the build in the background gets on."""

        def answer(_: dict[str, Any]) -> dict[str, Any]:
            work = shelf.work
            return {"running": work.running, "steps": dict(work.steps), "failed": told(work.error, voice), "round": work.round}

        return answered(asked, answer, voice)

    def check_index(asked: str) -> str:
        """What is wrong with the index on the disk."""

        def answer(_: dict[str, Any]) -> dict[str, Any]:
            found = [told(finding, voice) for finding in shelf.check()]
            return {"message": voice("check_found", count=len(found)) if found else voice("check_fine"), "findings": found}

        return answered(asked, answer, voice)

    return [list_reports, build_state, check_index]


def _changes(shelf: Shelf, voice: Voice) -> list[Answer]:
    """What the script asks for to change something; a build is started by `rebuild` alone."""

    def add_file(asked: str) -> str:
        """Take in a file that the browser has just sent to Gradio."""

        def answer(given: dict[str, Any]) -> dict[str, Any]:
            path = _sent(str(given["path"]))
            try:
                shelf.add(path, str(given["name"]))
            finally:
                path.unlink(missing_ok=True)
            return {}

        return answered(asked, answer, voice)

    def change_library(asked: str) -> str:
        """Correct a report, take one out, put a file back; then build."""

        def answer(given: dict[str, Any]) -> dict[str, Any]:
            what = given["do"]
            if what == "correct":
                shelf.correct(str(given["id"]), {str(k): str(v) for k, v in dict(given["values"]).items()})
            elif what == "uncorrect":
                shelf.uncorrect(str(given["id"]))
            elif what == "remove":
                shelf.remove(str(given["id"]))
            elif what == "put-back":
                shelf.put_back(str(given["file"]))
            elif what != "rebuild":
                raise KeyError(what)
            shelf.rebuild()
            return {}

        return answered(asked, answer, voice)

    return [add_file, change_library]


def _sent(path: str) -> Path:
    """The path, if Gradio's own upload route has given it out in this run; any other is refused.

    Raises:
        CorpusError: it has not.
    """
    from gradio.context import LocalContext

    blocks = LocalContext.blocks.get(None)
    if blocks is None or path not in blocks.upload_file_set:
        raise CorpusError("this file was not sent to this page; send it again")
    blocks.upload_file_set.discard(path)
    return Path(path)
