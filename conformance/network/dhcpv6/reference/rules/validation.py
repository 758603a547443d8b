"""Rules about which messages are taken (RFC 8415, 16 and 18.4; RFC 9915, 16)."""

from typing import Any

from ...wire import (
    ClientId,
    Confirm,
    Decline,
    Dhcp,
    Duid,
    IaNa,
    IaPd,
    IaTa,
    InformationRequest,
    Malformed,
    Message,
    Rebind,
    Release,
    Renew,
    Request,
    ServerId,
    Solicit,
)

OURS_NEEDED = (Request, Renew, Decline, Release)
"""Messages to one server: they name it (16.4, 16.6, 16.8, 16.9)."""
NONE_ALLOWED = (Solicit, Confirm, Rebind)
"""Messages to any server: they name none (16.2, 16.5, 16.7)."""


class ValidationRules:
    """What is decided about a message before anything is done with it."""

    def reads_malformed(self, malformed: Malformed) -> Dhcp | None:
        """What no clause allows is discarded."""
        return None

    def accepts(self, message: Message, duid: Duid) -> bool:
        """Whether a client's message is valid."""
        if not isinstance(message, (*OURS_NEEDED, *NONE_ALLOWED, InformationRequest)):
            return self.takes_server_messages(message)
        return self.has_client(message) and self.names_right_server(message, duid) and self.has_right_options(message)

    def takes_server_messages(self, message: Message) -> bool:
        """What servers send, and what has an unknown type, is discarded (16.3, 16.10, 16.11)."""
        return False

    def has_client(self, message: Message) -> bool:
        """All but an Information-request need a Client Identifier."""
        return isinstance(message, InformationRequest) or message.first(ClientId) is not None

    def names_right_server(self, message: Message, duid: Duid) -> bool:
        found = message.first(ServerId)
        if isinstance(message, NONE_ALLOWED):
            return found is None
        if isinstance(message, InformationRequest):
            return found is None or found.duid == duid
        return found is not None and found.duid == duid

    def has_right_options(self, message: Message) -> bool:
        """An Information-request has no IA (16.12)."""
        return not isinstance(message, InformationRequest) or not any(
            isinstance(each, IaNa | IaTa | IaPd) for each in message.options
        )

    # Unicast.

    def takes_unicast(self, message: Message, options: Any) -> bool:
        """Only where RFC 8415 is followed, a Server Unicast option was sent, and for messages to one server."""
        return options.edition == 8415 and options.unicast is not None and isinstance(message, OURS_NEEDED)

    def says_use_multicast(self, message: Message, options: Any) -> bool:
        """RFC 8415, 18.4; by RFC 9915 such a message is dropped."""
        return options.edition == 8415 and isinstance(message, OURS_NEEDED)
