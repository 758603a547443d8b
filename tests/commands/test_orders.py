"""What a user orders and chooses: which cases run, in which order and with which octets, and what is told of them."""

import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from conformance.engine.bundle import Bundle
from tests.processes import CONFORM, bundle_of, conform

from .typed import heed_interruptions, typed, valid

SECOND = "mqtt/test_3_1_connect.py::test_second_connect_ends_the_connection"
PRODUCT = '[product]\nvendor = "V"\nname = "N"\nversion = "1"\n'
BED = '[testbed]\nkind = "reference"\nproduct = "product.toml"\n[reference]\nsuite = "mqtt"\n'
FAULT = "second-connect-tolerated"
SOME = "MQTT-3.1.0-* or test_3_12_ping.py or test_4_6_order.py"


def document(schema: str, done: Result) -> Any:
    """What a command printed, which is as its schema says."""
    return valid(schema, json.loads(done.stdout))


def plan(*words: object) -> dict[str, Any]:
    done = typed("plan", "mqtt-broker", *words, "--format", "json")
    assert done.exit_code == 0, done.stderr
    found: dict[str, Any] = document("plan", done)
    return found


def cases(*words: object) -> list[str]:
    return [row["id"] for row in plan(*words)["cases"]]


def run(out: Path, *words: object) -> Path:
    """The bundle of a run of some cases against the embedded reference."""
    done = typed("run", "mqtt-broker", "--out", out, "--report", "json", "--quiet", *words)
    assert done.exit_code in (0, 3), done.stderr
    return bundle_of(out)


