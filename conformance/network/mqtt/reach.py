"""Ways to a broker: TCP, TLS and WebSocket, by the scheme of its URL."""

import ssl
from urllib.parse import urlsplit

from conformance.engine import Address, Case, Channel
from conformance.engine.channel import Codec
from conformance.engine.testbed import TestbedError
from conformance.engine.websocket import WebSocketStream

PORTS = {"mqtt": 1883, "mqtts": 8883, "ws": 80, "wss": 443}


class Reach:
    """Opens channels to the address in `[ixit.mqtt] url`."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._ixit = case.ixit.get("mqtt", {})

    def address(self, url: str) -> Address:
        """The place a URL names. Raises TestbedError for one that cannot be read."""
        try:
            parts = urlsplit(url)
            port = parts.port or PORTS[parts.scheme]
            if not parts.hostname:
                raise ValueError
        except (ValueError, KeyError):
            raise TestbedError(
                f"[ixit.mqtt] url {url!r} cannot be read", "Write it like mqtt://192.0.2.1:1883 (or mqtts, ws, wss)"
            ) from None
        return Address(parts.hostname, port, self._tls() if parts.scheme in ("mqtts", "wss") else None)

    async def channel(self, codec: Codec, name: str = "") -> Channel:
        """A channel to the product's first address."""
        url = str(self._ixit.get("url") or "")
        address = self.address(url)
        stream, number = await self._case.open(address, name)
        if url.startswith("ws"):
            stream = await WebSocketStream.connect(
                stream, host=f"{address.host}:{address.port}", path=urlsplit(url).path or "/", subprotocol="mqtt", rng=self._case.rng
            )
        return self._case.speak(stream, number, codec)

    def _tls(self) -> ssl.SSLContext:
        """A context that trusts `tls_ca` where given; without it the product's certificate is not judged here."""
        context = ssl.create_default_context(cafile=self._ixit.get("tls_ca"))
        if not self._ixit.get("tls_ca"):
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if certificate := self._ixit.get("tls_certificate"):
            context.load_cert_chain(certificate, self._ixit.get("tls_key"))
        return context
