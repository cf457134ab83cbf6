"""The relay between pages and programs, with a client that is not ours on one side and a program that misbehaves on the other."""

from __future__ import annotations

import json
import struct
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Callable, Dict, Iterator

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from client import Client
from Harness.server import Server, served

STAND_IN = Path(__file__).parent / "programs" / "stand_in.py"
MESSAGE_LIMIT = 24 << 20


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("relay")
    settings = {
        "vtkweb": {"vtkpython": sys.executable, "folders": [str(STAND_IN.parent)]},
        "programs": {"plain": {"command": [sys.executable, str(STAND_IN)], "http": True,
                               "websockets": ["/ws", "/eager", "/refuse", "/below/*"]}},
        "program_limits": {"max_message_size": "24 MiB", "grace": "1s"},
    }
    (folder / "tangor.yaml").write_text(json.dumps(settings), encoding="utf-8")
    yield from served(Server("serve", "--config", str(folder / "tangor.yaml")))


@pytest.fixture(scope="module")
def program(programs: Server) -> Dict[str, Any]:
    """One program for the tests that leave it as it is."""
    with Client(programs) as client:
        told = client.post("/programs/plain")
        assert told.status_code == 200, told.text
        return dict(told.json())


@pytest.fixture
def launch(programs: Server) -> Iterator[Callable[..., Dict[str, Any]]]:
    """Launches programs of a test's own."""
    with Client(programs) as client:
        keys = []

        def start(arguments: str = "") -> Dict[str, Any]:
            told = client.post("/vtkweb/stand_in.py", json={"args": arguments})
            assert told.status_code == 200, told.text
            keys.append(told.json()["key"])
            return dict(told.json())

        yield start
        for key in keys:
            client.delete(f"/vtkweb/{key}")


def socket(program: Dict[str, Any], path: str = "", **options: Any) -> ClientConnection:
    options.setdefault("compression", None)
    url = program["url"] if not path else program["url"].replace(f"/{program['key']}/ws", f"/program/{program['key']}{path}")
    return connect(url, max_size=None, open_timeout=30, **options)


def order(connection: ClientConnection, do: str, **fields: object) -> None:
    connection.send(json.dumps({"do": do, **fields}))


def closing(connection: ClientConnection) -> "tuple[int, str]":
    """The code and reason with which the other side closes."""
    with pytest.raises(ConnectionClosed):
        while True:
            connection.recv(timeout=30)
    return connection.close_code or 0, connection.close_reason or ""


def test_kinds_sizes_and_order(program: Dict[str, Any]) -> None:
    with socket(program) as page:
        for size in (0, 1, 125, 126, 65_535, 65_536, 1 << 20, 20 << 20):
            page.send(b"x" * size)
            assert page.recv(timeout=60) == b"x" * size
        for text in ("", "grüße, 世界", "y" * 70_000):
            page.send(text)
            assert page.recv(timeout=30) == text, "text stays text"


def test_fragments(program: Dict[str, Any]) -> None:
    with socket(program) as page:
        page.send([b"a" * 100_000, b"", b"b"])  # in three frames
        assert page.recv(timeout=30) == b"a" * 100_000 + b"b"
        order(page, "send", bytes=10 << 20, fragments=7)
        frames = list(page.recv_streaming())
        assert len(frames) == 7 and sum(map(len, frames)) == 10 << 20, "the boundaries of frames stay where they are"


def test_many_in_flight(program: Dict[str, Any]) -> None:
    with socket(program) as page:
        order(page, "many", count=1000, bytes=2000)
        for number in range(1000):
            assert struct.unpack("!I", page.recv(timeout=30)[:4]) == (number,)  # type: ignore[arg-type]
        sender = threading.Thread(target=lambda: [page.send(str(number)) for number in range(500)])
        sender.start()
        assert [page.recv(timeout=30) for _ in range(500)] == [str(number) for number in range(500)]
        sender.join()


