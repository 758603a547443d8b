"""The bundle: a chained journal, evidence under its digest, files that are whole or not there, one writer at a time.

What becomes of a run that is killed stands in `tests/commands/test_kill.py`, what becomes of a changed one in
`tests/reports/verifying`.
"""

import asyncio
import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.engine.bundle import (
    CUT_SHORT,
    GENESIS,
    NO_JOURNAL,
    Bundle,
    BundleError,
    Evidence,
    Journal,
    clear_partial,
    dump,
    write_manifest,
    write_synced,
    writing,
)
from conformance.engine.case import CaseResult, CaseSpec
from conformance.engine.keep import KEPT_OCTETS, BundleKeeper
from conformance.engine.record import SHORT_OCTETS, ChannelInfo, Entry, Record

from .small import case

DOCUMENTS: dict[str, Any] = {"plan.json": {"cases": []}, "profile.json": {}, "product.json": {}}
HOLD = """
import sys
from pathlib import Path
from conformance.engine.bundle import writing
with writing(Path(sys.argv[1])):
    sys.stdout.write("held\\n")
    sys.stdout.flush()
    sys.stdin.read()
"""


def anything() -> CaseSpec:
    async def anything() -> None: ...

    return case(anything)


def plain(data: bytes) -> bytes:
    return data


def kept(directory: Path, redact: Callable[[bytes], bytes] = plain) -> BundleKeeper:
    keeper = BundleKeeper(directory, redact)
    keeper.begin(DOCUMENTS)
    return keeper


def written(directory: Path, count: int = 5) -> Bundle:
    """A bundle whose run came to its end, with so many notes in its journal."""
    keeper = kept(directory)
    for n in range(count):
        keeper.note(f"note {n}")
    keeper.end([])
    return Bundle(directory)


def spoken(octets: bytes, name: str = "small/anything") -> Record:
    made = Record(name, channels=[ChannelInfo(0, "connection 1", "tcp://127.0.0.1:7007")])
    made.add(Entry(0.0, 0, "in", octets))
    return made


