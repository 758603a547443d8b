"""The writers by format: those of this project, then those of installed third parties."""

from collections.abc import Callable, Iterable
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from conformance.engine.bundle import Bundle

from .rollup import JudgedBundle

GROUP = "iic_conform.reports"
DEFAULT = ("html", "json", "junit", "allure")
"""What is written where nobody names a format, beside those of third parties: for people, CI and machines. The others
say the same once more, for who asks for them."""
OWN = (*DEFAULT, "earl", "oscal", "sarif", "csv", "markdown", "badge", "pdf")
_MODULES = {"json": "json_", "csv": "csv_"}

Writer = Callable[[Bundle, Path], Path | list[Path]]
"""Writes a report on a bundle into a directory, and returns what it wrote."""


class ReportError(Exception):
    """A report that cannot be written, and why."""


def writers() -> dict[str, Writer]:
    """Every writer by its format. A module is imported only when its writer is called."""
    found: dict[str, Writer] = {form: _own(form) for form in OWN}
    for point in sorted(entry_points(group=GROUP), key=lambda p: (p.name, p.value)):
        if point.name in found:
            found[f"{point.name} ({point.value})"] = _refused(point)
        else:
            found[point.name] = _foreign(point)
    return found


def write(
    bundle: Bundle, formats: Iterable[str] | None = None, directory: Path | None = None
) -> list[tuple[str, Path | list[Path] | Exception]]:
    """Write reports into `directory` (the bundle's `report/`): these formats, or the usual and those of third parties.

    For each format what was written, or the error that its writer raised; the others are written all the same.
    Raises ReportError for a format that does not exist.
    """
    known = writers()
    usual = [form for form in known if form in DEFAULT or form not in OWN]
    wanted = usual if formats is None else list(dict.fromkeys(formats))
    for form in wanted:
        if form not in known:
            raise ReportError(f"there is no report format {form!r}; choose from {', '.join(known)}")
    target = directory or bundle.directory / "report"
    target.mkdir(parents=True, exist_ok=True)
    judged = bundle if isinstance(bundle, JudgedBundle) else JudgedBundle(bundle)
    return [(form, _written(known[form], judged, target)) for form in wanted]


def _written(writer: Writer, bundle: Bundle, directory: Path) -> Path | list[Path] | Exception:
    try:
        return writer(bundle, directory)
    except Exception as error:  # noqa: BLE001 - a writer, perhaps a stranger's, must not take the others along
        return error


def _own(form: str) -> Writer:
    def write_(bundle: Bundle, directory: Path) -> Path | list[Path]:
        writer: Writer = import_module(f".{_MODULES.get(form, form)}", __package__).write
        return writer(bundle, directory)

    return write_


def _foreign(point: EntryPoint) -> Writer:
    def write_(bundle: Bundle, directory: Path) -> Path | list[Path]:
        writer: Writer = point.load()
        return writer(bundle, directory)

    return write_


def _refused(point: EntryPoint) -> Writer:
    def write_(bundle: Bundle, directory: Path) -> Path | list[Path]:
        raise ReportError(f"two report writers are called {point.name!r}: one of them is {point.value}; rename it")

    return write_
