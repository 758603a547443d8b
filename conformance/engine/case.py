"""A case: what is known of it before it runs (`CaseSpec`), while it runs (`Case`), and afterwards (`CaseResult`)."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

from .allowance import PER_OCTET
from .channel import FLOODED, Channel, Codec, Decode, PacketChannel
from .link import Segment, Site
from .patience import Patience
from .record import NO_CHANNEL, ChannelInfo, Entry, Record
from .stream import Stream
from .suite import Suite
from .testbed import Address, Testbed, TestbedError
from .verdict import Diverged, Nonconformity, NotApplicable, ProductLost, Verdict

C = TypeVar("C", bound=Channel)


@dataclass(frozen=True, kw_only=True)
class CaseSpec:
    """One case as collected. `requirements` are full references; `standard` is the catalogue's key, "" for none."""

    id: str
    suite: Suite
    function: Callable[..., Any]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    requirements: tuple[str, ...] = ()
    standard: str = ""
    resources: Mapping[str, bool] = field(default_factory=dict)
    lasts_s: float = 0.0
    negative: bool = False
    disruptive: bool = False
    title: str = ""
    source: str = ""

    @property
    def asynchronous(self) -> bool:
        return asyncio.iscoroutinefunction(self.function)


@dataclass(kw_only=True)
class CaseResult:
    """The end of one attempt at a case, as the journal keeps it."""

    case: str
    attempt: int = 1
    verdict: Verdict = Verdict.PASS
    seconds: float = 0.0
    started: float = 0.0
    summary: str = ""
    summary_zh: str = ""
    """The summary in Chinese, where the suite says it; else ""."""
    expected: str | None = None
    got: str | None = None
    notes: list[dict[str, str]] = field(default_factory=list)
    lag_s: float = 0.0
    transcript: str | None = None
    capture: str | None = None
    output: str | None = None
    detail: str | None = None
    lost: bool = False
    """Whether the product died or vanished during the case."""


