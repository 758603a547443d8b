"""Bundles that several tests look at and none changes."""

from pathlib import Path

import pytest

from conformance.engine.bundle import Bundle

from .made import real_run


@pytest.fixture(scope="session")
def toy_bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """A real run of the toy suite, in which each verdict occurs."""
    return real_run(Path(tmp_path_factory.mktemp("toy")) / "run-toy")
