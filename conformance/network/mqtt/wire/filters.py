"""The grammar of Topic Filters (3.1.1 and 5.0, section 4.7) and of shared subscriptions (5.0, 4.8.2)."""

from .primitives import Text


def filter_flaw(topic_filter: Text, version: int) -> str | None:
    """The kind of flaw in a Topic Filter, or None. Raw octets are judged elsewhere."""
    if not isinstance(topic_filter, str):
        return None
    if version >= 5 and topic_filter.startswith("$share/"):
        return _shared_flaw(topic_filter)
    return _plain_flaw(topic_filter)


def _plain_flaw(topic_filter: str) -> str | None:
    if not topic_filter:
        return "filter-empty"
    if "#" in topic_filter and not (
        topic_filter == "#" or (topic_filter.endswith("/#") and topic_filter.count("#") == 1)
    ):
        return "filter-multi-level"
    if "+" in topic_filter and any("+" in level and level != "+" for level in topic_filter.split("/")):
        return "filter-single-level"
    return None


def _shared_flaw(topic_filter: str) -> str | None:
    _, name, *rest = topic_filter.split("/", 2)
    if not name:
        return "share-name-empty"
    if "+" in name or "#" in name or not rest or not rest[0]:
        return "share-name"
    return _plain_flaw(rest[0])
