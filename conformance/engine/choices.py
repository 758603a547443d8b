"""What a user asks of a run beyond profile and product."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Choices:
    """What the user asked of a run."""

    select: str = ""
    limit: int | None = None
    allow_disruptive: bool = False
    seed: int | None = None
    shuffle: bool = False
    concurrency: int | None = None
    """How many cases run at the same time; None leaves it to the product's access data, then to the engine."""
    only: frozenset[str] | None = None
    """Case ids, for a rerun."""
    found: frozenset[str] | None = None
    """Case ids that the options of pytest leave; None for all."""
