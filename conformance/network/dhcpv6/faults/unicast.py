"""Unicast after RFC 8415 (16, 18.4, 21.12)."""

from typing import Any

from ..reference import Rules
from ..wire import Message, Request
from .registry import FAULTS, server


@FAULTS.add("use-multicast-unsaid", *server("rfc8415:18.4-1"))
class _(Rules):
    """A unicast message without leave gets no answer."""

    def says_use_multicast(self, message: Message, options: Any) -> bool:
        return False


@FAULTS.add("unicast-without-leave-taken", *server("rfc8415:21.12-3", "rfc8415:18.4-1"))
class _(Rules):
    """A unicast Request is taken without leave."""

    def takes_unicast(self, message: Message, options: Any) -> bool:
        taken = options.edition == 8415 and isinstance(message, Request)
        return taken or super().takes_unicast(message, options)


@FAULTS.add("unicast-with-leave-refused", *server("rfc8415:18.4-2"))
class _(Rules):
    """Unicast messages are refused although the server sends its unicast address."""

    def takes_unicast(self, message: Message, options: Any) -> bool:
        return False
