"""Faults of a multicast listener (RFC 3810, 5, 6 and 8.2)."""

from collections.abc import Collection
from dataclasses import replace
from ipaddress import IPv6Address
from random import Random
from typing import Any, ClassVar

from ..reference import Rules
from ..wire import (
    Frame,
    HopByHop,
    Malformed,
    MldMessage,
    MulticastAddressRecord,
    MulticastListenerQuery,
    MulticastListenerReportV2,
    RecordType,
)
from ..wire.addresses import ALL_NODES, ALL_ROUTERS, UNSPECIFIED, scope
from .registry import FAULTS, both, host, router

GROUP = IPv6Address("ff1e::abcd")
SOURCE = IPv6Address("2001:db8::abcd")
CHANGES = (RecordType.CHANGE_TO_EXCLUDE_MODE, RecordType.CHANGE_TO_INCLUDE_MODE)


# Reports (5.2).


@FAULTS.add("report-from-unspecified", *both("rfc3810:5-1a", "rfc3810:5.2.13-1", "rfc3810:5.2.13-3", "rfc4291:2.5.2-4"))
class ReportFromUnspecified(Rules):
    """Reports from the unspecified address for good."""

    def listener_source(self, source: IPv6Address) -> IPv6Address:
        return UNSPECIFIED


@FAULTS.add("report-source-of-wider-scope", *both("rfc3810:5-1a", "rfc3810:5.2.13-1", "rfc3810:5.2.13-3"))
class ReportSourceOfWiderScope(Rules):
    """Reports from an address that is not link-local."""

    def listener_source(self, source: IPv6Address) -> IPv6Address:
        return SOURCE


@FAULTS.add("report-hop-limit", *both("rfc3810:5-1b"))
class ReportHopLimit(Rules):
    """Reports with hop limit 255."""

    def listener_hop_limit(self) -> int:
        return 255


@FAULTS.add("report-without-alert", *both("rfc3810:5-1c"))
class ReportWithoutAlert(Rules):
    """Reports without a Router Alert option."""

    def listener_header(self, header: HopByHop) -> HopByHop | None:
        return None


@FAULTS.add("report-to-all-routers", *both("rfc3810:5.2.14-1"))
class ReportToAllRouters(Rules):
    """Sends its reports to ff02::2."""

    def report_destination(self, routers: IPv6Address) -> IPv6Address:
        return ALL_ROUTERS


@FAULTS.add(
    "version-1-report-to-all-routers",
    *both("rfc3810:5.2.14-1", "rfc3810:8.1-1a", "rfc3810:8.2.1-1a", "rfc3810:5-3"),
)
class Version1ReportToAllRouters(Rules):
    """Sends its reports of version 1 to ff02::2."""

    def report_v1_destination(self, group: IPv6Address) -> IPv6Address:
        return ALL_ROUTERS


@FAULTS.add("report-reserved", *both("rfc3810:5.2.1-1a"))
class ReportReserved(Rules):
    """Fills the Reserved field of reports."""

    def report(self, report: MulticastListenerReportV2) -> MulticastListenerReportV2:
        return replace(report, reserved1=1)


@FAULTS.add("auxiliary-data", *both("rfc3810:5.2.10-1"))
class AuxiliaryData(Rules):
    """Adds auxiliary data to records."""

    def report(self, report: MulticastListenerReportV2) -> MulticastListenerReportV2:
        return replace(report, records=tuple(replace(each, auxiliary_data=bytes(4)) for each in report.records))


@FAULTS.add("octets-behind-records", *both("rfc3810:5.2.11-1b"))
class OctetsBehindRecords(Rules):
    """Sends octets behind the last record."""

    def report(self, report: MulticastListenerReportV2) -> MulticastListenerReportV2:
        return replace(report, extra=bytes(4))


class Adding(Rules):
    """Adds a record to reports of changes."""

    kind: ClassVar[RecordType]

    def report(self, report: MulticastListenerReportV2) -> MulticastListenerReportV2:
        if report.records[0].record_type not in CHANGES:
            return report
        more = MulticastAddressRecord(record_type=self.kind, multicast_address=report.records[0].multicast_address)
        return replace(report, records=(*report.records, more))


