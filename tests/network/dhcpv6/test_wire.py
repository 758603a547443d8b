"""The DHCPv6 codec: its laws, octets written by hand, and one payload for every kind of flaw."""

from dataclasses import fields, replace
from ipaddress import IPv6Address
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.network.dhcpv6 import wire
from conformance.network.dhcpv6.wire import Malformed, decode, describe

from .dhcpv6_messages import DUIDS, messages

CLIENT = wire.DuidLl(link_layer_address=bytes.fromhex("021122334455"))
ADDRESS = IPv6Address("2001:db8::5")
LEASE = wire.IaAddr(ipv6_address=ADDRESS, preferred_lifetime=3000, valid_lifetime=4000)
SOLICIT = wire.Solicit(transaction_id=0x10_08_74, options=(wire.ClientId(duid=CLIENT), wire.IaNa(iaid=1)))


@given(messages())
def test_a_message_survives_the_round_trip(message: wire.Dhcp) -> None:
    assert decode(bytes(message)) == (message, b"")


@given(st.binary(max_size=120))
def test_any_octets_are_decoded_and_conserved(data: bytes) -> None:
    event, rest = decode(data)
    assert (bytes(event), rest) == (data, b"")
    assert describe(event).isprintable()


@given(messages(), st.data())
def test_what_a_changed_octet_gives_still_says_the_same_octets(message: wire.Dhcp, data: st.DataObject) -> None:
    changed = bytearray(bytes(message))
    changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    octets = bytes(changed)
    event, rest = decode(octets)
    assert (bytes(event), rest) == (octets, b"")
    if isinstance(event, Malformed):
        assert {flaw.kind for flaw in event.flaws} <= wire.KINDS
        assert event.message is None or bytes(event.message) == octets
    assert describe(event).isprintable()


@given(messages(), st.data())
def test_a_message_cut_short_still_says_the_same_octets(message: wire.Dhcp, data: st.DataObject) -> None:
    octets = bytes(message)[: data.draw(st.integers(0, len(bytes(message))))]
    event, rest = decode(octets)
    assert (bytes(event), rest) == (octets, b"")
    assert isinstance(event, wire.Dhcp) or event.message is None or bytes(event.message) == octets


@given(DUIDS, DUIDS)
def test_duids_are_equal_when_their_octets_are(one: wire.Duid, other: wire.Duid) -> None:
    assert wire.read_duid(bytes(one)) == one == wire.DuidOpaque(octets=bytes(one))
    assert (one == other) == (bytes(one) == bytes(other))
    assert hash(one) == hash(wire.DuidOpaque(octets=bytes(one)))
    assert one != bytes(one)


def test_a_reply_octet_by_octet() -> None:
    """The formats of 8, 11.4, 21.2 to 21.6 and 21.13, written out from their diagrams."""
    octets = bytes.fromhex(
        "07 100874"
        "0001 000a 0003 0001 021122334455"
        "0002 000e 0001 0001 2a3b4c5d 020000000001"
        "0003 002e 00000001 000003e8 000007d0"
        "     0005 0018 20010db8000000000000000000000005 00000bb8 00000fa0"
        "     000d 0002 0000"
        "0017 0010 20010db8000000000000000000000053"
        "0018 000d 07 6578616d706c65 03 636f6d 00"
    )
    assert decode(octets) == (
        wire.Reply(
            transaction_id=0x100874,
            options=(
                wire.ClientId(duid=CLIENT),
                wire.ServerId(duid=wire.DuidLlt(time=0x2A3B4C5D, link_layer_address=b"\2\0\0\0\0\1")),
                wire.IaNa(iaid=1, t1=1000, t2=2000, options=(LEASE, wire.Status(status_code=0))),
                wire.DnsServers(addresses=(IPv6Address("2001:db8::53"),)),
                wire.DomainList(searchlist=("example.com",)),
            ),
        ),
        b"",
    )


def test_the_vendor_assigned_duid_of_the_standard() -> None:
    """The example of 11.3."""
    octets = bytes((0, 2, 0, 0, 126, 217, 12, 192, 132, 211, 3, 0, 9, 18))
    duid = wire.read_duid(octets)
    assert isinstance(duid, wire.DuidEn)
    assert (duid.enterprise_number, duid.identifier.hex()) == (32473, "0cc084d303000912")
    assert bytes(duid) == octets


