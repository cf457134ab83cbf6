"""A Tangor server run as a person runs it: started on a free port, its log kept, stopped by a signal."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Iterator, List, Optional, Sequence

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("TANGOR_BINARY") or ROOT / ".build" / "release" / "tangor")
STOP_SECONDS = 15.0


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def clean_environment() -> "dict[str, str]":
    """This process's environment without settings that would change the server under test."""
    return {name: value for name, value in os.environ.items() if not name.startswith("TANGOR_")}


def command(*arguments: str, seconds: float = 20, cwd: Optional[Path] = None) -> "subprocess.CompletedProcess[str]":
    """Runs the program to its end and captures what it printed."""
    return subprocess.run(
        [str(BINARY), *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=seconds,
        env=clean_environment(), cwd=cwd, check=False)


class Server:
    """One server process.

    `arguments` are the program's, without host and port; `port` fixes the port, so that a restart can take the same one;
    `base_path` is what the server's paths begin with.
    """

    def __init__(self, *arguments: str, port: Optional[int] = None, base_path: str = "") -> None:
        self.arguments: Sequence[str] = arguments or ("demo",)
        self.base_path = base_path
        self._has_fixed_port = port is not None
        self._launches = 0
        self.port = port or free_port()
        self._log = tempfile.NamedTemporaryFile(prefix="tangor-", suffix=".log", delete=False)
        self.process: Optional["subprocess.Popen[bytes]"] = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.base_path}"

    @property
    def websocket_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}{self.base_path}"

    @property
    def log(self) -> str:
        """What the server wrote so far, standard output and error together."""
        return Path(self._log.name).read_text(encoding="utf-8", errors="replace")

    def start(self) -> "Server":
        self._launch()
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                if not self._has_fixed_port and "is in use" in self.log and self._launches < 5:
                    # Somebody took the port between the look and the start: the next one, then.
                    self.port = free_port()
                    self._launch()
                    continue
                raise AssertionError(f"the server ended with status {self.process.returncode}:\n{self.log[-4000:]}")
            try:
                if self.status(self.base_path + "/readyz") == 200:
                    return self
            except OSError:
                pass
            time.sleep(0.05)
        self.kill()
        raise AssertionError(f"the server was not ready within 30 s:\n{self.log[-4000:]}")

    def _launch(self) -> None:
        self._launches += 1
        self._log.truncate(0)
        line: List[str] = [str(BINARY), *self.arguments, "--host", "127.0.0.1", "--port", str(self.port)]
        line += ["--base-path", self.base_path] if self.base_path else []
        self.process = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log, env=clean_environment())

    def status(self, path: str) -> int:
        """The status of a plain GET on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except http.client.HTTPException as error:
            raise OSError(str(error)) from error
        finally:
            connection.close()

    def stop(self, number: int = signal.SIGTERM) -> float:
        """Signals the server and waits for it; answers the seconds that took. Anything but status 0 in time fails."""
        assert self.process is not None, "the server was not started"
        begin = time.monotonic()
        self.process.send_signal(number)
        try:
            status = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the server did not stop within {STOP_SECONDS:g} s of signal {number}:\n{self.log[-4000:]}") from None
        assert status == 0, f"the server ended with status {status} after signal {number}:\n{self.log[-4000:]}"
        return time.monotonic() - begin

    def kill(self) -> None:
        """Ends the process without asking, as a crash would; harmless when it has ended."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def close(self) -> None:
        """Ends the process if it still runs, and removes its log."""
        self.kill()
        self._log.close()
        Path(self._log.name).unlink(missing_ok=True)


def served(running: Server) -> Iterator[Server]:
    """Runs a server. At the end it must stop at a signal, in time and with status 0."""
    running.start()
    try:
        yield running
        assert running.process is not None and running.process.poll() is None, f"the server ended on its own:\n{running.log[-4000:]}"
        running.stop(signal.SIGTERM)
        assert "Fatal error" not in running.log
    finally:
        running.close()
