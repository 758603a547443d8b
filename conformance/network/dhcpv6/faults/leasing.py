"""IAs, leases and their times (RFC 8415, 13.2, 21.4 to 21.6, 21.21, 21.22; RFC 9915, 21.5)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..reference import Rules
from ..wire import IaAddr, IaNa, IaPd, IaPrefix, IaTa, Message, Option, Renew, Request, Solicit, Status, StatusCode
from .registry import FAULTS, server
from .rewriting import Rewriting, within


class Copying(Rewriting):
    """Takes over what a client writes into the IAs of a Request."""

    KINDS = (Request,)
    IA: type[Any]

    def change(self, answer: Message, message: Message) -> Message:
        asked = {ia.iaid: ia for ia in message.every(self.IA)}
        return within(answer, self.IA, lambda ia: self.taken_over(ia, asked[ia.iaid]) if ia.iaid in asked else ia)

    def taken_over(self, ia: Any, asked: Any) -> Any:
        raise NotImplementedError


class CopyingTimes(Copying):
    """T1 and T2."""

    def taken_over(self, ia: Any, asked: Any) -> Any:
        return replace(ia, t1=asked.t1, t2=asked.t2) if asked.t1 else ia


class CopyingLifetimes(Copying):
    """Lifetimes."""

    def taken_over(self, ia: Any, asked: Any) -> Any:
        lives = [each for each in asked.options if isinstance(each, IaAddr | IaPrefix) and each.valid_lifetime]
        if not lives:
            return ia
        preferred, valid = lives[0].preferred_lifetime, lives[0].valid_lifetime
        kind: type[Any] = type(lives[0])
        return within(ia, kind, lambda o: replace(o, preferred_lifetime=preferred, valid_lifetime=valid))


@FAULTS.add("ia-na-times-of-client", *server("rfc8415:21.4-1"))
class _(CopyingTimes):
    """T1 and T2 of an IA_NA are those that the client asks for."""

    IA = IaNa


@FAULTS.add("ia-pd-times-of-client", *server("rfc8415:21.21-1"))
class _(CopyingTimes):
    """T1 and T2 of an IA_PD are those that the client asks for."""

    IA = IaPd


@FAULTS.add("address-lifetimes-of-client", *server("rfc8415:21.6-1"))
class _(CopyingLifetimes):
    """An address lives as long as the client asks for."""

    IA = IaNa


@FAULTS.add("prefix-lifetimes-of-client", *server("rfc8415:21.22-1"))
class _(CopyingLifetimes):
    """A prefix lives as long as the client asks for."""

    IA = IaPd


@FAULTS.add("t1-too-early", *server("rfc8415:21.4-2", "rfc8415:21.21-2"))
class _(Rules):
    """T1 is 0.3 times the shortest preferred lifetime."""

    def times(self, inside: Sequence[Option]) -> tuple[int, int]:
        t1, t2 = super().times(inside)
        return t1 * 3 // 5, t2


@FAULTS.add("t1-above-t2", *server("rfc8415:21.4-4", "rfc8415:21.21-4", "rfc8415:21.4-2", "rfc8415:21.21-2"))
class _(Rules):
    """T1 and T2 are exchanged."""

    def times(self, inside: Sequence[Option]) -> tuple[int, int]:
        t1, t2 = super().times(inside)
        return t2, t1


@FAULTS.add("t2-above-valid", *server("rfc8415:21.4-5", "rfc8415:21.4-2", "rfc8415:21.21-2"))
class _(Rules):
    """T2 lies behind the end of the leases."""

    def times(self, inside: Sequence[Option]) -> tuple[int, int]:
        t1, t2 = super().times(inside)
        return t1, min(t2 * 2, 0xFFFFFFFF)


@FAULTS.add("preferred-above-valid", *server("rfc8415:21.6-2", "rfc8415:21.22-3"))
class _(Rules):
    """The preferred lifetime is above the valid one."""

    def lifetimes(self, options: Any) -> tuple[int, int]:
        preferred, valid = super().lifetimes(options)
        return min(preferred + 1500, 0xFFFFFFFF), valid


@FAULTS.add("ia-na-twice", *server("rfc8415:21.4-3b"))
class _(Rewriting):
    """The Reply to a Renew has the same IA_NA twice."""

    KINDS = (Renew,)

    def change(self, answer: Message, message: Message) -> Message:
        return answer.having(*answer.every(IaNa))


@FAULTS.add("ia-pd-twice", *server("rfc8415:21.21-3b"))
class _(Rewriting):
    """The Reply to a Renew has the same IA_PD twice."""

    KINDS = (Renew,)

    def change(self, answer: Message, message: Message) -> Message:
        return answer.having(*answer.every(IaPd))


class StatusOutside(Rewriting):
    """Tells the status of an IA of the message as a whole."""

    KINDS = (Renew,)
    IA: type[Any]

    def change(self, answer: Message, message: Message) -> Message:
        if not any(ia.first(Status) for ia in answer.every(self.IA)):
            return answer
        outside = Status(status_code=StatusCode.NO_BINDING)
        return within(answer, self.IA, lambda ia: ia.without(Status)).having(outside)


@FAULTS.add("ia-na-status-outside", *server("rfc8415:21.4-3c", "rfc8415:18.3.4-6"))
class _(StatusOutside):
    """NoBinding of an IA_NA stands at the top level."""

    IA = IaNa


@FAULTS.add("ia-pd-status-outside", *server("rfc8415:21.21-3c", "rfc8415:18.3.4-6"))
class _(StatusOutside):
    """NoBinding of an IA_PD stands at the top level."""

    IA = IaPd


# Temporary addresses.


@FAULTS.add("temporary-addresses-live-long", *server("rfc8415:13.2-1"))
class _(Rules):
    """Temporary addresses live for a month."""

    def ia(self, ia: Option) -> Option:
        if not isinstance(ia, IaTa):
            return ia
        month_s = 30 * 86_400
        return within(ia, IaAddr, lambda o: replace(o, preferred_lifetime=month_s, valid_lifetime=month_s))


@FAULTS.add("ia-ta-gets-other-addresses", *server("rfc8415:21.5-1"))
class _(Rules):
    """An IA_TA gets another address each time."""

    turn = 0

    def ia(self, ia: Option) -> Option:
        self.turn += 1
        if not isinstance(ia, IaTa):
            return ia
        return within(ia, IaAddr, lambda o: replace(o, ipv6_address=o.ipv6_address + self.turn))


@FAULTS.add("ia-tas-share-addresses", *server("rfc8415:21.5-3"))
class _(Rules):
    """All IA_TAs of a client have the same address."""

    def binding_key(self, duid: bytes, ia: Any) -> tuple[bytes, int, int]:
        return super().binding_key(duid, replace(ia, iaid=0) if isinstance(ia, IaTa) else ia)


@FAULTS.add("ia-ta-still-served", *server("rfc9915:21.5-1"))
class _(Rules):
    """By RFC 9915, temporary addresses are leased."""

    def serves_temporary(self, options: Any) -> bool:
        return True


@FAULTS.add("ia-ta-discards", *server("rfc9915:21.5-2"))
class _(Rules):
    """A Solicit or Request with an IA_TA is discarded."""

    def has_right_options(self, message: Message) -> bool:
        temporary = isinstance(message, Solicit | Request) and message.first(IaTa)
        return not temporary and super().has_right_options(message)
