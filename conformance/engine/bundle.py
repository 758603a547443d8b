"""The bundle: the record of one run in a folder, the only thing that reports are made from.

`plan.json`, `profile.json` and `product.json` as used, a hash-chained `journal.jsonl`, evidence by SHA-256, and last of
all `manifest.json` with the digests of everything else.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from .redact import redact_json

FORMAT = "iic-conform-bundle"
VERSION = 1
GENESIS = "0" * 64
AFTERWARDS = ("report/", "signature/", "certificate/")
"""The folders of what is made from a record once it is there; they do not belong to it."""
PARTIAL = ".partial"
"""How the name of a file ends until it is whole."""
CUT_SHORT = "the last line of the journal was not written to its end"
NO_JOURNAL = "journal.jsonl is missing"
Redact = Callable[[bytes], bytes]


class BundleError(Exception):
    """A bundle that cannot be read: `path` within it and what is wrong."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(f"{path}: {what}")
        self.path = path
        self.what = what


def dump(value: Any) -> bytes:
    """JSON as a bundle holds it: UTF-8, two spaces, keys as given, newline at the end."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "backslashreplace")


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def write_synced(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all, also after a kill."""
    partial = path.with_name(path.name + PARTIAL)
    with open(partial, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)


@contextlib.contextmanager
def writing(directory: Path) -> Iterator[None]:
    """Keep every other process from writing into a bundle meanwhile, as long as ours lives. Raises BundleError."""
    held = os.open(directory, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # a file system that knows no locks
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BundleError(directory, "another process is still writing it; wait for its end") from None
        yield
    finally:
        os.close(held)


def clear_partial(directory: Path) -> None:
    """Remove the files of a bundle that a kill has kept from becoming whole."""
    for partial in [*directory.glob(f"*{PARTIAL}"), *(directory / "evidence").glob(f"*{PARTIAL}")]:
        partial.unlink()


class Journal:
    """Appends records to `journal.jsonl`; each line holds the SHA-256 of the line before.

    Lines are written by a thread of their own and synced in groups, at most 50 ms apart; `barrier` waits until all are
    safe. Raises OSError from the next call when the disk fails.
    """

    def __init__(
        self, path: Path, redact: Redact = lambda data: data, *, records: int = 0, last: str = GENESIS
    ) -> None:
        self._redact = redact
        self.records = records
        self.last = last
        self._failed: OSError | None = None
        self._queue: queue.Queue[bytes | threading.Event | None] = queue.Queue()
        self._file = open(path, "ab", buffering=0)  # noqa: SIM115 - closed by close()
        self._thread = threading.Thread(target=self._write_all, name="journal", daemon=True)
        self._thread.start()

    def append(self, kind: str, t: float, **fields: Any) -> None:
        """Add a record at `t` seconds since the run began."""
        if self._failed:
            raise self._failed
        record = {"n": self.records, "prev": self.last, "t": round(t, 6), "kind": kind}
        record |= redact_json(self._redact, fields)
        line = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
        self.records += 1
        self.last = digest(line)
        self._queue.put(line + b"\n")

    def barrier(self) -> None:
        """Return when everything appended so far is on the disk."""
        done = threading.Event()
        self._queue.put(done)
        done.wait()
        if self._failed:
            raise self._failed

    def close(self) -> None:
        self._queue.put(None)
        self._thread.join()
        self._file.close()
        if self._failed:
            raise self._failed

    def _write_all(self) -> None:
        going = True
        while going:
            batch = [self._queue.get()]
            while not self._queue.empty():
                batch.append(self._queue.get_nowait())
            try:
                self._file.write(b"".join(item for item in batch if isinstance(item, bytes)))
                os.fsync(self._file.fileno())
            except OSError as error:
                self._failed = error
            for item in batch:
                if isinstance(item, threading.Event):
                    item.set()
            going = None not in batch


class Evidence:
    """Stores octets under their SHA-256 in `evidence/`."""

    def __init__(self, directory: Path, redact: Redact = lambda data: data) -> None:
        self.directory = directory
        self._redact = redact
        directory.mkdir(parents=True, exist_ok=True)

    def add(self, data: bytes) -> str:
        """Store and return the digest."""
        return self._store(self._redact(data))

    def add_json(self, document: Mapping[str, Any]) -> str:
        """Store a JSON document and return the digest."""
        text = json.dumps(redact_json(self._redact, document), ensure_ascii=False, separators=(",", ":"))
        return self._store(text.encode("utf-8", "surrogatepass"))

    def _store(self, data: bytes) -> str:
        name = digest(data)
        path = f"{self.directory}/{name}"
        if not os.path.exists(path):  # noqa: PTH110 - once for every case: pathlib takes longer than the disk
            with open(f"{path}{PARTIAL}", "wb", buffering=0) as file:
                file.write(data)
            os.replace(f"{path}{PARTIAL}", path)
        return name


class Bundle:
    """A bundle on disk, for reading. Raises BundleError for what is missing or unreadable."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        if not (directory / "plan.json").is_file():
            raise BundleError(directory, "is not a bundle: there is no plan.json in it")
        self.plan = self._json("plan.json")
        self.profile = self._json("profile.json")
        self.product = self._json("product.json")
        self.manifest: dict[str, Any] | None = (
            self._json("manifest.json") if (directory / "manifest.json").exists() else None
        )
        self.problems: list[str] = []
        """What is wrong with the journal's chain, in words; empty for a sound one."""
        self.records = list(self._journal())

    @property
    def run(self) -> str:
        return self.directory.name.removeprefix("run-")

    @property
    def complete(self) -> bool:
        """Whether the run came to its end and its journal is whole."""
        ended = any(record["kind"] == "run-end" and record.get("complete") for record in self.records[-1:])
        return ended and not self.problems and self.manifest is not None

    @property
    def damaged(self) -> str:
        """What is wrong with the journal beyond what a kill leaves behind; "" for nothing."""
        return next((problem for problem in self.problems if problem not in (CUT_SHORT, NO_JOURNAL)), "")

    def evidence(self, name: str) -> bytes:
        """The octets stored under a digest."""
        if len(name) != 64 or not set(name) <= set("0123456789abcdef"):
            raise BundleError(self.directory, f"{name!r} is not the name of evidence")
        try:
            return (self.directory / "evidence" / name).read_bytes()
        except OSError as error:
            raise BundleError(self.directory / "evidence" / name, error.strerror or "cannot be read") from None

    def planned(self) -> dict[str, dict[str, Any]]:
        """The plan's cases by id. Raises BundleError for a plan that does not tell them, or no seed."""
        rows = self.plan.get("cases")
        if (
            not isinstance(rows, list)
            or not all(map(_tells_a_case, rows))
            or not isinstance(self.plan.get("seed"), int)
        ):
            raise BundleError(
                self.directory / "plan.json", "does not say which cases were to run, and with which seeds"
            )
        return {row["id"]: row for row in rows}

    def ends(self) -> dict[str, list[dict[str, Any]]]:
        """The case-end records by case id, in the order of their attempts."""
        found: dict[str, list[dict[str, Any]]] = {}
        for record in self.records:
            if record["kind"] == "case-end":
                found.setdefault(record["case"], []).append(record)
        return found

    def _json(self, name: str) -> dict[str, Any]:
        path = self.directory / name
        try:
            value = json.loads(path.read_bytes())
        except OSError as error:
            raise BundleError(path, error.strerror or "cannot be read") from None
        except (ValueError, RecursionError) as error:
            raise BundleError(path, f"is not JSON ({error})") from None
        if not isinstance(value, dict):
            raise BundleError(path, "is not a JSON object")
        return value

    def _journal(self) -> Iterator[dict[str, Any]]:
        last = GENESIS
        try:
            data = (self.directory / "journal.jsonl").read_bytes()
        except OSError:
            self.problems.append(NO_JOURNAL)
            return
        lines = data.split(b"\n")
        if lines.pop():
            self.problems.append(CUT_SHORT)
        for number, line in enumerate(lines):
            record = _parsed(line)
            if record is None or record.get("n") != number or record.get("prev") != last:
                self.problems.append(f"journal line {number + 1} does not follow from the line before it")
                return
            last = digest(line)
            yield record


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    good = isinstance(record, dict) and isinstance(record.get("kind"), str) and isinstance(record.get("t"), int | float)
    return record if good else None


def _tells_a_case(row: Any) -> bool:
    kinds = {"id": str, "suite": str, "requirements": list, "seed": int}
    return isinstance(row, dict) and all(isinstance(row.get(name), kind) for name, kind in kinds.items())


def write_manifest(directory: Path, *, records: int, last: str, **facts: Any) -> None:
    """Write `manifest.json`: the digest and size of every file of the bundle but `report/`, and the facts given.

    Evidence has its digest for a name. It is not read again: what somebody has changed since must not be vouched for.
    """
    plain = sorted(path for path in directory.iterdir() if path.is_file() and path.suffix in (".json", ".jsonl"))
    files = {
        path.name: {"sha256": digest(data := path.read_bytes()), "size": len(data)}
        for path in plain
        if path.name != "manifest.json"
    }
    with os.scandir(directory / "evidence") as entries:
        stored = sorted((entry.name, entry.stat().st_size) for entry in entries if len(entry.name) == len(GENESIS))
    files |= {f"evidence/{name}": {"sha256": name, "size": size} for name, size in stored}
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        **facts,
        "journal": {"records": records, "last": last},
        "files": files,
    }
    write_synced(directory / "manifest.json", dump(manifest))
