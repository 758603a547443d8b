"""What all messages and options share. `bytes(...)` of any of them never validates."""

from dataclasses import dataclass, replace
from typing import ClassVar, Self, TypeVar


def number(value: int, octets: int) -> bytes:
    """The low `octets` octets of a number, in network byte order."""
    return (value & (1 << 8 * octets) - 1).to_bytes(octets, "big")


@dataclass(frozen=True, kw_only=True)
class Option:
    """An option (21.1): two octets option-code, two option-len, and data.

    `length` is the option-len, in octets; it is right when None and sent as given otherwise.
    """

    CODE: ClassVar[int] = 0
    TITLE: ClassVar[str] = "option"

    length: int | None = None

    @property
    def option_code(self) -> int:
        """The code under which it is sent."""
        return self.CODE

    def data(self) -> bytes:
        """The option-data."""
        return b""

    def __bytes__(self) -> bytes:
        data = self.data()
        return number(self.option_code, 2) + number(len(data) if self.length is None else self.length, 2) + data


@dataclass(frozen=True, kw_only=True)
class RawOption(Option):
    """Any option, known or not, by its octets."""

    code: int
    octets: bytes = b""

    @property
    def option_code(self) -> int:
        return self.code

    def data(self) -> bytes:
        return self.octets


Kind = TypeVar("Kind", bound=Option)


@dataclass(frozen=True, kw_only=True)
class Holder:
    """What has options in it: a message, or an option with a field of options.

    `extra` are octets behind the last option, too few to be one.
    """

    options: tuple[Option, ...] = ()
    extra: bytes = b""

    def first(self, kind: type[Kind]) -> Kind | None:
        """The first option of a kind that stands right here."""
        return next((option for option in self.options if isinstance(option, kind)), None)

    def every(self, kind: type[Kind]) -> tuple[Kind, ...]:
        """All options of a kind that stand right here, in order."""
        return tuple(option for option in self.options if isinstance(option, kind))

    def having(self, *options: Option) -> Self:
        """The same with these options behind its own."""
        return replace(self, options=self.options + options)

    def without(self, *kinds: type[Option]) -> Self:
        """The same without options of these kinds."""
        return replace(self, options=tuple(option for option in self.options if not isinstance(option, kinds)))

    def options_field(self) -> bytes:
        """The options one behind the other, without padding (8)."""
        return b"".join(map(bytes, self.options)) + self.extra


@dataclass(frozen=True, kw_only=True)
class Dhcp(Holder):
    """Any DHCPv6 message."""

    TITLE: ClassVar[str] = "message"

    msg_type: int

    def __bytes__(self) -> bytes:
        return number(self.msg_type, 1) + self.fixed() + self.options_field()

    def fixed(self) -> bytes:
        """The fixed fields behind msg-type."""
        raise NotImplementedError