@FAULTS.add("current-state-unasked", *both("rfc3810:5.2.12-1a"))
class CurrentStateUnasked(Adding):
    """Tells its current state though nobody has asked."""

    kind = RecordType.MODE_IS_EXCLUDE


@FAULTS.add("includes-nothing", *both("rfc3810:5.2.12-1a", "rfc3810:5.2.12-1b"))
class IncludesNothing(Adding):
    """Sends MODE_IS_INCLUDE records without sources."""

    kind = RecordType.MODE_IS_INCLUDE


@FAULTS.add("not-reported-again", *both("rfc3810:5.2.13-3"))
class NotReportedAgain(Rules):
    """Does not report its groups again when its link-local address is valid."""

    def repeats_when_ready(self) -> bool:
        return False


@FAULTS.add("all-nodes-reported", *both("rfc3810:6-1a"))
class AllNodesReported(Rules):
    """Reports that it listens to ff02::1."""

    def reports(self, group: IPv6Address) -> bool:
        return scope(group) > 1


@FAULTS.add("near-groups-reported", *both("rfc3810:6-1b"))
class NearGroupsReported(Rules):
    """Reports groups of scope 0 and 1."""

    def reports(self, group: IPv6Address) -> bool:
        return group != ALL_NODES


# Changes (6.1).


@FAULTS.add("join-told-late", *both("rfc3810:6.1-1"))
class JoinToldLate(Rules):
    """Waits before it tells of a group that it has joined."""

    def join_delay_s(self, delay_s: float) -> float:
        return delay_s + 1.8


@FAULTS.add(
    "joins-untold",
    *both("rfc3810:6.1-1", "rfc3810:6.1-3a", "rfc3810:9.1-2", "rfc3810:5.2.13-3", "rfc3810:8.2.1-1b"),
)
class JoinsUntold(Rules):
    """Reports when it is asked only."""

    def change_reports(self, robustness: int) -> int:
        return 0


@FAULTS.add("join-with-sources", *both("rfc3810:6.1-2a"))
class JoinWithSources(Rules):
    """Names a source that it excludes though nobody has asked it to."""

    def change_record(self, group: IPv6Address, *, joined: bool) -> MulticastAddressRecord:
        record = super().change_record(group, joined=joined)
        return replace(record, sources=(SOURCE,)) if joined else record


@FAULTS.add(
    "leave-as-block", *host("rfc3810:6.1-2b"), *router("rfc3810:6.1-2g"), *both("rfc3810:6.1-4", "rfc4861:7.2.1-2a")
)
class LeaveAsBlock(Rules):
    """Tells of a group that it has left by BLOCK_OLD_SOURCES."""

    def change_record(self, group: IPv6Address, *, joined: bool) -> MulticastAddressRecord:
        record = super().change_record(group, joined=joined)
        return record if joined else replace(record, record_type=RecordType.BLOCK_OLD_SOURCES)


@FAULTS.add("change-told-thrice", *both("rfc3810:6.1-3a", "rfc3810:9.1-2"))
class ChangeToldThrice(Rules):
    """Reports a change three times."""

    def change_reports(self, robustness: int) -> int:
        return 3


@FAULTS.add("repetitions-late", *both("rfc3810:6.1-3b", "rfc3810:9.11-1"))
class RepetitionsLate(Rules):
    """Repeats a report of a change after two seconds."""

    def repetition_gap_s(self, rng: Random) -> float:
        return 2.0


@FAULTS.add("leave-told-once", *both("rfc3810:6.1-4"))
class LeaveToldOnce(Rules):
    """Tells of a group that it has left only once."""

    def leave_reports(self, robustness: int) -> int:
        return 1


# Queries (5.1, 6.2, 8.1).


