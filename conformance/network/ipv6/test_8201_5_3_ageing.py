"""RFC 8201, 3, 4 and 5.3: how long a product keeps to a path MTU, and how soon it tries for more."""

from conformance.engine import check, lasts

from .bind import both
from .path_mtu import answered, pieces, told, too_big, unchanged
from .provide import Station

MTU = 1300
MINUTE_S = 60
LEAST_S = 5 * MINUTE_S
USUAL_S = 10 * MINUTE_S
LATEST_S = 13 * MINUTE_S
"""By then a path MTU that is kept for about 10 minutes has been forgotten."""
ASK_S = 20
OFTEN = 2
"""Tries in so many minutes that are one too many."""


async def larger_after_s(tester: Station, until_s: float) -> list[float]:
    """When packets above the path MTU came, in seconds since it was last told; each is answered by telling it again."""
    await told(tester, MTU)
    since_s = began_s = tester.case.now_s
    tries = []
    while tester.case.now_s - began_s + ASK_S < until_s:
        await tester.next(passing=object, within_s=ASK_S)
        came = await pieces(tester)
        if max(frame.size for frame in came) > MTU:
            tries.append(tester.case.now_s - since_s)
            await tester.send(too_big(tester, came[0], MTU))
            since_s = tester.case.now_s
    return tries


def told_s(tries: list[float]) -> str:
    """Times for people."""
    return ", ".join(f"{each:.0f} s" for each in tries) or "none"


@both("rfc8201:4-7a")
@lasts(LEAST_S)
async def test_nothing_larger_is_sent_for_5_minutes(tester: Station) -> None:
    """For 5 minutes after a Packet Too Big no packet exceeds the path MTU."""
    early = [each for each in await larger_after_s(tester, LEAST_S) if each < LEAST_S]
    check(not early, "a packet above the path MTU", expected="none for 5 minutes", got=told_s(early), timing=True)


@both("rfc8201:4-7b")
@lasts(USUAL_S)
async def test_nothing_larger_is_sent_for_10_minutes(tester: Station) -> None:
    """For 10 minutes after a Packet Too Big the product does not try whether the path has grown."""
    early = [each for each in await larger_after_s(tester, USUAL_S - 5) if each < USUAL_S - 5]
    check(not early, "a packet above the path MTU", expected="none for 10 minutes", got=told_s(early), timing=True)


@both("rfc8201:3-4")
@lasts(LATEST_S)
async def test_a_product_does_not_often_try_for_more(tester: Station) -> None:
    """The product seldom tries whether the path has grown: not twice in 10 minutes while it is told that it has not."""
    tries = await larger_after_s(tester, USUAL_S)
    check(len(tries) < OFTEN, "the product often tries for more", expected="1 try at most", got=told_s(tries))


@both("rfc8201:5.3-1a")
@lasts(LATEST_S)
async def test_a_path_mtu_is_forgotten_in_the_end(tester: Station) -> None:
    """A path MTU that was not lowered for about 10 minutes is tried for growth."""
    await unchanged(tester)
    await told(tester, MTU)
    until_s = tester.case.now_s + LATEST_S
    while max(await answered(tester)) <= MTU:
        left_s = until_s - tester.case.now_s
        check(left_s > 0, "a path MTU is kept for ever", expected="a larger packet after 10 minutes", got="none")
        await tester.next(passing=object, within_s=min(ASK_S, max(left_s, 1)))
