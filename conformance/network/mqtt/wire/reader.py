"""Reads the fields of one packet and collects its flaws. Never raises: a field that is missing reads as empty."""

from typing import Any, Literal

from .flaws import Flaw
from .primitives import Text, read_variable_byte_integer, variable_byte_integer
from .properties import ALLOWED, BINARY, BITS, NAMES, NONE, NOT_ZERO, PAIR, STRING, TYPES, VARIABLE, Properties

Sender = Literal["client", "server"]


class Reader:
    """A position in one packet. Once a field has run past `end`, nothing further is judged."""

    __slots__ = ("at", "data", "end", "flags", "flaws", "sender", "short", "type", "version")

    def __init__(self, data: bytes, at: int, version: int, sender: Sender) -> None:
        self.data = data
        self.at = at
        self.end = len(data)
        self.type = data[0] >> 4
        self.flags = data[0] & 15
        self.version = version
        self.sender = sender
        self.short = False
        self.flaws: list[Flaw] = []

    def flaw(self, kind: str, field: str, detail: str = "") -> None:
        if not self.short:
            self.flaws.append(Flaw(kind, field, detail))

    def lacks(self, field: str) -> None:
        """A field runs past the end."""
        self.flaw("missing-field", field)
        self.short = True

    def more(self) -> bool:
        return self.at < self.end

    def take(self, count: int, field: str) -> bytes:
        began = self.at
        self.at = began + count
        if self.at > self.end:
            self.lacks(field)
            self.at = self.end
        return self.data[began : self.at]

    def rest(self) -> bytes:
        return self.take(self.end - self.at, "")

    def octet(self, field: str) -> int:
        at = self.at
        if at >= self.end:
            self.lacks(field)
            return 0
        self.at = at + 1
        return self.data[at]

    def number(self, field: str) -> int:
        """A Two Byte Integer."""
        at = self.at
        if at + 2 > self.end:
            self.lacks(field)
            self.at = self.end
            return 0
        self.at = at + 2
        return self.data[at] << 8 | self.data[at + 1]

    def packet_identifier(self) -> int:
        """A Packet Identifier, which is not 0."""
        number = self.number("Packet Identifier")
        if not number:
            self.flaw("packet-identifier-zero", "Packet Identifier")
        return number

    def variable(self, field: str) -> int:
        """A Variable Byte Integer in its shortest form."""
        began = self.at
        try:
            found = read_variable_byte_integer(self.data[: self.end], began)
        except ValueError as error:
            self.flaw("variable-byte-integer", field, str(error))
            self.short, self.at = True, self.end
            return 0
        if found is None:
            self.lacks(field)
            self.at = self.end
            return 0
        value, self.at = found
        if self.at - began > 1 and len(variable_byte_integer(value)) != self.at - began:
            self.flaw("variable-byte-integer", field, "longer than needed")
        return value

    def binary(self, field: str) -> bytes:
        """Binary Data with its length."""
        return self.take(self.number(field), field)

    def text(self, field: str) -> Text:
        """A UTF-8 string; raw octets when it is ill-formed."""
        data = self.binary(field)
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            self.flaw("utf-8", field, error.reason)
            return data
        if "\0" in text:
            self.flaw("nul", field)
        return text

    def properties(self, owner: str) -> Properties:
        """The properties of a packet, or of a will (`owner` "will"); none before 5.0."""
        if self.version < 5:
            return NONE
        length = self.variable("Property Length")
        if not length:
            return NONE
        if self.at + length > self.end:
            self.lacks("properties")
            self.at = self.end
            return NONE
        end, self.end = self.end, self.at + length
        short, pairs = self.short, self._pairs(owner)
        self.at, self.end, self.short = self.end, end, short
        return Properties(tuple(pairs))

    def _pairs(self, owner: str) -> list[tuple[int, Any]]:
        pairs: list[tuple[int, Any]] = []
        while self.at < self.end:
            identifier = self.data[self.at]
            self.at += 1
            kind = TYPES.get(identifier)
            name = NAMES.get(identifier) or f"property 0x{identifier:02X}"
            if kind is None:
                self.flaw("property-unknown", name, f"in {owner}")
                break
            value = self._value(kind, name)
            if self.short:
                break
            self._check(owner, identifier, name, value, pairs)
            pairs.append((identifier, value))
        return pairs

    def _value(self, kind: int, name: str) -> Any:
        if kind == PAIR:
            return self.text(name), self.text(name)
        if kind == STRING:
            return self.text(name)
        if kind == BINARY:
            return self.binary(name)
        if kind == VARIABLE:
            return self.variable(name)
        return int.from_bytes(self.take((1, 2, 4)[kind], name), "big")

    def _check(self, owner: str, identifier: int, name: str, value: Any, before: list[tuple[int, Any]]) -> None:
        """Whether the property may stand in this packet (table 2-4), once (2.2.2.2), and with this value."""
        if identifier not in ALLOWED[owner] or (identifier == 0x11 and self.type == 14 and self.sender == "server"):
            self.flaw("property-not-allowed", name, f"in {owner}")
        elif TYPES[identifier] != PAIR and self._again(identifier, before):
            self.flaw("property-twice", name, f"in {owner}")
        elif identifier == 0x23 and not value:
            self.flaw("topic-alias-zero", name)
        elif (identifier in BITS and value > 1) or (identifier in NOT_ZERO and value == 0):
            self.flaw("property-value", name, f"{value} in {owner}")
        elif identifier == 0x08 and wild(value):
            self.flaw("response-topic-wildcard", name)

    def _again(self, identifier: int, before: list[tuple[int, Any]]) -> bool:
        repeated = any(i == identifier for i, _ in before)
        return repeated and not (identifier == 0x0B and self.type == 3 and self.sender == "server")


def wild(topic: Text) -> bool:
    """Whether there is a wildcard character in it."""
    return ("#" in topic or "+" in topic) if isinstance(topic, str) else (b"#" in topic or b"+" in topic)
