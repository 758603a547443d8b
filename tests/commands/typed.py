"""Commands as they are typed, in this process, and the documents that they print."""

import json
import signal
from typing import Any

from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

import cli
from tests.processes import ROOT


def typed(*words: object, **how: Any) -> Result:
    """What came of a command."""
    return CliRunner().invoke(cli.main, [str(word) for word in words], **how)


def valid(schema: str, document: Any) -> Any:
    """The document, once it is found to be as its schema in `reports/schemas` says."""
    said = json.loads((ROOT / "reports" / "schemas" / f"{schema}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(said)
    assert list(Draft202012Validator(said).iter_errors(document)) == []
    return document


def heed_interruptions() -> None:
    """For a process that a test interrupts: what runs in the background is started with SIGINT ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
