"""Plain functions as cases: they run in a thread each and see their providers through a blocking view.

hypothesis's `@given` needs a plain function; so does whoever does not care for `async`.
"""

import asyncio
import concurrent.futures
import contextvars
import inspect
import threading
from collections.abc import Callable, Coroutine
from typing import Any

from .clock import VirtualLoop


class CaseEnded(BaseException):
    """Raised in a thread whose case has ended without it, when it asks for something. No case catches it by mistake."""


class Way:
    """From a case's thread to the event loop, for as long as the case lasts."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._ended = False
        self._waiting: concurrent.futures.Future[Any] | None = None
        self._lock = threading.Lock()

    def call(self, function: Callable[..., Any], arguments: Any, keywords: Any) -> Any:
        """Call on the loop, from the thread, and wait for what comes of it."""
        with self._lock:
            if self._ended:
                raise CaseEnded
            asked = _waited(self.loop, function, arguments, keywords)
            self._waiting = asyncio.run_coroutine_threadsafe(asked, self.loop)
        try:
            return self._waiting.result()
        except concurrent.futures.CancelledError:
            raise CaseEnded from None

    def end(self) -> None:
        """Let the thread have nothing more; what it waits for is cancelled."""
        with self._lock:
            self._ended = True
            if self._waiting:
                self._waiting.cancel()


class Blocking:
    """Stands for an object of the event loop within a thread: its coroutine methods become ordinary ones."""

    def __init__(self, target: Any, way: Way) -> None:
        self._target = target
        self._way = way

    def __getattr__(self, name: str) -> Any:
        if isinstance(inspect.getattr_static(type(self._target), name, None), property):
            return _view(self._way.call(getattr, (self._target, name), {}), self._way)
        value = getattr(self._target, name)
        if not callable(value) or isinstance(value, type):
            return _view(value, self._way)

        def call(*arguments: Any, **keywords: Any) -> Any:
            return _view(self._way.call(value, arguments, keywords), self._way)

        return call


async def call_in_thread(function: Callable[..., Any], arguments: dict[str, Any]) -> None:
    """Call a plain function with blocking views of `arguments`; its exceptions come out here.

    The thread is its own, so that no case waits for another's, and a daemon: one that never ends keeps nothing from
    ending.
    """
    loop = asyncio.get_running_loop()
    way = Way(loop)
    views = {name: _view(value, way) for name, value in arguments.items()}
    done: asyncio.Future[BaseException | None] = loop.create_future()
    work = (contextvars.copy_context(), function, views, loop, done)
    _count(loop, 1)
    try:
        threading.Thread(target=_work, args=work, name=function.__name__, daemon=True).start()
        raised = await done
    finally:
        way.end()
        _count(loop, -1)
    if raised:
        raise raised


def _work(
    context: contextvars.Context,
    function: Callable[..., Any],
    views: dict[str, Any],
    loop: asyncio.AbstractEventLoop,
    done: "asyncio.Future[BaseException | None]",
) -> None:
    raised: BaseException | None = None
    try:
        context.run(function, **views)
    except BaseException as error:  # noqa: BLE001 - handed over to the event loop
        raised = error
    try:
        loop.call_soon_threadsafe(_tell, done, raised)
    except RuntimeError:
        return  # the loop is closed: the run has ended without this thread


def _tell(done: "asyncio.Future[BaseException | None]", raised: BaseException | None) -> None:
    if not done.done():
        done.set_result(raised)


def _view(value: Any, way: Way) -> Any:
    methods = (getattr(type(value), name, None) for name in dir(type(value)) if not name.startswith("__"))
    return Blocking(value, way) if any(inspect.iscoroutinefunction(m) for m in methods) else value


async def _waited(loop: asyncio.AbstractEventLoop, function: Callable[..., Any], arguments: Any, keywords: Any) -> Any:
    """Call on the loop; meanwhile the thread only waits, so virtual time may pass."""
    _count(loop, -1)
    try:
        result = function(*arguments, **keywords)
        return await result if isinstance(result, Coroutine) else result
    finally:
        _count(loop, 1)


def _count(loop: asyncio.AbstractEventLoop, change: int) -> None:
    if isinstance(loop, VirtualLoop):
        loop.foreign_work += change
