"""Octets to packets. Never raises, always progresses; what no clause allows becomes `Malformed` with all its flaws."""

from collections.abc import Callable
from dataclasses import replace

from .filters import filter_flaw
from .flaws import Flaw, Malformed
from .packets import (
    PACKETS,
    Acknowledgement,
    Auth,
    Connack,
    Connect,
    Disconnect,
    Packet,
    Pingreq,
    Pingresp,
    Puback,
    Pubcomp,
    Publish,
    Pubrec,
    Pubrel,
    Suback,
    Subscribe,
    Subscription,
    Unsuback,
    Unsubscribe,
    Will,
)
from .primitives import Text, read_variable_byte_integer, variable_byte_integer
from .properties import LEFT_OUT, NONE, Properties
from .reader import Reader, Sender, wild
from .reasons import REASONS

FROM = {
    "client": frozenset((1, 3, 4, 5, 6, 7, 8, 10, 12, 14, 15)),
    "server": frozenset((2, 3, 4, 5, 6, 7, 9, 11, 13, 14, 15)),
}
"""Which packet types each side may send (5.0, table 2-1)."""
FROM_311 = {side: types - ({15} if side == "client" else {14, 15}) for side, types in FROM.items()}
"""The same for 3.1.1."""


def decode(data: bytes, *, version: int, sender: Sender) -> tuple[Packet | Malformed | None, bytes]:
    """The first packet of `data` as one of protocol level `version` sent by `sender`, and the octets behind it.

    None when octets are missing. CONNECT itself says its version. A packet whose borders are known is consumed alone;
    with an unreadable Remaining Length everything is.
    """
    size = len(data)
    if size < 2:
        return None, data
    length, start = data[1], 2
    if length > 127:
        try:
            found = read_variable_byte_integer(data, 1)
        except ValueError as error:
            return Malformed(data, (Flaw("variable-byte-integer", "Remaining Length", str(error)),)), b""
        if found is None:
            return None, data
        length, start = found
    end = start + length
    if size < end:
        return None, data
    raw, rest = (data, b"") if size == end else (data[:end], data[end:])
    reader = Reader(raw, start, version, sender)
    packet = _packet(reader)
    if start > 2 and len(variable_byte_integer(length)) != start - 1:
        reader.flaws.insert(0, Flaw("variable-byte-integer", "Remaining Length", "longer than needed"))
        packet = packet and replace(packet, length=raw[1:start])
    return (Malformed(raw, tuple(reader.flaws), packet) if reader.flaws else packet), rest


def _packet(r: Reader) -> Packet | None:
    kind = PACKETS.get(r.type)
    if kind is None or (kind is Auth and r.version < 5):
        r.flaw("packet-type", "packet type", f"{r.type} is reserved")
        return None
    if r.type not in (FROM if r.version >= 5 else FROM_311)[r.sender]:
        r.flaw("wrong-direction", "packet type", f"a {r.sender} never sends {kind.TITLE}")
    odd = kind is not Publish and r.flags != kind.FLAGS
    if odd:
        r.flaw("fixed-header-flags", "fixed header", f"{r.flags:04b} instead of {kind.FLAGS:04b}")
    packet = _READ[kind](r)
    if odd:
        packet = replace(packet, flags=r.flags)
    if r.at < r.end:
        r.flaw("trailing-bytes", "end of packet", f"{r.end - r.at} octets")
        packet = replace(packet, extra=r.rest())
    return packet


def _connect(r: Reader) -> Packet:
    name, level, flags, keep_alive = (
        r.text("Protocol Name"), r.octet("Protocol Version"), r.octet("Connect Flags"), r.number("Keep Alive"),
    )  # fmt: skip
    if name != "MQTT":
        r.flaw("protocol-name", "Protocol Name")
    r.version = 5 if level >= 5 else 4
    if level in (3, 4, 5):
        return _connect_as(r, name, level, flags, keep_alive)
    return _connect_of_unknown_level(r, name, level, flags, keep_alive)


def _connect_of_unknown_level(r: Reader, name: Text, level: int, flags: int, keep_alive: int) -> Packet:
    """A level that no standard defines says nothing of its layout: take the one that fits, 5.0 first."""
    at, before, short = r.at, list(r.flaws), r.short
    for version in (5, 4):
        r.at, r.flaws, r.short, r.version = at, list(before), short, version
        packet = _connect_as(r, name, level, flags, keep_alive)
        if len(r.flaws) == len(before) and not r.more():
            return packet
    r.at, r.flaws, r.short, r.version = at, list(before), short, 5
    return _connect_as(r, name, level, flags, keep_alive)


