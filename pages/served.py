"""Functions that the page's scripts call: JSON text in, JSON text out, and never an exception to a visitor."""

from __future__ import annotations

import functools
import json
import sys
import traceback
from collections.abc import Callable
from typing import Any

from index.errors import ChengwenError
from pages.turn import read_json


def served(failed: str) -> Callable[[Callable[[dict[str, Any]], dict[str, Any]]], Callable[[str], str]]:
    """Turn a function of an object into one of JSON text.

    An error of ours becomes {"error": its message}; any other becomes {"error": failed}, and its trace stays in the
    terminal that runs the page.
    """

    def decorate(function: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[str], str]:
        def answer(request: str) -> str:
            try:
                found = function(read_json(request))
            except ChengwenError as error:
                found = {"error": str(error)}
            except Exception:  # a visitor sees one line, the owner of the terminal the trace
                traceback.print_exc(file=sys.stderr)
                found = {"error": failed}
            return json.dumps(found, ensure_ascii=False)

        functools.update_wrapper(answer, function, assigned=("__name__", "__qualname__", "__doc__"), updated=())
        del answer.__wrapped__  # type: ignore[attr-defined] - gradio would take its signature for ours
        return answer

    return decorate
