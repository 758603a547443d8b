"""RFC 4861, 7.2.7 and 4.4: the answers for an anycast address, which the access data name as `anycast`."""

from conformance.engine import check, lasts

from .anycast import ASKED, MAX_ANYCAST_DELAY_S, access, answer, delays
from .bind import both
from .provide import Station


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
