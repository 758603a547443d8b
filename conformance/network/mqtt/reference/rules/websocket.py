"""Rules about MQTT over WebSocket."""

from conformance.engine.websocket import BINARY


class WebSocketRules:
    """WebSocket as a transport (6.0)."""

    def takes_text_frames(self) -> bool:
        """6.0.0-1: a data frame that is not binary ends the connection."""
        return False

    def data_opcode(self) -> int:
        """6.0.0-1: packets go out in binary frames."""
        return BINARY

    def taken_of_frame(self, payload: bytes, continues: bool) -> bytes:
        """6.0.0-2: all of it, wherever packets begin and end; `continues` says that the frame continues a message."""
        return payload

    def selects_subprotocol(self, offered: list[str]) -> str | None:
        """6.0.0-4: "mqtt" among those that the client offers."""
        return "mqtt" if "mqtt" in offered else None
