"""Answers for addresses that are not the product's alone: anycast addresses, and those that it is a proxy for."""

from ipaddress import IPv6Address

from conformance.engine import Unready, check

from .resolving import LATE_S, NO_ANSWER, TO_ALL, to
from .station import Station, packet
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


async def answer(tester: Station, target: IPv6Address, *, judged: bool = False) -> tuple[float, NeighborAdvertisement]:
    """Ask for an address; how long the answer takes, and what it says. Raises Unready where none comes, or
    Nonconformity where that is `judged`.
    """
    question = NeighborSolicitation(target=target, options=(SourceLinkLayerAddress(address=tester.mac),))
    await tester.send(tester.frame(question, to=solicited_node(target), source=tester.link_local, hop_limit=255))
    asked_s = tester.channel.sent_at_s
    wanted = packet(NeighborAdvertisement, target=target, ip=to(tester.link_local))
    within_s = MAX_ANYCAST_DELAY_S + LATE_S
    expect = tester.expect if judged else tester.ready
    frame = await expect(wanted, passing=NO_ANSWER | TO_ALL, within_s=within_s)
    return tester.channel.arrived_at_s - asked_s, frame.message


async def delays(tester: Station, target: IPv6Address) -> None:
    """The answers for an address are delayed by a random time up to 1 s. Raises Nonconformity."""
    took = [(await answer(tester, target))[0] for _ in range(ASKED)]
    told = ", ".join(f"{each:.2f}" for each in took)
    check(max(took) > AT_ONCE_S, f"all answers came at once: after {told} s", expected="random delays", got=told)
    late_s = MAX_ANYCAST_DELAY_S + 0.5
    check(max(took) <= late_s, f"an answer took {max(took):.2f} s", expected="at most 1 s", got=told, timing=True)
