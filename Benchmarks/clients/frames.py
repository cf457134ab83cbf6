"""A WebSocket client that costs little beside the servers that are measured through it."""
from __future__ import annotations

import base64
import os
import socket
import struct
from typing import List, Optional
from urllib.parse import urlsplit

import numpy

MASK = b"\x5a\xa5\x3c\xc3"
PONG = b"\x8a\x80" + MASK  # to a ping without contents


def framed(payload: bytes) -> bytes:
    """A binary message in one masked frame."""
    size = len(payload)
    head = bytes([0x82]) + (bytes([0x80 | size]) if size < 126 else struct.pack(">BH", 0xFE, size) if size < 65536
                            else struct.pack(">BQ", 0xFF, size))
    words = numpy.frombuffer(payload + bytes(-size % 4), dtype="<u4") ^ numpy.frombuffer(MASK, dtype="<u4")[0]
    return head + MASK + words.tobytes()[:size]


def opened(url: str) -> socket.socket:
    """A connection after the handshake. It reads no frame: the servers here say nothing before they are asked."""
    parts = urlsplit(url)
    link = socket.create_connection((parts.hostname, parts.port), timeout=600)
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    key = base64.b64encode(os.urandom(16)).decode()
    link.sendall((f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                  f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n").encode())
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = link.recv(1)
        if not byte:
            raise ConnectionError("the connection ended in the handshake")
        head += byte
    if b" 101 " not in head.split(b"\r\n")[0]:
        raise ConnectionError(f"the handshake was answered {head.split(bytes([13]))[0].decode()}")
    return link


def read_message(link: socket.socket) -> bytes:
    """The next message; pings are passed over, and a close is an error."""
    parts: List[bytes] = []
    while True:
        first, second = _exactly(link, 2)
        size = second & 0x7F
        if size == 126:
            size = struct.unpack(">H", _exactly(link, 2))[0]
        elif size == 127:
            size = struct.unpack(">Q", _exactly(link, 8))[0]
        payload = _exactly(link, size)
        if first & 0x0F == 8:
            code = struct.unpack(">H", payload[:2])[0] if len(payload) >= 2 else 1005
            raise ConnectionError(f"the server closed with {code} {payload[2:].decode(errors='replace')}")
        if first & 0x0F in (0, 1, 2):
            parts.append(payload)
            if first & 0x80:
                return parts[0] if len(parts) == 1 else b"".join(parts)


def _exactly(link: socket.socket, count: int) -> bytes:
    data = bytearray(count)
    view, filled = memoryview(data), 0
    while filled < count:
        got = link.recv_into(view[filled:])
        if not got:
            raise ConnectionError("the server ended the connection")
        filled += got
    return bytes(data)


class Frames:
    """Takes frames out of what came so far, without waiting."""

    def __init__(self) -> None:
        self._rest = b""
        self.pings = 0  # that are to be answered

    def take(self, data: bytes) -> List[bytes]:
        """The payloads of the messages that are whole now; only short ones, each in one frame, are told from each other."""
        data = self._rest + data
        found: List[bytes] = []
        at = 0
        while (end := self._end(data, at)) is not None and end <= len(data):
            if data[at] & 0x0F == 8:
                raise ConnectionError("the server closed the connection")
            size = data[at + 1] & 0x7F
            if data[at] & 0x0F == 9:
                self.pings += 1
            else:
                found.append(data[at + (2 if size < 126 else 4 if size == 126 else 10):end])
            at = end
        self._rest = data[at:]
        return found

    @staticmethod
    def _end(data: bytes, at: int) -> Optional[int]:
        if len(data) < at + 2:
            return None
        size = data[at + 1] & 0x7F
        if size < 126:
            return at + 2 + size
        width, code = (2, ">H") if size == 126 else (8, ">Q")
        return None if len(data) < at + 2 + width else at + 2 + width + struct.unpack_from(code, data, at + 2)[0]
