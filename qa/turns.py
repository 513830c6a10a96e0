"""Questions asked at once take turns, first come first served."""

from __future__ import annotations

from collections import deque
from threading import Lock


class Turns:
    """At most `count` threads inside at once; the others are let in in the order in which they came.

    A question to a small library is Python nearly throughout, and Python runs one thread at a time: sixteen threads inside
    hand that right to each other some 900 times a question, which costs more than the question. `threading.Semaphore`
    would let the thread that has just left in again before those that wait.
    """

    def __init__(self, count: int) -> None:
        self._free = count
        self._lock = Lock()
        self._waiting: deque[Lock] = deque()

    def __enter__(self) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            mine = Lock()
            mine.acquire()
            self._waiting.append(mine)
        mine.acquire()  # released by the thread that leaves

    def __exit__(self, *error: object) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1
