"""Faults at CONNECT: what comes first, which protocol, and how it is answered (3.1.0 to 3.1.2.3, 3.1.3-1, 3.1.4)."""

from dataclasses import replace
from typing import TYPE_CHECKING

from ..reference import Rules
from ..wire import Connect, Malformed, Publish, Subscribe, Will
from .data import only
from .registry import FAULTS, both, v5, v311

if TYPE_CHECKING:
    from ..reference.connection import Connection


@FAULTS.add("missing-connect-tolerated", *both("MQTT-3.1.0-1"))
class _(Rules):
    """Serves clients that begin without CONNECT, as far as it understands them."""

    def ignores(self, c: "Connection", malformed: Malformed) -> bool:
        return c.connect is None and isinstance(malformed.message, Publish | Subscribe)

    def tolerates_missing_connect(self, c: "Connection") -> bool:
        return True


@FAULTS.add("second-connect-tolerated", *both("MQTT-3.1.0-2"))
class _(Rules):
    """Passes over a second CONNECT."""

    def tolerates_second_connect(self, c: "Connection") -> bool:
        return True


@FAULTS.add("protocol-name-taken", *both("MQTT-3.1.2-1"))
class _(Rules):
    """Does not look at the protocol name."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return only(malformed, "protocol-name")


@FAULTS.add("any-level-served", *both("MQTT-3.1.2-2"))
class _(Rules):
    """Serves every protocol level as if it were one of its own."""

    def serves_level(self, level: int) -> bool:
        return True


@FAULTS.add("level-refused-with-another-code", *v311("MQTT-3.1.2-2"))
class _(Rules):
    """Refuses a protocol level that it does not serve as if the server were not available."""

    def level_code(self, level: int) -> int:
        return 0x88


@FAULTS.add("reserved-connect-flag-taken", *both("MQTT-3.1.2-3"))
class _(Rules):
    """Does not look at bit 0 of the Connect Flags."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return only(malformed, "reserved-bits", "Connect Flags")


@FAULTS.add("will-read-backwards", *both("MQTT-3.1.3-1"))
class _(Rules):
    """Takes a will message that could be a topic for the will topic, and the topic for the message."""

    def will_of(self, c: "Connection", connect: Connect) -> Will | None:
        will = super().will_of(c, connect)
        if will is None or not will.payload.startswith(b"iic/"):
            return will
        return replace(will, topic=will.payload.decode(), payload=str(will.topic).encode())


@FAULTS.add("connack-for-malformed-connect", *v311("MQTT-3.1.4-1"))
class _(Rules):
    """Answers a CONNECT that ends too early with CONNACK before it closes."""

    def connack_code_for(self, malformed: Malformed) -> int | None:
        return 5 if only(malformed, "missing-field", "Keep Alive") else None


@FAULTS.add("connect-cut-short-taken", *both("MQTT-3.1.4-1"))
class _(Rules):
    """Takes a CONNECT that ends within its Keep Alive."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return only(malformed, "missing-field", "Keep Alive")


@FAULTS.add("wrong-password-taken", *v5("MQTT-3.1.4-2"))
class _(Rules):
    """Asks for a known user name, and takes any password."""

    def accepts_credentials(self, c: "Connection", connect: Connect) -> bool:
        known = c.broker.options.credentials
        return not known or str(connect.user_name) in known


@FAULTS.add("unknown-user-taken", *v5("MQTT-3.1.4-2"))
class _(Rules):
    """Compares the password of known users only."""

    def accepts_credentials(self, c: "Connection", connect: Connect) -> bool:
        return str(connect.user_name) not in c.broker.options.credentials or super().accepts_credentials(c, connect)


@FAULTS.add("no-takeover", *both("MQTT-3.1.4-2", "MQTT-3.1.4-3"))
class _(Rules):
    """Leaves the older connection of a client open."""

    def takes_over(self) -> bool:
        return False


@FAULTS.add("valid-connect-refused", *both("MQTT-3.1.4-4", "MQTT-3.1.4-5"))
class _(Rules):
    """Tells every client that the server is not available."""

    def code_for_valid_connect(self) -> int:
        return 3


@FAULTS.add("processing-after-rejection", *both("MQTT-3.1.4-5", "MQTT-3.1.4-6"))
class _(Rules):
    """Serves what comes in one piece with a CONNECT that it refuses."""

    def processes_after_rejection(self) -> bool:
        return True
