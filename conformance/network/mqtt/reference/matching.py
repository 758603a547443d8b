"""Topic Filters against Topic Names (3.1.1 and 5.0, section 4.7)."""


def matches(topic_filter: str, topic: str) -> bool:
    """Whether a filter matches a name, level by level and literally; `$` topics only by a literal first level."""
    if "+" not in topic_filter and "#" not in topic_filter:
        return topic_filter == topic
    wanted, levels = topic_filter.split("/"), topic.split("/")
    if levels[0].startswith("$") and wanted[0] in ("#", "+"):
        return False
    for i, want in enumerate(wanted):
        if want == "#":
            return True
        if i >= len(levels) or (want != "+" and want != levels[i]):
            return False
    return len(wanted) == len(levels)


def share_of(topic_filter: str) -> tuple[str, str]:
    """The ShareName ("" for none) and the filter proper (5.0, 4.8.2)."""
    if topic_filter.startswith("$share/"):
        _, name, inner = topic_filter.split("/", 2)
        return name, inner
    return "", topic_filter