def test_each_line_holds_the_digest_of_the_line_before(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    for n in range(200):
        journal.append("note", n / 7, text=f"号 {n} \ud800 \n \x00")
    journal.close()
    *lines, end = path.read_bytes().split(b"\n")
    assert end == b""
    last = "0" * 64
    for n, line in enumerate(lines):
        row = json.loads(line)
        assert (row["n"], row["prev"], row["kind"], row["t"]) == (n, last, "note", round(n / 7, 6))
        last = hashlib.sha256(line).hexdigest()
    assert (journal.records, journal.last) == (200, last)


def test_a_barrier_ends_when_all_is_on_the_disk(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    for count in (1, 50):
        for _ in range(count):
            journal.append("note", 0, text="x" * 1000)
        journal.barrier()
        assert (tmp_path / "journal.jsonl").read_bytes().count(b"\n") == journal.records
    journal.close()


def test_lines_reach_the_disk_without_a_barrier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced = threading.Event()
    sync = os.fsync

    def tell(file: int) -> None:
        sync(file)
        synced.set()

    monkeypatch.setattr(os, "fsync", tell)
    journal = Journal(tmp_path / "journal.jsonl")
    journal.append("note", 0, text="alone")
    assert synced.wait(10)
    assert b"alone" in (tmp_path / "journal.jsonl").read_bytes()
    journal.close()


def test_a_disk_that_fails_is_told_and_never_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: int) -> None:
        raise OSError(28, "No space left on device")

    journal = Journal(tmp_path / "journal.jsonl")
    monkeypatch.setattr(os, "fsync", full)
    journal.append("note", 0)
    with pytest.raises(OSError, match="No space left"):
        journal.barrier()
    with pytest.raises(OSError, match="No space left"):
        journal.append("note", 0)
    with pytest.raises(OSError, match="No space left"):
        journal.close()


def test_a_journal_goes_on_where_it_ended(tmp_path: Path) -> None:
    keeper = kept(tmp_path)
    keeper.note("before")
    keeper.stop()
    again = BundleKeeper(tmp_path, plain, resume=Bundle(tmp_path))
    again.begin({})
    again.note("after")
    again.end([])
    read = Bundle(tmp_path)
    assert (read.problems, read.complete) == ([], True)
    assert [r["kind"] for r in read.records] == ["run-start", "note", "run-start", "note", "run-end"]
    assert [r["t"] for r in read.records] == sorted(r["t"] for r in read.records)


def test_a_run_that_is_cut_short_tells_when_it_was(tmp_path: Path) -> None:
    """However long ago the last record was."""

    async def waits() -> None:
        keeper = kept(tmp_path)
        keeper.note("begun")
        await asyncio.sleep(0.05)
        keeper.stop("the run was cut short")

    asyncio.run(waits())
    *_, begun, last = Bundle(tmp_path).records
    assert last["text"] == "the run was cut short"
    assert last["t"] >= begun["t"] + 0.05


@pytest.mark.parametrize("left", [1, 30, 100])
def test_a_line_without_its_end_is_told_and_cut_when_the_run_goes_on(tmp_path: Path, left: int) -> None:
    keeper = kept(tmp_path)
    keeper.note("whole")
    keeper.stop()
    path = tmp_path / "journal.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"n":2,"prev":"' + b"a" * left)
    read = Bundle(tmp_path)
    assert (read.problems, read.damaged) == ([CUT_SHORT], "")
    assert [r["kind"] for r in read.records] == ["run-start", "note"]
    again = BundleKeeper(tmp_path, plain, resume=read)
    again.begin({})
    again.end([])
    assert path.read_bytes().startswith(whole)
    assert Bundle(tmp_path).complete


def test_every_cut_of_a_journal_gives_the_records_before_it_and_is_never_complete(tmp_path: Path) -> None:
    whole = written(tmp_path, count=2)
    path = tmp_path / "journal.jsonl"
    data = path.read_bytes()
    for cut in range(len(data)):
        path.write_bytes(data[:cut])
        read = Bundle(tmp_path)
        assert read.records == whole.records[: data[:cut].count(b"\n")]
        assert not read.complete
        assert read.damaged == ""


def test_every_changed_octet_breaks_the_chain(tmp_path: Path) -> None:
    """But within the last line, whose digest stands in the manifest alone; `verify` looks there."""
    whole = written(tmp_path, count=2)
    path = tmp_path / "journal.jsonl"
    data = path.read_bytes()
    for at in range(data.rstrip(b"\n").rfind(b"\n")):
        path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        read = Bundle(tmp_path)
        assert read.damaged, at
        assert not read.complete
        assert read.records[:-1] == whole.records[: max(0, len(read.records) - 1)]


@pytest.mark.parametrize(
    "line", [b"", b"[]", b"{}", b"null", b"\xff", b"[" * 100_000, b'{"n":0,"kind":1,"t":0}', b'{"n":1e999}']
)
def test_lines_that_are_no_records_are_told(tmp_path: Path, line: bytes) -> None:
    written(tmp_path)
    path = tmp_path / "journal.jsonl"
    path.write_bytes(line + b"\n" + path.read_bytes())
    read = Bundle(tmp_path)
    assert (read.damaged, read.records) == ("journal line 1 does not follow from the line before it", [])


def test_a_bundle_without_a_journal_is_read_and_not_complete(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / "journal.jsonl").unlink()
    read = Bundle(tmp_path)
    assert (read.problems, read.damaged, read.complete, read.records) == ([NO_JOURNAL], "", False, [])


@pytest.mark.parametrize("name", ["plan.json", "profile.json", "product.json", "manifest.json"])
@pytest.mark.parametrize("data", [b"", b"[]", b"\xff\xfe", b'{"a":', b"[" * 100_000, b"null"])
def test_documents_that_cannot_be_read_are_told_with_their_path(tmp_path: Path, name: str, data: bytes) -> None:
    written(tmp_path)
    (tmp_path / name).write_bytes(data)
    with pytest.raises(BundleError, match=name):
        Bundle(tmp_path)


def test_a_folder_that_is_no_bundle_says_so(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="is not a bundle"):
        Bundle(tmp_path)


@pytest.mark.parametrize("change", [{"cases": None}, {"cases": [{}]}, {"cases": [1]}, {"seed": "1"}, {"seed": None}])
def test_a_plan_that_tells_no_cases_is_told(tmp_path: Path, change: dict[str, Any]) -> None:
    row = {"id": "a", "suite": "small", "requirements": [], "seed": 1}
    plan: dict[str, Any] = {"cases": [row], "seed": 7}
    written(tmp_path)
    (tmp_path / "plan.json").write_bytes(dump(plan))
    assert Bundle(tmp_path).planned() == {"a": row}
    (tmp_path / "plan.json").write_bytes(dump(plan | change))
    with pytest.raises(BundleError, match=r"plan\.json"):
        Bundle(tmp_path).planned()


def test_evidence_is_called_by_its_digest_and_stored_once(tmp_path: Path) -> None:
    store = Evidence(tmp_path / "evidence", lambda data: data.replace(b"hidden", b"******"))
    names = [store.add(data) for data in (b"abc", b"abc", b"", b"a hidden word")]
    assert names == [hashlib.sha256(data).hexdigest() for data in (b"abc", b"abc", b"", b"a ****** word")]
    assert {path.name for path in store.directory.iterdir()} == set(names)
    assert (store.directory / names[3]).read_bytes() == b"a ****** word"


@pytest.mark.parametrize("name", ["", "../plan.json", "A" * 64, "a" * 63, "a" * 65, "/" * 64, "a" * 64])
def test_evidence_under_any_other_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BundleError):
        written(tmp_path).evidence(name)