def test_a_message_relayed_twice() -> None:
    """The exchange of 19.3, as octets: the header of 9 has 34 of them."""
    inner = wire.RelayForward(
        link_address=IPv6Address("2001:db8:1::1"),
        peer_address=IPv6Address("fe80::c"),
        options=(wire.InterfaceId(interface_id=b"eth0"), wire.RelayMessage(dhcp_relay_message=SOLICIT)),
    )
    outer = wire.RelayForward(
        hop_count=1, peer_address=IPv6Address("fe80::a"), options=(wire.RelayMessage(dhcp_relay_message=inner),)
    )
    octets = bytes(outer)
    assert octets[:38].hex() == (
        "0c01" + "00" * 16 + "fe80" + "00" * 13 + "0a" + "0009" + f"{34 + 8 + 4 + len(bytes(SOLICIT)):04x}"
    )
    assert octets[38:72].hex() == "0c00" + "20010db80001" + "00" * 9 + "01" + "fe80" + "00" * 13 + "0c"
    assert octets[72:80].hex() == "0012000465746830"
    assert decode(octets) == (outer, b"")


def test_derived_octets_can_be_given() -> None:
    assert bytes(replace(SOLICIT, msg_type=200, extra=b"\0\1")) == b"\xc8" + bytes(SOLICIT)[1:] + b"\0\1"
    assert bytes(wire.ElapsedTime(length=9)).hex() == "000800090000"
    assert bytes(wire.RawOption(code=8, octets=b"\1", length=0)).hex() == "0008000001"
    assert bytes(wire.IaNa(iaid=1, length=4, options=(wire.RapidCommit(),))).hex() == "00030004" + "00000001" + (
        "00" * 8 + "000e0000"
    )
    assert bytes(wire.RelayMessage(dhcp_relay_message=b"\xff")).hex() == "00090001ff"
    assert bytes(wire.Status(status_code=1, status_message=b"\xff\0")).hex() == "000d00040001ff00"
    assert bytes(wire.Suboption(code=1, octets=b"a", length=3)).hex() == "0001000361"
    assert bytes(wire.DomainList(searchlist=(b"\xc0\x04", "a.b", "."))).hex() == "00180008c004016101620000"
    assert bytes(wire.Solicit(transaction_id=0x1_23_45_67)).hex() == "01234567"


def test_every_option_of_the_standard_can_be_said() -> None:
    said = {
        kind.CODE: kind.TITLE
        for name in wire.__all__
        if isinstance(kind := getattr(wire, name), type) and issubclass(kind, wire.Option) and kind.CODE
    }
    assert set(said) == set(wire.OptionCode)
    assert len(set(said.values())) == len(said)


RELAY_HEADER = "0c00" + "00" * 32
FLAWS = [
    ("short-message", ""),
    ("short-message", "070000"),
    ("short-message", RELAY_HEADER[:-2]),
    ("short-message", RELAY_HEADER + "00090003010000"),
    ("missing-option", RELAY_HEADER),
    ("options-end", "01000001" + "000100"),
    ("option-length", "01000001" + "0001000a0003"),
    ("option-length", "01000001" + "00030008" + "00" * 8),
    ("option-length", "01000001" + "00040003" + "00" * 3),
    ("option-length", "01000001" + "0003001f" + "00" * 12 + "0005000f" + "00" * 15),
    ("option-length", "07000001" + "00190019" + "00" * 12 + "001a0009" + "00" * 9),
    ("option-length", "01000001" + "0006000300170a"),
    ("option-length", "01000001" + "0007000200ff"),
    ("option-length", "01000001" + "00080001ff"),
    ("option-length", "07000001" + "000b000a" + "00" * 10),
    ("option-length", "07000001" + "000c000f" + "00" * 15),
    ("option-length", "07000001" + "000d000100"),
    ("option-length", "01000001" + "000e000100"),
    ("option-length", "01000001" + "000f0003000261"),
    ("option-length", "01000001" + "001000050000000900"),
    ("option-length", "01000001" + "0011000600000009" + "0001"),
    ("option-length", "0a000001" + "00130000"),
    ("option-length", "01000001" + "0014000100"),
    ("option-length", "07000001" + "00170011" + "00" * 17),
    ("option-length", "07000001" + "001f0001" + "00"),
    ("option-length", "07000001" + "00200003" + "00" * 3),
    ("option-length", "07000001" + "00380003" + "00" * 3),
    ("option-length", "0c00" + "00" * 32 + "0009000401000001" + "004f000101"),
    ("option-length", "07000001" + "00520002003c"),
    ("option-length", "07000001" + "00530002003c"),
    ("duid-length", "01000001" + "000100020003"),
    ("duid-length", "01000001" + "00010083" + "0003" + "00" * 129),
    ("domain-name", "07000001" + "0018000403616263"),
    ("domain-name", "07000001" + "00180002c000"),
    ("domain-name", "07000001" + "00180042" + "40" + "61" * 64 + "00"),
    ("domain-name", "07000001" + "00180101" + "0161" * 128 + "00"),
    ("empty-option", "01000001" + "000f0000"),
    ("enterprise-twice", "01000001" + "001000040000000900100004" + "00000009"),
    ("enterprise-twice", "07000001" + "001100040000000900110004" + "00000009"),
    ("field-value", "0a000001" + "0013000101"),
    ("field-value", "07000001" + "00190029" + "00" * 12 + "001a0019" + "00" * 8 + "81" + "00" * 16),
    ("nul", "07000001" + "000d000400004100"),
    ("utf-8", "07000001" + "000d00030000ff"),
    ("option-twice", "01000001" + "000e0000" * 2),
    ("option-twice", "07000001" + "0003001c" + "00" * 12 + "000d00020002" + "000d00020002" + "00c80000"),
    ("option-misplaced", "01000001" + "00050018" + "00" * 24),
    ("option-misplaced", "01000001" + "0019002c" + "00" * 12 + "0005001c" + "00" * 24 + "00c80000"),
    ("option-misplaced", "01000001" + "00030020" + "00" * 12 + "00030010" + "00" * 12 + "00c80000"),
    ("option-misplaced", "01000001" + "001a0019" + "00" * 25),
    ("option-misplaced", "01000001" + "0009000401000001"),
    ("option-misplaced", "07000001" + "0012000161"),
    ("option-misplaced", "07000001" + "0013000105"),
    ("option-misplaced", "02000001" + "0020000400015180"),
]


