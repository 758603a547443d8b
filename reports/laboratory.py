"""What a laboratory says in its test report, from its TOML file: all that ISO/IEC 17025:2017, 7.8, asks of one.

    laboratory = load_laboratory("laboratory.toml")     # raises InputError with everything that is missing
    check(laboratory, run)                              # raises InputError where the file contradicts the run

The form of the file is `schemas/laboratory.json`.
"""

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from profiles import schema
from profiles.problems import InputError
from profiles.reading import Source, parse, read

from .model import NOTHING, Run, Said

SCHEMAS = Path(__file__).parent / "schemas"
NONE = Said("none", "无")
ITEMS_TESTED = Said(
    "The results in this report relate only to the items tested.",
    "本报告中的结果仅与被测样品有关。",
)
AS_RECEIVED = Said(
    "The laboratory did not take the sample; the results apply to the item as received.",
    "样品非由实验室抽取，结果适用于收到的样品。",
)
Day = datetime.date


@dataclass(frozen=True, kw_only=True)
class Accreditation:
    """By whom and under which number the laboratory is accredited; `outside`: results that this does not cover."""

    accredited: bool
    body: Said = NOTHING
    id: str = ""
    outside: Said = NOTHING


@dataclass(frozen=True, kw_only=True)
class Party:
    """A laboratory, a customer or an external provider. `results` are those that a provider contributed."""

    name: Said
    address: Said
    contact: Said = NOTHING
    results: Said = NOTHING


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where tests were done, and which."""

    name: Said
    address: Said
    done: Said = NOTHING


@dataclass(frozen=True, kw_only=True)
class Item:
    """What was tested, as the laboratory received it."""

    description: Said
    identification: Said
    condition: Said
    received: Day
    photograph: str = ""


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """Who took the sample, how and when."""

    by: str
    method: Said
    date: Day | None = None


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """When and under what circumstances the tests were done."""

    began: Day
    ended: Day
    environment: Said
    deviations: Said
    uncertainty: Said = NOTHING
    external_providers: tuple[Party, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DecisionRule:
    """How results become a statement of conformity."""

    text: Said
    document: str = ""


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who authorises the report."""

    name: Said
    function: Said


@dataclass(frozen=True, kw_only=True)
class Opinion:
    """An opinion or interpretation, marked as such in the report."""

    text: Said
    basis: Said
    by: str


@dataclass(frozen=True, kw_only=True)
class Amendment:
    """A report that this one, or one of those before it, replaces."""

    replaces: str
    issued: Day
    changed: Said
    reason: Said
    sha256: str = ""


@dataclass(frozen=True, kw_only=True)
class Laboratory:
    """A laboratory file. `sha256` is the digest of its octets."""

    report_id: str
    issued: Day
    title: Said
    statements: tuple[Said, ...]
    """That the results relate only to the items tested, and whatever else the laboratory states."""
    laboratory: Party
    accreditation: Accreditation
    places: tuple[Place, ...]
    customer: Party
    item: Item
    sampling: Sampling
    test: Conditions
    decision_rule: DecisionRule
    authorisers: tuple[Person, ...]
    opinions: tuple[Opinion, ...]
    amendments: tuple[Amendment, ...]
    source: Source

    @property
    def sha256(self) -> str:
        return self.source.sha256


def load_laboratory(path: str | Path) -> Laboratory:
    """The laboratory file at a path. Raises InputError with every problem of the file at once."""
    source = read(path)
    content = _plain(parse(source))
    report = schema.Report("laboratory", content, source.file, source.text)
    schema.check(report, SCHEMAS)
    if not report.problems:
        _check_sense(report)
    if report.problems:
        raise InputError.of(report.sorted())
    return _laboratory(content, source)


def check(laboratory: Laboratory, run: Run, at: datetime.datetime | None = None) -> None:
    """Raise InputError where the file contradicts what the run recorded: its days of testing; or where one of its days
    lies after `at`, the time of a signature.
    """
    test, source = laboratory.test, laboratory.source
    report = schema.Report("laboratory", {"test": {}, "report": {}}, source.file, source.text)
    began, ended = _day(run.created[:10]), _day((run.finished or run.created)[:10])
    for name, day, wrong in (
        ("began", began, began and began < test.began - _DAY),
        ("ended", ended, ended and ended > test.ended + _DAY),
    ):
        if wrong:
            what = f"{name!r} is {getattr(test, name)}, but the run {name} on {day} (UTC)"
            report.add(("test", name), what, "Correct the date, or name the bundle that the report is about")
    if at:
        _check_signature(report, laboratory, at)
    if report.problems:
        raise InputError.of(report.sorted())


