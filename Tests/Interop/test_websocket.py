"""The WebSocket layer against peers that break the rules, and against two well-behaved clients."""

from __future__ import annotations

import asyncio
import os
import struct
import zlib

import aiohttp
import pytest
from websockets.sync.client import connect

from Harness.server import Server
from wire import RawConnection, RawWebSocket


@pytest.mark.parametrize("compression", [None, "deflate"])
def test_echo_with_websockets(server: Server, compression: str) -> None:
    with connect(server.websocket_url + "/echo", compression=compression, max_size=None, proxy=None) as socket:  # type: ignore[arg-type]
        assert bool(socket.protocol.extensions) == (compression is not None)
        for message in ("", "grüße 😀", "x" * 125, "x" * 126, "y" * 65535, "z" * 65536, b"", os.urandom(1 << 20)):
            socket.send(message)
            assert socket.recv(timeout=30) == message
        socket.send(["in ", "three ", "fragments"])
        assert socket.recv(timeout=20) == "in three fragments"
        assert socket.ping().wait(20)


def test_echo_with_aiohttp(server: Server) -> None:
    async def run() -> None:
        async with aiohttp.ClientSession() as session, session.ws_connect(server.url + "/echo", compress=15, max_msg_size=0) as socket:
            for index in range(200):
                await socket.send_str(f"message {index} " * 20)
            for index in range(200):
                assert await socket.receive_str(timeout=20) == f"message {index} " * 20
            await socket.close()
            assert socket.close_code == 1000

    asyncio.run(run())


@pytest.mark.slow
def test_echo_of_64_mebibytes(server: Server) -> None:
    payload = os.urandom(1 << 16) * 1024
    with connect(server.websocket_url + "/echo", compression=None, max_size=None, proxy=None) as socket:
        socket.send(payload)
        assert socket.recv(timeout=100) == payload


def test_oversized_message_by_its_header_alone(server: Server) -> None:
    for size in ((64 << 20) + 1, 1 << 40):
        with RawWebSocket(server, "/echo") as raw:
            raw.frame(2, b"x", length=size)
            assert raw.close_code() == 1009


def test_oversized_message_in_fragments(server: Server) -> None:
    with RawWebSocket(server, "/echo") as raw:
        # Each fragment is within the limit, and only their sum is not: the second one's header decides.
        raw.frame(2, bytes(1024), final=False)
        raw.frame(0, b"", final=True, length=64 << 20)
        assert raw.close_code() == 1009


def test_compressed_bomb(server: Server) -> None:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = b"".join(squeeze.compress(bytes(1 << 20)) for _ in range(80)) + squeeze.flush(zlib.Z_SYNC_FLUSH)
    with RawWebSocket(server, "/echo", "Sec-WebSocket-Extensions: permessage-deflate\r\n") as raw:
        assert "permessage-deflate" in raw.headers["sec-websocket-extensions"]
        raw.frame(2, bomb[:-4], reserved=4)
        assert raw.close_code() == 1009


def test_broken_compression(server: Server) -> None:
    with RawWebSocket(server, "/echo", "Sec-WebSocket-Extensions: permessage-deflate\r\n") as raw:
        raw.frame(2, b"\xff\xff\xff\xff not deflate", reserved=4)
        assert raw.close_code() in (1002, 1007)


def test_unmasked_frame(server: Server) -> None:
    with RawWebSocket(server, "/echo") as raw:
        raw.frame(1, b"hello", masked=False)
        assert raw.close_code() == 1002


@pytest.mark.parametrize("reserved", [4, 2, 1, 7])
def test_reserved_bits(server: Server, reserved: int) -> None:
    with RawWebSocket(server, "/echo") as raw:
        raw.frame(1, b"hello", reserved=reserved)
        assert raw.close_code() == 1002


@pytest.mark.parametrize("opcode", [3, 7, 11, 15])
def test_reserved_opcodes(server: Server, opcode: int) -> None:
    with RawWebSocket(server, "/echo") as raw:
        raw.frame(opcode, b"hello")
        assert raw.close_code() == 1002


def test_control_frames_may_be_neither_long_nor_fragmented(server: Server) -> None:
    for opcode, payload, final in ((9, b"x" * 126, True), (9, b"x", False), (8, b"\x03\xe8" + b"x" * 124, True)):
        with RawWebSocket(server, "/echo") as raw:
            raw.frame(opcode, payload, final)
            assert raw.close_code() == 1002


