"""Packets in fragments, and back (RFC 8200, 4.5)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from .decode import decode
from .frame import Frame, Malformed, encode
from .layers import NO_NEXT_HEADER, Fragment, HopByHop, Layer, Raw, Routing

UNIT_OCTETS = 8


def fragments(
    packet: Frame, cuts: Sequence[int], identification: int, *, behind: int | None = None
) -> tuple[Frame, ...]:
    """A packet in fragments that end at these offsets (in octets of the fragmentable part) and at its end.

    The first `behind` layers stand in every fragment: by default all up to the last Hop-by-Hop or Routing header.
    """
    behind = _unfragmentable(packet.layers) if behind is None else behind
    head = packet.layers[:behind]
    part = packet.packet[len(encode(head)) :]
    number = packet.layers[behind].NUMBER if len(packet.layers) > behind else None
    return tuple(
        replace(
            packet,
            layers=(
                *head,
                Fragment(fragment_offset=start // UNIT_OCTETS, more=end < len(part), identification=identification),
                Raw(data=part[start:end], next_header=NO_NEXT_HEADER if number is None else number),
            ),
        )
        for start, end in zip([0, *cuts], [*cuts, len(part)], strict=True)
    )


def _unfragmentable(layers: Sequence[Layer]) -> int:
    """How many layers every fragment has in front."""
    return max((i for i, layer in enumerate(layers) if isinstance(layer, HopByHop | Routing)), default=0) + 1


class Piece(NamedTuple):
    """A fragment: where its data begin in octets, the data, whether more follow, and the frame that it came in."""

    at: int
    raw: Raw
    more: bool
    frame: Frame


def reassemble(frames: Iterable[Frame]) -> Frame | Malformed | None:
    """The packet that fragments make up, in whatever order they came; the headers are those of the one at offset 0.

    None while something is missing, where fragments overlap, and where there is none. What belongs to another packet
    than the first fragment (by addresses and Identification) is left out.
    """
    pieces = _pieces(frames)
    if not pieces or pieces[0].at:
        return None
    end = 0
    for piece in pieces:
        if piece.at != end:
            return None
        end += len(piece.raw.data)
    if [piece.more for piece in pieces] != [True] * (len(pieces) - 1) + [False]:
        return None
    first = pieces[0].frame
    at = next(i for i, layer in enumerate(first.layers) if isinstance(layer, Fragment))
    rest = replace(pieces[0].raw, data=b"".join(piece.raw.data for piece in pieces))
    event, _ = decode(bytes(replace(first, layers=(*first.layers[:at], rest), padding=b"")))
    return event


def _pieces(frames: Iterable[Frame]) -> list[Piece]:
    """The fragments of the packet that the first of them belongs to, by their place in it."""
    pieces: list[Piece] = []
    of: tuple[object, ...] | None = None
    for frame in frames:
        ip, fragment, data = frame.ip, frame.fragment, frame.layers[-1] if frame.layers else None
        if ip is None or fragment is None or fragment.atomic or not isinstance(data, Raw):
            continue
        key = (ip.source, ip.destination, fragment.identification)
        of = of or key
        if key == of:
            pieces.append(Piece(fragment.fragment_offset * UNIT_OCTETS, data, fragment.more, frame))
    return sorted(pieces, key=lambda piece: piece.at)
