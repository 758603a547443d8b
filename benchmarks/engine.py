"""One execution of the cases that wait, as a run does it: `python -m benchmarks.engine FOLDER`.

pytest collects them, the engine runs them at once into a bundle, pytest's JUnit reporter tells them.
"""

import sys
from pathlib import Path

from conformance.engine.attempt import Surroundings
from conformance.engine.case import CaseResult, CaseSpec
from conformance.engine.keep import BundleKeeper
from conformance.engine.lag import LagProbe
from conformance.engine.patience import Patience
from conformance.engine.session import QUIET, execute, pytest_main
from conformance.engine.suite import Suite
from conformance.engine.testbed import Testbed


class Nothing(Testbed):
    """No product: real time, and nothing to be reached."""

    name = kind = "nothing"

    def describe(self) -> dict[str, str]:
        return {"name": self.name, "kind": self.kind}


class Conductor:
    """Runs all that is collected and keeps the record in a bundle."""

    def __init__(self, suite: Suite, folder: Path) -> None:
        self._suite = suite
        self._folder = folder
        self._specs: list[CaseSpec] = []

    def collected(self, specs: list[CaseSpec]) -> set[str]:
        self._specs = specs
        return {spec.id for spec in specs}

    def conduct(self) -> dict[str, list[CaseResult]]:
        lag = LagProbe()
        around = Surroundings(testbed=Nothing(), claims={}, ixit={}, patience=Patience(lag=lag), lag=lag)
        keeper = BundleKeeper(self._folder / "run-bench", lambda data: data)
        seeds = {spec.id: n for n, spec in enumerate(self._specs)}
        results = execute(self._specs, seeds, around, keeper, ready=lambda testbed: keeper.begin({}))
        keeper.end([self._suite])
        return results


def main(folder: Path) -> int:
    suite = Suite("waiting", "benchmarks.waiting")
    return pytest_main(Conductor(suite, folder), [suite], [*QUIET, f"--junitxml={folder / 'junit.xml'}"])


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
