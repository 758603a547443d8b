"""Faults in what an advertisement makes of a neighbour's entry (RFC 4861, 7.2.5)."""

from ..reference import Rules
from ..reference.neighbour import State
from .registry import FAULTS, both, host, router

STATES = {"reachable": State.REACHABLE, "stale": State.STALE, "delay": State.DELAY, "probe": State.PROBE}


def _add(id_: str, summary: str, overrides: type, *requirements: str) -> None:
    """A fault of which there is one for each state."""
    overrides.__doc__ = summary
    FAULTS.add(id_, *both(*requirements))(overrides)


# O clear, another address.


@FAULTS.add("contradicted-reachable-stays", *both("rfc4861:7.2.5-4a"))
class _(Rules):
    """A REACHABLE entry stays so when an advertisement contradicts it."""

    def state_when_contradicted(self, state: State) -> State:
        return state


def _takes(now: State) -> type:
    class Takes(Rules):
        def takes_contradiction(self, state: State) -> bool:
            return state is now

    return Takes


for _name, _letter in (("reachable", "4b"), ("stale", "5a"), ("delay", "5b"), ("probe", "5c")):
    _summary = f"Takes another address without Override for an entry in {_name.upper()}."
    _add(f"contradiction-taken-in-{_name}", _summary, _takes(STATES[_name]), f"rfc4861:7.2.5-{_letter}")


# O set, another address.


def _refuses(now: State) -> type:
    class Refuses(Rules):
        def takes_overriding_address(self, state: State) -> bool:
            return state is not now

    return Refuses


for _name, _letter in (("reachable", "6a"), ("stale", "6b"), ("delay", "6c"), ("probe", "6d")):
    _summary = f"Keeps the old address in spite of Override for an entry in {_name.upper()}."
    _add(f"override-ignored-in-{_name}", _summary, _refuses(STATES[_name]), f"rfc4861:7.2.5-{_letter}")


# What becomes of the state.


def _becomes(now: State, after: State, solicited: bool, changed: bool | None = None) -> type:
    class Becomes(Rules):
        def state_when_advertised(self, state: State, **how: bool) -> State:
            if state is now and how["solicited"] is solicited and changed in (None, how["changed"]):
                return after
            return super().state_when_advertised(state, **how)

    return Becomes


for _name, _letter, _after in (
    ("reachable", "7a", State.STALE),
    ("stale", "7b", State.STALE),
    ("delay", "7c", State.DELAY),
    ("probe", "7d", State.PROBE),
):
    _summary = f"A confirmation does not make an entry in {_name.upper()} REACHABLE."
    _add(f"unconfirmed-in-{_name}", _summary, _becomes(STATES[_name], _after, True), f"rfc4861:7.2.5-{_letter}")

for _name, _letter, _after in (
    ("reachable", "8a", State.REACHABLE),
    ("stale", "8b", State.DELAY),
    ("delay", "8c", State.DELAY),
    ("probe", "8d", State.PROBE),
):
    _summary = f"A new address does not make an entry in {_name.upper()} STALE."
    _rules = _becomes(STATES[_name], _after, False, True)
    _add(f"moved-without-word-in-{_name}", _summary, _rules, f"rfc4861:7.2.5-{_letter}")

for _name, _letters, _after in (
    ("reachable", ("7.2.5-9a",), State.STALE),
    ("stale", ("7.2.5-9b", "7.3.1-2"), State.REACHABLE),
    ("delay", ("7.2.5-9c",), State.REACHABLE),
    ("probe", ("7.2.5-9d",), State.REACHABLE),
):
    _summary = f"An advertisement that says nothing new changes an entry in {_name.upper()}."
    _rules = _becomes(STATES[_name], _after, False, False)
    _add(f"nothing-new-taken-in-{_name}", _summary, _rules, *(f"rfc4861:{each}" for each in _letters))


# No entry, or an INCOMPLETE one.


@FAULTS.add("entry-from-advertisement", *host("rfc4861:7.2.5-1"), *router("rfc4861:7.2.5-1a"))
class _(Rules):
    """An advertisement of an unknown node creates an entry."""

    def creates_from_advertisement(self, *, grand: bool) -> bool:
        return True


@FAULTS.add("resolved-without-address", *both("rfc4861:7.2.5-2", "rfc4861:4.6.1-1"))
class _(Rules):
    """An advertisement without a link-layer address ends resolution, at the address that its frame comes from."""

    def needs_target_address(self) -> bool:
        return False

    def resolved_to(self, mac: bytes, sender: bytes) -> bytes:
        return mac if any(mac) else sender


@FAULTS.add("resolved-elsewhere", *both("rfc4861:7.2.5-3a"))
class _(Rules):
    """Records where the frame of an advertisement comes from, not what its option says."""

    def resolved_to(self, mac: bytes, sender: bytes) -> bytes:
        return sender


@FAULTS.add("resolved-and-stale", *both("rfc4861:7.2.5-3b"))
class _(Rules):
    """An entry is STALE as soon as it is resolved, though the advertisement was solicited."""

    def state_when_resolved(self, solicited: bool) -> State:
        return State.STALE


@FAULTS.add("resolved-and-reachable", *both("rfc4861:7.2.5-3c"))
class _(Rules):
    """An entry is REACHABLE as soon as it is resolved, though the advertisement was not solicited."""

    def state_when_resolved(self, solicited: bool) -> State:
        return State.REACHABLE


@FAULTS.add("resolved-by-override-alone", *both("rfc4861:7.2.5-3d"))
class _(Rules):
    """Without the O flag an advertisement does not end resolution."""

    def resolves(self, *, override: bool) -> bool:
        return override
