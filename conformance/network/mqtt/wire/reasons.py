"""Reason codes (5.0, table 2-6 and the tables of each packet; 3.1.1, tables 3.1 and 3.9)."""

NAMES = {
    0x00: "Success", 0x01: "Granted QoS 1", 0x02: "Granted QoS 2", 0x04: "Disconnect with Will Message",
    0x10: "No matching subscribers", 0x11: "No subscription existed", 0x18: "Continue authentication",
    0x19: "Re-authenticate", 0x80: "Unspecified error", 0x81: "Malformed Packet", 0x82: "Protocol Error",
    0x83: "Implementation specific error", 0x84: "Unsupported Protocol Version", 0x85: "Client Identifier not valid",
    0x86: "Bad User Name or Password", 0x87: "Not authorized", 0x88: "Server unavailable", 0x89: "Server busy",
    0x8A: "Banned", 0x8B: "Server shutting down", 0x8C: "Bad authentication method", 0x8D: "Keep Alive timeout",
    0x8E: "Session taken over", 0x8F: "Topic Filter invalid", 0x90: "Topic Name invalid",
    0x91: "Packet identifier in use", 0x92: "Packet Identifier not found", 0x93: "Receive Maximum exceeded",
    0x94: "Topic Alias invalid", 0x95: "Packet too large", 0x96: "Message rate too high", 0x97: "Quota exceeded",
    0x98: "Administrative action", 0x99: "Payload format invalid", 0x9A: "Retain not supported",
    0x9B: "QoS not supported", 0x9C: "Use another server", 0x9D: "Server moved",
    0x9E: "Shared Subscriptions not supported", 0x9F: "Connection rate exceeded", 0xA0: "Maximum connect time",
    0xA1: "Subscription Identifiers not supported", 0xA2: "Wildcard Subscriptions not supported",
}  # fmt: skip
"""What 5.0 calls its codes (table 2-6); 00 has other names in DISCONNECT and SUBACK."""

_RECEIPT = frozenset((0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99))
_RELEASE = frozenset((0x00, 0x92))
_COMMON = {
    "PUBACK": _RECEIPT,
    "PUBREC": _RECEIPT,
    "PUBREL": _RELEASE,
    "PUBCOMP": _RELEASE,
    "SUBACK": frozenset((0, 1, 2, 0x80, 0x83, 0x87, 0x8F, 0x91, 0x97, 0x9E, 0xA1, 0xA2)),
    "UNSUBACK": frozenset((0x00, 0x11, 0x80, 0x83, 0x87, 0x8F, 0x91)),
    "CONNACK": frozenset((0, *range(0x80, 0x8B), 0x8C, 0x90, 0x95, 0x97, 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9F)),
}
_SERVER_5 = _COMMON | {
    "DISCONNECT": frozenset((0x00, *range(0x80, 0x84), 0x87, 0x89, 0x8B, 0x8C, *range(0x8D, 0x91), *range(0x93, 0xA3))),
    "AUTH": frozenset((0x00, 0x18)),
}
_CLIENT_5 = _COMMON | {
    "DISCONNECT": frozenset((0x00, 0x04, *range(0x80, 0x84), *range(0x8E, 0x91), *range(0x93, 0x9A))),
    "AUTH": frozenset((0x18, 0x19)),
}
_3 = {"CONNACK": frozenset(range(6)), "SUBACK": frozenset((0, 1, 2, 0x80))}
REASONS: dict[tuple[bool, str], dict[str, frozenset[int]]] = {
    (True, "server"): _SERVER_5,
    (True, "client"): _CLIENT_5,
    (False, "server"): _3,
    (False, "client"): _3,
}
"""The codes each packet may carry, by (is 5.0, sender). DISCONNECT 8C is not in its table but in the general one."""
