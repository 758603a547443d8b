"""Faults in the checks of CONNECT: flags and fields that do not belong together (3.1.2.5 to 3.1.2.9, 3.1.3)."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from ..reference import Rules
from ..wire import Connect, Malformed, Packet
from ..wire.properties import PropertyId as P
from .data import only
from .registry import FAULTS, both, v5, v311

if TYPE_CHECKING:
    from ..reference.connection import Connection

WILL_FIELDS = ("Property Length", "Will Topic", "Will Payload")


def overlooking(id_: str, breaks: tuple[str, ...], summary: str, test: Callable[[Malformed, Connect], bool]) -> None:
    """Add a fault that takes a malformed CONNECT of which `test` is true."""

    class Overlooking(Rules):
        def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
            return isinstance(malformed.message, Connect) and test(malformed, malformed.message)

    Overlooking.__doc__ = summary
    FAULTS.add(id_, *breaks)(Overlooking)


overlooking(
    "missing-will-taken",
    both("MQTT-3.1.2-9"),
    "Takes a CONNECT with Will Flag whose will is not there, or not whole.",
    lambda malformed, connect: connect.will is not None and only(malformed, "missing-field", *WILL_FIELDS),
)
overlooking(
    "stray-will-taken",
    v311("MQTT-3.1.2-11"),
    "Takes user name and password, and passes over what follows.",
    lambda malformed, connect: connect.password is not None and only(malformed, "trailing-bytes"),
)
overlooking(
    "will-qos-without-will-taken",
    both(("MQTT-3.1.2-13", "MQTT-3.1.2-11"), "MQTT-3.1.2-11"),
    "Takes a Will QoS without Will Flag.",
    lambda malformed, connect: only(malformed, "will-flags", "Will QoS"),
)
overlooking(
    "will-retain-without-will-taken",
    both(("MQTT-3.1.2-15", "MQTT-3.1.2-11"), "MQTT-3.1.2-13"),
    "Takes Will Retain without Will Flag.",
    lambda malformed, connect: only(malformed, "will-flags", "Will Retain"),
)
overlooking(
    "stray-user-name-taken",
    both("MQTT-3.1.2-18", "MQTT-3.1.2-16"),
    "Passes over a user name without its flag.",
    lambda malformed, connect: connect.user_name is None and only(malformed, "trailing-bytes"),
)
overlooking(
    "missing-user-name-taken",
    both("MQTT-3.1.2-19", "MQTT-3.1.2-17"),
    "Takes a CONNECT with User Name Flag and no user name.",
    lambda malformed, connect: only(malformed, "missing-field", "User Name"),
)
overlooking(
    "stray-password-taken",
    both("MQTT-3.1.2-20", "MQTT-3.1.2-18"),
    "Passes over a password without its flag.",
    lambda malformed, connect: (
        connect.user_name is not None and connect.password is None and only(malformed, "trailing-bytes")
    ),
)
overlooking(
    "missing-password-taken",
    both("MQTT-3.1.2-21", "MQTT-3.1.2-19"),
    "Takes a CONNECT with Password Flag and no password.",
    lambda malformed, connect: only(malformed, "missing-field", "Password"),
)
overlooking(
    "password-without-user-name-taken",
    v311("MQTT-3.1.2-22"),
    "Takes a password without a user name in 3.1.1, as in 5.0.",
    lambda malformed, connect: only(malformed, "password-without-user-name"),
)
overlooking(
    "missing-client-id-taken",
    both("MQTT-3.1.3-3"),
    "Takes a CONNECT without a payload.",
    lambda malformed, connect: only(malformed, "missing-field", "Client Identifier") and not connect.client_id,
)
overlooking(
    "ill-formed-client-id-taken",
    both(("MQTT-3.1.3-4", "MQTT-1.5.3-1"), ("MQTT-3.1.3-4", "MQTT-1.5.4-1")),
    "Takes any octets for a Client Identifier.",
    lambda malformed, connect: only(malformed, "utf-8", "Client Identifier"),
)
overlooking(
    "ill-formed-will-topic-taken",
    both(("MQTT-3.1.3-10", "MQTT-1.5.3-1"), ("MQTT-3.1.3-11", "MQTT-1.5.4-1")),
    "Takes any octets for a will topic.",
    lambda malformed, connect: only(malformed, "utf-8", "Will Topic"),
)
overlooking(
    "ill-formed-user-name-taken",
    both(("MQTT-3.1.3-11", "MQTT-1.5.3-1"), ("MQTT-3.1.3-12", "MQTT-1.5.4-1")),
    "Takes any octets for a user name.",
    lambda malformed, connect: only(malformed, "utf-8", "User Name"),
)
overlooking(
    "will-topic-with-wildcard-taken",
    both("MQTT-4.7.1-1", "MQTT-4.7.0-1"),
    "Takes a will topic with wildcards.",
    lambda malformed, connect: only(malformed, "topic-wildcard", "Will Topic"),
)


@FAULTS.add("will-qos-3-taken", *both("MQTT-3.1.2-14", "MQTT-3.1.2-12"))
class _(Rules):
    """Takes Will QoS 3 for 2."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return only(malformed, "will-qos")

    def taken_for(self, packet: Packet) -> Packet:
        if not isinstance(packet, Connect) or packet.will is None:
            return packet
        return replace(packet, will=replace(packet.will, qos=min(packet.will.qos, 2)))


