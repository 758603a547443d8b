"""RFC 4443, 2.4 f: how many errors a product sends."""

from conformance.engine import Silence, check, negative

from .bind import both
from .provide import Station
from .provoking import ERRORS, unknown_option
from .station import CHATTER, reply_to

FLOOD = 1000
"""So many packets at once nobody has to tell of."""
FEW = 3
"""As many as traceroute sends for each hop."""


async def errors(asking: Station, packets: int) -> int:
    """How many errors come for so many packets at once. Raises Nonconformity where the product is gone."""
    behind = asking.echo(b"behind")
    await asking.send(*(unknown_option(asking) for _ in range(packets)), asking.frame(behind))
    event = await asking.next(passing=CHATTER | ERRORS, until=reply_to(behind))
    if isinstance(event, Silence):  # a flood may have swept away the packet behind it
        await asking.greet()
    return len(asking.arrived(ERRORS))


@both("rfc4443:2.4f-1")
@negative
async def test_the_rate_of_errors_is_limited(tester: Station) -> None:
    """Not every packet of a flood causes an error."""
    sent = await errors(tester, FLOOD)
    check(sent < FLOOD, f"all of {FLOOD} packets at once were reported", expected="fewer errors", got=f"{sent} errors")


@both("rfc4443:2.4f-2")
@negative
async def test_a_few_faulty_packets_in_a_row_are_all_reported(tester: Station) -> None:
    """A few faulty packets in a row all get their errors, as traceroute needs it."""
    sent = await errors(tester, FEW)
    if sent < FEW:
        sent = await errors(await tester.another(), FEW)
    check(sent >= FEW, f"of {FEW} packets in a row {sent} were reported", expected=f"{FEW} errors", got=f"{sent}")
