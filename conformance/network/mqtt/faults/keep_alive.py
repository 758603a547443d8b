"""Faults in Keep Alive (3.1.2.10, 3.2.2.3.14)."""

from ..reference import Rules
from .registry import FAULTS, both, v5


@FAULTS.add("keep-alive-ignored", *both("MQTT-3.1.2-24", ("MQTT-3.1.2-22", "MQTT-3.2.2-22")))
class _(Rules):
    """Waits for silent clients for ever."""

    def keep_alive_limit_s(self, keep_alive: int) -> float:
        return 0


@FAULTS.add("keep-alive-of-the-server-unspoken", *v5("MQTT-3.2.2-22"))
class _(Rules):
    """Goes by a Keep Alive of its own, of a minute at least for odd values, and does not say so."""

    def keep_alive(self, asked: int, told: int | None) -> int:
        return max(asked, 60) if asked % 2 and told is None else super().keep_alive(asked, told)


@FAULTS.add("server-keep-alive-ignored", *v5("MQTT-3.1.2-22"))
class _(Rules):
    """Announces a Keep Alive of its own and goes by the client's."""

    def keep_alive(self, asked: int, told: int | None) -> int:
        return asked
