"""Messages of Neighbor Discovery that are wrong in one way or hold more than is defined (RFC 4861, 6.1, 8.1)."""

from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv6Address

from .resolving import spoiled
from .wire import Frame, Ipv6, NdMessage, UnknownIcmpv6, UnknownNdOption

Change = Callable[[Frame], Frame]
EMPTY = UnknownNdOption(type=200, data=bytes(6), length=0)
UNKNOWN = UnknownNdOption(type=200, data=bytes(14))


def from_afar(hop_limit: int) -> Change:
    """The message with a hop limit that it may have from another link."""
    return lambda frame: frame.changed(Ipv6, hop_limit=hop_limit)


def from_source(source: IPv6Address) -> Change:
    """The message from another address."""
    return lambda frame: frame.changed(Ipv6, source=source)


def with_code(code: int) -> Change:
    """The message with another code."""
    return lambda frame: frame.changed(NdMessage, code=code)


def cut_to(size: int) -> Change:
    """The message of so many octets; what is cut off follows as padding of the frame."""

    def cut(frame: Frame) -> Frame:
        message = _message(frame)
        body = message.body()
        short = UnknownIcmpv6(type=message.type, data=body[: size - 4])
        return replace(frame, layers=(*frame.layers[:-1], short), padding=body[size - 4 :])

    return cut


def with_empty_option(frame: Frame, *, first: bool = False) -> Frame:
    """The message with an option of length zero, behind its other options or before them."""
    options = _message(frame).options
    return frame.changed(NdMessage, options=(EMPTY, *options) if first else (*options, EMPTY))


def _message(frame: Frame) -> NdMessage:
    message = frame.message
    assert isinstance(message, NdMessage)
    return message


def _empty_first(frame: Frame) -> Frame:
    return with_empty_option(frame, first=True)


AFAR: tuple[Change, ...] = tuple(map(from_afar, (0, 1, 64, 254)))
CHECKSUM: tuple[Change, ...] = (spoiled,)
CODE: tuple[Change, ...] = tuple(map(with_code, (1, 255)))
EMPTY_OPTION: tuple[Change, ...] = (with_empty_option, _empty_first)
