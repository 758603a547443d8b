"""What came, in words: for what a report says of it."""

from collections.abc import Iterable
from typing import Any

from conformance.engine import Closed, Silence

from .wire import describe

MOST = 3
"""How many of several events are told."""


def told(*events: Any) -> str:
    """What came, or did not; the first few of several."""
    return "; ".join(map(_one, events[:MOST])) + ("; ..." if len(events) > MOST else "")


def _one(event: Any) -> str:
    if isinstance(event, Silence):
        return f"nothing for {event.wait_s:g} s"
    return f"the connection closed ({event.how.upper()})" if isinstance(event, Closed) else describe(event)


def qos_levels(levels: Iterable[int]) -> str:
    """The QoS of several messages, in their order."""
    return f"QoS {', '.join(map(str, levels)) or 'of none'}"


def hexadecimal(codes: Iterable[int]) -> str:
    """Reason codes as the standard writes them."""
    return " ".join(f"0x{code:02X}" for code in codes)
