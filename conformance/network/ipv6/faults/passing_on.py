"""Faults of a router about packets in transit: what it changes and looks at (RFC 8200, 3 to 7; RFC 6437, 9673)."""

from dataclasses import replace
from typing import Any

from ..reference import Rules
from ..wire import (
    DestinationOptions,
    EchoRequest,
    Fragment,
    HopByHop,
    Ipv6,
    Layer,
    PadN,
    Raw,
    RouterAlert,
    Routing,
    UnknownOption,
    encode,
)
from .registry import FAULTS, router

NOTHING = Raw().next_header


@FAULTS.add("hop-limit-down-by-two", *router("rfc8200:3-6"))
class HopLimitDownByTwo(Rules):
    """Lowers the Hop Limit by two."""

    def forwarded_hop_limit(self, hop_limit: int) -> int:
        return max(0, hop_limit - 2)


@FAULTS.add("last-hop-passed", *router("rfc8200:3-7"))
class LastHopPassed(Rules):
    """Forwards packets whose Hop Limit has become 0."""

    def ends_at_hop_limit(self) -> bool:
        return False


class Dropping(Rules):
    """Drops some packets in transit."""

    def drops(self, layers: tuple[Layer, ...]) -> bool:
        """Whether a packet goes no further."""
        raise NotImplementedError

    def examines(self, arrival: Any) -> bool:
        return not self.drops(arrival.layers)


def of(layers: tuple[Layer, ...], kind: type) -> list[Any]:
    """The layers of a kind."""
    return [layer for layer in layers if isinstance(layer, kind)]


@FAULTS.add("extension-headers-dropped", *router("rfc8200:4-1"))
class ExtensionHeadersDropped(Dropping):
    """Drops packets in transit with an extension header, or with a next header that it does not know."""

    def drops(self, layers: tuple[Layer, ...]) -> bool:
        known = [DestinationOptions, Fragment, Raw]
        ended = isinstance(layers[-1], Raw) and layers[-1].next_header == NOTHING
        return not ended and any(of(layers, kind) for kind in known)


