"""The product as a multicast listener: what it reports by itself, and to a querier of the tester's (RFC 3810)."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv6Address
from typing import Any

from conformance.engine import Nonconformity, Outcome, Silence, Unready, a, outcome

from .fresh import Fresh
from .station import UNSPECIFIED, Station
from .wire import (
    Frame,
    HopByHop,
    Layer,
    MldMessage,
    MulticastAddressRecord,
    MulticastListenerDone,
    MulticastListenerQuery,
    MulticastListenerQueryV2,
    MulticastListenerReport,
    MulticastListenerReportV2,
    RecordType,
    RouterAlert,
)
from .wire.addresses import ALL_NODES, solicited_node

GROUP = IPv6Address("ff1e::4862:3810")
"""A group that nobody listens to unless it is told to."""
CALM_S = 2.5
"""Reports of a change follow each other within a second: after so much silence no more will come."""
SLACK_S = 0.5
"""How late an answer may be seen, for reasons that are not the product's."""
ANY = outcome(a(Frame, message=outcome(MulticastListenerReportV2 | MulticastListenerReport | MulticastListenerDone)))
CURRENT = (RecordType.MODE_IS_INCLUDE, RecordType.MODE_IS_EXCLUDE)
"""Records that answer queries."""


class Listener:
    """The product on a link of its own, and a querier there that asks it."""

    def __init__(self, alone: Fresh) -> None:
        self.alone = alone
        self.watch = alone.watch
        self.querier: Station = alone.station(name="querier")
        self.group = solicited_node(alone.node.link_local)
        """A group that the product certainly listens to."""

    # What the querier says.

    def query(self, *, alert: bool = True, version: int = 2, response_ms: int = 1000, **fields: Any) -> Frame:
        """A query about everything, or about a group and perhaps sources; `response_ms` is the code. Fields of the IPv6
        header may be among `fields`, and `to`.
        """
        ip = {name: fields.pop(name) for name in ("hop_limit", "source", "to", "mac") if name in fields}
        if version == 1:
            message: Layer = MulticastListenerQuery(maximum_response_delay=response_ms, **fields)
        else:
            message = MulticastListenerQueryV2(maximum_response_code=response_ms, **fields)
        about = fields.get("multicast_address", UNSPECIFIED)
        return self.packet(message, alert=alert, **{"to": ALL_NODES if about == UNSPECIFIED else about} | ip)

    def packet(self, message: Layer, *, alert: bool = True, **ip: Any) -> Frame:
        """A message of multicast listener discovery, as they are sent."""
        headers = (HopByHop(options=(RouterAlert(),)),) if alert else ()
        ip.setdefault("source", self.querier.link_local)
        ip.setdefault("hop_limit", 1)
        return self.querier.frame(*headers, message, **ip)

    async def ask(self, **fields: Any) -> None:
        """Send a query; see `query`."""
        await self.querier.send(self.query(**fields))

    # What the product reports.

    async def calm(self) -> None:
        """Come back when the product has reported all that it has to say by itself. Raises Unready."""
        for _ in range(20):
            if isinstance(await self.next(ANY, CALM_S), Silence):
                return
        raise Unready("the product does not cease to report")

    async def next(self, wanted: Outcome, within_s: float) -> Any:
        """The next packet of a kind, others left aside; Silence where none comes."""
        return await self.watch.next(passing=object, until=wanted, within_s=within_s)

    async def answer(
        self, within_s: float, wanted: Outcome | None = None, why: str = "", *, late_s: float = 3.0
    ) -> Any:
        """The answer to a query: a report with a current state record, within so many seconds. `late_s` is how much
        later it may come where the time is not what a case is about. Raises Nonconformity.
        """
        wanted = wanted or current()
        event = await self.next(wanted, within_s + late_s)
        if isinstance(event, Silence):
            raise self.watch.unexpected(event, wanted, why)
        return event

    async def no_answer(self, within_s: float, why: str, wanted: Outcome = ANY) -> None:
        """Nothing is reported for so many seconds. Raises Nonconformity."""
        event = await self.next(wanted, within_s)
        if not isinstance(event, Silence):
            raise Nonconformity(why, expected="no report", got=self.watch.describe(event))

    @property
    def reports(self) -> Sequence[Frame]:
        """All messages of multicast listener discovery that the product has sent so far."""
        return [frame for frame in self.alone.heard if ANY.matches(frame)]


async def listener(alone: Fresh) -> Listener:
    """The product when it has reported all that it has to say by itself. Raises Unready."""
    made = Listener(alone)
    await made.calm()
    return made


def current(group: IPv6Address | None = None, kind: RecordType | None = None) -> Outcome:
    """A report with a current state record, of a group and of a type where these are given."""

    def holds(records: Iterable[MulticastAddressRecord]) -> bool:
        types = CURRENT if kind is None else (kind,)
        return any(r.record_type in types and group in (None, r.multicast_address) for r in records)

    holds.__doc__ = "that answer the query"
    return outcome(a(Frame, message=a(MulticastListenerReportV2, records=holds)))


def change(group: IPv6Address, kind: RecordType | None = None) -> Outcome:
    """A report with a record about a change for a group."""

    def holds(records: Iterable[MulticastAddressRecord]) -> bool:
        return any(
            r.record_type not in CURRENT and r.multicast_address == group and kind in (None, r.record_type)
            for r in records
        )

    holds.__doc__ = f"that tell of a change for {group}"
    return outcome(a(Frame, message=a(MulticastListenerReportV2, records=holds)))


def version_1(group: IPv6Address | None = None, kind: type[MldMessage] = MulticastListenerReport) -> Outcome:
    """A message of version 1, about a group where one is given."""
    return outcome(a(Frame, message=a(kind, multicast_address=group) if group else a(kind)))


def records_of(frame: Frame, group: IPv6Address | None = None) -> list[MulticastAddressRecord]:
    """The records of a report, all or those about a group."""
    message = frame.message
    records = message.records if isinstance(message, MulticastListenerReportV2) else ()
    return [record for record in records if group in (None, record.multicast_address)]


async def joins(alone: Fresh, group: IPv6Address = GROUP) -> None:
    """Have the product join a group; not applicable where nobody can."""
    if not await alone.case.act(alone.site, "join", group=str(group)):
        alone.case.not_applicable("nobody can make the product join a group", "无法使产品加入某个组")


async def leaves(alone: Fresh, group: IPv6Address = GROUP) -> None:
    """Have the product leave it again. Raises Unready where nobody can."""
    if not await alone.case.act(alone.site, "leave", group=str(group)):
        raise Unready("nobody can make the product leave a group")
