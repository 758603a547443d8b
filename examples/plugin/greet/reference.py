"""A server that greets as it should, and what it can do wrong."""

from conformance.engine.reference import Answering, Faults

from .provide import Line, decode


class Reference(Answering, decode=decode):
    def answer(self, line: Line) -> Line | None:
        word, _, name = line.text.partition(" ")
        return Line(f"WELCOME {name}") if word == "HELLO" else None


FAULTS = Faults()


@FAULTS.add("name-forgotten", "greet-1.0/server:GREET-2-1")
class NameForgotten(Reference):
    """Welcomes everybody as a stranger."""

    def answer(self, line: Line) -> Line | None:
        return super().answer(line) and Line("WELCOME stranger")


@FAULTS.add("nonsense-answered", "greet-1.0/server:GREET-2-2")
class NonsenseAnswered(Reference):
    """Answers what is no greeting."""

    def answer(self, line: Line) -> Line | None:
        return super().answer(line) or Line("PARDON")
