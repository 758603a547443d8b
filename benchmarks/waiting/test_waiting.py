"""As many cases as the environment says; each waits a second of real time."""

import asyncio
import os

import pytest

CASES = int(os.environ.get("IIC_CONFORM_BENCH_CASES", "200"))


@pytest.mark.parametrize("n", range(CASES))
async def test_waits_a_second(n: int) -> None:
    """A second passes."""
    await asyncio.sleep(1)
