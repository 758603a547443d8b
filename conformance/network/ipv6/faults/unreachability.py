"""Faults in Neighbor Unreachability Detection (RFC 4861, 7.3)."""

from ipaddress import IPv6Address
from random import Random

from ..reference import Rules
from ..reference.neighbour import State
from ..wire.addresses import solicited_node
from .registry import FAULTS, both


@FAULTS.add("probed-after-2-s", *both("rfc4861:7.3.3-2"))
class _(Rules):
    """DELAY lasts two seconds."""

    def delay_first_probe_s(self) -> float:
        return 2.0


@FAULTS.add("probe-to-the-group", *both("rfc4861:7.3.3-3a"))
class _(Rules):
    """Probes go to the solicited-node group."""

    def probe_to(self, address: IPv6Address) -> IPv6Address:
        return solicited_node(address)


@FAULTS.add("probed-only-in-use", *both("rfc4861:7.3.3-5a"))
class _(Rules):
    """An entry that was used once only is not probed."""

    def probes(self, used: int) -> bool:
        return used > 1


@FAULTS.add("two-probes", *both("rfc4861:7.3.3-3b"))
class _(Rules):
    """Two probes only."""

    def most_solicitations(self, state: State) -> int:
        return 2 if state is State.PROBE else super().most_solicitations(state)


@FAULTS.add("fourth-probe", *both("rfc4861:7.3.3-4a"))
class _(Rules):
    """Four probes."""

    def most_solicitations(self, state: State) -> int:
        return 4 if state is State.PROBE else super().most_solicitations(state)


@FAULTS.add("unreachable-kept", *both("rfc4861:7.3.3-4b"))
class _(Rules):
    """An entry whose neighbour does not answer is kept as it is."""

    def forgets_unreachable(self) -> bool:
        return False


@FAULTS.add("reachable-for-7-s", *both("rfc4861:7.3.2-1a", "rfc4861:6.3.2-1a"))
class _(Rules):
    """A neighbour counts as reachable for 7 s at most."""

    def reachable_s(self, base_s: float, rng: Random | None = None) -> float:
        return min(base_s, 7.0)
