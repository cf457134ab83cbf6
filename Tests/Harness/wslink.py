"""A client of wslink's programs for tests: calls, and what the program publishes."""

from __future__ import annotations

import struct
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Dict, List, Optional, Type

import msgpack
from websockets.sync.client import connect

HEADER = struct.Struct("<III")
PIECE = 4 * 1024 * 1024


class WslinkError(Exception):
    """The program's own error."""

    def __init__(self, error: Dict[str, Any]) -> None:
        super().__init__(f"{error.get('message')} ({error.get('code')}): {error.get('data')}")
        self.code = error.get("code")


class Wslink:
    """A connection that has said hello. `published` holds what came by itself, as pairs of topic and value."""

    def __init__(self, url: str, secret: str) -> None:
        self._open = ExitStack()
        self._socket = self._open.enter_context(connect(url, max_size=None, compression=None, proxy=None))
        self._pieces: Dict[int, bytearray] = {}
        self._count = 0
        self.published: List[Any] = []
        try:
            self.identifier: str = self._call("system:c0:0", "wslink.hello", [{"secret": secret}])["clientID"]
        except BaseException:
            self.close()
            raise

    def call(self, method: str, *arguments: Any) -> Any:
        self._count += 1
        return self._call(f"rpc:{self.identifier}:{self._count}", method, list(arguments))

    def next_published(self, topic: str, seconds: float = 20) -> Any:
        """Takes the oldest value of a topic, waiting for one."""
        while True:
            for index, (name, value) in enumerate(self.published):
                if name == topic:
                    del self.published[index]
                    return value
            self._receive(seconds)

    def _call(self, identifier: str, method: str, arguments: List[Any]) -> Any:
        self._send({"wslink": "1.0", "id": identifier, "method": method, "args": arguments, "kwargs": {}})
        while True:
            message = self._receive(30)
            if message is not None and message["id"] == identifier:
                if "error" in message:
                    raise WslinkError(message["error"])
                return message["result"]

    def _send(self, message: Any) -> None:
        data = msgpack.packb(message)
        self._count += 1
        for start in range(0, len(data), PIECE):
            self._socket.send(HEADER.pack(self._count, start, len(data)) + data[start:start + PIECE])

    def _receive(self, seconds: float) -> Optional[Dict[str, Any]]:
        """The next answer; None when a publication or a piece of something came."""
        frame = self._socket.recv(timeout=seconds)
        assert isinstance(frame, bytes), frame
        number, offset, total = HEADER.unpack_from(frame)
        held = self._pieces.setdefault(number, bytearray())
        assert offset == len(held), "pieces of one message come in order"
        held += frame[HEADER.size:]
        if len(held) < total:
            return None
        message: Dict[str, Any] = msgpack.unpackb(bytes(self._pieces.pop(number)))
        kind, _, rest = message["id"].partition(":")
        if kind == "publish":
            self.published.append((rest.rpartition(":")[0], message["result"]))
            return None
        return message

    def close(self) -> None:
        self._open.close()

    def __enter__(self) -> "Wslink":
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self.close()
