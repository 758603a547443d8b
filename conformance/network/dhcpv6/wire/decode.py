"""Octets to messages. Never raises; what no clause allows becomes `Malformed` with all its flaws."""

from collections.abc import Callable, Iterator
from ipaddress import IPv6Address

from .base import Dhcp, Option, RawOption
from .codes import SINGLETONS, MessageType
from .fields import READ, Unreadable, at_least, integer
from .flaws import Flaw, Malformed
from .messages import MESSAGES, RELAYED, Message
from .options import IaAddr, IaNa, IaPd, IaPrefix, IaTa, RelayMessage, VendorClass, VendorOpts

DEEPEST = 40
"""How many messages and options may lie in each other: more than the hop limits of RFC 3315 (32) and 8415 (8) allow."""

IN_RELAYED = frozenset((MessageType.RELAY_FORW, MessageType.RELAY_REPL))
CLIENT_SERVER = frozenset(MESSAGES)


def decode(data: bytes) -> tuple[Dhcp | Malformed, bytes]:
    """The message that one UDP payload is, and nothing behind it; an empty payload is `Malformed` too."""
    reading = _Reading()
    message = reading.message(data, "", 0)
    return (Malformed(data, tuple(reading.flaws), message) if reading.flaws or message is None else message), b""


class _Reading:
    """The reading of one payload, which collects its flaws."""

    def __init__(self) -> None:
        self.flaws: list[Flaw] = []

    def flaw(self, kind: str, field: str, detail: str = "") -> None:
        self.flaws.append(Flaw(kind, field, detail))

    def message(self, data: bytes, where: str, depth: int) -> Dhcp | None:
        """A message of any type (8, 9); None when its fixed fields are not all there."""
        msg_type = data[0] if data else None
        fixed = 34 if msg_type in IN_RELAYED else 4
        if msg_type is None or len(data) < fixed:
            self.flaw("short-message", where + "message", f"{len(data)} octets, fewer than {fixed}")
            return None
        if msg_type not in IN_RELAYED:
            kind = MESSAGES.get(msg_type, Message)
            options, extra = self.options(data[4:], where + kind.TITLE, msg_type, depth)
            return kind(msg_type=msg_type, transaction_id=integer(data[1:4]), options=options, extra=extra)
        relayed = RELAYED[msg_type]
        options, extra = self.options(data[34:], where + relayed.TITLE, msg_type, depth)
        if not any(option.option_code == RelayMessage.CODE for option in options):
            self.flaw("missing-option", where + relayed.TITLE, "without Relay Message")
        return relayed(
            msg_type=msg_type, hop_count=data[1], link_address=IPv6Address(data[2:18]),
            peer_address=IPv6Address(data[18:34]), options=options, extra=extra,
        )  # fmt: skip

    def options(self, data: bytes, where: str, holder: int | str, depth: int) -> tuple[tuple[Option, ...], bytes]:
        """The options that fill `data`, and octets behind them that are too few for one.

        `holder` is where they stand: a message type, or the title of an option.
        """
        options: list[Option] = []
        at = 0
        while at + 4 <= len(data):
            code, length = integer(data[at : at + 2]), integer(data[at + 2 : at + 4])
            octets = data[at + 4 : at + 4 + length]
            at += 4 + len(octets)
            if len(octets) < length:
                self.flaw("option-length", f"{where}, option {code}", f"{length}, of which {len(octets)} are there")
                options.append(RawOption(code=code, octets=octets, length=length))
            else:
                options.append(self.option(code, octets, where, depth))
            self.place(code, where, holder)
        if at < len(data):
            self.flaw("options-end", where, f"{len(data) - at} octets, too few for an option")
        self.repetitions(options, where)
        return tuple(options), data[at:]

    def option(self, code: int, octets: bytes, where: str, depth: int) -> Option:
        """One option; by its octets where it is unknown, unreadable or too deep."""
        if depth < DEEPEST:
            try:
                if code in HOLDERS:
                    return HOLDERS[code](self, octets, where, depth + 1)
                if code in READ:
                    return READ[code](octets, self.flaws)
            except Unreadable as error:
                self.flaw(error.kind, f"{where}, option {code}", error.detail)
        return RawOption(code=code, octets=octets)

    def place(self, code: int, where: str, holder: int | str) -> None:
        """Whether the option may stand there, as far as a clause forbids it."""
        fits = PLACES.get(code)
        if fits is not None and not fits(holder):
            self.flaw("option-misplaced", where, f"option {code}")

    def repetitions(self, options: list[Option], where: str) -> None:
        """Singletons once in one place (21), and vendors' options once for each vendor (21.16, 21.17)."""
        for code in _twice(option.option_code for option in options):
            if code in SINGLETONS:
                self.flaw("option-twice", where, f"option {code}")
        for kind in (VendorClass, VendorOpts):
            for vendor in _twice(option.enterprise_number for option in options if isinstance(option, kind)):
                self.flaw("enterprise-twice", where, f"option {kind.CODE:d}, enterprise {vendor}")


