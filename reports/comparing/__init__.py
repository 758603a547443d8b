"""What changed between two runs: the verdicts, worse ones first, and everything around them that could be the cause.

comparison = compare(roll_up(Bundle(a)), roll_up(Bundle(b)))
comparison.worse        # whether anything is worse in the second than in the first
"""

from .compare import compare
from .model import CaseChange, Change, Comparison, Fact, Kind
from .text import text

__all__ = ["CaseChange", "Change", "Comparison", "Fact", "Kind", "compare", "text"]
