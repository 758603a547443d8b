"""Evidence in the report: captures and transcripts, the messages exchanged, the commands that repeat a case."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from conformance.engine.bundle import Bundle

from ..again import rejudge, run_again
from ..exchange import Exchange, Message, exchange
from ..model import Attempt, Case, Run, Said
from ..reading import present
from . import words
from .markup import Markup, both, el, foreign, many

HEAD_SHOWN = 4
"""Messages from the beginning that are shown where an exchange is too long to be shown whole."""


@dataclass(frozen=True)
class Evidence:
    """The evidence of one bundle, as it is reached from the folder that the report stands in."""

    bundle: Bundle
    run: Run
    directory: Path

    def links(self, case: Case, attempt: Attempt | None) -> Markup:
        """Links to the capture and the transcript of an attempt."""
        if attempt is None or not (attempt.capture or attempt.transcript):
            return Markup("")
        name = file_name(case.id)
        return many(
            self._link(attempt.capture, words.CAPTURE, f"{name}.pcapng"),
            self._link(attempt.transcript, words.TRANSCRIPT, f"{name}.json"),
        )

    def _link(self, name: str | None, said: Said, download: str) -> Markup:
        if not name:
            return Markup("")
        if not present(self.bundle, name):
            return both(words.NO_EVIDENCE, class_="missing")
        folder = os.path.relpath(self.bundle.directory / "evidence", self.directory).replace(os.sep, "/")
        return el("a", said, href=f"{quote(folder)}/{name}", download=download, class_="evidence")

    def exchange(self, attempt: Attempt | None, limit: int, *, open_: bool, plain: bool) -> Markup:
        """The messages of an attempt, at most `limit` of them; `plain` as text, which costs a browser nothing."""
        if attempt is None or not attempt.transcript:
            return Markup("")
        spoken = exchange(self.bundle, attempt)
        if not spoken.messages:
            said = words.NO_MESSAGES if spoken.found else words.NO_EVIDENCE
            return both(said, "p", class_="quiet")
        summary = el("summary", words.MESSAGES, el("span", f" ({len(spoken.messages):,})", class_="quiet"))
        note = both(words.TRUNCATED, "p", class_="quiet") if spoken.truncated else None
        shown = _plain(spoken, limit) if plain else _table(spoken, limit)
        return el("details", summary, shown, note, class_="exchange", open=open_)

    def commands(self, case: Case, *, plain: bool) -> Markup:
        """The commands that repeat a case."""
        from_record, anew = rejudge(self.bundle, case), run_again(self.run, case)
        if plain:
            return el("pre", foreign(f"{from_record}\n{anew}"), class_="commands")
        return el("dl", _command(words.REJUDGE, from_record), _command(words.RUN_AGAIN, anew), class_="commands")


def file_name(case: str) -> str:
    """A name for a download: the case's own name in plain characters."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "-" for c in case.rpartition("::")[2])
    return plain.strip("-.")[:100] or "case"


def _command(said: Said, command: str) -> Markup:
    return many(el("dt", said), el("dd", el("code", foreign(command), class_="command")))


def _plain(spoken: Exchange, limit: int) -> Markup:
    return el("pre", foreign("\n".join(spoken.last(limit))))


def _table(spoken: Exchange, limit: int) -> Markup:
    heads = [el("th", said, scope="col") for said in (words.TIME, words.WAY, words.MESSAGE)]
    caption = el("caption", words.MESSAGES, class_="aside")
    body = el("tbody", list(_rows(spoken, limit)))
    return el("table", caption, el("thead", el("tr", heads)), body, class_="messages")


def _rows(spoken: Exchange, limit: int) -> Iterator[Markup]:
    messages = spoken.messages
    if len(messages) <= limit:
        yield from (_row(m, spoken.several) for m in messages)
        return
    left = len(messages) - limit
    yield from (_row(m, spoken.several) for m in messages[:HEAD_SHOWN])
    yield el("tr", el("td", words.count(left, "message not shown", "messages not shown", "条报文未显示"), colspan=3),
             class_="left-away")  # fmt: skip
    yield from (_row(m, spoken.several) for m in messages[HEAD_SHOWN + left :])


def _row(message: Message, several: bool) -> Markup:
    where = el("span", f"{message.channel} ", class_="channel") if several else None
    said = el("span", message.said, class_="stream") if message.said else None
    words_ = foreign(message.text) if message.text else None
    octets = el("code", message.octets, class_="octets") if message.octets else None
    return el(
        "tr",
        el("td", f"{message.t:.3f} s", class_="t"),
        el("td", words.WAYS[message.way], class_="way"),
        el("td", where, said, " " if said and words_ else None, words_, octets, class_="m"),
        class_=message.way,
    )
