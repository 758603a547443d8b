"""Faults of a multicast listener towards a querier of version 1 (RFC 3810, 8.2)."""

from ipaddress import IPv6Address

from ..reference import Rules
from ..wire.addresses import ALL_NODES
from .registry import FAULTS, both

VERSION_1 = both("rfc3810:5-3", "rfc3810:8.1-1a", "rfc3810:8.2.1-1a", "rfc3810:8.2.1-1c", "rfc3810:8.2.1-3")
"""What nobody can meet who answers in version 2 only."""


@FAULTS.add("no-version-1", *VERSION_1)
class NoVersion1(Rules):
    """Answers queries of version 1 in version 2."""

    def follows_older_querier(self) -> bool:
        return False


@FAULTS.add("done-to-all-nodes", *both("rfc3810:8.2.1-1b"))
class DoneToAllNodes(Rules):
    """Sends Done to all nodes."""

    def done_destination(self, routers: IPv6Address) -> IPv6Address:
        return ALL_NODES


@FAULTS.add("version-1-code-not-linear", *both("rfc3810:8.2.1-1c"))
class Version1CodeNotLinear(Rules):
    """Reads the code of a query of version 1 as one of version 2."""

    def response_delay_v1_ms(self, code: int) -> int:
        return code if code < 0x8000 else (code & 0xFFF | 0x1000) << (code >> 12 & 7) + 3


@FAULTS.add("pending-answers-survive", *both("rfc3810:8.2.1-3"))
class PendingAnswersSurvive(Rules):
    """Sends what is due although the version has changed."""

    def forgets_pending(self) -> bool:
        return False


@FAULTS.add("version-1-for-ever", *both("rfc3810:8.2.1-2b", "rfc3810:9.12-1"))
class Version1ForEver(Rules):
    """Stays in version 1."""

    def older_querier_s(self, response_s: float) -> float:
        return float("inf")


@FAULTS.add("version-1-short", *both("rfc3810:9.12-1"))
class Version1Short(Rules):
    """Leaves version 1 after 200 s."""

    def older_querier_s(self, response_s: float) -> float:
        return 200.0


@FAULTS.add("version-1-not-restarted", *both("rfc3810:8.2.1-2a"))
class Version1NotRestarted(Rules):
    """Counts the time of version 1 from the first query of that version."""

    def restarts_older_querier(self) -> bool:
        return False


@FAULTS.add("version-2-query-ends-version-1", *both("rfc3810:8.2.1-1a", "rfc3810:8.2.1-2a", "rfc3810:9.12-1"))
class Version2QueryEndsVersion1(Rules):
    """Goes back to version 2 as soon as a query of that version comes."""

    def ends_older_querier(self) -> bool:
        return True