class Case:
    """A running case: its randomness, its way to the product, its record. Who asks for `case` is given it."""

    def __init__(
        self,
        spec: CaseSpec,
        *,
        seed: int,
        testbed: Testbed,
        claims: Mapping[str, Any],
        ixit: Mapping[str, Mapping[str, Any]],
        patience: Patience,
        record: Record,
    ) -> None:
        self.spec = spec
        self.rng = random.Random(seed)
        self.testbed = testbed
        self.claims = claims
        self.ixit = ixit
        self.patience = patience
        self.record = record
        self.notes: list[dict[str, str]] = []
        self.channels: list[Channel] = []
        self.began_s = asyncio.get_running_loop().time()
        self._token = self.rng.getrandbits(40)
        self._count = self._acts = 0
        self._left: set[int] = set()
        """The connections that the case itself has ended."""

    @property
    def standard(self) -> str:
        """The standard's id without the role, such as "mqtt-5.0"."""
        return self.spec.standard.partition("/")[0]

    @property
    def now_s(self) -> float:
        """Seconds since the case began."""
        return asyncio.get_running_loop().time() - self.began_s

    def unique(self, prefix: str = "iic") -> str:
        """A name that no other case uses, from the case's seed; ASCII letters and digits after the prefix."""
        self._count += 1
        return f"{prefix}{self._token:010x}{self._count}"

    def note(self, text: str, requirement: str | None = None) -> None:
        """Add an observation to the report that is no verdict."""
        self.notes.append({"text": text} | ({"requirement": requirement} if requirement else {}))

    def not_applicable(self, reason: str, reason_zh: str = "") -> NoReturn:
        """End the case: the product has said that it lacks what the requirement is about. `reason_zh` says it in
        Chinese.
        """
        raise NotApplicable(reason, reason_zh)

    def address(self, protocol: str = "") -> Address:
        """The TCP address that the product's access data give: `url` in [ixit.PROTOCOL], by default the suite's name.

        Raises TestbedError where there is none.
        """
        protocol = protocol or self.spec.suite.name
        url = str(self.ixit.get(protocol, {}).get("url") or "")
        try:
            parts = urlsplit(url)
            if parts.hostname and parts.port:
                return Address(parts.hostname, parts.port)
        except ValueError:
            pass
        raise TestbedError(
            f"[ixit.{protocol}] url {url!r} is no address", f'Write one, such as url = "{protocol}://192.0.2.1:7007"'
        )

    async def open(self, address: Address, name: str = "") -> tuple[Stream, int]:
        """Open a stream that is recorded; returns it and its channel number. Raises ProductLost when refused."""
        number = len(self.record.channels)
        info = ChannelInfo(number, name or f"connection {number + 1}", str(address), protocol=self.standard)
        self.record.channels.append(info)
        try:
            async with asyncio.timeout(10):
                stream = await self.testbed.connect(address)
        except (OSError, TimeoutError) as error:
            self.record.add(Entry(self.now_s, number, "refused", text=str(error)))
            raise ProductLost(f"no connection to {address}: {str(error) or 'no answer for 10 s'}") from None
        self.record.channels[number] = replace(info, local=stream.local, remote=stream.remote)
        self._opened(stream, number)
        return stream, number

    def _opened(self, stream: Stream, number: int) -> None:
        """From now on all that passes on a stream is recorded."""
        self.record.add(Entry(self.now_s, number, "open"))
        self.record.reached = True
        stream.tap = partial(self._seen, stream, number)

    def _seen(self, stream: Stream, number: int, kind: str, data: bytes) -> None:
        """Record what passes on a stream; a product that floods us is given up."""
        at_s = self.now_s if stream.at_s is None else stream.at_s - self.began_s
        self.record.add(Entry(at_s, number, kind, data))
        if kind in ("close", "abort"):
            self._left.add(number)
        elif kind in ("fin", "reset") and number not in self._left:
            self.record.cut = True
        if kind == "in" and not self.record.share.take(PER_OCTET * len(data)):
            self.record.shorten()
            stream.give_up(FLOODED)

    async def channel(self, address: Address, codec: Codec | Decode, name: str = "") -> Channel:
        """Open a channel that speaks messages; `codec` may be just the function that decodes."""
        stream, number = await self.open(address, name)
        return self.speak(stream, number, codec)

    async def datagrams(self, address: Address, codec: Codec | Decode, name: str = "") -> PacketChannel:
        """Open a channel on which each message is one UDP datagram."""
        stream, number = await self.open(replace(address, transport="udp"), name)
        return self._speak(PacketChannel, stream, number, codec)

    @asynccontextmanager
    async def site(self, *, fresh: bool = False) -> AsyncIterator[Site]:
        """The site that all cases share, or one for this case alone, which ends with it. Raises TestbedError.

        A product that has died on a site of the case's own fails the case.
        """
        site = await self.testbed.site(fresh=fresh)
        if not (fresh and self.testbed.copies):
            yield site
            return
        try:
            yield site
            if not await site.alive():
                raise Nonconformity("the product died", expected="a product that runs on", got="its process has ended")
        finally:
            await site.close()

    async def learn(self, name: str, find: Callable[[], Awaitable[Any]]) -> Any:
        """What `find` returns (a value for JSON), and the same again when the case is judged again by its record: for
        what a case has to know and no channel of its own has carried.
        """
        if self.testbed.learned is None:
            value = await find()
        elif name in self.testbed.learned:
            value = self.testbed.learned[name]
        else:
            raise Diverged(f"the case now asks for {name}, which it did not when it was recorded")
        self.record.add(Entry(self.now_s, NO_CHANNEL, "learned", text=json.dumps([name, value])))
        return value

    async def act(self, site: Site, name: str, **values: Any) -> bool:
        """Have the product on a site do something that only its owner can, such as sending a ping; False where nobody
        can. Raises TestbedError.
        """
        self._acts += 1
        done: bool = await self.learn(f"act {self._acts} {name}", partial(site.act, name, **values))
        return done

    def port(
        self, segment: Segment, codec: Codec | Decode, name: str = "", hears: Collection[bytes] | None = None
    ) -> PacketChannel:
        """A channel on which each message is one frame of a link; `hears` as in `engine.link.Port`."""
        number = len(self.record.channels)
        stream = segment.port(hears)
        self.record.channels.append(
            ChannelInfo(number, name or segment.name, f"link://{segment.name}", protocol=self.standard)
        )
        self._opened(stream, number)
        return self._speak(PacketChannel, stream, number, codec)

    def speak(self, stream: Stream, number: int, codec: Codec | Decode) -> Channel:
        """A channel over a stream that is open already, for protocols that begin with another one's handshake."""
        return self._speak(Channel, stream, number, codec)

    def _speak(self, kind: type[C], stream: Stream, number: int, codec: Codec | Decode) -> C:
        channel = kind(stream, codec, record=self.record, number=number, patience=self.patience, began_s=self.began_s)
        self.channels.append(channel)
        return channel

    def close(self) -> None:
        """Cut whatever the case has left open."""
        for channel in self.channels:
            if not channel.closed:
                with suppress(Diverged):  # of a replay, whose script keeps it
                    channel.stream.close()
