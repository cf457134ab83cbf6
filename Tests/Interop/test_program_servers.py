"""Servers of programs: their limits, the addresses that they tell, and what is left when they end."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import Callable

import pytest

from client import Client
from Harness.server import Server
from launching import command_line, configuration, descendants, eventually, failure, is_alive, quietly


def test_limits(tmp_path: Path, launch: Callable[..., Server]) -> None:
    path = configuration(
        tmp_path,
        program_limits={"max_programs": 2, "max_programs_per_client": 2, "idle_time": "1s", "memory": "150 MiB", "log_lines": 5})
    with Client(launch("serve", "--config", str(path))) as http:
        first = http.post("/vtkweb/stand_in.py").json()["key"]
        big = http.post("/vtkweb/stand_in.py?args=--fill+200").json()["key"]
        refused = http.post("/vtkweb/stand_in.py")
        assert "As many programs run as may" in failure(refused, 429) and refused.headers["Retry-After"]
        ended = [f"/programs/{key}" for key in (first, big)]
        assert eventually(lambda: all(http.get(path).json()["process"] == "terminated" for path in ended))
        assert "cause=idle" in http.server.log and "cause=memory" in http.server.log
        printed = http.post("/vtkweb/stand_in.py?args=" + "+".join(f"--print+{n}" for n in range(20))).json()["key"]
        assert http.get(f"/vtkweb/{printed}").json()["stdout"][-1] == "wslink: Starting factory\n"


def test_nothing_is_configured_by_default(launch: Callable[..., Server]) -> None:
    with Client(launch("serve")) as http:
        assert "No 'vtkpython' is configured" in failure(http.post("/vtkweb/cone.py"), 501)
        assert http.get("/vtkweb").json() == []
        assert http.get("/programs").status_code == 404, "the path is the site's"


def test_addresses_are_those_that_the_client_used(tmp_path: Path, launch: Callable[..., Server]) -> None:
    proxied = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "data.example.org"}
    with Client(launch("serve", "--config", str(configuration(tmp_path)), base_path="/app")) as http:
        told = http.post("/vtkweb/stand_in.py", headers={"Host": "here.example:81", **proxied}).json()
        assert told["url"] == f"ws://here.example:81/app/{told['key']}/ws", "a stranger's word is not taken"
    with Client(launch("serve", "--config", str(configuration(tmp_path, trusted_proxies=["127.0.0.0/8"])), base_path="/app")) as http:
        told = http.post("/vtkweb/stand_in.py", headers=proxied).json()
        assert told["url"] == f"wss://data.example.org/app/{told['key']}/ws"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_no_program_outlives_the_server(tmp_path: Path, launch: Callable[..., Server], number: int) -> None:
    running = launch("serve", "--config", str(configuration(tmp_path)))
    with Client(running) as http:
        for arguments in ("", "--ignore-term --grandchildren 2"):
            assert http.post("/vtkweb/stand_in.py", json={"args": arguments}).status_code == 200
        starting = threading.Thread(target=lambda: quietly(lambda: http.post("/vtkweb/stand_in.py?args=--ready-after+60")))
        starting.start()
        assert eventually(lambda: sum("stand_in" in command_line(pid) for pid in descendants(running)) >= 3)
        pids = descendants(running)
        assert running.process is not None
        if number == signal.SIGKILL:
            running.kill()
        else:
            running.stop(number)
        starting.join()
        assert eventually(lambda: not [pid for pid in pids if is_alive(pid)], 5), [pid for pid in pids if is_alive(pid)]


def test_programs_are_told_the_address_that_the_client_used(tmp_path: Path, launch: Callable[..., Server]) -> None:
    proxied = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "data.example.org"}
    for proxies, told in (([], ("http", None)), (["127.0.0.1"], ("https", "data.example.org"))):
        with Client(launch("serve", "--config", str(configuration(tmp_path, trusted_proxies=proxies)))) as http:
            page = http.post("/programs/plain/stand_in.py").json()["page"]
            headers = http.get(page + "tell", headers=proxied).json()["headers"]
            assert headers["x-forwarded-proto"] == told[0]
            assert headers["x-forwarded-host"] == (told[1] or f"127.0.0.1:{http.server.port}")
