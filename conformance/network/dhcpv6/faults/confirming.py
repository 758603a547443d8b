"""Confirm (RFC 8415, 18.3.3)."""

from ipaddress import IPv6Address, IPv6Network
from typing import Any

from ..reference import Rules
from ..wire import Confirm, Duid, IaAddr, IaNa, Message, Option, Status, StatusCode
from .registry import FAULTS, server
from .rewriting import Rewriting


@FAULTS.add("confirm-denied", *server("rfc8415:18.3.3-1a"))
class _(Rules):
    """A Confirm whose addresses suit the link is answered with NoBinding."""

    def confirmation(self, *, good: bool) -> Option:
        return Status(status_code=StatusCode.NO_BINDING if good else StatusCode.NOT_ON_LINK)


@FAULTS.add("confirm-always-good", *server("rfc8415:18.3.3-1b"))
class _(Rules):
    """Whatever the addresses, a Confirm is answered with Success."""

    def confirmation(self, *, good: bool) -> Option:
        return Status(status_code=StatusCode.SUCCESS)


@FAULTS.add("empty-confirm-answered", *server("rfc8415:18.3.3-2a"))
class _(Rules):
    """A Confirm without addresses is answered."""

    def ignores_empty_confirm(self) -> bool:
        return False


@FAULTS.add("confirm-from-unknown-link-answered", *server("rfc8415:18.3.3-2b"))
class _(Rules):
    """A Confirm from a link that the server does not know is answered."""

    def ignores_unknown_link(self) -> bool:
        return False


@FAULTS.add("confirm-times-read", *server("rfc8415:18.3.3-3"))
class _(Rewriting):
    """A Confirm with T1 above T2, or with an address that is no longer valid, is answered with NotOnLink."""

    KINDS = (Confirm,)

    def change(self, answer: Message, message: Message) -> Message:
        ias = message.every(IaNa)
        odd = any(ia.t1 > ia.t2 or not each.valid_lifetime for ia in ias for each in ia.every(IaAddr))
        return answer.without(Status).having(Status(status_code=StatusCode.NOT_ON_LINK)) if odd else answer


@FAULTS.add("confirm-of-the-unbound-denied", *server("rfc8415:18.3.3-4"))
class _(Rules):
    """A Confirm of an address that is not bound is answered with NotOnLink."""

    def __init__(self) -> None:
        self.chosen_leases: set[Any] = set()
        self.confirms = False

    def chosen(self, key: tuple[bytes, int, int], ia: Any, lease: IPv6Address | IPv6Network) -> Any:
        made = super().chosen(key, ia, lease)
        self.chosen_leases.add(made)
        return made

    def accepts(self, message: Message, duid: Duid) -> bool:
        self.confirms = isinstance(message, Confirm)
        return super().accepts(message, duid)

    def suits(self, lease: IPv6Address | IPv6Network, link: IPv6Network | None) -> bool:
        return (not self.confirms or lease in self.chosen_leases) and super().suits(lease, link)


@FAULTS.add("confirm-binds", *server("rfc8415:18.3.3-4"))
class _(Rules):
    """An IA that was in a Confirm is no longer unknown to a Renew."""

    def __init__(self) -> None:
        self.confirmed: set[int] = set()

    def answer(self, answer: Any, message: Message) -> Any:
        if isinstance(message, Confirm):
            self.confirmed |= {ia.iaid for ia in message.every(IaNa)}
        return super().answer(answer, message)

    def no_binding(self, ia: Option) -> Option:
        if not isinstance(ia, IaNa) or ia.iaid not in self.confirmed:
            return super().no_binding(ia)
        held = IaAddr(ipv6_address=IPv6Address("2001:db8:1::c0"), preferred_lifetime=3000, valid_lifetime=4000)
        return IaNa(iaid=ia.iaid, t1=1500, t2=2400, options=(held,))


@FAULTS.add("confirm-without-status", *server("rfc8415:18.3.3-6"))
class _(Rewriting):
    """The Reply to a good Confirm has no Status Code."""

    KINDS = (Confirm,)

    def change(self, answer: Message, message: Message) -> Message:
        good = any(each.status_code == StatusCode.SUCCESS for each in answer.every(Status))
        return answer.without(Status) if good else answer
