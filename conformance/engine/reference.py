"""References: simulated products that conform, and their faults; each overrides one rule and names what it breaks."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from .channel import Decode, Plain
from .stream import Stream


@dataclass(frozen=True)
class Fault:
    """One named departure from the standard. `breaks` are full references of the requirements it turns red, and no
    other; `overrides` is a class whose attributes replace those of the reference's rules.
    """

    id: str
    breaks: tuple[str, ...]
    summary: str
    overrides: type


class Reference(Protocol):
    """A simulated product on the running loop's clock, by as many of these methods as its protocol needs.

    `serve` takes one connection until it ends; `serve_datagrams` one peer's datagrams, each a read and each a write;
    `stand` is the product on its links (each read is a frame), from when it is switched on until it is cancelled.
    """

    async def serve(self, stream: Stream) -> None: ...


class DatagramReference(Protocol):
    """A reference that takes datagrams."""

    async def serve_datagrams(self, stream: Stream) -> None: ...


class LinkReference(Protocol):
    """A reference that stands on links; `LINKS` names them, `MTUS` may tell how large their packets are."""

    LINKS: ClassVar[tuple[str, ...]]

    async def stand(self, links: Mapping[str, Stream]) -> None: ...


class Answering:
    """A reference of a protocol in which every message has its answer and nothing is remembered.

    class Reference(Answering, decode=decode):
        def answer(self, message): ...
    """

    _codec: ClassVar[Plain]

    def __init_subclass__(cls, *, decode: Decode | None = None, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        if decode:
            cls._codec = Plain(decode)

    def answer(self, message: Any) -> Any:
        """What is said to a message: a message, several in a list, or None, which ends the connection."""
        raise NotImplementedError

    async def serve(self, stream: Stream) -> None:
        rest = b""
        with contextlib.suppress(ConnectionResetError):
            while data := await stream.read():
                message, rest = self._codec.decode(rest + data)
                while message is not None:
                    answer = self.answer(message)
                    if answer is None:
                        stream.close()
                        return
                    stream.write(b"".join(map(bytes, answer if isinstance(answer, list) else [answer])))
                    message, rest = self._codec.decode(rest)
            stream.close()


class Faults(dict[str, Fault]):
    """The faults of a suite by id. Used as a decorator it adds a class:

    @FAULTS.add("second-connect-tolerated", "mqtt-5.0/server:MQTT-3.1.0-2")
    class _(Rules): ...
    """

    def add(self, id_: str, *breaks: str) -> Callable[[type], type]:
        """Register the class below as a fault; its docstring is the summary."""

        def register(overrides: type) -> type:
            if id_ in self:
                raise ValueError(f"two faults are called {id_!r}")
            self[id_] = Fault(id_, breaks, (overrides.__doc__ or id_).strip(), overrides)
            return overrides

        return register


@dataclass(frozen=True)
class Reach:
    """Which rules references were asked for, by name, and the classes that these are rules of."""

    names: set[str] = field(default_factory=set)
    kinds: set[type] = field(default_factory=set)

    def overridden(self, fault: Fault) -> frozenset[str]:
        """The names of what a fault puts its own in place of."""
        theirs = {kind for each in self.kinds for kind in each.__mro__}
        own = [kind for kind in fault.overrides.__mro__ if kind not in theirs]
        return frozenset(name for kind in own for name in vars(kind) if not name.startswith("__"))


_reach: ContextVar[Reach | None] = ContextVar("reach", default=None)


@contextlib.contextmanager
def reaching() -> Iterator[Reach]:
    """What is reached in the references that are made meanwhile."""
    reach = Reach()
    token = _reach.set(reach)
    try:
        yield reach
    finally:
        _reach.reset(token)


def faulty(rules: type, fault: Fault | None) -> Any:
    """An instance of `rules`, with the fault's attributes in place of its own."""
    kind = type(f"{rules.__name__}With", (fault.overrides, rules), {}) if fault else rules
    reach = _reach.get()
    return kind() if reach is None else _watched(kind, reach)()


def _watched(kind: type, reach: Reach) -> type:
    def look(self: Any, name: str) -> Any:
        reach.names.add(name)
        return object.__getattribute__(self, name)

    reach.kinds.add(kind)
    return type(kind.__name__, (kind,), {"__getattribute__": look})
