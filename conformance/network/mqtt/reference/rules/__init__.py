"""The rules of an MQTT server, one method each. The reference follows them; a fault overrides exactly one.

Clauses are those of 5.0, and of 3.1.1 where that is said. `c` is the connection, `s` a session, `m` a message.
"""

from .authentication import AuthenticationRules
from .connect import ConnectRules
from .delivery import DeliveryRules
from .ending import EndingRules
from .limits import LimitRules
from .problems import ProblemRules
from .publish import PublishRules, RetainRules
from .routing import RoutingRules
from .session import SessionRules
from .shared import SharedRules
from .subscribe import SubscribeRules
from .websocket import WebSocketRules
from .will import WillRules


class Rules(
    ConnectRules,
    WillRules,
    PublishRules,
    RetainRules,
    RoutingRules,
    DeliveryRules,
    SubscribeRules,
    SharedRules,
    SessionRules,
    EndingRules,
    AuthenticationRules,
    WebSocketRules,
    ProblemRules,
    LimitRules,
):
    """All rules of the conforming broker."""


__all__ = ["Rules"]