@FAULTS.add("connect-dup-auth-method-taken", *v5("MQTT5-PE-CONNECT-DUP-AUTH-METHOD"))
class _(Rules):
    """Takes a CONNECT with two authentication methods for one with none."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return isinstance(malformed.message, Connect) and only(malformed, "property-twice", "Authentication Method")

    def taken_for(self, packet: Packet) -> Packet:
        return without_authentication(packet)


@FAULTS.add("connect-dup-auth-data-taken", *v5("MQTT5-PE-CONNECT-DUP-AUTH-DATA"))
class _(Rules):
    """Takes a CONNECT with Authentication Data twice for one without authentication."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return isinstance(malformed.message, Connect) and only(malformed, "property-twice", "Authentication Data")

    def taken_for(self, packet: Packet) -> Packet:
        return without_authentication(packet)


def without_authentication(packet: Packet) -> Packet:
    """A CONNECT without the properties of enhanced authentication."""
    if not isinstance(packet, Connect):
        return packet
    return replace(packet, properties=packet.properties.without(P.AUTHENTICATION_METHOD, P.AUTHENTICATION_DATA))


TWICE = {
    "SESSION-EXPIRY": "Session Expiry Interval",
    "RECEIVE-MAXIMUM": "Receive Maximum",
    "MAXIMUM-PACKET-SIZE": "Maximum Packet Size",
    "TOPIC-ALIAS-MAXIMUM": "Topic Alias Maximum",
    "REQUEST-RESPONSE": "Request Response Information",
    "REQUEST-PROBLEM": "Request Problem Information",
}
WRONG_VALUE = {
    "ZERO-RECEIVE-MAXIMUM": "Receive Maximum",
    "ZERO-MAXIMUM-PACKET-SIZE": "Maximum Packet Size",
    "BAD-REQUEST-RESPONSE": "Request Response Information",
    "BAD-REQUEST-PROBLEM": "Request Problem Information",
}
TWICE_IN_WILL = {
    "DELAY": "Will Delay Interval",
    "PAYLOAD-FORMAT": "Payload Format Indicator",
    "MESSAGE-EXPIRY": "Message Expiry Interval",
    "CONTENT-TYPE": "Content Type",
    "RESPONSE-TOPIC": "Response Topic",
    "CORRELATION-DATA": "Correlation Data",
}


def _property(id_: str, kind: str, field: str, where: str, summary: str) -> None:
    def test(malformed: Malformed, connect: Connect) -> bool:
        return only(malformed, kind, field) and all(flaw.detail.endswith(f"in {where}") for flaw in malformed.flaws)

    overlooking(f"{id_.lower().replace('mqtt5-pe-', '')}-taken", v5(id_), summary, test)


for _name, _field in TWICE.items():
    _property(f"MQTT5-PE-CONNECT-DUP-{_name}", "property-twice", _field, "CONNECT", f"Takes {_field} twice in CONNECT.")
for _name, _field in WRONG_VALUE.items():
    _property(f"MQTT5-PE-CONNECT-{_name}", "property-value", _field, "CONNECT", f"Takes {_field} of any value.")
for _name, _field in TWICE_IN_WILL.items():
    _property(f"MQTT5-PE-WILL-DUP-{_name}", "property-twice", _field, "will", f"Takes {_field} twice in a will.")
overlooking(
    "connect-auth-data-alone-taken",
    v5("MQTT5-PE-CONNECT-AUTH-DATA-ALONE"),
    "Passes over Authentication Data without a method.",
    lambda malformed, connect: only(malformed, "authentication-data"),
)
