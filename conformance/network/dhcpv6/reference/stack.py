"""As much of IPv6 as the server needs: it answers for its address, and sends and takes datagrams."""

from collections.abc import Callable
from ipaddress import IPv6Address
from typing import Any

from conformance.engine.stream import Stream

from ...ipv6.wire import Frame, Ipv6, NeighborAdvertisement, NeighborSolicitation, TargetLinkLayerAddress, Udp
from ...ipv6.wire import decode as decode_frame
from ...ipv6.wire.addresses import ALL_NODES, UNSPECIFIED, link_local, multicast_mac
from ..wire import (
    ALL_DHCP_RELAY_AGENTS_AND_SERVERS,
    ALL_DHCP_SERVERS,
    CLIENT_PORT,
    SERVER_PORT,
    Dhcp,
    Malformed,
    RelayReply,
    decode,
)

Take = Callable[..., Dhcp | None]


class Stack:
    """One interface with a link-local address, and perhaps others."""

    def __init__(self, stream: Stream, mac: bytes, take: Take, rules: Any, *others: IPv6Address) -> None:
        self.stream = stream
        self.mac = mac
        self.address = link_local(mac)
        self.addresses = (self.address, *others)
        self.take = take
        self.rules = rules
        self.groups = rules.groups((ALL_DHCP_RELAY_AGENTS_AND_SERVERS, ALL_DHCP_SERVERS))

    async def run(self) -> None:
        """Serve until the link ends."""
        while octets := await self.stream.read():
            frame, _ = decode_frame(octets)
            if not isinstance(frame, Frame) or frame.ip is None or not frame.checksum_ok:
                continue
            if isinstance(frame.message, NeighborSolicitation):
                self._solicited(frame.ip, frame.message, frame.source)
            elif isinstance(frame.message, Udp):
                self._datagram(frame.ip, frame.message, frame.source)

    def _solicited(self, ip: Ipv6, question: NeighborSolicitation, sender: bytes) -> None:
        if question.target not in self.addresses:
            return
        probe = ip.source == UNSPECIFIED
        options = (TargetLinkLayerAddress(address=self.mac),)
        answer = NeighborAdvertisement(target=question.target, solicited=not probe, override=True, options=options)
        to = ALL_NODES if probe else ip.source
        self._send(answer, source=question.target, to=to, mac=multicast_mac(to) if probe else sender, hop_limit=255)

    def _datagram(self, ip: Ipv6, udp: Udp, sender: bytes) -> None:
        ours = ip.destination in self.addresses or ip.destination in self.groups
        if not ours or udp.destination_port != SERVER_PORT or not self.rules.hears(ip, udp):
            return
        message, _ = decode(udp.data)
        unicast = not ip.destination.is_multicast
        answer = self.take(message, ip.source, unicast=unicast)
        if answer is None or isinstance(answer, Malformed):
            return
        usual = SERVER_PORT if isinstance(answer, RelayReply) else CLIENT_PORT
        port = self.rules.answer_port(usual, udp.source_port)
        data = bytes(answer)
        reply = Udp(source_port=self.rules.source_port(SERVER_PORT), destination_port=port, data=data)
        to, mac = self.rules.answer_to(ip.source, sender)
        self._send(reply, source=self.address if to.is_link_local else self.addresses[-1], to=to, mac=mac, hop_limit=64)

    def _send(self, message: Any, *, source: IPv6Address, to: IPv6Address, mac: bytes, hop_limit: int) -> None:
        header = Ipv6(source=source, destination=to, hop_limit=hop_limit)
        self.stream.write(bytes(Frame(destination=mac, source=self.mac, layers=(header, message))))
