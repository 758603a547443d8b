"""The codec of one direction of a connection, for a channel."""

from typing import Any

from .decode import decode
from .flaws import Malformed
from .packets import Packet
from .reader import Sender
from .show import describe


class Codec:
    """Decodes what `sender` sends. `version` is the protocol level until a CONNECT tells its own."""

    def __init__(self, version: int = 5, sender: Sender = "server") -> None:
        self.version = version
        self.sender: Sender = sender

    def decode(self, data: bytes) -> tuple[Packet | Malformed | None, bytes]:
        """The first packet and the octets behind it; see `decode`."""
        return decode(data, version=self.version, sender=self.sender)

    def describe(self, event: Any) -> str:
        """One line about a packet, for a person."""
        return describe(event)