def test_the_manifest_holds_digest_and_size_of_everything_but_reports(tmp_path: Path) -> None:
    keeper = kept(tmp_path)
    result = CaseResult(case="small/anything")
    keeper.started(anything(), 1)
    keeper.ended(result, spoken(b"heard"))
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "index.html").write_text("made from it")
    keeper.end([])
    read = Bundle(tmp_path)
    assert read.manifest
    files = {str(p.relative_to(tmp_path)): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    del files["manifest.json"], files["report/index.html"]
    assert set(files) == {*DOCUMENTS, "journal.jsonl", f"evidence/{result.transcript}", f"evidence/{result.capture}"}
    due = {name: {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)} for name, data in files.items()}
    assert read.manifest["files"] == due
    last = files["journal.jsonl"].rstrip(b"\n").rpartition(b"\n")[2]
    assert read.manifest["journal"] == {"records": 4, "last": hashlib.sha256(last).hexdigest()}


def test_what_was_changed_before_the_end_is_not_vouched_for(tmp_path: Path) -> None:
    """The manifest says what evidence was when it was stored, not what somebody has made of it since."""
    keeper = kept(tmp_path)
    name = keeper.evidence.add(b"abc")
    (tmp_path / "evidence" / name).write_bytes(b"abd")
    keeper.stop()
    write_manifest(tmp_path, records=1, last=GENESIS)
    manifest = Bundle(tmp_path).manifest
    assert manifest
    assert manifest["files"][f"evidence/{name}"]["sha256"] == hashlib.sha256(b"abc").hexdigest()


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "manifest.json"
    write_synced(path, b"old")

    def fail(file: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="Input/output"):
        write_synced(path, b"new and longer")
    assert path.read_bytes() == b"old"


def test_files_that_a_kill_has_left_unfinished_are_cleared_and_never_counted(tmp_path: Path) -> None:
    keeper = kept(tmp_path)
    name = keeper.evidence.add(b"whole")
    keeper.stop()
    left = [tmp_path / "manifest.json.partial", tmp_path / "evidence" / f"{'b' * 64}.partial"]
    for path in left:
        path.write_bytes(b"{")
    write_manifest(tmp_path, records=1, last=GENESIS)
    left[0].write_bytes(b"{")
    manifest = Bundle(tmp_path).manifest
    assert manifest
    assert set(manifest["files"]) == {*DOCUMENTS, "journal.jsonl", f"evidence/{name}"}
    clear_partial(tmp_path)
    assert not any(path.exists() for path in left)
    assert (tmp_path / "evidence" / name).read_bytes() == b"whole"


def test_one_process_writes_at_a_time_and_a_killed_one_holds_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        with pytest.raises(BundleError, match="another process is still writing it"), writing(tmp_path):
            pass
        with pytest.raises(BundleError, match="another process is still writing it"):
            kept(tmp_path)
        other.kill()
    with writing(tmp_path):
        pass


@pytest.mark.parametrize("how", ["stop", "end"])
def test_a_keeper_holds_its_bundle_until_it_is_done(tmp_path: Path, how: str) -> None:
    keeper = kept(tmp_path)
    with pytest.raises(BundleError, match="still writing"), writing(tmp_path):
        pass
    keeper.stop() if how == "stop" else keeper.end([])
    with writing(tmp_path):
        pass


def test_a_file_system_without_locks_is_written_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(file: int, operation: int) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr("conformance.engine.bundle.fcntl.flock", unknown)
    assert written(tmp_path).complete


def test_of_a_run_that_hears_too_much_only_beginnings_are_kept(tmp_path: Path) -> None:
    keeper = kept(tmp_path)
    flood = spoken(b"")
    flood.octets = KEPT_OCTETS + 1
    results = [CaseResult(case=f"small/{n}") for n in range(3)]
    keeper.ended(results[0], flood)
    keeper.ended(results[1], spoken(b"y" * (SHORT_OCTETS + 1)))
    keeper.ended(results[2], spoken(b"z" * SHORT_OCTETS))
    keeper.end([])
    read = Bundle(tmp_path)
    told = [json.loads(read.evidence(result.transcript or "")) for result in results]
    assert [one["truncated"] for one in told] == [False, True, False]
    assert [len(bytes.fromhex(one["events"][0].get("hex", ""))) for one in told] == [0, SHORT_OCTETS, SHORT_OCTETS]
