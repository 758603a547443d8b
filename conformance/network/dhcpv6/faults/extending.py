"""Renew and Rebind (RFC 8415, 18.3.4 and 18.3.5)."""

from dataclasses import replace
from typing import Any

from ..reference import Rules
from ..wire import (
    IaAddr,
    IaNa,
    IaPd,
    IaPrefix,
    Message,
    Option,
    Rebind,
    Release,
    Renew,
    Status,
    StatusCode,
)
from .registry import FAULTS, server
from .rewriting import ByDefault, Rewriting, ias, within


def emptied(answer: Message) -> Message:
    """Without the leases that are valid."""
    made = within(answer, IaAddr, lambda o: None if o.valid_lifetime else o)
    return within(made, IaPrefix, lambda o: None if o.valid_lifetime else o)


@FAULTS.add("renewed-ia-empty", *server("rfc8415:18.3.4-1"))
class _(Rewriting):
    """A known IA comes back without its leases from a Renew that asks for DNS servers."""

    KINDS = (Renew,)

    def change(self, answer: Message, message: Message) -> Message:
        return emptied(answer) if self.requested(message) == {23, 24} else answer


@FAULTS.add("foreign-address-passed-over", *server("rfc8415:18.3.4-3a"))
class _(Rules):
    """An address of another link in a Renew is passed over."""

    def foreign_leases(self, ended: tuple[Option, ...]) -> tuple[Option, ...]:
        return tuple(each for each in ended if not isinstance(each, IaAddr))


@FAULTS.add("foreign-prefix-passed-over", *server("rfc8415:18.3.4-3b"))
class _(Rules):
    """A prefix of another link in a Renew is passed over."""

    def foreign_leases(self, ended: tuple[Option, ...]) -> tuple[Option, ...]:
        return tuple(each for each in ended if not isinstance(each, IaPrefix))


@FAULTS.add("foreign-address-extended", *server("rfc8415:18.3.4-3a"))
class _(Rules):
    """An address of another link in a Renew is extended like others."""

    def foreign_leases(self, ended: tuple[Option, ...]) -> tuple[Option, ...]:
        return tuple(
            replace(each, preferred_lifetime=3000, valid_lifetime=4000) if isinstance(each, IaAddr) else each
            for each in ended
        )


@FAULTS.add("renew-creates-nothing", *server("rfc8415:18.3.4-4"))
class _(Rules):
    """A server that is set to create bindings on Renew does not."""

    def creates_on_renew(self, options: Any) -> bool:
        return False


@FAULTS.add("renew-creates-unasked", *server("rfc8415:18.3.4-6"))
class _(Rewriting):
    """An unknown IA comes back from a Renew without a status, as if it had been made."""

    KINDS = (Renew,)

    def change(self, answer: Message, message: Message) -> Message:
        def made(ia: IaNa | IaPd) -> IaNa | IaPd:
            return ia.without(Status)

        return within(within(answer, IaNa, made), IaPd, made)


@FAULTS.add("rebound-ia-empty", *server("rfc8415:18.3.5-1"))
class _(ByDefault):
    """A known IA comes back from a Rebind without its leases."""

    KINDS = (Rebind,)

    def change(self, answer: Message, message: Message) -> Message:
        known = any(not ia.first(Status) for ia in (*answer.every(IaNa), *answer.every(IaPd)))
        return emptied(answer) if known else answer


@FAULTS.add("empty-rebind-answered", *server("rfc8415:18.3.5-4"))
class _(Rules):
    """A Rebind about which there is nothing to say gets a Reply without anything."""

    def discards_empty_rebind(self) -> bool:
        return False

    def tells_wrong_leases(self) -> bool:
        return False


@FAULTS.add("rebind-creates-nothing", *server("rfc8415:18.3.5-5a"))
class _(Rules):
    """A server that is set to create bindings on Rebind does not."""

    def creates_on_rebind(self, options: Any) -> bool:
        return False


@FAULTS.add("rebound-lease-uncommitted", *server("rfc8415:18.3.5-5b"))
class _(Rewriting):
    """The Reply to a Rebind of an IA that was given back holds another lease than the one that is bound."""

    KINDS = (Release, Rebind)

    def __init__(self) -> None:
        self.released: set[int] = set()

    def change(self, answer: Message, message: Message) -> Message:
        if isinstance(message, Release):
            self.released |= {ia.iaid for ia in ias(message)}
            return answer
        made = within(answer, IaNa, lambda ia: within(ia, IaAddr, self.other) if ia.iaid in self.released else ia)
        return within(made, IaPd, lambda ia: within(ia, IaPrefix, self.next) if ia.iaid in self.released else ia)

    def other(self, each: IaAddr) -> IaAddr:
        return replace(each, ipv6_address=each.ipv6_address + 1)

    def next(self, each: IaPrefix) -> IaPrefix:
        return replace(each, ipv6_prefix=each.ipv6_prefix + (1 << 72))


@FAULTS.add("unknown-ia-in-rebind-unanswered", *server("rfc8415:18.3.5-6b"))
class _(Rewriting):
    """An unknown IA whose leases suit the link comes back from a Rebind without a status."""

    KINDS = (Rebind,)

    def change(self, answer: Message, message: Message) -> Message:
        return within(answer, Status, lambda o: None if o.status_code == StatusCode.NO_BINDING else o)


@FAULTS.add("rebind-creates-unasked", *server("rfc8415:18.3.5-7", "rfc8415:18.3.5-6b"))
class _(Rules):
    """A server that is not set to create bindings on Rebind does."""

    def creates_on_rebind(self, options: Any) -> bool:
        return True
