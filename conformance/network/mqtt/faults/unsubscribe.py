"""Faults in UNSUBSCRIBE, UNSUBACK and PINGREQ (3.10 to 3.12)."""

import re
from typing import TYPE_CHECKING

from ..reference import Rules
from ..reference.matching import matches
from ..wire import Malformed, Pingreq, Unsuback, Unsubscribe
from ..wire.properties import PropertyId as P
from .acknowledgements import Longwinded
from .data import only
from .registry import FAULTS, both, v5

if TYPE_CHECKING:
    from ..reference.connection import Connection
    from ..reference.state import Session


def wrong_unsubscribe(malformed: Malformed, kind: str, *fields: str) -> bool:
    """Whether an UNSUBSCRIBE has flaws of this kind alone."""
    return isinstance(malformed.message, Unsubscribe) and only(malformed, kind, *fields)


@FAULTS.add("unsubscribe-flags-taken", *both("MQTT-3.10.1-1"))
class UnsubscribeFlagsTaken(Rules):
    """Takes an UNSUBSCRIBE whatever its flags are."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return wrong_unsubscribe(malformed, "fixed-header-flags")


@FAULTS.add("ill-formed-filter-of-unsubscribe-taken", *both("MQTT-3.10.3-1"))
class IllFormedFilterOfUnsubscribeTaken(Rules):
    """Takes a Topic Filter of an UNSUBSCRIBE whatever octets it holds."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return wrong_unsubscribe(malformed, "utf-8", "Topic Filter")


@FAULTS.add(
    "unsubscribe-without-filters-taken",
    *both("MQTT-3.10.3-2", ("MQTT-3.10.3-2", "MQTT5-PE-UNSUBSCRIBE-NO-PAYLOAD")),
)
class UnsubscribeWithoutFiltersTaken(Rules):
    """Answers an UNSUBSCRIBE without Topic Filters."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return wrong_unsubscribe(malformed, "empty-payload")


@FAULTS.add("unsubscribes-in-any-case", *both("MQTT-3.10.4-1"))
class UnsubscribesInAnyCase(Rules):
    """Compares the filters of UNSUBSCRIBE without regard to upper and lower case."""

    def removed_keys(self, s: "Session", topic_filter: str) -> list[str]:
        return [key for key in s.subscriptions if key.lower() == topic_filter.lower()]


@FAULTS.add("unsubscribes-what-matches", *both("MQTT-3.10.4-1"))
class UnsubscribesWhatMatches(Rules):
    """Removes every subscription that the filter of UNSUBSCRIBE covers, or that covers it."""

    def removed_keys(self, s: "Session", topic_filter: str) -> list[str]:
        return [key for key in s.subscriptions if matches(topic_filter, key) or matches(key, topic_filter)]


@FAULTS.add("unsubscribes-by-levels", *both("MQTT-3.10.4-1"))
class UnsubscribesByLevels(Rules):
    """Takes empty levels out of filters, and removes the subscriptions below the one that UNSUBSCRIBE names."""

    def removed_keys(self, s: "Session", topic_filter: str) -> list[str]:
        wanted = _levels(topic_filter)
        return [key for key in s.subscriptions if _levels(key)[: len(wanted)] == wanted]


def _levels(topic_filter: str) -> list[str]:
    return re.findall("[^/]+", topic_filter)


@FAULTS.add("unsubscribe-without-effect", *both(("MQTT-3.10.4-1", "MQTT-3.10.4-2")))
class UnsubscribeWithoutEffect(Rules):
    """Answers UNSUBSCRIBE and keeps the subscription."""

    def unsubscribes(self) -> bool:
        return False


@FAULTS.add("deliveries-broken-off", *both("MQTT-3.10.4-3"))
class DeliveriesBrokenOff(Rules):
    """Forgets with a subscription the deliveries that had begun."""

    def finishes_deliveries(self) -> bool:
        return False


@FAULTS.add("unsubscribe-not-answered", *both("MQTT-3.10.4-4"))
class UnsubscribeNotAnswered(Rules):
    """Answers no UNSUBSCRIBE that removes something."""

    def unsubacks(
        self, c: "Connection", unsubscribe: Unsubscribe, unsuback: Unsuback, *, known: bool
    ) -> list[Unsuback]:
        return [] if known else [unsuback]


@FAULTS.add("needless-unsubscribe-not-answered", *both("MQTT-3.10.4-5"))
class NeedlessUnsubscribeNotAnswered(Rules):
    """Answers no UNSUBSCRIBE of a client without subscriptions."""

    def unsubacks(
        self, c: "Connection", unsubscribe: Unsubscribe, unsuback: Unsuback, *, known: bool
    ) -> list[Unsuback]:
        subscribed = c.session is not None and bool(c.session.subscriptions)
        return [unsuback] if known or subscribed else []


@FAULTS.add("unsuback-twice", *both("MQTT-3.10.4-6"))
class UnsubackTwice(Rules):
    """Answers an UNSUBSCRIBE once for each of its filters."""

    def unsubacks(
        self, c: "Connection", unsubscribe: Unsubscribe, unsuback: Unsuback, *, known: bool
    ) -> list[Unsuback]:
        return [unsuback] * len(unsubscribe.topic_filters)


@FAULTS.add("first-filter-alone-removed", *both("MQTT-3.10.4-6"))
class FirstFilterAloneRemoved(Rules):
    """Removes only the first of several filters."""

    def filters_removed(self, filters: tuple[str, ...]) -> tuple[str, ...]:
        return filters[:1]


@FAULTS.add("unsuback-codes-reversed", *v5("MQTT-3.11.3-1"))
class UnsubackCodesReversed(Rules):
    """Sends the codes of UNSUBACK from the last filter to the first."""

    def unsubscribe_codes(self, codes: list[int]) -> list[int]:
        return codes[::-1]


@FAULTS.add("unsuback-code-missing", *v5("MQTT-3.11.3-2"))
class UnsubackCodeMissing(Rules):
    """Leaves out the last code of UNSUBACK."""

    def unsubscribe_codes(self, codes: list[int]) -> list[int]:
        return codes[:-1]


@FAULTS.add("unsuback-code-not-listed", *v5("MQTT-3.11.3-2"))
class UnsubackCodeNotListed(Rules):
    """Says of a filter that it does not know that there is nobody to send to."""

    def unsubscribe_codes(self, codes: list[int]) -> list[int]:
        return [0x10 if code else 0 for code in codes]


@FAULTS.add("unsuback-reason-string-too-long", *v5("MQTT-3.11.2-1"))
class UnsubackReasonStringTooLong(Longwinded):
    """Sends a Reason String in UNSUBACK whatever the client's Maximum Packet Size."""

    kind, keeps = Unsuback, P.REASON_STRING


@FAULTS.add("unsuback-user-property-too-long", *v5("MQTT-3.11.2-2"))
class UnsubackUserPropertyTooLong(Longwinded):
    """Sends a User Property in UNSUBACK whatever the client's Maximum Packet Size."""

    kind, keeps = Unsuback, P.USER_PROPERTY


@FAULTS.add("pings-answered-together", *both("MQTT-3.12.4-1"))
class PingsAnsweredTogether(Rules):
    """Answers several PINGREQ packets that came together once."""

    def answers_ping(self, c: "Connection", pingreq: Pingreq) -> bool:
        return not c.behind.startswith(bytes(pingreq))
