"""Faults in Duplicate Address Detection (RFC 4862, 5.3 and 5.4)."""

from ipaddress import IPv6Address
from random import Random
from typing import Any

from ..reference import Rules
from ..wire import SourceLinkLayerAddress
from ..wire.addresses import ALL_NODES, UNSPECIFIED
from .registry import FAULTS, both, host, router

UNHEARD = both(
    *(f"rfc4862:{clause}" for clause in ("5.4.2-1", "5.4.2-5", "5.4.3-3", "5.4.3-5", "5.4.3-6", "5.4.5-1")),
    "rfc7527:4.2-3a",
)
"""What nobody can meet who does not notice that another node asks for the address."""
UNTOLD = both(*(f"rfc4862:{clause}" for clause in ("5.4.2-1", "5.4.2-5", "5.4.4-1", "5.4.5-1", "5.4.5-3")))
"""What nobody can meet who does not notice that another node says that it has the address."""


@FAULTS.add("link-local-when-spoken-to", *both("rfc4862:5.3-1a"), *router("rfc4862:5-1a"))
class LinkLocalWhenSpokenTo(Rules):
    """Forms no link-local address until somebody says something on the link."""

    def begins_by_itself(self) -> bool:
        return False


@FAULTS.add("link-local-with-subnet", *both("rfc4862:5.3-1b", "rfc4291:2.5.1-3a", "rfc4291:2.5.6-2"))
class LinkLocalWithSubnet(Rules):
    """Puts a subnet number between the link-local prefix and the identifier."""

    def own_link_local(self, address: IPv6Address) -> IPv6Address:
        return IPv6Address(int(address) | 1 << 64)


@FAULTS.add("link-local-expires", *both("rfc4862:5.3-2"))
class LinkLocalExpires(Rules):
    """Gives the link-local address up after 44 s, and tries it again."""

    ends = 2

    def link_local_s(self) -> float:
        self.ends -= 1
        return 44.0 if self.ends >= 0 else float("inf")


@FAULTS.add(
    "no-detection",
    *both("rfc4862:5.4-1a", "rfc4862:5.4-1b"),
    *host("rfc4862:5.4-3a", "rfc4861:6.3.7-3"),
    *router("rfc4862:5-1b"),
)
class NoDetection(Rules):
    """Assigns addresses without asking whether they are free."""

    def looks_for_duplicates(self, address: IPv6Address) -> bool:
        return False


@FAULTS.add(
    "detection-for-the-first-address", *both("rfc4862:5.4-1b"), *host("rfc4862:5.4-3a"), *router("rfc4862:5-1b")
)
class DetectionForTheFirstAddress(Rules):
    """Asks whether the link-local address is free, and for no other."""

    def looks_for_duplicates(self, address: IPv6Address) -> bool:
        return address.is_link_local


@FAULTS.add("address-by-hand-untested", *both("rfc4862:5.4-1b"))
class AddressByHandUntested(Rules):
    """Assigns addresses that were given by hand without asking whether they are free."""

    def tests_what_is_given(self) -> bool:
        return False


@FAULTS.add("one-question-too-many", *both("rfc4862:5.1-1b"))
class OneQuestionTooMany(Rules):
    """Asks once more than it is set to."""

    def dad_transmits(self, configured: int) -> int:
        return configured + 1


FROM_ADDRESS = (
    both("rfc4862:5.4.2-2a", "rfc4862:5.4-1a", "rfc4862:5.4-1b") + host("rfc4862:5.4-3a") + router("rfc4862:5-1b")
)


@FAULTS.add("question-from-the-address", *FROM_ADDRESS)
class QuestionFromTheAddress(Rules):
    """Asks whether an address is free from that address."""

    def probe_source(self, address: IPv6Address) -> IPv6Address:
        return address


@FAULTS.add("question-to-all-nodes", *both("rfc4862:5.4.2-2b", "rfc7527:4.1-3"))
class QuestionToAllNodes(Rules):
    """Sends its questions to all nodes."""

    def probe_destination(self, group: IPv6Address) -> IPv6Address:
        return ALL_NODES


@FAULTS.add("questions-far-apart", *both("rfc4862:5.4.2-2c"))
class QuestionsFarApart(Rules):
    """Waits for two seconds after each question, whatever RetransTimer is."""

    def dad_wait_s(self, retrans_s: float) -> float:
        return 2.0


