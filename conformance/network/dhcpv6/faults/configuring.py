"""Options of configuration (RFC 8415, 21.7, 21.12, 21.17, 21.23 to 21.25, 24, B; RFC 9915, 21.12)."""

from dataclasses import replace
from ipaddress import IPv6Address
from typing import Any

from ..reference import Rules
from ..wire import (
    ElapsedTime,
    InfMaxRt,
    InformationRefreshTime,
    InformationRequest,
    Message,
    Option,
    OptionCode,
    OptionRequest,
    Renew,
    ServerUnicast,
    SolMaxRt,
    VendorOpts,
)
from .registry import FAULTS, server
from .rewriting import Rewriting, within


class Discarding(Rules):
    """Discards what asks for a code."""

    ASKED: int

    def accepts(self, message: Message, duid: Any) -> bool:
        return self.ASKED not in self.requested(message) and super().accepts(message, duid)


@FAULTS.add("unknown-code-discards", *server("rfc8415:21.7-1"))
class _(Discarding):
    """A message that asks for an unknown option is discarded."""

    ASKED = 65_000


@FAULTS.add("ia-na-requested-discards", *server("rfc8415:24-1"))
class _(Discarding):
    """A message whose Option Request names IA_NA is discarded."""

    ASKED = OptionCode.IA_NA


@FAULTS.add("server-unicast-still-sent", *server("rfc9915:21.12-1"))
class _(Rules):
    """By RFC 9915, a Server Unicast option is sent to who asks for it."""

    def offered(self, message: Message, options: Any) -> list[Option]:
        made = super().offered(message, options)
        if options.edition == 9915:
            made.append(ServerUnicast(server_address=IPv6Address("2001:db8:1::547")))
        return made


@FAULTS.add("server-unicast-discards", *server("rfc9915:21.12-2"))
class _(Rules):
    """A message with a Server Unicast option is discarded."""

    def has_right_options(self, message: Message) -> bool:
        return message.first(ServerUnicast) is None and super().has_right_options(message)


@FAULTS.add("vendor-information-unasked", *server("rfc8415:21.17-1a"))
class _(Rules):
    """Vendor-specific Information comes unasked with configuration."""

    def unasked(self, message: Message, options: Any) -> tuple[Option, ...]:
        made = super().unasked(message, options)
        asked = OptionCode.VENDOR_OPTS in self.requested(message) or not isinstance(message, InformationRequest)
        return made if asked else (*made, VendorOpts(enterprise_number=options.enterprise))


@FAULTS.add("refresh-time-withheld", *server("rfc8415:21.23-1"))
class _(Rewriting):
    """There is no Information Refresh Time, although one is set."""

    def change(self, answer: Message, message: Message) -> Message:
        return answer.without(InformationRefreshTime)


@FAULTS.add("refresh-time-short", *server("rfc8415:21.23-2a"))
class _(Rewriting):
    """The Information Refresh Time is ten seconds."""

    def change(self, answer: Message, message: Message) -> Message:
        return within(answer, InformationRefreshTime, lambda o: replace(o, information_refresh_time=10))


@FAULTS.add("refresh-time-in-renew", *server("rfc8415:21.23-3"))
class _(Rewriting):
    """The Reply to a Renew has an Information Refresh Time."""

    KINDS = (Renew,)

    def change(self, answer: Message, message: Message) -> Message:
        asked = message.first(OptionRequest) is not None
        return answer.having(InformationRefreshTime(information_refresh_time=86_400)) if asked else answer


@FAULTS.add("sol-max-rt-short", *server("rfc8415:21.24-1a"))
class _(Rewriting):
    """SOL_MAX_RT is ten seconds."""

    def change(self, answer: Message, message: Message) -> Message:
        return within(answer, SolMaxRt, lambda o: replace(o, sol_max_rt_value=10))


@FAULTS.add("inf-max-rt-long", *server("rfc8415:21.25-1a"))
class _(Rewriting):
    """INF_MAX_RT is a week."""

    def change(self, answer: Message, message: Message) -> Message:
        return within(answer, InfMaxRt, lambda o: replace(o, inf_max_rt_value=604_800))


@FAULTS.add("elapsed-time-returned", *server("rfc8415:B-1"))
class _(Rewriting):
    """The Reply to a Renew has an Elapsed Time."""

    KINDS = (Renew,)

    def change(self, answer: Message, message: Message) -> Message:
        return answer.having(ElapsedTime())