@pytest.fixture(scope="module")
def everything() -> list[str]:
    return cases()


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of some cases with seed 7."""
    return run(tmp_path_factory.mktemp("seeded"), "--select", SOME, "--seed", 7)


# Choosing.


def test_by_requirement() -> None:
    assert cases("--select", "MQTT-3.1.0-2") == [f"{SECOND}[mqtt-3.1.1]", f"{SECOND}[mqtt-5.0]"]
    one = "mqtt-5.0/server:MQTT-3.1.0-2"
    assert [row["requirements"] for row in plan("--select", one)["cases"]] == [[one]]


def test_by_clause_with_all_below_it_and_no_other() -> None:
    listed = json.loads(typed("list", "requirements", "--format", "json").stdout)
    clauses = {row["ref"]: row["clause"] for row in listed}
    found = [{clauses[ref] for ref in row["requirements"]} for row in plan("--select", "3.1")["cases"]]
    assert set().union(*found) >= {"3.1", "3.1.2.3", "3.1.3.1"}
    assert all(any(f"{clause}.".startswith("3.1.") for clause in of_case) for of_case in found)
    assert cases("--select", "3.12") == cases("--select", "test_3_12_ping.py")
    assert not set(cases("--select", "3.12")) & set(cases("--select", "3.1"))


def test_by_file_and_part_of_a_name() -> None:
    assert {case.partition("::")[0] for case in cases("--select", "test_3_12_ping.py")} == {"mqtt/test_3_12_ping.py"}
    assert cases("--select", "second_connect") == cases("--select", "MQTT-3.1.0-2")
    assert cases("--select", f"{SECOND}[mqtt-5.0]") == [f"{SECOND}[mqtt-5.0]"]


def test_by_expression(everything: list[str]) -> None:
    ping, order = cases("--select", "3.12"), cases("--select", "test_4_6_order.py")
    assert set(cases("--select", "3.12, test_4_6_order.py")) == {*ping, *order}
    assert set(cases("--select", "3.12 or test_4_6_order.py")) == {*ping, *order}
    of_5 = cases("--select", "mqtt-5.0 and test_4_6_order.py")
    assert 0 < len(of_5) < len(order)
    assert set(cases("--select", "test_4_6_order.py and not mqtt-5.0")) == set(order) - set(of_5)
    assert set(cases("--select", "not (3.12 or test_4_6_order.py)")) == set(everything) - {*ping, *order}


def test_what_is_not_selected_is_told(everything: list[str]) -> None:
    made = plan("--select", "3.12")
    assert {row["id"] for row in made["left_out_cases"]} == set(everything) - {row["id"] for row in made["cases"]}
    assert {row["option"] for row in made["left_out_cases"]} == {"--select"}


def test_limit(everything: list[str]) -> None:
    made = plan("--limit", 5)
    assert [row["id"] for row in made["cases"]] == everything[:5]
    assert {row["option"] for row in made["left_out_cases"]} == {"--limit"}
    assert len(cases("--select", "3.12", "--limit", 1)) == 1


# Repeating.


def sent(bundle: Path) -> dict[str, list[tuple[int, str]]]:
    """The octets that each case sent, by channel, in their order."""
    found = {}
    read = Bundle(bundle)
    for case, ended in read.ends().items():
        events = json.loads(read.evidence(ended[-1]["transcript"]))["events"]
        found[case] = [(event["channel"], event["hex"]) for event in events if event["kind"] == "out"]
    return found


def test_a_seed_repeats_a_run(seeded: Path, tmp_path: Path) -> None:
    again = run(tmp_path / "again", "--select", SOME, "--seed", 7)
    assert (again / "plan.json").read_bytes() == (seeded / "plan.json").read_bytes()
    assert sent(again) == sent(seeded)
    other = run(tmp_path / "other", "--select", SOME, "--seed", 8)
    differ = [case for case, octets in sent(other).items() if octets != sent(seeded)[case]]
    assert len(differ) > len(sent(seeded)) / 2


def test_a_case_sends_the_same_whatever_else_runs(seeded: Path, tmp_path: Path) -> None:
    alone = sent(run(tmp_path, "--select", "MQTT-3.1.0-2", "--seed", 7))
    assert len(alone) == 2
    assert alone == {case: octets for case, octets in sent(seeded).items() if case in alone}


def test_without_a_seed_each_plan_has_its_own() -> None:
    assert plan("--limit", 1)["seed"] != plan("--limit", 1)["seed"]


def test_shuffle_changes_the_order_alone(everything: list[str]) -> None:
    shuffled = cases("--shuffle", "--seed", 3)
    assert shuffled != everything
    assert sorted(shuffled) == everything
    assert cases("--shuffle", "--seed", 3) == shuffled
    assert cases("--shuffle", "--seed", 4) != shuffled


def test_a_shuffled_run_has_the_same_verdicts(seeded: Path, tmp_path: Path) -> None:
    again = run(tmp_path, "--select", SOME, "--seed", 7, "--shuffle")
    first, second = Bundle(seeded), Bundle(again)
    assert [row["id"] for row in first.plan["cases"]] != [row["id"] for row in second.plan["cases"]]
    verdicts = [{case: end[-1]["verdict"] for case, end in read.ends().items()} for read in (first, second)]
    assert verdicts[0] == verdicts[1]


def test_rerun_takes_what_failed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("product.toml").write_text(PRODUCT, encoding="utf-8")
    Path("bed.toml").write_text(BED + f'fault = "{FAULT}"\n', encoding="utf-8")
    words = ("--testbed", "bed.toml", "--select", "3.12 or MQTT-3.1.0-2", "--report", "json", "--format", "json")
    assert document("run", typed("run", "mqtt-broker", *words))["cases"]["fail"] == 2
    first = bundle_of(tmp_path / "runs")
    kept = {path: path.read_bytes() for path in first.rglob("*") if path.is_file()}
    Path("bed.toml").write_text(BED, encoding="utf-8")
    done = typed("rerun", "--failed", first, "--out", "again", "--report", "json", "--format", "json")
    found = document("run", done)
    assert (done.exit_code, found["cases"]["pass"], found["cases"]["fail"]) == (3, 2, 0)
    made = Bundle(bundle_of(tmp_path / "again")).plan
    assert made["rerun_of"] == first.name.removeprefix("run-")
    rows = {row["id"]: row["seed"] for row in Bundle(first).plan["cases"]}
    assert {row["id"]: row["seed"] for row in made["cases"]} == {case: rows[case] for case in rows if SECOND in case}
    assert {path: path.read_bytes() for path in first.rglob("*") if path.is_file()} == kept


def test_rerun_of_a_run_without_a_failure_ends_like_the_run(seeded: Path) -> None:
    """Nothing is done, so that nothing is better than it was: most cases were left out of that run."""
    done = typed("rerun", "--failed", seeded, "--format", "json")
    assert document("run", done)["verdict"] == "inconclusive"
    assert (done.exit_code, "nothing to run again" in done.stderr) == (3, True)
    assert [path.name for path in seeded.parent.iterdir()] == [seeded.name]


# A reference as a product.


@pytest.fixture
def simulated(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A faulty reference in a process of its own, and what it says first."""
    process = subprocess.Popen(
        [*CONFORM, "simulate", "mqtt-broker", "--fault", "MQTT-3.1.0-2"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path,
        preexec_fn=heed_interruptions,  # noqa: PLW1509 - it takes no lock
    )  # fmt: skip
    assert process.stdout
    said = ""
    while "Ctrl-C" not in said and (line := process.stdout.readline()):
        said += line
    yield process, said
    process.kill()
    process.communicate()


def test_a_simulated_fault_is_found_over_loopback(simulated: tuple[subprocess.Popen[str], str], tmp_path: Path) -> None:
    process, said = simulated
    assert said.startswith(f"mqtt-broker, fault {FAULT}: ")
    url = said.partition("url = '")[2].partition("'")[0]
    (tmp_path / "product.toml").write_text(f'{PRODUCT}[ixit.mqtt]\nurl = "{url}"\n', encoding="utf-8")
    words = ("--select", "3.12 or MQTT-3.1.0-2", "--report", "json", "--format", "json")
    done = conform("run", "mqtt-broker", "--product", "product.toml", *words, cwd=tmp_path)
    assert (done.code, done.json["cases"]["fail"], done.json["cases"]["pass"]) == (1, 2, 2)
    assert {finding["requirement"] for finding in done.json["findings"]} == {"MQTT-3.1.0-2"}
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=20)
    assert (process.returncode, told) == (130, "")