def test_pings_pass(program: Dict[str, Any]) -> None:
    with socket(program) as page:
        assert page.ping("from the page").wait(30)
        order(page, "ping", text="from the program")
        deadline = time.monotonic() + 30
        known: Dict[str, Any] = {}
        while time.monotonic() < deadline and not known.get("pongs"):
            order(page, "tell")
            known = json.loads(page.recv(timeout=30))
        assert known["pings"] == 1 and known["pongs"] == ["from the program"]


@pytest.mark.parametrize(("code", "reason"), [(1000, ""), (1001, "bye"), (1003, "x"), (1008, "ü" * 40), (1011, ""), (3000, "a"), (4999, "b")])
def test_the_programs_close_codes_pass(program: Dict[str, Any], code: int, reason: str) -> None:
    with socket(program) as page:
        order(page, "close", code=code, reason=reason)
        assert closing(page) == (code, reason)


@pytest.mark.parametrize(("code", "reason"), [(1000, ""), (3001, "from the page"), (4500, "ü")])
def test_the_pages_close_codes_pass(launch: Callable[..., Dict[str, Any]], programs: Server, code: int, reason: str) -> None:
    told = launch()
    with socket(told) as page:
        page.close(code, reason)
    with Client(programs) as client:
        wanted = f"closed by the client: {code} {reason}"
        deadline = time.monotonic() + 20
        lines = ""
        while wanted not in lines and time.monotonic() < deadline:
            lines = client.get(f"/programs/{told['key']}/logs").text
        assert wanted in lines


@pytest.mark.parametrize("code", [999, 1004, 1005, 1006, 1015, 2000, 5000])
def test_codes_that_may_not_be_sent_are_not(program: Dict[str, Any], code: int) -> None:
    with socket(program) as page:
        order(page, "close", code=code)
        assert closing(page)[0] == 1014


def test_a_page_that_goes_is_told_to_the_program(launch: Callable[..., Dict[str, Any]], programs: Server) -> None:
    told = launch()
    with socket(told) as page:
        page.send("x")
        assert page.recv(timeout=30) == "x"
        page.socket.shutdown(2)
    with Client(programs) as client:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and "closed by the client: 1001" not in client.get(f"/programs/{told['key']}/logs").text:
            time.sleep(0.02)
        assert "closed by the client: 1001" in client.get(f"/programs/{told['key']}/logs").text
        assert client.get(f"/programs/{told['key']}").json()["sockets"] == 0


def test_a_dropped_connection(program: Dict[str, Any]) -> None:
    for reset in (False, True):
        with socket(program) as page:
            order(page, "drop", reset=reset)
            assert closing(page)[0] == 1014


@pytest.mark.parametrize(
    ("do", "fields", "code", "words"),
    [("exit", {"status": 0}, 4504, "the program has ended"), ("exit", {"status": 3}, 4511, "status 3"), ("crash", {}, 4511, "signal 11")])
def test_the_end_of_the_program_is_told(
    launch: Callable[..., Dict[str, Any]], programs: Server, do: str, fields: Dict[str, Any], code: int, words: str
) -> None:
    told = launch()
    with socket(told) as page, socket(told) as other:
        order(page, do, **fields)
        for connection in (page, other):
            found = closing(connection)
            assert found[0] == code and words in found[1]
    with pytest.raises(InvalidStatus) as refused:
        socket(told)
    assert refused.value.response.status_code == 404


def test_a_deletion_is_told_at_once(launch: Callable[..., Dict[str, Any]], programs: Server) -> None:
    told = launch("--ignore-term")
    with socket(told) as page, Client(programs) as client:
        order(page, "part", bytes=1000)  # in the middle of a frame nothing can be told, and the connection ends
        ended = threading.Thread(target=lambda: client.delete(f"/vtkweb/{told['key']}"))
        with socket(told) as other:
            ended.start()
            begin = time.monotonic()
            assert closing(other) == (4504, "the program was ended")
            assert time.monotonic() - begin < 0.9, "before its grace is over"
        closing(page)
        ended.join()


