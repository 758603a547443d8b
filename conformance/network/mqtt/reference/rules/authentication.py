"""Rules about enhanced authentication."""

from typing import TYPE_CHECKING, Any

from ...wire import Auth, Connect, Packet
from ...wire.properties import PropertyId as P

if TYPE_CHECKING:
    from ..connection import Connection


class AuthenticationRules:
    """AUTH (3.15) and enhanced authentication (4.12) of 5.0."""

    def serves_method(self, c: "Connection", method: str | None) -> bool:
        """4.12.0-1: a method that the server does not support is refused; none is needed."""
        return method is None or method == c.broker.options.authentication_method

    def serves_before_connack(self, c: "Connection", packet: Packet) -> bool:
        """3.1.2-30: while a client is authenticating, only AUTH and DISCONNECT come from it."""
        return False

    def tolerates_auth(self, c: "Connection") -> bool:
        """4.12.0-7: without a method in CONNECT there is no AUTH."""
        return False

    def takes_method(self, c: "Connection", method: str, given: str | None, *, again: bool) -> bool:
        """4.12.1-1, 3.15.2.2.2: every AUTH names the method of CONNECT; `again` says that it begins anew."""
        return method == given

    def takes_auth_code(self, code: int, due: int) -> bool:
        """4.12.0-3: 18 in answer to the server, 19 to begin anew."""
        return code == due

    def auth_code(self) -> int:
        """4.12.0-2: 18 when more data are needed."""
        return 0x18

    def auth_packet(self, auth: Auth) -> Auth:
        """4.12.0-5: AUTH has the method of CONNECT."""
        return auth

    def connack_authentication(self, connect: Connect, last: bytes) -> list[tuple[int, Any]]:
        """4.12.0-5, -6: CONNACK has the method of CONNECT, or none; `last` is the last word of the exchange."""
        method = connect.properties.get(P.AUTHENTICATION_METHOD)
        return [] if method is None else [(P.AUTHENTICATION_METHOD, method), (P.AUTHENTICATION_DATA, last)]

    def closes_after_failure(self, c: "Connection") -> bool:
        """4.12.1-2: when re-authentication fails the connection ends."""
        return True
