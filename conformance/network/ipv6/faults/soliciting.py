"""Faults in the Router Solicitations of a host (RFC 4861, 4.1, 6.3.7; RFC 7559)."""

from collections.abc import Callable
from ipaddress import IPv6Address
from random import Random

from ..reference import Rules
from ..wire import Frame, Ipv6, NdOption, RouterAdvertisement, RouterSolicitation, SourceLinkLayerAddress
from ..wire.addresses import ALL_NODES, UNSPECIFIED
from .registry import FAULTS, host


def _saying(change: Callable[[Frame], Frame], summary: str) -> type:
    """Rules that change each Router Solicitation."""

    class Saying(Rules):
        def sends(self, packet: Frame) -> Frame:
            sent = super().sends(packet)
            return change(sent) if isinstance(sent.message, RouterSolicitation) else sent

    Saying.__doc__ = summary
    return Saying


for _id, _clause, _change, _summary in (
    (
        "asks-from-elsewhere",
        "4.1-1a",
        lambda frame: frame.changed(Ipv6, source=IPv6Address("fe80::dead")),
        "Router Solicitations come from an address that the host does not have.",
    ),
    (
        "asks-from-afar",
        "4.1-1b",
        lambda frame: frame.changed(Ipv6, hop_limit=64),
        "Router Solicitations leave with hop limit 64.",
    ),
    (
        "asks-with-a-code",
        "4.1-1b",
        lambda frame: frame.changed(RouterSolicitation, code=1),
        "Router Solicitations have code 1.",
    ),
    (
        "asks-with-reserved",
        "4.1-2a",
        lambda frame: frame.changed(RouterSolicitation, reserved=1),
        "Router Solicitations have a Reserved field of 1.",
    ),
    (
        "nobody-tells-where",
        "4.1-3",
        lambda frame: frame.changed(Ipv6, source=UNSPECIFIED),
        "Router Solicitations come from the unspecified address, and say where that is.",
    ),
):
    FAULTS.add(_id, *host(f"rfc4861:{_clause}"))(_saying(_change, _summary))


@FAULTS.add("asks-without-address", *host("rfc4861:4.1-4"))
class _(Rules):
    """Router Solicitations do not say where they come from."""

    def router_solicitation_options(self, mac: bytes, source: IPv6Address) -> tuple[NdOption, ...]:
        return ()


@FAULTS.add("asks-with-another-address", *host("rfc4861:4.1-4"))
class _(Rules):
    """Router Solicitations say that they come from somewhere else."""

    def router_solicitation_options(self, mac: bytes, source: IPv6Address) -> tuple[NdOption, ...]:
        return (SourceLinkLayerAddress(address=mac[::-1]),)


@FAULTS.add("asks-all-nodes", *host("rfc4861:6.3.7-2"))
class _(Rules):
    """Router Solicitations go to all nodes."""

    def router_solicitation_to(self, routers: IPv6Address) -> IPv6Address:
        return ALL_NODES


@FAULTS.add("asks-once", *host("rfc4861:6.3.7-1a", "rfc7559:2-1a"))
class _(Rules):
    """Asks for routers once only."""

    def most_router_solicitations(self, *, for_ever: bool) -> float:
        return 1


@FAULTS.add("asks-five-times", *host("rfc4861:6.3.7-1b", "rfc7559:2-1a"))
class _(Rules):
    """Asks for routers five times, also where it should do so three times or without end."""

    def most_router_solicitations(self, *, for_ever: bool) -> float:
        return 3 if for_ever else 5


@FAULTS.add("asks-too-soon", *host("rfc4861:6.3.7-1c"))
class _(Rules):
    """Asks again after three seconds."""

    def router_solicitation_gap_s(self, sent: int) -> float:
        return 3.0


@FAULTS.add("asks-at-once", *host("rfc4861:6.3.7-3"))
class _(Rules):
    """Does nothing after a random delay when it comes up."""

    def first_delay_s(self, rng: Random) -> float:
        return 0.0


@FAULTS.add("asks-on", *host("rfc4861:6.3.7-4", "rfc7559:2.1-1a"))
class _(Rules):
    """Goes on asking though a router has answered."""

    def stops_soliciting(self, sent: int) -> bool:
        return False


@FAULTS.add("does-not-ask-who-spoke", *host("rfc4861:6.3.7-5"))
class _(Rules):
    """Asks for no router if one has advertised itself before."""

    def stops_soliciting(self, sent: int) -> bool:
        return True


@FAULTS.add("router-too-late", *host("rfc4861:6.3.7-6"))
class _(Rules):
    """Uses no router that advertises itself after the last Router Solicitation."""

    asked = 0

    def router_solicitation_gap_s(self, sent: int) -> float:
        self.asked = sent + 1
        return super().router_solicitation_gap_s(sent)

    def router_lifetime_s(self, message: RouterAdvertisement) -> float:
        return 0.0 if self.asked >= 3 else super().router_lifetime_s(message)


@FAULTS.add("gaps-do-not-double", *host("rfc7559:2-1b"))
class _(Rules):
    """The gaps stay at four seconds."""

    def backed_off_s(self, before_s: float, rng: Random) -> float:
        return super().backed_off_s(0.0, rng)


@FAULTS.add("first-gap-too-long", *host("rfc7559:2-1b"))
class _(Rules):
    """The first gap is five seconds."""

    def backed_off_s(self, before_s: float, rng: Random) -> float:
        return super().backed_off_s(before_s, rng) if before_s else 5.0


@FAULTS.add("answered-by-no-router", *host("rfc7559:2.1-1b"))
class _(Rules):
    """Takes an advertisement with Router Lifetime 0 for an answer."""

    def counts_as_answer(self, message: RouterAdvertisement) -> bool:
        return True
