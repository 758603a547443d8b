"""DUIDs, IAs and the choice of addresses (RFC 8415, 11 to 13)."""

import itertools
from collections.abc import Iterator, Sequence
from ipaddress import IPv6Address, IPv6Network
from typing import Any, ClassVar

from ..reference import Rules
from ..reference.rules.leases import Leased
from ..wire import (
    ClientId,
    Duid,
    DuidLl,
    DuidOpaque,
    DuidUuid,
    IaAddr,
    IaNa,
    Message,
    Renew,
    ServerId,
)
from .registry import FAULTS, server
from .rewriting import Rewriting


@FAULTS.add("duid-compared-in-part", *server("rfc8415:11-1a"))
class _(Rules):
    """The last octet of a client's DUID does not count."""

    def binding_key(self, duid: bytes, ia: Any) -> tuple[bytes, int, int]:
        return super().binding_key(duid[:-1], ia)


@FAULTS.add("duid-of-some-lengths-discarded", *server("rfc8415:11-1a"))
class _(Rules):
    """A client with a very short or very long DUID is not served."""

    def accepts(self, message: Message, duid: Duid) -> bool:
        found = message.first(ClientId)
        return (found is None or 4 <= len(bytes(found.duid)) <= 128) and super().accepts(message, duid)


@FAULTS.add("other-duid-types-discarded", *server("rfc8415:11-1c", "rfc8415:11-1a"))
class _(Rules):
    """A client is served only when its DUID is its link-layer address."""

    def accepts(self, message: Message, duid: Duid) -> bool:
        found = message.first(ClientId)
        return (found is None or isinstance(found.duid, DuidLl)) and super().accepts(message, duid)


@FAULTS.add("second-duid", *server("rfc8415:11-3", "rfc8415:18.3-2", "rfc8415:18.3.4-7b"))
class _(Rewriting):
    """In the Reply to a Renew the server has another DUID."""

    KINDS = (Renew,)

    def change(self, answer: Message, message: Message) -> Message:
        other = ServerId(duid=DuidLl(link_layer_address=b"\2\0\0\0\0\7"))
        return answer.without(ServerId).having(other)


@FAULTS.add("duid-of-each-start", *server("rfc8415:11-2", "rfc8415:11.2-3", "rfc8415:11.3-1b"))
class _(Rules):
    """The server makes itself a new DUID whenever it starts."""

    starts: ClassVar[Iterator[int]] = itertools.count(1)

    def duid(self, duid: Duid) -> Duid:
        octets = bytes(duid)
        return DuidOpaque(octets=octets[:-2] + next(self.starts).to_bytes(2, "big"))


@FAULTS.add("uuid-of-15-octets", *server("rfc8415:11.5-1"))
class _(Rules):
    """The server's DUID-UUID lacks an octet."""

    def duid(self, duid: Duid) -> Duid:
        return DuidOpaque(octets=bytes(duid)[:-1]) if isinstance(duid, DuidUuid) else duid


@FAULTS.add("iaid-of-any-type", *server("rfc8415:12-1"))
class _(Rules):
    """An IA_NA and an IA_PD with the same IAID are one."""

    def binding_key(self, duid: bytes, ia: Any) -> tuple[bytes, int, int]:
        return duid, 0, ia.iaid


@FAULTS.add("iaid-of-any-client", *server("rfc8415:12-2", "rfc8415:11-1a"))
class _(Rules):
    """An IAID tells the binding, whoever the client is."""

    def binding_key(self, duid: bytes, ia: Any) -> tuple[bytes, int, int]:
        return b"", ia.option_code, ia.iaid


@FAULTS.add("addresses-of-another-link", *server("rfc8415:13.1-1a", "rfc8415:18.3.3-4"))
class _(Rules):
    """Clients on the server's own link get addresses of another one."""

    def link_of(self, source: IPv6Address, links: Sequence[IPv6Network]) -> IPv6Network | None:
        return IPv6Network("2001:db8:2::/64") if source.is_link_local else super().link_of(source, links)


@FAULTS.add("link-address-of-outer-relay", *server("rfc8415:13.1-2"))
class _(Rules):
    """The link is the one that the outer relay agent names, even when it names none."""

    def relayed_link(self, names: Sequence[IPv6Address], links: Sequence[IPv6Network]) -> IPv6Network | None:
        if int(names[0]):
            return super().relayed_link(names, links)
        return None


@FAULTS.add("addresses-in-order", *server("rfc8415:13.1-3"))
class _(Rules):
    """Addresses are leased one after the other."""

    def __init__(self) -> None:
        self.given: dict[tuple[bytes, int, int], IPv6Address] = {}

    def chosen(self, key: tuple[bytes, int, int], ia: Any, lease: Leased) -> Leased:
        if not isinstance(ia, IaNa) or not isinstance(lease, IPv6Address):
            return lease
        network = IPv6Network((lease, 64), strict=False)
        return self.given.setdefault(key, network[0x1000 + len(self.given)])


@FAULTS.add("reserved-address-assigned", *server("rfc8415:13.1-4"))
class _(Rules):
    """An address that a client asks for is assigned although it is reserved."""

    def chosen(self, key: tuple[bytes, int, int], ia: Any, lease: Leased) -> Leased:
        hint = ia.first(IaAddr)
        reserved = hint is not None and int(hint.ipv6_address) & (1 << 64) - 1 in RESERVED
        return hint.ipv6_address if reserved else lease


RESERVED = (0, *range(0xFDFF_FFFF_FFFF_FF80, 0xFE00_0000_0000_0000))


@FAULTS.add("source-of-wide-scope-ignored", *server("rfc8415:13.1-5"))
class _(Rules):
    """A client that asks from an address of wider scope is on no link."""

    def link_of(self, source: IPv6Address, links: Sequence[IPv6Network]) -> IPv6Network | None:
        return super().link_of(source, links) if source.is_link_local else None