@pytest.mark.parametrize(("kind", "octets"), FLAWS)
def test_a_malformed_message_has_exactly_its_flaw(kind: str, octets: str) -> None:
    event, _ = decode(bytes.fromhex(octets))
    assert isinstance(event, Malformed)
    assert [flaw.kind for flaw in event.flaws] == [kind], event.why
    assert event.message is None or bytes(event.message) == event.raw
    assert (event.message is None) == (kind == "short-message" and len(octets) < 70)


def test_every_kind_of_flaw_has_a_payload() -> None:
    assert {kind for kind, _ in FLAWS} == wire.KINDS


def test_several_flaws_are_all_named_with_their_places() -> None:
    reply = wire.Reply(
        options=(
            wire.IaNa(iaid=1, options=(wire.Status(status_code=2, status_message=b"no\0"), wire.RapidCommit(length=1))),
        )
    )
    event, _ = decode(bytes(reply))
    assert isinstance(event, Malformed)
    assert event.why == (
        "status-message: nul (ends with a zero octet); Reply, IA_NA, option 14: option-length (1, of which 0 are there)"
    )


def test_the_duid_bounds_of_the_standard_are_no_flaws() -> None:
    for octets in (b"\0\3\1", b"\xff\xff" + bytes(128), b"\0\1" + bytes(4), b"\0\4" + bytes(15)):
        message = wire.Solicit(options=(wire.ClientId(duid=wire.DuidOpaque(octets=octets)),))
        assert decode(bytes(message)) == (message, b"")


def test_an_interface_id_is_of_any_length() -> None:
    """An opaque value of arbitrary length (21.18), which nothing keeps from being empty."""
    for size in (0, 1, 300):
        identifier = wire.InterfaceId(interface_id=bytes(size))
        relayed = wire.RelayForward(options=(identifier, wire.RelayMessage(dhcp_relay_message=SOLICIT)))
        assert decode(bytes(relayed)) == (relayed, b"")


def test_what_may_come_again_is_no_flaw() -> None:
    again = (
        wire.IaNa(iaid=1), wire.IaNa(iaid=2), wire.IaPd(iaid=1), wire.IaPd(iaid=2),
        wire.VendorClass(enterprise_number=1), wire.VendorClass(enterprise_number=2),
        wire.RawOption(code=65000), wire.RawOption(code=65000),
    )  # fmt: skip
    assert decode(bytes(wire.Solicit(options=again))) == (wire.Solicit(options=again), b"")


