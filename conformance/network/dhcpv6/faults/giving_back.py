"""Information-request, Release and Decline (RFC 8415, 18.3.6 to 18.3.8)."""

from typing import Any

from ..reference import Rules
from ..wire import (
    ClientId,
    Decline,
    IaNa,
    IaPd,
    InformationRequest,
    Message,
    Release,
    Renew,
    Status,
    StatusCode,
)
from .registry import FAULTS, server
from .rewriting import ByDefault, Rewriting, ias, within


@FAULTS.add("information-for-known-clients-only", *server("rfc8415:18.3.6-2"))
class _(Rules):
    """An Information-request without Client Identifier gets no answer."""

    def has_client(self, message: Message) -> bool:
        return message.first(ClientId) is not None


@FAULTS.add("information-with-lease", *server("rfc8415:18.3.6-3"))
class _(Rewriting):
    """The Reply to an Information-request that names IA_NA among the wanted options holds one."""

    KINDS = (InformationRequest,)

    def change(self, answer: Message, message: Message) -> Message:
        return answer.having(IaNa(iaid=1)) if 3 in self.requested(message) else answer


@FAULTS.add("release-frees-nothing", *server("rfc8415:18.3.7-1a"))
class _(Rewriting):
    """A Renew finds what was released still bound."""

    KINDS = (Release, Renew)

    def __init__(self) -> None:
        self.released: dict[tuple[int, int], Any] = {}

    def change(self, answer: Message, message: Message) -> Message:
        if isinstance(message, Release):
            self.released |= {(ia.option_code, ia.iaid): ia for ia in ias(message)}
            return answer
        return within(within(answer, IaNa, self.still), IaPd, self.still)

    def still(self, ia: Any) -> Any:
        return self.released.get((ia.option_code, ia.iaid), ia) if ia.first(Status) else ia


@FAULTS.add("release-of-any-lease", *server("rfc8415:18.3.7-1b"))
class _(Rules):
    """A Release frees leases whoever has them."""

    def takes_foreign_leases(self, *, declined: bool) -> bool:
        return not declined


@FAULTS.add("decline-of-any-lease", *server("rfc8415:18.3.8-4"))
class _(Rules):
    """A Decline ends leases whoever has them."""

    def takes_foreign_leases(self, *, declined: bool) -> bool:
        return declined


class Failing(ByDefault):
    """Tells a failure that there was not."""

    def change(self, answer: Message, message: Message) -> Message:
        return answer.without(Status).having(Status(status_code=StatusCode.UNSPEC_FAIL))


@FAULTS.add("release-fails", *server("rfc8415:18.3.7-2"))
class _(Failing):
    """A Release is answered with UnspecFail."""

    KINDS = (Release,)


@FAULTS.add("decline-fails", *server("rfc8415:18.3.8-3a"))
class _(Failing):
    """A Decline is answered with UnspecFail."""

    KINDS = (Decline,)


class Bare(Rewriting):
    """Leaves out the IAs."""

    def change(self, answer: Message, message: Message) -> Message:
        return answer.without(IaNa, IaPd)


@FAULTS.add("unknown-ia-in-release-passed-over", *server("rfc8415:18.3.7-3"))
class _(Bare):
    """The Reply to a Release says nothing of an IA that is not bound."""

    KINDS = (Release,)


@FAULTS.add("unknown-ia-in-decline-passed-over", *server("rfc8415:18.3.8-3b"))
class _(Bare):
    """The Reply to a Decline says nothing of an IA that is not bound."""

    KINDS = (Decline,)


class WithLeases(Rewriting):
    """Returns the leases of an IA that is not bound."""

    def change(self, answer: Message, message: Message) -> Message:
        held = {(ia.option_code, ia.iaid): ia.options for ia in ias(message)}

        def returned(ia: Any) -> Any:
            return ia.having(*held.get((ia.option_code, ia.iaid), ()))

        return within(within(answer, IaNa, returned), IaPd, returned)


@FAULTS.add("unknown-ia-in-release-with-leases", *server("rfc8415:18.3.7-3"))
class _(WithLeases):
    """The Reply to a Release returns the leases of an IA that is not bound."""

    KINDS = (Release,)


@FAULTS.add("unknown-ia-in-decline-with-leases", *server("rfc8415:18.3.8-3b"))
class _(WithLeases):
    """The Reply to a Decline returns the addresses of an IA that is not bound."""

    KINDS = (Decline,)


@FAULTS.add("declined-address-stays", *server("rfc8415:18.3.8-1"))
class _(Rules):
    """What is declined stays bound."""

    def drops_declined(self) -> bool:
        return False


class Summary(ByDefault):
    """Tells NoBinding for the whole message when it is that of an IA."""

    def change(self, answer: Message, message: Message) -> Message:
        unknown = any(ia.first(Status) for ia in ias(answer))
        return answer.without(Status).having(Status(status_code=StatusCode.NO_BINDING)) if unknown else answer


@FAULTS.add("release-summed-up", *server("rfc8415:18.3.7-2"))
class _(Summary):
    """A Release of an IA that is not bound is answered with NoBinding for the whole."""

    KINDS = (Release,)


@FAULTS.add("decline-summed-up", *server("rfc8415:18.3.8-3a"))
class _(Summary):
    """A Decline of an IA that is not bound is answered with NoBinding for the whole."""

    KINDS = (Decline,)
