"""Rules of a multicast listener (RFC 3810, 5 and 6)."""

from collections.abc import Collection, Sequence
from ipaddress import IPv6Address
from random import Random
from typing import Any

from ...wire import Frame, HopByHop, MulticastAddressRecord, MulticastListenerReportV2, RecordType, RouterAlert
from ...wire.addresses import ALL_NODES, scope


class ListenerRules:
    """What is decided about groups and queries."""

    def reports(self, group: IPv6Address) -> bool:
        """Nothing is ever said about all nodes, or about groups of scope 0 or 1 (6)."""
        return group != ALL_NODES and scope(group) > 1

    def change_reports(self, robustness: int) -> int:
        """How often a change is told (6.1)."""
        return robustness

    def leave_reports(self, robustness: int) -> int:
        return robustness

    def join_delay_s(self, delay_s: float) -> float:
        """A change is told at once, but for a delay that belongs to the address (6.1)."""
        return delay_s

    def repetition_gap_s(self, rng: Random) -> float:
        """A random time of up to the Unsolicited Report Interval (6.1, 9.11)."""
        return rng.uniform(0, 1.0)

    def change_record(self, group: IPv6Address, *, joined: bool) -> MulticastAddressRecord:
        """A group joined from any source is TO_EX of nothing; one that is left, TO_IN of nothing."""
        kind = RecordType.CHANGE_TO_EXCLUDE_MODE if joined else RecordType.CHANGE_TO_INCLUDE_MODE
        return MulticastAddressRecord(record_type=kind, multicast_address=group)

    def current_record(self, group: IPv6Address, asked: Sequence[IPv6Address]) -> MulticastAddressRecord:
        """Listening to any source: IS_EX of nothing; asked about some sources, IS_IN of them (6.3)."""
        kind = RecordType.MODE_IS_INCLUDE if asked else RecordType.MODE_IS_EXCLUDE
        return MulticastAddressRecord(record_type=kind, multicast_address=group, sources=tuple(asked))

    def repeats_when_ready(self) -> bool:
        """Once the link-local address is valid, everything is said again (5.2.13)."""
        return True

    def report(self, report: MulticastListenerReportV2) -> MulticastListenerReportV2:
        return report

    def listener_header(self, header: HopByHop) -> HopByHop | None:
        """Every message has the Router Alert option (5)."""
        return header

    def listener_hop_limit(self) -> int:
        return 1

    def listener_source(self, source: IPv6Address) -> IPv6Address:
        return source

    def report_destination(self, routers: IPv6Address) -> IPv6Address:
        """Reports go to all routers of version 2 (5.2.14)."""
        return routers

    def report_v1_destination(self, group: IPv6Address) -> IPv6Address:
        """Reports of version 1 go to the group (5.2.14)."""
        return group

    def done_destination(self, routers: IPv6Address) -> IPv6Address:
        return routers

    # Queries (6.2).

    def listens_on(self, interface: str) -> bool:
        """Every interface runs the protocol (6)."""
        return True

    def answers_about(self, group: IPv6Address, groups: Collection[IPv6Address]) -> bool:
        """Only what the node listens to is reported."""
        return group in groups and self.reports(group)

    def replaces_response(self, pending_s: float) -> bool:
        """A new general query replaces the answer to an earlier one."""
        return True

    def specific_after_s(self, after_s: float, pending_s: float) -> float:
        """The earlier of two times for one group."""
        return min(after_s, pending_s)

    def asked_sources(self, before: set[IPv6Address], now: set[IPv6Address]) -> set[IPv6Address]:
        """Sources are added up; a query about the group stands for all."""
        return before | now if before and now else set()

    def general_records(self, records: list[MulticastAddressRecord]) -> list[MulticastAddressRecord]:
        """One for each group (6.3)."""
        return records

    def specific_records(self, records: list[MulticastAddressRecord]) -> list[MulticastAddressRecord]:
        """One for the group that was asked about (6.3)."""
        return records

    def is_suppressed_by(self, heard: Collection[IPv6Address], groups: Collection[IPv6Address]) -> bool:
        """What others report keeps nobody quiet (6)."""
        return False

    def forgets_pending(self) -> bool:
        """A change of version cancels what is still to be sent (8.2.1)."""
        return True

    def restarts_older_querier(self) -> bool:
        return True

    def ends_older_querier(self) -> bool:
        """Queries of version 2 change nothing while a querier of version 1 is present."""
        return False

    def response_delay_v1_ms(self, code: int) -> int:
        """Milliseconds over the whole range (8.2.1)."""
        return code

    def accepts_query(self, frame: Frame) -> bool:
        """From a link-local address, with hop limit 1 and Router Alert."""
        ip = frame.ip
        return bool(
            ip and self.comes_from_router(ip.source) and self.accepts_query_hop_limit(ip.hop_limit)
            and self.has_alert(frame)
        )  # fmt: skip

    def comes_from_router(self, source: IPv6Address) -> bool:
        return source.is_link_local

    def accepts_query_hop_limit(self, hop_limit: int) -> bool:
        return hop_limit == 1

    def has_alert(self, frame: Frame) -> bool:
        header = frame.get(HopByHop)
        return header is not None and any(isinstance(each, RouterAlert) for each in header.options)

    def response_delay_ms(self, query: Any) -> int:
        """The time that the code stands for (5.1.3)."""
        return query.maximum_response_delay_ms  # type: ignore[no-any-return]

    def response_after_s(self, most_s: float, rng: Random) -> float:
        return rng.uniform(0, most_s)

    def robustness_from(self, query: Any, before: int) -> int:
        return before

    def keeps_earlier_response(self) -> bool:
        """An answer that is due sooner answers the new query too."""
        return True

    def follows_older_querier(self) -> bool:
        """A query of version 1 turns the interface to version 1 (8.2.1)."""
        return True

    def older_querier_s(self, response_s: float) -> float:
        return 2 * 125 + response_s
