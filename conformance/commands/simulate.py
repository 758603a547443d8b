"""`iic-conform simulate`: a reference, with a fault or without, for others to try."""

import asyncio
import sys

from conformance.engine.variants import faults
from profiles.problems import choose_from
from testbeds.reference import ReferenceTestbed

from .exits import INTERRUPTED, UNREACHABLE, Ended, tell
from .listing import KINDS
from .output import write
from .prepare import find_reference


def command(name: str, fault: str | None, port: int) -> int:
    """Serve a reference on loopback until interrupted."""
    found = find_reference(name)
    if found is None:
        known = [row["name"] for row in KINDS["references"](())]
        raise Ended(f"there is no reference {name!r}. {choose_from(name, known)}")
    suite, variant = found
    named = faults(suite)
    if fault and fault not in named:
        by_requirement = [
            f for f, one in named.items() if any(ref.endswith(f":{fault}") or ref == fault for ref in one.breaks)
        ]
        if len(by_requirement) != 1:
            listed = (
                f"These break {fault}: {', '.join(by_requirement)}" if by_requirement else choose_from(fault, named)
            )
            raise Ended(f"reference {name} has no fault {fault!r}. {listed}")
        fault = by_requirement[0]
    testbed = ReferenceTestbed(name, variant.make(named[fault] if fault else None), variant.ixit, port=port)
    try:
        asyncio.run(
            _serve(testbed, f"{name}, fault {fault}: {named[fault].summary}" if fault else f"{name}, conforming")
        )
    except KeyboardInterrupt:
        return INTERRUPTED
    tell(f"the reference crashed: {testbed.crashed!r}")
    return UNREACHABLE


async def _serve(testbed: ReferenceTestbed, what: str) -> None:
    async with testbed:
        write(f"{what}")
        for protocol, table in testbed.ixit.items():
            for key, value in table.items():
                write(f"  [ixit.{protocol}] {key} = {value!r}")
        write("Ctrl-C ends it.")
        sys.stdout.flush()
        await testbed.has_crashed.wait()
