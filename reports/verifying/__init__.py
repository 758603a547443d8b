"""Whether a bundle, a signed PDF or a certificate is what was signed; without a network, and without us.

    verification = verify(path, Asked(trust=Trust.of(keys), at=now))
    verification.ok, verification.problems

Every problem names a path and what is wrong with it. What was not looked at stands in `notes`.
"""

from .credential import Asked
from .looking import verify
from .model import Problem, Signed, Trust, Verification

__all__ = ["Asked", "Problem", "Signed", "Trust", "Verification", "verify"]
