"""Enhanced authentication: SCRAM between CONNECT and CONNACK, and again at any time after."""

import hashlib
from typing import Any

from ..scram import ScramError, ScramServer
from ..wire import Auth, Connect, Disconnect, Packet, Pingreq, Pingresp, Properties
from ..wire.properties import PropertyId as P
from .admission import Admission
from .connection import Refused

CONTINUE, AGAIN = 0x18, 0x19
NOT_AUTHORIZED = 0x87


class Authentication(Admission):
    """The server's side of 4.12."""

    _scram: ScramServer | None = None
    """The exchange that is under way."""

    def admit(self, connect: Connect) -> None:
        """Accept a CONNECT that there is no reason to refuse, at once or at the end of an exchange."""
        method = connect.properties.get(P.AUTHENTICATION_METHOD)
        if method is None or method != self.broker.options.authentication_method:
            self.accept(connect)
            return
        self.waiting = connect
        self._begin(method, connect.properties)

    def first(self, packet: Packet) -> None:
        if self.waiting is None:
            super().first(packet)
        elif isinstance(packet, Auth):
            self.on_auth(packet)
        elif isinstance(packet, Disconnect):
            self.end(will=False)
        elif not self.rules.serves_before_connack(self, packet):
            raise Refused(0x82)
        elif isinstance(packet, Pingreq):
            self.send(Pingresp())

    def on_auth(self, auth: Auth) -> None:
        connect = self.waiting or self.connect
        method = connect.properties.get(P.AUTHENTICATION_METHOD) if connect else None
        if method is None:
            if self.rules.tolerates_auth(self):
                return
            raise Refused(0x82)
        begins = self._scram is None
        if not self.rules.takes_method(
            self, method, auth.properties.get(P.AUTHENTICATION_METHOD), again=begins
        ) or not self.rules.takes_auth_code(auth.reason_code, AGAIN if begins else CONTINUE):
            raise Refused(0x82)
        if begins:
            self._begin(method, auth.properties)
        else:
            self._finish(method, auth.properties)

    def _begin(self, method: str, given: Properties) -> None:
        options = self.broker.options
        self.broker.count += 1
        nonce = hashlib.sha256(b"%d" % self.broker.count).hexdigest()[:24]
        self._scram = ScramServer(method, options.authentication_passwords.get, nonce, b"a salt, the same always")
        try:
            challenge = self._scram.challenge(given.get(P.AUTHENTICATION_DATA, b""))
        except ScramError:
            self._failed()
        else:
            self._say(self.rules.auth_code(), method, challenge)

    def _finish(self, method: str, given: Properties) -> None:
        assert self._scram
        scram, self._scram = self._scram, None
        try:
            last = scram.finish(given.get(P.AUTHENTICATION_DATA, b""))
        except ScramError:
            self._failed()
            return
        connect, self.waiting = self.waiting, None
        if connect is None:
            self._say(0, method, last)
        else:
            self.accept(connect, last=last)

    def _failed(self) -> None:
        connect, self.waiting, self._scram = self.waiting, None, None
        if connect:
            self.refuse_connect(connect, NOT_AUTHORIZED)
        elif self.rules.closes_after_failure(self):
            raise Refused(NOT_AUTHORIZED)

    def _say(self, code: int, method: str, data: bytes) -> None:
        pairs: tuple[tuple[int, Any], ...] = ((P.AUTHENTICATION_METHOD, method), (P.AUTHENTICATION_DATA, data))
        self.send(self.rules.auth_packet(Auth(reason_code=code, properties=Properties(pairs))))
