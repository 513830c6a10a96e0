"""How the page speaks: a language's texts, places of China in pinyin where the language is English, files as people know them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from pages.texts import words
from qa.page import Voice

if TYPE_CHECKING:
    from qa.engine import Engine
    from qa.shelf import Shelf


def speak(shelf: Shelf, language: str) -> Voice:
    """The voice of a language over what the shelf serves now."""
    return Voice(words(language), _latin(shelf.engine) if language == "en" else {}, shelf.shown, language)


@lru_cache(maxsize=4)
def _latin(engine: Engine) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, city in engine.places.names.items():
        if name.isascii():
            found.setdefault(city, name.title())
    return found
