"""How a connection to the reference broker begins: as MQTT, or with the handshake of WebSocket."""

from conformance.engine.stream import Stream
from conformance.engine.websocket import WebSocketServer

from .rules import Rules

REQUEST = b"GET "


async def begun(rules: Rules, stream: Stream) -> tuple[Stream, bytes] | None:
    """The stream to speak MQTT on and the first octets on it; None when the connection ended before there were any."""
    try:
        data = await stream.read()
        while data and len(data) < len(REQUEST) and REQUEST.startswith(data):
            piece = await stream.read()
            if not piece:
                break
            data += piece
        if not data.startswith(REQUEST):
            return stream, data
        return await _upgraded(rules, stream, data)
    except ConnectionResetError:
        return None


async def _upgraded(rules: Rules, stream: Stream, data: bytes) -> tuple[Stream, bytes] | None:
    socket = await WebSocketServer.accept(stream, data, select=rules.selects_subprotocol)
    if socket is None:
        return None
    socket.accepts_text = rules.takes_text_frames
    socket.takes = rules.taken_of_frame
    socket.opcode = rules.data_opcode()
    return socket, await socket.read()
