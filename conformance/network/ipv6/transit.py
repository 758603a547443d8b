"""Packets that a router passes on from the station `tester` to the station `far`: as they go in and come out."""

from collections.abc import Iterable
from typing import Any

from conformance.engine import a

from .station import CHATTER, Station, packet
from .wire import EchoRequest, Frame, Ipv6, Layer


def through(tester: Station, far: Station, *layers: Layer, **ip: Any) -> Frame:
    """A packet from the one to the other, by way of the product."""
    return tester.frame(*layers, to=far.address, **ip)


def of(tester: Station, **fields: Any) -> Any:
    """The IPv6 header of a packet that comes from this station, with demands on its fields."""
    return a(Ipv6, source=tester.address, **fields)


async def acquaint(tester: Station, far: Station) -> None:
    """Have the product find out where `far` is, so that it need not keep packets back for that. Raises Unready."""
    await tester.send(through(tester, far, tester.echo(b"ahead")))
    await far.ready(packet(EchoRequest, data=b"ahead"))


async def kept_back(tester: Station, far: Station, frames: Iterable[Frame], why: str = "") -> None:
    """Send packets that the product must not pass on: one behind them arrives first. Raises Nonconformity."""
    behind = tester.echo(b"behind")
    await tester.send(*frames, through(tester, far, behind))
    await far.expect(packet(EchoRequest, identifier=behind.identifier, data=b"behind"), passing=CHATTER, why=why)
