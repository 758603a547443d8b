"""Temporary."""
import pytest
from conformance.engine import Silence, lasts
from .bind import both
from .provide import Neighbour

@both("rfc4861:7.2.5-5b")
@pytest.mark.parametrize("after_s", [0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3])
@pytest.mark.parametrize("n", range(12))
@lasts(9)
async def test_experiment(neighbour: Neighbour, after_s: float, n: int) -> None:
    """x"""
    since_s = await neighbour.delay()
    await neighbour.ready(Silence, passing=neighbour.others, within_s=after_s)
    await neighbour.send(neighbour.advertised(neighbour.elsewhere, solicited=True))
    await neighbour.expect_reply_at(neighbour.mac)
    await neighbour.shows_delay(since_s)
