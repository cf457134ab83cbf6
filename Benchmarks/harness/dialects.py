"""What the load generator says to each server, as far as they speak different protocols.

All texts are in the generator's notation; `spelled` writes any bytes in it.
"""
from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Tuple

CHANNEL = "demo/fan"
MARKER = b"@T0123456789abcdef01234567@"
PUBLICATION_SIZE = 200


@dataclass(frozen=True)
class Dialect:
    """A protocol on a WebSocket: how a client introduces itself, and what it says then."""

    greetings: Tuple[str, ...] = ()
    ready_on: str = ""  # the text that tells that the greetings were heard
    message: str = ""  # what is sent in a closed loop
    publication: str = ""
    publish_path: str = ""  # where the publisher connects; empty: where the subscribers do
    publisher_greetings: Tuple[str, ...] = ()
    publisher_ready_on: str = ""
    subprotocol: str = ""
    binary: bool = False

    def client_words(self) -> Tuple[str, ...]:
        """Options of the generator for every client, or subscriber."""
        words = ["--binary", "--init-binary"] if self.binary else []
        words += ["--proto", self.subprotocol] if self.subprotocol else []
        for greeting in self.greetings:
            words += ["--init", greeting]
        return (*words, "--ready-on", self.ready_on) if self.ready_on else tuple(words)

    def publisher_words(self) -> Tuple[str, ...]:
        """Options of the generator for the publisher."""
        words = ["--pub-msg", self.publication, *(["--pub-binary"] if self.binary else [])]
        for greeting in self.publisher_greetings:
            words += ["--pub-init", greeting]
        return (*words, "--pub-ready-on", self.publisher_ready_on) if self.publisher_ready_on else tuple(words)


def spelled(content: bytes) -> str:
    """The bytes in the generator's notation."""
    return "".join(chr(byte) if 32 <= byte < 127 and byte != 0x5C else f"\\x{byte:02x}" for byte in content)


def payload(size: int = PUBLICATION_SIZE) -> bytes:
    """What is published: the marker, and letters up to the size."""
    return MARKER + bytes(ord("a") + i % 26 for i in range(size - len(MARKER)))


def json_rpc(method: str, parameters: Any, identifier: int = 0) -> str:
    """A request on Tangor's live connection; without an identifier, a notification."""
    named = {"id": identifier} if identifier else {}
    text = json.dumps({"jsonrpc": "2.0", **named, "method": method, "params": parameters}, separators=(",", ":"))
    return spelled(text.encode())


# ---- MQTT 3.1.1 ----

def _mqtt_text(text: str) -> bytes:
    return len(text).to_bytes(2, "big") + text.encode()


def mqtt_packet(kind: int, body: bytes) -> bytes:
    """A packet: its kind with flags, its length in groups of seven bits, its body."""
    length, groups = len(body), b""
    while True:
        length, group = divmod(length, 128)
        groups += bytes([group | (128 if length else 0)])
        if not length:
            return bytes([kind]) + groups + body


MQTT_CONNECT = mqtt_packet(0x10, _mqtt_text("MQTT") + bytes([4, 2, 0, 0]) + _mqtt_text(""))  # a clean session, no keep-alive, no name
MQTT_SUBSCRIBE = mqtt_packet(0x82, bytes([0, 1]) + _mqtt_text(CHANNEL) + bytes([0]))


# ---- MessagePack and wslink's chunks ----

def message_pack(value: Any) -> bytes:
    """Small values as MessagePack: enough for a call."""
    if isinstance(value, str) and len(value.encode()) < 32:
        return bytes([0xA0 | len(value.encode())]) + value.encode()
    if isinstance(value, int) and 0 <= value < 128:
        return bytes([value])
    if isinstance(value, list) and len(value) < 16:
        return bytes([0x90 | len(value)]) + b"".join(map(message_pack, value))
    if isinstance(value, dict) and len(value) < 16:
        return bytes([0x80 | len(value)]) + b"".join(message_pack(key) + message_pack(each) for key, each in value.items())
    raise ValueError(f"no small value: {value!r}")


def wslink_message(identifier: str, method: str, arguments: Any) -> bytes:
    """A request in one chunk: its number, its offset in the message, the message's size, and the message."""
    packed = message_pack({"wslink": "1.0", "id": identifier, "method": method, "args": arguments, "kwargs": {}})
    return (1).to_bytes(4, "little") + (0).to_bytes(4, "little") + len(packed).to_bytes(4, "little") + packed


# ---- fan-out ----

TANGOR_FAN = Dialect(
    greetings=(json_rpc("channel.subscribe", {"channels": [CHANNEL]}, 1),), ready_on='"channels":{',
    publication=json_rpc("channel.publish", {"channel": CHANNEL, "data": payload().decode()}))

# The framework's own broadcast: who opens the one path is subscribed, what comes in at the other goes to all of them.
ROOM = Dialect(ready_on="subscribed", publication=payload().decode(), publish_path="/fan/publish")

BARE_FAN = Dialect(greetings=("sub",), ready_on="subscribed", publication="pub" + payload(PUBLICATION_SIZE - 3).decode())

MQTT_FAN = Dialect(
    subprotocol="mqtt", binary=True, greetings=(spelled(MQTT_CONNECT), spelled(MQTT_SUBSCRIBE)),
    ready_on=spelled(mqtt_packet(0x90, bytes([0, 1, 0]))),
    publisher_greetings=(spelled(MQTT_CONNECT),), publisher_ready_on=spelled(mqtt_packet(0x20, bytes([0, 0]))),
    publication=spelled(mqtt_packet(0x30, _mqtt_text(CHANNEL) + payload())))

_NATS_CONNECT = 'CONNECT {"verbose":false,"pedantic":false,"lang":"c","version":"1"}\r\n'
_NATS_SUBJECT = CHANNEL.replace("/", ".")
NATS_FAN = Dialect(
    binary=True, greetings=(spelled(f"{_NATS_CONNECT}SUB {_NATS_SUBJECT} 1\r\nPING\r\n".encode()),), ready_on="PONG",
    publisher_greetings=(spelled(f"{_NATS_CONNECT}PING\r\n".encode()),), publisher_ready_on="PONG",
    publication=spelled(f"PUB {_NATS_SUBJECT} {PUBLICATION_SIZE}\r\n".encode() + payload() + b"\r\n"))

# ---- calls ----

# Both add two integers and write nothing: `sum` on a thread of the pool, as methods do by default, `add` where the call arrives.
TANGOR_CALL = Dialect(message=json_rpc("object.call", {"path": "sample.sum", "arguments": [4, 5]}, 7))
TANGOR_SYNCHRONOUS_CALL = Dialect(message=json_rpc("object.call", {"path": "sample.add", "arguments": [4, 5]}, 7))
# Writes a line to standard output for each call, which costs more than the call.
TANGOR_PRINTING_CALL = Dialect(message=json_rpc("object.call", {"path": "sample.test_sum", "arguments": [4, 5]}, 7))
TANGOR_GET = Dialect(message=json_rpc("object.get", {"path": "sample.a"}, 7))
SAME_SIZE_ECHO = Dialect(message="x" * len(TANGOR_CALL.message))
JSON_CALL = Dialect(message=spelled(b'{"id":7,"method":"test_sum","arguments":[4,5]}'))
WSLINK_CALL = Dialect(
    binary=True, greetings=(spelled(wslink_message("system:c0:0", "wslink.hello", [{"secret": "wslink-secret"}])),), ready_on="clientID",
    message=spelled(wslink_message("rpc:c1:7", "bench.test_sum", [4, 5])))
WSLINK_NINE = spelled(message_pack("result") + message_pack(9))
