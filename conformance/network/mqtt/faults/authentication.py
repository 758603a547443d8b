"""Faults in AUTH and enhanced authentication (5.0, 3.15 and 4.12)."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..reference import Rules
from ..wire import Auth, Connect, Malformed, Packet
from ..wire.properties import PropertyId as P
from .acknowledgements import Longwinded
from .data import only
from .registry import FAULTS, v5

if TYPE_CHECKING:
    from ..reference.connection import Connection


def wrong_auth(malformed: Malformed, kind: str, *fields: str) -> bool:
    """Whether an AUTH has flaws of this kind alone."""
    return isinstance(malformed.message, Auth) and only(malformed, kind, *fields)


@FAULTS.add("auth-flags-passed-over", *v5("MQTT-3.15.1-1"))
class AuthFlagsPassedOver(Rules):
    """Passes over an AUTH with reserved flags."""

    def ignores(self, c: "Connection", malformed: Malformed) -> bool:
        return wrong_auth(malformed, "fixed-header-flags")


@FAULTS.add("any-auth-code-taken", *v5("MQTT-3.15.2-1"))
class AnyAuthCodeTaken(Rules):
    """Takes an AUTH with a code that is none of a client's for an answer."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return wrong_auth(malformed, "reason-code")

    def takes_auth_code(self, code: int, due: int) -> bool:
        return code not in (0x18, 0x19) or super().takes_auth_code(code, due)


@FAULTS.add("auth-19-from-the-server", *v5("MQTT-3.15.2-1", "MQTT-4.12.0-2"))
class Auth19FromTheServer(Rules):
    """Asks for more data with 19, the code by which clients begin anew."""

    def auth_code(self) -> int:
        return 0x19


@FAULTS.add("auth-00-for-more", *v5("MQTT-4.12.0-2"))
class Auth00ForMore(Rules):
    """Asks for more data with 00."""

    def auth_code(self) -> int:
        return 0


@FAULTS.add("auth-reason-string-too-long", *v5("MQTT-3.15.2-2"))
class AuthReasonStringTooLong(Longwinded):
    """Sends a Reason String in AUTH whatever the client's Maximum Packet Size."""

    kind, keeps = Auth, P.REASON_STRING


@FAULTS.add("auth-user-property-too-long", *v5("MQTT-3.15.2-3"))
class AuthUserPropertyTooLong(Longwinded):
    """Sends a User Property in AUTH whatever the client's Maximum Packet Size."""

    kind, keeps = Auth, P.USER_PROPERTY


@FAULTS.add("auth-with-two-methods-taken", *v5("MQTT5-PE-AUTH-DUP-METHOD"))
class AuthWithTwoMethodsTaken(Rules):
    """Takes the first of two methods in AUTH."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return wrong_auth(malformed, "property-twice", "Authentication Method")


@FAULTS.add("auth-with-two-data-taken", *v5("MQTT5-PE-AUTH-DUP-DATA"))
class AuthWithTwoDataTaken(Rules):
    """Takes the first of two data in AUTH."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return wrong_auth(malformed, "property-twice", "Authentication Data")


@FAULTS.add("auth-with-two-reasons-taken", *v5("MQTT5-PE-AUTH-DUP-REASON-STRING"))
class AuthWithTwoReasonsTaken(Rules):
    """Takes an AUTH with two Reason Strings."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return wrong_auth(malformed, "property-twice", "Reason String")


@FAULTS.add("auth-without-method-taken", *v5("MQTT5-PE-AUTH-METHOD-MISSING"))
class AuthWithoutMethodTaken(Rules):
    """Takes an AUTH without a method for one of the method in CONNECT."""

    def takes_method(self, c: "Connection", method: str, given: str | None, *, again: bool) -> bool:
        return given is None or super().takes_method(c, method, given, again=again)


@FAULTS.add("another-method-taken", *v5("MQTT5-PE-AUTH-METHOD-CHANGED"))
class AnotherMethodTaken(Rules):
    """Does not look at the method of an AUTH that answers."""

    def takes_method(self, c: "Connection", method: str, given: str | None, *, again: bool) -> bool:
        return (given is not None and not again) or super().takes_method(c, method, given, again=again)


@FAULTS.add("another-method-taken-anew", *v5("MQTT-4.12.1-1"))
class AnotherMethodTakenAnew(Rules):
    """Does not look at the method of an AUTH that begins anew."""

    def takes_method(self, c: "Connection", method: str, given: str | None, *, again: bool) -> bool:
        return again or super().takes_method(c, method, given, again=again)


@FAULTS.add("unknown-method-accepted", *v5("MQTT-4.12.0-1"))
class UnknownMethodAccepted(Rules):
    """Accepts a client whose method it does not know, without authentication."""

    def serves_method(self, c: "Connection", method: str | None) -> bool:
        return True


@FAULTS.add("early-packets-served", *v5("MQTT-3.1.2-30"))
class EarlyPacketsServed(Rules):
    """Serves, or passes over, what comes from a client before its authentication has ended."""

    def serves_before_connack(self, c: "Connection", packet: Packet) -> bool:
        return True


@FAULTS.add("auth-code-not-looked-at", *v5("MQTT-4.12.0-3"))
class AuthCodeNotLookedAt(Rules):
    """Takes an AUTH 19 for an answer."""

    def takes_auth_code(self, code: int, due: int) -> bool:
        return True


@FAULTS.add("rejected-client-stays", *v5("MQTT-4.12.0-4"))
class RejectedClientStays(Rules):
    """Rejects an authentication with CONNACK 87 and keeps the connection."""

    def refusal_closes(self, c: "Connection", code: int) -> bool:
        return code != 0x87 and super().refusal_closes(c, code)


@FAULTS.add("auth-without-method-sent", *v5("MQTT-4.12.0-5"))
class AuthWithoutMethodSent(Rules):
    """Leaves the method out of its AUTH."""

    def auth_packet(self, auth: Auth) -> Auth:
        return replace(auth, properties=auth.properties.without(P.AUTHENTICATION_METHOD))


@FAULTS.add("connack-without-method", *v5("MQTT-4.12.0-5"))
class ConnackWithoutMethod(Rules):
    """Leaves the method out of CONNACK."""

    def connack_authentication(self, connect: Connect, last: bytes) -> list[tuple[int, Any]]:
        return [pair for pair in super().connack_authentication(connect, last) if pair[0] != P.AUTHENTICATION_METHOD]


@FAULTS.add("connack-with-method-unasked", *v5("MQTT-4.12.0-6"))
class ConnackWithMethodUnasked(Rules):
    """Tells every client in CONNACK which method there is."""

    def connack_authentication(self, connect: Connect, last: bytes) -> list[tuple[int, Any]]:
        return super().connack_authentication(connect, last) or [(P.AUTHENTICATION_METHOD, "SCRAM-SHA-256")]


@FAULTS.add("auth-without-beginning-passed-over", *v5("MQTT-4.12.0-7", "MQTT5-PE-AUTH-NO-METHOD-IN-CONNECT"))
class AuthWithoutBeginningPassedOver(Rules):
    """Passes over the AUTH of a client whose CONNECT had no method."""

    def tolerates_auth(self, c: "Connection") -> bool:
        return True


@FAULTS.add("failed-client-stays", *v5("MQTT-4.12.1-2"))
class FailedClientStays(Rules):
    """Keeps the connection of a client that fails to authenticate again."""

    def closes_after_failure(self, c: "Connection") -> bool:
        return False
