"""A segment of Ethernet through a packet socket: whole frames with their VLAN tags, and when they came."""

import asyncio
import socket
import struct
import time
from collections.abc import Callable

from conformance.engine.link import Port, Segment

ETH_P_ALL = 0x0003
SOL_PACKET = 263
PACKET_AUXDATA = 8
PACKET_IGNORE_OUTGOING = 23
SO_TIMESTAMPNS = 35
TP_STATUS_VLAN_VALID = 1 << 4
TP_STATUS_VLAN_TPID_VALID = 1 << 6
AUXDATA = struct.Struct("=IIIHHHH")
TIME = struct.Struct("=qq")
FRAME_OCTETS = 65_536 + 64
IN_ONE_TURN = 64
BUFFER_OCTETS = 8 << 20


class PacketSegment(Segment):
    """The segment that an interface is on. Open its socket with `open_socket` where the interface is."""

    def __init__(self, name: str, mtu: int = 1500) -> None:
        super().__init__(name, mtu)
        self._socket: socket.socket | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def attach(self, opened: socket.socket) -> None:
        """Begin to hear what comes."""
        self._socket = opened
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(opened, self._readable, self._loop.time)

    def transmit(self, frame: bytes, sender: Port) -> None:
        if self._socket:
            try:
                self._socket.send(frame)
            except BlockingIOError:
                return  # as on a wire that is full
            except OSError:
                return  # too long or too short for the interface, or the link is down: lost, as on a wire

    def close(self) -> None:
        opened, self._socket = self._socket, None
        if opened and self._loop:
            self._loop.remove_reader(opened)
            opened.close()

    def _readable(self, now_s: Callable[[], float]) -> None:
        """Take what has come, a bounded number of frames at a time."""
        for _ in range(IN_ONE_TURN):
            if not self._socket:
                return
            try:
                frame, extras, _, _ = self._socket.recvmsg(FRAME_OCTETS, 256)
            except (BlockingIOError, OSError):
                return
            at_s = now_s()
            for level, kind, data in extras:
                if level == SOL_PACKET and kind == PACKET_AUXDATA:
                    frame = _tagged(frame, data)
                elif level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
                    at_s -= max(0.0, time.time() - _seconds(data))
            self.heard(frame, at_s)


def open_socket(interface: str) -> socket.socket:
    """A packet socket on an interface of the namespace that the calling thread is in. Raises OSError."""
    opened = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    try:
        opened.setblocking(False)
        opened.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
        opened.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        opened.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_OCTETS)
        opened.bind((interface, 0))
    except BaseException:
        opened.close()
        raise
    return opened


def _tagged(frame: bytes, auxdata: bytes) -> bytes:
    """The frame with the VLAN tag that the kernel has taken off."""
    status, _, _, _, _, tag, protocol = AUXDATA.unpack_from(auxdata)
    if not status & TP_STATUS_VLAN_VALID:
        return frame
    kind = protocol if status & TP_STATUS_VLAN_TPID_VALID else 0x8100
    return frame[:12] + struct.pack(">HH", kind, tag) + frame[12:]


def _seconds(data: bytes) -> float:
    seconds, nanoseconds = TIME.unpack_from(data)
    return float(seconds + nanoseconds / 1e9)
