"""RFC 4861, 7.2.8: the answers of a router that is a proxy for an address, which the access data name as `proxied`."""

from typing import Any

from conformance.engine import a, check, lasts, uses

from .anycast import MAX_ANYCAST_DELAY_S, access, answer, delays
from .bind import router
from .provide import Fresh, Station
from .resolving import LATE_S
from .wire import (
    Frame,
    HopByHop,
    MulticastListenerQueryV2,
    MulticastListenerReport,
    MulticastListenerReportV2,
    RouterAlert,
)
from .wire.addresses import ALL_NODES, solicited_node

pytestmark = lasts(5 * MAX_ANYCAST_DELAY_S)
QUERIED_MS = 1000


@router("rfc4861:7.2.8-1a")
async def test_a_proxy_hears_what_is_sent_to_the_group(tester: Station) -> None:
    """A proxy is a member of the solicited-node multicast groups of the addresses for which it answers."""
    await answer(tester, access(tester, "proxied"), judged=True)


@router("rfc4861:7.2.8-2", "rfc4861:7.2.4-4a", "rfc4861:4.4-2a")
async def test_an_answer_of_a_proxy_does_not_override(tester: Station) -> None:
    """A solicited proxy advertisement has the O flag clear."""
    _, message = await answer(tester, access(tester, "proxied"))
    check(not message.override, "the O flag is set")


@router("rfc4861:7.2.8-3")
async def test_answers_of_a_proxy_are_delayed(tester: Station) -> None:
    """A proxy delays its answer by a random time from 0 to 1 s."""
    await delays(tester, access(tester, "proxied"))


@router("rfc4861:7.2.8-1b")
@uses("product", exclusive=True)
async def test_a_proxy_reports_the_group(alone: Fresh) -> None:
    """A proxy joins the solicited-node multicast groups of the addresses for which it answers by MLD."""
    tester = alone.station()
    group = solicited_node(access(tester, "proxied"))

    def reported(message: Any) -> bool:
        """that reports the group"""
        records = message.records if isinstance(message, MulticastListenerReportV2) else ()
        one = isinstance(message, MulticastListenerReport) and message.multicast_address == group
        return one or any(each.multicast_address == group for each in records)

    query = MulticastListenerQueryV2(maximum_response_code=QUERIED_MS)
    alert = HopByHop(options=(RouterAlert(),))
    await tester.send(tester.frame(alert, query, to=ALL_NODES, source=tester.link_local, hop_limit=1))
    await alone.sees(a(Frame, message=reported), within_s=QUERIED_MS / 1000 + LATE_S)