def test_a_message_over_the_limit(program: Dict[str, Any]) -> None:
    with socket(program) as page:
        page.send(b"x" * MESSAGE_LIMIT)
        assert page.recv(timeout=60) == b"x" * MESSAGE_LIMIT
        with suppress(ConnectionClosed):
            page.send(b"x" * (MESSAGE_LIMIT + 1))
        assert closing(page)[0] == 1009
    with socket(program) as page:
        order(page, "send", bytes=MESSAGE_LIMIT + 10, fragments=3)
        assert closing(page)[0] == 1009


def test_slow_readers_cost_little(program: Dict[str, Any], programs: Server) -> None:
    assert programs.process is not None

    def resident() -> int:
        return int(Path(f"/proc/{programs.process.pid}/statm").read_text().split()[1]) * 4096  # type: ignore[union-attr]

    before = resident()
    with socket(program, max_queue=1) as page:
        order(page, "many", count=200, bytes=1 << 20)
        time.sleep(2)
        assert resident() - before < 24 << 20
        for number in range(200):
            assert struct.unpack("!I", page.recv(timeout=30)[:4]) == (number,)  # type: ignore[arg-type]
    with socket(program) as page:
        order(page, "deaf", seconds=2)
        for _ in range(10):
            page.send(b"z" * (2 << 20))
        assert resident() - before < 24 << 20
        for _ in range(10):
            assert page.recv(timeout=60) == b"z" * (2 << 20)


def test_what_the_program_is_told(program: Dict[str, Any]) -> None:
    with socket(program, "/below/a%20b?q=1&r=%C3%BC", subprotocols=["one", "two"], origin=None,
                additional_headers={"Cookie": "c=1", "Authorization": "Bearer x", "X-Own": "kept"}) as page:
        assert page.subprotocol == "two", "the program's choice"
        order(page, "tell")
        known = json.loads(page.recv(timeout=30))
        assert known["path"] == "/below/a%20b?q=1&r=%C3%BC"
        headers = known["headers"]
        assert headers["x-own"] == "kept" and headers["x-forwarded-for"] == "127.0.0.1" and headers["x-forwarded-proto"] == "http"
        assert headers["cookie"] == "c=1", "its own are among them, where its pages are relayed too"
        assert not {"authorization", "origin", "sec-websocket-extensions"} & set(headers)
    with socket(program, additional_headers={"Cookie": "c=1"}) as page:
        order(page, "tell")
        assert "cookie" not in json.loads(page.recv(timeout=30))["headers"]


def test_compression_is_not_agreed_upon(program: Dict[str, Any]) -> None:
    with socket(program, compression="deflate") as page:
        assert not page.protocol.extensions
        page.send("a" * 1000)
        assert page.recv(timeout=30) == "a" * 1000


def test_what_comes_right_behind_the_handshake(program: Dict[str, Any]) -> None:
    for _ in range(50):
        with socket(program, "/eager") as page:
            assert page.recv(timeout=30) == "first"


@pytest.mark.parametrize(
    ("path", "options", "status"),
    [("/refuse", {}, 502), ("/elsewhere", {}, 404), ("", {"origin": "https://elsewhere.example"}, 403)])
def test_refused_handshakes(program: Dict[str, Any], path: str, options: Dict[str, Any], status: int) -> None:
    with pytest.raises(InvalidStatus) as refused:
        socket(program, path, **options)
    assert refused.value.response.status_code == status


def test_the_server_goes_down(tmp_path: Path) -> None:
    settings = {"programs": {"plain": {"command": [sys.executable, str(STAND_IN)]}}}
    (tmp_path / "tangor.yaml").write_text(json.dumps(settings), encoding="utf-8")
    running = Server("serve", "--config", str(tmp_path / "tangor.yaml")).start()
    try:
        with Client(running) as client, socket(client.post("/programs/plain").json()) as page:
            page.send("x")
            assert page.recv(timeout=30) == "x"
            stopping = threading.Thread(target=running.stop)
            stopping.start()
            assert closing(page)[0] == 1001
            stopping.join()
    finally:
        running.close()


