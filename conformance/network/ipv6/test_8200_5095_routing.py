"""RFC 5095: the Routing header of type 0, which is one of unknown type by now."""

import pytest

from conformance.engine import negative

from .bind import both
from .provide import Station
from .station import error
from .wire import Frame, ParameterProblem
from .wire.layers import routing0


@both("rfc5095:3-1")
@pytest.mark.parametrize("stops", [1, 2])
async def test_a_type_0_header_at_its_end_is_skipped(tester: Station, stops: int) -> None:
    """A type 0 Routing header whose Segments Left is 0 is passed over."""
    await tester.ping(routing0([tester.address] * stops, 0))


@both("rfc5095:3-1")
@pytest.mark.parametrize("to", ["product", "tester"])
@negative
async def test_a_type_0_header_is_not_executed(tester: Station, to: str) -> None:
    """A packet with a type 0 Routing header that has Segments Left is discarded and reported, and goes nowhere."""
    await tester.greet(to=tester.product.address)

    def stimulus(station: Station) -> list[Frame]:
        stop = station.address if to == "tester" else station.product.address or station.product.link_local
        return [station.frame(routing0([stop], 1), station.echo(), to=station.product.address)]

    await tester.provokes(error(ParameterProblem, code=0, pointer=42), stimulus)
    await tester.expect_nothing("the packet went on although an error about it was sent")
