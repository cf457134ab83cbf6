"""Plugs the official client into a server at the other end of a WebSocket, as if the server were in the same process.

`perspective.Client(handle_request)` calls `handle_request(bytes)` for every request, then parks the calling thread until somebody
gives `client.handle_response` the reply. Here `handle_request` itself reads the socket until that reply has come. So whoever
subscribed is called on the thread and inside the call that caused the notification, and may call the client again, exactly as with
the engine in the process, which the upstream tests count on.

In the process every notification has been delivered when a write returns; over a socket it may follow the reply. After a request that
may cause notifications, each connection of the same server therefore asks for the hosted tables and reads until that is answered:
what a request causes is sent to a connection before the reply to anything this connection asks later.
"""

from __future__ import annotations

from typing import Callable, List, Optional, Set

import websocket

from official import messages
from official.turns import Turns

# After these nothing can follow.
READS = {
    messages.FEATURES, messages.MAKE_PORT, messages.SCHEMA, messages.SIZE, messages.VALIDATE_EXPRESSIONS, messages.COLUMN_PATHS,
    messages.DIMENSIONS, messages.EXPRESSION_SCHEMA, messages.VIEW_CONFIG, messages.VIEW_SCHEMA, messages.TO_ARROW,
    messages.SYSTEM_INFO, messages.MIN_MAX, messages.TO_COLUMNS, messages.TO_CSV, messages.TO_ROWS, messages.TO_NDJSON,
    messages.DESCRIBE,
}
# These are not acknowledged: their replies are the notifications.
SUBSCRIPTIONS = {messages.ON_UPDATE, messages.ON_TABLE_DELETE, messages.ON_VIEW_DELETE, messages.ON_REMOVE}


class Connection:
    """One connection, opened when it is first needed, and again after `reset`.

    `url` is asked at each opening; `group` has all connections to the same server, this one among them; `timeout` is how many seconds
    a reply may take.
    """

    def __init__(self, url: Callable[[], str], group: "List[Connection]", timeout: float = 60) -> None:
        self.url = url
        self.group = group
        self.timeout = timeout
        self.on_message: Callable[[bytes], object] = lambda message: None
        self._socket: Optional[websocket.WebSocket] = None
        self._lock = Turns()
        self._answered: Set[int] = set()
        self._own: Set[int] = set()
        self._next_own = 0
        self._failure: Optional[Exception] = None
        group.append(self)

    def handle_request(self, message: bytes) -> None:
        """Sends a request and delivers what comes, up to its reply and all that it caused."""
        head = messages.envelope(message)
        subscribes = head.member in SUBSCRIPTIONS or (head.member == messages.HOSTED_TABLES and head.body != b"")
        self._send(message)
        if not subscribes:
            self._deliver_until(head.msg_id)
        if head.member not in READS:
            for connection in list(self.group):
                connection._settle(head.msg_id)

    def reset(self) -> None:
        """Closes the connection; the next request opens another."""
        with self._lock:
            if self._socket is not None:
                self._socket.shutdown()
            self._socket = None
            self._failure = None
            self._answered.clear()

    def close(self, *_: object) -> None:
        """Closes the connection for good."""
        if self in self.group:
            self.group.remove(self)
        self.reset()

    def _send(self, message: bytes) -> None:
        with self._lock:
            if self._failure is not None:
                raise self._failure
            if self._socket is None:
                self._socket = websocket.create_connection(self.url(), timeout=self.timeout, skip_utf8_validation=True, http_no_proxy=["*"])
            self._socket.send_binary(message)

    def _settle(self, after: int) -> None:
        """Reads until a request sent now is answered. Its id is far from those of the client, which counts up from anywhere."""
        with self._lock:
            if self._socket is None or self._failure is not None:
                return
            self._next_own += 1
            own = (after + (1 << 31) + self._next_own) % (1 << 32)
            self._own.add(own)
            self._send(messages.request(own, messages.HOSTED_TABLES))
        self._deliver_until(own)

    def _deliver_until(self, msg_id: int) -> None:
        while True:
            with self._lock:
                if msg_id in self._answered:
                    self._answered.discard(msg_id)
                    return
                if self._failure is not None:
                    raise self._failure
                assert self._socket is not None, "the connection was closed with a request under way"
                try:
                    message = self._socket.recv()
                except (OSError, websocket.WebSocketException) as error:
                    self._failure = ConnectionError(f"no answer to the request {msg_id}: {error}")
                    raise self._failure from error
                answered = messages.envelope(message).msg_id
                self._answered.add(answered)
                if answered in self._own:
                    self._own.discard(answered)
                else:
                    self.on_message(message)
