"""Which messages are answered, and by whom an answer says to be (RFC 8415, 18.1, 18.3, 18.3.3 to 18.3.8)."""

from dataclasses import replace
from typing import Any

from ..reference import Rules
from ..wire import (
    Advertise,
    ClientId,
    Confirm,
    Decline,
    DomainList,
    Duid,
    IaAddr,
    IaNa,
    IaPd,
    InformationRequest,
    Message,
    OptionCode,
    Rebind,
    Release,
    Renew,
    Request,
    ServerId,
    Solicit,
    Status,
)
from .registry import FAULTS, server
from .rewriting import ByDefault, Rewriting, within

SEVERAL = 2
DNS = (OptionCode.DNS_SERVERS, OptionCode.DOMAIN_LIST)
TYPED = {
    Request: "18.3.2-1", Confirm: "18.3.3-6", Renew: "18.3.4-7a", Rebind: "18.3.5-8a", InformationRequest: "18.3.6-4",
    Release: "18.3.7-2", Decline: "18.3.8-3a",
}  # fmt: skip
"""For each message that is answered with a Reply, the requirement that says so."""
NAMED = {
    Confirm: ("18.3.3-5",), Renew: ("18.3.4-7b",), Rebind: ("18.3.5-8b",), InformationRequest: ("18.3.6-1",),
}  # fmt: skip
"""Whose Reply has the identifiers of both, and the requirement that says so."""
ASKING = {Renew: "18.3.4-11", Rebind: "18.3.5-11", InformationRequest: "18.3.6-6"}
"""Whose Reply has what was asked for, and the requirement that says so."""
TIMED = {Renew: "18.3.4-7c", Rebind: "18.3.5-8c"}
"""Whose Reply has one T1 and one T2, and the requirement that says so."""


def unanswered(kind: type[Message]) -> type:
    class Made(ByDefault):
        KINDS = (kind,)

        def change(self, answer: Message, message: Message) -> Any:
            held = len(message.every(IaNa)) + len(message.every(IaPd))
            return None if held == SEVERAL or self.requested(message) == set(DNS) else answer

    Made.__doc__ = f"A {kind.TITLE} with two IAs, or that asks for DNS servers, gets no answer."
    return Made


def rewriting(kind: type[Message], summary: str, make: Any) -> type:
    class Made(Rewriting):
        KINDS = (kind,)

        def change(self, answer: Message, message: Message) -> Message:
            made: Message = make(answer)
            return made

    Made.__doc__ = summary
    return Made


def advertising(kind: type[Message]) -> type:
    class Made(Rewriting):
        KINDS = (kind,)

        def change(self, answer: Message, message: Message) -> Message:
            special = isinstance(message, InformationRequest) and (message.first(ServerId) or self.requested(message))
            return answer if special else advertise(answer)

    Made.__doc__ = f"A {kind.TITLE} is answered with an Advertise."
    return Made


def advertise(answer: Message) -> Message:
    """An Advertise in place of a Reply, where that is about what the client has."""
    ended = [each for ia in answer.every(IaNa) for each in ia.options if each.option_code != OptionCode.IAADDR]
    ended += [each for ia in answer.every(IaNa) for each in ia.every(IaAddr) if not each.valid_lifetime]
    if ended or any(ia.first(Status) for ia in answer.every(IaPd)) or answer.first(ClientId) is None:
        return answer
    return Advertise(transaction_id=answer.transaction_id, options=answer.options)


def other_times(answer: Message) -> Message:
    last = answer.every(IaNa)[-1:]
    return within(answer, IaNa, lambda ia: replace(ia, t1=0, t2=0) if ia.iaid == last[0].iaid else ia)


def add(id_: str, made: type, *breaks: str) -> None:
    FAULTS.add(id_, *server(*(f"rfc8415:{each}" for each in breaks)))(made)


for _kind, _id in TYPED.items():
    _name = _kind.TITLE.lower()
    add(f"{_name}-unanswered", unanswered(_kind), "18.3-1b")
    if _kind is not Request:
        add(f"{_name}-answered-with-advertise", advertising(_kind), _id)
for _kind, _ids in NAMED.items():
    _summary = f"The Reply to a {_kind.TITLE} has no Server Identifier."
    made = rewriting(_kind, _summary, lambda answer: answer.without(ServerId))
    add(f"{_kind.TITLE.lower()}-reply-without-server", made, "18.3-2", *_ids)
for _kind, _id in ASKING.items():
    _summary = f"The Reply to a {_kind.TITLE} has no domain search list."
    made = rewriting(_kind, _summary, lambda answer: answer.without(DomainList))
    add(f"{_kind.TITLE.lower()}-reply-without-domains", made, "18.3-3", _id)
for _kind, _id in TIMED.items():
    _summary = f"In the Reply to a {_kind.TITLE} of several IAs the last leaves T1 and T2 to the client."
    add(f"{_kind.TITLE.lower()}-times-differ", rewriting(_kind, _summary, other_times), "18.1-1", _id)


@FAULTS.add("solicit-of-a-known-client-unanswered", *server("rfc8415:18.3-1a"))
class _(Rules):
    """A client that has made a Request gets no answer to another Solicit."""

    def __init__(self) -> None:
        self.known: set[bytes] = set()

    def accepts(self, message: Message, duid: Duid) -> bool:
        client = b"".join(bytes(option) for option in message.options if option.option_code == 1)
        if isinstance(message, Request):
            self.known.add(client)
        return not (isinstance(message, Solicit) and client in self.known) and super().accepts(message, duid)
