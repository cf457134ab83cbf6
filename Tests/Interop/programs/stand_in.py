"""A program that misbehaves to order: by its arguments when it starts, and by what a client asks of it over its WebSocket.

It needs Python's standard library alone, and does frames and HTTP by hand, because libraries refuse what it is to send.

Every message is sent back as it came, unless it is the text of a JSON object with a member `do`; `Session.obey` has the list.
Over plain HTTP it answers with what it was asked (`answer` has the paths).
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import gzip
import hashlib
import json
import os
import signal
import struct
import subprocess
import sys
import time
from typing import Dict, List, NamedTuple, Optional, Tuple

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
SALT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
PAGE = """<!doctype html><title>stand-in</title><p id="said">waiting</p><script>
const socket = new WebSocket(new URL("ws", document.baseURI.replace(/^http/, "ws")));
socket.onopen = () => socket.send("grüße");
socket.onmessage = ({ data }) => (document.getElementById("said").textContent = data);
</script>"""


class Request(NamedTuple):
    method: str
    path: str
    headers: Dict[str, str]
    body: bytes


def say(text: str, newline: bool = True) -> None:
    """Writes past Python's buffers, as programs in other languages do."""
    os.write(1, (text + ("\n" if newline else "")).encode())


def end(status: Optional[int]) -> None:
    """Ends the process at once: with a status, or by a signal as a crash does."""
    if status is None:
        os.kill(os.getpid(), signal.SIGSEGV)
    os._exit(status or 0)


