"""RFC 8415, 8, 10, 11.1, 21 and 21.1: how what the server sends is encoded, in whatever message."""

from collections.abc import Callable

from conformance.engine import Nonconformity, Unready, check

from .asking import conversation, walk
from .bind import server
from .client import Client
from .wire import Flaw, IaNa, IaPd, RawOption, Status, StatusCode

PADDING = 0
"""A code that no option has: zeros between options read as such."""
SWAPPED = {int.from_bytes(code.to_bytes(2, "little"), "big"): code.name for code in StatusCode if code}
"""The status codes as they look when their octets come in the wrong order."""


async def judge(client: Client, kind: str, told: str, about: Callable[[Flaw], bool] = lambda flaw: True) -> None:
    """Nothing that the server says has a flaw of a kind. Raises Nonconformity with `told` and the first of them."""
    try:
        await conversation(client)
    except Unready:
        if not client.flaws:
            raise
    wrong = [flaw for each in client.flaws for flaw in each.flaws if flaw.kind == kind and about(flaw)]
    if wrong:
        raise Nonconformity(told, expected="none such", got=str(wrong[0]))


def runs_past(flaw: Flaw) -> bool:
    """An option with more octets than are left."""
    return "of which" in flaw.detail


def of_option(*codes: int) -> Callable[[Flaw], bool]:
    """The data of an option do not have its form."""
    endings = tuple(f"option {code:d}" for code in codes)
    return lambda flaw: flaw.field.endswith(endings) and not runs_past(flaw)


def misplaced(*codes: int) -> Callable[[Flaw], bool]:
    """An option stands where it may not."""
    return lambda flaw: flaw.detail in {f"option {code:d}" for code in codes}


@server("rfc8415:8-1")
async def test_options_fill_the_message_without_padding(client: Client) -> None:
    """Options follow one another and fill the message to its end."""
    await judge(client, "options-end", "octets that are no option stand behind the last one")
    answers = [each.answer for each in await conversation(client)]
    padding = [each for answer in answers for _, each in walk(answer) if each.option_code == PADDING]
    check(not padding, "zeros stand between options", got=padding[:1])


@server("rfc8415:8-2")
async def test_numbers_are_in_network_byte_order(client: Client) -> None:
    """The most significant octet of a number comes first, as status codes show."""
    answers = [each.answer for each in await conversation(client)]
    found = [each for answer in answers for _, each in walk(answer) if isinstance(each, Status)]
    wrong = [each.status_code for each in found if each.status_code in SWAPPED]
    check(not wrong, "the octets of a status code come in the wrong order", got=wrong and hex(wrong[0]))


@server("rfc8415:10-1")
async def test_domain_names_are_not_compressed(client: Client) -> None:
    """No domain name in an option is compressed."""
    told = "a domain name is compressed"
    await judge(client, "domain-name", told, lambda flaw: "compressed" in flaw.detail)


@server("rfc8415:10-2")
async def test_domain_names_are_closed_sequences_of_labels(client: Client) -> None:
    """A domain name is a sequence of labels that ends with the root's."""
    told = "a domain name is no closed sequence of labels"
    await judge(client, "domain-name", told, lambda flaw: "compressed" not in flaw.detail)


@server("rfc8415:11.1-1")
async def test_the_server_has_a_duid_of_fitting_length(client: Client) -> None:
    """A DUID has two octets of type, and 1 to 128 behind them."""
    told = "the server's DUID is too short or too long"
    await judge(client, "duid-length", told, lambda flaw: "Server" in flaw.field)


@server("rfc8415:21-1a")
async def test_options_stand_once_in_a_place(client: Client) -> None:
    """Most options stand at most once in one place."""
    await judge(client, "option-twice", "an option stands twice in one place")


@server("rfc8415:21.1-1")
async def test_options_are_as_long_as_they_say(client: Client) -> None:
    """An option has as many octets of data as its length says."""
    await judge(client, "option-length", "an option runs past the end of what it stands in", runs_past)


@server("rfc8415:21.4-3a")
async def test_ia_na_stands_in_messages_only(client: Client) -> None:
    """An IA_NA stands in no other option."""
    await judge(client, "option-misplaced", "an IA_NA stands inside an option", misplaced(3))


@server("rfc8415:21.5-2")
async def test_ia_ta_has_no_times(client: Client) -> None:
    """In an IA_TA the options follow right behind the IAID."""
    answers = [each.answer for each in await conversation(client)]
    found = [each for answer in answers for where, each in walk(answer) if "IA_TA" in str(getattr(where, "TITLE", ""))]
    if not found:
        raise Unready("the server sends no IA_TA")
    wrong = [each for each in found if isinstance(each, RawOption)]
    check(not wrong, "what stands behind the IAID of an IA_TA are no options", got=wrong[:1])


@server("rfc8415:21.5-4")
async def test_ia_ta_stands_in_messages_only(client: Client) -> None:
    """An IA_TA stands in no other option."""
    await judge(client, "option-misplaced", "an IA_TA stands inside an option", misplaced(4))


