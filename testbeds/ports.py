"""Free TCP ports on the loopback interface."""

import random
import socket
from collections.abc import Container
from pathlib import Path

LOOPBACK = "127.0.0.1"
LOWEST = 10_000
EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")


def free_port(taken: Container[int] = ()) -> int:
    """A port that nothing listens on, and not one of `taken`.

    It lies below the range that the system gives to outgoing connections, so that none of those can sit on it while a
    product restarts. Raises OSError when a thousand tries find none.
    """
    highest = _ephemeral_start()
    chance = random.SystemRandom()
    for _ in range(1000):
        port = chance.randrange(LOWEST, highest)
        if port not in taken and is_free(port):
            return port
    raise OSError(f"no free port between {LOWEST} and {highest} on {LOOPBACK}")


def is_free(port: int) -> bool:
    """Whether a server could listen on this port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen(1)
        except OSError:
            return False
        return True


def _ephemeral_start() -> int:
    try:
        start = int(EPHEMERAL.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        start = 32_768
    return max(start, LOWEST + 1000)
