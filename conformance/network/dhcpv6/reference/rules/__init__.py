"""The rules of the simulated server, by what they are about: each decides one thing that a clause fixes."""

from .answers import AnswerRules
from .leases import LeaseRules
from .relays import RelayRules
from .validation import ValidationRules


class Rules(ValidationRules, AnswerRules, LeaseRules, RelayRules):
    """All of them."""


__all__ = ["Rules"]
