"""The faults of the reference, and how they name requirements."""

from conformance.engine.reference import Faults

FAULTS = Faults()
"""All faults of the suite; each module of this package adds its own."""


def server(*ids: str) -> tuple[str, ...]:
    """Full references to requirements of a server."""
    return tuple(f"rfc8415/server:{id_}" for id_ in ids)
