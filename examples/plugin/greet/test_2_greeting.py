"""The greeting (clause 2)."""

import pytest

from conformance.engine import Channel, Closed, a, negative, requirement

from .provide import Line


@requirement("greet-1.0/server:GREET-2-1")
@pytest.mark.parametrize("name", ["Ada", "Grace Hopper"])
async def test_a_guest_is_welcomed_by_name(guest: Channel, name: str) -> None:
    """HELLO and a name is answered by WELCOME and the same name."""
    await guest.send(Line(f"HELLO {name}"))
    await guest.expect(a(Line, text=f"WELCOME {name}"))


@requirement("greet-1.0/server:GREET-2-2")
@negative
async def test_any_other_line_ends_the_connection(guest: Channel) -> None:
    """A line that is no greeting ends the connection."""
    await guest.send(Line("HULLO Ada"))
    await guest.expect(Closed)
