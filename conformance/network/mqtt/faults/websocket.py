"""Faults in MQTT over WebSocket (6.0)."""

from conformance.engine.websocket import TEXT

from ..reference import Rules
from ..wire import decode
from .registry import FAULTS, both


@FAULTS.add("text-frames-taken", *both("MQTT-6.0.0-1"))
class TextFramesTaken(Rules):
    """Takes packets from text frames too."""

    def takes_text_frames(self) -> bool:
        return True


@FAULTS.add("text-frames-sent", *both("MQTT-6.0.0-1"))
class TextFramesSent(Rules):
    """Sends packets in text frames."""

    def data_opcode(self) -> int:
        return TEXT


@FAULTS.add("one-packet-in-a-frame", *both("MQTT-6.0.0-2"))
class OnePacketInAFrame(Rules):
    """Expects each frame to hold one packet, whole, and drops the rest."""

    def taken_of_frame(self, payload: bytes, continues: bool) -> bytes:
        event, rest = decode(payload, version=5, sender="client")
        return b"" if event is None or continues else payload[: len(payload) - len(rest)]


@FAULTS.add("no-subprotocol-selected", *both("MQTT-6.0.0-4"))
class NoSubprotocolSelected(Rules):
    """Selects no subprotocol."""

    def selects_subprotocol(self, offered: list[str]) -> str | None:
        return None


@FAULTS.add("first-subprotocol-selected", *both("MQTT-6.0.0-4"))
class FirstSubprotocolSelected(Rules):
    """Selects the first subprotocol that is offered, whatever it is."""

    def selects_subprotocol(self, offered: list[str]) -> str | None:
        return offered[0]
