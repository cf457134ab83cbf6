"""The command line: what it prints, how it fails, how it stops."""

from __future__ import annotations

import json
import re
import signal
import socket
import time
from pathlib import Path
from typing import Callable

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from Harness.provisioning import ROOT
from Harness.server import Server, command
from wire import RawConnection


def test_help_teaches_the_program() -> None:
    top = command("--help")
    assert top.returncode == 0 and top.stderr == ""
    for word in ("serve", "demo", "config", "version"):
        assert re.search(rf"^\s+{word}\b", top.stdout, re.MULTILINE), word
    serve = command("serve", "--help")
    assert serve.returncode == 0
    for flag in ("--root", "--config", "--host", "--port"):
        assert flag in serve.stdout


def test_version() -> None:
    done = command("version")
    assert done.returncode == 0 and re.search(r"\d+\.\d+", done.stdout)


def test_config_print_is_a_configuration(tmp_path: Path) -> None:
    printed = command("config", "print")
    assert printed.returncode == 0
    for key in ("host", "port", "streams", "lease", "limits"):
        assert re.search(rf"^\s*#?\s*{key}:", printed.stdout, re.MULTILINE), key
    file = tmp_path / "printed.yaml"
    file.write_text(printed.stdout, encoding="utf-8")
    assert command("config", "check", str(file)).returncode == 0


@pytest.mark.parametrize("text, line, words", [
    ("streams:\n  lease: 5s\n  leese: 6s\n", 3, ["leese", "lease"]),
    ("prot: 8080\n", 1, ["prot", "port"]),
    ("port: many\n", 1, ["port"]),
    ("host: 127.0.0.1\nstreams:\n  lease: 5 bananas\n", 3, ["lease"]),
    ("limits:\n  body_size: -1 MiB\n", 2, ["body_size"]),
    ("port: [1\nhost: x\n", None, []),
])
def test_bad_configurations_name_file_line_and_key(tmp_path: Path, text: str, line: "int | None", words: "list[str]") -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(text, encoding="utf-8")
    for arguments in (("config", "check", str(file)), ("serve", str(tmp_path), "--config", str(file), "--port", "0")):
        done = command(*arguments)
        assert done.returncode == 1, done
        assert f"{file.name}:{line}" in done.stderr if line else file.name in done.stderr, done.stderr
        assert all(word in done.stderr for word in words), done.stderr
        assert "Fatal error" not in done.stderr


def test_port_taken_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        done = command("serve", str(tmp_path), "--host", "127.0.0.1", "--port", str(port))
    assert done.returncode == 1
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert any(str(port) in line for line in lines) and "Fatal error" not in done.stderr
    assert len(lines) == 1, done.stderr


def test_bad_roots_and_files(tmp_path: Path) -> None:
    for arguments in (
        ("serve", str(tmp_path / "gone"), "--port", "0"), ("serve", "--config", str(tmp_path / "gone.yaml")), ("config", "check", str(tmp_path / "gone.yaml")),
    ):
        done = command(*arguments)
        assert done.returncode == 1 and "gone" in done.stderr and "Fatal error" not in done.stderr, done


def test_usage_errors() -> None:
    for arguments in (("--no-such-flag",), ("serve", "--port", "many"), ("no-such-command",)):
        done = command(*arguments)
        assert done.returncode == 64 and done.stderr, done


def test_environment_and_flags_override_the_file(launch: Callable[..., Server], tmp_path: Path) -> None:
    file = tmp_path / "tangor.yaml"
    # A port that only root may take, and an address that is not ours: the flags must win for the server to start at all.
    file.write_text("host: 192.0.2.1\nport: 1\n", encoding="utf-8")
    launch("demo", "--config", str(file)).stop()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_answers_open_pulls_and_closes_sockets(launch: Callable[..., Server], number: int) -> None:
    running = launch("demo")
    live = connect(running.websocket_url + "/live", proxy=None)
    echo = connect(running.websocket_url + "/echo", proxy=None)
    live.send('{"jsonrpc": "2.0", "method": "stream.open", "params": {"service": "/ticks?every=60s"}, "id": 1}')
    key = json.loads(live.recv(timeout=20))["result"]["key"]
    with RawConnection(running) as pull, RawConnection(running) as events:
        pull.send(f"GET /stream/{key} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        events.send(b"GET /primes HTTP/1.1\r\nHost: x\r\n\r\n")
        other = json.loads(events.response()[2])["key"]
        events.send(f"GET /stream/{other} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n".encode())
        events.until(b"data:")
        time.sleep(0.2)
        seconds = running.stop(number)
        status, _, body = pull.response()
        assert status == 503 and json.loads(body)["code"] == "shutting_down" and json.loads(body)["retry"] is True, body
    assert seconds < 12
    for peer in (live, echo):
        with pytest.raises(ConnectionClosed) as closed:
            peer.recv(timeout=5)
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 1001
    assert "Fatal error" not in running.log


def test_stopping_an_idle_server_is_quick(launch: Callable[..., Server]) -> None:
    running = launch("demo")
    with RawConnection(running) as idle:
        idle.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        idle.response()
        assert running.stop(signal.SIGINT) < 5


def test_demo_says_where_it_is(launch: Callable[..., Server]) -> None:
    running = launch("demo")
    assert f"http://127.0.0.1:{running.port}" in running.log
    running.stop()


def test_demo_with_a_viewer_that_is_none_and_rows_that_are_too_many(tmp_path: Path) -> None:
    done = command("demo", "--port", "0", "--viewer", str(tmp_path))
    assert done.returncode == 1 and str(tmp_path) in done.stderr and "make demo" in done.stderr and len(done.stderr.splitlines()) == 1, done
    for rows in ("-1", "many", "20000001"):
        assert command("demo", "--port", "0", f"--rows={rows}").returncode == 64


def test_every_option_stands_in_the_documentation() -> None:
    page = (ROOT / "docs" / "command.md").read_text(encoding="utf-8")
    found = set()
    for words in ((), ("serve",), ("demo",), ("config", "check"), ("config", "print"), ("types",), ("version",)):
        help_text = command(*words, "--help").stdout
        found |= set(re.findall(r"--[a-z][a-z-]+", help_text))
    documented = set(re.findall(r"--[a-z][a-z-]+", page))
    assert len(found) >= 12 and found == documented, (found - documented, documented - found)


def test_types_of_an_object_that_is_there_and_of_others() -> None:
    demo = Server("demo").start()
    address = f"http://127.0.0.1:{demo.port}"
    try:
        done = command("types", "sample", "--server", address, "--import", "../tangor.js")
        missing = command("types", "nothing", "--server", address)
        demo.stop()
    finally:
        demo.close()
    assert done.returncode == 0 and done.stderr == ""
    assert "export interface Sample extends TangorObject" in done.stdout and 'from "../tangor.js"' in done.stdout
    assert missing.returncode == 1 and missing.stdout == "" and "'nothing'" in missing.stderr and "sample" in missing.stderr
    gone = command("types", "sample", "--server", address)
    assert gone.returncode == 1 and "Nothing listens" in gone.stderr and "--server" in gone.stderr
    assert command("types", "sample", "--server", "sample").returncode == 64
