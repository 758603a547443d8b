"""Where products are reached: running already, started as a process, a place in a laboratory, our own reference.

Third parties add kinds as entry points of the group `iic_conform.testbeds`, whose value is a function
`make(settings, ixit) -> Testbed`.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from conformance.engine.testbed import Testbed, TestbedError
from profiles.problems import InputError

from .settings import Settings, load_settings

GROUP = "iic_conform.testbeds"
NEED_A_FILE = ("process", "netns", "lab", "reference")
Ixit = Mapping[str, Mapping[str, Any]]
Factory = Callable[[Settings, Ixit], Testbed]


def testbeds() -> dict[str, Factory]:
    """All kinds of testbeds by name: what makes one from a testbed file and the product's access data."""
    found: dict[str, Factory] = {
        "running": _running,
        "process": _process,
        "netns": _netns,
        "lab": _lab,
        "reference": _reference,
    }
    for point in entry_points(group=GROUP):
        found.setdefault(point.name, _LaterLoaded(point))
    return found


def open_testbed(name: str, ixit: Ixit) -> Testbed:
    """The testbed called `name`, for a product with this access data: a testbed file, the name of one in the user's
    folder, or a kind that needs no file.

    Raises InputError; TestbedError where this machine cannot have the kind.
    """
    settings = find_settings(name)
    return _factory(settings)(settings, ixit)


def _factory(settings: Settings) -> Factory:
    """What makes testbeds of the kind that a file names. Raises InputError."""
    kinds = testbeds()
    if settings.kind not in kinds:
        what = f"kind {settings.kind!r} is not known"
        raise settings.wrong(["testbed", "kind"], what, f"Use one of: {', '.join(sorted(kinds))}")
    return kinds[settings.kind]


def find_settings(name: str, also: Iterable[str] = ()) -> Settings:
    """The settings of the testbed called `name`. Raises InputError, which names `also` what else could be given."""
    path = Path(name)
    if path.suffix == ".toml":
        return load_settings(path)
    if (user_folder() / f"{name}.toml").is_file():
        return load_settings(user_folder() / f"{name}.toml")
    if name in testbeds() and name not in NEED_A_FILE:
        return Settings(name=name, kind=name)
    alone = ({*testbeds()} - {*NEED_A_FILE}) | {*also, *named()}
    what = f"a testbed of kind {name} needs a file" if name in NEED_A_FILE else "there is no such testbed"
    cure = f"Give a testbed file (NAME.toml), or one of: {', '.join(sorted(alone))}"
    raise InputError(name, "", what, cure)


def product_file(name: str, also: Iterable[str] = ()) -> Path | None:
    """The product file that goes with the testbed called `name`, where its file names one. Raises InputError."""
    settings = find_settings(name, also)
    _factory(settings)
    product = settings.table("testbed").get("product")
    return settings.here / product if product else None


def named() -> dict[str, Path]:
    """The testbed files in the user's folder, by name."""
    return {path.stem: path for path in sorted(user_folder().glob("*.toml"))}


def user_folder() -> Path:
    """$XDG_CONFIG_HOME/iic-conform/testbeds."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "iic-conform" / "testbeds"


class _LaterLoaded:
    """A third party's factory, imported when it is first used."""

    def __init__(self, point: Any) -> None:
        self._point = point

    def __call__(self, settings: Settings, ixit: Ixit) -> Testbed:
        made: Testbed = self._point.load()(settings, ixit)
        return made


def _running(settings: Settings, ixit: Ixit) -> Testbed:
    from .running import RunningTestbed

    return RunningTestbed(settings.name, ixit, settings.table("ixit"))


def _process(settings: Settings, ixit: Ixit) -> Testbed:
    from .process import ProcessTestbed

    return ProcessTestbed(settings)


def _netns(settings: Settings, ixit: Ixit) -> Testbed:
    try:
        from .netns import NetnsTestbed
    except ImportError as error:
        what = f"{settings.name}: network namespaces need Linux and the package pyroute2 ({error})"
        cure = "Install pyroute2, or use the reference: leave --testbed away"
        raise TestbedError(what, cure) from None
    return NetnsTestbed(settings)


def _lab(settings: Settings, ixit: Ixit) -> Testbed:
    from .lab import LabTestbed

    return LabTestbed(settings, ixit)


def _reference(settings: Settings, ixit: Ixit) -> Testbed:
    from .reference import from_settings

    return from_settings(settings)
