"""Rules about answers as a whole: identifiers, configuration, ports, addresses (RFC 8415, 18.3, 18.3.9, 18.3.10)."""

from collections.abc import Sequence
from ipaddress import IPv6Address
from typing import Any

from ....ipv6.wire import Ipv6, Udp
from ...wire import (
    Advertise,
    ClientId,
    Dhcp,
    DnsServers,
    DomainList,
    Duid,
    InfMaxRt,
    InformationRefreshTime,
    InformationRequest,
    Message,
    Option,
    OptionRequest,
    Preference,
    RapidCommit,
    ServerId,
    ServerUnicast,
    Solicit,
    SolMaxRt,
    UserClass,
    VendorOpts,
    name,
)


class AnswerRules:
    """What is decided about every answer."""

    # On the wire (7.1, 7.2, 18.3.10).

    def groups(self, groups: Sequence[IPv6Address]) -> Sequence[IPv6Address]:
        return groups

    def hears(self, ip: Ipv6, udp: Udp) -> bool:
        """A datagram for its port and one of its addresses, from any port and with any hop limit."""
        return True

    def source_port(self, port: int) -> int:
        return port

    def answer_port(self, usual: int, asked_from: int) -> int:
        """To the port of clients, or of relay agents, wherever the message came from."""
        return usual

    def answer_to(self, source: IPv6Address, mac: bytes) -> tuple[IPv6Address, bytes]:
        return source, mac

    # Content.

    def identifiers(self, message: Message, duid: Duid) -> tuple[Option, ...]:
        """The server's own, and the client's as it sent it (18.3)."""
        client = message.first(ClientId)
        return (ServerId(duid=duid), *((ClientId(duid=client.duid),) if client else ()))

    def answer(self, answer: Dhcp, message: Message) -> Dhcp:
        return answer

    def duid(self, duid: Duid) -> Duid:
        """What it is set to, for good (11)."""
        return duid

    def advertise(self, solicit: Solicit) -> Message:
        return Advertise(transaction_id=solicit.transaction_id)

    def commits_rapidly(self, options: Any) -> bool:
        return bool(options.rapid_commit)

    def commits_before_reply(self) -> bool:
        return True

    def rapid_commit_option(self) -> tuple[Option, ...]:
        return (RapidCommit(),)

    def configuration(self, message: Message, options: Any) -> tuple[Option, ...]:
        """What the client asks for by code, as far as the server has it; and what it is told unasked."""
        wanted = self.requested(message)
        offered = self.offered(message, options)
        asked = [option for option in offered if option.option_code in wanted]
        return (*asked, *self.unasked(message, options))

    def requested(self, message: Message) -> frozenset[int]:
        found = message.first(OptionRequest)
        return frozenset(found.requested_option_codes) if found else frozenset()

    def offered(self, message: Message, options: Any) -> list[Option]:
        """All that the server is configured to return when it is asked for."""
        made: list[Option] = []
        if options.dns_servers:
            made.append(DnsServers(addresses=options.dns_servers))
        if options.domains:
            made.append(DomainList(searchlist=tuple(self.domain(each) for each in options.domains)))
        if options.sol_max_rt is not None:
            made.append(SolMaxRt(sol_max_rt_value=options.sol_max_rt))
        if options.inf_max_rt is not None:
            made.append(InfMaxRt(inf_max_rt_value=options.inf_max_rt))
        if options.information_refresh_time is not None and isinstance(message, InformationRequest):
            made.append(InformationRefreshTime(information_refresh_time=options.information_refresh_time))
        if options.vendor_options:
            made.append(VendorOpts(enterprise_number=options.enterprise, vendor_option_data=options.vendor_options))
        if options.unicast is not None and options.edition == 8415:
            made.append(ServerUnicast(server_address=options.unicast))
        return made

    def domain(self, text: str) -> Any:
        return name(text)

    def unasked(self, message: Message, options: Any) -> tuple[Option, ...]:
        """A preference for clients that choose a server, and the classes that it has interpreted."""
        chosen = options.preference if isinstance(message, Solicit) else None
        preference = () if chosen is None else (Preference(pref_value=chosen),)
        classes = (UserClass(user_class_data=options.user_classes),) if options.user_classes else ()
        return (*preference, *classes)
