"""Static files of `tangor serve ROOT`, and what must never leave it."""

from __future__ import annotations

import gzip
import os
from pathlib import Path
from typing import Iterator, Tuple

import pytest

from client import Client
from Harness.server import Server
from wire import RawConnection

SECRET = "the secret outside"
CONTENT = bytes(range(256)) * 40


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tuple[Server, Path]]:
    outer = tmp_path_factory.mktemp("site")
    root = outer / "root"
    (root / "folder").mkdir(parents=True)
    (root / "empty").mkdir()
    (root / ".hidden").mkdir()
    files = {
        "index.html": "<!doctype html><title>home</title>", "folder/index.html": "<!doctype html>inner", "a b.txt": "spaces",
        "style.css": "body{}", "app.js": "export {}", "text.txt": "plain " * 500, ".env": SECRET, ".hidden/file.txt": SECRET,
        "service.py": SECRET, "folder/service.py": SECRET, "folder/service.yaml": SECRET, "tangor.yaml": "port: 1  # " + SECRET,
    }
    for name, text in files.items():
        (root / name).write_text(text, encoding="utf-8")
    (root / "data.bin").write_bytes(CONTENT)
    (root / "text.txt.gz").write_bytes(gzip.compress(b"plain " * 500))
    with open(root / "large.bin", "wb") as large:
        large.truncate(200 << 20)
    (outer / "secret.txt").write_text(SECRET, encoding="utf-8")
    (outer / "root-sibling").mkdir()
    (outer / "root-sibling" / "secret.txt").write_text(SECRET, encoding="utf-8")
    os.symlink(outer / "secret.txt", root / "link.txt")
    os.symlink(outer, root / "linked")
    server = Server("serve", str(root)).start()
    try:
        yield server, root
        server.stop()
    finally:
        server.close()


@pytest.fixture
def web(site: Tuple[Server, Path]) -> Iterator[Client]:
    with Client(site[0]) as client:
        yield client


def test_types_and_index(web: Client) -> None:
    for path, kind in (("/", "text/html"), ("/folder/", "text/html"), ("/style.css", "text/css"), ("/app.js", "text/javascript"), ("/a%20b.txt", "text/plain")):
        answer = web.get(path)
        assert answer.status_code == 200 and answer.headers["Content-Type"].split(";")[0] == kind, path
    redirect = web.get("/folder?x=1", allow_redirects=False)
    assert redirect.status_code in (301, 302, 307, 308) and redirect.headers["Location"].endswith("/folder/?x=1")


def test_head_has_the_headers_and_no_body(web: Client) -> None:
    get, head = web.get("/data.bin"), web.head("/data.bin")
    assert get.content == CONTENT and head.content == b""
    for name in ("Content-Length", "Content-Type", "ETag", "Last-Modified", "Accept-Ranges"):
        assert head.headers[name] == get.headers[name], name
    assert head.headers["Content-Length"] == str(len(CONTENT))


