"""Faults in Topic Aliases (3.3.2.3.4)."""

from collections import defaultdict
from typing import TYPE_CHECKING

from ..reference import Rules
from ..wire import Malformed
from .data import only
from .registry import FAULTS, v5

if TYPE_CHECKING:
    from ..reference.connection import Connection


@FAULTS.add("aliases-of-a-client-remembered", *v5("MQTT-3.3.2-7"))
class _(Rules):
    """Remembers the Topic Aliases of a client for its next connection."""

    def __init__(self) -> None:
        self.remembered: dict[str, dict[int, str]] = defaultdict(dict)

    def aliases(self, c: "Connection", client_id: str) -> tuple[dict[int, str], dict[str, int]]:
        return self.remembered[client_id], {}


@FAULTS.add("aliases-of-the-server-remembered", *v5("MQTT-3.3.2-7"))
class _(Rules):
    """Goes on with the Topic Aliases that it used towards a client on the connection before."""

    def __init__(self) -> None:
        self.remembered: dict[str, dict[str, int]] = defaultdict(dict)

    def aliases(self, c: "Connection", client_id: str) -> tuple[dict[int, str], dict[str, int]]:
        return {}, self.remembered[client_id]


@FAULTS.add("alias-0-taken", *v5("MQTT-3.3.2-8", "MQTT5-PE-PUBLISH-ZERO-TOPIC-ALIAS"))
class _(Rules):
    """Takes Topic Alias 0 for one like any other."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return only(malformed, "topic-alias-zero")

    def accepts_alias(self, c: "Connection", alias: int) -> bool:
        return alias == 0 or super().accepts_alias(c, alias)


@FAULTS.add("alias-0-sent", *v5("MQTT-3.3.2-8"))
class _(Rules):
    """Counts its Topic Aliases from 0."""

    def outgoing_alias(self, c: "Connection", topic: str) -> int | None:
        if not c.client_alias_maximum:
            return None
        known = c.sent_aliases.get(topic, len(c.sent_aliases))
        return known if known < c.client_alias_maximum else None


@FAULTS.add(
    "alias-above-the-maximum-taken",
    *v5("MQTT-3.2.2-17", "MQTT-3.3.2-9", "MQTT5-PE-PUBLISH-TOPIC-ALIAS-ABOVE-MAXIMUM"),
)
class _(Rules):
    """Takes any Topic Alias, where it takes some."""

    def accepts_alias(self, c: "Connection", alias: int) -> bool:
        return c.broker.options.topic_alias_maximum > 0 and alias > 0


@FAULTS.add("alias-taken-without-permission", *v5("MQTT-3.2.2-18"))
class _(Rules):
    """Takes Topic Aliases although it announced that it takes none."""

    def accepts_alias(self, c: "Connection", alias: int) -> bool:
        return not c.broker.options.topic_alias_maximum or super().accepts_alias(c, alias)


@FAULTS.add("highest-alias-refused", *v5("MQTT-3.3.2-12"))
class _(Rules):
    """Refuses the highest Topic Alias that it announced, and with it the mapping of the first."""

    def accepts_alias(self, c: "Connection", alias: int) -> bool:
        return 0 < alias < c.broker.options.topic_alias_maximum


@FAULTS.add("first-alias-lost", *v5("MQTT-3.3.2-12"))
class _(Rules):
    """Forgets what Topic Alias 1 stands for."""

    def resolves_alias(self, c: "Connection", alias: int, topic: str) -> str:
        return super().resolves_alias(c, alias, topic) if alias > 1 else topic


@FAULTS.add("unmapped-alias-taken", *v5("MQTT5-PE-PUBLISH-TOPIC-ALIAS-UNMAPPED"))
class _(Rules):
    """Drops a message whose alias stands for nothing, without a word."""

    def accepts_unknown_alias(self) -> bool:
        return True
