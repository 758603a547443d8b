"""What all tests share: the marks that cases carry are known, so that modules with cases can be imported."""

import pytest

from conformance.engine.marks import MARKS


def pytest_configure(config: pytest.Config) -> None:
    """Register the marks of the engine, as its plugin does in a run."""
    for mark in MARKS:
        config.addinivalue_line("markers", mark)
