"""Import gradio in half the time: at every import it writes type stubs for editors, which a running page never reads."""

from __future__ import annotations

import inspect
from types import ModuleType


def import_gradio() -> ModuleType:
    """The module `gradio`, imported without its stubs.

    For each of its 80 components gradio (6.31, `component_meta.py`) parses a source file twice to keep a .pyi beside it
    up to date, and leaves that out where `inspect.getfile` knows no file. While gradio is being imported its components
    have none; every other question to `inspect.getfile` is answered as ever.
    """
    known = inspect.getfile

    def getfile(thing: object) -> str:
        if type(thing).__name__ == "ComponentMeta":
            raise OSError("no stub is wanted")
        return known(thing)  # type: ignore[arg-type]

    inspect.getfile = getfile
    try:
        import gradio
    finally:
        inspect.getfile = known
    return gradio  # type: ignore[no-any-return]
