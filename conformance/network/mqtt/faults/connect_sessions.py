"""Faults in what becomes of a session at CONNECT (3.1.2.4, 3.1.2.11.2), and in Client Identifiers (3.1.3.1)."""

from typing import TYPE_CHECKING

from ..reference import Rules
from ..reference.state import FOREVER_S, Session
from ..wire import Connect
from .registry import FAULTS, both, v5, v311

if TYPE_CHECKING:
    from ..reference.broker import Broker
    from ..reference.connection import Connection


@FAULTS.add("subscriptions-forgotten", *both(("MQTT-3.1.2-4", "MQTT-3.1.4-3"), ("MQTT-3.1.2-5", "MQTT-3.1.4-4")))
class _(Rules):
    """Resumes a session without its subscriptions."""

    def restores(self, s: Session) -> None:
        s.subscriptions.clear()


@FAULTS.add("clean-start-ignored", *both(("MQTT-3.1.2-6", "MQTT-3.1.4-3"), ("MQTT-3.1.2-4", "MQTT-3.1.4-4")))
class _(Rules):
    """Resumes a stored session whatever Clean Start says."""

    def resumes(self, connect: Connect) -> bool:
        return True


@FAULTS.add("clean-session-kept", *v311("MQTT-3.1.2-6"))
class _(Rules):
    """Keeps a session with CleanSession 1 when its connection has ended."""

    def expiry_s(self, c: "Connection", connect: Connect) -> float:
        return FOREVER_S if connect.version < 5 else super().expiry_s(c, connect)


@FAULTS.add("no-session-made", *both("MQTT-3.1.2-4", "MQTT-3.1.2-6"))
class _(Rules):
    """Refuses a client that wants to go on with a session, and has none."""

    def makes_session(self, connect: Connect) -> bool:
        return connect.clean_start


@FAULTS.add("nothing-queued", *v311("MQTT-3.1.2-5"))
class _(Rules):
    """Queues nothing for a client that is away."""

    def queues_while_away(self, qos: int) -> bool:
        return False


@FAULTS.add("retained-goes-with-session", *v311("MQTT-3.1.2-7"))
class _(Rules):
    """Removes what a client has retained when its stored session ends."""

    def retained_outlives(self, s: Session) -> bool:
        return not s.expiry_s


@FAULTS.add("short-session-expires-at-once", *v5("MQTT-3.1.2-23"))
class _(Rules):
    """Lets sessions that are to live for less than half a minute end after a second."""

    def expiry_s(self, c: "Connection", connect: Connect) -> float:
        asked_s = super().expiry_s(c, connect)
        return min(asked_s, 1.0) if asked_s < 30 else asked_s


@FAULTS.add("client-id-without-case", *both("MQTT-3.1.3-2"))
class _(Rules):
    """Takes Client Identifiers that differ in upper and lower case for the same."""

    def session_key(self, client_id: str) -> str:
        return client_id.casefold()


@FAULTS.add("long-client-id-refused", *both("MQTT-3.1.3-5"))
class _(Rules):
    """Refuses Client Identifiers of more than 20 characters."""

    def accepts_client_id(self, c: "Connection", connect: Connect) -> bool:
        return len(str(connect.client_id)) <= 20 and super().accepts_client_id(c, connect)


@FAULTS.add("short-client-id-refused", *both("MQTT-3.1.3-5"))
class _(Rules):
    """Refuses Client Identifiers of one character."""

    def accepts_client_id(self, c: "Connection", connect: Connect) -> bool:
        return len(str(connect.client_id)) != 1 and super().accepts_client_id(c, connect)


@FAULTS.add("one-id-assigned-to-all", *both("MQTT-3.1.3-6", ("MQTT-3.1.3-6", "MQTT-3.2.2-16")))
class _(Rules):
    """Assigns the same identifier to everybody who has none."""

    def assigned_client_id(self, broker: "Broker") -> str:
        return "assigned"


@FAULTS.add("assigned-id-not-told", *v5("MQTT-3.1.3-7", "MQTT-3.2.2-16"))
class _(Rules):
    """Does not tell the identifier that it assigns."""

    def told_client_id(self, assigned: str) -> str | None:
        return None


@FAULTS.add("another-id-told", *v5("MQTT-3.1.3-7"))
class _(Rules):
    """Tells another identifier than the one that it keeps the session under."""

    def told_client_id(self, assigned: str) -> str | None:
        return f"not-{assigned}"


@FAULTS.add("empty-id-with-session-taken", *v311("MQTT-3.1.3-7", "MQTT-3.1.3-8"))
class _(Rules):
    """Assigns an identifier also to a 3.1.1 client that wants its session kept."""

    def accepts_client_id(self, c: "Connection", connect: Connect) -> bool:
        return not connect.client_id or super().accepts_client_id(c, connect)


@FAULTS.add("client-id-refused-with-another-code", *v311("MQTT-3.1.3-9"))
class _(Rules):
    """Refuses an identifier as if it were the protocol level."""

    def client_id_code(self, c: "Connection", connect: Connect) -> int:
        return 1 if c.version < 5 and connect.client_id else super().client_id_code(c, connect)


@FAULTS.add("refused-client-id-kept-open", *both("MQTT-3.1.3-9", "MQTT-3.1.3-8"))
class _(Rules):
    """Does not close after it has refused an identifier."""

    def refusal_closes(self, c: "Connection", code: int) -> bool:
        return code not in (2, 0x85) or not c.broker.options.plain_client_ids
