"""Functions that the page's scripts call: JSON text in, JSON text out, and never an exception to a visitor."""

from __future__ import annotations

import functools
import json
import sys
import traceback
from collections.abc import Callable
from typing import Any

from index.errors import ChengwenError
from pages.reasons import in_chinese
from pages.turn import read_json
from qa.page import Voice


def served(voice: Voice) -> Callable[[Callable[[dict[str, Any]], dict[str, Any]]], Callable[[str], str]]:
    """Turn a function of an object into one of JSON text.

    An error of ours becomes {"error": its message} in the page's language; any other a plain "failed", and its trace
    stays in the terminal that runs the page.
    """

    def decorate(function: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[str], str]:
        def answer(request: str) -> str:
            return answered(request, function, voice)

        functools.update_wrapper(answer, function, assigned=("__name__", "__qualname__", "__doc__"), updated=())
        del answer.__wrapped__  # type: ignore[attr-defined] - gradio would take its signature for ours
        return answer

    return decorate


def answered(request: str, function: Callable[[dict[str, Any]], dict[str, Any]], voice: Voice) -> str:
    """What a function says to a request, as JSON text; see `served`."""
    try:
        found = function(read_json(request))
    except ChengwenError as error:
        found = {"error": told(str(error), voice)}
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):  # not what the page's script sends
        found = {"error": voice("failed")}
    except Exception:  # a visitor sees one line, the owner of the terminal the trace
        traceback.print_exc(file=sys.stderr)
        found = {"error": voice("failed")}
    return json.dumps(found, ensure_ascii=False)


def told(message: str, voice: Voice) -> str:
    """A message of the program in the language of the page."""
    return in_chinese(message) if voice.language == "zh" else message
