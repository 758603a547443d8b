"""RFC 8415, 11 to 13: DUIDs, IAs, and which addresses a client gets."""

from dataclasses import replace
from ipaddress import IPv6Network
from uuid import UUID

import pytest

from conformance.engine import Unready, check, negative

from .asking import conversation, forward, leases, prefix, same_ia, status, still_bound, unicast_address
from .bind import server
from .client import Client, Lease
from .provide import Fresh
from .wire import (
    Advertise,
    Duid,
    DuidEn,
    DuidLlt,
    DuidOpaque,
    DuidUuid,
    Holder,
    IaAddr,
    IaNa,
    IaPd,
    RelayForward,
    RelayMessage,
    RelayReply,
    Release,
    Reply,
    Request,
    ServerId,
    Solicit,
    describe,
)

NEW_CLIENTS = 8
NEAR = 1 << 16
"""Within how many addresses those of clients that come one after the other can be guessed, when they rise."""


def duid(client: Client, kind: str) -> Duid:
    """A DUID of a kind, which no other client has."""
    some = client.case.rng.randbytes
    made: dict[str, Duid] = {
        "LLT": DuidLlt(time=client.case.rng.getrandbits(32), link_layer_address=client.mac),
        "EN": DuidEn(enterprise_number=32473, identifier=some(12)),
        "UUID": DuidUuid(uuid=UUID(bytes=some(16))),
        "unknown type": DuidOpaque(octets=b"\xfe\x07" + some(10)),
        "reserved type": DuidOpaque(octets=b"\0\0" + some(10)),
        "longest": DuidEn(enterprise_number=32473, identifier=some(LONGEST_OCTETS - 4)),
        "shortest": DuidOpaque(octets=b"\xfe\x07" + some(1)),
        "LLT of no hardware": DuidOpaque(octets=b"\0\1" + some(7)),
    }
    return made[kind]


LONGEST_OCTETS = 128
"""Of a DUID behind its type (11.1)."""
KINDS = ("LLT", "EN", "UUID", "unknown type", "reserved type", "LLT of no hardware")


@server("rfc8415:11-1a")
async def test_duids_that_differ_in_an_octet_are_two_clients(client: Client) -> None:
    """Two clients whose DUIDs differ in their last octet have bindings of their own."""
    octets = client.case.rng.randbytes(12)
    iaid = client.iaid()
    client.duid = DuidOpaque(octets=b"\xfe\x07" + octets + b"\x01")
    one = await client.leased(replace(client.ia(), iaid=iaid))
    client.duid = DuidOpaque(octets=b"\xfe\x07" + octets + b"\x02")
    other = await client.leased(replace(client.ia(), iaid=iaid))
    check_apart(one, other)


def check_apart(one: Lease, other: Lease) -> None:
    """Two leases have nothing in common. Raises Nonconformity."""
    both = set(leases(one.ia)) & set(leases(other.ia))
    check(not both, "two clients have the same lease", got=sorted(map(str, both)))


@server("rfc8415:11-1c")
@pytest.mark.parametrize("kind", KINDS)
@negative
async def test_a_client_with_any_duid_is_served(client: Client, kind: str) -> None:
    """Clients with DUIDs of all types, known or not, are served alike."""
    client.duid = duid(client, kind)
    await client.asks(client.message(Solicit, client.ia()), Advertise | Reply)


@server("rfc8415:11-1a")
@pytest.mark.parametrize("length", ["shortest", "longest"])
@negative
async def test_a_client_with_a_duid_of_any_length_is_served(client: Client, length: str) -> None:
    """So are clients with the shortest and the longest DUID that there can be."""
    client.duid = duid(client, length)
    await client.asks(client.message(Solicit, client.ia()), Advertise | Reply)


@server("rfc8415:11-3")
async def test_the_server_has_one_duid(client: Client) -> None:
    """All messages of the server have the same Server Identifier."""
    found = [each.answer.first(ServerId) for each in await conversation(client)]
    duids = {each.duid for each in found if each} | {client.server.duid}
    check(len(duids) == 1, "the server has several DUIDs", got=sorted(bytes(each).hex() for each in duids))


async def check_same_after_restart(fresh: Fresh) -> None:
    """The server has the same DUID after it has been started again. Raises Nonconformity."""
    before = (await fresh.client()).server.duid
    await fresh.restart()
    after = (await fresh.client()).server.duid
    check(before == after, "the DUID is another after a restart", expected=bytes(before).hex(), got=bytes(after).hex())


@server("rfc8415:11-2", "rfc8415:11.2-3")
async def test_the_duid_outlives_a_restart(fresh: Fresh) -> None:
    """The server's DUID is the same after a restart."""
    await check_same_after_restart(fresh)


@server("rfc8415:11.3-1b")
async def test_an_assigned_duid_outlives_a_restart(fresh: Fresh) -> None:
    """So is one that a vendor has assigned."""
    await check_same_after_restart(fresh)


@server("rfc8415:11.5-1")
async def test_a_duid_uuid_has_16_octets(client: Client) -> None:
    """Behind the type of a DUID-UUID stand 16 octets."""
    octets = bytes(client.server.duid)
    if octets[:2] != b"\0\4":
        raise Unready("the server's DUID is no DUID-UUID")
    check(len(octets) == 18, "the DUID-UUID has not 16 octets", got=octets.hex())