@FAULTS.add("no-delay-at-start", *both("rfc4862:5.4.2-3"), *host("rfc4861:6.3.7-3"))
class NoDelayAtStart(Rules):
    """Asks for its link-local address as soon as the interface is up."""

    def first_delay_s(self, rng: Random) -> float:
        return 0.0


@FAULTS.add("no-delay-after-advertisements", *host("rfc4862:5.4.2-4"))
class NoDelayAfterAdvertisements(Rules):
    """Asks for an address as soon as a Router Advertisement has come."""

    def address_delay_s(self, rng: Random) -> float:
        return 0.0


@FAULTS.add("deaf-before-asking", *both("rfc4862:5.4.2-5", "rfc4862:5.4.3-5"))
class DeafBeforeAsking(Rules):
    """Takes no notice of what others say before it has asked itself."""

    def hears_before_asking(self) -> bool:
        return False


@FAULTS.add("group-joined-late", *UNHEARD, *both("rfc7527:4.1-3"))
class GroupJoinedLate(Rules):
    """Joins the group of an address when it is assigned."""

    def joins_before_asking(self) -> bool:
        return False


@FAULTS.add("questions-of-others-ignored", *UNHEARD)
class QuestionsOfOthersIgnored(Rules):
    """Keeps an address that another node asks for too."""

    def is_conflicting_solicitation(self, source: IPv6Address, message: Any) -> bool:
        return False


@FAULTS.add("advertisements-of-others-ignored", *UNTOLD)
class AdvertisementsOfOthersIgnored(Rules):
    """Assigns an address that another node has said it has."""

    def is_conflicting_advertisement(self, destination: IPv6Address) -> bool:
        return False


@FAULTS.add("goes-on-with-duplicate-hardware-address", *both("rfc4862:5.4.5-3"))
class GoesOnWithDuplicateHardwareAddress(Rules):
    """Goes on with IPv6 although its hardware address is not unique."""

    def stops_when_duplicate(self) -> bool:
        return False


@FAULTS.add("answers-for-tentative-addresses", *both("rfc4862:5.4.3-1"), *router("rfc4429:3.3-1c"))
class AnswersForTentativeAddresses(Rules):
    """Answers solicitations for an address that is on trial."""

    def answers_for_tentative(self) -> bool:
        return True


@FAULTS.add("search-taken-for-conflict", *both("rfc4862:5.4.3-2"))
class SearchTakenForConflict(Rules):
    """Gives an address up when somebody without a hardware address looks for it."""

    def is_conflicting_solicitation(self, source: IPv6Address, message: Any) -> bool:
        return source == UNSPECIFIED or message.first(SourceLinkLayerAddress) is None


@FAULTS.add("tentative-address-takes-packets", *both("rfc4862:5.4-4"))
class TentativeAddressTakesPackets(Rules):
    """Answers what is sent to an address on trial."""

    def takes_packets_to(self, own: Any) -> bool:
        return True


@FAULTS.add("unicast-advertisement-is-conflict", *both("rfc4862:5.4-4", "rfc4862:5.4-5"))
class UnicastAdvertisementIsConflict(TentativeAddressTakesPackets):
    """Takes an advertisement that was sent to the tentative address itself for a conflict."""

    def is_conflicting_advertisement(self, destination: IPv6Address) -> bool:
        return True


@FAULTS.add("own-question-is-conflict", *both("rfc4862:5.4.3-4"))
class OwnQuestionIsConflict(Rules):
    """Takes its own solicitation, looped back, for one of another node."""

    def is_own_frame(self, sender: bytes, mac: bytes) -> bool:
        return False


@FAULTS.add("assigned-late", *both("rfc4862:5.4-6", "rfc4862:5.4.2-2c", "rfc7527:4.1-3", "rfc7527:4.2-1"))
class AssignedLate(Rules):
    """Waits for 9.5 s for objections, whatever RetransTimer is."""

    def dad_wait_s(self, retrans_s: float) -> float:
        return 9.5


@FAULTS.add("anycast-address-asked-for", *both("rfc4862:5.4-2"))
class AnycastAddressAskedFor(Rules):
    """Looks for duplicates of the Subnet-Router anycast address too."""

    def asks_for_anycast(self) -> bool:
        return True
