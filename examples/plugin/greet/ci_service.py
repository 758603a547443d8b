"""Testbeds of the kind `ci-service`: the product's address stands in an environment variable."""

import os
from collections.abc import Mapping
from typing import Any

from conformance.engine.testbed import Testbed, TestbedError
from testbeds.settings import Settings

Ixit = Mapping[str, Mapping[str, Any]]


class CiService(Testbed):
    kind = "ci-service"

    def __init__(self, settings: Settings) -> None:
        self.name = settings.name
        self.variable = settings.table("ci-service")["variable"]

    @property
    def ixit(self) -> Ixit:
        return {"greet": {"url": f"greet://{os.environ.get(self.variable, '')}"}}

    async def check(self) -> list[TestbedError]:
        if self.variable in os.environ:
            return []
        return [TestbedError(f"{self.variable} is not set", "Have the CI system set it to HOST:PORT")]

    def describe(self) -> dict[str, Any]:
        return {"name": self.name, "kind": self.kind}


def make(settings: Settings, ixit: Ixit) -> Testbed:
    """What the entry point names: a testbed from its TOML file and the product's access data."""
    return CiService(settings)
