"""The files of a bundle against its manifest. No path from a document is ever opened: only what a walk has found."""

import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.engine.bundle import AFTERWARDS, FORMAT, VERSION

from .model import Verification

MANIFEST = "manifest.json"
DOCUMENTS = ("plan.json", "profile.json", "product.json")
JOURNAL = "journal.jsonl"
LARGEST_MANIFEST = 256 * 2**20
DEEPEST = 8
_BLOCK = 2**20


@dataclass(frozen=True)
class Found:
    """One file as it is."""

    sha256: str
    size: int


@dataclass
class Tree:
    """The regular files below a folder by their path, and what else stands there."""

    directory: Path
    files: dict[str, Found] = field(default_factory=dict)
    strange: dict[str, str] = field(default_factory=dict)
    """Path to what is wrong with it: a link, a device, something that cannot be read."""


def walk(directory: Path) -> Tree:
    """Read and digest every file below a folder. Links are not followed, devices not opened."""
    tree = Tree(directory)
    for entry, name in _entries(directory, ""):
        if name.count("/") >= DEEPEST:
            tree.strange[name] = "lies deeper than anything in a bundle"
            continue
        try:
            tree.files[name] = _found(entry.path)
        except OSError as error:
            tree.strange[name] = _why(entry, error)
    return tree


def _entries(directory: Path, prefix: str) -> Iterator[tuple[os.DirEntry[str], str]]:
    with os.scandir(directory) as entries:
        listed = sorted(entries, key=lambda entry: entry.name)
    for entry in listed:
        if entry.is_dir(follow_symlinks=False) and prefix.count("/") < DEEPEST:
            yield from _entries(Path(entry.path), f"{prefix}{entry.name}/")
        else:
            yield entry, prefix + entry.name


def _found(path: str) -> Found:
    """Digest a regular file. Raises OSError for anything else, also for a link."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(0, "is not a regular file")
        digest, size = hashlib.sha256(), 0
        while block := os.read(handle, _BLOCK):
            digest.update(block)
            size += len(block)
    finally:
        os.close(handle)
    return Found(digest.hexdigest(), size)


def _why(entry: os.DirEntry[str], error: OSError) -> str:
    if entry.is_symlink():
        return "is a link, and a bundle has none"
    return error.strerror or "cannot be read"


def check_manifest(tree: Tree, verification: Verification) -> dict[str, Any] | None:
    """Compare every file of the record with the manifest; returns the manifest, None where there is none."""
    manifest = _manifest(tree, verification)
    if manifest is None:
        return None
    listed = _listed(manifest, verification)
    for name, found in listed.items():
        _compare(tree, name, found, verification)
    for name in tree.files:
        if name not in listed and name != MANIFEST and not apart(name):
            verification.add(name, "is not in the manifest")
    return manifest


def apart(name: str) -> bool:
    """Whether a path belongs to what is made after the manifest and stands for itself."""
    return name.startswith(AFTERWARDS)


def _compare(tree: Tree, name: str, listed: Found, verification: Verification) -> None:
    found = tree.files.get(name)
    if found is None:
        if name not in tree.strange:
            verification.add(name, "is in the manifest, but not there")
    elif found.size != listed.size:
        verification.add(name, f"has {found.size} octets, by the manifest {listed.size}")
    elif found.sha256 != listed.sha256:
        verification.add(name, "was changed: its SHA-256 is not that of the manifest")
    folder, _, base = name.partition("/")
    if folder == "evidence" and found and found.sha256 != base:
        verification.add(name, "was changed or swapped: its SHA-256 is not its name")


def _manifest(tree: Tree, verification: Verification) -> dict[str, Any] | None:
    found = tree.files.get(MANIFEST)
    if found is None:
        return None
    if found.size > LARGEST_MANIFEST:
        verification.add(MANIFEST, f"is larger than {LARGEST_MANIFEST} octets")
        return {}
    try:
        manifest = json.loads((tree.directory / MANIFEST).read_bytes())
    except (OSError, ValueError, RecursionError):
        manifest = None
    if not isinstance(manifest, dict):
        verification.add(MANIFEST, "is not a JSON object")
        return {}
    if (kind := (manifest.get("format"), manifest.get("version"))) != (FORMAT, VERSION):
        verification.add(MANIFEST, f"is of another format: {kind[0]} {kind[1]}")
    return manifest


def _listed(manifest: Mapping[str, Any], verification: Verification) -> dict[str, Found]:
    """The files that the manifest names; a path that leads elsewhere is a problem and nothing more."""
    files = manifest.get("files")
    listed: dict[str, Found] = {}
    if not isinstance(files, dict):
        verification.add(MANIFEST, "lists no files")
        return listed
    for name, row in files.items():
        if not _plain(name) or name == MANIFEST or apart(name):
            verification.add(MANIFEST, f"lists a path that no bundle has: {name}")
            continue
        try:
            listed[name] = Found(str(row["sha256"]), int(row["size"]))
        except (KeyError, TypeError, ValueError):
            verification.add(MANIFEST, f"does not give digest and size of {name}")
    for name in (*DOCUMENTS, JOURNAL):
        if name not in listed:
            verification.add(MANIFEST, f"does not list {name}")
    return listed


def _plain(name: str) -> bool:
    parts = name.split("/")
    return "\\" not in name and "\0" not in name and all(part not in ("", ".", "..") for part in parts)
