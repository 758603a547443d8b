"""The faults of the reference, and how they name the requirements of both versions, whose numbers differ."""

from conformance.engine.reference import Faults

FAULTS = Faults()
"""All faults of the suite; each module of this package adds its own."""

Ids = str | tuple[str, ...]


def v311(*ids: str) -> tuple[str, ...]:
    """Full references to requirements of 3.1.1."""
    return tuple(f"mqtt-3.1.1/server:{id_}" for id_ in ids)


def v5(*ids: str) -> tuple[str, ...]:
    """Full references to requirements of 5.0."""
    return tuple(f"mqtt-5.0/server:{id_}" for id_ in ids)


def both(ids311: Ids, ids5: Ids | None = None) -> tuple[str, ...]:
    """Full references to requirements of both versions; `ids5` where the ids of 5.0 are others."""
    return v311(*_several(ids311)) + v5(*_several(ids311 if ids5 is None else ids5))


def _several(ids: Ids) -> tuple[str, ...]:
    return (ids,) if isinstance(ids, str) else ids
