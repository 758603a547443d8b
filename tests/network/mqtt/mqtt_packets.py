"""Hypothesis strategies for well-formed MQTT packets."""

from typing import Any

from hypothesis import strategies as st

from conformance.network.mqtt import wire

TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)
TOPIC = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0#+"), min_size=1, max_size=12)
FILTER = st.one_of(
    TOPIC.filter(lambda t: not t.startswith("$share/")), st.sampled_from(["#", "a/#", "+", "+/a/+", "/", "$SYS/#"])
)
OCTETS = st.binary(max_size=20)
IDENTIFIER = st.integers(1, 0xFFFF)

_VALUES: dict[int, Any] = {
    0: st.integers(0, 1), 1: st.integers(1, 0xFFFF), 2: st.integers(1, 0xFFFFFFFF), 3: st.integers(1, 268_435_455),
    4: TEXT, 5: OCTETS, 6: st.tuples(TEXT, TEXT),
}  # fmt: skip


def value(identifier: int) -> st.SearchStrategy[Any]:
    """Values that the property may have."""
    return TOPIC if identifier == wire.PropertyId.RESPONSE_TOPIC else _VALUES[wire.TYPES[identifier]]


@st.composite
def properties(draw: st.DrawFn, owner: str, leave: tuple[int, ...] = ()) -> wire.Properties:
    identifiers = draw(st.lists(st.sampled_from(sorted(wire.ALLOWED[owner] - set(leave))), unique=True, max_size=4))
    pairs = tuple((i, draw(value(i))) for i in identifiers)
    if wire.PropertyId.USER_PROPERTY in identifiers:
        pairs += ((wire.PropertyId.USER_PROPERTY, draw(st.tuples(TEXT, TEXT))),)
    return wire.Properties(pairs)


@st.composite
def connects(draw: st.DrawFn, version: int) -> wire.Connect:
    new = version >= 5
    user_name = draw(st.none() | TEXT)
    will = wire.Will(
        topic=draw(TOPIC), payload=draw(OCTETS), qos=draw(st.integers(0, 2)), retain=draw(st.booleans()),
        properties=draw(properties("will")) if new else wire.NONE,
    )  # fmt: skip
    return wire.Connect(
        version=version, client_id=draw(TEXT), clean_start=draw(st.booleans()), keep_alive=draw(st.integers(0, 0xFFFF)),
        will=draw(st.none() | st.just(will)), user_name=user_name,
        password=draw(st.none() | OCTETS) if new or user_name is not None else None,
        properties=draw(properties("CONNECT", leave=(0x16,))) if new else wire.NONE,
    )  # fmt: skip


@st.composite
def publishes(draw: st.DrawFn, version: int, sender: str) -> wire.Publish:
    qos = draw(st.integers(0, 2))
    left = (0x0B,) if sender == "client" else ()
    return wire.Publish(
        version=version, topic=draw(TOPIC), payload=draw(OCTETS), qos=qos, retain=draw(st.booleans()),
        dup=bool(qos) and draw(st.booleans()), packet_identifier=draw(IDENTIFIER) if qos else None,
        properties=draw(properties("PUBLISH", leave=left)) if version >= 5 else wire.NONE,
    )  # fmt: skip


def _codes(kind: Any, version: int, sender: str) -> st.SearchStrategy[int]:
    return st.sampled_from(sorted(wire.REASONS[version >= 5, sender].get(kind.TITLE) or {0}))


def _having(kind: Any, version: int, sender: str, **more: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Packets with properties and what else they have."""
    leave = (0x11,) if kind is wire.Disconnect and sender == "server" else ()
    some = properties(kind.TITLE, leave=leave) if version >= 5 else st.just(wire.NONE)
    return st.builds(kind, version=st.just(version), properties=some, **more)


def _both(version: int, sender: str) -> list[st.SearchStrategy[Any]]:
    kinds = (wire.Puback, wire.Pubrec, wire.Pubrel, wire.Pubcomp)
    out = [
        _having(k, version, sender, packet_identifier=IDENTIFIER, reason_code=_coded(k, version, sender)) for k in kinds
    ]
    out.append(publishes(version, sender))
    if version >= 5:
        out += [
            _having(k, version, sender, reason_code=_codes(k, version, sender)) for k in (wire.Disconnect, wire.Auth)
        ]
    return out


def _coded(kind: Any, version: int, sender: str) -> st.SearchStrategy[int]:
    return _codes(kind, version, sender) if version >= 5 else st.just(0)


@st.composite
def subscriptions(draw: st.DrawFn, version: int) -> wire.Subscription:
    new = version >= 5
    return wire.Subscription(
        topic_filter=draw(FILTER), qos=draw(st.integers(0, 2)), no_local=new and draw(st.booleans()),
        retain_as_published=new and draw(st.booleans()), retain_handling=draw(st.integers(0, 2)) if new else 0,
    )  # fmt: skip


def from_client(version: int) -> st.SearchStrategy[Any]:
    """Any well-formed packet that a client sends."""
    rest = [st.just(wire.Disconnect(version=4))] if version < 5 else []
    asked = st.lists(subscriptions(version), min_size=1, max_size=4).map(tuple)
    filters = st.lists(FILTER, min_size=1, max_size=4).map(tuple)
    return st.one_of(
        connects(version),
        _having(wire.Subscribe, version, "client", packet_identifier=IDENTIFIER, subscriptions=asked),
        _having(wire.Unsubscribe, version, "client", packet_identifier=IDENTIFIER, topic_filters=filters),
        st.just(wire.Pingreq(version=version)),
        *_both(version, "client"),
        *rest,
    )


def from_server(version: int) -> st.SearchStrategy[Any]:
    """Any well-formed packet that a server sends."""

    def several(kind: Any) -> st.SearchStrategy[tuple[int, ...]]:
        return st.lists(_codes(kind, version, "server"), min_size=1, max_size=4).map(tuple)

    none = st.just(())
    return st.one_of(
        _having(
            wire.Connack,
            version,
            "server",
            session_present=st.booleans(),
            reason_code=_codes(wire.Connack, version, "server"),
        ),
        _having(wire.Suback, version, "server", packet_identifier=IDENTIFIER, reason_codes=several(wire.Suback)),
        _having(
            wire.Unsuback, version, "server", packet_identifier=IDENTIFIER,
            reason_codes=several(wire.Unsuback) if version >= 5 else none,
        ),
        st.just(wire.Pingresp(version=version)),
        *_both(version, "server"),
    )  # fmt: skip


def packets() -> st.SearchStrategy[tuple[int, Any, Any]]:
    """(version, sender, packet)"""
    kinds = [(v, s, make(v)) for v in (4, 5) for s, make in (("client", from_client), ("server", from_server))]
    return st.one_of(*(st.tuples(st.just(v), st.just(s), packet) for v, s, packet in kinds))
