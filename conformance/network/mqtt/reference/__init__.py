"""The simulated MQTT server, conforming to 3.1.1 and 5.0, in memory or on sockets. Faults override its rules."""

from typing import Any

from conformance.engine.reference import Fault, faulty

from .broker import Broker
from .limited import VARIANTS
from .options import Options
from .rules import Rules

NAME = "mqtt-broker"
OPTIONS = Options(
    authentication_method="SCRAM-SHA-256", authentication_passwords={"iic": "the password of the reference"}
)
IXIT: dict[str, dict[str, Any]] = {
    "mqtt": {
        "url": "mqtt://127.0.0.1:1883",
        "ws_url": "ws://127.0.0.1:1883/mqtt",
        "forbidden_topic": "iic/forbidden/x",
        "authentication": {
            "method": OPTIONS.authentication_method,
            "username": "iic",
            "password": OPTIONS.authentication_passwords["iic"],
        },
    }
}
CLAIMS: dict[str, dict[str, Any]] = {
    "mqtt-3.1.1/server": {"authorisation_rules": True, "websocket": True},
    "mqtt-5.0/server": {"authorisation_rules": True, "websocket": True, "enhanced_authentication": True},
}


def make(fault: Fault | None = None) -> Broker:
    """A broker that conforms, but for the fault given."""
    return Broker(faulty(Rules, fault), OPTIONS)


__all__ = ["CLAIMS", "IXIT", "NAME", "VARIANTS", "Broker", "Rules", "make"]
