"""Sending: source address, next hop, path MTU and fragments (RFC 8200, 4.5; RFC 8201; RFC 6724; RFC 4861, 5.2)."""

from collections import deque
from ipaddress import IPv6Address
from typing import TYPE_CHECKING

from ..wire import Frame, Ipv6, Layer, fragments
from ..wire.addresses import multicast_mac
from .addresses import Own

if TYPE_CHECKING:
    from .interface import Interface
    from .neighbour import Neighbour
    from .node import Node

Path = tuple[str, IPv6Address]
LEAST_MTU = 1280
REMEMBERED = 1024


Entry = tuple[IPv6Address, int, "Neighbour | None"]
"""A router, its preference, and what is known of it as a neighbour."""


class Output:
    """Sends what the node itself has to say."""

    def __init__(self, node: "Node") -> None:
        self.node = node
        self.rules = node.rules
        self.path_mtu: dict[Path, tuple[int, float]] = {}
        """How large packets on a path may be, and when that was told."""
        self.sent: deque[bytes] = deque(maxlen=REMEMBERED)
        """What names the large packets that were sent."""
        self.identification = 0x1000
        self._turn = 0
        self._asked_s: dict[IPv6Address, float] = {}
        """When a router that could not be reached was asked for."""

    def send(
        self,
        *layers: Layer,
        to: IPv6Address,
        source: IPv6Address | None = None,
        via: "Interface | None" = None,
        hop_limit: int | None = None,
        flow_label: int = 0,
    ) -> None:
        """Send a packet; `via` is the interface for link-local destinations and where a question came from."""
        interface = self.interface_for(to, via)
        if interface is None:
            return
        source = source or self.source(interface, to)
        if source is None:
            return
        limit = self.rules.hop_limit(interface.cur_hop_limit) if hop_limit is None else hop_limit
        header = Ipv6(source=source, destination=to, hop_limit=limit, flow_label=flow_label)
        packet = Frame(destination=b"", source=b"", layers=(header, *layers))
        for part in self._parts(packet, self.mtu(interface, to)):
            if part.size > LEAST_MTU:
                self.sent.append(_name(part.packet))
            self.route(interface, part, to)

    def interface_for(self, to: IPv6Address, via: "Interface | None") -> "Interface | None":
        """The interface through which an address is reached."""
        if to.is_link_local or to.is_multicast:
            return via or next(iter(self.node.interfaces.values()))
        on = [each for each in self.node.interfaces.values() if each.on_link(to)]
        return on[0] if on else via or next(iter(self.node.interfaces.values()), None)

    # Source (RFC 6724, 5).

    def source(self, interface: "Interface", to: IPv6Address) -> IPv6Address | None:
        """The source address for a destination; None where there is none."""
        others = [o for i in self.node.interfaces.values() for o in i.addresses.values() if o.assigned]
        near = [own for own in interface.addresses.values() if own.assigned]
        candidates = self.rules.candidates(near, others, to) or others
        best: Own | None = None
        for own in candidates:
            if best is None or self.rules.prefers_source(own, best, to):
                best = own
        return best.address if best else None

    # Path MTU (RFC 8201).

    def mtu(self, interface: "Interface", to: IPv6Address) -> int:
        """How large a packet to a destination may be."""
        path = self.path(interface, to)
        first = self.rules.first_path_mtu(interface.mtu)
        known, since_s = self.path_mtu.get(path, (first, self.node.now_s))
        if self.node.now_s - since_s >= self.rules.path_mtu_s(self.node.options.path_mtu_s):
            del self.path_mtu[path]
            return interface.mtu
        return min(interface.mtu, known)

    def path(self, interface: "Interface", to: IPv6Address) -> "Path":
        """What a path MTU belongs to: the destination, on its link where it has one."""
        return (interface.name if to.is_link_local and self.rules.keeps_paths_of_links_apart() else "", to)

    def too_big(self, interface: "Interface", to: IPv6Address, mtu: int) -> None:
        """A router says that packets to a destination are too big."""
        path = self.path(interface, to)
        now, since_s = self.path_mtu.get(path, (65_535, self.node.now_s))
        after = self.rules.path_mtu_after(now, mtu)
        self.path_mtu[path] = (after, self.node.now_s if after < now else since_s)

    def has_sent(self, packet: bytes) -> bool:
        """Whether a packet is one of those that were sent."""
        return _name(packet) in self.sent

    def _parts(self, packet: Frame, mtu: int) -> tuple[Frame, ...]:
        if not self.rules.is_too_large(packet, mtu):
            return tuple(self.rules.sends_whole(packet))
        room = self.rules.fragment_room(mtu)
        size = packet.size - 40
        cuts = self.rules.cuts(range(room, size, room))
        self.identification = self.rules.next_identification(self.identification)
        made = fragments(packet, cuts, self.identification)
        return tuple(self.rules.sends_fragments(made))

    # Next hop (RFC 4861, 5.2).

    def route(self, interface: "Interface", packet: Frame, to: IPv6Address) -> None:
        """Send a packet that is ready to its next hop."""
        if to.is_multicast:
            interface.transmit(packet, multicast_mac(to))
            return
        hop = self.next_hop(interface, to)
        if hop is None:
            return
        neighbour = interface.neighbour(hop)
        neighbour.send(packet)

    def next_hop(self, interface: "Interface", to: IPv6Address) -> IPv6Address | None:
        """The neighbour that packets to a destination go to."""
        redirected = self.node.neighbours_by_redirect.get(to)
        if redirected is not None and self.rules.keeps_to_redirect():
            return redirected
        if self.rules.is_on_link(interface, to):
            return to
        return self.default_router(interface, to)

    def default_router(self, interface: "Interface", to: IPv6Address) -> IPv6Address | None:
        """The router for a destination, by the best route (RFC 4861, 6.3.6; RFC 4191, 3.2)."""
        choices = self._choices(interface, to)
        chosen = None
        for entries in choices:
            if any(self.rules.may_be_reachable(neighbour) for *_, neighbour in entries) or entries is choices[-1]:
                chosen, self._turn = self.rules.chooses_router(entries, self._turn, to)
                break
        self._ask_for_better(interface, choices, chosen)
        return self.rules.keeps_next_hop(to, chosen)

    def _choices(self, interface: "Interface", to: IPv6Address) -> list[list[Entry]]:
        """The routers with a route to a destination, from the longest prefix to default routers."""
        found: dict[int, list[Entry]] = {}
        default = [(0, router, lives) for router, lives in interface.routers.items()]
        routes = [(net.prefixlen, router, lives) for (net, router), lives in interface.routes.items() if to in net]
        for length, router, lives in (*routes, *default):
            if self.rules.router_holds(lives.until_s, self.node.now_s):
                entry = (router, lives.preference, interface.neighbours.get(router))
                found.setdefault(self.rules.route_length(length), []).append(entry)
        return [found[length] for length in sorted(found, reverse=True)]

    def _ask_for_better(self, interface: "Interface", choices: list[list[Entry]], chosen: IPv6Address | None) -> None:
        """Ask for the routers that would have been chosen if they could be reached (RFC 4191, 3.5)."""
        if not self.node.options.routes_from_routers or chosen is None:
            return
        for entries in choices:
            rank = max((self.rules.rank(each[1]) for each in entries if each[0] == chosen), default=-1)
            for router, preference, neighbour in entries:
                better = self.rules.rank(preference) > rank
                if router != chosen and better and not self.rules.may_be_reachable(neighbour):
                    self._ask_for(interface, router)
            if rank >= 0:
                return

    def _ask_for(self, interface: "Interface", router: IPv6Address) -> None:
        now_s = self.node.now_s
        if now_s - self._asked_s.get(router, float("-inf")) < self.rules.probe_gap_s():
            return
        self._asked_s[router] = now_s
        interface.neighbour(router).ask_once()
        if after_s := self.rules.probes_idly_after_s():
            self.node.later(after_s, self._ask_for, interface, router)


def _name(packet: bytes) -> bytes:
    """What makes out a packet: its next header, its addresses, and the first octets behind the IPv6 header."""
    return packet[6:7] + packet[8:48]
