"""Domain names in options (10; RFC 1035, 3.1): labels with a length each, never compressed."""

Name = str | bytes
"""A domain name as text, without the dot of the root (the root itself is "."); by its octets where no text says it."""

LONGEST_LABEL_OCTETS = 63
LONGEST_NAME_OCTETS = 255


def name(text: Name) -> bytes:
    """The octets of a name; octets go out as they stand."""
    if isinstance(text, bytes):
        return text
    labels = [label.encode("utf-8", "surrogateescape") for label in text.split(".")] if text != "." else []
    return b"".join(bytes((len(label) & 0xFF,)) + label for label in labels) + b"\0"


def read_names(octets: bytes) -> tuple[Name, ...]:
    """The names that fill `octets`. Raises ValueError for what is no uncompressed name."""
    found: list[Name] = []
    at = 0
    while at < len(octets):
        began = at
        labels, at = _labels(octets, at)
        found.append(_shown(labels, octets[began:at]))
    return tuple(found)


def _labels(octets: bytes, at: int) -> tuple[list[bytes], int]:
    labels: list[bytes] = []
    began = at
    while True:
        if at >= len(octets):
            raise ValueError("a name without an end")
        length = octets[at]
        if length >= 0xC0:
            raise ValueError("a compressed name")
        if length > LONGEST_LABEL_OCTETS:
            raise ValueError("a label of more than 63 octets")
        label = octets[at + 1 : at + 1 + length]
        at += 1 + length
        if at - began > LONGEST_NAME_OCTETS:
            raise ValueError("a name of more than 255 octets")
        if not length:
            return labels, at
        labels.append(label)


def _shown(labels: list[bytes], octets: bytes) -> Name:
    """As text where the text gives the same octets again."""
    try:
        text = b".".join(labels).decode("ascii") or "."
    except UnicodeDecodeError:
        return octets
    return text if text.isprintable() and name(text) == octets else octets
