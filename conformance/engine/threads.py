"""Plain functions as cases: they run in a worker thread and see their providers through a blocking view.

hypothesis's `@given` needs a plain function; so does whoever does not care for `async`.
"""

import asyncio
import inspect
from collections.abc import Callable, Coroutine
from typing import Any

from .clock import VirtualLoop


class Blocking:
    """Stands for an object of the event loop within a worker thread: its coroutine methods become ordinary ones."""

    def __init__(self, target: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._target = target
        self._loop = loop

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._target, name)
        if not callable(value) or isinstance(value, type):
            return _view(value, self._loop)

        def call(*arguments: Any, **keywords: Any) -> Any:
            return _view(_on_loop(self._loop, value, arguments, keywords), self._loop)

        return call


async def call_in_thread(function: Callable[..., Any], arguments: dict[str, Any]) -> None:
    """Call a plain function with blocking views of `arguments`; its exceptions come out here."""
    loop = asyncio.get_running_loop()
    views = {name: _view(value, loop) for name, value in arguments.items()}
    _count(loop, 1)
    future = asyncio.ensure_future(asyncio.to_thread(function, **views))
    try:
        await asyncio.shield(future)
    finally:
        _count(loop, -1)


def _view(value: Any, loop: asyncio.AbstractEventLoop) -> Any:
    methods = (getattr(type(value), name, None) for name in dir(type(value)) if not name.startswith("__"))
    return Blocking(value, loop) if any(inspect.iscoroutinefunction(m) for m in methods) else value


def _on_loop(loop: asyncio.AbstractEventLoop, function: Callable[..., Any], arguments: Any, keywords: Any) -> Any:
    return asyncio.run_coroutine_threadsafe(_waited(loop, function, arguments, keywords), loop).result()


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
