"""What one variant of the reference offers; the standard leaves all of it to the server."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Options:
    """Limits and features of a broker, as CONNACK tells them (5.0, 3.2.2.3)."""

    receive_maximum: int = 20
    topic_alias_maximum: int = 10
    maximum_packet_size: int = 262_144
    maximum_qos: int = 2
    retain_available: bool = True
    wildcard_subscriptions: bool = True
    subscription_identifiers: bool = True
    shared_subscriptions: bool = True
    keep_alive_maximum: int = 0
    """The longest Keep Alive in seconds that is left to the client; 0 for no limit."""
    plain_client_ids: bool = False
    """Whether only 1 to 23 letters and digits are taken as a Client Identifier."""
    empty_client_ids: bool = True
    copies: bool = False
    """Whether a message comes once for each matching subscription, rather than once for all."""
    authentication_method: str | None = None
    """The method of enhanced authentication that is offered, and the passwords for it by user name."""
    authentication_passwords: Mapping[str, str] = field(default_factory=dict)
    credentials: Mapping[str, bytes] = field(default_factory=dict)
    """Passwords by user name; everybody is let in where there are none."""
