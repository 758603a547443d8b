"""Faults in what is taken of messages between routers and hosts, and of their options (RFC 4861, 4, 6.1, 8.1, 9)."""

from collections.abc import Iterable
from dataclasses import replace
from ipaddress import IPv6Network
from typing import Any

from ..reference import Rules
from ..reference.interface import Lives
from ..wire import (
    MtuOption,
    NdMessage,
    NdOption,
    NeighborSolicitation,
    PrefixInformation,
    Redirect,
    RouterAdvertisement,
    RouterSolicitation,
    SourceLinkLayerAddress,
    TargetLinkLayerAddress,
    UnknownNdOption,
)
from .neighbour_messages import any_checksum, any_code, any_hop_limit, filled, lengthened, mended
from .registry import FAULTS, both, host, router

FOR_EVER = float("inf")


def _reading(kind: type[NdMessage], how: Any) -> type:
    return mended(kind, lambda octets: how(octets, kind.LEAST))


for _kind, _clause, _name, _refs in (
    (RouterSolicitation, "6.1.1", "router-solicitation", router),
    (RouterAdvertisement, "6.1.2", "router-advertisement", host),
    (Redirect, "8.1", "redirect", host),
):
    for _n, (_id, _summary, _rules) in enumerate(
        (
            ("from-afar", "of any hop limit", any_hop_limit(_kind)),
            ("of-any-checksum", "with a wrong checksum", any_checksum(_kind)),
            ("of-any-code", "of any code", any_code(_kind)),
            ("too-short", "that is too short", _reading(_kind, lengthened)),
        ),
        2,
    ):
        _rules.__doc__ = f"Takes a {_kind.TITLE} {_summary}."
        FAULTS.add(f"{_name}-{_id}", *_refs(f"rfc4861:{_clause}-{_n}"))(_rules)
    _rules = _reading(_kind, filled)
    _rules.__doc__ = f"Takes a {_kind.TITLE} with an empty option."
    _empty = f"rfc4861:{_clause}-{9 if _kind is Redirect else 6}"
    FAULTS.add(f"{_name}-with-empty-option", *_refs(_empty, "rfc4861:4.6-1"))(_rules)


@FAULTS.add("router-advertisement-from-anywhere", *host("rfc4861:6.1.2-1"))
class _(Rules):
    """Takes a Router Advertisement from any address."""

    def accepts_discovery(self, arrival: Any, message: NdMessage) -> bool:
        self.taken = isinstance(message, RouterAdvertisement)
        return super().accepts_discovery(arrival, message)

    def comes_from_link_local(self, ip: Any) -> bool:
        return self.taken or super().comes_from_link_local(ip)


@FAULTS.add("router-solicitation-of-nobody", *router("rfc4861:6.1.1-7"))
class _(Rules):
    """Takes a Router Solicitation from the unspecified address that says where its sender is."""

    def valid_router_solicitation(self, ip: Any, message: RouterSolicitation) -> bool:
        return True


# More than is defined.


def _refusing(kind: type[NdMessage], wrong: Any) -> type:
    class Refusing(Rules):
        def accepts_code(self, message: NdMessage) -> bool:
            return super().accepts_code(message) and not (isinstance(message, kind) and wrong(message))

    return Refusing


def _reserved(message: Any) -> bool:
    return bool(message.reserved)


def _unknown(message: NdMessage) -> bool:
    return any(isinstance(each, UnknownNdOption) for each in message.options)


def _of_others(message: NdMessage) -> bool:
    wrong = SourceLinkLayerAddress if isinstance(message, Redirect) else TargetLinkLayerAddress
    return len(message.options) > 1 and any(isinstance(each, wrong) for each in message.options)


for _kind, _more, _name, _refs in (
    (RouterSolicitation, "6.1.1-8", "router-solicitation", router),
    (RouterAdvertisement, "6.1.2-7", "router-advertisement", host),
    (Redirect, "8.1-10", "redirect", host),
):
    for _id, _summary, _wrong, _also in (
        ("reserved", "whose Reserved field is not zero", _reserved, ("rfc4861:4.1-2b",)),
        ("unknown-option", "with an unknown option", _unknown, ("rfc4861:4.1-5", "rfc4861:9-2")),
        ("misplaced-option", "with an option of other messages", _of_others, ()),
    ):
        _rules = _refusing(_kind, _wrong)
        _rules.__doc__ = f"Drops a {_kind.TITLE} {_summary}."
        FAULTS.add(f"{_name}-{_id}", *_refs(f"rfc4861:{_more}", *_also))(_rules)


