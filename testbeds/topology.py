"""What a netns testbed file says: nodes, links between them, and where the tester is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.engine.impair import Impairment

from .settings import Settings


@dataclass(frozen=True)
class Interface:
    """A node's end of a link. `tap` hands its frames to a program of the node instead of the kernel."""

    name: str
    link: str
    mac: str = ""
    addresses: tuple[str, ...] = ()
    tap: bool = False


@dataclass(frozen=True)
class Node:
    """One host: `settings` are kernel settings, `commands` run to their end once its interfaces are up."""

    name: str
    product: bool = False
    interfaces: tuple[Interface, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    commands: tuple[tuple[str, ...], ...] = ()
    acts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Link:
    """One segment. `attach` is an interface of this machine, for a product on its cable."""

    name: str
    mtu: int = 1500
    tester: bool = True
    attach: str = ""
    impair: Impairment | None = None
    """What happens to what passes between the tester and the link."""


@dataclass(frozen=True)
class Topology:
    """Nodes and links by name."""

    nodes: Mapping[str, Node]
    links: Mapping[str, Link]

    def ends(self, link: str) -> list[tuple[Node, Interface]]:
        """The nodes' ends of a link."""
        return [(node, i) for node in self.nodes.values() for i in node.interfaces if i.link == link]

    @property
    def product(self) -> Node | None:
        """The node that is tested; None where it hangs on a cable."""
        return next((node for node in self.nodes.values() if node.product), None)

    @property
    def attached(self) -> bool:
        """Whether a product on a cable takes part, of which there can be only one."""
        return any(link.attach for link in self.links.values())


def topology(settings: Settings) -> Topology:
    """The topology of a testbed file. Raises InputError for what the schema cannot see."""
    links = {name: _link(name, table) for name, table in settings.table("link").items()}
    nodes = {name: _node(name, table) for name, table in settings.table("node").items()}
    for node in nodes.values():
        for interface in node.interfaces:
            if interface.link not in links:
                where = ["node", node.name, "interface", interface.name, "link"]
                raise settings.wrong(where, f"there is no link {interface.link!r}", f"Add [link.{interface.link}]")
    found = Topology(nodes, links)
    _check(settings, found)
    return found


def _check(settings: Settings, found: Topology) -> None:
    products = [node.name for node in found.nodes.values() if node.product]
    if len(products) > 1:
        raise settings.wrong(["node", products[1]], "two nodes are the product", "Leave product = true at one of them")
    if not products and not found.attached:
        raise settings.wrong(["node"], "no node is the product", "Write product = true at it, or attach a link")
    for link in found.links.values():
        taps = [interface for _, interface in found.ends(link.name) if interface.tap]
        others = len(found.ends(link.name)) - len(taps)
        if taps and (others or len(taps) > 1 or link.attach):
            what = "a tap has its link for itself, with the tester"
            raise settings.wrong(["link", link.name], what, "Give the other node a link of its own")


def _link(name: str, table: Mapping[str, Any]) -> Link:
    impair = table.get("impair")
    return Link(name, **{**table, "impair": Impairment(**impair) if impair else None})


def _node(name: str, table: Mapping[str, Any]) -> Node:
    interfaces = tuple(
        Interface(each, **{**given, "addresses": tuple(given.get("addresses", ()))})
        for each, given in table.get("interface", {}).items()
    )
    return Node(
        name,
        product=table.get("product", False),
        interfaces=interfaces,
        settings=table.get("settings", {}),
        commands=tuple(map(tuple, table.get("commands", ()))),
        acts={act: tuple(command) for act, command in table.get("acts", {}).items()},
    )
