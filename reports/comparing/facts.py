"""What stands around the verdicts of two runs and differs: product, claims, standards, testbed, tools, host."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ..model import Run
from ..text import shortened, visible
from .model import GROUPS, Fact

VALUE_LIMIT = 300
MOST = 1_000


def facts(a: Run, b: Run) -> list[Fact]:
    """Everything that differs, by group."""
    was, now = dict(_said(a)), dict(_said(b))
    found = [
        Fact(group=group, name=name, was=was.get((group, name), ""), now=now.get((group, name), ""))
        for group, name in dict.fromkeys([*was, *now])
        if was.get((group, name), "") != now.get((group, name), "")
    ]
    order = list(GROUPS)
    return sorted(found, key=lambda fact: order.index(fact.group))[:MOST]


Named = tuple[tuple[str, str], str]


def _said(run: Run) -> Iterator[Named]:
    """Everything that a run says of its circumstances, each under its group and name."""
    product = run.product
    yield from _flat("product", {key: value for key, value in product.items() if key not in ("claims", "ixit")})
    yield from _flat("claims", product.get("claims"))
    yield from _flat("access", product.get("ixit"))
    yield from _flat("profile", {key: run.profile.get(key) for key in ("id", "version", "sha256")})
    for head in run.catalogues:
        said = {key: head.get(key) for key in ("title", "edition", "sha256")}
        yield from _flat("catalogues", {str(head.get("key") or ""): said})
    yield from _flat("testbed", run.plan.get("testbed"))
    yield from _flat("options", run.plan.get("options"))
    yield from _flat("options", {"seed": run.plan.get("seed")})
    yield from _tools(run.manifest)
    host = _object(run.manifest.get("host"))
    yield from _flat("host", {key: host.get(key) for key in ("platform", "python")})


def _tools(manifest: Mapping[str, Any]) -> Iterator[Named]:
    harness = _object(manifest.get("harness"))
    yield from _flat("tools", {"iic-conform": harness.get("version")})
    suites = manifest.get("suites")
    for suite in suites if isinstance(suites, list) else []:
        row = _object(suite)
        said = {key: row.get(key) for key in ("version", "sha256")}
        yield from _flat("tools", {f"suite {row.get('name') or ''}": said})
    yield from _flat("tools", _object(manifest.get("host")).get("packages"))


def _flat(group: str, value: Any, path: tuple[str, ...] = ()) -> Iterator[Named]:
    """The leaves of nested tables, each with its path as its name."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _flat(group, item, (*path, str(key)))
    elif path and value not in (None, "", []):
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        yield (group, _shown(" ".join(path))), _shown(text)


def _shown(text: str) -> str:
    return visible(shortened(text, VALUE_LIMIT), kept="")


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