@FAULTS.add("prefix-with-unknown-flag", *host("rfc8425:3-1", "rfc4861:4.1-2b"))
class _(Rules):
    """Drops a prefix that has a flag set which it does not know."""

    def accepts_prefix(self, option: PrefixInformation) -> bool:
        return super().accepts_prefix(option) and not option.reserved1


# Options (4.6, 9).


@FAULTS.add("target-address-of-a-router", *host("rfc4861:4.6.1-1"))
class _(Rules):
    """Takes the Target Link-Layer Address of a Router Advertisement for its sender's."""

    def source_options(self, message: Any) -> list[NdOption]:
        return _taken_for(message, RouterAdvertisement, TargetLinkLayerAddress, SourceLinkLayerAddress) or list(
            super().source_options(message)
        )


@FAULTS.add("target-address-of-an-asker", *router("rfc4861:4.6.1-1"))
class _(Rules):
    """Takes the Target Link-Layer Address of a Router Solicitation for its sender's."""

    def source_options(self, message: Any) -> list[NdOption]:
        return _taken_for(message, RouterSolicitation, TargetLinkLayerAddress, SourceLinkLayerAddress) or list(
            super().source_options(message)
        )


@FAULTS.add("source-address-of-a-redirect", *host("rfc4861:4.6.1-1", "rfc4861:8.1-10"))
class _(Rules):
    """Takes the Source Link-Layer Address of a Redirect for that of its target."""

    def target_options(self, message: Any) -> list[NdOption]:
        return _taken_for(message, Redirect, SourceLinkLayerAddress, TargetLinkLayerAddress) or list(
            super().target_options(message)
        )


def _taken_for(message: NdMessage, kind: type[NdMessage], wrong: Any, right: Any) -> list[NdOption]:
    """An option of the wrong type as one of the right type, where the right one is missing."""
    if not isinstance(message, kind) or message.first(right):
        return []
    return [right(address=each.address) for each in message.every(wrong)]


@FAULTS.add("mtu-of-a-neighbour", *both("rfc4861:4.6.2-5"))
class _(Rules):
    """Takes the MTU in a Neighbor Solicitation."""

    def accepts_discovery(self, arrival: Any, message: NdMessage) -> bool:
        option = message.first(MtuOption)
        if option and isinstance(message, NeighborSolicitation):
            arrival.interface.mtu = option.mtu
        return super().accepts_discovery(arrival, message)


@FAULTS.add("prefix-of-a-neighbour", *host("rfc4861:4.6.2-5"))
class _(Rules):
    """Takes the prefixes in a Neighbor Solicitation as on-link."""

    def accepts_discovery(self, arrival: Any, message: NdMessage) -> bool:
        if isinstance(message, NeighborSolicitation):
            for each in message.every(PrefixInformation):
                network = IPv6Network((each.prefix, each.prefix_length), strict=False)
                arrival.interface.prefixes[network] = Lives(FOR_EVER)
        return super().accepts_discovery(arrival, message)


@FAULTS.add("prefix-in-front-overlooked", *host("rfc4861:9-1a"))
class _(Rules):
    """Overlooks a prefix in front of the source link-layer address."""

    def options_of(self, message: Any) -> Iterable[NdOption]:
        options = list(super().options_of(message))
        at = [i for i, each in enumerate(options) if isinstance(each, SourceLinkLayerAddress)]
        front = at[0] if at else 0
        return [each for i, each in enumerate(options) if i >= front or not isinstance(each, PrefixInformation)]


@FAULTS.add("second-prefix-overlooked", *host("rfc4861:9-1b"))
class _(Rules):
    """Overlooks the second of two prefixes that give no address."""

    def options_of(self, message: Any) -> Iterable[NdOption]:
        found = [each for each in super().options_of(message) if isinstance(each, PrefixInformation)]
        late = [each for each in found if not each.autonomous and each.on_link][1:]
        return [each for each in super().options_of(message) if each not in late]


@FAULTS.add("message-too-large", *both("rfc4861:9-4"))
class _(Rules):
    """Messages about routers are larger than the link takes."""

    def sends(self, packet: Any) -> Any:
        sent = super().sends(packet)
        if isinstance(sent.message, RouterSolicitation | RouterAdvertisement):
            large = UnknownNdOption(type=200, data=bytes(1998))
            message = replace(sent.message, options=(*sent.message.options, large))
            return replace(sent, layers=(*sent.layers[:-1], message))
        return sent
