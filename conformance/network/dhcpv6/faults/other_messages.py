"""Messages that servers do not take, and what must not keep them from taking one (RFC 8415 and 9915, 16)."""

from typing import Any

from ..reference import Rules
from ..wire import (
    Advertise,
    ClientId,
    Confirm,
    Dhcp,
    Duid,
    InformationRequest,
    Message,
    Option,
    RawOption,
    Rebind,
    Reconfigure,
    Relayed,
    Renew,
    Reply,
    Request,
    Solicit,
    VendorClass,
    VendorOpts,
)
from .registry import FAULTS, server
from .rewriting import Rewriting


class TakesServerMessages(Rules):
    """Answers one kind of message that is not for servers."""

    KIND: type[Message]

    def takes_server_messages(self, message: Message) -> bool:
        return type(message) is self.KIND


@FAULTS.add("unknown-type-answered", *server("rfc8415:16-2"))
class _(TakesServerMessages):
    """A message of an unknown type is answered."""

    KIND = Message


@FAULTS.add("advertise-answered", *server("rfc8415:16.3-1"))
class _(TakesServerMessages):
    """An Advertise is answered."""

    KIND = Advertise


@FAULTS.add("reply-answered", *server("rfc8415:16.10-1"))
class _(TakesServerMessages):
    """A Reply is answered."""

    KIND = Reply


@FAULTS.add("reconfigure-answered", *server("rfc8415:16.11-1"))
class _(TakesServerMessages):
    """A Reconfigure is answered."""

    KIND = Reconfigure


@FAULTS.add("relay-reply-answered", *server("rfc8415:16.14-1"))
class _(Rules):
    """What a Relay-reply holds is answered."""

    def is_forward(self, message: object) -> bool:
        return isinstance(message, Relayed)


@FAULTS.add("unknown-option-discards", *server("rfc8415:16-1"))
class _(Rules):
    """A Solicit with an unknown option, or of an unknown vendor, is discarded."""

    def has_right_options(self, message: Message) -> bool:
        strange = isinstance(message, Solicit) and any(
            isinstance(each, RawOption | VendorClass | VendorOpts) for each in message.options
        )
        return not strange and super().has_right_options(message)


@FAULTS.add("unknown-option-returned", *server("rfc8415:16-6"))
class _(Rules):
    """An unknown option comes back in the answer."""

    def answer(self, answer: Dhcp, message: Message) -> Dhcp:
        return answer.having(*message.every(RawOption))


@FAULTS.add("client-identifier-of-server", *server("rfc8415:16.10-2b"))
class _(Rules):
    """A client without a Client Identifier gets one."""

    def identifiers(self, message: Message, duid: Duid) -> tuple[Option, ...]:
        made = super().identifiers(message, duid)
        return made if message.first(ClientId) else (*made, ClientId(duid=duid))


@FAULTS.add("client-identifier-left-out", *server("rfc8415:16.10-2a", "rfc8415:18.3-2", "rfc8415:18.3.4-7b"))
class _(Rewriting):
    """A Reply to a Renew has no Client Identifier."""

    KINDS = (Renew,)

    def change(self, answer: Message, message: Message) -> Message:
        return answer.without(ClientId)


# Unicast.


@FAULTS.add("unicast-to-all-taken", *server("rfc8415:16-3"))
class _(Rules):
    """By RFC 8415, messages to all servers are taken from a unicast address."""

    def takes_unicast(self, message: Message, options: Any) -> bool:
        to_all = options.edition == 8415 and isinstance(message, Solicit | Confirm | Rebind | InformationRequest)
        return to_all or super().takes_unicast(message, options)


@FAULTS.add("unicast-taken", *server("rfc9915:16-1"))
class _(Rules):
    """By RFC 9915, messages are taken from a unicast address."""

    def takes_unicast(self, message: Message, options: Any) -> bool:
        return options.edition == 9915 or super().takes_unicast(message, options)


@FAULTS.add("use-multicast-still-said", *server("rfc9915:21.13-1"))
class _(Rules):
    """By RFC 9915, a unicast Request is answered with UseMulticast."""

    def says_use_multicast(self, message: Message, options: Any) -> bool:
        return isinstance(message, Request) or super().says_use_multicast(message, options)