def test_messages_of_other_standards_have_their_own_rules() -> None:
    """A leasequery's answer carries an IA Address outside an IA (RFC 5007)."""
    message = wire.Message(msg_type=15, options=(LEASE,))
    assert decode(bytes(message)) == (message, b"")


@pytest.mark.parametrize("levels", [wire.DEEPEST - 1, wire.DEEPEST, wire.DEEPEST + 1, 1500])
def test_nesting_is_bounded(levels: int) -> None:
    octets = bytes(SOLICIT)
    for _ in range(levels):
        octets = bytes(wire.RelayForward(options=(wire.RelayMessage(dhcp_relay_message=octets),)))
    event, _ = decode(octets[:65_527])
    assert bytes(event) == octets[:65_527]
    depth = 0
    message: wire.Dhcp | bytes | None = event.message if isinstance(event, Malformed) else event
    while isinstance(message, wire.Relayed) and isinstance(option := message.first(wire.RelayMessage), wire.Option):
        depth, message = depth + 1, option.dhcp_relay_message
    assert depth <= wire.DEEPEST
    assert len(describe(event)) <= 1001


def test_a_message_of_nothing_but_empty_options_is_read_in_time() -> None:
    options = bytes.fromhex("fde80000" * 16_000)
    event, _ = decode(b"\1\0\0\1" + options)
    assert isinstance(event, wire.Solicit)
    assert len(event.options) == 16_000


def test_options_are_found_by_kind() -> None:
    message = SOLICIT.having(wire.IaNa(iaid=2), wire.RapidCommit())
    assert message.first(wire.IaNa) == wire.IaNa(iaid=1)
    assert [association.iaid for association in message.every(wire.IaNa)] == [1, 2]
    assert message.first(wire.IaPd) is None
    assert message.without(wire.IaNa, wire.RapidCommit) == replace(SOLICIT, options=(wire.ClientId(duid=CLIENT),))
    assert isinstance(message, wire.Solicit)


def test_values_are_frozen_and_named() -> None:
    for name in wire.__all__:
        kind: Any = getattr(wire, name)
        if isinstance(kind, type) and issubclass(kind, wire.Option | wire.Dhcp | wire.Duid):
            assert kind.__dataclass_params__.frozen, name  # type: ignore[union-attr]
            assert all(field.kw_only for field in fields(kind)), name


def test_descriptions_are_one_printable_line() -> None:
    reply = wire.Reply(
        transaction_id=0xA1,
        options=(
            wire.ServerId(duid=wire.DuidUuid(uuid=UUID(int=1))),
            wire.Status(status_code=0, status_message="fine\n"),
            wire.IaNa(iaid=7, t1=1000, t2=2000, options=(LEASE,)),
            wire.OptionRequest(requested_option_codes=(23, 24, 65000)),
            wire.RawOption(code=65000, octets=b"\1\2"),
        ),
    )
    assert describe(reply) == (
        "Reply 0x0000a1: Server Identifier DUID-UUID 00000000-0000-0000-0000-000000000001, "
        'Status Code Success "fine\\n", IA_NA 7 (T1 1000, T2 2000; IA Address 2001:db8::5 preferred 3000, valid 4000), '
        "Option Request DNS_SERVERS DOMAIN_LIST 65000, option 65000 01:02"
    )
    relayed = wire.RelayForward(options=(wire.RelayMessage(dhcp_relay_message=SOLICIT),))
    assert describe(relayed) == (
        "Relay-forward hop-count 0 link :: peer ::: Relay Message [Solicit 0x100874: "
        "Client Identifier DUID-LL 1 02:11:22:33:44:55, IA_NA 1 (T1 0, T2 0)]"
    )
    assert describe(wire.Message(msg_type=200)) == "message of type 200 0x000000"
    assert describe(decode(b"\7")[0]) == "malformed message, message: short-message (1 octets, fewer than 4)"
    assert describe(b"\x1b[31m") == "octets 1b:5b:33:31:6d"
    assert len(describe(wire.Reply(options=(wire.Status(status_code=1, status_message="\x1b" * 60_000),) * 30))) < 2000


def test_a_key_is_not_described() -> None:
    key = wire.Authentication(authentication_information=b"\1" + bytes(range(0xA0, 0xB0)))
    assert "a0" not in describe(wire.Reply(options=(key,)))


def test_a_codec_for_a_channel() -> None:
    codec = wire.Codec()
    assert codec.decode(bytes(SOLICIT)) == (SOLICIT, b"")
    assert codec.describe(wire.Renew()) == "Renew 0x000000"
