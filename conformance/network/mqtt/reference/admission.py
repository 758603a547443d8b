"""CONNECT: who is let in, with which session, and what CONNACK says."""

from typing import Any

from ..wire import Connack, Connect, Malformed, Packet, Properties, decode
from ..wire.properties import PropertyId as P
from .connection import Connection, Refused, with_properties
from .state import Session


class Admission(Connection):
    """The beginning of a conversation (3.1, 3.2)."""

    def on_connect(self, connect: Connect) -> None:
        level = connect.version if connect.protocol_level is None else connect.protocol_level
        self.version = 5 if level >= 5 else 4
        self.receive_maximum = connect.properties.get(P.RECEIVE_MAXIMUM, 65535)
        self.maximum_packet_size = connect.properties.get(P.MAXIMUM_PACKET_SIZE, 1 << 28)
        self.client_alias_maximum = connect.properties.get(P.TOPIC_ALIAS_MAXIMUM, 0)
        code = self._reason_to_refuse(connect, level)
        if code is None:
            self.end(will=False)
        elif code:
            self.refuse_connect(connect, code)
        else:
            self.admit(connect)

    def admit(self, connect: Connect) -> None:
        """Accept a CONNECT that there is no reason to refuse."""
        self.accept(connect)

    def _reason_to_refuse(self, connect: Connect, level: int) -> int | None:
        """The code of CONNACK that refuses this CONNECT; 0 to accept it; None to close without CONNACK."""
        rules, v5 = self.rules, self.version >= 5
        if not rules.serves_level(level):
            return rules.level_code(level)
        if not rules.accepts_client_id(self, connect):
            return rules.client_id_code(self, connect)
        if not rules.serves_method(self, connect.properties.get(P.AUTHENTICATION_METHOD)):
            return 0x8C
        if not rules.accepts_credentials(self, connect):
            return 0x86 if v5 else 4
        if not rules.makes_session(connect) and connect.client_id not in self.broker.sessions:
            return 0x80 if v5 else 3
        if not rules.serves_will(self, connect.will):
            return rules.will_code(self, connect.will) if v5 else None
        return rules.code_for_valid_connect()

    def refuse_connect(self, connect: Connect, code: int) -> None:
        """Answer with a CONNACK that refuses, and end."""
        stored = self.rules.session_key(str(connect.client_id)) in self.broker.sessions
        flags = int(self.rules.session_present_on_refusal(stored))
        self.send(Connack(acknowledge_flags=flags, reason_code=code))
        self.deaf = True
        if self.rules.processes_after_rejection():
            self._serve_behind(connect)
        if self.rules.refusal_closes(self, code):
            self.end(will=False)

    def _serve_behind(self, connect: Connect) -> None:
        """Serve what came in one piece with a refused CONNECT."""
        self.version = connect.version
        self.accept(connect, announce=False)
        data, event = self.behind, None
        while data:
            event, data = decode(data, version=self.version, sender="client")
            if event is None or isinstance(event, Malformed):
                break
            self.handle(event)

    def accept(self, connect: Connect, *, announce: bool = True, last: bytes = b"") -> None:
        """Take or resume the session and answer with CONNACK; `last` is the last word of an authentication."""
        rules, broker = self.rules, self.broker
        self.connect = connect
        client_id = str(connect.client_id) or rules.assigned_client_id(broker)
        self.aliases, self.sent_aliases = rules.aliases(self, client_id)
        key = rules.session_key(client_id)
        self._take_over(key)
        old = broker.sessions.get(key)
        session = self._session(key, old, connect)
        self.session, session.connection, session.version = session, self, self.version
        session.expiry_s = rules.expiry_s(self, connect)
        keep_alive = rules.server_keep_alive(self, connect.keep_alive)
        self.start_keep_alive(rules.keep_alive(connect.keep_alive, keep_alive))
        if not rules.connack_comes_first():
            self.resume(session)
        if announce:
            connack = self._connack(connect, present=old is not None, assigned=client_id, keep_alive=keep_alive)
            connack = with_properties(connack, rules.connack_authentication(connect, last))
            for packet in rules.connacks(connack, connect):
                self.send(packet)
        self.resume(session)
        broker.send_unasked(session)

    def _take_over(self, key: str) -> None:
        """3.1.4-3 (3.1.1: 3.1.4-2): the older connection of the same client ends."""
        old = self.broker.sessions.get(key)
        if not old or not old.connection:
            return
        if self.rules.takes_over():
            old.connection.refuse(Refused(0x8E))
        else:
            old.connection.deaf = True
            old.connection.session = None

    def _session(self, key: str, old: Session | None, connect: Connect) -> Session:
        if old and self.rules.resumes(connect):
            self.broker.returned(old)
            return old
        if old:
            self.broker.drop_session(old)
        session = self.broker.sessions[key] = Session(key)
        return session

    def _connack(self, connect: Connect, *, present: bool, assigned: str, keep_alive: int | None) -> Packet:
        rules = self.rules
        pairs: list[tuple[int, Any]] = []
        if not connect.client_id and (told := rules.told_client_id(assigned)) is not None:
            pairs.append((P.ASSIGNED_CLIENT_IDENTIFIER, told))
        if keep_alive is not None and self.version >= 5:
            pairs.append((P.SERVER_KEEP_ALIVE, keep_alive))
        if rules.response_information(connect):
            pairs.append((P.RESPONSE_INFORMATION, "reply/"))
        flags = rules.acknowledge_flags(rules.session_present(present, connect))
        announced = Properties((*pairs, *rules.announced(self.broker.options)))
        return Connack(version=self.version, acknowledge_flags=flags, properties=announced)