# IAs.


@server("rfc8415:12-1")
async def test_an_iaid_counts_within_its_type(client: Client) -> None:
    """An IA_NA and an IA_PD with one IAID are two IAs: each has its leases, and one ends without the other."""
    iaid = client.iaid()
    na, pd = IaNa(iaid=iaid), IaPd(iaid=iaid)
    lease = await client.leased(na)
    reply = await client.obtained(client.to_server(Request, pd))
    delegated = same_ia(reply, pd)
    networks = [each for each in leases(delegated) if isinstance(each, IPv6Network)]
    check(delegated and networks, "an IA_PD with the IAID of an IA_NA gets no prefix", got=describe(reply))
    await client.obtained(client.to_server(Release, delegated or pd))
    check(await still_bound(client, lease), "the IA_NA ended with the IA_PD")


@server("rfc8415:12-2")
async def test_an_ia_belongs_to_its_client(client: Client) -> None:
    """Two clients that use one IAID have two bindings."""
    iaid = client.iaid()
    one = await client.leased(replace(client.ia(), iaid=iaid))
    client.duid = duid(client, "UUID")
    other = await client.leased(replace(client.ia(), iaid=iaid))
    check_apart(one, other)


# Addresses.


@server("rfc8415:13.1-1a")
async def test_a_client_gets_an_address_of_its_link(client: Client) -> None:
    """A client that asks from a link-local address gets an address for the link on which it asked."""
    wanted = prefix(client)
    lease = await client.leased(IaNa(iaid=client.iaid()))
    check(lease.address in wanted, "the address is not of the client's link", expected=wanted, got=lease.address)


@server("rfc8415:13.1-2")
async def test_a_link_address_of_zero_is_ignored(relay: Client) -> None:
    """Where the outer of two relay agents names no link, the inner one tells it."""
    wanted = prefix(relay)
    inner = forward(relay, wanted[1])
    options = (RelayMessage(dhcp_relay_message=inner),)
    await relay.say(RelayForward(hop_count=1, peer_address=relay.link_local, options=options))
    outer = await relay.answered(RelayReply)
    found = next((each for each in relayed(outer).options if isinstance(each, IaNa)), None)
    if found is None or not (leases(found) or status(found)):
        raise Unready("the server tells nothing of the IA")
    right = all(each in wanted for each in leases(found)) and not status(found)
    check(right, "the client gets no address of the link that the inner relay agent names", got=describe(outer))


def relayed(reply: RelayReply) -> Holder:
    """The message to the client that lies in some Relay-replies."""
    message: object = reply
    while isinstance(message, RelayReply):
        found = message.first(RelayMessage)
        message = found.dhcp_relay_message if found else None
    return message if isinstance(message, Holder) else Holder()


@server("rfc8415:13.1-3")
async def test_addresses_cannot_be_predicted(client: Client) -> None:
    """New clients do not get one address after the other."""
    found = []
    for _ in range(NEW_CLIENTS):
        client.duid = duid(client, "LLT")
        found.append(int((await client.leased(IaNa(iaid=client.iaid()))).address))
    rising = found == sorted(found) and found[-1] - found[0] < NEAR
    check(not rising, "addresses follow one another", got=[hex(each)[-8:] for each in found])


RESERVED = (0, 0xFDFF_FFFF_FFFF_FF80, 0xFDFF_FFFF_FFFF_FFFE)
"""Interface identifiers that no host may have (RFC 5453): the subnet-router anycast address and the reserved range."""


@server("rfc8415:13.1-4")
@pytest.mark.parametrize("identifier", RESERVED, ids=hex)
async def test_reserved_addresses_are_not_assigned(client: Client, identifier: int) -> None:
    """An address with a reserved interface identifier is not assigned, even when the client hints at it."""
    wanted = prefix(client)
    if wanted.prefixlen != 64:
        raise Unready("the prefix of the link has not 64 bits")
    address = wanted[identifier]
    ia = IaNa(iaid=client.iaid(), options=(IaAddr(ipv6_address=address),))
    reply = await client.obtained(client.to_server(Request, ia))
    check(address not in leases(same_ia(reply, ia)), "a reserved address is assigned", got=describe(reply))


@server("rfc8415:13.1-5")
async def test_a_source_of_wide_scope_tells_the_link(client: Client) -> None:
    """A client that asks from an address of wider scope gets an address for the link of this address."""
    wanted = prefix(client)
    ours = wanted[client.case.rng.getrandbits(62) | 1 << 62]
    to = await unicast_address(client)
    client.add(ours)
    ia = IaNa(iaid=client.iaid())
    await client.say(client.to_server(Request, ia), to=to, source=ours)
    reply = await client.answered(Reply)
    found = same_ia(reply, ia)
    if found is None or not (leases(found) or status(found)):
        raise Unready("the server tells nothing of the IA")
    right = all(each in wanted for each in leases(found)) and not status(found)
    check(right, "the client gets no address of its link", got=describe(reply))
