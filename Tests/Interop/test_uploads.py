"""Uploads into `upload.folders`: raw, by form, with hostile names, broken off, too large, two at once."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import threading
import time
from pathlib import Path
from typing import Callable, Iterator, List, Tuple

import pytest

from client import Client
from Harness.server import Server

PNG = bytes.fromhex("89504e470d0a1a0a") + bytes(range(256)) * 8
MIB = 1 << 20

Start = Callable[..., Tuple[Client, Path]]


@pytest.fixture
def start(launch: Callable[..., Server], tmp_path: Path) -> Iterator[Start]:
    """Starts a server that takes uploads into a folder of the test, with further settings."""
    clients: List[Client] = []

    def run(*settings: str, folder: str = "uploads", **options: int) -> Tuple[Client, Path]:
        place = tmp_path / folder
        arguments = ["serve", "--set", f"upload.folders=/uploads={place}"]
        for setting in settings:
            arguments += ["--set", setting]
        client = Client(launch(*arguments, **options))
        clients.append(client)
        return client, place

    yield run
    for client in clients:
        assert "Fatal error" not in client.server.log
        client.close()


def eventually(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 15
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def names(folder: Path) -> List[str]:
    """Everything in the folder, hidden names too."""
    return sorted(os.listdir(folder))


def code(answer: object) -> str:
    return str(answer.json()["code"])  # type: ignore[attr-defined]


def test_raw_bodies(start: Start) -> None:
    client, folder = start("upload.rules.file_overwrite_whitelist=*/over*")
    answer = client.put("/uploads/a%20b.png", data=PNG)
    assert answer.status_code == 201
    assert answer.json() == {"name": "a b.png", "size": len(PNG), "url": "/uploads/a%20b.png"}
    assert answer.headers["Location"] == "/uploads/a%20b.png"
    assert (folder / "a b.png").read_bytes() == PNG
    # Chunked, by POST, empty.
    assert client.post("/uploads/chunked.bin", data=(b"x" * 1000 for _ in range(50))).status_code == 201
    assert (folder / "chunked.bin").read_bytes() == b"x" * 50_000
    assert client.put("/uploads/empty", data=b"").json()["size"] == 0
    # Overwriting has a list of its own.
    again = client.put("/uploads/a%20b.png", data=b"other")
    assert again.status_code == 409 and code(again) == "file_exists"
    assert (folder / "a b.png").read_bytes() == PNG
    assert client.put("/uploads/over.txt", data=b"first").status_code == 201
    assert client.put("/uploads/over.txt", data=b"second").status_code == 200
    assert (folder / "over.txt").read_bytes() == b"second"
    assert names(folder) == ["a b.png", "chunked.bin", "empty", "over.txt"]
    assert client.get("/uploads").json() == ["a b.png", "chunked.bin", "empty", "over.txt"]
    assert client.get("/uploads/?verbose").json()[0]["size"] == len(PNG)
    # Serving is the site's.
    assert client.get("/uploads/over.txt").status_code == 404
    for method, path, allow in (("DELETE", "/uploads/over.txt", "PUT"), ("PUT", "/uploads", "POST"), ("PATCH", "/uploads/x", "PUT")):
        refused = client.request(method, path)
        assert refused.status_code == 405 and allow in refused.headers["Allow"], (method, path)


def test_forms(start: Start) -> None:
    client, folder = start("upload.max_files=3")
    answer = client.post("/uploads", files=[("f", ("one.txt", b"1" * 100_000)), ("f", ("zwei ü.txt", b"2")), ("g", ("empty.txt", b""))], data={"field": "value"})
    assert answer.status_code == 201
    assert [(file["name"], file["size"]) for file in answer.json()] == [("one.txt", 100_000), ("zwei ü.txt", 1), ("empty.txt", 0)]
    assert (folder / "one.txt").read_bytes() == b"1" * 100_000 and (folder / "empty.txt").read_bytes() == b""
    before = names(folder)
    # One refused file takes the others with it.
    for files, status in (
        ([("f", ("new.txt", b"n")), ("f", ("one.txt", b"again"))], 409),
        ([("f", ("new.txt", b"n")), ("f", ("../evil", b"again"))], 400),
        ([("f", ("new.txt", b"n")), ("f", ("new.txt", b"again"))], 400),
        ([("f", (f"{number}.txt", b"n")) for number in range(4)], 413),
    ):
        assert client.post("/uploads", files=files).status_code == status, files
        assert names(folder) == before
    assert client.post("/uploads", files={"field": (None, b"no file")}).status_code == 400
    assert client.post("/uploads", data=b"raw", headers={"Content-Type": "text/plain"}).status_code == 415
    cut = b'--b\r\nContent-Disposition: form-data; name="f"; filename="cut.txt"\r\n\r\nhalf'
    for body in (cut, b"no boundary", b"--b\r\nno head\r\n\r\nx\r\n--b--\r\n"):
        assert client.post("/uploads", data=body, headers={"Content-Type": "multipart/form-data; boundary=b"}).status_code == 400
        assert names(folder) == before
    foreign = client.post("/uploads", files={"f": ("o.txt", b"o")}, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403 and names(folder) == before


def test_curl(start: Start, tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not here")
    client, folder = start("upload.max_size=3MiB")
    source = tmp_path / "source.bin"
    source.write_bytes(os.urandom(2 * MIB))

    def curl(*arguments: str) -> str:
        done = subprocess.run(["curl", "-sS", "-o", "-", "-w", " %{http_code} %{size_upload}", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
        return done.stdout

    url = client.server.url + "/uploads"
    assert curl("-T", str(source), url + "/").split()[-2:] == ["201", str(2 * MIB)]
    assert (folder / "source.bin").read_bytes() == source.read_bytes()
    assert " 201 " in curl("-F", f"file=@{source};filename=form.bin", "-F", "note=x", url)
    assert (folder / "form.bin").read_bytes() == source.read_bytes()
    # What is refused by its headers is never sent: curl waits for 100 Continue.
    big = tmp_path / "big.bin"
    with open(big, "wb") as file:
        file.truncate(4 * MIB)
    words = curl("-H", "Expect: 100-continue", "--expect100-timeout", "20", "-T", str(big), url + "/").split()
    assert words[-2:] == ["413", "0"]
    assert curl("-H", "Expect: 100-continue", "-T", str(source), url + "/expected.bin").split()[-2:] == ["201", str(2 * MIB)]
    assert names(folder) == ["expected.bin", "form.bin", "source.bin"]


@pytest.mark.parametrize("path", [
    "/uploads/..%2fevil", "/uploads/%2e%2e%2fevil", "/uploads/..", "/uploads/%2e%2e", "/uploads/../evil", "/uploads//etc/passwd", "/uploads/%2fetc%2fpasswd",
    "/uploads/a%00b", "/uploads/a%0ab", "/uploads/..%5cevil", "/uploads/.hidden", "/uploads/.htaccess", "/uploads/sub/evil", "/uploads/evil/",
    "/uploads/" + "x" * 256, "/uploads/" + "%C3%A9" * 128, "/uploads/%ff", "/uploads/%e2%80%aetxt.exe", "/uploads/service.py", "/uploads/tangor.yaml",
    "/uploads/.tus/evil", "/uploads/.tangor-upload-00000000000000000000000000000000.part", "/uploads/trailing.", "/uploads/%20space",
])
def test_hostile_names(start: Start, tmp_path: Path, path: str) -> None:
    client, folder = start()
    before = sorted(str(found) for found in tmp_path.rglob("*"))
    connection = http.client.HTTPConnection("127.0.0.1", client.server.port, timeout=20)
    connection.request("PUT", path, b"evil")
    assert 400 <= connection.getresponse().status < 500
    connection.close()
    assert sorted(str(found) for found in tmp_path.rglob("*")) == before and names(folder) == []


def test_names_in_forms_are_held_to_the_same(start: Start) -> None:
    client, folder = start()
    for name in ("../evil", "/etc/evil", "..\\evil", "C:\\evil", ".evil", "a\x00b", "x" * 300, "évil/x", "..", "."):
        answer = client.post("/uploads", files={"f": (name, b"evil")})
        assert answer.status_code in (400, 403), name
    assert names(folder) == []
    assert client.post("/uploads", files={"f": ("cafe\u0301.txt", b"x")}).json()[0]["name"] == "caf\u00e9.txt"


def test_links_are_never_followed(start: Start, tmp_path: Path) -> None:
    client, folder = start("upload.rules.file_overwrite_whitelist=*")
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    (folder / "link.txt").symlink_to(secret)
    (folder / "dangling.txt").symlink_to(tmp_path / "made.txt")
    (folder / "folder.txt").mkdir()
    for name in ("link.txt", "dangling.txt", "folder.txt"):
        assert client.put("/uploads/" + name, data=b"evil").status_code == 409
    assert secret.read_text() == "secret" and not (tmp_path / "made.txt").exists()
    assert client.get("/uploads").json() == []


def test_rules_by_type_and_content(start: Start) -> None:
    client, folder = start(
        "upload.rules.accepted_filetypes=png,csv", "upload.rules.file_creation_whitelist=*/uploads/*.png,*/uploads/data-*", "upload.rules.get_names_allowed=false")
    assert client.put("/uploads/real.png", data=PNG).status_code == 201
    assert client.put("/uploads/REAL.PNG.png", data=PNG).status_code == 201
    for name, data, status in (
        ("false.png", b"MZ" + bytes(100), 415), ("short.png", b"\x89PNG", 415), ("empty.png", b"", 415), ("a.txt", b"x", 415), ("png", PNG, 415),
        ("large.png", bytes(MIB), 415), ("other.csv", b"a,b", 403),
    ):
        answer = client.put("/uploads/" + name, data=data)
        assert answer.status_code == status, (name, answer.text)
    assert client.put("/uploads/data-1.csv", data=b"a,b").status_code == 201
    assert client.post("/uploads", files={"f": ("false.png", bytes(1000))}).status_code == 415
    assert names(folder) == ["REAL.PNG.png", "data-1.csv", "real.png"]
    assert client.get("/uploads").status_code == 403


def test_sizes_and_quota(start: Start) -> None:
    client, folder = start("upload.max_size=1MiB", "upload.quota=2500KiB")
    for data in (b"x" * (MIB + 1), (b"x" * 4096 for _ in range(257))):
        answer = client.put("/uploads/large", data=data)
        assert answer.status_code == 413 and code(answer) == "payload_too_large"
    assert client.post("/uploads", files={"f": ("large", b"x" * (MIB + 1))}).status_code == 413
    assert names(folder) == []
    assert client.put("/uploads/1", data=b"x" * MIB).status_code == 201
    assert client.put("/uploads/2", data=b"x" * MIB).status_code == 201
    for data in (b"x" * MIB, (b"x" * 4096 for _ in range(256))):
        answer = client.put("/uploads/3", data=data)
        assert answer.status_code == 507 and code(answer) == "insufficient_storage"
    assert names(folder) == ["1", "2"]
    (folder / "1").unlink()
    assert client.put("/uploads/3", data=b"x" * MIB).status_code == 201


def test_a_broken_upload_leaves_nothing(start: Start) -> None:
    client, folder = start("upload.idle_timeout=300ms")
    heads = (
        "PUT /uploads/broken HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n",
        "PUT /uploads/broken HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n7A120\r\n",
        'POST /uploads HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\n\r\n80000\r\n'
        '--b\r\nContent-Disposition: form-data; name="f"; filename="broken"\r\n\r\n',
    )
    for head in heads:
        for ending in ("close", "half", "reset", "idle"):
            with socket.create_connection(("127.0.0.1", client.server.port), timeout=20) as raw:
                raw.sendall(head.encode() + b"x" * 400_000)
                eventually(lambda: names(folder) != [], "the upload has begun")
                if ending == "half":
                    raw.shutdown(socket.SHUT_WR)
                elif ending == "reset":
                    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
                elif ending == "idle":
                    answer = b""
                    while b"request_timeout" not in answer:
                        piece = raw.recv(65536)
                        assert piece, answer
                        answer += piece
                    assert answer.startswith(b"HTTP/1.1 408 ")
                if ending != "half":
                    raw.close()
                eventually(lambda: names(folder) == [], f"nothing is left after {ending}")
    assert client.get("/uploads").json() == []


def test_a_slow_upload_is_not_cut_off(start: Start) -> None:
    client, folder = start("upload.idle_timeout=1s", "limits.request_timeout=500ms")
    with socket.create_connection(("127.0.0.1", client.server.port), timeout=20) as raw:
        raw.sendall(b"PUT /uploads/slow HTTP/1.1\r\nHost: a\r\nContent-Length: 15\r\n\r\n")
        for number in range(15):
            raw.sendall(b"%x" % number)
            time.sleep(0.2)
        assert raw.recv(1000).startswith(b"HTTP/1.1 201 ")
    assert (folder / "slow").read_bytes() == b"0123456789abcde"


def test_two_uploads_of_one_name_do_not_mix(start: Start) -> None:
    client, folder = start("upload.rules.file_overwrite_whitelist=*/over")
    for name, statuses in (("once", [201, 409]), ("over", [200, 201])):
        connections = []
        for letter in (b"a", b"b"):
            raw = socket.create_connection(("127.0.0.1", client.server.port), timeout=20)
            raw.sendall(b"PUT /uploads/%s HTTP/1.1\r\nHost: a\r\nContent-Length: 600000\r\n\r\n" % name.encode() + letter * 300_000)
            connections.append((raw, letter))
        eventually(lambda: len([found for found in names(folder) if found.startswith(".")]) == 2, "both have begun")
        for raw, letter in connections:
            raw.sendall(letter * 300_000)
        answers = sorted(int(raw.recv(1000).split()[1]) for raw, _ in connections)
        assert answers == statuses
        content = (folder / name).read_bytes()
        assert content in (b"a" * 600_000, b"b" * 600_000)
        for raw, _ in connections:
            raw.close()
    assert names(folder) == ["once", "over"]


def test_uploads_at_a_time_are_bounded(start: Start) -> None:
    client, folder = start("upload.max_uploads=1")
    with socket.create_connection(("127.0.0.1", client.server.port), timeout=20) as raw:
        raw.sendall(b"PUT /uploads/first HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx")
        eventually(lambda: names(folder) != [], "the first has begun")
        answer = client.put("/uploads/second", data=b"x")
        assert answer.status_code == 429 and "Retry-After" in answer.headers
        raw.sendall(b"x")
        assert raw.recv(1000).startswith(b"HTTP/1.1 201 ")
    assert client.put("/uploads/second", data=b"x").status_code == 201


def test_hidden_files_are_neither_served_nor_listed(launch: Callable[..., Server], tmp_path: Path) -> None:
    place = tmp_path / "uploads"
    place.mkdir()
    server = launch(
        "serve", "--set", f"upload.folders=/uploads={place}", "--set", f"static.folders=/uploads={place},/view={place}", "--set", "static.listings=true")
    with Client(server) as client, socket.create_connection(("127.0.0.1", server.port), timeout=20) as raw:
        raw.sendall(b"PUT /uploads/whole HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx")
        eventually(lambda: names(place) != [], "the upload has begun")
        (hidden,) = names(place)
        assert hidden.startswith(".")
        assert client.get("/uploads").json() == []
        assert hidden not in client.get("/view/").text
        for path in ("/uploads/", "/view/"):
            assert client.get(path + hidden).status_code == 404
        assert client.get("/uploads/whole").status_code == 404
        raw.sendall(b"x")
        assert raw.recv(1000).startswith(b"HTTP/1.1 201 ")
        assert client.get("/uploads/whole").content == b"xx"


def test_what_a_crash_left_is_swept(start: Start) -> None:
    client, folder = start()
    with socket.create_connection(("127.0.0.1", client.server.port), timeout=20) as raw:
        raw.sendall(b"PUT /uploads/lost HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 500_000)
        eventually(lambda: names(folder) != [], "the upload has begun")
        client.server.kill()
    assert len(names(folder)) == 1
    client, folder = start()
    assert names(folder) == []


@pytest.mark.slow
def test_a_large_upload_takes_no_memory(start: Start) -> None:
    client, folder = start()
    block = os.urandom(MIB)

    def resident() -> int:
        status = Path(f"/proc/{client.server.process.pid}/status").read_text()  # type: ignore[union-attr]
        return int(status.split("VmRSS:")[1].split()[0]) << 10

    client.put("/uploads/warm", data=block)
    before = resident()
    peak = [before]
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            peak[0] = max(peak[0], resident())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        assert client.put("/uploads/large", data=(block for _ in range(200)), timeout=120).status_code == 201
        form = b'--b\r\nContent-Disposition: form-data; name="f"; filename="form"\r\n\r\n'

        def parts() -> Iterator[bytes]:
            yield form
            for _ in range(200):
                yield block
            yield b"\r\n--b--\r\n"

        answer = client.post("/uploads", data=parts(), headers={"Content-Type": "multipart/form-data; boundary=b"}, timeout=120)
        assert answer.status_code == 201, answer.text
    finally:
        done.set()
        watcher.join()
    assert (folder / "large").stat().st_size == (folder / "form").stat().st_size == 200 * MIB
    assert peak[0] - before < 64 * MIB
