"""More variants of the simulated broker: with narrow limits, and with a copy of each message for each subscription."""

from typing import Any

from conformance.engine.reference import Fault, faulty
from conformance.engine.variants import Variant

from .broker import Broker
from .options import Options
from .rules import Rules

LIMITS = Options(
    receive_maximum=2,
    topic_alias_maximum=0,
    maximum_packet_size=1024,
    maximum_qos=1,
    retain_available=False,
    wildcard_subscriptions=False,
    subscription_identifiers=False,
    shared_subscriptions=False,
    keep_alive_maximum=4,
    plain_client_ids=True,
    empty_client_ids=False,
    credentials={"iic": b"the password of the reference"},
)
IXIT: dict[str, dict[str, Any]] = {
    "mqtt": {
        "url": "mqtt://127.0.0.1:1883",
        "username": "iic",
        "password": LIMITS.credentials["iic"].decode(),
        "forbidden_topic": "iic/forbidden/x",
    }
}
BOTH = {
    "maximum_qos": LIMITS.maximum_qos,
    "retain_available": False,
    "wildcard_subscriptions": False,
    "empty_client_id": False,
    "authentication_required": True,
    "authorisation_rules": True,
}
CLAIMS: dict[str, dict[str, Any]] = {
    "mqtt-3.1.1/server": BOTH,
    "mqtt-5.0/server": BOTH | {"shared_subscriptions": False, "subscription_identifiers": False},
}


def limited(fault: Fault | None = None) -> Broker:
    """A broker that leaves out what the standard lets it leave out, and asks for credentials."""
    return Broker(faulty(Rules, fault), LIMITS)


def copying(fault: Fault | None = None) -> Broker:
    """A broker that sends a message once for each matching subscription."""
    return Broker(faulty(Rules, fault), Options(copies=True))


VARIANTS = (
    Variant("mqtt-broker-limited", limited, CLAIMS, IXIT),
    Variant(
        "mqtt-broker-copying",
        copying,
        {"mqtt-3.1.1/server": {}, "mqtt-5.0/server": {}},
        {"mqtt": {"url": "mqtt://127.0.0.1:1883"}},
    ),
)
