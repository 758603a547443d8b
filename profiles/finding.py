"""Where profiles and catalogues are: in this package, in packages that announce some, and beside a profile's file."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from .problems import InputError, choose_from

GROUP = "iic_conform.profiles"
HEAD_OCTETS = 16384
TABLE = re.compile(r"^\s*\[\s*(standard|profile|product)\s*\][^\n]*\n(.*?)(?=^\s*\[|\Z)", re.MULTILINE | re.DOTALL)
VALUE = re.compile(r"""^\s*(id|role)\s*=\s*(\[[^\]\n]*\]|["'][^"'\n]*["'])""", re.MULTILINE)
QUOTED = re.compile(r"""["']([^"'\n]*)["']""")


def find_profiles() -> dict[str, Path]:
    """Profile id to file: ours first, then those of installed packages by name; the first with an id counts."""
    return _of_kind("profile", folders())


def find_catalogues(beside: Path | None = None, wanted: Iterable[str] = ()) -> dict[str, Path]:
    """Catalogue key ("mqtt-5.0/server") to file; those around the file `beside` come before the installed ones.

    With `wanted` keys the search may end when it has them all.
    """
    return _of_kind("standard", folders(beside), wanted)


def find_profile(name: str) -> Path:
    """The file of a profile: an id, or a path that ends in .toml. Raises InputError."""
    if name.endswith(".toml") or "/" in name or "\\" in name:
        return Path(name)
    known = _of_kind("profile", folders(), [name])
    if name not in known:
        cure = f"{choose_from(name, known)} (a profile of your own: give the path of its file, which ends in .toml)"
        raise InputError(what=f"there is no profile {name!r}", cure=cure)
    return known[name]


def own_folder() -> Path:
    """The folder of this package's own data."""
    return Path(__file__).resolve().parent


def folders(beside: Path | None = None) -> Iterator[Path]:
    """That of the file `beside`, our own, that of each entry point of `iic_conform.profiles`. Raises InputError."""
    if beside is not None:
        yield beside.resolve().parent
    yield own_folder()
    from importlib.metadata import entry_points

    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        yield _folder(point.name, point.value)


def is_installed(file: Path) -> bool:
    """Whether a file lies where files are found without a path."""
    here = file.resolve().parent
    return any(folder.resolve() in (here, here.parent) for folder in folders())


def kind_of(file: Path) -> tuple[str, tuple[str, ...]]:
    """What a TOML file is, by its first lines: "standard" with the key for each role, "profile" with its id, "product"
    or "".
    """
    try:
        if not file.is_file():
            return ("", ())
        with open(file, "rb") as stream:
            head = stream.read(HEAD_OCTETS).decode("utf-8-sig", "replace").replace("\r\n", "\n")
    except OSError:
        return ("", ())
    found = TABLE.search(head)
    if not found:
        return ("", ())
    values = {name: QUOTED.findall(value) for name, value in VALUE.findall(found[2])}
    names = values.get("id", [])
    if found[1] == "standard":
        names = [f"{name}/{role}" for name in names for role in values.get("role", [""])]
    return (found[1], tuple(names))


def _of_kind(kind: str, places: Iterable[Path], wanted: Iterable[str] = ()) -> dict[str, Path]:
    found: dict[str, Path] = {}
    enough = set(wanted)
    for folder in places:
        for file in sorted((*folder.glob("*.toml"), *folder.glob("*/*.toml"))):
            is_a, names = kind_of(file)
            if is_a == kind:
                found.update((name, file) for name in names if name not in found)
        if enough and enough <= set(found):
            break
    return found


def _folder(name: str, value: str) -> Path:
    import importlib.util

    module = value.partition(":")[0].strip()
    try:
        spec = importlib.util.find_spec(module)
    except (ImportError, ValueError, AttributeError):
        spec = None
    if spec and spec.submodule_search_locations:
        return Path(next(iter(spec.submodule_search_locations)))
    if spec and spec.origin:
        return Path(spec.origin).parent
    raise InputError(
        f"entry point {name}",
        f"[{GROUP}]",
        f"there is no package {module!r}",
        "Install it again, or uninstall the distribution that announces it",
    )
