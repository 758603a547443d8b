"""RFC 4861, 7.2.7 and 4.4: the answers for an anycast address, which the access data name."""

from ipaddress import IPv6Address

from conformance.engine import Unready, check, lasts

from .bind import both
from .provide import Station
from .resolving import LATE_S, NO_ANSWER, TO_ALL
from .station import packet
from .wire import NeighborAdvertisement, NeighborSolicitation, SourceLinkLayerAddress
from .wire.addresses import solicited_node

MAX_ANYCAST_DELAY_S = 1.0
ASKED = 5
"""So many answers at once are nobody's random choice."""
AT_ONCE_S = 0.05


def access(tester: Station, name: str) -> IPv6Address:
    """An address that the access data name. Raises Unready."""
    named = tester.case.ixit.get("ipv6", {}).get(name)
    if named is None:
        raise Unready(f"[ixit.ipv6] {name} names no address")
    return IPv6Address(str(named))


async def answer(tester: Station, target: IPv6Address) -> tuple[float, NeighborAdvertisement]:
    """Ask for an address; how long the answer takes, and what it says. Raises Unready."""
    question = NeighborSolicitation(target=target, options=(SourceLinkLayerAddress(address=tester.mac),))
    await tester.send(tester.frame(question, to=solicited_node(target), source=tester.link_local, hop_limit=255))
    asked_s = tester.channel.sent_at_s
    wanted = packet(NeighborAdvertisement, target=target)
    within_s = MAX_ANYCAST_DELAY_S + LATE_S
    frame = await tester.ready(wanted, passing=NO_ANSWER | TO_ALL, within_s=within_s)
    return tester.channel.arrived_at_s - asked_s, frame.message


async def delays(tester: Station, target: IPv6Address) -> None:
    """The answers for an address are delayed by a random time up to 1 s. Raises Nonconformity."""
    took = [(await answer(tester, target))[0] for _ in range(ASKED)]
    told = ", ".join(f"{each:.2f}" for each in took)
    check(max(took) > AT_ONCE_S, f"all answers came at once: after {told} s", expected="random delays", got=told)
    late_s = MAX_ANYCAST_DELAY_S + 0.5
    check(max(took) <= late_s, f"an answer took {max(took):.2f} s", expected="at most 1 s", got=told, timing=True)


@both("rfc4861:7.2.7-1b", "rfc4861:7.2.4-4a", "rfc4861:4.4-2a")
@lasts(MAX_ANYCAST_DELAY_S)
async def test_an_answer_for_an_anycast_address_does_not_override(tester: Station) -> None:
    """The answer for an anycast address has the O flag clear."""
    _, message = await answer(tester, access(tester, "anycast"))
    check(not message.override, "the O flag is set")


@both("rfc4861:7.2.7-1a", "rfc4861:7.2.4-6")
@lasts(ASKED * MAX_ANYCAST_DELAY_S)
async def test_answers_for_an_anycast_address_are_delayed(tester: Station) -> None:
    """The answer for an anycast address is delayed by a random time from 0 to 1 s."""
    await delays(tester, access(tester, "anycast"))
