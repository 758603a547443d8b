"""Answers that are wrongly encoded (RFC 8415, 8, 10, 11.1, 21)."""

from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv6Address
from typing import Any

from ..reference import Rules
from ..wire import (
    Dhcp,
    DomainList,
    Duid,
    DuidLlt,
    DuidOpaque,
    IaAddr,
    IaNa,
    IaPd,
    IaPrefix,
    IaTa,
    InfMaxRt,
    InformationRefreshTime,
    InformationRequest,
    Malformed,
    Message,
    Option,
    OptionCode,
    Preference,
    RawOption,
    Release,
    Renew,
    Request,
    Solicit,
    SolMaxRt,
    Status,
    Suboption,
    UserClass,
    VendorClass,
    VendorOpts,
)
from ..wire.names import name
from .registry import FAULTS, server
from .rewriting import Rewriting, within

Make = Callable[[Message], Message]


def rewriting(summary: str, *kinds: type[Message], make: Make) -> type:
    """Rules that change the answers to messages of some kinds."""

    class Made(Rewriting):
        KINDS = kinds

        def change(self, answer: Message, message: Message) -> Message:
            return make(answer)

    Made.__doc__ = summary
    return Made


def changed(kind: type[Any], change: Callable[[Any], Option]) -> Make:
    """Every option of a kind changed, wherever it stands."""
    return lambda answer: within(answer, kind, change)


def added(*options: Option) -> Make:
    """Options behind the others."""
    return lambda answer: answer.having(*options)


def inside(kind: type[Any], *options: Option) -> Make:
    """Options added inside those of a kind."""
    return changed(kind, lambda holder: holder.having(*options))


def longer(option: Option) -> Option:
    """The same with an octet more than it should have."""
    return RawOption(code=option.option_code, octets=option.data() + b"\0")


def swapped(status: Status) -> Status:
    code = int.from_bytes(status.status_code.to_bytes(2, "little"), "big")
    return replace(status, status_code=code)


ADDRESS = IaAddr(ipv6_address=IPv6Address("2001:db8:1::7"), preferred_lifetime=60, valid_lifetime=60)
PREFIX = IaPrefix(ipv6_prefix=IPv6Address("2001:db8:8000::"), prefix_length=56, valid_lifetime=60)
WRONG: dict[str, tuple[str, str, tuple[type[Message], ...], Make]] = {
    "padded": ("8-1", "An octet of padding stands behind the options.", (Renew,), lambda m: replace(m, extra=b"\0")),
    "status-swapped": (
        "8-2 18.3.4-6", "The status of an unknown IA has its octets in the wrong order.", (Renew,),
        changed(Status, swapped),
    ),
    "names-compressed": (
        "10-1", "The second name of a domain search list is compressed.", (InformationRequest,),
        changed(DomainList, lambda o: replace(o, searchlist=(name("plant.example"), b"\4line\xc0\0"))),
    ),
    "names-open": (
        "10-2", "The names of a domain search list are not closed.", (InformationRequest,),
        changed(DomainList, lambda o: replace(o, searchlist=(b"\5plant\7example",))),
    ),
    "status-twice": (
        "21-1a", "The Reply to a Release has its status twice.", (Release,), added(Status(status_code=0)),
    ),
    "length-too-long": (
        "21.1-1", "The last option claims more octets than there are.", (Renew,),
        added(Status(status_code=0, status_message="done", length=7)),
    ),
    "ia-na-nested": ("21.4-3a", "An IA_NA stands in an IA_NA.", (Renew,), inside(IaNa, IaNa(iaid=7))),
    "ia-ta-with-times": (
        "21.5-2", "An IA_TA has T1 and T2.", (Renew,),
        changed(IaTa, lambda o: RawOption(code=4, octets=o.data()[:4] + bytes(8) + o.data()[4:])),
    ),
    "ia-ta-nested": ("21.5-4", "An IA_TA stands in an IA_NA.", (Renew,), inside(IaNa, IaTa(iaid=7))),
    "ia-address-at-top": ("21.6-3", "An IA Address stands in the message itself.", (Renew,), added(ADDRESS)),
    "preference-of-two-octets": (
        "21.8-2", "A Preference option has two octets.", (Solicit,), changed(Preference, longer),
    ),
    "status-in-latin-1": (
        "21.13-1a", "A status message is text in ISO 8859-1.", (Release,),
        changed(Status, lambda o: replace(o, status_message=b"lib\xe9r\xe9")),
    ),
    "status-with-zero": (
        "21.13-1b", "A status message ends with a zero octet.", (Release,),
        changed(Status, lambda o: replace(o, status_message="released\0")),
    ),
    "user-class-empty": (
        "21.15-2", "A User Class option holds no class.", (Renew,),
        changed(UserClass, lambda o: replace(o, user_class_data=())),
    ),
    "vendor-class-twice": (
        "21.16-1", "Two Vendor Class options have the same enterprise number.", (Renew,),
        added(VendorClass(enterprise_number=32473), VendorClass(enterprise_number=32473)),
    ),
    "vendor-information-twice": (
        "21.17-2", "Vendor-specific Information comes in two options of one vendor.", (Renew,),
        lambda m: m.having(*m.every(VendorOpts)),
    ),
    "vendor-information-plain": (
        "21.17-3", "Vendor-specific Information is text instead of suboptions.", (Renew,),
        changed(VendorOpts, lambda o: replace(o, vendor_option_data=(Suboption(code=1, octets=b"x", length=9),))),
    ),
    "ia-pd-nested": ("21.21-3a", "An IA_PD stands in an IA_PD.", (Renew,), inside(IaPd, IaPd(iaid=7))),
    "ia-prefix-at-top": ("21.22-4", "An IA Prefix stands in the message itself.", (Renew,), added(PREFIX)),
    "prefix-length-of-octets": (
        "21.22-4", "A prefix-length is above 128.", (Solicit,),
        changed(IaPrefix, lambda o: replace(o, prefix_length=200)),
    ),
    "refresh-time-in-ia": (
        "21.23-2b", "An Information Refresh Time stands in an IA.", (Renew,),
        inside(IaNa, InformationRefreshTime(information_refresh_time=86400)),
    ),
    "sol-max-rt-of-five-octets": ("21.24-2", "SOL_MAX_RT has five octets.", (Renew,), changed(SolMaxRt, longer)),
    "inf-max-rt-of-five-octets": ("21.25-2", "INF_MAX_RT has five octets.", (Renew,), changed(InfMaxRt, longer)),
    "server-unicast-of-17-octets": (
        "21.12-1", "A Server Unicast option has 17 octets.", (Request,),
        lambda m: replace(m, options=tuple(longer(o) if o.option_code == OptionCode.UNICAST else o for o in m.options)),
    ),
}  # fmt: skip
"""Fault to the requirements it breaks, what it does, to the answers of which messages, and how."""

for _id, (_breaks, _summary, _kinds, _make) in WRONG.items():
    FAULTS.add(_id, *server(*(f"rfc8415:{each}" for each in _breaks.split())))(rewriting(_summary, *_kinds, make=_make))


@FAULTS.add("duid-too-long", *server("rfc8415:11.1-1"))
class _(Rules):
    """The server has a DUID of 140 octets."""

    def duid(self, duid: Duid) -> Duid:
        return DuidOpaque(octets=bytes(duid) + bytes(124)) if isinstance(duid, DuidLlt) else duid

    def reads_malformed(self, malformed: Malformed) -> Dhcp | None:
        return malformed.message