@FAULTS.add("query-of-any-source", *both("rfc3810:5.1.14-2a", "rfc3810:6.2-1"))
class QueryOfAnySource(Rules):
    """Answers queries from any address."""

    def comes_from_router(self, source: IPv6Address) -> bool:
        return True


@FAULTS.add("query-of-any-hop-limit", *both("rfc3810:6.2-2"))
class QueryOfAnyHopLimit(Rules):
    """Answers queries with any hop limit."""

    def accepts_query_hop_limit(self, hop_limit: int) -> bool:
        return True


@FAULTS.add("query-without-alert", *both("rfc3810:6.2-3"))
class QueryWithoutAlert(Rules):
    """Answers queries without a Router Alert option."""

    def has_alert(self, frame: Frame) -> bool:
        return True


@FAULTS.add("query-checksum-unchecked", *both("rfc3810:5.1.2-1"))
class QueryChecksumUnchecked(Rules):
    """Takes messages of multicast listener discovery with any checksum."""

    def accepts_checksum(self, arrival: Any) -> bool:
        return isinstance(arrival.layers[-1], MldMessage) or super().accepts_checksum(arrival)


@FAULTS.add("query-code-minded", *both("rfc3810:5.1.1-1b"))
class QueryCodeMinded(Rules):
    """Drops a query whose Code is not 0."""

    def accepts_query(self, frame: Frame) -> bool:
        query: Any = frame.message
        return super().accepts_query(frame) and not query.code


@FAULTS.add("query-reserved-minded", *both("rfc3810:5.1.4-1b"))
class QueryReservedMinded(Rules):
    """Drops a query whose reserved bits are not 0."""

    def accepts_query(self, frame: Frame) -> bool:
        query: Any = frame.message
        return super().accepts_query(frame) and not (query.reserved or getattr(query, "resv", 0))


@FAULTS.add("query-octets-minded", *both("rfc3810:5.1.12-1"))
class QueryOctetsMinded(Rules):
    """Drops a query with octets behind its last field."""

    def accepts_query(self, frame: Frame) -> bool:
        query: Any = frame.message
        return super().accepts_query(frame) and not query.extra


@FAULTS.add("query-to-all-nodes-only", *both("rfc3810:5.1.15-1"))
class QueryToAllNodesOnly(Rules):
    """Takes a general query only if it was sent to all nodes."""

    def accepts_query(self, frame: Frame) -> bool:
        query: Any = frame.message
        general = query.multicast_address == UNSPECIFIED
        right = frame.ip is not None and frame.ip.destination == ALL_NODES
        return super().accepts_query(frame) and (right or not general)


@FAULTS.add("query-of-any-length", *both("rfc3810:8.1-1b"))
class QueryOfAnyLength(Rules):
    """Takes a query of fewer than 28 octets for one of version 1."""

    def reads_malformed(self, malformed: Malformed) -> Frame | Malformed:
        header = next((each for each in malformed.layers if isinstance(each, HopByHop)), None)
        if header is None or malformed.ip is None or MulticastListenerQuery.TITLE[:3] not in malformed.why:
            return super().reads_malformed(malformed)
        query = MulticastListenerQuery(maximum_response_delay=1000)
        return Frame(destination=malformed.destination, source=malformed.source, layers=(malformed.ip, header, query))


@FAULTS.add("unknown-message-is-query", *both("rfc3810:5-4"))
class UnknownMessageIsQuery(Rules):
    """Answers a message of unknown type that comes as queries do."""

    def reads(self, interface: Any, frame: Frame) -> Frame:
        message: Any = frame.message
        if getattr(message, "type", 0) in (200, 254) and frame.every(HopByHop):
            query = MulticastListenerQuery(maximum_response_delay=1000)
            return replace(frame, layers=(*frame.layers[:-1], query))
        return super().reads(interface, frame)


@FAULTS.add("other-groups-answered", *both("rfc3810:6.2-5"))
class OtherGroupsAnswered(Rules):
    """Answers queries about groups that it does not listen to."""

    def answers_about(self, group: IPv6Address, groups: Collection[IPv6Address]) -> bool:
        return self.reports(group)
