"""The simulated MQTT server, conforming to 3.1.1 and 5.0, in memory or on sockets. Faults override its rules."""

from typing import Any

from conformance.engine.reference import Fault, faulty

from .broker import Broker
from .limited import VARIANTS
from .rules import Rules

NAME = "mqtt-broker"
IXIT: dict[str, dict[str, Any]] = {"mqtt": {"url": "mqtt://127.0.0.1:1883", "forbidden_topic": "iic/forbidden/x"}}
CLAIMS: dict[str, dict[str, Any]] = {
    "mqtt-3.1.1/server": {"authorisation_rules": True},
    "mqtt-5.0/server": {"authorisation_rules": True},
}


def make(fault: Fault | None = None) -> Broker:
    """A broker that conforms, but for the fault given."""
    return Broker(faulty(Rules, fault))


__all__ = ["CLAIMS", "IXIT", "NAME", "VARIANTS", "Broker", "Rules", "make"]
