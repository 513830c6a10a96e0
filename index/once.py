"""What is made at its first use is made once, however many threads ask for it at the same moment."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from threading import RLock
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def once(make: Callable[P, T]) -> Callable[P, T]:
    """`functools.cache` for what is slow to make: one thread makes it and the others wait.

    With `functools.cache` every thread that comes before the first is done makes a word segmenter of its own. Values
    that are there are read without the lock. Arguments are hashable and positional.
    """
    made: dict[tuple[Hashable, ...], T] = {}
    lock = RLock()

    @wraps(make)
    def get(*args: P.args, **kwargs: P.kwargs) -> T:
        if args not in made:
            with lock:
                if args not in made:
                    made[args] = make(*args, **kwargs)
        return made[args]

    return get
