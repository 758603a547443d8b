"""Rules of the node's services, and the flow labels of what it sends (RFC 8200, 8; RFC 6437, 3)."""

from hashlib import sha256

from ...wire import Tcp, TcpFlag, Udp, maximum_segment_size

HEADERS_OCTETS = 60
"""The headers of IPv6 and TCP."""
WINDOW = 0xFFFF


def flow_label(*flow: object) -> int:
    """A label for a flow, never 0, that nobody guesses who does not know the secret (RFC 6437, 3)."""
    return int.from_bytes(sha256(repr(("a secret", *flow)).encode()).digest()) % 0xFFFFF + 1


class ServiceRules:
    """What is decided about datagrams and segments for a port that is open. The node keeps no state of connections."""

    def own_label(self, source: object, destination: object, port: int, other_port: int) -> int:
        """All packets of a flow have one label, and other flows others."""
        return flow_label(source, destination, port, other_port)

    def datagram_reply(self, datagram: Udp) -> Udp:
        """A datagram comes back (RFC 862), with a checksum."""
        ports = {"source_port": datagram.destination_port, "destination_port": datagram.source_port}
        return Udp(data=datagram.data, checksum=self.datagram_checksum(), **ports)

    def datagram_checksum(self) -> int | None:
        """The one that the datagram needs."""
        return None

    def segment_reply(self, segment: Tcp, mtu: int) -> Tcp | None:
        """SYN is answered by SYN, FIN is acknowledged, and all else heard."""
        if segment.rst or not segment.flags & (TcpFlag.SYN | TcpFlag.FIN):
            return None
        options = (maximum_segment_size(self.offered_mss(mtu)),) if segment.syn else ()
        return Tcp(
            source_port=segment.destination_port,
            destination_port=segment.source_port,
            sequence_number=0x8200 if segment.syn else segment.acknowledgment_number,
            acknowledgment_number=(segment.sequence_number + len(segment.data) + 1) & 0xFFFFFFFF,
            flags=TcpFlag.SYN | TcpFlag.ACK if segment.syn else TcpFlag.ACK,
            window=WINDOW,
            options=options,
        )

    def offered_mss(self, mtu: int) -> int:
        """The MTU less the headers."""
        return mtu - HEADERS_OCTETS
