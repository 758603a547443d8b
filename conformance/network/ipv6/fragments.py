"""Packets in fragments: how cases send them, and how they collect what the product sends."""

from typing import Any

from conformance.engine import Silence, Unready, a

from .station import CHATTER, Station, reply_to
from .wire import EchoRequest, Fragment, Frame, Layer, PacketTooBig, fragments, reassemble

LEAST_MTU = 1280
PIECE = 16
"""Octets of a fragment where its size does not matter."""


def cut(
    station: Station, *layers: Layer, pieces: int = 3, identification: int | None = None, **how: Any
) -> list[Frame]:
    """A packet to the product in fragments of 16 octets, the last one with what is left."""
    behind = how.pop("behind", None)
    whole = station.frame(*layers, **how)
    number = station.case.rng.getrandbits(32) if identification is None else identification
    return list(fragments(whole, [PIECE * i for i in range(1, pieces)], number, behind=behind))


def request(station: Station, size: int = 40) -> EchoRequest:
    """An Echo Request with data of so many octets, which no other case sends."""
    return station.echo(station.case.rng.randbytes(size))


def piece(frame: Frame, **fields: Any) -> Frame:
    """The same fragment with other fields of its Fragment header."""
    return frame.changed(Fragment, **fields)


async def replies(tester: Station, *requests: EchoRequest) -> None:
    """All of the requests are answered, in whatever order. Raises Nonconformity."""
    missing = list(requests)
    while missing:
        choices = [reply_to(each) for each in missing]
        wanted = choices[0]
        for choice in choices[1:]:
            wanted = wanted | choice
        got: Frame = await tester.expect(wanted)
        missing = [each for each in missing if not reply_to(each).matches(got)]


async def reply_in_pieces(tester: Station, asked: EchoRequest) -> list[Frame]:
    """The packets that carry the reply to a request: one, or fragments as they come. Empty where none comes."""
    wanted = reply_to(asked) | a(Frame, fragment=_any)
    came: list[Frame] = []
    while not isinstance(event := await tester.next(passing=CHATTER, until=wanted), Silence):
        if not wanted.matches(event):
            raise tester.channel.unexpected(event, wanted)
        came.append(event)
        if event.fragment is None or reassemble(came) is not None:
            break
    return came


def _any(fragment: Fragment | None) -> bool:
    """there"""
    return fragment is not None


async def fragmented(tester: Station, data: bytes | None = None) -> list[Frame]:
    """A reply of the product in fragments, for which the path MTU has to be told to it first. Raises Unready."""
    data = tester.case.rng.randbytes(1400) if data is None else data
    for _ in range(2):
        asked = tester.echo(data)
        await tester.send(tester.frame(asked))
        came = await reply_in_pieces(tester, asked)
        if came and came[0].fragment:
            return came
        if came:
            await tester.send(too_big(tester, came[0]))
    raise Unready("the product does not answer with fragments although the path is too narrow for its reply")


def too_big(tester: Station, packet_: Frame, mtu: int = LEAST_MTU) -> Frame:
    """The error that tells the product that a packet of its own was too big."""
    return tester.frame(PacketTooBig(mtu=mtu, invoking_packet=packet_.packet[: LEAST_MTU - 48]))
