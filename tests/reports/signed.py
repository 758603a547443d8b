"""Signed bundles, keys and laboratory files for tests."""

import datetime
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.engine.bundle import Bundle, digest, dump
from profiles import Product
from reports.signing.keys import SigningKey, create_key, load_key
from reports.signing.order import Order
from reports.signing.sign import sign
from reports.verifying import Asked, Trust, Verification, verify
from reports.writing import write

from .made import REQUIREMENTS, real_run, specs

ROOT = Path(__file__).resolve().parents[2]
AT = datetime.datetime.combine(datetime.datetime.now(datetime.UTC), datetime.time(12, 30), datetime.UTC)
FIRMWARE = "ab" * 32
EVERYTHING = bool(os.environ.get("IIC_CONFORM_ALL_POSITIONS"))
"""Whether tests that sample octets try as many as the promise says, which takes minutes."""
CONFORMING = ("test_echo_comes_back", "test_not_offered")
FAILING = (*CONFORMING, "test_quit_closes", "test_manners", "test_never_begins")
_OBSERVABLE = ("T-1", "T-5", "T-6", "T-8")


def new_key(folder: Path, algorithm: str = "ed25519") -> SigningKey:
    """A key that lies in a folder as key.pem and key.pub."""
    create_key(folder, algorithm)
    return load_key(str(folder / "key.pem"))


def bundle(
    directory: Path, names: tuple[str, ...] = CONFORMING, *, reports: tuple[str, ...] = (), simulated: bool = False
) -> Path:
    """A run of the toy suite, conforming unless other cases are named, with reports of some formats."""
    ids = _OBSERVABLE if names == CONFORMING else tuple(row.id for row in REQUIREMENTS)
    product = Product("Example Works", "EG-100", "2.1.0", extra={"firmware_sha256": FIRMWARE, "hardware": "B2"})
    rows = [row for row in REQUIREMENTS if row.id in ids]
    made = real_run(directory, specs(names), requirements=rows, product=product, simulated=simulated)
    for _, written in write(made, reports) if reports else ():
        assert not isinstance(written, Exception), written
    return directory


def laboratory(path: Path, change: Callable[[str], str] = lambda text: text) -> Path:
    """The example of a laboratory file, its days those of today."""
    text = (ROOT / "examples" / "laboratory.toml").read_text(encoding="utf-8")
    today = AT.date()
    days = {"issued": today, "began": today, "ended": today, "received": today - datetime.timedelta(days=3)}
    for name, day in days.items():
        text = re.sub(rf'^{name} = "[\d-]+"', f'{name} = "{day}"', text, flags=re.MULTILINE)
    path.write_text(change(text), encoding="utf-8")
    return path


def amending(report: str, replaces: str) -> Callable[[str], str]:
    """What makes a laboratory file that of an amended report."""
    said = (
        f'\n[[amendment]]\nreplaces = "{replaces}"\nissued = "2026-11-20"\nchanged = "The address."\n'
        'reason = "The address was wrong."\nreason_zh = "地址有误。"\n'
    )
    return lambda text: text.replace('id = "EL-2026-0417"', f'id = "{report}"') + said


def signed(directory: Path, key: SigningKey, **more: Any) -> Path:
    """A conforming bundle with cheap reports, signed."""
    bundle(directory, reports=("json", "junit"))
    sign(directory, key, Order(at=AT, **more))
    return directory


def look(
    path: Path, *trusted: SigningKey, status: Path | None = None, at: Any = AT, deep: bool = False
) -> Verification:
    """Verify with some trusted keys."""
    trust = Trust.of([key.public for key in trusted])
    return verify(path, Asked(trust=trust, status=status, at=at), deep=deep)


def problems(found: Verification) -> list[tuple[str, str]]:
    return [(problem.path, problem.what) for problem in found.problems]


def paths(found: Verification) -> set[str]:
    """Where problems are."""
    return {problem.path for problem in found.problems}


@dataclass
class Tampering:
    """Changes files of a bundle one at a time, and puts each back as it was."""

    directory: Path

    def flips(self, name: str, positions: Iterator[int]) -> Iterator[int]:
        """Flip a bit of the octet at each position; yields while it is flipped."""
        path = self.directory / name
        kept = path.read_bytes()
        for n, position in enumerate(positions):
            changed = bytearray(kept)
            changed[position] ^= 1 << (n % 8)
            path.write_bytes(changed)
            yield position
        path.write_bytes(kept)

    def copy(self, to: Path) -> Path:
        """A copy of the bundle, to be changed for good."""
        return Path(shutil.copytree(self.directory, to, symlinks=True))


def rehash(directory: Path, change: Callable[[list[dict[str, Any]]], None]) -> None:
    """What an attacker without a key can do: change the journal, then chain and manifest so that they fit."""
    import json

    rows = [json.loads(line) for line in (directory / "journal.jsonl").read_bytes().splitlines()]
    change(rows)
    last, lines = "0" * 64, []
    for n, row in enumerate(rows):
        line = json.dumps({**row, "n": n, "prev": last}, ensure_ascii=False, separators=(",", ":")).encode()
        last = digest(line)
        lines.append(line + b"\n")
    (directory / "journal.jsonl").write_bytes(b"".join(lines))
    remanifest(directory, journal={"records": len(rows), "last": last})


def remanifest(directory: Path, **facts: Any) -> None:
    """Write the manifest again so that it fits to the files."""
    manifest = Bundle(directory).manifest
    assert manifest
    for name in manifest["files"]:
        data = (directory / name).read_bytes()
        manifest["files"][name] = {"sha256": digest(data), "size": len(data)}
    (directory / "manifest.json").write_bytes(dump(manifest | facts))
