"""Faults in the treatment of errors (5.0, 4.13; 3.1.1, 4.8)."""

from typing import TYPE_CHECKING

from ..reference import Rules
from ..wire import Malformed, Publish, Subscribe, Unsubscribe
from .data import only
from .registry import FAULTS, both, v5

if TYPE_CHECKING:
    from ..reference.connection import Connection


@FAULTS.add("unreadable-packets-passed-over", *both("MQTT-4.8.0-1", "MQTT-4.13.1-1"))
class UnreadablePacketsPassedOver(Rules):
    """Passes over what it cannot read, and reads on behind it."""

    def ignores(self, c: "Connection", malformed: Malformed) -> bool:
        if c.connect is None:
            return False
        cut = isinstance(malformed.message, Publish) and only(malformed, "missing-field", "Topic Name")
        bare = malformed.message is None and only(malformed, "variable-byte-integer", "Remaining Length")
        return cut or bare or only(malformed, "packet-type")


@FAULTS.add("strange-properties-passed-over", *v5("MQTT-4.13.1-1"))
class StrangePropertiesPassedOver(Rules):
    """Takes packets with properties that it does not know, or that have no place there."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        usual = isinstance(malformed.message, Publish | Subscribe | Unsubscribe)
        return usual and (only(malformed, "property-unknown") or only(malformed, "property-not-allowed"))
