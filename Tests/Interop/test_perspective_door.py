"""The WebSocket of Perspective's clients against peers that break the rules, leave, do not read, or are many."""

from __future__ import annotations

import json
import threading
import time
import uuid
from contextlib import ExitStack
from typing import Callable, Iterator, List

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from Harness.server import Server
from official import messages
from official.messages import Envelope, field
from wire import RawConnection, RawWebSocket

ROWS = 4  # the kind of data that is rows of JSON
AT_ONCE = field(1, True)  # how a deletion does not wait for the last view


class Client:
    """A client that speaks the protocol's bytes; `unasked` has what came without being the reply that was waited for."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.unasked: List[Envelope] = []
        self._last = 4_000_000_000

    def send(self, member: int, entity: str = "", body: bytes = b"") -> int:
        self._last += 1
        self.socket.send(messages.request(self._last, member, body, entity))
        return self._last

    def receive(self) -> Envelope:
        reply = self.socket.recv(timeout=30)
        assert isinstance(reply, bytes), "the server sent text"
        return messages.envelope(reply)

    def ask(self, member: int, entity: str = "", body: bytes = b"") -> Envelope:
        sent = self.send(member, entity, body)
        while True:
            reply = self.receive()
            if reply.msg_id == sent:
                assert reply.entity == entity
                return reply
            self.unasked.append(reply)

    def done(self, member: int, entity: str = "", body: bytes = b"") -> Envelope:
        """Asks for what must not fail."""
        reply = self.ask(member, entity, body)
        assert not reply.error, reply.error
        return reply

    def make_table(self, name: str, rows: object, index: str = "") -> None:
        self.done(messages.MAKE_TABLE, name, field(1, field(ROWS, json.dumps(rows))) + field(2, field(1, index) if index else b""))

    def update(self, name: str, rows: object) -> Envelope:
        return self.ask(messages.UPDATE, name, field(1, field(ROWS, json.dumps(rows))))

    def rows(self, view: str) -> object:
        return json.loads(self.done(messages.TO_ROWS, view, field(1, b"")).text(1))

    def names(self) -> List[str]:
        reply = self.done(messages.HOSTED_TABLES)
        tables = [value for number, value in messages.fields(reply.body) if number == 1 and not isinstance(value, int)]
        return [Envelope(0, "", 0, bytes(table)).text(1) for table in tables]

    def size(self, table: str) -> int:
        return self.done(messages.SIZE, table).number(2)


@pytest.fixture
def namespace() -> str:
    return uuid.uuid4().hex


@pytest.fixture
def client(tables: Server) -> Iterator[Callable[..., Client]]:
    """Makes clients, which are closed at the end."""
    with ExitStack() as stack:
        def make(namespace: str = "") -> Client:
            url = tables.websocket_url + "/websocket" + (f"/{namespace}" if namespace else "")
            return Client(stack.enter_context(connect(url, compression=None, max_size=None, proxy=None)))

        yield make


@pytest.mark.parametrize("garbage", [b"\xff", b"\x08", b"\x12\x7fabc", b"\x00\x00\x00", bytes(1000), b"\x32\x02\x0a\x7f"])
def test_undecodable_request(client: Callable[..., Client], namespace: str, garbage: bytes) -> None:
    one = client(namespace)
    one.socket.send(garbage)
    refused = one.receive()
    assert refused.error and refused.msg_id == 0
    one.make_table("t", [{"x": 1}])
    assert one.size("t") == 1


def test_request_without_a_body_and_of_an_unknown_kind(client: Callable[..., Client], namespace: str) -> None:
    one = client(namespace)
    for request in (field(1, 7) + field(2, "t"), field(1, 7) + field(2, "t") + field(49, b"")):
        one.socket.send(request)
        refused = one.receive()
        assert (refused.msg_id, refused.entity, refused.error) == (7, "t", "Unhandled request type 2")
    assert one.names() == []


def test_unknown_tables_and_views(client: Callable[..., Client], namespace: str) -> None:
    one = client(namespace)
    assert one.ask(messages.SIZE, "nothing").error == "Couldn't find key."
    reply = one.ask(messages.TO_ROWS, "nothing", field(1, b""))
    assert (reply.error, reply.number(2)) == ("View not found", 1)


def test_text_is_no_request(tables: Server) -> None:
    with RawWebSocket(tables, "/websocket") as raw:
        raw.frame(1, b"get_hosted_table_names")
        assert raw.close_code() == 1003


def test_message_over_the_limit(tables: Server, client: Callable[..., Client], namespace: str) -> None:
    with RawWebSocket(tables, "/websocket") as raw:
        raw.frame(2, b"x", length=(64 << 20) + 1)
        assert raw.close_code() == 1009
    one = client(namespace)
    long = "x" * (16 << 20)  # beyond what other sockets of the server take
    one.make_table("t", [{"text": long}])
    assert one.size("t") == 1


def test_request_in_fragments(tables: Server) -> None:
    with RawWebSocket(tables, "/websocket") as raw:
        request = messages.request(5, messages.FEATURES)
        for at, byte in enumerate(request):
            raw.frame(2 if at == 0 else 0, bytes([byte]), final=at == len(request) - 1)
        opcode, payload = raw.receive()
        assert opcode == 2 and messages.envelope(payload).member == messages.FEATURES


def test_foreign_origin(tables: Server) -> None:
    upgrade = ("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: ")
    for path in ("/websocket", "/websocket/some"):
        with RawConnection(tables) as raw:
            assert raw.request("GET", path, upgrade + "https://elsewhere.example\r\n")[0] == 403


def test_tables_of_the_configuration(client: Callable[..., Client]) -> None:
    one = client()
    assert {"orders", "prices"} <= set(one.names())
    one.done(messages.MAKE_VIEW, "prices", field(1, "seen prices"))
    assert one.rows("seen prices") == [{"symbol": "A", "price": 1.5}, {"symbol": "B", "price": 2.5}, {"symbol": "C", "price": None}]
    assert not one.update("orders", [{"id": 3, "amount": 30}]).error
    assert one.size("orders") == 3
    one.done(messages.REMOVE_ROWS, "orders", field(1, field(ROWS, "[3]")))
    assert one.size("orders") == 2


def test_read_only_table(client: Callable[..., Client]) -> None:
    one = client()
    data = field(1, field(ROWS, '[{"symbol":"A","price":9}]'))
    for member, body in ((messages.UPDATE, data), (messages.REPLACE, data), (messages.REMOVE_ROWS, field(1, field(ROWS, '["A"]'))),
                         (messages.DELETE_TABLE, b""), (messages.DELETE_TABLE, AT_ONCE)):
        assert "read-only" in one.ask(member, "prices", body).error, member
    assert "already exists" in one.ask(messages.MAKE_TABLE, "prices", field(1, field(ROWS, "[]"))).error
    assert one.size("prices") == 3


def test_namespaces_are_apart(client: Callable[..., Client], namespace: str) -> None:
    here, there, also_here = client(namespace), client(namespace + "-other"), client(namespace)
    here.make_table("t", [{"x": 1}])
    there.make_table("t", [{"x": 1}, {"x": 2}])
    assert (here.size("t"), there.size("t"), also_here.size("t")) == (1, 2, 1)
    assert here.names() == ["t"] and "t" not in client().names()
    here.done(messages.MAKE_VIEW, "t", field(1, "v"))
    assert also_here.rows("v") == [{"x": 1}], "a view is there for all of its namespace"
    assert there.ask(messages.TO_ROWS, "v", field(1, b"")).error == "View not found"


def test_views_of_a_session_are_limited(client: Callable[..., Client], namespace: str) -> None:
    one, other = client(namespace), client(namespace)
    one.make_table("t", [{"x": 1}])
    for number in range(200):
        one.done(messages.MAKE_VIEW, "t", field(1, f"v{number}"))
    assert "200" in one.ask(messages.MAKE_VIEW, "t", field(1, "too many")).error
    other.done(messages.MAKE_VIEW, "t", field(1, "of another"))
    one.done(messages.DELETE_VIEW, "v0")
    one.done(messages.MAKE_VIEW, "t", field(1, "in its place"))


def test_many_sessions(client: Callable[..., Client], namespace: str) -> None:
    writer = client(namespace)
    writer.make_table("t", [{"id": number, "x": 0} for number in range(100)], index="id")
    sessions = [client(namespace) for _ in range(100)]
    for number, session in enumerate(sessions):
        session.done(messages.MAKE_VIEW, "t", field(1, f"v{number}"))
        session.send(messages.ON_UPDATE, f"v{number}")
        assert session.size("t") == 100
    for step in range(1, 11):
        assert not writer.update("t", [{"id": step, "x": step}]).error
    for number, session in enumerate(sessions):
        rows = session.rows(f"v{number}")
        assert [row["x"] for row in rows[1:11]] == list(range(1, 11))  # type: ignore[index]
        told = [each for each in session.unasked if each.member == messages.ON_UPDATE]
        assert len(told) == 10 and all(each.entity == f"v{number}" for each in told)
        assert not [each for each in session.unasked if each.member != messages.ON_UPDATE]


def test_requests_at_once_are_answered_in_order(client: Callable[..., Client], namespace: str) -> None:
    one = client(namespace)
    one.make_table("t", [{"x": 1}])
    sent = [one.send(messages.SIZE if number % 2 else messages.SCHEMA, "t") for number in range(500)]
    assert [one.receive().msg_id for _ in sent] == sent


def eventually(holds: Callable[[], bool], what: str, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def test_whoever_leaves_amid_an_answer_leaves_no_view(tables: Server, client: Callable[..., Client], namespace: str) -> None:
    owner = client(namespace)
    owner.make_table("t", [{"id": number, "text": f"text {number} " * 5} for number in range(20_000)])
    with RawWebSocket(tables, f"/websocket/{namespace}") as raw:
        raw.frame(2, messages.request(1, messages.MAKE_VIEW, field(1, "v"), "t"))
        assert messages.envelope(raw.receive()[1]).member == messages.MAKE_VIEW
        assert "views" in owner.ask(messages.DELETE_TABLE, "t", AT_ONCE).error
        for number in range(20):
            raw.frame(2, messages.request(2 + number, messages.TO_ROWS, field(1, b""), "v"))
        raw.exactly(1000)  # an answer is on its way
    eventually(lambda: owner.ask(messages.TO_ROWS, "v", field(1, field(3, 1))).error == "View not found", "the view outlived its session")
    owner.done(messages.DELETE_TABLE, "t", AT_ONCE)
    assert owner.names() == []


def test_lazily_deleted_table_goes_with_the_session_of_its_last_view(client: Callable[..., Client], namespace: str) -> None:
    owner, other = client(namespace), client(namespace)
    owner.make_table("t", [{"x": 1}])
    other.done(messages.MAKE_VIEW, "t", field(1, "v"))
    deletion = owner.send(messages.DELETE_TABLE, "t")
    assert owner.size("t") == 1 and not owner.unasked, "the deletion waits for the view"
    other.socket.close()
    reply = owner.receive()
    assert (reply.msg_id, reply.member) == (deletion, messages.DELETE_TABLE)
    assert owner.names() == []


def test_whoever_does_not_read_is_seen_off(tables: Server, client: Callable[..., Client], namespace: str) -> None:
    writer = client(namespace)
    writer.make_table("t", [{"id": 0, "text": ""}], index="id")
    with RawWebSocket(tables, f"/websocket/{namespace}") as raw:
        raw.frame(2, messages.request(1, messages.MAKE_VIEW, field(1, "v"), "t"))
        raw.receive()
        raw.frame(2, messages.request(2, messages.ON_UPDATE, field(1, 0), "v"))
        raw.frame(2, messages.request(3, messages.SIZE, b"", "t"))
        assert messages.envelope(raw.receive()[1]).msg_id == 3

        def is_gone() -> bool:
            letter = chr(97 + int(time.monotonic() * 1000) % 26)
            assert not writer.update("t", [{"id": 0, "text": letter * (2 << 20)}]).error
            return writer.ask(messages.TO_ROWS, "v", field(1, field(3, 0))).error == "View not found"

        eventually(is_gone, "a session that reads nothing lives on", seconds=90)
        assert raw.close_code() == 4413
    assert writer.size("t") == 1


def test_shutdown_ends_sessions_with_1001(launch: Callable[..., Server]) -> None:
    running = launch("demo")
    codes: List[int] = []
    with connect(running.websocket_url + "/websocket", compression=None, max_size=None, proxy=None) as link:
        def read() -> None:
            try:
                link.recv(timeout=30)
            except ConnectionClosed as closed:
                codes.append(closed.rcvd.code if closed.rcvd else 0)

        reader = threading.Thread(target=read)
        reader.start()
        running.stop()
        reader.join(30)
    assert codes == [1001]
