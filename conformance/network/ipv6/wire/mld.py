"""Multicast Listener Discovery, versions 1 and 2 (RFC 2710, RFC 3810)."""

from dataclasses import dataclass
from enum import IntEnum
from ipaddress import IPv6Address
from typing import Any, ClassVar

from .addresses import UNSPECIFIED, address
from .icmpv6 import Icmpv6
from .layers import Malformation, number_of, octets

V1_OCTETS, V2_OCTETS = 24, 28


class RecordType(IntEnum):
    """Kinds of Multicast Address Records (5.2.12)."""

    MODE_IS_INCLUDE = 1
    MODE_IS_EXCLUDE = 2
    CHANGE_TO_INCLUDE_MODE = 3
    CHANGE_TO_EXCLUDE_MODE = 4
    ALLOW_NEW_SOURCES = 5
    BLOCK_OLD_SOURCES = 6


class MldMessage(Icmpv6):
    """What the messages of both versions share."""


@dataclass(frozen=True, kw_only=True)
class MldV1Message(MldMessage):
    """What the messages of version 1 share. `maximum_response_delay` in milliseconds."""

    LEAST: ClassVar[int] = V1_OCTETS

    maximum_response_delay: int = 0
    reserved: int = 0
    multicast_address: IPv6Address = UNSPECIFIED

    def body(self) -> bytes:
        head = number_of(self.maximum_response_delay, 2) + number_of(self.reserved, 2)
        return head + self.multicast_address.packed

    @classmethod
    def parse(cls, data: bytes) -> dict[str, Any]:
        return {
            "maximum_response_delay": data[4] << 8 | data[5],
            "reserved": data[6] << 8 | data[7],
            "multicast_address": address(data[8:24]),
            "extra": data[24:],
        }


class MulticastListenerQuery(MldV1Message):
    type, TITLE = 130, "MLDv1 Query"


class MulticastListenerReport(MldV1Message):
    type, TITLE = 131, "MLDv1 Report"


class MulticastListenerDone(MldV1Message):
    type, TITLE = 132, "MLDv1 Done"


@dataclass(frozen=True, kw_only=True)
class MulticastListenerQueryV2(MldMessage):
    """Multicast Listener Query (5.1). `number_of_sources` replaces what the sources call for."""

    type, TITLE, LEAST = 130, "MLDv2 Query", V2_OCTETS

    maximum_response_code: int = 0
    reserved: int = 0
    multicast_address: IPv6Address = UNSPECIFIED
    resv: int = 0
    suppress: bool = False
    qrv: int = 2
    qqic: int = 125
    number_of_sources: int | None = None
    sources: tuple[IPv6Address, ...] = ()

    @property
    def maximum_response_delay_ms(self) -> int:
        """What the Maximum Response Code stands for (5.1.3)."""
        code = self.maximum_response_code
        return code if code < 0x8000 else (code & 0xFFF | 0x1000) << (code >> 12 & 7) + 3

    @property
    def query_interval_s(self) -> int:
        """What the Querier's Query Interval Code stands for (5.1.9)."""
        code = self.qqic
        return code if code < 0x80 else (code & 0xF | 0x10) << (code >> 4 & 7) + 3

    def body(self) -> bytes:
        count = len(self.sources) if self.number_of_sources is None else self.number_of_sources
        head = number_of(self.maximum_response_code, 2) + number_of(self.reserved, 2) + self.multicast_address.packed
        flags = octets(self.resv << 4 | self.suppress << 3 | self.qrv & 7, self.qqic)
        return head + flags + number_of(count, 2) + b"".join(each.packed for each in self.sources)

    @classmethod
    def parse(cls, data: bytes) -> dict[str, Any]:
        end = V2_OCTETS + 16 * (data[26] << 8 | data[27])
        if end > len(data):
            raise Malformation("MLDv2 Query: the sources go beyond the message")
        return {
            "maximum_response_code": data[4] << 8 | data[5],
            "reserved": data[6] << 8 | data[7],
            "multicast_address": address(data[8:24]),
            "resv": data[24] >> 4,
            "suppress": bool(data[24] & 8),
            "qrv": data[24] & 7,
            "qqic": data[25],
            "sources": _addresses(data[V2_OCTETS:end]),
            "extra": data[end:],
        }


@dataclass(frozen=True, kw_only=True)
class MulticastAddressRecord:
    """A record of a report (5.2.4). Counts replace what the content calls for; `aux_data_len` in units of 4 octets."""

    record_type: int
    multicast_address: IPv6Address
    sources: tuple[IPv6Address, ...] = ()
    auxiliary_data: bytes = b""
    number_of_sources: int | None = None
    aux_data_len: int | None = None

    def __bytes__(self) -> bytes:
        count = len(self.sources) if self.number_of_sources is None else self.number_of_sources
        length = len(self.auxiliary_data) // 4 if self.aux_data_len is None else self.aux_data_len
        head = octets(self.record_type, length) + number_of(count, 2) + self.multicast_address.packed
        return head + b"".join(each.packed for each in self.sources) + self.auxiliary_data


@dataclass(frozen=True, kw_only=True)
class MulticastListenerReportV2(MldMessage):
    """Version 2 Multicast Listener Report (5.2)."""

    type, TITLE, LEAST = 143, "MLDv2 Report", 8

    reserved1: int = 0
    number_of_records: int | None = None
    records: tuple[MulticastAddressRecord, ...] = ()

    def body(self) -> bytes:
        count = len(self.records) if self.number_of_records is None else self.number_of_records
        return number_of(self.reserved1, 2) + number_of(count, 2) + b"".join(map(bytes, self.records))

    @classmethod
    def parse(cls, data: bytes) -> dict[str, Any]:
        records, at = [], 8
        for _ in range(data[6] << 8 | data[7]):
            record, at = _record(data, at)
            records.append(record)
        return {"reserved1": data[4] << 8 | data[5], "records": tuple(records), "extra": data[at:]}


def _record(data: bytes, at: int) -> tuple[MulticastAddressRecord, int]:
    if at + 20 > len(data):
        raise Malformation("MLDv2 Report: a record goes beyond the message")
    sources_end = at + 20 + 16 * (data[at + 2] << 8 | data[at + 3])
    end = sources_end + 4 * data[at + 1]
    if end > len(data):
        raise Malformation("MLDv2 Report: a record goes beyond the message")
    record = MulticastAddressRecord(
        record_type=data[at],
        multicast_address=address(data[at + 4 : at + 20]),
        sources=_addresses(data[at + 20 : sources_end]),
        auxiliary_data=data[sources_end:end],
    )
    return record, end


def _addresses(data: bytes) -> tuple[IPv6Address, ...]:
    return tuple(address(data[at : at + 16]) for at in range(0, len(data), 16))


def query_version(size: int) -> type[MldMessage]:
    """The version of a query of so many octets (8.1). Raises Malformation."""
    if size == V1_OCTETS:
        return MulticastListenerQuery
    if V1_OCTETS < size < V2_OCTETS:
        raise Malformation(f"an MLD Query of {size} octets is of no version")
    return MulticastListenerQueryV2
