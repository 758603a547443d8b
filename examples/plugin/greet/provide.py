"""The greeting protocol: its only message, and the guest that cases ask for."""

from dataclasses import dataclass

from conformance.engine import Case, Channel, provider

STANDARDS = ("greet-1.0/server",)


@dataclass(frozen=True)
class Line:
    text: str

    def __bytes__(self) -> bytes:
        return self.text.encode() + b"\n"


def decode(data: bytes) -> tuple[Line | None, bytes]:
    text, end, rest = data.partition(b"\n")
    return (Line(text.decode("utf-8", "replace")), rest) if end else (None, data)


@provider
async def guest(case: Case) -> Channel:
    return await case.channel(case.address(), decode)
