"""Much work of one kind, in as many processes as there are workers."""

import gc
import multiprocessing
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")
PR_SET_PDEATHSIG = 1


def pooled(one: Callable[[T], R], tasks: Sequence[T], workers: int) -> Iterator[R]:
    """What `one` makes of each task; the order of what comes is any. Raises what went wrong, as RuntimeError.

    The processes are forked: `one` and the tasks need not be picklable, what `one` returns has to be.
    """
    if workers < 2 or len(tasks) < 2:
        yield from map(one, tasks)
        return
    context = multiprocessing.get_context("fork")
    done, following = context.SimpleQueue(), context.Value("l", 0)

    def work() -> None:
        _end_with_parent()
        gc.freeze()  # what the parent made is shared and stays: no need to look through it again
        while (number := _taken(following)) < len(tasks):
            try:
                done.put(one(tasks[number]))
            except Exception as error:  # noqa: BLE001 - handed to the parent, which raises it
                done.put(RuntimeError(f"{type(error).__name__}: {error}"))

    crew = [context.Process(target=work, daemon=True) for _ in range(workers)]
    for worker in crew:
        worker.start()
    try:
        for _ in tasks:
            result: Any = done.get()
            if isinstance(result, BaseException):
                raise result
            yield result
    finally:
        for worker in crew:
            worker.terminate()
            worker.join()


def _end_with_parent() -> None:
    """Have the system end this process when the one that began it is killed; nobody else would."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _taken(following: Any) -> int:
    """The number of the next task, which nobody else takes."""
    with following.get_lock():
        number = int(following.value)
        following.value += 1
    return number
