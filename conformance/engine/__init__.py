"""What every suite stands on; knows no protocol. Suites import their words from here."""

from .case import Case
from .channel import Channel
from .judge import check
from .marks import disruptive, lasts, negative, requirement, uses
from .outcome import Closed, Silence, a
from .providers import provider
from .testbed import Address
from .verdict import Nonconformity, NotApplicable, ProductLost, Unready, Verdict

__all__ = [
    "Address",
    "Case",
    "Channel",
    "Closed",
    "Nonconformity",
    "NotApplicable",
    "ProductLost",
    "Silence",
    "Unready",
    "Verdict",
    "a",
    "check",
    "disruptive",
    "lasts",
    "negative",
    "provider",
    "requirement",
    "uses",
]
