"""The official Perspective client of Python, connected to a server over its WebSocket."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from types import TracebackType
from typing import Optional, Type

import perspective
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect


class PerspectiveConnection:
    """A connection whose `client` is Perspective's own; answers are handed to it by a thread, because its calls wait for them."""

    def __init__(self, url: str) -> None:
        self._open = ExitStack()
        self._socket = self._open.enter_context(connect(url, max_size=None))
        self.client = perspective.Client(self._send)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _send(self, message: bytes) -> None:
        self._socket.send(message)

    def _read(self) -> None:
        try:
            for message in self._socket:
                assert isinstance(message, bytes)
                self.client.handle_response(message)
        except ConnectionClosed:
            pass

    def close(self) -> None:
        self._open.close()
        self._reader.join(10)

    def __enter__(self) -> "PerspectiveConnection":
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()
