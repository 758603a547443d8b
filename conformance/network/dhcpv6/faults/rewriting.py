"""Help for faults that change an answer when it is made: which answers, and how."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar, TypeVar

from ..reference import Rules
from ..wire import Dhcp, Duid, DuidLlt, Holder, IaNa, IaPd, Message, Option

H = TypeVar("H", bound=Holder)
Change = Callable[[Any], Any]


def within(holder: H, kind: type[Option], change: Change) -> H:
    """The same with each option of a kind changed, also inside other options; None leaves it out."""
    options: list[Option] = []
    for option in holder.options:
        deep: Any = within(option, kind, change) if isinstance(option, Holder) else option
        made = change(deep) if isinstance(deep, kind) else deep
        options += [] if made is None else [made]
    return replace(holder, options=tuple(options))


def ias(message: Holder) -> tuple[IaNa | IaPd, ...]:
    """The IAs for addresses and for prefixes."""
    return *message.every(IaNa), *message.every(IaPd)


class Rewriting(Rules):
    """Changes the answers to messages of some kinds."""

    KINDS: ClassVar[tuple[type[Message], ...]] = (Message,)

    def change(self, answer: Message, message: Message) -> Message:
        """What goes out instead."""
        raise NotImplementedError

    def answer(self, answer: Dhcp, message: Message) -> Dhcp:
        if isinstance(answer, Message) and isinstance(message, self.KINDS):
            return self.change(answer, message)
        return super().answer(answer, message)


class ByDefault(Rewriting):
    """The same, and only as the first of the variants, which is known by the type of its DUID."""

    def duid(self, duid: Duid) -> Duid:
        self.first = isinstance(duid, DuidLlt)
        return super().duid(duid)

    def answer(self, answer: Dhcp, message: Message) -> Dhcp:
        return super().answer(answer, message) if self.first else answer
