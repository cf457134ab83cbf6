"""HTTPS and wss: the same server behind a certificate, with messages far larger than one TLS record."""

from __future__ import annotations

import os
import ssl
import subprocess
import time
from pathlib import Path
from typing import Iterator, Tuple

import pytest
import requests
import trustme
from websockets.sync.client import connect

from Harness.server import BINARY, clean_environment, free_port


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tuple[int, str]]:
    """A gallery over TLS: its port, and the file with the authority that its certificate comes from."""
    folder: Path = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost", "127.0.0.1")
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    certificate.private_key_pem.write_to_path(str(folder / "key.pem"))
    for blob in certificate.cert_chain_pems:
        blob.write_to_path(str(folder / "certificate.pem"), append=True)
    port = free_port()
    process = subprocess.Popen(
        [str(BINARY), "demo", "--host", "127.0.0.1", "--port", str(port), "--log-level", "error",
         "--set", f"tls.certificate={folder}/certificate.pem", "--set", f"tls.key={folder}/key.pem"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=clean_environment())
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                assert requests.get(f"https://127.0.0.1:{port}/readyz", verify=str(folder / "authority.pem"), timeout=5).ok
                break
            except requests.ConnectionError:
                assert process.poll() is None and time.monotonic() < deadline, "the server did not start"
                time.sleep(0.05)
        yield port, str(folder / "authority.pem")
        process.terminate()
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()


def test_streams_over_https(secure: Tuple[int, str]) -> None:
    port, authority = secure
    with requests.Session() as session:
        session.verify = authority
        session.trust_env = False
        base = f"https://127.0.0.1:{port}"
        key = session.get(base + "/prime-factors?n=60", timeout=10).json()["key"]
        values = [session.get(f"{base}/stream/{key}", timeout=10).json().get("data") for _ in range(5)]
        assert values == [2, 2, 3, 5, None]


def test_messages_of_all_sizes_over_wss(secure: Tuple[int, str]) -> None:
    port, authority = secure
    context = ssl.create_default_context(cafile=authority)
    with connect(f"wss://127.0.0.1:{port}/echo", ssl=context, max_size=None, proxy=None, compression=None) as socket:
        for size in (0, 1, 125, 16_000, 16_385, 70_000, 1 << 20, 20 << 20):
            message = os.urandom(size)
            socket.send(message)
            assert socket.recv(timeout=60) == message, size
        socket.close()
        assert socket.close_code == 1000