def test_conditional_requests(web: Client) -> None:
    first = web.get("/data.bin")
    tag, date = first.headers["ETag"], first.headers["Last-Modified"]
    for headers, status in (
        ({"If-None-Match": tag}, 304), ({"If-None-Match": "*"}, 304), ({"If-None-Match": f'"x", {tag}'}, 304), ({"If-None-Match": '"x"'}, 200),
        ({"If-Modified-Since": date}, 304), ({"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}, 200), ({"If-Modified-Since": "nonsense"}, 200),
        ({"If-None-Match": '"x"', "If-Modified-Since": date}, 200), ({"If-Match": '"x"'}, 412),
        ({"If-Unmodified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}, 412),
    ):
        answer = web.get("/data.bin", headers=headers)
        assert answer.status_code == status, headers
        if status == 304:
            assert answer.content == b"" and answer.headers["ETag"] == tag


@pytest.mark.parametrize("asked, start, end", [
    ("bytes=0-0", 0, 0), ("bytes=10-19", 10, 19), ("bytes=-5", len(CONTENT) - 5, len(CONTENT) - 1), ("bytes=10000-", 10000, len(CONTENT) - 1),
    ("bytes=0-99999999", 0, len(CONTENT) - 1), ("bytes=-99999999", 0, len(CONTENT) - 1),
])
def test_single_ranges(web: Client, asked: str, start: int, end: int) -> None:
    answer = web.get("/data.bin", headers={"Range": asked})
    assert answer.status_code == 206 and answer.content == CONTENT[start:end + 1]
    assert answer.headers["Content-Range"] == f"bytes {start}-{end}/{len(CONTENT)}"


def test_several_ranges(web: Client) -> None:
    answer = web.get("/data.bin", headers={"Range": "bytes=0-3,100-103,-2"})
    assert answer.status_code == 206
    kind, _, boundary = answer.headers["Content-Type"].partition("; boundary=")
    assert kind == "multipart/byteranges"
    parts = answer.content.split(b"--" + boundary.strip('"').encode())[1:-1]
    bodies = [part.partition(b"\r\n\r\n")[2][:-2] for part in parts]
    assert bodies == [CONTENT[0:4], CONTENT[100:104], CONTENT[-2:]]
    assert f"content-range: bytes 100-103/{len(CONTENT)}".encode() in parts[1].lower()
    assert int(answer.headers["Content-Length"]) == len(answer.content)


def test_odd_ranges(web: Client) -> None:
    beyond = web.get("/data.bin", headers={"Range": f"bytes={len(CONTENT)}-"})
    assert beyond.status_code == 416 and beyond.headers["Content-Range"] == f"bytes */{len(CONTENT)}"
    for asked in ("lines=0-5", "bytes=5-1", "bytes=x-y", "bytes=" + ",".join(["0-"] * 5000)):
        answer = web.get("/data.bin", headers={"Range": asked})
        assert answer.status_code in (200, 416, 431), asked[:20]
    assert web.get("/data.bin", headers={"Range": "bytes=0-3", "If-Range": '"x"'}).status_code == 200


def test_precompressed_neighbour(web: Client) -> None:
    packed = web.get("/text.txt", headers={"Accept-Encoding": "gzip"})
    plain = web.get("/text.txt", headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip" and "Content-Encoding" not in plain.headers
    assert packed.text == plain.text and "accept-encoding" in plain.headers["Vary"].lower()
    assert packed.headers["ETag"] != plain.headers["ETag"]


def test_large_files_are_not_held_in_memory(web: Client, site: Tuple[Server, Path]) -> None:
    process = site[0].process
    assert process is not None

    def resident() -> int:
        return int(next(line for line in Path(f"/proc/{process.pid}/status").read_text().splitlines() if line.startswith("VmHWM")).split()[1])

    before = resident()
    total = 0
    with web.get("/large.bin", stream=True) as answer:
        for block in answer.iter_content(1 << 20):
            total += len(block)
    assert total == 200 << 20
    assert resident() - before < 64 << 10, "more than 64 MiB for a file of 200 MiB"


@pytest.mark.parametrize("path", [
    "/../secret.txt", "/folder/../../secret.txt", "/%2e%2e/secret.txt", "/folder/%2e%2e/%2e%2e/secret.txt", "/..%2fsecret.txt", "/%2e%2e%2fsecret.txt",
    "/..%5csecret.txt", "/..\\secret.txt", "/%252e%252e/secret.txt", "/....//secret.txt", "//secret.txt", "/./../secret.txt",
    "/../root-sibling/secret.txt", "/%2e%2e/root-sibling/secret.txt", "/%c0%ae%c0%ae/secret.txt", "/folder%2f..%2f..%2fsecret.txt", "/link.txt",
    "/linked/secret.txt", "/linked/root-sibling/secret.txt", "/.env", "/%2eenv", "/.hidden/file.txt", "/%2ehidden/file.txt", "/folder/../.env",
    "/service.py", "/service%2epy", "/service.py/", "/folder/service.py", "/folder/service.yaml", "/tangor.yaml", "/service.py%00.txt",
    "/text.txt%00", "/service.PY", "/index.html/../service.py", "http://127.0.0.1/../secret.txt", "/etc/passwd", "//etc/passwd",
])
def test_nothing_leaves_the_root(site: Tuple[Server, Path], path: str) -> None:
    with RawConnection(site[0]) as raw:
        status, _, body = raw.request("GET", path, "Connection: close\r\n")
    assert SECRET.encode() not in body and b"root:" not in body
    assert 400 <= status < 500 or (300 <= status < 400 and body.find(b"secret outside") < 0), (path, status)


def test_listings_are_off(web: Client) -> None:
    assert web.get("/empty/").status_code in (403, 404)


def test_wrong_methods(web: Client) -> None:
    for method in ("POST", "PUT", "DELETE"):
        answer = web.request(method, "/data.bin")
        assert answer.status_code == 405 and "GET" in answer.headers["Allow"], method


def test_the_client_library_is_served_everywhere(web: Client) -> None:
    assert web.get("/tangor/tangor.js").headers["Content-Type"].split(";")[0] == "text/javascript"
    assert web.get("/tangor/compat/tangelo.js").status_code == 200


def test_a_changed_file_is_seen(web: Client, site: Tuple[Server, Path]) -> None:
    import time

    file = site[1] / "changing.txt"
    file.write_text("one", encoding="utf-8")
    first = web.get("/changing.txt")
    file.write_text("second", encoding="utf-8")
    time.sleep(1.5)  # the cache may serve the old content for a second, by its default
    second = web.get("/changing.txt")
    assert (first.text, second.text) == ("one", "second") and first.headers["ETag"] != second.headers["ETag"]
