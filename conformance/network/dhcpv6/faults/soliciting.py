"""Solicit and Advertise (RFC 8415, 18.3.1, 18.3.9, 21.14)."""

from typing import Any

from ..reference import Rules
from ..wire import (
    Advertise,
    ClientId,
    DomainList,
    Holder,
    IaAddr,
    IaNa,
    IaPrefix,
    Message,
    Option,
    Preference,
    RapidCommit,
    Renew,
    Reply,
    Solicit,
    SolMaxRt,
    VendorOpts,
)
from .registry import FAULTS, server
from .rewriting import Rewriting, within


@FAULTS.add("solicit-answered-with-reply", *server("rfc8415:18.3.1-2"))
class _(Rules):
    """Every Solicit is answered with a Reply."""

    def advertise(self, solicit: Solicit) -> Message:
        return Reply(transaction_id=solicit.transaction_id)


@FAULTS.add("rapid-commit-unasked", *server("rfc8415:18.3.1-2"))
class _(Rules):
    """A Solicit with Rapid Commit is answered with a Reply by a server that is not set to that."""

    def commits_rapidly(self, options: Any) -> bool:
        return True


@FAULTS.add("rapid-commit-refused", *server("rfc8415:18.3.1-3"))
class _(Rules):
    """A Solicit with Rapid Commit is answered with an Advertise by a server that is set to commit."""

    def commits_rapidly(self, options: Any) -> bool:
        return False


@FAULTS.add("rapid-commit-uncommitted", *server("rfc8415:18.3.1-4"))
class _(Rules):
    """The leases of a Reply to a Solicit are not bound."""

    def commits_before_reply(self) -> bool:
        return False


@FAULTS.add("rapid-commit-option-missing", *server("rfc8415:18.3.1-5", "rfc8415:21.14-1"))
class _(Rules):
    """A Reply to a Solicit has no Rapid Commit option."""

    def rapid_commit_option(self) -> tuple[Option, ...]:
        return ()


@FAULTS.add("rapid-commit-in-renew", *server("rfc8415:21.14-2"))
class _(Rewriting):
    """The Reply to a Renew has a Rapid Commit option."""

    KINDS = (Renew,)

    def change(self, answer: Message, message: Message) -> Message:
        return answer.having(RapidCommit())


class OfAdvertise(Rewriting):
    """Changes what is advertised."""

    KINDS = (Solicit,)

    def change(self, answer: Message, message: Message) -> Message:
        return self.advertised(answer, message) if isinstance(answer, Advertise) else answer

    def advertised(self, answer: Message, message: Message) -> Message:
        raise NotImplementedError


@FAULTS.add("advertise-without-client", *server("rfc8415:18.3.9-1", "rfc8415:18.3-2"))
class _(OfAdvertise):
    """An Advertise has no Client Identifier."""

    def advertised(self, answer: Message, message: Message) -> Message:
        return answer.without(ClientId)


@FAULTS.add("preference-255", *server("rfc8415:18.3.9-2c"))
class _(OfAdvertise):
    """The server prefers itself although nobody has set it so."""

    def advertised(self, answer: Message, message: Message) -> Message:
        return answer if answer.first(Preference) else answer.having(Preference(pref_value=255))


@FAULTS.add("advertise-without-domains", *server("rfc8415:18.3.9-3", "rfc8415:18.3.9-9"))
class _(OfAdvertise):
    """An Advertise has no domain search list, which the Reply has."""

    def advertised(self, answer: Message, message: Message) -> Message:
        return answer.without(DomainList)


@FAULTS.add("advertise-without-sol-max-rt", *server("rfc8415:18.3.9-9"))
class _(OfAdvertise):
    """An Advertise has no SOL_MAX_RT, which the Reply has."""

    def advertised(self, answer: Message, message: Message) -> Message:
        return answer.without(SolMaxRt)


@FAULTS.add("container-empty", *server("rfc8415:18.3.9-4"))
class _(OfAdvertise):
    """Vendor-specific Information is empty in an Advertise."""

    def advertised(self, answer: Message, message: Message) -> Message:
        return within(answer, VendorOpts, lambda o: VendorOpts(enterprise_number=o.enterprise_number))


@FAULTS.add("advertise-without-leases", *server("rfc8415:18.3.9-5"))
class _(OfAdvertise):
    """The IAs of an Advertise are empty."""

    def advertised(self, answer: Message, message: Message) -> Message:
        return within(within(answer, IaAddr, lambda o: None), IaPrefix, lambda o: None)


@FAULTS.add("hint-advertised", *server("rfc8415:18.3.9-6b"))
class _(OfAdvertise):
    """An address that the client hints at is advertised, and another is then assigned."""

    def advertised(self, answer: Message, message: Message) -> Message:
        hints = {ia.iaid: ia.every(IaAddr) for ia in message.every(IaNa)}

        def hinted(ia: IaNa) -> Holder:
            return ia.having(*(IaAddr(ipv6_address=each.ipv6_address, valid_lifetime=60) for each in hints[ia.iaid]))

        return within(answer, IaNa, hinted)