def _connect_as(r: Reader, name: Text, level: int, flags: int, keep_alive: int) -> Packet:
    odd = _connect_flags(r, flags)
    properties = r.properties("CONNECT")
    if properties.pairs and 0x16 in properties and 0x15 not in properties:
        r.flaw("authentication-data", "Authentication Data", "without Authentication Method")
    client_id = r.text("Client Identifier")
    will = _will(r, flags) if flags & 4 else None
    return Connect(
        version=r.version, client_id=client_id, clean_start=bool(flags & 2), keep_alive=keep_alive, will=will,
        user_name=r.text("User Name") if flags & 128 else None, password=r.binary("Password") if flags & 64 else None,
        properties=properties, protocol_name=name, protocol_level=None if level == r.version else level,
        connect_flags=flags if odd else None,
    )  # fmt: skip


def _connect_flags(r: Reader, flags: int) -> bool:
    """Whether the Connect Flags (3.1.2.3) hold something that the fields of a Connect cannot say."""
    if flags & 1:
        r.flaw("reserved-bits", "Connect Flags", "bit 0 is 1")
    if flags & 24 == 24:
        r.flaw("will-qos", "Will QoS", "3")
    if not flags & 4 and flags & 24:
        r.flaw("will-flags", "Will QoS", "without Will Flag")
    if not flags & 4 and flags & 32:
        r.flaw("will-flags", "Will Retain", "without Will Flag")
    if r.version < 5 and flags & 0xC0 == 0x40:
        r.flaw("password-without-user-name", "Connect Flags")
    return bool(flags & 1 or (not flags & 4 and flags & 56))


def _will(r: Reader, flags: int) -> Will:
    properties, topic = r.properties("will"), r.text("Will Topic")
    if wild(topic):
        r.flaw("topic-wildcard", "Will Topic")
    if not topic:
        r.flaw("topic-empty", "Will Topic")
    return Will(
        topic=topic,
        payload=r.binary("Will Payload"),
        qos=flags >> 3 & 3,
        retain=bool(flags & 32),
        properties=properties,
    )


def _connack(r: Reader) -> Packet:
    flags, code = r.octet("Connect Acknowledge Flags"), r.octet("Reason Code")
    if flags > 1:
        r.flaw("reserved-bits", "Connect Acknowledge Flags", f"{flags:08b}")
    _check_code(r, code, "CONNACK")
    return Connack(
        version=r.version, session_present=bool(flags & 1), reason_code=code, properties=r.properties("CONNACK"),
        acknowledge_flags=flags if flags > 1 else None,
    )  # fmt: skip


def _publish(r: Reader) -> Packet:
    flags = r.flags
    qos = flags >> 1 & 3
    if qos == 3:
        r.flaw("qos", "fixed header", "QoS 3")
    if not qos and flags & 8:
        r.flaw("dup", "fixed header", "DUP 1 with QoS 0")
    topic = r.text("Topic Name")
    if wild(topic):
        r.flaw("topic-wildcard", "Topic Name")
    identifier = r.packet_identifier() if qos else None
    properties = r.properties("PUBLISH") if r.version >= 5 else NONE
    if not topic and 0x23 not in properties:
        r.flaw("topic-empty", "Topic Name")
    if properties.pairs and r.sender == "client" and 0x0B in properties:
        r.flaw("subscription-identifier", "Subscription Identifier", "from a client")
    return Publish(
        version=r.version, topic=topic, payload=r.rest(), qos=qos, retain=bool(flags & 1), dup=bool(flags & 8),
        packet_identifier=identifier, properties=properties,
    )  # fmt: skip


def _acknowledgement(kind: type[Acknowledgement]) -> Callable[[Reader], Packet]:
    title = kind.TITLE

    def read(r: Reader) -> Packet:
        identifier, code, properties, brief = r.packet_identifier(), 0, NONE, True
        if r.version >= 5 and r.at < r.end:
            code = r.octet("Reason Code")
            _check_code(r, code, title)
            properties, brief = _optional_properties(r, title, code)
        return kind(
            version=r.version, packet_identifier=identifier, reason_code=code, properties=properties, brief=brief
        )

    return read


def _ending(kind: type[Disconnect] | type[Auth]) -> Callable[[Reader], Packet]:
    title = kind.TITLE

    def read(r: Reader) -> Packet:
        code, properties, brief = 0, NONE, True
        if r.version >= 5 and r.at < r.end:
            code = r.octet("Reason Code")
            _check_code(r, code, title)
            properties, brief = _optional_properties(r, title, code)
        return kind(version=r.version, reason_code=code, properties=properties, brief=brief)

    return read


