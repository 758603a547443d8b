"""Data representations of MQTT (3.1.1 and 5.0, section 1.5), in both directions."""

Text = str | bytes
"""A string field: text, or raw octets where the text would be ill-formed."""


def variable_byte_integer(value: int) -> bytes:
    """The shortest form (3.1.1, 2.2.3; 5.0, 1.5.5). Above 268,435,455 it takes five octets, which no clause allows."""
    if value < 128:
        return bytes((value,))
    out = bytearray()
    while True:
        value, octet = value >> 7, value & 127
        if not value:
            out.append(octet)
            return bytes(out)
        out.append(octet | 128)


def read_variable_byte_integer(data: bytes, at: int) -> tuple[int, int] | None:
    """The value at an offset and the offset behind it; None when octets are missing.

    Raises ValueError beyond four octets.
    """
    value = shift = 0
    for i in range(at, min(at + 4, len(data))):
        octet = data[i]
        value |= (octet & 127) << shift
        if octet < 128:
            return value, i + 1
        shift += 7
    if len(data) - at >= 4:
        raise ValueError("a Variable Byte Integer has at most four octets")
    return None


def octets(text: Text) -> bytes:
    """A text field's octets; surrogates are written as they stand."""
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")


def string(text: Text) -> bytes:
    """A UTF-8 string or binary field with its two-octet length (cut to 16 bits when there is more)."""
    data = octets(text)
    return (len(data) & 0xFFFF).to_bytes(2, "big") + data
