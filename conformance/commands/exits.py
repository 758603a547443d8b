"""Exit codes, and how a mistake of the user's is told."""

import sys
from collections.abc import Callable
from typing import Any

CONFORMS = 0
DOES_NOT_CONFORM = 1
USAGE = 2
INCONCLUSIVE = 3
HARNESS = 4
UNREACHABLE = 5
UNVERIFIED = 6
INTERRUPTED = 130


class Ended(Exception):
    """The command ends here, with a message for stderr and an exit code."""

    def __init__(self, message: str, code: int = USAGE) -> None:
        super().__init__(message)
        self.code = code


def guarded(command: Callable[..., int], *arguments: Any, **keywords: Any) -> int:
    """Run a command; its exit code. What a user or a product can cause is told without a traceback."""
    try:
        return command(*arguments, **keywords)
    except Ended as ended:
        tell(str(ended))
        return ended.code
    except KeyboardInterrupt:
        tell("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # nobody reads what we print; Python would complain about it on the way out
        return CONFORMS
    except Exception as error:  # noqa: BLE001 - the last place that can turn an error into words
        code, words = _known(error)
        tell(words)
        return code


def tell(text: str) -> None:
    """Say something on stderr, each line without control characters."""
    from profiles.problems import printable

    for line in text.splitlines() or [""]:
        sys.stderr.write(f"{printable(line)}\n")


def _known(error: Exception) -> tuple[int, str]:
    """Exit code and words for an error; a stranger is a fault of the harness and keeps its traceback."""
    from conformance.engine.bundle import BundleError
    from conformance.engine.plan import PlanError
    from conformance.engine.select import SelectError
    from conformance.engine.session import CollectError
    from conformance.engine.suite import SuiteError
    from conformance.engine.testbed import TestbedError
    from profiles import InputError

    if isinstance(error, TestbedError):
        return UNREACHABLE, f"testbed: {error}"
    if isinstance(error, SelectError):
        return USAGE, f"--select: {error}"
    if isinstance(error, InputError | PlanError | BundleError | SuiteError | OSError):
        return USAGE, str(error)
    if isinstance(error, CollectError):
        return HARNESS, str(error)
    import traceback

    return HARNESS, "".join(traceback.format_exception(error)) + "This is an error of the harness, not of the product."