def _optional_properties(r: Reader, title: str, code: int) -> tuple[Properties, bool]:
    """Properties that may be left out, and whether the packet is as brief as its code allows."""
    if r.at >= r.end:
        return (NONE, True) if code else (LEFT_OUT, False)
    properties = r.properties(title)
    return properties, bool(properties.pairs)


def _subscribe(r: Reader) -> Packet:
    identifier, properties, subscriptions = r.packet_identifier(), r.properties("SUBSCRIBE"), []
    while r.at < r.end:
        topic_filter, octet = _filter(r), r.octet("Subscription Options")
        _check_options(r, octet, topic_filter)
        subscriptions.append(
            Subscription(
                topic_filter=topic_filter,
                qos=octet & 3,
                no_local=bool(octet & 4),
                retain_as_published=bool(octet & 8),
                retain_handling=octet >> 4 & 3,
                options=octet if octet & 0xC0 else None,
            )
        )
    if not subscriptions:
        r.flaw("empty-payload", "SUBSCRIBE")
    return Subscribe(
        version=r.version, packet_identifier=identifier, subscriptions=tuple(subscriptions), properties=properties
    )


def _filter(r: Reader) -> Text:
    topic_filter = r.text("Topic Filter")
    if kind := filter_flaw(topic_filter, r.version):
        r.flaw(kind, "Topic Filter", repr(topic_filter)[:80])
    return topic_filter


def _check_options(r: Reader, octet: int, topic_filter: Text) -> None:
    """Subscription Options (5.0, 3.8.3.1); Requested QoS (3.1.1, 3.8.3)."""
    if octet & (0xC0 if r.version >= 5 else 0xFC):
        r.flaw("reserved-bits", "Subscription Options", f"{octet:08b}")
    if octet & 3 == 3:
        r.flaw("subscription-qos", "Subscription Options", "QoS 3")
    if r.version < 5:
        return
    if octet & 0x30 == 0x30:
        r.flaw("retain-handling", "Subscription Options", "Retain Handling 3")
    if octet & 4 and isinstance(topic_filter, str) and topic_filter.startswith("$share/"):
        r.flaw("no-local-shared", "Subscription Options", "No Local on a shared subscription")


def _unsubscribe(r: Reader) -> Packet:
    identifier, properties, filters = r.packet_identifier(), r.properties("UNSUBSCRIBE"), []
    while r.at < r.end:
        filters.append(_filter(r))
    if not filters:
        r.flaw("empty-payload", "UNSUBSCRIBE")
    return Unsubscribe(
        version=r.version, packet_identifier=identifier, topic_filters=tuple(filters), properties=properties
    )


def _suback(r: Reader) -> Packet:
    identifier, properties, codes = r.packet_identifier(), r.properties("SUBACK"), tuple(r.rest())
    for code in codes:
        _check_code(r, code, "SUBACK")
    if not codes:
        r.flaw("empty-payload", "SUBACK")
    return Suback(version=r.version, packet_identifier=identifier, reason_codes=codes, properties=properties)


def _unsuback(r: Reader) -> Packet:
    identifier, properties = r.packet_identifier(), r.properties("UNSUBACK")
    codes = tuple(r.rest()) if r.version >= 5 else ()
    for code in codes:
        _check_code(r, code, "UNSUBACK")
    if not codes and r.version >= 5:
        r.flaw("empty-payload", "UNSUBACK")
    return Unsuback(version=r.version, packet_identifier=identifier, reason_codes=codes, properties=properties)


def _check_code(r: Reader, code: int, title: str) -> None:
    if code not in REASONS[r.version >= 5, r.sender].get(title, ()):
        r.flaw("reason-code", f"{title} Reason Code", f"0x{code:02X}")


_READ: dict[type[Packet], Callable[[Reader], Packet]] = {
    Connect: _connect,
    Connack: _connack,
    Publish: _publish,
    **{kind: _acknowledgement(kind) for kind in (Puback, Pubrec, Pubrel, Pubcomp)},
    Subscribe: _subscribe,
    Suback: _suback,
    Unsubscribe: _unsubscribe,
    Unsuback: _unsuback,
    Pingreq: lambda r: Pingreq(version=r.version),
    Pingresp: lambda r: Pingresp(version=r.version),
    Disconnect: _ending(Disconnect),
    Auth: _ending(Auth),
}
