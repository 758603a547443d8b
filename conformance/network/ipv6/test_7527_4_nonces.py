"""RFC 7527, 4: Duplicate Address Detection with a nonce, which tells a node's own questions from others'."""

from conformance.engine import Case, Silence, check, lasts, negative, outcome, uses

from .bind import both
from .fresh import Fresh
from .tentative import RETRANS_S, Trial, probe, trial
from .wire import Frame, NeighborSolicitation, Nonce

pytestmark = [uses("product", exclusive=True), lasts(10)]
AGAIN = 3
"""How many more solicitations are sent after one has come back (4.1)."""


def nonce_of(frame: Frame) -> bytes:
    """The nonce of a solicitation; nothing where it has none."""
    message = frame.message
    option = message.first(Nonce) if isinstance(message, NeighborSolicitation) else None
    return option.nonce if option else b""


async def looped(fresh: Fresh) -> Trial:
    """The product's first question has come back to it."""
    tried = await trial(fresh)
    await tried.say(bytes(tried.asked))
    return tried


@both("rfc7527:4.1-1")
async def test_each_question_holds_a_nonce(fresh: Fresh) -> None:
    """A solicitation that looks for duplicates has a Nonce option, of at least six octets."""
    tried = await trial(fresh)
    nonce = nonce_of(tried.asked)
    check(len(nonce) >= 6, "the solicitation has no nonce", expected="at least 6 octets", got=nonce.hex())


@both("rfc7527:4.1-2")
async def test_each_question_has_another_nonce(case: Case) -> None:
    """The nonce is drawn anew for each solicitation, here after another start."""
    nonces = []
    for _ in range(2):
        async with case.site(fresh=True) as site:
            fresh = Fresh(case, site)
            nonces.append(nonce_of((await trial(fresh)).asked))
            await fresh.settled()
    first, second = nonces
    check(first and first != second, "two solicitations have the same nonce", expected="another", got=second.hex())


@both("rfc7527:4.1-3")
async def test_more_questions_follow_one_that_came_back(fresh: Fresh) -> None:
    """When a solicitation has come back, the node sends three more, each RetransTimer after the one before."""
    tried = await looped(fresh)
    before_s = tried.began_s
    for _ in range(AGAIN):
        event = await fresh.watch.next(passing=object, until=outcome(probe(tried.address)), within_s=3 * RETRANS_S)
        check(not isinstance(event, Silence), f"fewer than {AGAIN} solicitations follow one that came back")
        gap_s = fresh.watch.arrived_at_s - before_s
        check(gap_s > 0.8 * RETRANS_S, "they follow too soon", expected="1 s", got=f"{gap_s:.3f} s", timing=0.1)
        before_s = fresh.watch.arrived_at_s


@both("rfc7527:4.2-1")
async def test_a_question_with_the_own_nonce_is_no_conflict(fresh: Fresh) -> None:
    """A solicitation with a nonce of the node's own has come back: it shows no duplicate."""
    tried = await looped(fresh)
    await tried.expect_used("a solicitation with the node's own nonce was taken for a conflict")


@both("rfc7527:4.2-3a")
@negative
async def test_a_question_with_another_nonce_shows_a_duplicate(fresh: Fresh) -> None:
    """A solicitation with a nonce that is not the node's own comes from another node."""
    tried = await trial(fresh)
    other = bytes(octet ^ 0x5A for octet in nonce_of(tried.asked) or bytes(6))
    await tried.say(tried.solicitation(options=(Nonce(nonce=other),)))
    await tried.expect_unused("a solicitation with another nonce was not taken for a conflict")
