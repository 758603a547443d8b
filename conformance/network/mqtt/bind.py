"""Binding cases to the requirements of both versions, whose numbers differ."""

import pytest

from conformance.engine import requirement

Ids = str | tuple[str, ...]


def _refs(standard: str, ids: Ids) -> list[str]:
    return [f"{standard}/server:{id_}" for id_ in ((ids,) if isinstance(ids, str) else ids)]


def both(v311: Ids, v5: Ids | None = None) -> pytest.MarkDecorator:
    """A case for 3.1.1 and 5.0; `v5` where its ids are others."""
    return requirement(*_refs("mqtt-3.1.1", v311), *_refs("mqtt-5.0", v311 if v5 is None else v5))


def v311(*ids: str) -> pytest.MarkDecorator:
    """A case for 3.1.1 alone."""
    return requirement(*_refs("mqtt-3.1.1", ids))


def v5(*ids: str) -> pytest.MarkDecorator:
    """A case for 5.0 alone."""
    return requirement(*_refs("mqtt-5.0", ids))