# Plain HTTP


def test_pages(program: Dict[str, Any], programs: Server) -> None:
    with Client(programs) as client:
        page = client.get(program["page"])
        assert page.status_code == 200 and "stand-in" in page.text and page.headers["Content-Type"].startswith("text/html")
        bare = client.get(program["page"][:-1] + "?a=1", allow_redirects=False)
        assert bare.status_code == 308 and bare.headers["Location"] == program["page"] + "?a=1"
        told = client.get(f"{program['page']}a%20b/%C3%BC?x=%26&y", headers={"Cookie": "c=1", "X-Own": "kept"}).json()
        assert told["path"] == "/a%20b/%C3%BC?x=%26&y" and told["method"] == "GET"
        headers = told["headers"]
        assert headers["x-forwarded-prefix"] == program["page"][:-1] and headers["x-forwarded-for"] == "127.0.0.1"
        assert headers["cookie"] == "c=1" and headers["x-own"] == "kept"
        for path, status in (("status/404", 404), ("status/503", 503), ("status/204", 204), ("status/304", 304)):
            assert client.get(program["page"] + path).status_code == status


def test_bodies(program: Dict[str, Any], programs: Server) -> None:
    with Client(programs) as client:
        sent = b"0123456789" * 1_000_000
        assert client.post(program["page"] + "echo", data=sent).content == sent
        assert client.post(program["page"] + "echo", data=iter([b"a" * 1000, b"b"])).content == b"a" * 1000 + b"b", "in chunks"
        assert len(client.get(program["page"] + f"bytes/{50 << 20}").content) == 50 << 20
        head = client.head(program["page"] + "bytes/1000")
        assert head.headers["Content-Length"] == "1000" and head.content == b""
        packed = client.get(program["page"] + "gzip", stream=True)
        assert packed.headers["Content-Encoding"] == "gzip" and packed.raw.read()[:2] == b"\x1f\x8b", "it passes as it is"
        parts = list(client.get(program["page"] + "slow", stream=True).iter_content(None))
        assert b"".join(parts) == b"01234" and len(parts) > 1, "as it comes"


def test_addresses_of_the_program(program: Dict[str, Any], programs: Server) -> None:
    with Client(programs) as client:
        for path, location in (("redirect", "target?a=1"), ("relative", "target")):
            answer = client.get(program["page"] + path, allow_redirects=False)
            assert answer.headers["Location"] == program["page"] + location
        cookie = client.get(program["page"] + "cookie").headers["Set-Cookie"]
        assert f"Path={program['page']}" in cookie and "HttpOnly" in cookie


def test_what_is_not_relayed(program: Dict[str, Any], programs: Server, launch: Callable[..., Dict[str, Any]]) -> None:
    vtk = launch()
    with Client(programs) as client:
        assert client.get(f"/program/{vtk['key']}/").status_code == 404, "its kind has no pages"
        assert client.get(f"/program/{'0' * 32}/").json()["code"] == "program_not_found"
        assert client.get("/program/nonsense/").json()["code"] == "program_not_found"
        assert client.post(program["page"] + "echo", data=b"x", headers={"Origin": "https://elsewhere.example"}).status_code == 403


def test_a_program_that_ends_within_a_request(programs: Server) -> None:
    with Client(programs) as client:
        own = client.post("/programs/plain").json()
        answers = []
        asking = threading.Thread(target=lambda: answers.append(client.get(own["page"] + "silent")))
        asking.start()
        with socket(own) as page:
            # In order: the request is there before the order to end is.
            time.sleep(0.3)
            order(page, "exit", status=0)
            closing(page)
        asking.join()
        assert answers[0].status_code == 502 and answers[0].json()["code"] == "bad_gateway"
        gone = client.get(own["page"])
        assert gone.status_code == 404 and gone.json()["code"] == "program_not_found"
        client.delete(f"/programs/{own['key']}")