def _check_signature(report: schema.Report, laboratory: Laboratory, at: datetime.datetime) -> None:
    """Nobody signs today what is dated tomorrow, wherever he lives."""
    latest = (at.astimezone(datetime.UTC) + _EASTERNMOST).date()
    days = {("report", "issued"): laboratory.issued, ("test", "ended"): laboratory.test.ended}
    for path, day in days.items():
        if day > latest:
            what = f"{path[1]!r} is {day}, which lies after the time of the signature, {at:%Y-%m-%d %H:%M} (UTC)"
            report.add(path, what, "Correct the date, or sign on that day; --at gives the time that the signature says")


_EASTERNMOST = datetime.timedelta(hours=14)
"""How far a calendar may be ahead of UTC."""
_DAY = datetime.timedelta(days=1)
"""What the laboratory's calendar and that of the bundle (UTC) may differ by."""


def _check_sense(report: schema.Report) -> None:
    """What no schema can say: days that exist and follow each other, an amendment that replaces another report."""
    content = report.document
    steps = (("item", "received"), ("test", "began"), ("test", "ended"), ("report", "issued"))
    days = [
        *steps,
        ("sampling", "date"),
        *(("amendment", n, "issued") for n in range(len(content.get("amendment", ())))),
    ]
    for path in days:
        if (text := _at(content, path)) and _day(text) is None:
            report.add(path, f"there is no day {text}", "Correct the date")
    if report.problems:
        return
    for before, later in pairwise(steps):
        if _at(content, later) < _at(content, before):
            what = f"{later[1]!r} ({_at(content, later)}) lies before {before[1]!r} ({_at(content, before)})"
            report.add(later, what, "Correct one of the two dates")
    for n, amendment in enumerate(content.get("amendment", ())):
        if amendment["replaces"] == content["report"]["id"]:
            what = "the amendment replaces the report itself"
            report.add(("amendment", n, "replaces"), what, "Give the amended report an id of its own in [report]")
    said, zh = (content["report"].get(name, []) for name in ("statements", "statements_zh"))
    if zh and len(zh) != len(said):
        what = f"'statements_zh' has {len(zh)} entries, 'statements' {len(said)}"
        report.add(("report", "statements_zh"), what, "Say each statement in both languages")


def _at(content: Mapping[str, Any], path: tuple[Any, ...]) -> str:
    value: Any = content
    for step in path:
        value = value[step] if isinstance(value, list) else value.get(step, "")
    return str(value)


def _day(text: str) -> Day | None:
    try:
        return Day.fromisoformat(text)
    except ValueError:
        return None


def _plain(value: Any) -> Any:
    """TOML with its dates as texts: both ways of writing a date are good."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else value


def _laboratory(content: Mapping[str, Any], source: Source) -> Laboratory:
    head, accreditation, sampling = (content[name] for name in ("report", "accreditation", "sampling"))
    return Laboratory(
        report_id=head["id"],
        issued=Day.fromisoformat(head["issued"]),
        title=_said(head, "title"),
        statements=tuple(_statements(head, sampling["by"])),
        laboratory=_made(Party, content["laboratory"]),
        accreditation=_made(Accreditation, accreditation),
        places=tuple(_each(content, "place", Place)),
        customer=_made(Party, content["customer"]),
        item=_made(Item, content["item"]),
        sampling=_made(Sampling, sampling),
        test=_test(content["test"]),
        decision_rule=_made(DecisionRule, content["decision_rule"]),
        authorisers=tuple(_each(content, "authoriser", Person)),
        opinions=tuple(_each(content, "opinion", Opinion)),
        amendments=tuple(_each(content, "amendment", Amendment)),
        source=source,
    )


def _statements(head: Mapping[str, Any], sampled_by: str) -> Iterator[Said]:
    yield _said(head, "items_tested") or ITEMS_TESTED
    if sampled_by == "customer":
        yield AS_RECEIVED
    said = head.get("statements", [])
    yield from map(Said, said, head.get("statements_zh", said))


def _test(table: Mapping[str, Any]) -> Conditions:
    rest = {name: value for name, value in table.items() if name != "external_providers"}
    made: Conditions = _made(Conditions, rest)
    return Conditions(**{**vars(made), "external_providers": tuple(_each(table, "external_providers", Party))})


def _each(content: Mapping[str, Any], name: str, kind: Callable[..., Any]) -> Iterator[Any]:
    return map(partial(_made, kind), content.get(name, ()))


def _made(kind: Callable[..., Any], table: Mapping[str, Any]) -> Any:
    """A value of `kind`, a dataclass, from a table whose keys are its fields."""
    types = kind.__annotations__
    return kind(**{name: _read(types[name], table, name) for name in table if not name.endswith("_zh")})


def _read(wanted: Any, table: Mapping[str, Any], name: str) -> Any:
    if wanted is Said:
        return _said(table, name)
    return Day.fromisoformat(table[name]) if wanted in (Day, Day | None) else table[name]


def _said(table: Mapping[str, Any], name: str) -> Said:
    text = table.get(name, "")
    said = Said(text, table.get(f"{name}_zh", text))
    return NONE if said.en.strip().lower() in ("none", "none.") and said.zh == said.en else said
