"""Rules about what is said beside a reason code, in 5.0."""

from typing import TYPE_CHECKING

from ...wire import NONE, Auth, Connack, Disconnect, Packet, Properties, properties
from ...wire.properties import PropertyId as P

if TYPE_CHECKING:
    from ..connection import Connection

NO_SUBSCRIPTION_EXISTED = 0x11


class ProblemRules:
    """Reason String and User Property beside a reason code (3.2.2.3, 3.4.2.2, and the like of each packet)."""

    def explanation(self, packet: Packet) -> Properties:
        """What a packet says of the problem that it reports; nothing where all is well, but for AUTH."""
        code = max(getattr(packet, "reason_codes", ()) or (getattr(packet, "reason_code", 0),))
        if code < 0x80 and code != NO_SUBSCRIPTION_EXISTED and not isinstance(packet, Auth):
            return NONE
        return properties(
            reason_string="this is what the reference broker has to say about it",
            user_property=("broker", "the reference of the conformance test harness"),
        )

    def tells_problems(self, c: "Connection", packet: Packet) -> bool:
        """3.1.2-29: with Request Problem Information 0 only CONNACK, DISCONNECT and PUBLISH explain anything."""
        connect = c.connect or c.waiting
        wanted = connect is None or connect.properties.get(P.REQUEST_PROBLEM_INFORMATION, 1)
        return bool(wanted) or isinstance(packet, Connack | Disconnect)

    def explanation_fits(self, c: "Connection", packet: Packet, identifier: int) -> bool:
        """3.4.2-2, -3 and the like: whether a packet, which now holds this property, is within the client's limit."""
        return len(bytes(packet)) <= c.maximum_packet_size
