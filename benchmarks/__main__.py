"""Prints what `make bench` measures: figure, median of some runs, and the target. `--all` adds what takes minutes."""

import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator

from testbeds.settings import find_program

from . import frames, reports
from .used import CONFORM, ROOT, Used, used

MOSQUITTO = str(ROOT / "examples" / "testbeds" / "mosquitto.toml")


def repeated(times: int, run: Callable[[], Used]) -> list[Used]:
    return [run() for _ in range(times)]


def waiting(cases: int) -> Callable[[], Used]:
    """The engine with so many cases that each wait a second, through pytest and its JUnit reporter."""

    def run() -> Used:
        with tempfile.TemporaryDirectory() as folder:
            return used(sys.executable, "-m", "benchmarks.engine", folder, IIC_CONFORM_BENCH_CASES=str(cases))

    return run


def conform(*words: str) -> Callable[[], Used]:
    """The command with these words, its bundle in a folder of its own where it makes one."""

    def run() -> Used:
        with tempfile.TemporaryDirectory() as folder:
            out = ("--out", folder) if words[0] == "run" else ()
            return used(*CONFORM, *words, *out)

    return run


def rows(everything: bool) -> Iterator[tuple[str, str, str]]:
    """Figure, what was measured, what is wanted."""
    for cases, wanted in ((200, "2.0 s, 45 MB"), (2000, "5 s")):
        runs = repeated(3, waiting(cases))
        wall_s, peak_mb = (statistics.median(getattr(r, name) for r in runs) for name in ("wall_s", "peak_mb"))
        yield f"{cases} cases that each wait 1 s", f"{wall_s:.2f} s, {peak_mb:.0f} MB", wanted
    yield "--help", f"{_wall(10, conform('--help')) * 1000:.0f} ms", "150 ms"
    yield "plan mqtt-broker", f"{_wall(5, conform('plan', 'mqtt-broker', '--format', 'json')) * 1000:.0f} ms", "500 ms"
    runs = repeated(3, conform("run", "mqtt-broker", "-q", "--format", "json"))
    cases = sum(json.loads(runs[0].out)["cases"].values())
    cpu_s = statistics.median(r.cpu_s for r in runs)
    yield "CPU of a conforming run", f"{cpu_s / cases * 1000:.1f} ms a case ({cases} cases)", "10 ms a case"
    if find_program("mosquitto"):
        yield from _mosquitto()
    yield from reports.rows()
    yield from frames.rows()
    if everything:
        yield "proof of the MQTT suite", f"{_wall(1, conform('prove', 'mqtt')):.0f} s", "240 s"


def _mosquitto() -> Iterator[tuple[str, str, str]]:
    for standard, wanted in (("mqtt-3.1.1", "6 s"), ("mqtt-5.0", "20 s")):
        words = ("run", "mqtt-broker", "--testbed", MOSQUITTO, "--select", standard, "-q", "--format", "json")
        seconds = statistics.median(json.loads(r.out)["seconds"] for r in repeated(3, conform(*words)))
        yield f"mosquitto, {standard}", f"{seconds:.1f} s", wanted


def _wall(times: int, run: Callable[[], Used]) -> float:
    return statistics.median(r.wall_s for r in repeated(times, run))


def main(arguments: list[str]) -> int:
    """Measure and print, figure by figure."""
    for figure, measured, wanted in rows("--all" in arguments):
        sys.stdout.write(f"{figure:34} {measured:36} wanted: {wanted}\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
