"""Faults in Topic Names and Topic Filters (4.7)."""

import posixpath
import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import unquote

from ..reference import Rules
from ..wire import Malformed
from .data import only
from .registry import FAULTS, both
from .subscribe import wrong_subscribe

if TYPE_CHECKING:
    from ..reference.connection import Connection


@FAULTS.add("misplaced-multi-level-wildcard-granted", *both("MQTT-4.7.1-2", "MQTT-4.7.1-1"))
class MisplacedMultiLevelWildcardGranted(Rules):
    """Grants a Topic Filter with "#" anywhere."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return wrong_subscribe(malformed, "filter-multi-level")


@FAULTS.add("misplaced-single-level-wildcard-granted", *both("MQTT-4.7.1-3", "MQTT-4.7.1-2"))
class MisplacedSingleLevelWildcardGranted(Rules):
    """Grants a Topic Filter with "+" beside other characters of a level."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return wrong_subscribe(malformed, "filter-single-level")


@FAULTS.add("dollar-topics-matched", *both("MQTT-4.7.2-1"))
class DollarTopicsMatched(Rules):
    """Matches a filter that begins with a wildcard with names that begin with "$"."""

    def matches(self, topic_filter: str, topic: str) -> bool:
        begins = topic_filter.startswith(("#", "+")) and topic.startswith("$")
        return super().matches(topic_filter, f"_{topic}" if begins else topic)


@FAULTS.add("empty-filter-taken", *both("MQTT-4.7.3-1"))
class EmptyFilterTaken(Rules):
    """Takes an empty Topic Filter in SUBSCRIBE and UNSUBSCRIBE."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return only(malformed, "filter-empty")


@FAULTS.add("nul-in-filter-taken", *both("MQTT-4.7.3-2"))
class NulInFilterTaken(Rules):
    """Takes U+0000 in a Topic Filter."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return only(malformed, "nul", "Topic Filter")


class Likening(Rules):
    """Compares filters and names in another form than they were given in."""

    def matches(self, topic_filter: str, topic: str) -> bool:
        return super().matches(self.form(topic_filter), self.form(topic))

    def form(self, topic: str) -> str:
        """The form in which they are compared."""
        raise NotImplementedError


@FAULTS.add("topics-normalised", *both("MQTT-4.7.3-4"))
class TopicsNormalised(Likening):
    """Compares topics in the normal form of Unicode that joins compatible characters."""

    def form(self, topic: str) -> str:
        return unicodedata.normalize("NFKC", topic)


@FAULTS.add("topics-in-any-case", *both("MQTT-4.7.3-4"))
class TopicsInAnyCase(Likening):
    """Compares topics without regard to upper and lower case."""

    def form(self, topic: str) -> str:
        return topic.lower()


@FAULTS.add("topics-as-paths", *both("MQTT-4.7.3-4"))
class TopicsAsPaths(Likening):
    """Compares topics like the paths of files: without empty levels and dots."""

    def form(self, topic: str) -> str:
        return posixpath.normpath(topic)


@FAULTS.add("topics-as-addresses", *both("MQTT-4.7.3-4"))
class TopicsAsAddresses(Likening):
    """Compares topics like the addresses of pages: spaces at the end cut off, escapes resolved."""

    def form(self, topic: str) -> str:
        return unquote(topic.rstrip(" "))


@FAULTS.add("unknown-characters-replaced", *both("MQTT-4.7.3-4"))
class UnknownCharactersReplaced(Likening):
    """Puts a mark in place of characters that its tables do not have."""

    def form(self, topic: str) -> str:
        known = "".join("?" if unicodedata.category(c) == "Cn" else c for c in topic)
        return re.sub("[\U00010000-\U0010ffff]", "\ufffd", known)
