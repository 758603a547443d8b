"""What every suite stands on; knows no protocol. Suites import their words from here."""

from .case import Case
from .channel import Channel, PacketChannel
from .judge import check
from .link import Port, Segment, Site
from .marks import disruptive, lasts, negative, requirement, uses
from .outcome import Closed, Expectation, Outcome, Silence, a, outcome
from .providers import provider
from .testbed import Address, TestbedError
from .verdict import Nonconformity, NotApplicable, ProductLost, Unready, Verdict

__all__ = [
    "Address",
    "Case",
    "Channel",
    "Closed",
    "Expectation",
    "Nonconformity",
    "NotApplicable",
    "Outcome",
    "PacketChannel",
    "Port",
    "ProductLost",
    "Segment",
    "Silence",
    "Site",
    "TestbedError",
    "Unready",
    "Verdict",
    "a",
    "check",
    "disruptive",
    "lasts",
    "negative",
    "outcome",
    "provider",
    "requirement",
    "uses",
]
