"""Messages of clients that are taken although they are not valid (RFC 8415, 16.2 to 16.12)."""

from typing import Any

from ..reference import Rules
from ..wire import (
    Confirm,
    Decline,
    Duid,
    InformationRequest,
    Message,
    Rebind,
    Release,
    Renew,
    Request,
    ServerId,
    Solicit,
)
from .registry import FAULTS, server

OURS = {Request: "16.4", Renew: "16.6", Decline: "16.8", Release: "16.9"}
"""Messages to one server, and the clause of each."""
CLIENTS = {Solicit: "16.2-1", Confirm: "16.5-1", Rebind: "16.7-1"} | {
    kind: f"{clause}-3" for kind, clause in OURS.items()
}
"""Messages that need a Client Identifier, and the requirement that says so."""
NO_SERVER = {Solicit: "16.2-2", Confirm: "16.5-2", Rebind: "16.7-2"}
"""Messages that name no server, and the requirement that says so."""


def without_client(kind: type[Message]) -> type:
    """Rules that let messages of a kind in without a Client Identifier, and know the client by the IAID alone."""

    class Made(Rules):
        def __init__(self) -> None:
            self.seen: dict[tuple[int, int], bytes] = {}

        def binding_key(self, duid: bytes, ia: Any) -> tuple[bytes, int, int]:
            known = self.seen.setdefault((ia.option_code, ia.iaid), duid)
            return super().binding_key(duid or known, ia)

        def has_client(self, message: Message) -> bool:
            return isinstance(message, kind) or super().has_client(message)

    Made.__doc__ = f"A {kind.TITLE} is taken without a Client Identifier."
    return Made


def without_server(kind: type[Message]) -> type:
    """Rules that let messages of a kind in that name no server."""

    class Made(Rules):
        def names_right_server(self, message: Message, duid: Duid) -> bool:
            named = message.first(ServerId) is not None
            return (isinstance(message, kind) and not named) or super().names_right_server(message, duid)

    Made.__doc__ = f"A {kind.TITLE} is taken without a Server Identifier."
    return Made


def with_other_server(kind: type[Message]) -> type:
    """Rules that let messages of a kind in that name another server, or any where they should name none."""

    class Made(Rules):
        def names_right_server(self, message: Message, duid: Duid) -> bool:
            named = message.first(ServerId) is not None
            return (isinstance(message, kind) and named) or super().names_right_server(message, duid)

    Made.__doc__ = f"A {kind.TITLE} is taken with the Server Identifier of another server."
    return Made


def add(what: str, kind: type[Message], id_: str, made: type) -> None:
    FAULTS.add(f"{kind.TITLE.lower()}-{what}", *server(f"rfc8415:{id_}"))(made)


for _kind, _id in CLIENTS.items():
    add("without-client-identifier", _kind, _id, without_client(_kind))
for _kind, _clause in OURS.items():
    add("without-server-identifier", _kind, f"{_clause}-1", without_server(_kind))
    add("to-another-server", _kind, f"{_clause}-2", with_other_server(_kind))
for _kind, _id in (NO_SERVER | {InformationRequest: "16.12-1"}).items():
    add("with-server-identifier", _kind, _id, with_other_server(_kind))


@FAULTS.add("information-request-to-the-server-unanswered", *server("rfc8415:16.12-1"))
class _(Rules):
    """An Information-request that names the server is discarded."""

    def names_right_server(self, message: Message, duid: Duid) -> bool:
        named = isinstance(message, InformationRequest) and message.first(ServerId) is not None
        return not named and super().names_right_server(message, duid)


@FAULTS.add("information-request-with-ia", *server("rfc8415:16.12-2"))
class _(Rules):
    """An Information-request with an IA is answered."""

    def has_right_options(self, message: Message) -> bool:
        return True
