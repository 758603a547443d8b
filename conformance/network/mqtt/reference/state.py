"""What the broker remembers: messages, subscriptions, sessions."""

import asyncio
from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ..wire import NONE, Properties, Publish, Subscription, Will

if TYPE_CHECKING:
    from .connection import Connection

FOREVER_S = 0xFFFFFFFF


@dataclass(frozen=True, kw_only=True)
class Message:
    """An application message that the broker has taken over. `expires_s` is a moment of the loop's clock."""

    topic: str
    payload: bytes
    qos: int
    retain: bool
    dup: bool = False
    properties: Properties = NONE
    publisher: str = ""
    expires_s: float | None = None
    expiry_interval: int | None = None


@dataclass(frozen=True, kw_only=True)
class Granted:
    """A subscription in force."""

    options: Subscription
    qos: int
    identifier: int | None = None
    share: str = ""
    topic_filter: str = ""


@dataclass(kw_only=True)
class Outgoing:
    """A QoS 1 or 2 delivery on its way: `packet` as first sent; `released` once PUBREL has gone out."""

    packet: Publish
    message: Message
    released: bool = False
    share: str = ""


@dataclass
class Session:
    """The session state of one client (3.1.1 and 5.0, section 4.1)."""

    client_id: str
    expiry_s: float = 0
    subscriptions: dict[str, Granted] = field(default_factory=dict)
    outgoing: dict[int, Outgoing] = field(default_factory=dict)
    queue: deque[tuple[Message, Publish, str]] = field(default_factory=deque)
    incoming: dict[int, float | None] = field(default_factory=dict)
    """Packet Identifiers of QoS 2 messages received and not yet released, and when each expires."""
    connection: "Connection | None" = None
    will: Will | None = None
    last_identifier: int = 0
    will_timer: asyncio.TimerHandle | None = None
    expiry_timer: asyncio.TimerHandle | None = None
    version: int = 5
    retained_due: list[Granted] = field(default_factory=list)
    """Subscriptions whose retained messages follow the SUBACK."""

    def stop_will(self) -> None:
        """The will is not, or no longer, on its way."""
        self.will = None
        if self.will_timer:
            self.will_timer.cancel()
        self.will_timer = None

    def stop_expiry(self) -> None:
        """The session does not expire for now."""
        if self.expiry_timer:
            self.expiry_timer.cancel()
        self.expiry_timer = None


def again(outgoing: Outgoing, dup: bool) -> Publish:
    """The packet of a delivery as it is sent once more."""
    return replace(outgoing.packet, dup=dup)
