"""Work spread over processes, its results in the order of the work.

Processes are started fresh ("spawn"), each at the end of a pipe of its own: a worker whose pipe closes ends itself, so
none is left however the builder ends, and a worker that dies is seen at once because its pipe closes. (The pools of the
standard library share one queue, whose other end every worker holds open.)
"""

from __future__ import annotations

import os
import signal
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from queue import SimpleQueue
from threading import Thread
from typing import Any, Generic, TypeVar

from index.errors import WorkerError

Job = TypeVar("Job")
Result = TypeVar("Result")
_AHEAD = 2  # pieces of work a process has before it, so that it never waits for the next


class _Task(Generic[Result]):
    """One piece of work and, once it is done, what came of it."""

    def __init__(self, function: Callable[[Any], Result], job: object) -> None:
        self.function, self.job = function, job
        self.done = False
        self.result: Result
        self.error: BaseException | None = None


class Workers:
    """`map` over some processes, or in this one where there is to be only one. Use as a context: it ends them."""

    def __init__(self, count: int) -> None:
        """Start `count` processes; none for 1."""
        self._tasks: dict[Connection, deque[_Task[Any]]] = {}
        self._processes: dict[Connection, SpawnProcess] = {}
        self._waiting: deque[_Task[Any]] = deque()
        try:
            with _undisturbed():
                for _ in range(count if count > 1 else 0):
                    self._start()
        except BaseException:
            self.close()
            raise

    def _start(self) -> None:
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs,), daemon=True)
        process.start()
        theirs.close()  # theirs alone, so that the pipe closes when the process ends
        self._processes[ours], self._tasks[ours] = process, deque()

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *reason: object) -> None:
        self.close()

    def close(self) -> None:
        """End the processes, whatever they are at."""
        for connection, process in self._processes.items():
            process.terminate()
            connection.close()
        for process in self._processes.values():
            process.join()
        self._processes.clear()

    @property
    def pids(self) -> list[int]:
        """Process ids of the workers."""
        return [process.pid for process in self._processes.values() if process.pid is not None]

    def map(self, function: Callable[[Job], Result], jobs: Iterable[Job], ahead: int = 2 * _AHEAD) -> Iterator[Result]:
        """What a function at the top level of a module makes of each job, in order.

        Jobs are taken as needed: at most `ahead` for each process wait or are done before their turn.

        Raises:
            WorkerError: a process died. What the function raises is raised here.
        """
        if not self._processes:
            yield from map(function, jobs)
            return
        pending: deque[_Task[Result]] = deque()
        for job in jobs:
            pending.append(self._submit(function, job))
            while len(pending) > ahead * len(self._processes) or (pending and pending[0].done):
                yield self._result(pending.popleft())
        while pending:
            yield self._result(pending.popleft())

    def _submit(self, function: Callable[[Any], Result], job: object) -> _Task[Result]:
        task: _Task[Result] = _Task(function, job)
        self._waiting.append(task)
        self._receive(0)
        return task

    def _result(self, task: _Task[Result]) -> Result:
        while not task.done:
            self._receive(None)
        if task.error is not None:
            raise task.error
        return task.result

    def _receive(self, timeout: float | None) -> None:
        """Take what has come (or wait for something), then hand out what waits."""
        self._hand_out()
        for ready in wait(list(self._processes), timeout):
            assert isinstance(ready, Connection)
            try:
                good, value = ready.recv()
            except (EOFError, OSError) as error:
                raise self._dead(ready) from error
            task = self._tasks[ready].popleft()
            task.done = True
            if good:
                task.result = value
            else:
                task.error = value
        self._hand_out()

    def _hand_out(self) -> None:
        while self._waiting:
            connection = min(self._tasks, key=lambda c: len(self._tasks[c]))
            if len(self._tasks[connection]) >= _AHEAD:
                return
            task = self._waiting.popleft()
            try:
                connection.send((task.function, task.job))
            except OSError as error:
                raise self._dead(connection) from error
            task.job = None
            self._tasks[connection].append(task)

    def _dead(self, connection: Connection) -> WorkerError:
        process = self._processes[connection]
        process.join(5)
        code = process.exitcode
        how = f"was ended by signal {-code}" if code is not None and code < 0 else f"ended with {code}"
        hint = "perhaps the memory was used up; " if code == -getattr(signal, "SIGKILL", 9) else ""
        return WorkerError(f"a worker process {how}; {hint}build again with fewer --workers (1: none). The old index still serves")


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep Ctrl+C back, also from processes started meanwhile, which let it through once they are ready for it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(connection: Connection) -> None:
    """A worker's life: work that comes is done and answered, in order; it ends with its pipe."""
    # Ctrl+C reaches the whole group: the builder ends its workers, and programs that a reader started end themselves
    # (they would inherit that a signal is ignored, but not that it is handled).
    signal.signal(signal.SIGINT, lambda *_: None)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    jobs: SimpleQueue[tuple[Callable[[Any], Any], object]] = SimpleQueue()
    Thread(target=_take, args=(connection, jobs), daemon=True).start()
    while True:
        function, job = jobs.get()
        try:
            answer = (True, function(job))
        except Exception as error:  # raised again by the builder
            error.add_note("in a worker process:\n" + traceback.format_exc())
            answer = (False, error)
        try:
            connection.send(answer)
        except OSError:
            return
        except Exception as error:  # an answer that cannot travel
            connection.send((False, RuntimeError(f"{type(error).__name__}: {error}")))


def _take(connection: Connection, jobs: SimpleQueue[tuple[Callable[[Any], Any], object]]) -> None:
    """Take jobs as they come, also while an answer waits to be read: else both sides could wait for each other."""
    try:
        while True:
            jobs.put(connection.recv())
    except (EOFError, OSError):
        os._exit(0)  # the builder is gone; whatever is being worked at is for nobody
