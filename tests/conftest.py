"""What all tests share: the marks of cases are known, so that modules with cases can be imported; and the wheel."""

from pathlib import Path

import pytest

from conformance.engine.marks import MARKS

from .installed import Installed, build_wheel


def pytest_configure(config: pytest.Config) -> None:
    """Register the marks of the engine, as its plugin does in a run."""
    for mark in MARKS:
        config.addinivalue_line("markers", mark)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel."""
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """An environment with the wheel in it, for tests that add nothing to it."""
    return Installed(tmp_path_factory.mktemp("alone") / "venv", wheel)
