"""Resumable uploads by tus 1.0: a real client (tuspy), and the protocol by hand."""

from __future__ import annotations

import base64
import hashlib
import os
import socket
from pathlib import Path

import pytest
from tusclient.client import TusClient

from client import Client
from Harness.server import free_port
from test_uploads import Start, eventually, names, start  # noqa: F401

CONTENT = os.urandom(700_000)
CHUNK = {"Content-Type": "application/offset+octet-stream"}


def metadata(name: str) -> str:
    return "filename " + base64.b64encode(name.encode()).decode()


def tus(client: Client, method: str, path: str, data: bytes = b"", **headers: str) -> "object":
    fields = {"Tus-Resumable": "1.0.0"}
    fields.update({name.replace("_", "-"): value for name, value in headers.items()})
    return client.request(method, path, data=data, headers=fields)


def create(client: Client, name: str, length: int, data: bytes = b"", **headers: str) -> "object":
    return tus(client, "POST", "/uploads", data, Upload_Length=str(length), Upload_Metadata=metadata(name), **headers)


def append(client: Client, path: str, offset: int, data: bytes, **headers: str) -> "object":
    return tus(client, "PATCH", path, data, Upload_Offset=str(offset), Content_Type=CHUNK["Content-Type"], **headers)


def test_what_the_server_can_do(start: Start) -> None:
    client, _ = start("upload.max_size=1MiB")
    answer = client.options("/uploads")
    assert answer.status_code == 204
    assert answer.headers["Tus-Resumable"] == answer.headers["Tus-Version"] == "1.0.0"
    assert set(answer.headers["Tus-Extension"].split(",")) == {"creation", "creation-with-upload", "expiration", "checksum", "termination"}
    assert answer.headers["Tus-Max-Size"] == "1048576" and "sha1" in answer.headers["Tus-Checksum-Algorithm"].split(",")


@pytest.mark.parametrize("checksum", [False, True])
def test_a_real_client(start: Start, tmp_path: Path, checksum: bool) -> None:
    client, folder = start()
    source = tmp_path / "source.bin"
    source.write_bytes(CONTENT)
    uploader = TusClient(client.server.url + "/uploads").uploader(
        str(source), chunk_size=100_000, metadata={"filename": "über.bin"}, upload_checksum=checksum)
    uploader.upload(stop_at=250_000)
    assert names(folder) != [] and client.get("/uploads").json() == []
    uploader.upload()
    assert (folder / "über.bin").read_bytes() == CONTENT
    assert client.get("/uploads").json() == ["über.bin"]


def test_the_server_is_killed_and_started_again(start: Start, tmp_path: Path) -> None:
    port = free_port()
    client, folder = start(port=port)
    source = tmp_path / "source.bin"
    source.write_bytes(CONTENT)
    uploader = TusClient(client.server.url + "/uploads").uploader(str(source), chunk_size=100_000, metadata={"filename": "whole.bin"})
    uploader.upload(stop_at=300_000)
    # Killed in the middle of a further chunk: what has come of it counts.
    key = uploader.url[len(client.server.url):]
    with socket.create_connection(("127.0.0.1", port), timeout=20) as raw:
        raw.sendall(
            f"PATCH {key} HTTP/1.1\r\nHost: a\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 300000\r\nContent-Type: {CHUNK['Content-Type']}\r\n"
            "Content-Length: 400000\r\n\r\n".encode() + CONTENT[300_000:600_000])
        (part,) = [name for name in names(folder) if name.endswith(".part")]
        eventually(lambda: (folder / part).stat().st_size > 300_000, "more is written")
        client.server.kill()
    again, _ = start(port=port)
    head = tus(again, "HEAD", key)
    offset = int(head.headers["Upload-Offset"])
    assert head.status_code == 200 and 300_000 < offset <= 600_000 and head.headers["Upload-Length"] == str(len(CONTENT))
    resumed = TusClient(again.server.url + "/uploads").uploader(str(source), url=again.server.url + key, chunk_size=100_000)
    resumed.upload()
    assert (folder / "whole.bin").read_bytes() == CONTENT


def test_creating_with_the_first_bytes(start: Start) -> None:
    client, folder = start()
    answer = create(client, "a.txt", 10, b"01234", Content_Type=CHUNK["Content-Type"])
    assert answer.status_code == 201 and answer.headers["Upload-Offset"] == "5", answer.text
    path = answer.headers["Location"]
    assert append(client, path, 5, b"56789").headers["Upload-Offset"] == "10"
    assert (folder / "a.txt").read_bytes() == b"0123456789"
    # One who missed the last answer learns that all has come.
    head = tus(client, "HEAD", path)
    assert (head.status_code, head.headers["Upload-Offset"], head.headers["Upload-Metadata"]) == (200, "10", metadata("a.txt"))
    assert append(client, path, 10, b"").status_code == 204
    assert append(client, path, 5, b"56789").status_code == 409
    whole = create(client, "b.txt", 3, b"abc", Content_Type=CHUNK["Content-Type"])
    assert whole.status_code == 201 and whole.headers["Upload-Offset"] == "3"
    assert create(client, "empty.txt", 0).status_code == 201
    assert client.get("/uploads").json() == ["a.txt", "b.txt", "empty.txt"]


