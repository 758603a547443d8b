"""One line about a frame, for a person."""

from collections.abc import Collection, Sequence
from dataclasses import MISSING, fields
from ipaddress import IPv6Address
from typing import Any

from .addresses import mac_text
from .decode import read_packet
from .frame import Frame, Ipv6, Malformed
from .icmpv6 import Icmpv6Error
from .layers import Layer, Option, Raw
from .nd_options import LinkLayerAddress, NdOption, PrefixInformation
from .transport import TcpOption

_OCTETS = 24
_TEXT = 400
_HEX = frozenset(("checksum", "flow_label", "option_type"))


def describe(event: Any) -> str:
    """`fe80::1 > ff02::1:ff00:2 hop limit 255, Neighbor Solicitation target=fe80::2 [Source Link-Layer Address …]`"""
    if isinstance(event, bytes):
        return f"octets {_hex(event)}"
    if isinstance(event, Malformed):
        read = f": {_packet(event.layers)}" if event.layers else ""
        return f"malformed packet, {event.why}{_cut(read)}"
    frame: Frame = event
    tags = "".join(f"VLAN {tag.vlan_identifier} " for tag in frame.tags)
    if frame.ip is None:
        return f"{tags}frame of type 0x{frame.ether_type or 0:04x} from {mac_text(frame.source)}"
    return tags + _cut(_packet(frame.layers)) + ("" if frame.checksum_ok else ", wrong checksum")


def _packet(layers: Sequence[Layer], *, quoted: bool = False) -> str:
    return ", ".join(_layer(layer, quoted) for layer in layers)


def _layer(layer: Layer, quoted: bool) -> str:
    if isinstance(layer, Ipv6):
        way = f"{layer.source} > {layer.destination} hop limit {layer.hop_limit}"
        return " ".join((way, *_departures(layer, {"source", "destination", "hop_limit"})))
    if isinstance(layer, Raw):
        return f"{len(layer.data)} octets of next header {layer.next_header}"
    if isinstance(layer, Icmpv6Error):
        head = " ".join((layer.TITLE, f"code={layer.code}", *_departures(layer, {"code", "invoking_packet"})))
        return f"{head} about {_quote(layer.invoking_packet, quoted)}"
    return " ".join((layer.TITLE, *_departures(layer)))


def _quote(data: bytes, quoted: bool) -> str:
    """A packet that an error quotes; what is quoted within it is only counted."""
    layers = () if quoted else read_packet(data)
    return f"({_packet(layers, quoted=True)})" if layers else f"{len(data)} octets"


def _departures(value: Any, quiet: Collection[str] = ()) -> list[str]:
    """The fields of a layer that are not as they are by default."""
    told = []
    for field in fields(value):
        given = getattr(value, field.name)
        if field.name not in quiet and (field.default is MISSING or given != field.default):
            told.append(_field(field.name, given))
    return told


def _field(name: str, value: Any) -> str:
    if name == "options" and isinstance(value, tuple):
        return "[" + ", ".join(map(_option, value[:12])) + (", …" if len(value) > 12 else "") + "]"
    if isinstance(value, bool):
        return name
    return f"{name}=0x{value:02x}" if name in _HEX and isinstance(value, int) else f"{name}={_value(value)}"


def _option(option: Option | NdOption | TcpOption) -> str:
    if isinstance(option, LinkLayerAddress):
        return " ".join((option.TITLE, mac_text(option.address[:_OCTETS]), *_departures(option, {"address"})))
    if isinstance(option, PrefixInformation):
        prefix = f"{option.prefix}/{option.prefix_length}"
        return " ".join((option.TITLE, prefix, *_departures(option, {"prefix", "prefix_length"})))
    return " ".join((option.TITLE, *_departures(option)))


def _value(value: Any) -> str:
    if isinstance(value, bytes):
        return f"{len(value)} octets" if len(value) > _OCTETS else value.hex()
    if isinstance(value, tuple):
        return "(" + ", ".join(map(_value, value[:8])) + (", …" if len(value) > 8 else "") + ")"
    if isinstance(value, IPv6Address | int | str):
        return str(int(value) if isinstance(value, int) else value)
    return "(" + " ".join(_departures(value)) + ")"


def _hex(data: bytes) -> str:
    return data[:_OCTETS].hex() + ("…" if len(data) > _OCTETS else "")


def _cut(text: str) -> str:
    return text if len(text) <= _TEXT else text[:_TEXT] + "…"
