"""How many frames of usual packets the IPv6 codec reads in a second, on one core."""

import statistics
import time
from collections.abc import Iterator
from ipaddress import IPv6Address

from conformance.network.ipv6 import wire

OURS, THEIRS = bytes.fromhex("02005e005301"), bytes.fromhex("02005e005302")
IP = wire.Ipv6(source=wire.addresses.link_local(THEIRS), destination=wire.addresses.link_local(OURS), hop_limit=255)
MESSAGES = {
    "Echo Reply, 56 octets": wire.EchoReply(identifier=1, sequence_number=2, data=bytes(56)),
    "Echo Reply, 1,400 octets": wire.EchoReply(identifier=1, sequence_number=2, data=bytes(1400)),
    "Neighbor Advertisement": wire.NeighborAdvertisement(
        target=IP.source, solicited=True, options=(wire.TargetLinkLayerAddress(address=THEIRS),)
    ),
    "Router Advertisement, 3 options": wire.RouterAdvertisement(
        router_lifetime=1800,
        options=(
            wire.SourceLinkLayerAddress(address=THEIRS),
            wire.MtuOption(mtu=1500),
            wire.PrefixInformation(prefix=IPv6Address("2001:db8:1::"), on_link=True, autonomous=True),
        ),
    ),
}
TIMES, FRAMES = 5, 20_000


def rate(message: wire.Layer) -> float:
    """Frames a second, the median of some runs: read, and asked what every case asks of them."""
    frame = bytes(wire.Frame(destination=OURS, source=THEIRS, layers=(IP, message)))
    return statistics.median(FRAMES / _read(frame) for _ in range(TIMES))


def _read(data: bytes) -> float:
    """How long so many frames take, in seconds of CPU."""
    began_s = time.process_time()
    for _ in range(FRAMES):
        frame, _ = wire.decode(data)
        if not isinstance(frame, wire.Frame) or frame.ip is None or frame.message is None or not frame.checksum_ok:
            raise RuntimeError(f"the codec read {frame!r}")
    return time.process_time() - began_s


def rows() -> Iterator[tuple[str, str, str]]:
    """Figure, what was measured, what is wanted."""
    for name, message in MESSAGES.items():
        yield f"read: {name}", f"{rate(message):,.0f} frames a second", "100,000"
