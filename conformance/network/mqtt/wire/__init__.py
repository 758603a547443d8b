"""The MQTT codec, versions 3.1.1 and 5.0: octets to packets and back, able to say every wrong thing. No I/O."""

from .decode import decode
from .flaws import CODES, Flaw, Malformed
from .packets import (
    Auth,
    Connack,
    Connect,
    Disconnect,
    Packet,
    Pingreq,
    Pingresp,
    Puback,
    Pubcomp,
    Publish,
    Pubrec,
    Pubrel,
    Suback,
    Subscribe,
    Subscription,
    Unsuback,
    Unsubscribe,
    Will,
)
from .primitives import Text, string, variable_byte_integer
from .properties import ALLOWED, LEFT_OUT, NONE, TYPES, Properties, PropertyId, properties
from .reasons import REASONS
from .show import describe

__all__ = [
    "ALLOWED",
    "CODES",
    "LEFT_OUT",
    "NONE",
    "REASONS",
    "TYPES",
    "Auth",
    "Connack",
    "Connect",
    "Disconnect",
    "Flaw",
    "Malformed",
    "Packet",
    "Pingreq",
    "Pingresp",
    "Properties",
    "PropertyId",
    "Puback",
    "Pubcomp",
    "Publish",
    "Pubrec",
    "Pubrel",
    "Suback",
    "Subscribe",
    "Subscription",
    "Text",
    "Unsuback",
    "Unsubscribe",
    "Will",
    "decode",
    "describe",
    "properties",
    "string",
    "variable_byte_integer",
]
