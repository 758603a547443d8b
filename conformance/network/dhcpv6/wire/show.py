"""One line about a message, for a person: names and values, long ones cut, everything unprintable escaped."""

from collections.abc import Callable
from typing import Any

from .base import Dhcp, Option, RawOption
from .codes import STATUS_NAMES, OptionCode
from .duid import Duid, DuidEn, DuidLl, DuidLlt, DuidUuid
from .flaws import Malformed
from .messages import Message, Relayed
from .options import (
    Authentication,
    ClientId,
    ClientLinkLayerAddress,
    DnsServers,
    DomainList,
    ElapsedTime,
    IaAddr,
    IaNa,
    IaPd,
    IaPrefix,
    IaTa,
    InfMaxRt,
    InformationRefreshTime,
    InterfaceId,
    NtpServer,
    OptionRequest,
    Preference,
    ReconfigureMessage,
    RelayMessage,
    ServerId,
    ServerUnicast,
    SntpServers,
    SolMaxRt,
    Status,
    UserClass,
    VendorClass,
    VendorOpts,
)

_LIMIT = 80
_MOST = 16
_LINE = 1000
_LEVELS = 10


def describe(event: Any) -> str:
    """`Reply 0x0000a1: Status Code Success, IA_NA 1 (T1 0, T2 0; IA Address 2001:db8::5 preferred 60, valid 90)`"""
    return _cut(_event(event, 0), _LINE)


def _event(event: Any, level: int) -> str:
    if isinstance(event, Malformed):
        inner = f" (read as: {_event(event.message, level)})" if event.message else ""
        return f"malformed message, {_cut(event.why, 400)}{inner}"
    if isinstance(event, Message):
        name = event.TITLE if type(event) is not Message else f"message of type {event.msg_type}"
        return f"{name} 0x{event.transaction_id & 0xFFFFFF:06x}" + _listed(event, level, ": ", "")
    if isinstance(event, Relayed):
        head = f"{event.TITLE} hop-count {event.hop_count} link {event.link_address} peer {event.peer_address}"
        return head + _listed(event, level, ": ", "")
    return f"octets {_hex(event)}" if isinstance(event, bytes) else _cut(repr(event), _LIMIT)


def _listed(holder: Dhcp | IaNa | IaTa | IaPd | IaAddr | IaPrefix, level: int, before: str, after: str) -> str:
    """The options of a holder, one behind the other."""
    if not holder.options:
        return ""
    if level >= _LEVELS:
        return f"{before}…{after}"
    shown = [_option(option, level + 1) for option in holder.options[:_MOST]]
    more = [f"and {len(holder.options) - _MOST} more"] if len(holder.options) > _MOST else []
    return before + ", ".join(shown + more) + after


def _option(option: Option, level: int) -> str:
    if isinstance(option, RawOption):
        return f"option {option.code} {_hex(option.octets)}".rstrip()
    if isinstance(option, IaNa | IaPd):
        return f"{option.TITLE} {option.iaid} (T1 {option.t1}, T2 {option.t2}{_listed(option, level, '; ', '')})"
    if isinstance(option, IaTa):
        return f"IA_TA {option.iaid}" + _listed(option, level, " (", ")")
    if isinstance(option, IaAddr):
        return f"IA Address {option.ipv6_address} {_lifetimes(option)}" + _listed(option, level, " (", ")")
    if isinstance(option, IaPrefix):
        prefix = f"{option.ipv6_prefix}/{option.prefix_length}"
        return f"IA Prefix {prefix} {_lifetimes(option)}" + _listed(option, level, " (", ")")
    if isinstance(option, RelayMessage):
        return f"Relay Message [{_event(option.dhcp_relay_message, level)}]"
    value = _VALUES[type(option)](option) if type(option) in _VALUES else ""
    return f"{option.TITLE} {value}".rstrip()


def _lifetimes(option: IaAddr | IaPrefix) -> str:
    return f"preferred {option.preferred_lifetime}, valid {option.valid_lifetime}"


def _duid(duid: Duid) -> str:
    if isinstance(duid, DuidLlt):
        return f"DUID-LLT {duid.hardware_type} {duid.time} {_hex(duid.link_layer_address)}"
    if isinstance(duid, DuidEn):
        return f"DUID-EN {duid.enterprise_number} {_hex(duid.identifier)}"
    if isinstance(duid, DuidLl):
        return f"DUID-LL {duid.hardware_type} {_hex(duid.link_layer_address)}"
    return f"DUID-UUID {duid.uuid}" if isinstance(duid, DuidUuid) else f"DUID {_hex(bytes(duid))}"


def _code_name(code: int) -> str:
    try:
        return OptionCode(code).name
    except ValueError:
        return str(code)


def _several(values: tuple[Any, ...]) -> str:
    return " ".join([*map(str, values[:_MOST]), *(["…"] if len(values) > _MOST else [])])


def _vendor(option: VendorClass | VendorOpts) -> str:
    if isinstance(option, VendorClass):
        return f"{option.enterprise_number} " + _several(tuple(map(_hex, option.vendor_class_data)))
    return f"{option.enterprise_number} " + _several(tuple(one.code for one in option.vendor_option_data))


def _status(option: Status) -> str:
    name = STATUS_NAMES.get(option.status_code, str(option.status_code))
    return name + (f" {_text(option.status_message)}" if option.status_message else "")


_VALUES: dict[type[Option], Callable[[Any], str]] = {
    ClientId: lambda o: _duid(o.duid),
    ServerId: lambda o: _duid(o.duid),
    OptionRequest: lambda o: _several(tuple(map(_code_name, o.requested_option_codes))),
    Preference: lambda o: str(o.pref_value),
    ElapsedTime: lambda o: str(o.elapsed_time),
    Authentication: lambda o: f"protocol {o.protocol} algorithm {o.algorithm} RDM {o.rdm} replay {o.replay_detection}",
    ServerUnicast: lambda o: str(o.server_address),
    Status: _status,
    UserClass: lambda o: _several(tuple(map(_hex, o.user_class_data))),
    VendorClass: _vendor,
    VendorOpts: _vendor,
    InterfaceId: lambda o: _hex(o.interface_id),
    ReconfigureMessage: lambda o: str(o.msg_type),
    InformationRefreshTime: lambda o: str(o.information_refresh_time),
    SolMaxRt: lambda o: str(o.sol_max_rt_value),
    InfMaxRt: lambda o: str(o.inf_max_rt_value),
    DnsServers: lambda o: _several(o.addresses),
    DomainList: lambda o: _several(tuple(_text(n) if isinstance(n, str) else _hex(n) for n in o.searchlist)),
    SntpServers: lambda o: _several(o.addresses),
    NtpServer: lambda o: _several(tuple(f"{one.code}:{_hex(one.octets)}" for one in o.suboptions)),
    ClientLinkLayerAddress: lambda o: f"{o.link_layer_type} {_hex(o.link_layer_address)}",
}
"""What is told of each option behind its name. Keys of Authentication are not: reports are read by many."""


def _hex(octets: bytes) -> str:
    return octets[:_LIMIT].hex(":") + ("…" if len(octets) > _LIMIT else "")


def _text(text: str | bytes) -> str:
    shown = _cut(text if isinstance(text, str) else text.decode("utf-8", "backslashreplace"), _LIMIT)
    return f'"{"".join(_escaped(c) for c in shown)}"'


def _escaped(character: str) -> str:
    plain = character.isprintable() and character not in '"\\'
    return character if plain else character.encode("unicode_escape").decode()


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most] + "…"
