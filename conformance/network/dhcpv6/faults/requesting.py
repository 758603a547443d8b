"""Request and its Reply (RFC 8415, 18.3.2)."""

from dataclasses import replace
from ipaddress import IPv6Address
from typing import Any

from ..reference import Rules
from ..reference.rules.leases import Leased
from ..wire import (
    Advertise,
    DomainList,
    Duid,
    IaAddr,
    IaNa,
    Message,
    Request,
    ServerId,
)
from .registry import FAULTS, server
from .rewriting import Rewriting, within


@FAULTS.add("request-answered-with-advertise", *server("rfc8415:18.3.2-1"))
class _(Rewriting):
    """A Request is answered with an Advertise."""

    KINDS = (Request,)

    def change(self, answer: Message, message: Message) -> Message:
        return Advertise(transaction_id=answer.transaction_id, options=answer.options)


@FAULTS.add("reply-without-server", *server("rfc8415:18.3.2-2"))
class _(Rewriting):
    """The Reply to a Request has no Server Identifier."""

    KINDS = (Request,)

    def change(self, answer: Message, message: Message) -> Message:
        return answer.without(ServerId)


@FAULTS.add("off-link-address-replaced", *server("rfc8415:18.3.2-3"))
class _(Rules):
    """A Request for an address of another link gets one that is right instead of NotOnLink."""

    def refuses_off_link(self, message: Message) -> bool:
        return False


@FAULTS.add("unassigned-address-in-reply", *server("rfc8415:18.3.2-7"))
class _(Rewriting):
    """The Reply to a Request holds an address besides that is not bound."""

    KINDS = (Request,)

    def change(self, answer: Message, message: Message) -> Message:
        other = IPv6Address("2001:db8:1::") + (message.transaction_id << 32)
        extra = IaAddr(ipv6_address=other, preferred_lifetime=3000, valid_lifetime=4000)
        return within(answer, IaNa, lambda ia: ia.having(extra))


@FAULTS.add("times-differ-in-reply", *server("rfc8415:18.3.2-8a"))
class _(Rewriting):
    """In a Reply to a Request with several IAs of one kind the last leaves T1 and T2 to the client."""

    KINDS = (Request,)

    def change(self, answer: Message, message: Message) -> Message:
        ias = answer.every(IaNa)
        if len(ias) < 2:
            return answer
        return within(answer, IaNa, lambda ia: replace(ia, t1=0, t2=0) if ia.iaid == ias[-1].iaid else ia)


@FAULTS.add("bound-ia-gets-another-address", *server("rfc8415:18.3.2-10"))
class _(Rules):
    """An IA that is bound already gets other leases by another Request without any."""

    again = False

    def keeps_existing(self) -> bool:
        self.again = True
        return False

    def chosen(self, key: tuple[bytes, int, int], ia: Any, lease: Leased) -> Leased:
        again, self.again = self.again, False
        return lease + 1 if again and isinstance(ia, IaNa) and isinstance(lease, IPv6Address) else lease


@FAULTS.add("request-repeated-unanswered", *server("rfc8415:18.3.2-11a"))
class _(Rules):
    """A Request with a transaction-id that has been seen gets no answer."""

    def __init__(self) -> None:
        self.seen: set[int] = set()

    def accepts(self, message: Message, duid: Duid) -> bool:
        if not isinstance(message, Request):
            return super().accepts(message, duid)
        again = message.transaction_id in self.seen
        self.seen.add(message.transaction_id)
        return not again and super().accepts(message, duid)


@FAULTS.add("second-ia-uncommitted", *server("rfc8415:18.3.2-12"))
class _(Rules):
    """Only the first IA of a Request is bound."""

    def commits(self, index: int) -> bool:
        return index == 0


@FAULTS.add("reply-without-domains", *server("rfc8415:18.3.2-13"))
class _(Rewriting):
    """The Reply to a Request has no domain search list."""

    KINDS = (Request,)

    def change(self, answer: Message, message: Message) -> Message:
        return answer.without(DomainList)