@server("rfc8415:21.6-3")
async def test_ia_address_stands_in_ias_for_addresses_only(client: Client) -> None:
    """An IA Address stands in an IA_NA or IA_TA."""
    await judge(client, "option-misplaced", "an IA Address stands elsewhere than in an IA_NA", misplaced(5))


@server("rfc8415:21.8-2")
async def test_a_preference_has_one_octet(client: Client) -> None:
    """A Preference option holds one octet."""
    await judge(client, "option-length", "a Preference option has not one octet", of_option(7))


@server("rfc8415:21.12-1")
async def test_server_unicast_holds_an_address(client: Client) -> None:
    """A Server Unicast option holds 16 octets."""
    try:
        await conversation(client, codes=(12,))
    except Unready:
        if not client.flaws:
            raise
    wrong = [flaw for each in client.flaws for flaw in each.flaws if flaw.kind == "option-length"]
    wrong = [flaw for flaw in wrong if of_option(12)(flaw)]
    check(not wrong, "a Server Unicast option has not 16 octets", got=wrong[:1])


@server("rfc8415:21.13-1a")
async def test_status_messages_are_utf_8(client: Client) -> None:
    """A status message is text in UTF-8."""
    await judge(client, "utf-8", "a status message is no UTF-8")


@server("rfc8415:21.13-1b")
async def test_status_messages_end_without_zero(client: Client) -> None:
    """A status message does not end with a zero octet."""
    await judge(client, "nul", "a status message ends with a zero octet")


@server("rfc8415:21.15-2")
async def test_a_user_class_holds_classes(client: Client) -> None:
    """A User Class option holds one or more classes, each with its length."""
    await judge(client, "empty-option", "a User Class option holds no class")
    await judge(client, "option-length", "the classes of a User Class option do not fill it", of_option(15))


@server("rfc8415:21.16-1")
async def test_a_vendor_class_comes_once_for_a_vendor(client: Client) -> None:
    """A message has at most one Vendor Class option for each enterprise."""
    told = "two Vendor Class options have the same enterprise number"
    await judge(client, "enterprise-twice", told, lambda flaw: flaw.detail.startswith("option 16"))


@server("rfc8415:21.17-2")
async def test_vendor_information_comes_once_for_a_vendor(client: Client) -> None:
    """A message has at most one Vendor-specific Information option for each enterprise."""
    told = "two Vendor-specific Information options have the same enterprise number"
    await judge(client, "enterprise-twice", told, lambda flaw: flaw.detail.startswith("option 17"))


@server("rfc8415:21.17-3")
async def test_vendor_information_is_a_sequence_of_suboptions(client: Client) -> None:
    """Behind the enterprise number stand suboptions with a code and a length each."""
    await judge(client, "option-length", "a vendor's suboptions do not fill the option", of_option(17))


@server("rfc8415:21.21-3a")
async def test_ia_pd_stands_in_messages_only(client: Client) -> None:
    """An IA_PD stands in no other option."""
    await judge(client, "option-misplaced", "an IA_PD stands inside an option", misplaced(25))


@server("rfc8415:21.22-4")
async def test_ia_prefix_stands_in_ia_pd_only(client: Client) -> None:
    """An IA Prefix stands in an IA_PD."""
    await judge(client, "option-misplaced", "an IA Prefix stands elsewhere than in an IA_PD", misplaced(26))


@server("rfc8415:21.22-4")
async def test_prefix_lengths_are_at_most_128(client: Client) -> None:
    """A prefix-length counts bits of an address."""
    told = "a prefix-length is above 128"
    await judge(client, "field-value", told, lambda flaw: "prefix-length" in flaw.field)


@server("rfc8415:21.23-2b")
async def test_the_refresh_time_stands_in_a_reply(client: Client) -> None:
    """An Information Refresh Time stands at the top level of a Reply."""
    await judge(client, "option-misplaced", "an Information Refresh Time stands elsewhere", misplaced(32))


@server("rfc8415:21.24-2")
async def test_sol_max_rt_holds_four_octets_in_the_message(client: Client) -> None:
    """SOL_MAX_RT has four octets and stands in no other option."""
    await judge(client, "option-length", "SOL_MAX_RT has not four octets", of_option(82))
    await at_top_only(client, 82)


@server("rfc8415:21.25-2")
async def test_inf_max_rt_holds_four_octets_in_the_message(client: Client) -> None:
    """INF_MAX_RT has four octets and stands in no other option."""
    await judge(client, "option-length", "INF_MAX_RT has not four octets", of_option(83))
    await at_top_only(client, 83)


async def at_top_only(client: Client, code: int) -> None:
    """No IA of the server's answers holds an option."""
    answers = [each.answer for each in await conversation(client)]
    ias = [each for answer in answers for each in answer.options if isinstance(each, IaNa | IaPd)]
    wrong = [ia for ia in ias if any(each.option_code == code for each in ia.options)]
    check(not wrong, "the option stands inside an IA", got=wrong[:1])
