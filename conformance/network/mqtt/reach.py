"""Ways to a broker: TCP, TLS and WebSocket, by the scheme of its URL."""

from collections.abc import Sequence
from urllib.parse import SplitResult, urlsplit

from conformance.engine import Address, Case, Channel, Unready
from conformance.engine.channel import Codec
from conformance.engine.testbed import TestbedError, Tls
from conformance.engine.websocket import WebSocketStream

PORTS = {"mqtt": 1883, "mqtts": 8883, "ws": 80, "wss": 443}
SUBPROTOCOLS = ("mqtt",)


class Reach:
    """Opens channels to the addresses in `[ixit.mqtt]`: `url`, and `ws_url` where WebSocket is another place."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._ixit = case.ixit.get("mqtt", {})

    def address(self, url: str) -> Address:
        """The place a URL names. Raises TestbedError for one that cannot be read."""
        parts, port = _split(url)
        return Address(str(parts.hostname), port, self._tls() if parts.scheme in ("mqtts", "wss") else None)

    async def channel(self, codec: Codec, name: str = "") -> Channel:
        """A channel to the product's first address."""
        url = str(self._ixit.get("url") or "")
        if url.startswith("ws"):
            return await self._websocket(url, codec, name, SUBPROTOCOLS)
        stream, number = await self._case.open(self.address(url), name)
        return self._case.speak(stream, number, codec)

    async def websocket(self, codec: Codec, name: str = "", subprotocols: Sequence[str] = SUBPROTOCOLS) -> Channel:
        """A channel over WebSocket whose opening offers these subprotocols. Raises Unready when no address is given."""
        urls = [str(self._ixit.get(key) or "") for key in ("ws_url", "url")]
        url = next((url for url in urls if url.startswith("ws")), None)
        if url is None:
            raise Unready("the access data name no WebSocket address ([ixit.mqtt] ws_url)")
        return await self._websocket(url, codec, name, subprotocols)

    async def _websocket(self, url: str, codec: Codec, name: str, subprotocols: Sequence[str]) -> Channel:
        parts, _ = _split(url)
        stream, number = await self._case.open(self.address(url), name)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        host = parts.netloc.rpartition("@")[2]
        stream = await WebSocketStream.connect(
            stream, host=host, path=path, subprotocols=subprotocols, rng=self._case.rng
        )
        return self._case.speak(stream, number, codec)

    def _tls(self) -> Tls:
        """How to speak TLS: with the files of `tls_ca`, `tls_certificate` and `tls_key`, where they are given."""
        ca, certificate, key = (self._ixit.get(name) for name in ("tls_ca", "tls_certificate", "tls_key"))
        return Tls(ca, certificate, key)


def _split(url: str) -> tuple[SplitResult, int]:
    """The parts of a URL that can be reached, and its port. Raises TestbedError for any other."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
        if parts.hostname and parts.scheme in PORTS:
            return parts, port
    except (ValueError, KeyError):
        pass
    raise TestbedError(
        f"[ixit.mqtt] url {url!r} cannot be read", "Write it like mqtt://192.0.2.1:1883 (or mqtts, ws, wss)"
    )
