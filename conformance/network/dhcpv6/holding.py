"""What cases about leases that clients hold share: other clients, leases that are nobody's, demands on a Reply."""

from ipaddress import IPv6Address

from conformance.engine import check

from .asking import DNS, Ia, check_identifiers, codes, prefix, same_ia, status
from .client import Client, Lease
from .wire import (
    IaAddr,
    IaNa,
    IaPd,
    IaPrefix,
    Message,
    OptionCode,
    OptionRequest,
    Rebind,
    Release,
    Renew,
    StatusCode,
    describe,
)

FOREIGN_PREFIX_LENGTH = 56


def neighbour(client: Client) -> Client:
    """Another client on the same link, of the same case."""
    return Client(client.case, client.segment, client.server, name="another client")


def foreign_address(client: Client) -> IPv6Address:
    """An address that suits no link of a server: it is of the prefix for documentation, far from all others."""
    return IPv6Address("2001:db8:ffff:ffff::") + client.case.rng.getrandbits(60)


def foreign_prefix(client: Client) -> IaPrefix:
    """A prefix there."""
    start = IPv6Address("2001:db8:ffff::") + (client.case.rng.getrandbits(8) << 72)
    return IaPrefix(
        preferred_lifetime=3000, valid_lifetime=4000, prefix_length=FOREIGN_PREFIX_LENGTH, ipv6_prefix=start
    )


def foreign(client: Client) -> IaAddr:
    """An IA Address with such an address, as a client has it that has come from another link."""
    return IaAddr(ipv6_address=foreign_address(client), preferred_lifetime=3000, valid_lifetime=4000)


def suiting(client: Client) -> IaAddr:
    """An address of the link's prefix that nobody has been given, as far as chance goes. Raises Unready."""
    address = prefix(client)[client.case.rng.getrandbits(62) | 1 << 62]
    return IaAddr(ipv6_address=address, preferred_lifetime=3000, valid_lifetime=4000)


async def given_back(client: Client, ia: IaNa | IaPd | None = None) -> Lease:
    """A lease that suits the link and that the client has given back, so that no binding is left. Raises Unready."""
    lease = await client.leased(ia or client.ia())
    await client.obtained(client.to_server(Release, lease.ia))
    return lease


def needs(client: Client, claim: str) -> None:
    """The rest is for servers that claim this."""
    if not client.case.claims[claim]:
        client.case.not_applicable(f"the server does not claim {claim}", f"服务器未声明 {claim}")


def kinds(client: Client, kind: type[IaNa | IaPd]) -> IaNa | IaPd:
    """A new IA of this kind, where the server serves the kind."""
    needs(client, "ia_na" if kind is IaNa else "ia_pd")
    return kind(iaid=client.iaid())


async def check_no_binding(client: Client, message: Message, ia: Ia, *, alone: bool = False) -> None:
    """The Reply has an IA with that IAID and the status NoBinding, if so told `alone` in it. Raises Nonconformity."""
    reply = await client.obtained(message)
    found = same_ia(reply, ia)
    told = found is not None and status(found) == StatusCode.NO_BINDING
    check(told, "the IA does not come back with NoBinding", expected="NoBinding in the IA", got=describe(reply))
    only = found is not None and codes(found) == {OptionCode.STATUS_CODE}
    check(only or not alone, "something stands beside NoBinding in the IA", got=describe(reply))


async def check_names(client: Client, message: Message) -> None:
    """The Reply has the identifiers of both sides. Raises Nonconformity."""
    check_identifiers(client, await client.obtained(message))


async def check_requested(client: Client, message: Message) -> None:
    """The Reply has the options for DNS, which are asked for. Raises Nonconformity."""
    reply = await client.obtained(message.having(OptionRequest(requested_option_codes=DNS)))
    missing = set(DNS) - codes(reply)
    check(not missing, "an option that was asked for is missing", expected=DNS, got=describe(reply))


async def check_same_times(client: Client, kind: type[Renew | Rebind]) -> None:
    """All IAs of the Reply to a Renew or Rebind of several IAs have the same T1 and T2. Raises Nonconformity."""
    asked = [*client.ias(), client.ia()]
    held = [(await client.leased(ia)).ia for ia in asked]
    made = client.to_server(Renew, *held) if kind is Renew else client.message(Rebind, *held)
    reply = await client.obtained(made)
    times = {(each.t1, each.t2) for each in reply.options if isinstance(each, IaNa | IaPd) and each.options}
    check(len(times) < 2, "T1 and T2 differ between the IAs of a Reply", got=sorted(times))
