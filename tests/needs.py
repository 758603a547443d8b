"""Programs that a test cannot do without."""

import os
import shutil

import pytest

SYSTEM = ("/usr/local/sbin", "/usr/sbin", "/sbin")


def needs(program: str, package: str = "") -> str:
    """The path of a program. Without it the test is skipped, or fails where everything has to be there (in CI)."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), *SYSTEM])
    found = shutil.which(program, path=path)
    if found is None:
        reason = f"{program} is missing: apt-get install {package or program}"
        (pytest.fail if os.environ.get("IIC_CONFORM_REQUIRE_ALL") else pytest.skip)(reason)
    assert found
    return found


def _may_make_namespaces() -> bool:
    from testbeds.namespaces import may_make

    return may_make()


needs_namespaces = pytest.mark.skipif(
    not os.environ.get("IIC_CONFORM_REQUIRE_ALL") and not _may_make_namespaces(),
    reason="this user may not make network namespaces: run as root",
)
"""For tests that build topologies: they need root, or the capabilities that `testbed check` names."""
