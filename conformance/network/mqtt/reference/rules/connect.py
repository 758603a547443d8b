"""Rules about CONNECT and CONNACK."""

import re
from typing import TYPE_CHECKING

from ...wire import Connect, Malformed, Packet
from ...wire.properties import PropertyId as P
from ..state import FOREVER_S, Session

if TYPE_CHECKING:
    from ..broker import Broker
    from ..connection import Connection

PLAIN = re.compile("[0-9A-Za-z]{1,23}")
"""Client Identifiers that every server takes (3.1.3-5)."""


class ConnectRules:
    """CONNECT and CONNACK (3.1, 3.2)."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        """Whether a malformed packet is taken for what it might mean (4.13.1-1: never)."""
        return False

    def taken_for(self, packet: Packet) -> Packet:
        """What a malformed packet that is overlooked is taken for."""
        return packet

    def connack_code_for(self, malformed: Malformed) -> int | None:
        """3.1.4-1, 3.2.2-6 of 3.1.1: a CONNECT that is malformed gets no CONNACK (in 5.0 it may)."""
        return None

    def tolerates_missing_connect(self, c: "Connection") -> bool:
        """3.1.0-1: the first packet is CONNECT."""
        return False

    def tolerates_second_connect(self, c: "Connection") -> bool:
        """3.1.0-2: a second CONNECT ends the connection."""
        return False

    def serves_level(self, level: int) -> bool:
        """3.1.2-2: the protocol versions served."""
        return level in (4, 5)

    def level_code(self, level: int) -> int:
        """3.1.2-2: the code for a version not served."""
        return 0x84 if level >= 5 else 1

    def accepts_client_id(self, c: "Connection", connect: Connect) -> bool:
        """3.1.3-5, -6; 3.1.3-8 of 3.1.1: whether the server takes this Client Identifier."""
        options = c.broker.options
        if not connect.client_id:
            return options.empty_client_ids and (connect.version >= 5 or connect.clean_start)
        return not options.plain_client_ids or PLAIN.fullmatch(str(connect.client_id)) is not None

    def client_id_code(self, c: "Connection", connect: Connect) -> int:
        """3.1.3-8, -9 of 3.1.1: the code for an identifier that is refused."""
        return 0x85 if c.version >= 5 else 2

    def accepts_credentials(self, c: "Connection", connect: Connect) -> bool:
        """3.1.4-2: who does not show the credentials asked for is not let in."""
        known = c.broker.options.credentials
        return not known or (connect.password is not None and known.get(str(connect.user_name)) == connect.password)

    def makes_session(self, connect: Connect) -> bool:
        """3.1.2-6 (3.1.1: 3.1.2-4): without a stored session there is a new one."""
        return True

    def code_for_valid_connect(self) -> int:
        """3.1.4-5 (3.1.1: 3.1.4-4): a CONNECT that is accepted gets CONNACK 0."""
        return 0

    def assigned_client_id(self, broker: "Broker") -> str:
        """3.1.3-6, 3.2.2-16: an id that no other session has."""
        broker.count += 1
        return f"assigned-{broker.count}"

    def told_client_id(self, assigned: str) -> str | None:
        """3.1.3-7: CONNACK tells the assigned id."""
        return assigned

    def refusal_closes(self, c: "Connection", code: int) -> bool:
        """3.2.2-7 (3.1.1: 3.2.2-5): after a CONNACK that refuses, the connection ends."""
        return True

    def session_present_on_refusal(self, stored: bool) -> bool:
        """3.2.2-6 (3.1.1: 3.2.2-4): 0 with any code but success."""
        return False

    def session_present(self, stored: bool, connect: Connect) -> bool:
        """3.2.2-2, -3: 1 only if a session was resumed."""
        return stored and not connect.clean_start

    def acknowledge_flags(self, present: bool) -> int:
        """3.2.2-1: bits 7 to 1 are 0."""
        return int(present)

    def resumes(self, connect: Connect) -> bool:
        """3.1.2-4, -5 (3.1.1: 3.1.2-4, -6): Clean Start throws a stored session away; else it goes on."""
        return not connect.clean_start

    def restores(self, s: Session) -> None:
        """3.1.2-5 (3.1.1: 3.1.2-4): all of it goes on."""

    def session_key(self, client_id: str) -> str:
        """3.1.3-2: the client id identifies the session."""
        return client_id

    def expiry_s(self, c: "Connection", connect: Connect) -> float:
        """3.1.2-23 (3.1.1: 3.1.2-4, -6): how long the session outlives its connection."""
        if connect.version < 5:
            return 0 if connect.clean_start else FOREVER_S
        return float(connect.properties.get(P.SESSION_EXPIRY_INTERVAL, 0))

    def takes_over(self) -> bool:
        """3.1.4-3 (3.1.1: 3.1.4-2): the older connection of the same client ends."""
        return True

    def processes_after_rejection(self) -> bool:
        """3.1.4-6 (3.1.1: 3.1.4-5): nothing after a rejected CONNECT counts."""
        return False

    def server_keep_alive(self, c: "Connection", asked: int) -> int | None:
        """3.2.2.3.14: the Keep Alive that the server puts in place of the client's; None for none."""
        longest = c.broker.options.keep_alive_maximum
        return longest if c.version >= 5 and longest and not 0 < asked <= longest else None

    def keep_alive(self, asked: int, told: int | None) -> int:
        """3.2.2-22: the client's value counts unless CONNACK told another."""
        return asked if told is None else told

    def keep_alive_limit_s(self, keep_alive: int) -> float:
        """3.1.2-22 (3.1.1: 3.1.2-24): 1.5 times Keep Alive; 0 for none."""
        return keep_alive * 1.5

    def response_information(self, connect: Connect) -> bool:
        """3.1.2-28: Response Information only to those who asked."""
        return bool(connect.properties.get(P.REQUEST_RESPONSE_INFORMATION, 0))

    def connack_comes_first(self) -> bool:
        """3.2.0-1: before anything that waits for the client."""
        return True

    def connacks(self, connack: Packet, connect: Connect) -> list[Packet]:
        """3.2.0-2: CONNACK comes once."""
        return [connack]
