"""Memory for what a product sends: bounded for each case and for all that run, as the product is hostile."""

from dataclasses import dataclass

TOTAL_OCTETS = 32 << 20
CASE_OCTETS = 8 << 20
FREE_OCTETS = 32 << 10
"""What every case may hold, however much the others do: a flood on one connection must not starve the rest."""
PER_OCTET = 3
"""Each octet received is held as it came, in a message, and in the decoded message."""
PER_MESSAGE = 800
"""What a decoded message and its line in the record take besides."""


@dataclass
class Allowance:
    """What is left for all running cases, in octets of memory."""

    left: int = TOTAL_OCTETS


class Share:
    """What one case holds of an allowance."""

    def __init__(self, allowance: Allowance | None = None) -> None:
        self._allowance = allowance or Allowance()
        self._used = 0
        self._charged = 0

    def take(self, octets: int) -> bool:
        """Hold so many more; False, and nothing is held, when that is more than is left."""
        used = self._used + octets
        more = max(0, used - FREE_OCTETS) - self._charged
        if used > CASE_OCTETS or more > self._allowance.left:
            return False
        self._used = used
        self._allowance.left -= more
        self._charged += more
        return True

    def give_back(self) -> None:
        """Hold nothing any more."""
        self._allowance.left += self._charged
        self._used = self._charged = 0
