"""Keeps a run's record in a bundle as it happens."""

import asyncio
import datetime
import platform
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from .bundle import (
    GENESIS,
    Bundle,
    Evidence,
    Journal,
    clear_partial,
    digest,
    dump,
    write_manifest,
    write_synced,
    writing,
)
from .case import CaseResult, CaseSpec
from .link import Frames
from .pcapng import capture, link_capture
from .record import SHORT_OCTETS, Record
from .redact import redact_json, redact_text
from .suite import Suite

PACKAGES = ("pytest", "hypothesis", "jsonschema", "click", "allure-python-commons", "pyshark")
CUT_SHORT = "the run was cut short"
WHERE_SAID = ("summary_zh", "lost")
"""What the journal holds of a result only where there is something to say."""
KEPT_OCTETS = 64 << 20
"""How much that went to and fro a run keeps before records are shortened: on the disk it is several times that."""


class BundleKeeper:
    """Writes journal and evidence of one run into `directory`, through one redacting sink. `begin` makes the folder.

    Whoever resumes a bundle holds it by `writing` from before it is read.
    """

    def __init__(self, directory: Path, redact: Callable[[bytes], bytes], *, resume: Bundle | None = None) -> None:
        self.directory = directory
        self.redact = redact
        self.begun = False
        self._began_s: float | None = None
        self._octets = 0
        self._began_at_s = time.time()
        self._offset_s = max((r["t"] for r in resume.records), default=0.0) if resume else 0.0
        self.resumed = resume is not None
        self._held = ExitStack()

    def begin(self, documents: Mapping[str, Any]) -> None:
        """Write the documents (name to JSON value) that stand before the run, then its first record."""
        self.created = _now()
        self.directory.mkdir(parents=True, exist_ok=True)
        if self.resumed:
            clear_partial(self.directory)
        else:
            self._held.enter_context(writing(self.directory))
        records, last = _reopen(self.directory / "journal.jsonl") if self.resumed else (0, GENESIS)
        self.journal = Journal(self.directory / "journal.jsonl", self.redact, records=records, last=last)
        self.evidence = Evidence(self.directory / "evidence", self.redact)
        self.begun = True
        if not self.resumed:
            for name, value in redact_json(self.redact, documents).items():
                write_synced(self.directory / name, dump(value))
        self.journal.append(
            "run-start", self._t(), run=self.directory.name.removeprefix("run-"), at=_now(), resumed=self.resumed
        )
        self.journal.barrier()

    def started(self, spec: CaseSpec, number: int) -> None:
        self.journal.append("case-start", self._t(), case=spec.id, attempt=number)

    def ended(self, result: CaseResult, record: Record) -> None:
        self._clean(result)
        if self._octets > KEPT_OCTETS and record.octets > SHORT_OCTETS:
            record.shorten()
        if record.entries:
            self._octets += record.octets
            result.transcript = self.evidence.add_json(record.document())
            result.capture = self.evidence.add(capture(record, self._began_at_s + result.started))
        fields = {**vars(result), "verdict": str(result.verdict)}
        self.journal.append("case-end", self._t(), **{k: v for k, v in fields.items() if k not in WHERE_SAID or v})

    def _clean(self, result: CaseResult) -> None:
        """Take the secrets out of what others tell of the result too, such as pytest's own reporters."""
        for name in ("summary", "summary_zh", "expected", "got", "output", "detail"):
            if text := getattr(result, name):
                setattr(result, name, redact_text(self.redact, text))
        result.notes = [{name: redact_text(self.redact, text) for name, text in note.items()} for note in result.notes]

    def interrupted(self, spec: CaseSpec, number: int, why: str) -> None:
        self.journal.append("case-interrupted", self._t(), case=spec.id, attempt=number, why=why)

    def product(self, event: str, detail: str) -> None:
        self.journal.append("product", self._t(), event=event, detail=detail)

    def reached(self, ixit: Mapping[str, Any]) -> None:
        """The product stands, with these access data (without secrets)."""
        self.journal.append("testbed", self._t(), ixit=ixit)

    def passed(self, link: str, frames: Frames, truth: Sequence[Mapping[str, Any]]) -> None:
        """What last passed on a link, each frame with its time in seconds since the run began; and what an impairment
        did to the frames, where there is one.
        """
        data = link_capture((self._began_at_s + at_s, frame) for at_s, frame in frames)
        fields = {"link": link, "capture": self.evidence.add(data)}
        if truth:
            fields["transcript"] = self.evidence.add_json({"version": 1, "link": link, "impairment": list(truth)})
        self.journal.append("link", self._t(), **fields)

    def note(self, text: str) -> None:
        self.journal.append("note", self._t(), text=text)

    def barrier(self) -> None:
        self.journal.barrier()

    def stop(self, why: str = "") -> None:
        """Close without an end: what was synced stays, and the run can be resumed. The journal tells `why` and when."""
        with self._held:
            with suppress(OSError):  # of a disk that is full, which may be why we stop
                if why:
                    self.journal.append("note", self._stopped_t(), text=why)
            self.journal.close()

    def _stopped_t(self) -> float:
        """The time on the clock of the run, which stands still where it ran on one that jumps."""
        if self._loop is None or self._began_s is None:
            return self._last_t
        return max(self._last_t, self._offset_s + self._loop.time() - self._began_s)

    def end(self, suites: Iterable[Suite]) -> None:
        """Write the end record, then the manifest."""
        with self._held:
            self.journal.append("run-end", self._t(), complete=True, at=_now())
            self.journal.close()
            self._write_manifest(suites)

    def _write_manifest(self, suites: Iterable[Suite]) -> None:
        write_manifest(
            self.directory,
            records=self.journal.records,
            last=self.journal.last,
            run=self.directory.name.removeprefix("run-"),
            created=self.created,
            finished=_now(),
            harness={"name": "iic-conform", "version": _version("iic-conform")},
            suites=[{"name": s.name, "version": _version(s.distribution), "sha256": s.digest} for s in suites],
            host={
                "python": sys.version.split()[0],
                "platform": platform.platform(),
                "packages": {name: _version(name) for name in PACKAGES},
            },
        )

    def _t(self) -> float:
        try:
            self._loop = asyncio.get_running_loop()
            now_s = self._loop.time()
        except RuntimeError:
            return self._last_t
        if self._began_s is None:
            self._began_s = now_s
        self._last_t = self._offset_s + now_s - self._began_s
        return self._last_t

    _last_t = 0.0
    _loop: asyncio.AbstractEventLoop | None = None


def _reopen(path: Path) -> tuple[int, str]:
    """Cut a last line that was not written to its end; the number of records and the digest of the last."""
    data = path.read_bytes() if path.exists() else b""
    whole = data[: data.rfind(b"\n") + 1]
    if whole != data:
        write_synced(path, whole)
    lines = whole.split(b"\n")[:-1]
    return len(lines), digest(lines[-1]) if lines else GENESIS


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
