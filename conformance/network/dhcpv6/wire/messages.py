"""The messages of RFC 8415 and 9915 as frozen values with the standard's field names.

`msg_type` is the right one for each class and sent as given otherwise. `bytes(message)` never validates.
"""

from dataclasses import dataclass
from ipaddress import IPv6Address

from .base import Dhcp, number
from .codes import MessageType

UNSPECIFIED = IPv6Address(0)


@dataclass(frozen=True, kw_only=True)
class Message(Dhcp):
    """A message between client and server (8); by its own name one of a type that the standard leaves to others."""

    transaction_id: int = 0

    def fixed(self) -> bytes:
        return number(self.transaction_id, 3)


@dataclass(frozen=True, kw_only=True)
class Solicit(Message):
    """A client looks for servers (18.2.1)."""

    TITLE = "Solicit"
    msg_type: int = MessageType.SOLICIT


@dataclass(frozen=True, kw_only=True)
class Advertise(Message):
    """A server offers itself (18.3.9)."""

    TITLE = "Advertise"
    msg_type: int = MessageType.ADVERTISE


@dataclass(frozen=True, kw_only=True)
class Request(Message):
    """A client asks one server for leases and configuration (18.2.2)."""

    TITLE = "Request"
    msg_type: int = MessageType.REQUEST


@dataclass(frozen=True, kw_only=True)
class Confirm(Message):
    """A client asks whether its addresses still fit the link (18.2.3)."""

    TITLE = "Confirm"
    msg_type: int = MessageType.CONFIRM


@dataclass(frozen=True, kw_only=True)
class Renew(Message):
    """A client asks its server to extend its leases (18.2.4)."""

    TITLE = "Renew"
    msg_type: int = MessageType.RENEW


@dataclass(frozen=True, kw_only=True)
class Rebind(Message):
    """A client asks any server to extend its leases (18.2.5)."""

    TITLE = "Rebind"
    msg_type: int = MessageType.REBIND


@dataclass(frozen=True, kw_only=True)
class Reply(Message):
    """A server's answer to anything but a Solicit without Rapid Commit (18.3)."""

    TITLE = "Reply"
    msg_type: int = MessageType.REPLY


@dataclass(frozen=True, kw_only=True)
class Release(Message):
    """A client gives leases back (18.2.7)."""

    TITLE = "Release"
    msg_type: int = MessageType.RELEASE


@dataclass(frozen=True, kw_only=True)
class Decline(Message):
    """A client tells that addresses are in use already (18.2.8)."""

    TITLE = "Decline"
    msg_type: int = MessageType.DECLINE


@dataclass(frozen=True, kw_only=True)
class Reconfigure(Message):
    """A server calls on a client to come and fetch something new (18.3.11)."""

    TITLE = "Reconfigure"
    msg_type: int = MessageType.RECONFIGURE


@dataclass(frozen=True, kw_only=True)
class InformationRequest(Message):
    """A client asks for configuration without leases (18.2.6)."""

    TITLE = "Information-request"
    msg_type: int = MessageType.INFORMATION_REQUEST


@dataclass(frozen=True, kw_only=True)
class Relayed(Dhcp):
    """What both messages between relay agents and servers share (9)."""

    hop_count: int = 0
    link_address: IPv6Address = UNSPECIFIED
    peer_address: IPv6Address = UNSPECIFIED

    def fixed(self) -> bytes:
        return number(self.hop_count, 1) + self.link_address.packed + self.peer_address.packed


@dataclass(frozen=True, kw_only=True)
class RelayForward(Relayed):
    """A relay agent hands a message on towards the server (9.1)."""

    TITLE = "Relay-forward"
    msg_type: int = MessageType.RELAY_FORW


@dataclass(frozen=True, kw_only=True)
class RelayReply(Relayed):
    """A server hands a message back through a relay agent (9.2)."""

    TITLE = "Relay-reply"
    msg_type: int = MessageType.RELAY_REPL


MESSAGES: dict[int, type[Message]] = {
    1: Solicit, 2: Advertise, 3: Request, 4: Confirm, 5: Renew, 6: Rebind, 7: Reply, 8: Release, 9: Decline,
    10: Reconfigure, 11: InformationRequest,
}  # fmt: skip
RELAYED: dict[int, type[Relayed]] = {12: RelayForward, 13: RelayReply}
