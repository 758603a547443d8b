"""Faults about ICMPv6 messages: types, sources, checksums and quotes (RFC 4443, 2.1 to 2.4 d)."""

from dataclasses import replace
from ipaddress import IPv6Address
from typing import Any

from ..reference import Rules
from ..wire import (
    DestinationUnreachable,
    Icmpv6,
    Icmpv6Error,
    PacketTooBig,
    ParameterProblem,
    TimeExceeded,
    UnknownIcmpv6,
)
from .registry import FAULTS, both, router

EXPERIMENTS = (100, 101, 127, 200, 201, 255)


@FAULTS.add("experiment-answered", *both("rfc4443:2.1-1"))
class ExperimentAnswered(Rules):
    """Answers a message of an experimental type by the next one."""

    def answer_to_unknown(self, message: Icmpv6) -> Icmpv6 | None:
        return UnknownIcmpv6(type=201) if message.type == EXPERIMENTS[3] else None


@FAULTS.add("unknown-error-reported", *both("rfc4443:2.4a-2"))
class UnknownErrorReported(Rules):
    """Reports an error of unknown type."""

    def answer_to_unknown(self, message: Icmpv6) -> Icmpv6 | None:
        unknown = isinstance(message, UnknownIcmpv6) and message.is_error and message.type not in EXPERIMENTS
        return ParameterProblem(pointer=40) if unknown else None


@FAULTS.add("unknown-information-reported", *both("rfc4443:2.4b-1"))
class UnknownInformationReported(Rules):
    """Reports an informational message of unknown type."""

    def answer_to_unknown(self, message: Icmpv6) -> Icmpv6 | None:
        unknown = isinstance(message, UnknownIcmpv6) and not message.is_error and message.type not in EXPERIMENTS
        return ParameterProblem(pointer=40) if unknown else None


@FAULTS.add("reply-from-another-address", *both("rfc4443:2.2-1", "rfc4443:4.2-1"))
class ReplyFromAnotherAddress(Rules):
    """Chooses the source of a reply anew."""

    def reply_source(self, destination: IPv6Address, *, unicast: bool) -> IPv6Address | None:
        return None


@FAULTS.add("error-from-another-address", *both("rfc4443:2.2-1"))
class ErrorFromAnotherAddress(Rules):
    """Chooses the source of an error anew."""

    def error_source(self, destination: IPv6Address, *, unicast: bool) -> IPv6Address | None:
        return None


@FAULTS.add("reply-from-the-group", *both("rfc4443:2.2-2", "rfc4443:4.2-3", "rfc4291:2.7-1", "rfc6724:4-6"))
class ReplyFromTheGroup(Rules):
    """Answers a request for a group from the group."""

    def reply_source(self, destination: IPv6Address, *, unicast: bool) -> IPv6Address | None:
        return destination


@FAULTS.add("error-from-the-group", *both("rfc4443:2.2-2", "rfc4291:2.7-1", "rfc6724:4-6"))
class ErrorFromTheGroup(Rules):
    """Reports a packet for a group from the group."""

    def error_source(self, destination: IPv6Address, *, unicast: bool) -> IPv6Address | None:
        return destination if unicast or destination.is_multicast else None


@FAULTS.add("error-from-the-destination", *router("rfc4443:2.2-2", "rfc6724:5-5"))
class ErrorFromTheDestination(Rules):
    """Reports a packet in transit from the address that it went to."""

    def error_source(self, destination: IPv6Address, *, unicast: bool) -> IPv6Address | None:
        return None if destination.is_multicast else destination


@FAULTS.add("error-about-group-from-link-local", *both("rfc4443:2.2-3a"))
class ErrorAboutGroupFromLinkLocal(Rules):
    """Reports a packet for a group from the link-local address, whatever the destination."""

    _interface: Any = None

    def may_report(self, arrival: Any, error: Icmpv6Error, *, may_be_multicast: bool) -> bool:
        self._interface = arrival.interface
        return super().may_report(arrival, error, may_be_multicast=may_be_multicast)

    def error_source(self, destination: IPv6Address, *, unicast: bool) -> IPv6Address | None:
        chosen = super().error_source(destination, unicast=unicast)
        return self._interface.link_local if destination.is_multicast else chosen