@FAULTS.add("destination-options-deleted", *router("rfc8200:4-1"))
class DestinationOptionsDeleted(Rules):
    """Takes Destination Options headers out of packets in transit."""

    def forwarded_layers(self, layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
        ended = isinstance(layers[-1], Raw) and layers[-1].next_header == NOTHING
        return layers if ended else tuple(layer for layer in layers if not isinstance(layer, DestinationOptions))


@FAULTS.add("hop-by-hop-deleted", *router("rfc8200:4-2"))
class HopByHopDeleted(Rules):
    """Takes Hop-by-Hop Options headers out of packets in transit."""

    def forwarded_layers(self, layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
        return tuple(layer for layer in layers if not isinstance(layer, HopByHop))


@FAULTS.add("hop-by-hop-inserted", *router("rfc8200:4-2"))
class HopByHopInserted(Rules):
    """Puts a Hop-by-Hop Options header into plain packets in transit."""

    def forwarded_layers(self, layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
        plain = len(layers) == 2 and isinstance(layers[1], EchoRequest)
        return (layers[0], HopByHop(), layers[1]) if plain else layers


@FAULTS.add("option-changed", *router("rfc8200:4.2-6"))
class OptionChanged(Rules):
    """Changes the data of hop-by-hop options that may not change."""

    def forwarded_layers(self, layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
        changed = HopByHop(options=(UnknownOption(option_type=0x1E, data=b"\xa5" * 4),))
        return tuple(changed if isinstance(layer, HopByHop) else layer for layer in layers)


@FAULTS.add("routing-header-looked-at", *router("rfc8200:4.4-4"))
class RoutingHeaderLookedAt(Dropping):
    """Drops packets in transit with a Routing header alone."""

    def drops(self, layers: tuple[Layer, ...]) -> bool:
        return bool(of(layers, Routing)) and not of(layers, DestinationOptions)


@FAULTS.add("octets-behind-the-end-cut", *router("rfc8200:4.7-2"))
class OctetsBehindTheEndCut(Rules):
    """Cuts off what stands behind No Next Header."""

    def forwarded_layers(self, layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
        last = layers[-1]
        ended = isinstance(last, Raw) and last.next_header == NOTHING
        return layers[:-1] if ended else layers


@FAULTS.add("fragmented-in-transit", *router("rfc8200:5-6"))
class FragmentedInTransit(Rules):
    """Sends on a first fragment of large packets."""

    def forwarded_layers(self, layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
        packet = encode(layers)
        if len(packet) <= 1280:
            return layers
        part = Raw(data=packet[40 : 40 + 1232], next_header=layers[1].NUMBER or NOTHING)
        return layers[0], Fragment(more=True, identification=1), part


@FAULTS.add("traffic-class-changed", *router("rfc8200:7-1b"))
class TrafficClassChanged(Rules):
    """Changes the Traffic Class."""

    def forwarded_header(self, header: Ipv6) -> Ipv6:
        return replace(header, traffic_class=header.traffic_class ^ 0x04)


@FAULTS.add("flow-label-cleared", *router("rfc6437:2-1"))
class FlowLabelCleared(Rules):
    """Sets flow labels to zero."""

    def forwarded_label(self, header: Ipv6, message: Layer, options: Any) -> int:
        return super().forwarded_label(header, message, options) if options.labels != "kept" else 0


@FAULTS.add("flow-label-given", *router("rfc6437:3-8a"))
class FlowLabelGiven(Rules):
    """Sets flow labels though nobody has told it to."""

    def forwarded_label(self, header: Ipv6, message: Layer, options: Any) -> int:
        return super().forwarded_label(header, message, options) or 0x77777


@FAULTS.add("label-of-flow-changes", *router("rfc6437:3-7", "rfc6437:6.1-1"))
class LabelOfFlowChanges(Rules):
    """Gives each packet a flow label of its own, where it sets them."""

    turn = 0

    def label_of_flow(self, header: Ipv6, message: Layer) -> int:
        self.turn += 1
        return self.turn % 0xFFFFF + 1


@FAULTS.add("rewritten-label-zero", *router("rfc6437:6.1-1", "rfc6437:6.1-2"))
class RewrittenLabelZero(Rules):
    """Rewrites flow labels to zero."""

    def forwarded_label(self, header: Ipv6, message: Layer, options: Any) -> int:
        return 0 if options.labels == "rewritten" else super().forwarded_label(header, message, options)


@FAULTS.add("packets-reordered", *router("rfc6437:2-4"))
class PacketsReordered(Rules):
    """Holds every second packet back for a moment."""

    def forwarding_delay_s(self, arrival: Any) -> float:
        request = arrival.layers[-1]
        return 0.01 if isinstance(request, EchoRequest) and request.sequence_number % 2 else 0.0


@FAULTS.add("padded-hop-by-hop-dropped", *router("rfc9673:5.1-2", "rfc9673:5.1-3"))
class PaddedHopByHopDropped(Dropping):
    """Drops packets in transit with a Hop-by-Hop Options header that is empty."""

    def drops(self, layers: tuple[Layer, ...]) -> bool:
        return any(isinstance(layer.options[0], PadN) for layer in of(layers, HopByHop))


@FAULTS.add("unknown-hop-by-hop-dropped", *router("rfc9673:5.2-5"))
class UnknownHopByHopDropped(Dropping):
    """Drops packets in transit with a hop-by-hop option that it does not know."""

    def drops(self, layers: tuple[Layer, ...]) -> bool:
        return any(isinstance(layer.options[0], UnknownOption) for layer in of(layers, HopByHop))


@FAULTS.add("router-alert-dropped", *router("rfc9673:5.2.1-4"))
class RouterAlertDropped(Dropping):
    """Drops packets in transit with a Router Alert of no interest."""

    def drops(self, layers: tuple[Layer, ...]) -> bool:
        return any(isinstance(layer.options[0], RouterAlert) for layer in of(layers, HopByHop))
