"""Relay agents and where answers go (RFC 8415, 9, 18.3.10, 19.3, 21.18)."""

from dataclasses import replace
from ipaddress import IPv6Address

from ...ipv6.wire.addresses import ALL_NODES, link_local, multicast_mac
from ..reference import Rules
from ..wire import (
    Advertise,
    Dhcp,
    InterfaceId,
    Malformed,
    Message,
    Option,
    Relayed,
    RelayMessage,
    RelayReply,
    Reply,
    ServerId,
)
from .registry import FAULTS, server

SERVED = (Advertise, Reply)


@FAULTS.add("nothing-relayed-answered", *server("rfc8415:9.1-1"))
class _(Rules):
    """A Relay-forward without Relay Message gets a Relay-reply without one."""

    def reads_malformed(self, malformed: Malformed) -> Dhcp | None:
        message = malformed.message
        return message if isinstance(message, Relayed) and message.first(RelayMessage) is None else None

    def answers_relay(self, outer: Relayed, answer: Dhcp | None) -> Dhcp | None:
        if answer is None and outer.first(RelayMessage) is None:
            return RelayReply(link_address=outer.link_address, peer_address=outer.peer_address)
        return super().answers_relay(outer, answer)


class OneField(Rules):
    """Changes one of the fields that come back."""

    def relay_fields(self, outer: Relayed) -> tuple[int, IPv6Address, IPv6Address]:
        hops, link, peer = super().relay_fields(outer)
        return self.other(hops, link, peer)

    def other(self, hops: int, link: IPv6Address, peer: IPv6Address) -> tuple[int, IPv6Address, IPv6Address]:
        raise NotImplementedError


BACK = server("rfc8415:9.2-1a", "rfc8415:19.3-1", "rfc8415:18.3-4")


@FAULTS.add("hop-count-counted-up", *BACK)
class _(OneField):
    """The hop-count of a Relay-reply is one more than that of its Relay-forward."""

    def other(self, hops: int, link: IPv6Address, peer: IPv6Address) -> tuple[int, IPv6Address, IPv6Address]:
        return hops + 1, link, peer


@FAULTS.add("link-address-left-out", *BACK)
class _(OneField):
    """The link-address of a Relay-reply is unspecified."""

    def other(self, hops: int, link: IPv6Address, peer: IPv6Address) -> tuple[int, IPv6Address, IPv6Address]:
        return hops, IPv6Address("::"), peer


@FAULTS.add("relay-reply-empty", *server("rfc8415:9.2-1b"))
class _(Rules):
    """A Relay-reply for an Advertise has no Relay Message."""

    def answers_relay(self, outer: Relayed, answer: Dhcp | None) -> Dhcp | None:
        made = super().answers_relay(outer, answer)
        bare = isinstance(answer, Advertise) and outer.first(InterfaceId) is None
        return made.without(RelayMessage) if made and bare else made


@FAULTS.add("relayed-solicit-answered-with-its-own", *server("rfc8415:18.3-4"))
class _(Rules):
    """What comes back through a relay agent has another transaction-id."""

    def answers_relay(self, outer: Relayed, answer: Dhcp | None) -> Dhcp | None:
        if isinstance(answer, SERVED):
            answer = replace(answer, transaction_id=answer.transaction_id ^ 1)
        return super().answers_relay(outer, answer)


@FAULTS.add("relayed-advertise-without-server", *server("rfc8415:18.3-2"))
class _(Rules):
    """An Advertise that goes through a relay agent has no Server Identifier."""

    def answers_relay(self, outer: Relayed, answer: Dhcp | None) -> Dhcp | None:
        return super().answers_relay(outer, answer.without(ServerId) if isinstance(answer, Advertise) else answer)


@FAULTS.add("relayed-leases-left-out", *server("rfc8415:18.3-4"))
class _(Rules):
    """The Reply to a relayed Request has no leases."""

    def answers_relay(self, outer: Relayed, answer: Dhcp | None) -> Dhcp | None:
        if isinstance(answer, Reply):
            answer = replace(answer, options=tuple(o for o in answer.options if o.option_code not in (3, 25)))
        return super().answers_relay(outer, answer)


@FAULTS.add("relay-replies-flattened", *server("rfc8415:19.3-1", "rfc8415:18.3-4"))
class _(Rules):
    """Only the last relay agent gets a Relay-reply; those behind it are left out."""

    def answers_relay(self, outer: Relayed, answer: Dhcp | None) -> Dhcp | None:
        if isinstance(answer, RelayReply):
            inner = answer.first(RelayMessage)
            answer = inner.dhcp_relay_message if inner and isinstance(inner.dhcp_relay_message, Message) else answer
        return super().answers_relay(outer, answer)


@FAULTS.add("relay-reply-to-derived-address", *server("rfc8415:18.3.10-1a", "rfc8415:18.3.10-2"))
class _(Rules):
    """Answers go to the address that is made from the sender's link-layer address."""

    def answer_to(self, source: IPv6Address, mac: bytes) -> tuple[IPv6Address, bytes]:
        return link_local(mac), mac


@FAULTS.add("answer-to-all-nodes", *server("rfc8415:18.3.10-1b"))
class _(Rules):
    """Answers to addresses that are not made from a link-layer address go out to all nodes of the link."""

    def answer_to(self, source: IPv6Address, mac: bytes) -> tuple[IPv6Address, bytes]:
        plain = source == link_local(mac)
        return super().answer_to(source, mac) if plain else (source, multicast_mac(ALL_NODES))


class Identifiers(Rules):
    """Changes the Interface-Id that comes back."""

    def copied(self, outer: Relayed) -> tuple[Option, ...]:
        return tuple(self.changed(outer, each) for each in outer.every(InterfaceId))

    def changed(self, outer: Relayed, identifier: InterfaceId) -> InterfaceId:
        return identifier


ID_BACK = server("rfc8415:21.18-1a", "rfc8415:18.3.10-3")


@FAULTS.add("interface-id-cut", *ID_BACK)
class _(Identifiers):
    """The Interface-Id comes back without its last octet."""

    def changed(self, outer: Relayed, identifier: InterfaceId) -> InterfaceId:
        return InterfaceId(interface_id=identifier.interface_id[:-1])


@FAULTS.add("interface-id-of-inner-relay-left-out", *ID_BACK)
class _(Rules):
    """Only the relay agent next to the server gets its Interface-Id back."""

    def answers_relay(self, outer: Relayed, answer: Dhcp | None) -> Dhcp | None:
        made = super().answers_relay(outer, answer)
        if isinstance(answer, RelayReply) and isinstance(made, RelayReply):
            return replace(
                made, options=(*self.copied(outer), RelayMessage(dhcp_relay_message=answer.without(InterfaceId)))
            )
        return made


@FAULTS.add("interface-id-read", *server("rfc8415:21.18-1b"))
class _(Rules):
    """What comes with an Interface-Id that is long or no text is discarded."""

    def relayed_message(self, outer: Relayed) -> Dhcp | None:
        found = outer.first(InterfaceId)
        octets = found.interface_id if found else b""
        readable = len(octets) < 100 and octets.isascii() and octets.decode("ascii").isprintable()
        return super().relayed_message(outer) if readable else None


@FAULTS.add("interface-id-for-client", *server("rfc8415:21.18-2"))
class _(Rules):
    """The client gets the Interface-Id too."""

    def answers_relay(self, outer: Relayed, answer: Dhcp | None) -> Dhcp | None:
        if isinstance(answer, SERVED):
            answer = answer.having(*outer.every(InterfaceId))
        return super().answers_relay(outer, answer)