class Session:
    """One client's WebSocket."""

    def __init__(self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.request, self.reader, self.writer = request, reader, writer
        self.pongs: List[str] = []
        self.pings = 0

    def frame(self, kind: int, data: bytes, final: bool = True) -> None:
        size = len(data)
        head = bytes([(128 if final else 0) | kind])
        head += bytes([size]) if size < 126 else struct.pack("!BH", 126, size) if size < 65536 else struct.pack("!BQ", 127, size)
        self.writer.write(head + data)

    async def message(self, kind: int, data: bytes, fragments: int = 1) -> None:
        step = max(-(-len(data) // fragments), 1)
        pieces = [data[start:start + step] for start in range(0, len(data), step)] or [b""]
        pieces += [b""] * (fragments - len(pieces))
        for index, piece in enumerate(pieces):
            self.frame(kind if index == 0 else 0, piece, index == len(pieces) - 1)
            await self.writer.drain()

    async def run(self) -> None:
        kind, parts = 0, b""
        while True:
            first, second = await self.reader.readexactly(2)
            size = second & 127
            if size > 125:
                size = int.from_bytes(await self.reader.readexactly(2 if size == 126 else 8), "big")
            mask = await self.reader.readexactly(4)
            data = await self.reader.readexactly(size)
            if size:
                # In one go: byte by byte, a message of megabytes would take seconds.
                stream = (mask * (size // 4 + 1))[:size]
                data = (int.from_bytes(data, "big") ^ int.from_bytes(stream, "big")).to_bytes(size, "big")
            opcode = first & 15
            if opcode == CLOSE:
                say(f"closed by the client: {int.from_bytes(data[:2], 'big') if data else 1005} {data[2:].decode(errors='replace')}")
                self.frame(CLOSE, data)
                return
            if opcode == PING:
                self.pings += 1
                self.frame(PONG, data)
            elif opcode == PONG:
                self.pongs.append(data.decode(errors="replace"))
            else:
                kind, parts = opcode or kind, parts + data
                if first & 128:
                    whole, parts = parts, b""
                    order = parse_order(whole) if kind == TEXT else None
                    if order is None:
                        await self.message(kind, whole)
                    elif not await self.obey(order):
                        return
            await self.writer.drain()

    async def obey(self, order: Dict[str, object]) -> bool:
        """Does what a client asks for. False: the connection is over."""
        name = order.get("do")
        number = int(str(order.get("bytes", 0)))
        if name == "send":  # {bytes, fragments, text}: a message of that size, in so many frames
            filler = (b"abcdefghij" * (number // 10 + 1))[:number]
            await self.message(TEXT if order.get("text") else BINARY, filler, int(str(order.get("fragments", 1))))
        elif name == "many":  # {count, bytes}: so many messages, each with its number in its first four bytes
            for index in range(int(str(order["count"]))):
                await self.message(BINARY, struct.pack("!I", index) + bytes(number))
        elif name == "part":  # {bytes}: the beginning of a frame that never ends
            self.writer.write(struct.pack("!BBQ", 128 | BINARY, 127, number + 1000) + bytes(number))
        elif name == "close":  # {code, reason}: a close frame with any code; without code an empty one
            code = order.get("code")
            self.frame(CLOSE, b"" if code is None else struct.pack("!H", int(str(code))) + str(order.get("reason", "")).encode())
            await self.writer.drain()
            return bool(order.get("stay"))
        elif name == "drop":  # the connection ends without a close frame; {reset}: by a reset
            if order.get("reset"):
                self.writer.transport.abort()
            return False
        elif name == "ping":  # {text}
            self.frame(PING, str(order.get("text", "")).encode())
        elif name == "tell":  # what this program knows of the connection
            known = {"path": self.request.path, "headers": self.request.headers, "pings": self.pings, "pongs": self.pongs,
                     "arguments": sys.argv[1:], "environment": sorted(os.environ)}
            await self.message(TEXT, json.dumps(known).encode())
        elif name == "print":  # {text, newline}
            say(str(order.get("text", "")), bool(order.get("newline", True)))
        elif name == "deaf":  # {seconds}: reads nothing meanwhile
            await asyncio.sleep(float(str(order.get("seconds", 3600))))
        elif name == "exit":  # {status}
            end(int(str(order.get("status", 0))))
        elif name == "crash":
            end(None)
        else:
            await self.message(TEXT, json.dumps({"error": f"unknown order {name!r}"}).encode())
        return True


def parse_order(data: bytes) -> Optional[Dict[str, object]]:
    if not data.startswith(b"{") or len(data) > 10_000:
        return None
    try:
        order = json.loads(data)
    except ValueError:
        return None
    return order if "do" in order else None


async def read_request(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _ = head[0].split(" ", 2)
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    body = b""
    if headers.get("transfer-encoding", "").lower() == "chunked":
        while True:
            size = int((await reader.readuntil(b"\r\n")).split(b";")[0], 16)
            body += await reader.readexactly(size)
            await reader.readexactly(2)
            if size == 0:
                break
    elif "content-length" in headers:
        body = await reader.readexactly(int(headers["content-length"]))
    return Request(method, path, headers, body)


def answer(request: Request) -> Tuple[int, Dict[str, str], bytes]:
    """The answer to a plain request: status, headers, body."""
    path = request.path.partition("?")[0]
    if path == "/":
        return 200, {"Content-Type": "text/html; charset=utf-8"}, PAGE.encode()
    if path == "/redirect":
        return 302, {"Location": f"http://{request.headers.get('host', 'localhost')}/target?a=1"}, b""
    if path == "/relative":
        return 303, {"Location": "/target"}, b""
    if path == "/cookie":
        return 200, {"Set-Cookie": "session=1; Path=/; HttpOnly"}, b""
    if path == "/gzip":
        return 200, {"Content-Encoding": "gzip", "Content-Type": "text/plain"}, gzip.compress(b"good", mtime=0)
    if path == "/echo":
        return 200, {"Content-Type": request.headers.get("content-type", "application/octet-stream")}, request.body
    if path.startswith("/bytes/"):
        return 200, {"Content-Type": "application/octet-stream"}, bytes(int(path[7:]))
    if path.startswith("/status/"):
        return int(path[8:]), {}, b""
    told = {"method": request.method, "path": request.path, "headers": request.headers, "body": len(request.body)}
    return 200, {"Content-Type": "application/json"}, json.dumps(told).encode()


async def serve_connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            request = await read_request(reader)
            if "websocket" in request.headers.get("upgrade", "").lower():
                await serve_socket(request, reader, writer)
                return
            if request.path.startswith("/silent"):
                await asyncio.sleep(3600)
            status, headers, body = answer(request)
            if request.path.startswith("/slow"):  # a byte at a time
                writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                for index in range(5):
                    writer.write(f"1\r\n{index}\r\n".encode())
                    await writer.drain()
                    await asyncio.sleep(0.1)
                writer.write(b"0\r\n\r\n")
                continue
            headers["Content-Length"] = str(len(body))
            lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            writer.write(f"HTTP/1.1 {status} Answer\r\n{lines}\r\n".encode() + (b"" if request.method == "HEAD" else body))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def serve_socket(request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    if request.path.startswith("/refuse"):
        writer.write(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")
        return
    if request.path.startswith("/silent"):
        await asyncio.sleep(3600)
    accept = base64.b64encode(hashlib.sha1((request.headers["sec-websocket-key"] + SALT).encode()).digest()).decode()
    offered = [name.strip() for name in request.headers.get("sec-websocket-protocol", "").split(",") if name.strip()]
    chosen = f"Sec-WebSocket-Protocol: {offered[-1]}\r\n" if offered else ""
    head = f"Upgrade: websocket\r\nConnection: Upgrade\r\n{chosen}Sec-WebSocket-Accept: {accept}\r\n\r\n"
    writer.write(f"HTTP/1.1 101 Switching Protocols\r\n{head}".encode())
    session = Session(request, reader, writer)
    if request.path.startswith("/eager"):  # says something right behind the handshake
        session.frame(TEXT, b"first")
    await writer.drain()
    await session.run()


def begin(options: argparse.Namespace) -> None:
    """What is to happen before the program is ready."""
    if options.ignore_term:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
    for _ in range(options.grandchildren):
        child = subprocess.Popen([sys.executable, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(600)"])
        say(f"grandchild {child.pid}")
    for line in options.print:
        say(line)
    for line in options.complain:
        os.write(2, line.encode() + b"\n")
    if options.fill:
        held = bytearray(options.fill * 1024 * 1024)
        held[::4096] = b"x" * len(held[::4096])
        options.held = held
    if options.print_without_end:
        while True:
            os.write(1, b"and on and on and on and on\n" * 100)
    time.sleep(options.ready_after)
    if options.crash == "start":
        end(None)
    if options.exit == "start":
        end(options.status)


async def main(options: argparse.Namespace) -> None:
    begin(options)
    server = await asyncio.start_server(serve_connection, options.host, options.port)
    if not options.ignore_term:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, end, 0)
    if options.ready:
        say(options.ready, not options.no_newline)
    if options.crash == "ready" or options.exit == "ready":
        await asyncio.sleep(options.end_after)
        end(None if options.crash else options.status)
    while options.print_later:
        await asyncio.sleep(0.05)
        say(options.print_later)
    async with server:
        await server.serve_forever()


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="A program that misbehaves to order.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=int(os.environ.get("TANGOR_PROGRAM_PORT", "0")))
    parser.add_argument("--authKey", help="taken, and not looked at")
    parser.add_argument("--timeout", help="taken, and not looked at")
    parser.add_argument("--ready", default="wslink: Starting factory", help="what it prints once it listens; nothing when empty")
    parser.add_argument("--ready-after", type=float, default=0, metavar="SECONDS", help="starts slowly")
    parser.add_argument("--no-newline", action="store_true", help="no newline behind the ready text, as wslink does it")
    parser.add_argument("--print", action="append", default=[], metavar="LINE", help="printed first, on standard output")
    parser.add_argument("--complain", action="append", default=[], metavar="LINE", help="printed first, on standard error")
    parser.add_argument("--print-later", metavar="LINE", help="printed twenty times a second once ready")
    parser.add_argument("--print-without-end", action="store_true", help="prints as fast as it can, and is never ready")
    parser.add_argument("--crash", choices=["start", "ready"], help="ends by SIGSEGV before it is ready, or afterwards")
    parser.add_argument("--exit", choices=["start", "ready"], help="ends with --status before it is ready, or afterwards")
    parser.add_argument("--end-after", type=float, default=0, metavar="SECONDS", help="how long after it was ready it ends")
    parser.add_argument("--status", type=int, default=0)
    parser.add_argument("--ignore-term", action="store_true", help="ignores TERM, INT and HUP")
    parser.add_argument("--grandchildren", type=int, default=0, metavar="N", help="starts processes that ignore TERM; prints their ids")
    parser.add_argument("--fill", type=int, default=0, metavar="MIB", help="takes so much memory")
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(main(parse()))
