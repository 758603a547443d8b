"""Faults about the options of Hop-by-Hop and Destination Options headers (RFC 8200, 4.2, 4.3, 4.6; RFC 9673)."""

from collections.abc import Sequence
from typing import Any

from ..reference import Rules
from ..reference.rules.headers import Action
from ..wire import DestinationOptions, Frame, HopByHop, Malformed, Option, Pad1, PadN, RouterAlert, UnknownOption
from ..wire.layers import OptionsHeader
from .ip_header import ours, patched
from .registry import FAULTS, both

UNTAKEN = UnknownOption(option_type=0x7E)
"""Stands for options that have the packet discarded."""


class Treating(Rules):
    """Treats an option of one type in one kind of header in a way of its own."""

    KIND: type[OptionsHeader] = DestinationOptions
    TYPE = 0
    ACTION = Action.SKIP

    def option_action(self, header: Any, option: Option) -> Action:
        mine = isinstance(header, self.KIND) and option.option_type == self.TYPE
        return self.ACTION if mine and self.hits(option) else super().option_action(header, option)

    def hits(self, option: Option) -> bool:
        """Whether it is the option that is meant."""
        return len(option.body()) == 4


@FAULTS.add("destination-option-00-refused", *both("rfc8200:4.2-2"))
class DestinationOption00Refused(Treating):
    """Discards packets with an unknown destination option of 00."""

    TYPE, ACTION = 0x1E, Action.DISCARD


@FAULTS.add("destination-option-01-skipped", *both("rfc8200:4.2-3"))
class DestinationOption01Skipped(Treating):
    """Skips an unknown destination option of 01."""

    TYPE = 0x5E


@FAULTS.add("destination-option-10-not-reported", *both("rfc8200:4.2-4"))
class DestinationOption10NotReported(Treating):
    """Discards packets with an unknown destination option of 10 silently."""

    TYPE, ACTION = 0x9E, Action.DISCARD

    def hits(self, option: Option) -> bool:
        return True


@FAULTS.add("destination-option-11-not-reported", *both("rfc8200:4.2-5"))
class DestinationOption11NotReported(Treating):
    """Discards packets with an unknown destination option of 11 silently."""

    TYPE, ACTION = 0xDE, Action.DISCARD


@FAULTS.add("destination-option-11-always-reported", *both("rfc8200:4.2-5"))
class DestinationOption11AlwaysReported(Treating):
    """Reports an unknown destination option of 11 also if the packet went to a group."""

    TYPE, ACTION = 0xDE, Action.REPORT


@FAULTS.add("hop-by-hop-option-00-refused", *both("rfc8200:4.2-2h"))
class HopByHopOption00Refused(DestinationOption00Refused):
    """Discards packets with an unknown hop-by-hop option of 00."""

    KIND = HopByHop


@FAULTS.add("hop-by-hop-option-01-skipped", *both("rfc8200:4.2-3h"))
class HopByHopOption01Skipped(DestinationOption01Skipped):
    """Skips an unknown hop-by-hop option of 01."""

    KIND = HopByHop


@FAULTS.add("hop-by-hop-option-10-not-reported", *both("rfc8200:4.2-4h"))
class HopByHopOption10NotReported(DestinationOption10NotReported):
    """Discards packets with an unknown hop-by-hop option of 10 silently."""

    KIND = HopByHop


@FAULTS.add("hop-by-hop-option-11-not-reported", *both("rfc8200:4.2-5h"))
class HopByHopOption11NotReported(DestinationOption11NotReported):
    """Discards packets with an unknown hop-by-hop option of 11 silently."""

    KIND = HopByHop


@FAULTS.add("hop-by-hop-option-11-always-reported", *both("rfc8200:4.2-5h"))
class HopByHopOption11AlwaysReported(DestinationOption11AlwaysReported):
    """Reports an unknown hop-by-hop option of 11 also if the packet went to a group."""

    KIND = HopByHop


@FAULTS.add("hop-by-hop-not-passed-over", *both("rfc9673:5.1-5"))
class HopByHopNotPassedOver(HopByHopOption00Refused):
    """Discards packets with a short unknown hop-by-hop option."""

    def hits(self, option: Option) -> bool:
        return len(option.body()) == 3


@FAULTS.add("options-backwards", *both("rfc8200:4.2-1"))
class OptionsBackwards(Rules):
    """Takes two unknown options of a header in the wrong order."""

    def in_order(self, options: Sequence[Option]) -> Sequence[Option]:
        unknown = [option for option in options if isinstance(option, UnknownOption) and option.option_type > 0x3F]
        return list(reversed(options)) if len(unknown) > 1 else options


@FAULTS.add("option-types-by-five-bits", *both("rfc8200:4.2-7"))
class OptionTypesByFiveBits(Rules):
    """Knows an option by the low five bits of its type."""

    def knows_option(self, option: Option) -> bool:
        return option.option_type & 0x1F in (0, 1, 5)


@FAULTS.add("router-alert-for-destination-refused", *both("rfc8200:4.2-8"))
class RouterAlertForDestinationRefused(Treating):
    """Discards packets with a Router Alert in a Destination Options header."""

    TYPE, ACTION = RouterAlert.option_type, Action.DISCARD

    def hits(self, option: Option) -> bool:
        return True


@FAULTS.add("padding-in-front-unknown", *both("rfc8200:4.2-9"))
class PaddingInFrontUnknown(Rules):
    """Knows padding as the last option of a header only."""

    def in_order(self, options: Sequence[Option]) -> Sequence[Option]:
        early = any(isinstance(option, Pad1 | PadN) for option in options[:-1])
        return [UNTAKEN] if early else options


class Short(Rules):
    """Discards packets for it with a header of options longer than 8 octets."""

    KIND: type[OptionsHeader] = HopByHop

    def takes_frame(self, interface: Any, frame: Frame) -> bool:
        long = any(isinstance(layer, self.KIND) and len(layer.body()) > 6 for layer in frame.layers)
        return not (long and ours(interface, frame))


@FAULTS.add("long-hop-by-hop-dropped", *both("rfc8200:4.3-1", "rfc8200:4.2-9", "rfc8200:4.5-11", "rfc8200:8.1-3"))
class LongHopByHopDropped(Short):
    """Discards packets for it with a Hop-by-Hop Options header longer than 8 octets."""


@FAULTS.add(
    "long-destination-options-dropped", *both("rfc8200:4.6-1", "rfc8200:4.2-9", "rfc8200:4.5-11", "rfc8200:8.1-3")
)
class LongDestinationOptionsDropped(Short):
    """Discards packets for it with a Destination Options header longer than 8 octets."""

    KIND = DestinationOptions


@FAULTS.add("option-beyond-its-header-taken", *both("rfc8200:4.3-2"))
class OptionBeyondItsHeaderTaken(Rules):
    """Cuts an option off at the end of its header."""

    def reads_malformed(self, malformed: Malformed) -> Frame | Malformed:
        return patched(malformed.raw, 43, bytes([4])) if "goes beyond its header" in malformed.why else malformed
