"""A product that runs already, at the addresses of its product file."""

import asyncio
import os
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

from conformance.engine.testbed import Testbed, TestbedError

WITHIN_S = 5.0
DATAGRAM = frozenset({"coap", "coaps", "dns", "udp"})
"""Schemes whose places cannot be looked at by opening a connection."""
PORTS = {"mqtt": 1883, "mqtts": 8883, "http": 80, "https": 443, "ws": 80, "wss": 443}

Ixit = Mapping[str, Mapping[str, Any]]


class Place(NamedTuple):
    """An address in the access data: where it stands there, and where it leads. `text` holds no credentials."""

    key: str
    host: str
    port: int
    text: str


def places(ixit: Ixit) -> Iterator[Place]:
    """Every place of the access data that TCP can reach. Raises TestbedError for a URL that cannot be read."""
    for protocol, entries in ixit.items():
        for name, value in entries.items():
            if isinstance(value, str) and "://" in value:
                place = _place(f"[ixit.{protocol}] {name}", value)
                if place:
                    yield place


def _place(key: str, url: str) -> Place | None:
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme, parts.hostname, parts.port
    except ValueError:
        scheme, host, port = "", None, None
    if not host:
        raise TestbedError(f"{key} is no address", "Write it like mqtt://192.0.2.1:1883")
    if scheme in DATAGRAM:
        return None
    port = port or PORTS.get(scheme)
    if not port:
        raise TestbedError(f"{key} names no port", f"Write it like {scheme}://{host}:1234")
    shown = f"[{host}]" if ":" in host else host
    return Place(key, host, port, f"{scheme}://{shown}:{port}")


async def problem(place: Place, within_s: float = WITHIN_S) -> TestbedError | None:
    """What keeps a TCP connection to this place from being made; None when one was made."""
    try:
        async with asyncio.timeout(within_s):
            _, writer = await asyncio.open_connection(place.host, place.port)
    except TimeoutError:
        why = f"no answer within {within_s:g} s"
    except OSError as error:
        why = (os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror or str(error)).lower()
    else:
        writer.close()
        return None
    return TestbedError(
        f"nothing can be reached at {place.text}, which stands in {place.key}: {why}",
        "Start the product, or correct the address in the product file",
    )


class RunningTestbed(Testbed):
    """Looks whether something answers at the product's addresses; starts and stops nothing.

    `ixit` is the product file's access data, `own` what the testbed file lays over it.
    """

    kind = "running"

    def __init__(self, name: str, ixit: Ixit, own: Ixit | None = None) -> None:
        self.name = name
        self._own = own or {}
        self._whole = {key: {**ixit.get(key, {}), **self._own.get(key, {})} for key in {**ixit, **self._own}}

    @property
    def ixit(self) -> Ixit:
        return self._own

    async def check(self) -> list[TestbedError]:
        """The places of the product file that nothing can be reached at."""
        try:
            found = list(places(self._whole))
        except TestbedError as error:
            return [error]
        looked = await asyncio.gather(*(problem(place) for place in found))
        return [error for error in looked if error]

    async def __aenter__(self) -> Self:
        for error in await self.check():
            raise error
        return self

    def describe(self) -> dict[str, Any]:
        return {"name": self.name, "kind": self.kind}
