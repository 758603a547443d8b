"""The faults of the reference, and how they name the requirements of hosts and routers."""

from conformance.engine.reference import Faults

from ..bind import HOME

FAULTS = Faults()
"""All faults of the suite; each module of this package adds its own."""


def host(*ids: str) -> tuple[str, ...]:
    """Full references to requirements of a host."""
    return _refs("host", ids)


def router(*ids: str) -> tuple[str, ...]:
    """Full references to requirements of a router."""
    return _refs("router", ids)


def both(*ids: str) -> tuple[str, ...]:
    """Full references to requirements of both."""
    return host(*ids) + router(*ids)


def _refs(role: str, ids: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{HOME[id_.partition(':')[0]]}/{role}:{id_}" for id_ in ids)
