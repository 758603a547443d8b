"""Neighbor Discovery: its five messages (RFC 4861, 4.1 to 4.5)."""

from dataclasses import dataclass
from ipaddress import IPv6Address
from typing import Any, TypeVar

from .addresses import address
from .icmpv6 import Icmpv6
from .layers import number_of, octets
from .nd_options import NdOption, read_options

Kind = TypeVar("Kind", bound=NdOption)


@dataclass(frozen=True, kw_only=True)
class NdMessage(Icmpv6):
    """What the five messages share: their options."""

    options: tuple[NdOption, ...] = ()

    def fixed(self) -> bytes:
        """What stands before the options."""
        return b""

    def body(self) -> bytes:
        return self.fixed() + b"".join(map(bytes, self.options))

    def first(self, kind: type[Kind]) -> Kind | None:
        """The first option of a kind."""
        return next((each for each in self.options if isinstance(each, kind)), None)

    def every(self, kind: type[Kind]) -> tuple[Kind, ...]:
        """All options of a kind."""
        return tuple(each for each in self.options if isinstance(each, kind))

    @classmethod
    def read_fixed(cls, data: bytes) -> dict[str, Any]:
        """The fields before the options."""
        return {}

    @classmethod
    def parse(cls, data: bytes) -> dict[str, Any]:
        values = cls.read_fixed(data)
        if len(data) > cls.LEAST:
            values["options"] = tuple(read_options(data, cls.LEAST))
        return values


@dataclass(frozen=True, kw_only=True)
class RouterSolicitation(NdMessage):
    """Router Solicitation (4.1)."""

    type, TITLE, LEAST = 133, "Router Solicitation", 8

    reserved: int = 0

    def fixed(self) -> bytes:
        return number_of(self.reserved, 4)

    @classmethod
    def read_fixed(cls, data: bytes) -> dict[str, Any]:
        return {"reserved": int.from_bytes(data[4:8])}


@dataclass(frozen=True, kw_only=True)
class RouterAdvertisement(NdMessage):
    """Router Advertisement (4.2; RFC 4191, 2.2). `preference` as in RouteInformation; `reserved` the last three bits.

    `router_lifetime` in seconds, `reachable_time` and `retrans_timer` in milliseconds.
    """

    type, TITLE, LEAST = 134, "Router Advertisement", 16

    cur_hop_limit: int = 0
    managed: bool = False
    other: bool = False
    home_agent: bool = False
    preference: int = 0
    reserved: int = 0
    router_lifetime: int = 0
    reachable_time: int = 0
    retrans_timer: int = 0

    def fixed(self) -> bytes:
        flags = (
            self.managed << 7 | self.other << 6 | self.home_agent << 5 | (self.preference & 3) << 3 | self.reserved & 7
        )
        head = octets(self.cur_hop_limit, flags) + number_of(self.router_lifetime, 2)
        return head + number_of(self.reachable_time, 4) + number_of(self.retrans_timer, 4)

    @classmethod
    def read_fixed(cls, data: bytes) -> dict[str, Any]:
        return {
            "cur_hop_limit": data[4],
            "managed": bool(data[5] & 0x80),
            "other": bool(data[5] & 0x40),
            "home_agent": bool(data[5] & 0x20),
            "preference": data[5] >> 3 & 3,
            "reserved": data[5] & 7,
            "router_lifetime": data[6] << 8 | data[7],
            "reachable_time": int.from_bytes(data[8:12]),
            "retrans_timer": int.from_bytes(data[12:16]),
        }


@dataclass(frozen=True, kw_only=True)
class NeighborSolicitation(NdMessage):
    """Neighbor Solicitation (4.3)."""

    type, TITLE, LEAST = 135, "Neighbor Solicitation", 24

    reserved: int = 0
    target: IPv6Address

    def fixed(self) -> bytes:
        return number_of(self.reserved, 4) + self.target.packed

    @classmethod
    def read_fixed(cls, data: bytes) -> dict[str, Any]:
        return {"reserved": int.from_bytes(data[4:8]), "target": address(data[8:24])}


@dataclass(frozen=True, kw_only=True)
class NeighborAdvertisement(NdMessage):
    """Neighbor Advertisement (4.4); `reserved` the 29 bits behind the flags."""

    type, TITLE, LEAST = 136, "Neighbor Advertisement", 24

    router: bool = False
    solicited: bool = False
    override: bool = False
    reserved: int = 0
    target: IPv6Address

    def fixed(self) -> bytes:
        word = self.router << 31 | self.solicited << 30 | self.override << 29 | self.reserved & 0x1FFFFFFF
        return number_of(word, 4) + self.target.packed

    @classmethod
    def read_fixed(cls, data: bytes) -> dict[str, Any]:
        word = int.from_bytes(data[4:8])
        return {
            "router": bool(word >> 31),
            "solicited": bool(word >> 30 & 1),
            "override": bool(word >> 29 & 1),
            "reserved": word & 0x1FFFFFFF,
            "target": address(data[8:24]),
        }


@dataclass(frozen=True, kw_only=True)
class Redirect(NdMessage):
    """Redirect (4.5)."""

    type, TITLE, LEAST = 137, "Redirect", 40

    reserved: int = 0
    target: IPv6Address
    destination: IPv6Address

    def fixed(self) -> bytes:
        return number_of(self.reserved, 4) + self.target.packed + self.destination.packed

    @classmethod
    def read_fixed(cls, data: bytes) -> dict[str, Any]:
        values = {"reserved": int.from_bytes(data[4:8]), "target": address(data[8:24])}
        return values | {"destination": address(data[24:40])}
