"""RFC 3810, 5 and 5.2: what the reports of a listener look like, from its start on and in answer to queries."""

from collections.abc import Sequence

from conformance.engine import Silence, Unready, check, lasts, uses

from .bind import both
from .fresh import Fresh
from .listening import ANY, CURRENT, change, listener, records_of
from .station import UNSPECIFIED
from .wire import Frame, HopByHop, MulticastListenerReportV2, RecordType, RouterAlert
from .wire.addresses import ALL_MLDV2_ROUTERS, ALL_NODES, multicast_mac, solicited_node

pytestmark = [uses("product", exclusive=True), lasts(10)]


async def reports(alone: Fresh) -> Sequence[Frame]:
    """All that the product has reported since its start, and in answer to a general query and one about a group."""
    asked = await listener(alone)
    await asked.ask()
    await asked.next(ANY, 2)
    await asked.ask(multicast_address=asked.group)
    await asked.next(ANY, 2)
    if not asked.reports:
        raise Unready("the product reports nothing")
    return asked.reports


def version_2(frames: Sequence[Frame]) -> list[tuple[Frame, MulticastListenerReportV2]]:
    """The reports of version 2 among these."""
    return [(frame, frame.message) for frame in frames if isinstance(frame.message, MulticastListenerReportV2)]


@both("rfc3810:5-1a", "rfc3810:5.2.13-1")
async def test_a_report_comes_from_a_link_local_address(alone: Fresh) -> None:
    """Reports come from a link-local address, or from the unspecified one while there is none."""
    valid, frames = False, await reports(alone)
    for frame in frames:
        assert frame.ip
        source = frame.ip.source
        valid = valid or source.is_link_local or frame is frames[-1]
        check(source.is_link_local or source == UNSPECIFIED, "a report comes from another address", got=source)
        check(source.is_link_local or not valid, "a report comes from :: although there is a link-local address")


@both("rfc3810:5-1b")
async def test_a_report_has_hop_limit_1(alone: Fresh) -> None:
    """Every message of multicast listener discovery has hop limit 1."""
    for frame in await reports(alone):
        assert frame.ip
        check(frame.ip.hop_limit == 1, "a report has another hop limit", expected=1, got=frame.ip.hop_limit)


@both("rfc3810:5-1c")
async def test_a_report_has_a_router_alert(alone: Fresh) -> None:
    """Every message of multicast listener discovery has a Router Alert option in a Hop-by-Hop Options header."""
    for frame in await reports(alone):
        header = frame.get(HopByHop)
        alerts = [o for o in header.options if isinstance(o, RouterAlert)] if header else []
        check(alerts and alerts[0].value == 0, "a report has no Router Alert option of value 0", got=header)


@both("rfc3810:5.2.14-1")
async def test_a_report_goes_to_all_routers_of_version_2(alone: Fresh) -> None:
    """Reports of version 2 go to ff02::16, and to its hardware address."""
    for frame, _ in version_2(await reports(alone)):
        assert frame.ip
        check(frame.ip.destination == ALL_MLDV2_ROUTERS, "a report goes elsewhere", got=frame.ip.destination)
        check(frame.destination == multicast_mac(ALL_MLDV2_ROUTERS), "its frame goes elsewhere", got=frame.destination)


@both("rfc3810:5.2.1-1a")
async def test_the_reserved_fields_of_a_report_are_0(alone: Fresh) -> None:
    """The Code and the Reserved fields of a report are zero."""
    for _, message in version_2(await reports(alone)):
        check(message.code == 0 and message.reserved1 == 0, "a reserved field is not 0", got=message)


@both("rfc3810:5.2.10-1")
async def test_a_report_has_no_auxiliary_data(alone: Fresh) -> None:
    """The Aux Data Len of each record is zero."""
    for frame in await reports(alone):
        for record in records_of(frame):
            check(not record.auxiliary_data and not record.aux_data_len, "a record has auxiliary data", got=record)


@both("rfc3810:5.2.11-1b")
async def test_nothing_follows_the_last_record(alone: Fresh) -> None:
    """No octets follow the last record of a report."""
    for _, message in version_2(await reports(alone)):
        check(not message.extra, "octets follow the last record", got=message.extra.hex())


@both("rfc3810:5.2.12-1a")
async def test_current_state_is_told_to_queries_only(alone: Fresh) -> None:
    """Records of types 1 and 2 are sent in answer to queries only: there is none before anybody asks."""
    asked = await listener(alone)
    current = [r for frame in asked.reports for r in records_of(frame) if r.record_type in CURRENT]
    check(not current, "a current state record was sent unasked", got=current)


@both("rfc3810:5.2.12-1b")
async def test_no_record_includes_nothing(alone: Fresh) -> None:
    """A group without sources in INCLUDE mode is not listened to, so that no record says MODE_IS_INCLUDE of nothing."""
    for frame in await reports(alone):
        for record in records_of(frame):
            empty = record.record_type == RecordType.MODE_IS_INCLUDE and not record.sources
            check(not empty, "a MODE_IS_INCLUDE record has no sources", got=record)


@both("rfc3810:6-1a")
async def test_all_nodes_are_never_reported(alone: Fresh) -> None:
    """A node never reports that it listens to ff02::1, not even when it is asked about it."""
    asked = await listener(alone)
    await asked.ask(multicast_address=ALL_NODES)
    await asked.next(ANY, 2)
    found = [frame for frame in [*await reports(alone), *asked.reports] if records_of(frame, ALL_NODES)]
    check(not found, "ff02::1 was reported", got=found)


@both("rfc3810:5.2.13-3")
async def test_groups_are_reported_again_from_the_link_local_address(alone: Fresh) -> None:
    """Once its link-local address is valid a node reports all its groups from it, also those reported before."""
    asked = await listener(alone)
    again = [f for f in asked.reports if change(asked.group).matches(f) and f.ip and f.ip.source.is_link_local]
    check(again, "the group of the link-local address was not reported from it")


@both("rfc3810:6.1-1")
async def test_a_new_group_is_reported_at_once(fresh: Fresh) -> None:
    """A change of what a node listens to is reported at once: a group by when its address is in use."""
    node = await fresh.up()
    group = solicited_node(node.link_local)
    if not any(change(group).matches(frame) for frame in fresh.heard):
        seen = await fresh.watch.next(passing=object, until=change(group), within_s=2.0)
        check(not isinstance(seen, Silence), "the group of the new address was not reported")


@both("rfc3810:6.1-2a")
async def test_a_joined_group_is_reported_as_excluding_nothing(alone: Fresh) -> None:
    """A group that is joined without source lists is reported as CHANGE_TO_EXCLUDE_MODE with no sources."""
    asked = await listener(alone)
    changes = [r for f in asked.reports for r in records_of(f, asked.group) if r.record_type not in CURRENT]
    if not changes:
        raise Unready("the product tells of no change")
    for record in changes:
        right = record.record_type == RecordType.CHANGE_TO_EXCLUDE_MODE and not record.sources
        check(right, "a joined group is reported otherwise", expected="CHANGE_TO_EXCLUDE_MODE, no sources", got=record)