def test_fragments_out_of_order(server: Server) -> None:
    with RawWebSocket(server, "/echo") as raw:
        raw.frame(0, b"a continuation of nothing")
        assert raw.close_code() == 1002
    with RawWebSocket(server, "/echo") as raw:
        raw.frame(1, b"begun", final=False)
        raw.frame(1, b"begun again")
        assert raw.close_code() == 1002


@pytest.mark.parametrize("payload", [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"whole \xe2\x82"])
def test_invalid_utf8(server: Server, payload: bytes) -> None:
    with RawWebSocket(server, "/echo") as raw:
        raw.frame(1, payload)
        assert raw.close_code() == 1007


def test_invalid_utf8_is_refused_before_the_message_ends(server: Server) -> None:
    with RawWebSocket(server, "/echo") as raw:
        raw.frame(1, b"good so far \xed\xa0\x80", final=False)
        assert raw.close_code() == 1007


def test_split_character_across_fragments_is_good(server: Server) -> None:
    text = "ä😀".encode()
    with RawWebSocket(server, "/echo") as raw:
        for index, byte in enumerate(text[:-1]):
            raw.frame(1 if index == 0 else 0, bytes([byte]), final=False)
            raw.frame(9, b"between")
        raw.frame(0, text[-1:])
        for _ in text[:-1]:
            assert raw.receive() == (10, b"between")
        assert raw.receive() == (1, text)


@pytest.mark.parametrize("code", [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535])
def test_bad_close_codes(server: Server, code: int) -> None:
    with RawWebSocket(server, "/echo") as raw:
        raw.frame(8, struct.pack(">H", code))
        assert raw.close_code() == 1002


@pytest.mark.parametrize("code", [1000, 1001, 1003, 1011, 3000, 4999])
def test_good_close_codes_are_answered_in_kind(server: Server, code: int) -> None:
    with RawWebSocket(server, "/echo") as raw:
        raw.frame(8, struct.pack(">H", code) + b"bye")
        assert raw.close_code() == code


def test_close_payloads(server: Server) -> None:
    for payload, codes in ((b"", (1005, 1000)), (b"\x03", (1002,)), (b"\x03\xe8\xff", (1007,))):
        with RawWebSocket(server, "/echo") as raw:
            raw.frame(8, payload)
            assert raw.close_code() in codes


def test_frame_in_single_bytes(server: Server) -> None:
    with RawWebSocket(server, "/echo") as raw:
        mask = b"\x01\x02\x03\x04"
        for byte in b"\x81\x83" + mask + bytes(a ^ b for a, b in zip(b"abc", mask)):
            raw.send(bytes([byte]))
        assert raw.receive() == (1, b"abc")


def test_first_frame_in_the_packet_of_the_handshake(server: Server) -> None:
    with RawConnection(server) as raw:
        mask = b"\0\0\0\0"
        raw.send(
            b"GET /echo HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\x81\x83" + mask + b"abc")
        status, headers, _ = raw.response()
        assert status == 101 and headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        assert raw.exactly(5) == b"\x81\x03abc"


@pytest.mark.parametrize("headers, statuses", [
    ("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n", (400,)),
    ("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n", (400,)),
    ("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", (400, 426)),
    ("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", (426,)),
])
def test_bad_handshakes(server: Server, headers: str, statuses: "tuple[int, ...]") -> None:
    with RawConnection(server) as raw:
        assert raw.request("GET", "/echo", headers)[0] in statuses


def test_abrupt_ends_in_every_state(server: Server) -> None:
    for _ in range(20):
        for sent in (b"", b"\x81", b"\x81\xfe\xff", b"\x01\x83\0\0\0\0abc"):
            with RawWebSocket(server, "/echo") as raw:
                raw.send(sent)


def test_a_peer_that_does_not_read_slows_itself_alone(server: Server) -> None:
    with RawWebSocket(server, "/echo") as greedy:
        greedy.socket.settimeout(1)
        chunk = b"x" * 65536
        try:
            for _ in range(2000):
                greedy.frame(2, chunk)
        except TimeoutError:
            pass
        else:
            pytest.fail("the server took 125 MiB of messages whose echoes nobody read")
        assert server.status("/healthz") == 200


def test_wrong_kind_of_message_on_live(server: Server) -> None:
    with RawWebSocket(server, "/live") as raw:
        raw.frame(2, b"\0\1\2")
        assert raw.close_code() == 1003
