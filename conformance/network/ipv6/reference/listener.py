"""The node as a multicast listener: MLDv2, and MLDv1 while an older querier is there (RFC 3810, 6 and 8.2)."""

import asyncio
from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Any

from ..wire import (
    Frame,
    HopByHop,
    MulticastAddressRecord,
    MulticastListenerDone,
    MulticastListenerQuery,
    MulticastListenerReport,
    MulticastListenerReportV2,
    RouterAlert,
)
from ..wire.addresses import ALL_MLDV2_ROUTERS, ALL_ROUTERS, UNSPECIFIED

if TYPE_CHECKING:
    from .interface import Interface

MULTICAST_ALL = UNSPECIFIED
"""The Multicast Address of a General Query."""


class Listener:
    """The groups of one interface, and what is said about them."""

    def __init__(self, interface: "Interface") -> None:
        self.interface = interface
        self.rules = interface.rules
        self.groups: dict[IPv6Address, int] = {}
        """Groups, with the State Change Reports that are still to be sent about them."""
        self._left: dict[IPv6Address, int] = {}
        self._repeat: asyncio.TimerHandle | None = None
        self._general: asyncio.TimerHandle | None = None
        self._specific: dict[IPv6Address, tuple[asyncio.TimerHandle, set[IPv6Address]]] = {}
        self.v1_until_s = 0.0
        self.robustness = interface.node.options.robustness

    @property
    def v1(self) -> bool:
        """Whether an older querier is present."""
        return self.interface.node.now_s < self.v1_until_s

    # Changes of state (6.1).

    def join(self, group: IPv6Address, delay_s: float = 0.0) -> None:
        """Listen to a group."""
        if group in self.groups:
            return
        self.groups[group] = 0
        if self.rules.reports(group):
            self.groups[group] = self.rules.change_reports(self.robustness)
            self._left.pop(group, None)
            self._say_changes(self.rules.join_delay_s(delay_s))

    def leave(self, group: IPv6Address) -> None:
        """Listen to a group no more."""
        if self.groups.pop(group, None) is None or not self.rules.reports(group):
            return
        if self.v1:
            self._send_v1(MulticastListenerDone(multicast_address=group), self.rules.done_destination(ALL_ROUTERS))
            return
        self._left[group] = self.rules.leave_reports(self.robustness)
        self._say_changes(0.0)

    def ready(self) -> None:
        """The link-local address is valid: say everything again with it (5.2.13)."""
        if self.rules.repeats_when_ready():
            for group in self.groups:
                if self.rules.reports(group):
                    self.groups[group] = self.rules.change_reports(self.robustness)
            self._say_changes(0.0)

    def _say_changes(self, delay_s: float) -> None:
        if self._repeat:
            self._repeat.cancel()
        self._repeat = self.interface.node.later(delay_s, self._changes)

    def _changes(self) -> None:
        """Send a State Change Report, and the next within the interval while one is due."""
        self._repeat = None
        joined = [group for group, left in self.groups.items() if left]
        left = [group for group, count in self._left.items() if count]
        records = [self.rules.change_record(group, joined=True) for group in joined]
        records += [self.rules.change_record(group, joined=False) for group in left]
        if not records:
            return
        if self.v1:
            for group in joined:
                self._send_v1(MulticastListenerReport(multicast_address=group), self.rules.report_v1_destination(group))
        else:
            self._report(records)
        for group in joined:
            self.groups[group] -= 1
        self._left = {group: count - 1 for group, count in self._left.items() if count > 1}
        if any(self.groups.values()) or self._left:
            gap_s = self.rules.repetition_gap_s(self.interface.node.rng)
            self._repeat = self.interface.node.later(gap_s, self._changes)

    # Queries (6.2).

    def queried(self, frame: Frame) -> None:
        """Take a query, if it is one that counts."""
        query: Any = frame.message
        if not self.rules.accepts_query(frame) or not self.rules.listens_on(self.interface.name):
            return
        if isinstance(query, MulticastListenerQuery):
            self._older_querier(query)
            delay_s = self.rules.response_delay_v1_ms(query.maximum_response_delay) / 1000
        else:
            if self.rules.ends_older_querier():
                self.v1_until_s = 0.0
            delay_s = self.rules.response_delay_ms(query) / 1000
            self.robustness = self.rules.robustness_from(query, self.robustness)
        after_s = self.rules.response_after_s(delay_s, self.interface.node.rng)
        if query.multicast_address == MULTICAST_ALL:
            self._general_query(after_s)
        elif self.rules.answers_about(query.multicast_address, self.groups):
            self._specific_query(query, after_s)

    def _older_querier(self, query: MulticastListenerQuery) -> None:
        if not self.rules.follows_older_querier():
            return
        if not self.v1 and self.rules.forgets_pending():
            self._forget_pending()
        if self.v1 and not self.rules.restarts_older_querier():
            return
        self.v1_until_s = self.interface.node.now_s + self.rules.older_querier_s(query.maximum_response_delay / 1000)

    def _forget_pending(self) -> None:
        for timer in (self._general, self._repeat, *(timer for timer, _ in self._specific.values())):
            if timer:
                timer.cancel()
        self._general = self._repeat = None
        self._specific.clear()
        self.groups = dict.fromkeys(self.groups, 0)

    def _general_query(self, after_s: float) -> None:
        node = self.interface.node
        if self._general and self._general.when() <= node.now_s + after_s and self.rules.keeps_earlier_response():
            return
        if self._general and self.rules.replaces_response(self._general.when() - node.now_s):
            self._general.cancel()
        self._general = node.later(after_s, self._answer_general)

    def _answer_general(self) -> None:
        self._general = None
        groups = [group for group in self.groups if self.rules.reports(group)]
        if self.v1:
            for group in groups:
                self._send_v1(MulticastListenerReport(multicast_address=group), self.rules.report_v1_destination(group))
        elif groups:
            self._report(self.rules.general_records([self.rules.current_record(group, ()) for group in groups]))

    def _specific_query(self, query: Any, after_s: float) -> None:
        group, node = query.multicast_address, self.interface.node
        if self._general and self._general.when() <= node.now_s + after_s and self.rules.keeps_earlier_response():
            return
        asked = set(getattr(query, "sources", ()))
        pending = self._specific.get(group)
        if pending:
            asked = self.rules.asked_sources(pending[1], asked)
            after_s = self.rules.specific_after_s(after_s, max(0.0, pending[0].when() - node.now_s))
            pending[0].cancel()
        self._specific[group] = (node.later(after_s, self._answer_specific, group), asked)

    def _answer_specific(self, group: IPv6Address) -> None:
        _, asked = self._specific.pop(group)
        if not self.rules.answers_about(group, self.groups):
            return
        if self.v1:
            self._send_v1(MulticastListenerReport(multicast_address=group), self.rules.report_v1_destination(group))
            return
        self._report(self.rules.specific_records([self.rules.current_record(group, tuple(sorted(asked)))]))

    def reported(self, message: Any) -> None:
        """Hear what another node reports."""
        heard = {record.multicast_address for record in getattr(message, "records", ())}
        if self._general and self.rules.is_suppressed_by(heard, self.groups):
            self._general.cancel()
            self._general = None

    # Sending.

    def _report(self, records: list[MulticastAddressRecord]) -> None:
        report = MulticastListenerReportV2(records=tuple(records))
        self._send(self.rules.report(report), self.rules.report_destination(ALL_MLDV2_ROUTERS))

    def _send_v1(self, message: MulticastListenerReport | MulticastListenerDone, to: IPv6Address) -> None:
        self._send(message, to)

    def _send(self, message: Any, to: IPv6Address) -> None:
        alert = self.rules.listener_header(HopByHop(options=(RouterAlert(),)))
        layers = (alert, message) if alert else (message,)
        source = self.rules.listener_source(self.interface.link_local or UNSPECIFIED)
        self.interface.send(*layers, to=to, source=source, hop_limit=self.rules.listener_hop_limit())
