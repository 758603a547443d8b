"""The conversation with one client: which packet goes to which handler, and the end."""

from collections.abc import Callable
from typing import Any

from ..wire import (
    Auth,
    Disconnect,
    Packet,
    Pingreq,
    Pingresp,
    Puback,
    Pubcomp,
    Publish,
    Pubrec,
    Pubrel,
    Subscribe,
    Unsubscribe,
)
from ..wire.properties import PropertyId as P
from .authentication import Authentication
from .connection import Refused
from .inbound import Inbound
from .outbound import Outbound
from .subscriptions import Subscribing


class Conversation(Authentication, Subscribing, Inbound, Outbound):
    """Serves one client."""

    def handle(self, packet: Packet) -> None:
        if self.quota_used_up() and not self.rules.serves_without_quota(self, packet):
            return
        if (handler := _HANDLERS.get(type(packet))) is not None:
            handler(self, packet)

    def on_pingreq(self, pingreq: Pingreq) -> None:
        if self.rules.answers_ping(self, pingreq):
            self.send(Pingresp())

    def on_disconnect(self, disconnect: Disconnect) -> None:
        assert self.session is not None
        assert self.connect is not None
        interval = disconnect.properties.get(P.SESSION_EXPIRY_INTERVAL)
        if interval is not None:
            before = self.connect.properties.get(P.SESSION_EXPIRY_INTERVAL, 0)
            if interval and not before and not self.rules.takes_expiry(self, disconnect):
                raise Refused(0x82)
            self.session.expiry_s = interval
        self.end(will=self.rules.will_on_disconnect(disconnect.reason_code))


_HANDLERS: dict[type, Callable[[Conversation, Any], None]] = {
    Publish: Conversation.on_publish,
    Puback: Conversation.on_puback,
    Pubrec: Conversation.on_pubrec,
    Pubrel: Conversation.on_pubrel,
    Pubcomp: Conversation.on_pubcomp,
    Subscribe: Conversation.on_subscribe,
    Unsubscribe: Conversation.on_unsubscribe,
    Pingreq: Conversation.on_pingreq,
    Disconnect: Conversation.on_disconnect,
    Auth: Conversation.on_auth,
}
