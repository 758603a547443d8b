"""The codec for a channel."""

from typing import Any

from .base import Dhcp
from .decode import decode
from .flaws import Malformed
from .show import describe


class Codec:
    """Decodes UDP payloads, each a whole message."""

    def decode(self, data: bytes) -> tuple[Dhcp | Malformed, bytes]:
        """The message that the payload is; see `decode`."""
        return decode(data)

    def describe(self, event: Any) -> str:
        """One line about a message, for a person."""
        return describe(event)
