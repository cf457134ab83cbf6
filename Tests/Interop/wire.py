"""Raw sockets: HTTP and WebSocket bytes that no well-behaved client would send, and the expectations shared by the tests."""

from __future__ import annotations

import base64
import os
import socket
import struct
from typing import Dict, Optional, Tuple

import requests

from Harness.server import Server

PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47]


def first_primes(count: int) -> "list[int]":
    """The oracle: primes by trial division."""
    found: "list[int]" = []
    candidate = 2
    while len(found) < count:
        if all(candidate % prime for prime in found if prime * prime <= candidate):
            found.append(candidate)
        candidate += 1
    return found


def problem(answer: requests.Response, status: int, code: str) -> "dict[str, object]":
    """Checks that an answer is the problem the contract describes, and gives its members."""
    assert answer.status_code == status, f"{answer.status_code} instead of {status}: {answer.text[:500]}"
    assert answer.headers["Content-Type"].split(";")[0] == "application/problem+json"
    body = answer.json()
    assert body["code"] == code, body
    assert body["status"] == status
    assert body["type"] == f"urn:tangor:problem:{code}"
    assert isinstance(body["title"], str) and body["title"]
    assert isinstance(body["detail"], str) and body["detail"]
    assert body["error"] == body["detail"]
    assert isinstance(body["retry"], bool)
    assert body["requestId"] == answer.headers["X-Request-Id"]
    return body


class RawConnection:
    """A TCP connection that speaks whatever bytes it is given."""

    def __init__(self, server: Server, timeout: float = 20) -> None:
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=timeout)
        self.buffer = b""

    def __enter__(self) -> "RawConnection":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        """Sends bytes. A server that has closed already is not an error here: what it answered is read next."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def _fill(self) -> bool:
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            data = b""
        self.buffer += data
        return bool(data)

    def exactly(self, count: int) -> bytes:
        while len(self.buffer) < count:
            if not self._fill():
                raise EOFError(f"the connection ended after {len(self.buffer)} of {count} bytes")
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def until(self, mark: bytes) -> bytes:
        while mark not in self.buffer:
            if not self._fill():
                raise EOFError(f"the connection ended before {mark!r}: {self.buffer[:200]!r}")
        index = self.buffer.index(mark) + len(mark)
        data, self.buffer = self.buffer[:index], self.buffer[index:]
        return data

    def response(self, head_only: bool = False) -> Tuple[int, Dict[str, str], bytes]:
        """Reads one response: status, headers by lower-case name, body."""
        lines = self.until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        status = int(lines[0].split(" ")[1])
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:] if line)}
        body = b""
        if head_only or status in (101, 204, 304):
            return status, headers, body
        if headers.get("transfer-encoding") == "chunked":
            while True:
                size = int(self.until(b"\r\n").split(b";")[0], 16)
                chunk = self.exactly(size + 2)[:-2]
                if size == 0:
                    break
                body += chunk
        elif "content-length" in headers:
            body = self.exactly(int(headers["content-length"]))
        else:
            body = self.rest()
        return status, headers, body

    def rest(self) -> bytes:
        """Everything up to the end of the connection."""
        while self._fill():
            pass
        data, self.buffer = self.buffer, b""
        return data

    def request(self, method: str, path: str, headers: str = "", body: bytes = b"") -> Tuple[int, Dict[str, str], bytes]:
        """Sends one request, the path exactly as given, and reads its response."""
        self.send(f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n".encode("latin-1") + body)
        return self.response(head_only=method == "HEAD")


class RawWebSocket(RawConnection):
    """A WebSocket client that can break every rule."""

    def __init__(self, server: Server, path: str, headers: str = "", timeout: float = 20) -> None:
        super().__init__(server, timeout)
        key = base64.b64encode(os.urandom(16)).decode("ascii")
        status, self.headers, body = self.request(
            "GET", path, f"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n{headers}")
        assert status == 101, f"{status}: {body[:300]!r}"

    def frame(self, opcode: int, payload: bytes = b"", final: bool = True, reserved: int = 0, masked: bool = True,
              length: Optional[int] = None) -> None:
        """Sends a frame; `length` lies about the payload's size."""
        size = len(payload) if length is None else length
        head = bytes([(0x80 if final else 0) | (reserved << 4) | opcode])
        mark = 0x80 if masked else 0
        if size < 126:
            head += bytes([mark | size])
        elif size < 65536:
            head += bytes([mark | 126]) + struct.pack(">H", size)
        else:
            head += bytes([mark | 127]) + struct.pack(">Q", size)
        if masked:
            mask = os.urandom(4)
            head += mask
            # One exclusive-or over the whole payload as a number: byte by byte is too slow for the large frames.
            pad = (mask * (len(payload) // 4 + 1))[: len(payload)]
            payload = (int.from_bytes(payload, "big") ^ int.from_bytes(pad, "big")).to_bytes(len(payload), "big")
        self.send(head + payload)

    def receive(self) -> Tuple[int, bytes]:
        """The next frame's opcode and payload. A server's frame must not be masked."""
        first, second = self.exactly(2)
        assert not second & 0x80, "the server masked a frame"
        size = second & 0x7F
        if size == 126:
            size = struct.unpack(">H", self.exactly(2))[0]
        elif size == 127:
            size = struct.unpack(">Q", self.exactly(8))[0]
        return first & 0x0F, self.exactly(size)

    def close_code(self) -> int:
        """Reads up to the close frame and answers its code; the connection must end after it."""
        while True:
            opcode, payload = self.receive()
            if opcode == 8:
                break
        code = struct.unpack(">H", payload[:2])[0] if len(payload) >= 2 else 1005
        self.frame(8, payload[:2])
        self.rest()
        return int(code)
