"""Binding cases to requirements, all of which stand in one catalogue."""

import pytest

from conformance.engine import requirement


def server(*ids: str) -> pytest.MarkDecorator:
    """A case for servers."""
    return requirement(*(f"rfc8415/server:{id_}" for id_ in ids))
