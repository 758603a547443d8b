"""Providers: what a case needs is given to it by name.

Each is an asynchronous generator that sets up, yields and cleans up or, with nothing to clean up, a coroutine function.
"""

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import lru_cache
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., AsyncIterator[Any] | Coroutine[Any, Any, Any]])
SCOPES = ("case", "testbed", "run")


def provider(function: F | None = None, *, scope: str = "case") -> Any:
    """Declare a provider: an async function that yields once, or returns. Its own arguments are other providers' names.

    A provider of scope "case" serves one case; of scope "testbed" or "run", all cases until the testbed or the run
    ends, and is given no case.
    """
    if scope not in SCOPES:
        raise ValueError(f"scope is one of {', '.join(SCOPES)}, not {scope!r}")

    def mark(function: F) -> F:
        function.provides = scope  # type: ignore[attr-defined]
        return function

    return mark(function) if function else mark


class MissingProvider(Exception):
    """A case or provider asks for a name that nothing provides."""


class Shared:
    """Values of providers that outlive a case, made once at first need."""

    def __init__(self, fixed: Mapping[str, Any]) -> None:
        self.fixed = fixed
        self._values: dict[Callable[..., Any], Any] = {}
        self._stack = AsyncExitStack()
        self._lock = asyncio.Lock()

    async def get(self, function: Callable[..., Any], providers: Mapping[str, Callable[..., Any]]) -> Any:
        async with self._lock:
            if function not in self._values:
                arguments = {}
                for name in needs(function):
                    other = providers.get(name)
                    if name in self.fixed:
                        arguments[name] = self.fixed[name]
                    elif other and other.provides != "case":  # type: ignore[attr-defined]
                        arguments[name] = await self._made(other, providers)
                    else:
                        raise MissingProvider(
                            f"{function.__name__} outlives a case and asks for {name!r}, which does not"
                        )
                self._values[function] = await self._stack.enter_async_context(_context(function)(**arguments))
            return self._values[function]

    async def _made(self, function: Callable[..., Any], providers: Mapping[str, Callable[..., Any]]) -> Any:
        if function not in self._values:
            arguments = {
                n: self.fixed[n] if n in self.fixed else await self._made(providers[n], providers)
                for n in needs(function)
            }
            self._values[function] = await self._stack.enter_async_context(_context(function)(**arguments))
        return self._values[function]

    async def close(self) -> None:
        await self._stack.aclose()


async def provide(
    names: tuple[str, ...],
    given: dict[str, Any],
    providers: Mapping[str, Callable[..., Any]],
    shared: Shared,
    stack: AsyncExitStack,
) -> None:
    """Make each named value, with those it needs itself, and add it to `given`; `stack` cleans up."""
    for name in names:
        if name in given:
            continue
        function = providers.get(name)
        if function is None:
            known = ", ".join(sorted({*providers, *given}))
            raise MissingProvider(f"nothing provides {name!r}; there are: {known}")
        if function.provides != "case":  # type: ignore[attr-defined]
            given[name] = await shared.get(function, providers)
            continue
        inner = needs(function)
        await provide(inner, given, providers, shared, stack)
        given[name] = await stack.enter_async_context(_context(function)(**{n: given[n] for n in inner}))


@lru_cache(maxsize=4096)
def needs(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names of a function's arguments that have no default."""
    parameters = inspect.signature(function).parameters.values()
    return tuple(
        p.name for p in parameters if p.default is p.empty and p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
    )


@lru_cache(maxsize=1024)
def _context(function: Callable[..., Any]) -> Callable[..., Any]:
    if not inspect.iscoroutinefunction(function):
        return asynccontextmanager(function)

    @asynccontextmanager
    async def returned(**arguments: Any) -> AsyncIterator[Any]:
        yield await function(**arguments)

    return returned
