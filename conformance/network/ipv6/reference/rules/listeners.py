"""Rules of a multicast listener (RFC 3810, 5 and 6)."""

from collections.abc import Sequence
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

    def unsolicited_report_interval_s(self) -> float:
        return 1.0

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

    # Queries (6.2).

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
