"""Bundles for the tests: from real runs of the toy suite, and made up ones of any size."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from conformance.engine.attempt import Surroundings
from conformance.engine.bundle import Bundle
from conformance.engine.case import CaseResult, CaseSpec
from conformance.engine.choices import Choices
from conformance.engine.keep import BundleKeeper
from conformance.engine.memory import MemoryTestbed
from conformance.engine.plan import make_plan
from conformance.engine.record import ChannelInfo, Entry, Record
from conformance.engine.session import execute
from conformance.engine.stream import Stream
from conformance.engine.suite import Suite
from conformance.engine.verdict import Verdict
from profiles import Catalogue, Claim, Product, Profile, Requirement

from .toy import cases as toy_cases

SUITE = Suite("toy", "tests.reports.toy")
KEY = "toy-1/server"
CREATED = "2026-01-02T03:04:05.000+00:00"
CASE_IDS = {name: f"toy/test_1_toy.py::{name}" for name in vars(toy_cases) if name.startswith("test_")}

PROFILE = Profile("toy-profile", "Toy profile", "玩具行规", "1.0", "What a toy must do.", "玩具的要求。")
CATALOGUE = Catalogue("toy-1", "server", "Toy protocol, server", "玩具协议，服务端", "Nobody", "2026", "normative")

PRODUCT = Product("Example Works", "EG-100", "2.1.0")
SEEDED = Choices(seed=7)


def requirement(id_: str, level: str = "MUST", clause: str = "1.1", **more: Any) -> Requirement:
    """A requirement of the toy standard."""
    text, text_zh = more.pop("text", f"What {id_} says."), more.pop("text_zh", f"{id_} 的内容。")
    claims = {"fancy": Claim("fancy", False)}
    return Requirement(
        id_, clause, level, text, text_zh=text_zh, standard="toy-1", role="server", claims=claims, **more
    )


REQUIREMENTS = (
    requirement("T-1"),
    requirement("T-2", clause="1.2", text="The product closes the connection when it is told to."),
    requirement("T-3", "SHOULD", "1.2"),
    requirement("T-4", clause="1.10"),
    requirement("T-5", "MAY", "2"),
    requirement("T-6", clause="2.1", when="fancy"),
    requirement("T-7", clause="2.1", check="review"),
    requirement("T-8", clause="2.2", check="none", why="it happens within the product", why_zh="发生在产品内部"),
    requirement("T-9", clause="3", wording="derived"),
)
BINDINGS = {
    "test_echo_comes_back": ("T-1",),
    "test_quit_closes": ("T-2",),
    "test_manners": ("T-3", "T-9"),
    "test_never_begins": ("T-4",),
    "test_not_offered": ("T-5",),
    "test_of_ours_is_broken": ("T-1",),
}


class Echo:
    """The toy product: says everything again."""

    async def serve(self, stream: Stream) -> None:
        ended = asyncio.get_running_loop().create_future()
        stream.attach(_Echoing(stream, ended))
        await ended


class _Echoing:
    def __init__(self, stream: Stream, ended: asyncio.Future[None]) -> None:
        self._stream = stream
        self._ended = ended

    def data(self, data: bytes) -> None:
        self._stream.write(data)

    def fin(self) -> None:
        if not self._ended.done():
            self._ended.set_result(None)

    reset = fin


def ref(id_: str) -> str:
    return f"{KEY}:{id_}"


def specs(names: Iterable[str] = BINDINGS, *, disruptive: Iterable[str] = ()) -> list[CaseSpec]:
    """Cases of the toy suite."""
    return [
        CaseSpec(
            id=CASE_IDS[name],
            suite=SUITE,
            function=getattr(toy_cases, name),
            requirements=tuple(map(ref, BINDINGS[name])),
            standard=KEY,
            title=(getattr(toy_cases, name).__doc__ or "").strip(),
            source="test_1_toy.py:1",
            disruptive=name in disruptive,
        )
        for name in names
    ]


def real_run(
    directory: Path,
    chosen: Sequence[CaseSpec] | None = None,
    *,
    requirements: Sequence[Requirement] = REQUIREMENTS,
    choices: Choices = SEEDED,
    product: Product = PRODUCT,
    simulated: bool = True,
) -> Bundle:
    """Plan and run cases of the toy suite against the toy product, through the engine. Not `simulated`: its record says
    that a product was tested.
    """
    plan = make_plan(PROFILE, requirements, product, specs() if chosen is None else chosen, choices)
    testbed = MemoryTestbed("toy (embedded)", Echo, {})
    keeper = BundleKeeper(directory, lambda data: data)
    order = {"profile": "toy-profile", "product": None, "testbed": "embedded" if simulated else "bench"}
    at = {"name": "toy (embedded)", "kind": "memory"} if simulated else {"name": "bench", "kind": "process"}
    planned = plan.to_json(at) | {"order": order}
    keeper.begin(documents(planned, requirements, product))
    execute(plan.cases, plan.seeds, Surroundings(testbed=testbed, claims={}, ixit={}), keeper)
    keeper.end([SUITE])
    return Bundle(directory)


def documents(plan: Mapping[str, Any], requirements: Iterable[Requirement], product: Product) -> dict[str, Any]:
    """The documents that stand before a run."""
    head = {name: getattr(PROFILE, name) for name in ("id", "title", "title_zh", "version", "summary", "summary_zh")}
    profile = {**head, "catalogues": [CATALOGUE.to_json()], "requirements": [r.to_json() for r in requirements]}
    return {"plan.json": plan, "profile.json": profile, "product.json": product.to_json()}


def made_up(
    directory: Path,
    results: Sequence[CaseResult],
    bindings: Mapping[str, Sequence[str]],
    *,
    requirements: Sequence[Requirement] = REQUIREMENTS,
    product: Product = PRODUCT,
    choices: Choices = SEEDED,
    record: Callable[[CaseResult], Record] = lambda result: Record(result.case),
    begun: bool = False,
    end: bool = True,
    change: Callable[[dict[str, Any]], None] = lambda documents: None,
) -> Bundle:
    """A bundle as the engine writes it, of results that never happened. `bindings`: case id to requirement ids.

    Cases without a result are planned and never end; `begun` has the journal say that cases began, as it does in a run;
    `change` may alter the documents before they are written.
    """
    planned = [_spec(case, ids) for case, ids in bindings.items()]
    plan = make_plan(PROFILE, requirements, product, planned, choices)
    keeper = BundleKeeper(directory, lambda data: data)
    before = documents(plan.to_json({"name": "bench", "kind": "process"}), requirements, product)
    change(before)
    keeper.begin(before)
    for result in results:
        if begun:
            keeper.started(_spec(result.case, ()), result.attempt)
        keeper.ended(result, record(result))
    if end:
        keeper.end([SUITE])
    else:
        keeper.stop()
    return Bundle(directory)


def _spec(case: str, ids: Sequence[str]) -> CaseSpec:
    return CaseSpec(
        id=case,
        suite=SUITE,
        function=toy_cases.test_echo_comes_back,
        requirements=tuple(map(ref, ids)),
        standard=KEY,
        title=f"What {case.rpartition('::')[2]} shows.",
        source="test_1_toy.py:1",
    )


def result(case: str, verdict: Verdict = Verdict.PASS, **more: Any) -> CaseResult:
    """The end of an attempt."""
    return CaseResult(case=case, verdict=verdict, **{"seconds": 0.25, "started": 1.5, **more})


def conversation(case: str, count: int = 3, text: str = "LINE hello") -> Record:
    """A record of so many questions with their answers, on one connection."""
    record = Record(case)
    record.channels.append(ChannelInfo(0, "connection 1", "tcp://127.0.0.1:7", "127.0.0.1:20001", "127.0.0.1:7"))
    record.add(Entry(0.0, 0, "open"))
    for i in range(count):
        data = f"hello {i}\n".encode()
        for way, seen in (("sent", "out"), ("received", "in")):
            record.add(Entry(0.01 * i, 0, way, data, f"{text} {i}"))
            record.add(Entry(0.01 * i, 0, seen, data))
    record.add(Entry(1.0, 0, "fin"))
    return record
