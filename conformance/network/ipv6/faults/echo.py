"""Faults about Echo (RFC 4443, 4)."""

from dataclasses import replace
from ipaddress import IPv6Address

from ..reference import Rules
from ..wire import EchoReply, Ipv6
from .registry import FAULTS, both


@FAULTS.add("urgent-echo-not-answered", *both("rfc4443:4.1-1"))
class UrgentEchoNotAnswered(Rules):
    """Answers no Echo Request that has a Traffic Class."""

    def answers_echo(self, ip: Ipv6) -> bool:
        return not ip.traffic_class and super().answers_echo(ip)


@FAULTS.add("echo-for-groups-not-answered", *both("rfc4443:4.2-2"))
class EchoForGroupsNotAnswered(Rules):
    """Answers no Echo Request for a group."""

    def answers_echo(self, ip: Ipv6) -> bool:
        return not ip.destination.is_multicast and super().answers_echo(ip)


@FAULTS.add("reply-from-elsewhere", *both("rfc4443:4.2-3", "rfc6724:4-4", "rfc6724:2-3", "rfc6724:5-2"))
class ReplyFromElsewhere(Rules):
    """Answers a neighbour's Echo Request for a group from an address of another link."""

    _near = False

    def answers_echo(self, ip: Ipv6) -> bool:
        self._near = ip.source.is_link_local
        return super().answers_echo(ip)

    def reply_source(self, destination: IPv6Address, *, unicast: bool) -> IPv6Address | None:
        if destination.is_multicast and self._near:
            return IPv6Address("2001:db8:99::1")
        return super().reply_source(destination, unicast=unicast)


@FAULTS.add("data-shortened", *both("rfc4443:4.2-4"))
class DataShortened(Rules):
    """Sends data of middle size back without their last octet."""

    def reply(self, reply: EchoReply) -> EchoReply:
        return replace(reply, data=reply.data[:-1]) if len(reply.data) in (63, 500, 1440) else reply


@FAULTS.add("reply-of-code-1", *both("rfc4443:4.2-5"))
class ReplyOfCode1(Rules):
    """Answers with another code."""

    def reply(self, reply: EchoReply) -> EchoReply:
        return replace(reply, code=1)


@FAULTS.add("high-sequence-number-cleared", *both("rfc4443:4.2-5"))
class HighSequenceNumberCleared(Rules):
    """Takes the highest Sequence Number for none."""

    def reply(self, reply: EchoReply) -> EchoReply:
        return replace(reply, sequence_number=0) if reply.sequence_number == 0xFFFF else reply
