"""Faults in the will (3.1.2.5 to 3.1.2.7, 3.1.3.2)."""

from dataclasses import replace
from typing import TYPE_CHECKING

from ..reference import Rules
from ..reference.state import Message
from ..wire import Connect, Properties, Will
from ..wire.properties import PropertyId as P
from .registry import FAULTS, both, v5, v311

if TYPE_CHECKING:
    from ..reference.connection import Connection


@FAULTS.add("no-will", *both("MQTT-3.1.2-8", ("MQTT-3.1.2-7", "MQTT-3.1.2-8")))
class _(Rules):
    """Does not keep the will."""

    def keeps_will(self, will: Will) -> Will | None:
        return None


@FAULTS.add("no-will-after-error", *both("MQTT-3.1.2-8"))
class _(Rules):
    """Publishes no will when it ends the connection for an error."""

    def will_after_error(self, code: int) -> bool:
        return code in (0x8D, 0x8E)


@FAULTS.add("no-will-after-silence", *both("MQTT-3.1.2-8"))
class _(Rules):
    """Publishes no will when it ends the connection because Keep Alive has run out."""

    def will_after_error(self, code: int) -> bool:
        return code != 0x8D


@FAULTS.add("no-will-after-takeover", *both("MQTT-3.1.2-8"))
class _(Rules):
    """Publishes no will for a connection that is taken over."""

    def will_after_error(self, code: int) -> bool:
        return code != 0x8E


@FAULTS.add("will-sent-twice", *both("MQTT-3.1.2-10"))
class _(Rules):
    """Publishes the will at the end of the connection, and again at the end of the session."""

    def removes_will_once_sent(self) -> bool:
        return False


@FAULTS.add("will-after-disconnect", *both(("MQTT-3.14.4-3", "MQTT-3.1.2-10")))
class _(Rules):
    """Publishes the will however the connection ends."""

    def will_on_disconnect(self, code: int) -> bool:
        return True


@FAULTS.add("no-will-after-disconnect-with-an-error", *v5("MQTT-3.1.2-8"))
class _(Rules):
    """Takes every DISCONNECT for one that takes the will back."""

    def will_on_disconnect(self, code: int) -> bool:
        return False


@FAULTS.add("old-will-lives-on", *v311("MQTT-3.1.2-12"))
class _(Rules):
    """Has a connection without a will leave the one that its client had before."""

    def __init__(self) -> None:
        self.known: dict[str, Will] = {}

    def will_of(self, c: "Connection", connect: Connect) -> Will | None:
        client_id = str(connect.client_id)
        if connect.will:
            self.known[client_id] = connect.will
        return connect.will or (self.known.get(client_id) if c.version < 5 else None)


@FAULTS.add("every-will-retained", *both("MQTT-3.1.2-16", "MQTT-3.1.2-14"))
class _(Rules):
    """Retains every will."""

    def will_message(self, will: Will, client_id: str, expires_s: float | None) -> Message:
        return replace(super().will_message(will, client_id, expires_s), retain=True)


@FAULTS.add("no-will-retained", *both("MQTT-3.1.2-17", "MQTT-3.1.2-15"))
class _(Rules):
    """Retains no will."""

    def will_message(self, will: Will, client_id: str, expires_s: float | None) -> Message:
        return replace(super().will_message(will, client_id, expires_s), retain=False)


@FAULTS.add("will-too-early", *v5("MQTT-3.1.2-8"))
class _(Rules):
    """Publishes a will when a quarter of its delay has passed."""

    def will_delay_s(self, will: Will) -> float:
        return super().will_delay_s(will) / 4


@FAULTS.add("will-outwaits-its-session", *v5("MQTT-3.1.2-8"))
class _(Rules):
    """Has a will wait for its delay although its session has ended."""

    def publishes_at_end_of_session(self) -> bool:
        return False


@FAULTS.add("will-in-spite-of-return", *v5("MQTT-3.1.3-9"))
class _(Rules):
    """Publishes a will after its delay although its client has returned."""

    def cancels_will_on_return(self) -> bool:
        return False


@FAULTS.add("user-properties-of-will-sorted", *v5("MQTT-3.1.3-10"))
class _(Rules):
    """Sorts the User Properties of a will."""

    def will_message(self, will: Will, client_id: str, expires_s: float | None) -> Message:
        message = super().will_message(will, client_id, expires_s)
        pairs = sorted(message.properties, key=lambda pair: pair[1] if pair[0] == P.USER_PROPERTY else ("", ""))
        return replace(message, properties=Properties(tuple(pairs)))
