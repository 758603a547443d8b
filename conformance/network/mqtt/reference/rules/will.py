"""Rules about the will."""

from typing import TYPE_CHECKING

from ...wire import Connect, Properties, Will
from ...wire.properties import PropertyId as P
from ..state import Message

if TYPE_CHECKING:
    from ..connection import Connection

FORWARDED = (P.PAYLOAD_FORMAT_INDICATOR, P.CONTENT_TYPE, P.RESPONSE_TOPIC, P.CORRELATION_DATA, P.USER_PROPERTY)
"""The properties that go on with a message."""


class WillRules:
    """The will (3.1.2.5 to 3.1.2.7, 3.1.3)."""

    def keeps_will(self, will: Will) -> Will | None:
        """3.1.2-7, -8: the will is stored."""
        return will

    def will_of(self, c: "Connection", connect: Connect) -> Will | None:
        """3.1.2-12 of 3.1.1: a connection leaves the will of its CONNECT, or none."""
        return connect.will

    def will_on_disconnect(self, code: int) -> bool:
        """3.14.4-3: DISCONNECT 00 deletes the will; other codes do not."""
        return code != 0

    def will_after_error(self, code: int) -> bool:
        """3.1.2-8: the will goes out when the server ends the connection for an error, silence or a takeover."""
        return True

    def will_delay_s(self, will: Will) -> float:
        """3.1.3.2.2: how long it waits."""
        return float(will.properties.get(P.WILL_DELAY_INTERVAL, 0))

    def cancels_will_on_return(self) -> bool:
        """3.1.3-9: the client came back in time."""
        return True

    def publishes_at_end_of_session(self) -> bool:
        """3.1.2-8: the will goes out when the session ends, though its delay may not be over."""
        return True

    def removes_will_once_sent(self) -> bool:
        """3.1.2-10: one will per connection."""
        return True

    def will_message(self, will: Will, client_id: str, expires_s: float | None) -> Message:
        """3.1.2-14, -15; 3.1.3-10: the message made of a will."""
        forwarded = Properties(tuple(p for p in will.properties if p[0] in FORWARDED))
        return Message(
            topic=str(will.topic), payload=will.payload, qos=will.qos, retain=will.retain, properties=forwarded,
            publisher=client_id, expires_s=expires_s,
        )  # fmt: skip
