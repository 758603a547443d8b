"""The simulated DHCPv6 server on its link, and what it does with each message (RFC 8415, 18.3)."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv6Address, IPv6Network
from typing import Any, ClassVar

from conformance.engine.stream import Stream

from ..wire import (
    ClientId,
    Confirm,
    Decline,
    Dhcp,
    IaAddr,
    IaNa,
    IaPd,
    IaPrefix,
    IaTa,
    InformationRequest,
    Malformed,
    Message,
    Option,
    RapidCommit,
    Rebind,
    Relayed,
    RelayForward,
    Release,
    Renew,
    Reply,
    Request,
    Solicit,
    Status,
    StatusCode,
)
from .bindings import Bindings, Key, Leased
from .options import Options
from .rules import Rules
from .stack import Stack

Ia = IaNa | IaTa | IaPd
FOREVER = 0xFFFFFFFF


@dataclass(frozen=True)
class Asked:
    """A message with where it came from: the prefix of the client's link (None where it is not known), whether it was
    sent to a unicast address, and whether it came through a relay agent.
    """

    message: Message
    link: IPv6Network | None
    unicast: bool
    relayed: bool

    @property
    def duid(self) -> bytes:
        found = self.message.first(ClientId)
        return bytes(found.duid) if found else b""


class Server:
    """One server. `stand` runs it on its link; the clock is the running loop's."""

    LINKS: ClassVar[tuple[str, ...]] = ("lan",)

    def __init__(self, rules: Rules | None = None, options: Options | None = None) -> None:
        self.rules = rules or Rules()
        self.options = options or Options()
        self.duid = self.rules.duid(self.options.duid)
        self.bindings = Bindings(self.options)

    @property
    def now_s(self) -> float:
        return asyncio.get_running_loop().time()

    async def stand(self, links: Mapping[str, Stream]) -> None:
        """Serve a link until it ends."""
        others = () if self.options.unicast is None else (self.options.unicast,)
        await Stack(links["lan"], self.options.mac, self.take, self.rules, *others).run()

    # Messages as they come.

    def take(self, message: Dhcp | Malformed, source: IPv6Address, *, unicast: bool) -> Dhcp | None:
        """The answer to a message, None for none."""
        if isinstance(message, Malformed):
            mended = self.rules.reads_malformed(message)
            if mended is None:
                return None
            message = mended
        if isinstance(message, Relayed):
            return self._from_relay(message, ()) if self.rules.is_forward(message) else None
        if not isinstance(message, Message):
            return None
        link = self.rules.link_of(source, self.options.links)
        return self.answer(Asked(message, link, unicast, relayed=False))

    def _from_relay(self, outer: Relayed, above: tuple[IPv6Address, ...]) -> Dhcp | None:
        return self.rules.answers_relay(outer, self._relayed(outer, above))

    def _relayed(self, outer: Relayed, above: tuple[IPv6Address, ...]) -> Dhcp | None:
        """The answer to what a relay agent hands on, still without its own Relay-reply."""
        inner = self.rules.relayed_message(outer)
        names = (*above, outer.link_address)
        if isinstance(inner, RelayForward):
            return self._from_relay(inner, names)
        if not isinstance(inner, Message):
            return None
        link = self.rules.relayed_link(names, self.options.links)
        return self.answer(Asked(inner, link, unicast=False, relayed=True))

    def answer(self, asked: Asked) -> Dhcp | None:
        """The answer to a client's message, None for none."""
        message, rules = asked.message, self.rules
        if not rules.accepts(message, self.duid):
            return None
        if asked.unicast and not rules.takes_unicast(message, self.options):
            return self._use_multicast(asked)
        made = self._made(asked)
        return None if made is None else rules.answer(made, message)

    def _use_multicast(self, asked: Asked) -> Dhcp | None:
        if not self.rules.says_use_multicast(asked.message, self.options):
            return None
        return self._reply(asked, Status(status_code=StatusCode.USE_MULTICAST))

    def _made(self, asked: Asked) -> Dhcp | None:
        message = asked.message
        match message:
            case Solicit():
                return self._solicited(asked, message)
            case Request():
                return self._reply(asked, *self._granted(asked, commit=True))
            case Renew():
                return self._reply(asked, *self._renewed(asked))
            case Rebind():
                return self._rebound(asked)
            case Confirm():
                return self._confirmed(asked)
            case Release():
                return self._reply(asked, *self._given_back(asked, declined=False))
            case Decline():
                return self._reply(asked, *self._given_back(asked, declined=True))
            case InformationRequest():
                return self._reply(asked)
        return self._reply(asked)  # only where a rule lets in what is for clients, or of an unknown type

    # Answers.

    def _reply(self, asked: Asked, *options: Option) -> Dhcp:
        return self._with_configuration(Reply(transaction_id=asked.message.transaction_id), asked, options)

    def _with_configuration(self, head: Any, asked: Asked, options: tuple[Option, ...]) -> Dhcp:
        identifiers = self.rules.identifiers(asked.message, self.duid)
        configuration = self.rules.configuration(asked.message, self.options)
        return replace(head, options=(*identifiers, *options, *configuration))  # type: ignore[no-any-return]

    def _solicited(self, asked: Asked, message: Solicit) -> Dhcp | None:
        rapid = message.first(RapidCommit) is not None and self.rules.commits_rapidly(self.options)
        ias = self._granted(asked, commit=rapid and self.rules.commits_before_reply())
        if rapid:
            return self._reply(asked, *ias, *self.rules.rapid_commit_option())
        head = self.rules.advertise(message)
        return self._with_configuration(head, asked, ias)

    def _key(self, asked: Asked, ia: Ia) -> Key:
        return self.rules.binding_key(asked.duid, ia)

    def _ias(self, asked: Asked) -> list[Ia]:
        """The IAs of a message that the server serves."""
        kinds = (IaNa, IaPd, IaTa) if self.rules.serves_temporary(self.options) else (IaNa, IaPd)
        return [option for option in asked.message.options if isinstance(option, kinds)]

    def _granted(self, asked: Asked, *, commit: bool) -> tuple[Option, ...]:
        """The IAs with what is leased for them: what is bound already, or something new."""
        ias = enumerate(self._ias(asked))
        return tuple(self._grant(asked, ia, commit=commit and self.rules.commits(index)) for index, ia in ias)

    def _grant(self, asked: Asked, ia: Ia, *, commit: bool) -> Option:
        key, rules = self._key(asked, ia), self.rules
        wanted = [each.ipv6_address for each in ia.every(IaAddr)]
        off = [address for address in wanted if not rules.suits(address, asked.link)]
        if off and rules.refuses_off_link(asked.message):
            return self._ia(ia, (Status(status_code=StatusCode.NOT_ON_LINK),))
        bound = self.bindings.get(key, self.now_s)
        leases = list(bound.leases) if bound and rules.keeps_existing() else []
        if not leases:
            network = self.options.delegated if isinstance(ia, IaPd) else asked.link
            chosen = self.bindings.choose(key, network, prefix=isinstance(ia, IaPd)) if network else None
            leases = [rules.chosen(key, ia, chosen)] if chosen is not None else []
        if not leases:
            return self._ia(ia, (rules.nothing_left(ia),))
        for lease in leases if commit else ():
            self.bindings.commit(key, lease, self.now_s + rules.committed_s(self.options))
        return self._ia(ia, self._leases(leases))

    def _leases(self, leases: list[Leased], *, ended: bool = False) -> tuple[Option, ...]:
        preferred, valid = (0, 0) if ended else self.rules.lifetimes(self.options)
        return tuple(lease_option(lease, preferred, valid) for lease in leases)

    def _ia(self, ia: Ia, inside: tuple[Option, ...]) -> Option:
        """An IA of an answer, with times that go with what it holds (21.4)."""
        if isinstance(ia, IaTa):
            return self.rules.ia(IaTa(iaid=ia.iaid, options=inside))
        t1, t2 = self.rules.times(inside)
        return self.rules.ia(type(ia)(iaid=ia.iaid, t1=t1, t2=t2, options=inside))

    # Renew and Rebind (18.3.4, 18.3.5).

    def _renewed(self, asked: Asked) -> tuple[Option, ...]:
        return tuple(self._extended(asked, ia, self.rules.creates_on_renew(self.options)) for ia in self._ias(asked))

    def _extended(self, asked: Asked, ia: Ia, creates: bool) -> Option:
        key = self._key(asked, ia)
        bound = self.bindings.get(key, self.now_s)
        if bound is None and creates:
            return self._grant(asked, ia, commit=True)
        if bound is None:
            return self.rules.no_binding(self._ia(ia, (Status(status_code=StatusCode.NO_BINDING),)))
        held = leases_of(ia)
        foreign = [lease for lease in held if lease not in bound.leases]
        for lease in list(bound.leases) if self.rules.extends() else ():
            self.bindings.commit(key, lease, self.now_s + self.rules.committed_s(self.options))
        inside = self._leases(list(bound.leases)) + self.rules.foreign_leases(self._leases(foreign, ended=True))
        return self._ia(ia, inside)

    def _rebound(self, asked: Asked) -> Dhcp | None:
        """Extend what is bound; say of what cannot be right on the link that it is over; be silent about the rest."""
        answers = []
        for ia in self._ias(asked):
            key = self._key(asked, ia)
            if self.bindings.get(key, self.now_s) or self.rules.creates_on_rebind(self.options):
                answers.append(self._extended(asked, ia, self.rules.creates_on_rebind(self.options)))
                continue
            held = leases_of(ia)
            wrong = [lease for lease in held if not self.rules.suits(lease, asked.link)]
            if wrong and self.rules.tells_wrong_leases():
                answers.append(self._ia(ia, self._leases(wrong, ended=True)))
            elif held and not wrong:
                answers.append(self.rules.no_binding(self._ia(ia, (Status(status_code=StatusCode.NO_BINDING),))))
        return None if not answers and self.rules.discards_empty_rebind() else self._reply(asked, *answers)

    # Confirm, Release and Decline (18.3.3, 18.3.7, 18.3.8).

    def _confirmed(self, asked: Asked) -> Dhcp | None:
        addresses = [each.ipv6_address for ia in asked.message.every(IaNa) for each in ia.every(IaAddr)]
        addresses += [each.ipv6_address for ia in asked.message.every(IaTa) for each in ia.every(IaAddr)]
        if not addresses and self.rules.ignores_empty_confirm():
            return None
        if asked.link is None and self.rules.ignores_unknown_link():
            return None
        good = all(self.rules.suits(address, asked.link) for address in addresses)
        return self._reply(asked, self.rules.confirmation(good=good))

    def _given_back(self, asked: Asked, *, declined: bool) -> tuple[Option, ...]:
        unknown: list[Option] = []
        for ia in self._ias(asked):
            key = self._key(asked, ia)
            bound = self.bindings.get(key, self.now_s)
            if bound is None:
                unknown.append(self.rules.no_binding(self._ia(ia, (Status(status_code=StatusCode.NO_BINDING),))))
                continue
            for lease in leases_of(ia):
                owner = self.bindings.owner(lease)
                if owner and (owner == key or self.rules.takes_foreign_leases(declined=declined)):
                    self._end(owner, lease, declined=declined)
        return (self.rules.done(declined=declined), *unknown)

    def _end(self, key: Key, lease: Leased, *, declined: bool) -> None:
        if declined:
            if self.rules.marks_declined():
                self.bindings.declined.add(lease)
            if self.rules.drops_declined():
                self.bindings.drop(key, lease)
        elif self.rules.frees_released():
            self.bindings.drop(key, lease)


def lease_option(lease: Leased, preferred: int, valid: int) -> Option:
    """The option for an address or a prefix."""
    if isinstance(lease, IPv6Network):
        return IaPrefix(
            preferred_lifetime=preferred, valid_lifetime=valid, prefix_length=lease.prefixlen,
            ipv6_prefix=lease.network_address,
        )  # fmt: skip
    return IaAddr(ipv6_address=lease, preferred_lifetime=preferred, valid_lifetime=valid)


def leases_of(ia: Ia) -> list[Leased]:
    """The addresses or prefixes that a client has put into an IA."""
    prefixes = [
        IPv6Network((each.ipv6_prefix, min(128, each.prefix_length)), strict=False) for each in ia.every(IaPrefix)
    ]
    return [*(each.ipv6_address for each in ia.every(IaAddr)), *prefixes]
