"""Network namespaces that live as long as this process holds them, and what is done inside them.

They have no names: the kernel takes a namespace away, with all its interfaces, when the last process that holds it
ends, however it ends.
"""

import asyncio
import contextlib
import ctypes
import fcntl
import os
import socket
import struct
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
CLONE_NEWNET = 0x40000000
SIOCETHTOOL = 0x8946
ETHTOOL_STXCSUM = 0x17
SETTINGS = Path("/proc/sys")
NEIGHBOURS = {"net/ipv6/neigh/default/gc_thresh3": 16_384, "net/ipv6/neigh/default/gc_thresh2": 8_192}
SILENT = {"net.ipv6.conf.all.disable_ipv6": "1", "net.ipv6.conf.default.disable_ipv6": "1"}
"""What keeps the kernel on the tester's side from answering by itself."""

_workers = ThreadPoolExecutor(4, "namespace")


class Namespace:
    """A network namespace. Everything here raises OSError."""

    def __init__(self) -> None:
        self._fd = _made()

    @property
    def path(self) -> str:
        """A path by which other programs can enter it, while this process lives."""
        return f"/proc/{os.getpid()}/fd/{self._fd}"

    @property
    def fd(self) -> int:
        return self._fd

    async def run(self, function: Callable[..., T], *arguments: Any) -> T:
        """Call a function inside, in a thread of its own."""
        return await asyncio.get_running_loop().run_in_executor(_workers, self._inside, function, arguments)

    def close(self) -> None:
        """Let it go; the kernel removes it once nobody else is inside."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)

    def _inside(self, function: Callable[..., T], arguments: tuple[Any, ...]) -> T:
        with _entered(self._fd):
            return function(*arguments)


def may_make() -> bool:
    """Whether this process may make namespaces."""
    try:
        Namespace().close()
    except OSError:
        return False
    return True


def apply(settings: Mapping[str, str]) -> None:
    """Write kernel settings, such as "net.ipv6.conf.all.forwarding"; a / in a name stands for a dot within a part."""
    for name, value in settings.items():
        path = SETTINGS.joinpath(*(part.replace("/", ".") for part in name.split(".")))
        path.write_text(value, encoding="utf-8")


@contextlib.contextmanager
def many_neighbours() -> Iterator[None]:
    """Let the kernel know more neighbours at once: its bound is one for all namespaces together, and hundreds of cases,
    each with addresses of its own, would reach it. Where that is not allowed, it stays as it is.
    """
    before: dict[Path, str] = {}
    for name, wanted in NEIGHBOURS.items():
        path = SETTINGS / name
        with contextlib.suppress(OSError, ValueError):
            now = path.read_text(encoding="utf-8")
            if int(now) < wanted:
                path.write_text(str(wanted), encoding="utf-8")
                before[path] = now
    try:
        yield
    finally:
        for path, value in before.items():
            with contextlib.suppress(OSError):
                path.write_text(value, encoding="utf-8")


def checksums_in_full(interface: str) -> None:
    """Have the kernel fill in the checksums of what it sends: between two virtual ends it would leave that out."""
    command = ctypes.create_string_buffer(struct.pack("II", ETHTOOL_STXCSUM, 0), 8)
    request = struct.pack("16sP8x", interface.encode(), ctypes.addressof(command))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCETHTOOL, request)


def _made() -> int:
    with _entered(None):
        return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


@contextlib.contextmanager
def _entered(fd: int | None) -> Iterator[None]:
    """Move this thread into a namespace, a new one for None, and back."""
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    libc = ctypes.CDLL(None, use_errno=True)
    try:
        if (libc.unshare(CLONE_NEWNET) if fd is None else libc.setns(fd, CLONE_NEWNET)) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
        try:
            yield
        finally:
            libc.setns(home, CLONE_NEWNET)
    finally:
        os.close(home)
