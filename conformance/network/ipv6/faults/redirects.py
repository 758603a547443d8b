"""Faults in what a host makes of Redirects (RFC 4861, 8.1 and 8.3)."""

from ipaddress import IPv6Address
from typing import Any

from ..reference import Rules
from ..reference.neighbour import State
from ..wire import NdMessage, Redirect, TargetLinkLayerAddress
from .registry import FAULTS, host


@FAULTS.add("redirect-from-anywhere", *host("rfc4861:8.1-1"))
class _(Rules):
    """Takes a Redirect from an address that is not link-local."""

    def accepts_discovery(self, arrival: Any, message: NdMessage) -> bool:
        self.taken = isinstance(message, Redirect)
        return super().accepts_discovery(arrival, message)

    def comes_from_link_local(self, ip: Any) -> bool:
        return self.taken or super().comes_from_link_local(ip)

    def is_first_hop(self, source: IPv6Address, hop: IPv6Address | None) -> bool:
        return not source.is_link_local or super().is_first_hop(source, hop)


@FAULTS.add("redirect-of-another-router", *host("rfc4861:8.1-6"))
class _(Rules):
    """Takes a Redirect from any neighbour."""

    def is_first_hop(self, source: IPv6Address, hop: IPv6Address | None) -> bool:
        return source.is_link_local


@FAULTS.add("group-redirected", *host("rfc4861:8.1-7"))
class _(Rules):
    """Takes a Redirect for a group."""

    def redirects_groups(self) -> bool:
        return True


@FAULTS.add("redirect-far-away", *host("rfc4861:8.1-8"))
class _(Rules):
    """Takes a Redirect to a target that is neither link-local nor the destination."""

    def takes_far_target(self) -> bool:
        return True


@FAULTS.add("redirect-to-destination-dropped", *host("rfc4861:8.1-11", "rfc4861:8.3-3"))
class _(Rules):
    """Drops a Redirect to the destination itself, which lies in no known prefix."""

    def valid_redirect(self, ip: Any, message: Redirect) -> bool:
        return super().valid_redirect(ip, message) and message.target != message.destination


@FAULTS.add("plain-redirect-dropped", *host("rfc4861:8.3-1"))
class _(Rules):
    """Follows no Redirect that has a link-layer address and nothing else."""

    def valid_redirect(self, ip: Any, message: Redirect) -> bool:
        plain = len(message.options) == 1 and isinstance(message.options[0], TargetLinkLayerAddress)
        return super().valid_redirect(ip, message) and not plain


@FAULTS.add("redirect-without-address-dropped", *host("rfc4861:8.3-7"))
class _(Rules):
    """Follows no Redirect to a router that has no options."""

    def valid_redirect(self, ip: Any, message: Redirect) -> bool:
        bare = not message.options and not message.reserved and message.target != message.destination
        return super().valid_redirect(ip, message) and not bare


def _told(new_one: bool) -> type:
    class Told(Rules):
        def state_when_told(self, by: type[NdMessage], *, new: bool) -> State:
            return State.REACHABLE if new is new_one and by is Redirect else State.STALE

    return Told


for _id, _new, _clause, _summary in (
    ("target-reachable-when-new", True, "8.3-2a", "An entry that a Redirect creates is REACHABLE."),
    ("target-reachable-when-moved", False, "8.3-2b", "An entry that a Redirect changes is REACHABLE."),
):
    _rules = _told(_new)
    _rules.__doc__ = _summary
    FAULTS.add(_id, *host(f"rfc4861:{_clause}"))(_rules)


@FAULTS.add("target-stale-when-known", *host("rfc4861:8.3-2c"))
class _(Rules):
    """A Redirect with the address that is known makes the entry STALE."""

    def state_when_told_the_same(self, state: State, by: type[NdMessage]) -> State:
        return State.STALE if by is Redirect else super().state_when_told_the_same(state, by)


@FAULTS.add("redirect-followed-by-halves", *host("rfc4861:8.3-5"))
class _(Rules):
    """Every other packet follows a Redirect."""

    count = 0

    def keeps_to_redirect(self) -> bool:
        self.count += 1
        return self.count % 2 == 1


@FAULTS.add("host-redirects", *host("rfc4861:8.3-6"))
class _(Rules):
    """A host sends a Redirect for a packet that is for another node."""

    def is_for_us(self, interface: Any, destination: IPv6Address) -> bool:
        ours: bool = super().is_for_us(interface, destination)
        if not ours and not destination.is_multicast:
            interface.send(Redirect(target=destination, destination=destination), to=IPv6Address("ff02::1"))
        return ours
