"""Faults of a listener: when it answers, and what (RFC 3810, 5.1.3, 6, 6.2, 6.3)."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from ipaddress import IPv6Address
from random import Random
from typing import Any

from ..reference import Rules
from ..wire import (
    MulticastAddressRecord,
    RecordType,
)
from .registry import FAULTS, both

GROUP = IPv6Address("ff1e::abcd")
SOURCE = IPv6Address("2001:db8::abcd")
CHANGES = (RecordType.CHANGE_TO_EXCLUDE_MODE, RecordType.CHANGE_TO_INCLUDE_MODE)


# Times (5.1.3, 6.2).


@FAULTS.add(
    "answers-late",
    *both("rfc3810:5.1.3-1a", "rfc3810:6.2-4a", "rfc3810:6.2-6", "rfc3810:6.2-7", "rfc3810:6.2-8a"),
)
class AnswersLate(Rules):
    """Answers after the time that a query gives."""

    def response_after_s(self, most_s: float, rng: Random) -> float:
        return most_s + rng.uniform(0.7, 1.2)


@FAULTS.add("response-code-linear", *both("rfc3810:5.1.3-1b"))
class ResponseCodeLinear(Rules):
    """Reads every Maximum Response Code as milliseconds."""

    def response_delay_ms(self, query: Any) -> int:
        return int(query.maximum_response_code)


@FAULTS.add("answer-after-fixed-time", *both("rfc3810:6.2-4b"))
class AnswerAfterFixedTime(Rules):
    """Answers always when nine tenths of the time are over."""

    def response_after_s(self, most_s: float, rng: Random) -> float:
        return most_s * 0.9


@FAULTS.add("answers-at-once", *both("rfc3810:6.2-4b", "rfc3810:6.3-2"))
class AnswersAtOnce(Rules):
    """Answers a query that gives two seconds at once."""

    def response_after_s(self, most_s: float, rng: Random) -> float:
        return 0.0 if most_s == 2.0 else super().response_after_s(most_s, rng)


@FAULTS.add("later-query-delays-answer", *both("rfc3810:6.2-6"))
class LaterQueryDelaysAnswer(Rules):
    """Puts the answer off whenever another query comes."""

    def keeps_earlier_response(self) -> bool:
        return False


@FAULTS.add("each-general-query-answered", *both("rfc3810:6.2-7"))
class EachGeneralQueryAnswered(Rules):
    """Keeps the answer that is due later beside the one to a query with less time."""

    def replaces_response(self, pending_s: float) -> bool:
        return pending_s <= 1.0


@FAULTS.add("later-time-for-group", *both("rfc3810:6.2-8a"))
class LaterTimeForGroup(Rules):
    """Answers two queries about one group at the later of the two times."""

    def specific_after_s(self, after_s: float, pending_s: float) -> float:
        return max(after_s, pending_s)


@FAULTS.add("sources-stay-asked", *both("rfc3810:6.2-8b"))
class SourcesStayAsked(Rules):
    """Answers about the sources of an earlier query although the whole group is asked about now."""

    def asked_sources(self, before: set[IPv6Address], now: set[IPv6Address]) -> set[IPv6Address]:
        return before | now


@FAULTS.add("earlier-sources-forgotten", *both("rfc3810:6.2-8c"))
class EarlierSourcesForgotten(Rules):
    """Answers about the sources of the latest query only."""

    def asked_sources(self, before: set[IPv6Address], now: set[IPv6Address]) -> set[IPv6Address]:
        return now


# Answers (6, 6.3).


@FAULTS.add("record-twice", *both("rfc3810:6.3-1"))
class RecordTwice(Rules):
    """Names a group twice in its answer to a general query."""

    def general_records(self, records: list[MulticastAddressRecord]) -> list[MulticastAddressRecord]:
        return [*records, records[0]]


@FAULTS.add("further-record", *both("rfc3810:6.3-3"))
class FurtherRecord(Rules):
    """Names a further group in its answer to a query about one."""

    def specific_records(self, records: list[MulticastAddressRecord]) -> list[MulticastAddressRecord]:
        return [*records, MulticastAddressRecord(record_type=RecordType.MODE_IS_EXCLUDE, multicast_address=GROUP)]


@FAULTS.add("asked-sources-excluded", *both("rfc3810:6.3-4a"))
class AskedSourcesExcluded(Rules):
    """Answers a query about sources as if it excluded them."""

    def current_record(self, group: IPv6Address, asked: Sequence[IPv6Address]) -> MulticastAddressRecord:
        return replace(super().current_record(group, asked), record_type=RecordType.MODE_IS_EXCLUDE)


@FAULTS.add("suppressed-by-others", *both("rfc3810:6-2"))
class SuppressedByOthers(Rules):
    """Keeps quiet when another node has reported a group of its own."""

    def is_suppressed_by(self, heard: Collection[IPv6Address], groups: Collection[IPv6Address]) -> bool:
        return any(group in groups for group in heard)


@FAULTS.add("second-interface-silent", *both("rfc3810:6-3"))
class SecondInterfaceSilent(Rules):
    """Answers queries on its first interface only."""

    def listens_on(self, interface: str) -> bool:
        return interface == "lan"