def _twice(numbers: Iterator[int]) -> list[int]:
    """Those that come more than once, in order."""
    seen: dict[int, int] = {}
    for one in numbers:
        seen[one] = seen.get(one, 0) + 1
    return [one for one, count in seen.items() if count > 1]


def _ia_na(r: _Reading, data: bytes, where: str, depth: int) -> Option:
    at_least(data, 12)
    options, extra = r.options(data[12:], f"{where}, IA_NA", IaNa.TITLE, depth)
    iaid, t1, t2 = (integer(data[at : at + 4]) for at in (0, 4, 8))
    return IaNa(iaid=iaid, t1=t1, t2=t2, options=options, extra=extra)


def _ia_pd(r: _Reading, data: bytes, where: str, depth: int) -> Option:
    at_least(data, 12)
    options, extra = r.options(data[12:], f"{where}, IA_PD", IaPd.TITLE, depth)
    iaid, t1, t2 = (integer(data[at : at + 4]) for at in (0, 4, 8))
    return IaPd(iaid=iaid, t1=t1, t2=t2, options=options, extra=extra)


def _ia_ta(r: _Reading, data: bytes, where: str, depth: int) -> Option:
    at_least(data, 4)
    options, extra = r.options(data[4:], f"{where}, IA_TA", IaTa.TITLE, depth)
    return IaTa(iaid=integer(data[:4]), options=options, extra=extra)


def _ia_addr(r: _Reading, data: bytes, where: str, depth: int) -> Option:
    at_least(data, 24)
    options, extra = r.options(data[24:], f"{where}, IA Address", IaAddr.TITLE, depth)
    return IaAddr(
        ipv6_address=IPv6Address(data[:16]), preferred_lifetime=integer(data[16:20]),
        valid_lifetime=integer(data[20:24]), options=options, extra=extra,
    )  # fmt: skip


def _ia_prefix(r: _Reading, data: bytes, where: str, depth: int) -> Option:
    at_least(data, 25)
    if data[8] > 128:
        r.flaw("field-value", f"{where}, IA Prefix prefix-length", str(data[8]))
    options, extra = r.options(data[25:], f"{where}, IA Prefix", IaPrefix.TITLE, depth)
    return IaPrefix(
        preferred_lifetime=integer(data[:4]), valid_lifetime=integer(data[4:8]), prefix_length=data[8],
        ipv6_prefix=IPv6Address(data[9:25]), options=options, extra=extra,
    )  # fmt: skip


def _relay_message(r: _Reading, data: bytes, where: str, depth: int) -> Option:
    inner = r.message(data, f"{where}: ", depth) if depth < DEEPEST else None
    return RelayMessage(dhcp_relay_message=data if inner is None else inner)


HOLDERS: dict[int, Callable[[_Reading, bytes, str, int], Option]] = {
    3: _ia_na, 4: _ia_ta, 5: _ia_addr, 9: _relay_message, 25: _ia_pd, 26: _ia_prefix,
}  # fmt: skip
"""How options are read that hold options or a message."""

PLACES: dict[int, Callable[[int | str], bool]] = {
    3: lambda holder: isinstance(holder, int),  # 21.4
    4: lambda holder: isinstance(holder, int),  # RFC 8415, 21.5
    5: lambda holder: holder in (IaNa.TITLE, IaTa.TITLE) or (isinstance(holder, int) and holder not in CLIENT_SERVER),
    9: lambda holder: holder in IN_RELAYED,  # 21.10
    18: lambda holder: holder in IN_RELAYED,  # 21.18
    19: lambda holder: holder == MessageType.RECONFIGURE,  # 21.19
    25: lambda holder: isinstance(holder, int),  # 21.21
    26: lambda holder: holder == IaPd.TITLE or (isinstance(holder, int) and holder not in CLIENT_SERVER),  # 21.22
    32: lambda holder: holder == MessageType.REPLY,  # 21.23
}
"""Where an option may stand, for those of which a clause says so; messages of other standards have their own rules."""
