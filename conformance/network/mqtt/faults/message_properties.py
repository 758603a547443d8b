"""Faults in the properties of PUBLISH (3.3.2.3): changed on the way, or taken although they are wrong."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..reference import Rules
from ..reference.state import Message
from ..wire import Malformed, Properties, Publish
from ..wire.properties import PropertyId as P
from .data import only
from .registry import FAULTS, v5

if TYPE_CHECKING:
    from ..reference.connection import Connection


@FAULTS.add("payload-format-indicator-dropped", *v5("MQTT-3.3.2-4"))
class _(Rules):
    """Does not pass the Payload Format Indicator on."""

    def forwarded(self, m: Message) -> Properties:
        return m.properties.without(P.PAYLOAD_FORMAT_INDICATOR)


@FAULTS.add("payload-format-indicator-added", *v5("MQTT-3.3.2-4"))
class _(Rules):
    """Says of a payload without Payload Format Indicator that it is text."""

    def forwarded(self, m: Message) -> Properties:
        if P.PAYLOAD_FORMAT_INDICATOR in m.properties:
            return m.properties
        return m.properties + Properties(((P.PAYLOAD_FORMAT_INDICATOR, 1),))


@FAULTS.add("expired-message-delivered", *v5("MQTT-3.3.2-5"))
class _(Rules):
    """Delivers messages that have expired."""

    def expired(self, m: Message, now_s: float) -> bool:
        return False


@FAULTS.add("expiry-interval-as-received", *v5("MQTT-3.3.2-6"))
class _(Rules):
    """Passes the Message Expiry Interval on as if no time had gone by."""

    def remaining_expiry(self, m: Message, now_s: float) -> int:
        return m.expiry_interval or 0


@FAULTS.add("response-topic-changed", *v5("MQTT-3.3.2-15"))
class _(Rules):
    """Passes the Response Topic on in lower case."""

    def forwarded(self, m: Message) -> Properties:
        return Properties(tuple((i, v.lower() if i == P.RESPONSE_TOPIC else v) for i, v in m.properties))


@FAULTS.add("correlation-data-cut-off", *v5("MQTT-3.3.2-16"))
class _(Rules):
    """Passes on the first 128 octets of Correlation Data."""

    def forwarded(self, m: Message) -> Properties:
        return Properties(tuple((i, v[:128] if i == P.CORRELATION_DATA else v) for i, v in m.properties))


@FAULTS.add("empty-property-dropped", *v5("MQTT-3.3.2-16", "MQTT-3.3.2-20"))
class _(Rules):
    """Does not pass on Correlation Data and Content Type that are empty."""

    def forwarded(self, m: Message) -> Properties:
        may_go = (P.CORRELATION_DATA, P.CONTENT_TYPE)
        return Properties(tuple((i, v) for i, v in m.properties if v or i not in may_go))


@FAULTS.add("user-property-once-a-name", *v5("MQTT-3.3.2-17"))
class _(Rules):
    """Passes on one User Property for each name, the last."""

    def forwarded(self, m: Message) -> Properties:
        last = {pair[0]: place for place, (i, pair) in enumerate(m.properties) if i == P.USER_PROPERTY}
        pairs = enumerate(m.properties)
        return Properties(tuple((i, v) for at, (i, v) in pairs if i != P.USER_PROPERTY or last[v[0]] == at))


@FAULTS.add("user-properties-sorted", *v5("MQTT-3.3.2-18", "MQTT-3.1.3-10"))
class _(Rules):
    """Sorts the User Properties of every message, be it a will or not."""

    def forwarded(self, m: Message) -> Properties:
        pairs = sorted(m.properties.all(P.USER_PROPERTY))
        return m.properties.without(P.USER_PROPERTY) + Properties(tuple((P.USER_PROPERTY, pair) for pair in pairs))


@FAULTS.add("content-type-cut-off", *v5("MQTT-3.3.2-20"))
class _(Rules):
    """Passes on a Content Type without its parameters."""

    def forwarded(self, m: Message) -> Properties:
        return Properties(tuple((i, v.partition(";")[0] if i == P.CONTENT_TYPE else v) for i, v in m.properties))


@FAULTS.add("content-type-of-latin-letters", *v5("MQTT-3.3.2-20"))
class _(Rules):
    """Passes on a Content Type without its Chinese characters."""

    def forwarded(self, m: Message) -> Properties:
        return Properties(tuple((i, _without_chinese(v) if i == P.CONTENT_TYPE else v) for i, v in m.properties))


def _without_chinese(text: str) -> str:
    return "".join(c for c in text if not "\u4e00" <= c <= "\u9fff")


def _taken(id_: str, breaks: tuple[str, ...], summary: str, test: Callable[[Malformed], bool]) -> None:
    """Add a fault that takes a malformed PUBLISH of which `test` is true."""

    class Overlooking(Rules):
        def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
            return isinstance(malformed.message, Publish) and test(malformed)

    Overlooking.__doc__ = summary
    FAULTS.add(id_, *breaks)(Overlooking)


_taken(
    "ill-formed-response-topic-taken",
    v5("MQTT-3.3.2-13"),
    "Takes any octets for a Response Topic.",
    lambda malformed: only(malformed, "utf-8", "Response Topic"),
)
_taken(
    "response-topic-with-wildcard-taken",
    v5("MQTT-3.3.2-14"),
    "Takes a Response Topic with wildcards.",
    lambda malformed: only(malformed, "response-topic-wildcard"),
)
_taken(
    "ill-formed-content-type-taken",
    v5("MQTT-3.3.2-19"),
    "Takes any octets for a Content Type.",
    lambda malformed: only(malformed, "utf-8", "Content Type"),
)
_taken(
    "subscription-identifier-of-publisher-taken",
    v5("MQTT-3.3.4-6", "MQTT5-PE-PUBLISH-SUBSCRIPTION-ID"),
    "Takes a PUBLISH from a client with a Subscription Identifier.",
    lambda malformed: only(malformed, "subscription-identifier"),
)
_taken(
    "subscription-identifier-0-of-publisher-taken",
    v5("MQTT5-PE-PUBLISH-ZERO-SUBSCRIPTION-ID"),
    "Passes over Subscription Identifier 0 in a PUBLISH from a client.",
    lambda malformed: {flaw.kind for flaw in malformed.flaws} == {"subscription-identifier", "property-value"},
)
for _field in ("Topic Alias", "Response Topic", "Correlation Data", "Content Type"):
    _name = _field.replace(" ", "-")
    _taken(
        f"{_name.lower()}-twice-taken",
        v5(f"MQTT5-PE-PUBLISH-DUP-{_name.upper()}"),
        f"Takes {_field} twice in a PUBLISH.",
        lambda malformed, field=_field: only(malformed, "property-twice", field),  # type: ignore[misc]
    )
