"""The result of a run for machines: what `run --format json` prints. Its schema is `schemas/run.json`."""

from pathlib import Path
from typing import Any

from conformance.engine.bundle import Bundle, dump, write_synced

from .rollup import Result, roll_up

VERSION = 1


def run_json(result: Result, bundle_path: str | Path) -> dict[str, Any]:
    """The result as a JSON object; `bundle_path` is told as given."""
    run = result.run
    return {
        "version": VERSION,
        "verdict": result.verdict,
        "profile": str(run.plan.get("profile") or ""),
        "product": str(run.plan.get("product") or ""),
        "bundle": str(bundle_path),
        "seconds": round(run.seconds, 3),
        "cases": result.counts["cases"],
        "requirements": result.counts["requirements"],
        "findings": [finding.to_json() for finding in result.findings],
        "exit_code": result.exit_code,
        "reasons": [said.to_json() for said in result.reasons],
    }


def write(bundle: Bundle, directory: Path) -> Path:
    """Write `result.json`, with the name of the bundle's folder for its path."""
    path = directory / "result.json"
    write_synced(path, dump(run_json(roll_up(bundle), bundle.directory.name)))
    return path
