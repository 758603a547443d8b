"""Our octets as Wireshark's dissector reads them."""

import struct
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from ipaddress import IPv6Address
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from conformance.network.dhcpv6 import wire
from tests.needs import needs

from .dhcpv6_messages import client_server, relayed

RAW_IP = 101
"""The link type of a capture whose packets begin with the IP header."""


Part = wire.Dhcp | wire.Option
Values = Callable[[Part], list[Any]]


def of(kind: Any, *names: str) -> Values:
    """The values of these attributes of parts of that kind."""

    def values(part: Part) -> list[Any]:
        return [getattr(part, name) for name in names] if isinstance(part, kind) else []

    return values


def each(kind: Any, name: str) -> Values:
    """All values of an attribute that holds several, of parts of that kind."""

    def values(part: Part) -> list[Any]:
        return list(getattr(part, name)) if isinstance(part, kind) else []

    return values


FIELDS: dict[str, Values] = {
    "msgtype": lambda part: [int(part.msg_type)] if isinstance(part, wire.Dhcp) else [],
    "xid": lambda part: [f"0x{part.transaction_id:06x}"] if isinstance(part, wire.Message) else [],
    "hopcount": of(wire.Relayed, "hop_count"),
    "linkaddr": of(wire.Relayed, "link_address"),
    "peeraddr": of(wire.Relayed, "peer_address"),
    "option.type": lambda part: [int(part.option_code)] if isinstance(part, wire.Option) else [],
    "option.length": lambda part: [len(part.data())] if isinstance(part, wire.Option) else [],
    "iaid.t1": of((wire.IaNa, wire.IaPd), "t1"),
    "iaid.t2": of((wire.IaNa, wire.IaPd), "t2"),
    "iaaddr.ip": of(wire.IaAddr, "ipv6_address"),
    "iaaddr.pref_lifetime": of(wire.IaAddr, "preferred_lifetime"),
    "iaaddr.valid_lifetime": of(wire.IaAddr, "valid_lifetime"),
    "iaprefix.pref_addr": of(wire.IaPrefix, "ipv6_prefix"),
    "iaprefix.pref_len": of(wire.IaPrefix, "prefix_length"),
    "iaprefix.pref_lifetime": of(wire.IaPrefix, "preferred_lifetime"),
    "iaprefix.valid_lifetime": of(wire.IaPrefix, "valid_lifetime"),
    "status_code": of(wire.Status, "status_code"),
    "requested_option_code": each(wire.OptionRequest, "requested_option_codes"),
    "elapsed_time": lambda part: [10 * part.elapsed_time] if isinstance(part, wire.ElapsedTime) else [],
    "option_preference": of(wire.Preference, "pref_value"),
    "unicast": of(wire.ServerUnicast, "server_address"),
    "dns_server": each(wire.DnsServers, "addresses"),
    "sntp_server": each(wire.SntpServers, "addresses"),
}
"""Fields of Wireshark's dissector, and what parts of our messages have there."""


def capture(payloads: list[bytes]) -> bytes:
    """A pcap file with each payload in a UDP datagram from port 546 to 547."""
    parts = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, RAW_IP)]
    for payload in payloads:
        udp = struct.pack("!HHHH", wire.CLIENT_PORT, wire.SERVER_PORT, 8 + len(payload), 0) + payload
        addresses = IPv6Address("fe80::1").packed + IPv6Address(wire.ALL_DHCP_RELAY_AGENTS_AND_SERVERS).packed
        packet = struct.pack("!IHBB", 0x6000_0000, len(udp), 17, 1) + addresses + udp
        parts.append(struct.pack("<IIII", 0, 0, len(packet), len(packet)) + packet)
    return b"".join(parts)


def dissected(payloads: list[bytes], folder: Path) -> list[dict[str, list[str]]]:
    """What Wireshark says of each payload: all values of each field, in their order."""
    file = folder / "messages.pcap"
    file.write_bytes(capture(payloads))
    command = [needs("tshark"), "-r", str(file), "-T", "fields", "-E", "aggregator=;", "-E", "occurrence=a"]
    for field in (*FIELDS, "malformed"):
        command += ["-e", f"{'_ws' if field == 'malformed' else 'dhcpv6'}.{field}"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout.splitlines()
    return [dict(zip((*FIELDS, "malformed"), map(_split, line.split("\t")), strict=True)) for line in lines]


def _split(values: str) -> list[str]:
    return values.split(";") if values else []


def inside(holder: wire.Holder) -> Iterator[Part]:
    """Everything in a message in the order of its octets, with the messages that it carries."""
    for option in holder.options:
        yield option
        if isinstance(option, wire.RelayMessage) and isinstance(option.dhcp_relay_message, wire.Dhcp):
            yield option.dhcp_relay_message
            yield from inside(option.dhcp_relay_message)
        elif isinstance(option, wire.Holder):
            yield from inside(option)


def expected(message: wire.Dhcp) -> dict[str, list[str]]:
    """The values that the message has for the same fields, as Wireshark writes them."""
    out: dict[str, list[str]] = {name: [] for name in (*FIELDS, "malformed")}
    for part in (message, *inside(message)):
        for field, values in FIELDS.items():
            out[field] += map(str, values(part))
    return out


@given(st.lists(st.one_of(client_server(), relayed(client_server())), min_size=20, max_size=20))
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
def test_wireshark_reads_our_messages(some: list[wire.Dhcp]) -> None:
    with TemporaryDirectory() as folder:
        found = dissected(list(map(bytes, some)), Path(folder))
    assert found == list(map(expected, some))


def test_wireshark_notices_what_we_say_wrongly(tmp_path: Path) -> None:
    """So that the comparison above could fail."""
    odd = wire.Solicit(transaction_id=1, options=(wire.RapidCommit(),))
    found = dissected([bytes(wire.RelayForward())[:20], bytes(odd)], tmp_path)
    assert found[0]["malformed"]
    assert found[1] == expected(odd) != expected(replace(odd, transaction_id=2))