def test_what_is_refused(start: Start) -> None:
    client, folder = start("upload.max_size=1000", "upload.rules.accepted_filetypes=png,txt", "upload.max_unfinished=2")
    for answer, status in (
        (client.post("/uploads", headers={"Tus-Resumable": "0.2.2", "Upload-Length": "1"}), 412),
        (tus(client, "POST", "/uploads", Upload_Metadata=metadata("a.txt")), 400),
        (tus(client, "POST", "/uploads", Upload_Length="1"), 400),
        (tus(client, "POST", "/uploads", Upload_Length="1", Upload_Metadata="filename ***"), 400),
        (tus(client, "POST", "/uploads", Upload_Length="-1", Upload_Metadata=metadata("a.txt")), 400),
        (create(client, "../a.txt", 1), 400), (create(client, ".a.txt", 1), 400), (create(client, "a.exe", 1), 415), (create(client, "a.txt", 1001), 413),
    ):
        assert answer.status_code == status, answer.text
        assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert names(folder) == []
    path = create(client, "a.txt", 10).headers["Location"]
    assert append(client, path, 3, b"x").status_code == 409
    assert append(client, path, 0, b"x" * 11).status_code == 413
    assert tus(client, "PATCH", path, b"x", Upload_Offset="0").status_code == 415
    assert tus(client, "PATCH", path, b"x", Content_Type=CHUNK["Content-Type"]).status_code == 400
    wrong = "sha1 " + base64.b64encode(hashlib.sha1(b"other").digest()).decode()
    mismatch = append(client, path, 0, b"x" * 5, Upload_Checksum=wrong)
    assert mismatch.status_code == 460 and mismatch.json()["code"] == "checksum_mismatch"
    assert append(client, path, 0, b"x", Upload_Checksum="crc32 AAAA").status_code == 400
    assert tus(client, "HEAD", path).headers["Upload-Offset"] == "0"
    right = "sha256 " + base64.b64encode(hashlib.sha256(b"hello").digest()).decode()
    assert append(client, path, 0, b"hello", Upload_Checksum=right).headers["Upload-Offset"] == "5"
    for missing in ("/uploads/.tus/" + "0" * 32, "/uploads/.tus/nonsense"):
        assert tus(client, "HEAD", missing).status_code == 404 and append(client, missing, 0, b"x").status_code == 404
    # What is not what its name says can never be finished, and is gone.
    false = create(client, "false.png", 200).headers["Location"]
    assert create(client, "third.txt", 1).status_code == 429
    assert append(client, false, 0, b"x" * 100).status_code == 415
    assert tus(client, "HEAD", false).status_code == 404
    assert tus(client, "DELETE", path).status_code == 204
    assert tus(client, "HEAD", path).status_code == 404 and names(folder) == []


def test_a_broken_request_keeps_what_came(start: Start) -> None:
    client, folder = start()
    path = create(client, "a.bin", 600_000).headers["Location"]
    with socket.create_connection(("127.0.0.1", client.server.port), timeout=20) as raw:
        raw.sendall(
            f"PATCH {path} HTTP/1.1\r\nHost: a\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Type: {CHUNK['Content-Type']}\r\n"
            "Content-Length: 600000\r\n\r\n".encode() + CONTENT[:400_000])
        eventually(lambda: any((folder / name).stat().st_size > 0 for name in names(folder) if name.endswith(".part")), "some is written")
        assert append(client, path, 0, b"x").status_code == 423
    offset = 0

    def settled() -> bool:
        nonlocal offset
        offset = int(tus(client, "HEAD", path).headers["Upload-Offset"])
        return offset == 400_000

    eventually(settled, "all that came is kept")
    # Until the server has noticed the end of the broken request the upload is locked, which clients answer by trying again.
    statuses = []

    def goes_on() -> bool:
        statuses.append(append(client, path, offset, CONTENT[offset:600_000]).status_code)
        return statuses[-1] != 423

    eventually(goes_on, "the upload is free")
    assert statuses[-1] == 204
    assert (folder / "a.bin").read_bytes() == CONTENT[:600_000]


def test_unfinished_uploads_expire(start: Start) -> None:
    client, folder = start("upload.tus_lease=1s")
    answer = create(client, "a.bin", 10)
    assert answer.headers["Upload-Expires"].endswith("GMT") and len(names(folder)) == 2
    eventually(lambda: names(folder) == [], "the upload is forgotten")
    assert tus(client, "HEAD", answer.headers["Location"]).status_code == 404


def test_unfinished_uploads_count_for_the_quota(start: Start) -> None:
    client, folder = start("upload.quota=1000")
    path = create(client, "a.bin", 800).headers["Location"]
    assert create(client, "b.bin", 300).status_code == 507
    assert client.put("/uploads/c.bin", data=b"x" * 300).status_code == 507
    assert append(client, path, 0, b"x" * 800).status_code == 204
    assert client.put("/uploads/c.bin", data=b"x" * 300).status_code == 507
    assert client.put("/uploads/c.bin", data=b"x" * 200).status_code == 201


def test_a_method_may_be_named_by_a_header(start: Start) -> None:
    client, folder = start()
    path = create(client, "a.txt", 2).headers["Location"]
    answer = tus(client, "POST", path, b"ab", X_HTTP_Method_Override="PATCH", Upload_Offset="0", Content_Type=CHUNK["Content-Type"])
    assert answer.status_code == 204 and (folder / "a.txt").read_bytes() == b"ab"