class ErrorChanged(Rules):
    """Sends errors of one kind otherwise than it should."""

    KIND: type[Icmpv6Error] = Icmpv6Error

    def error(self, error: Icmpv6Error) -> Icmpv6Error:
        made: Icmpv6Error = self.changed(error) if isinstance(error, self.KIND) else error
        return made

    def changed(self, error: Any) -> Any:
        raise NotImplementedError


@FAULTS.add("checksum-of-error-wrong", *both("rfc4443:2.3-1"))
class ChecksumOfErrorWrong(ErrorChanged):
    """Sends errors with a wrong checksum."""

    def changed(self, error: Any) -> Any:
        return replace(error, checksum=0x4443)


@FAULTS.add("unused-field-set", *both("rfc4443:3.1-1a"))
class UnusedFieldSet(ErrorChanged):
    """Sets the unused field of errors."""

    KIND = DestinationUnreachable

    def changed(self, error: Any) -> Any:
        return replace(error, unused=1)


@FAULTS.add("too-big-of-code-1", *router("rfc4443:3.2-2a"))
class TooBigOfCode1(ErrorChanged):
    """Sends Packet Too Big with another code."""

    KIND = PacketTooBig

    def changed(self, error: Any) -> Any:
        return replace(error, code=1)


@FAULTS.add("expired-reassembly-of-code-0", *both("rfc4443:3.3-2", "rfc8200:4.5-15"))
class ExpiredReassemblyOfCode0(ErrorChanged):
    """Reports a reassembly that was given up like a Hop Limit that was used up."""

    KIND = TimeExceeded

    def changed(self, error: Any) -> Any:
        return replace(error, code=0)


class ProblemChanged(ErrorChanged):
    """Sends Parameter Problems about an option of a second header otherwise than it should."""

    KIND = ParameterProblem
    POINTER = 50

    def error(self, error: Icmpv6Error) -> Icmpv6Error:
        mine = isinstance(error, ParameterProblem) and (error.code, error.pointer) == (2, self.POINTER)
        made: Icmpv6Error = self.changed(error) if mine else error
        return made


@FAULTS.add("pointer-to-first-option", *both("rfc4443:3.4-2a"))
class PointerToFirstOption(ProblemChanged):
    """Points at the first option of all."""

    def changed(self, error: Any) -> Any:
        return replace(error, pointer=42)


@FAULTS.add("pointer-within-the-quote", *both("rfc4443:3.4-2b"))
class PointerWithinTheQuote(ErrorChanged):
    """Never points beyond what the error quotes."""

    KIND = ParameterProblem

    def changed(self, error: Any) -> Any:
        return replace(error, pointer=min(error.pointer, len(error.invoking_packet)))


@FAULTS.add("option-of-code-0", *both("rfc4443:3.4-2c"))
class OptionOfCode0(ProblemChanged):
    """Reports an unknown option of a second header by code 0."""

    def changed(self, error: Any) -> Any:
        return replace(error, code=0)


@FAULTS.add("quote-of-64-octets", *both("rfc4443:2.4c-1"))
class QuoteOf64Octets(Rules):
    """Quotes 64 octets of a packet at most."""

    def quoted(self, packet: bytes) -> bytes:
        return packet[:64]


@FAULTS.add("quote-of-1200-octets", *both("rfc4443:2.4c-1"))
class QuoteOf1200Octets(Rules):
    """Quotes 1200 octets of a packet at most."""

    def quoted(self, packet: bytes) -> bytes:
        return packet[:1200]


@FAULTS.add("error-as-large-as-the-link", *both("rfc4443:2.4c-2"))
class ErrorAsLargeAsTheLink(Rules):
    """Quotes as much of a packet as the link takes."""

    def quoted(self, packet: bytes) -> bytes:
        return packet[:1452]
