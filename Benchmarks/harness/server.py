"""What a server under measurement is, and running one."""
from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Dict, List, Mapping, Optional, Tuple

from . import accounting
from .dialects import Dialect
from .errors import MeasurementError

HOST = "127.0.0.1"
START_LIMIT = 20.0
STOP_LIMIT = 10.0


@dataclass(frozen=True)
class Route:
    """Where a server offers something. `{i}` is the connection's index, `{key}` the key that `create` was answered.

    `release` is the request that wakes those who wait there; `count` tells how many do: a path and, behind #, a JSON Pointer.
    """

    path: str
    expect: str = ""
    create: str = ""
    release: str = ""
    count: str = ""
    label: str = ""  # tells apart a server's second way to the same
    dialect: Dialect = Dialect()


@dataclass(frozen=True)
class ServerKind:
    """A server that can be measured: how it starts on a port, and what it offers (by role: hello, pull, echo, file…).

    It is ready when `ready_path` is answered with 200, or, without one, when it takes connections. With `behind`, another server is started
    on a port of its own first, `command` gets that port too, and what that server uses is not counted.
    """

    name: str
    command: Callable[..., List[str]]
    routes: Mapping[str, Tuple[Route, ...]]
    ready_path: str = "/hello"
    version: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    behind: Optional[Callable[[int], List[str]]] = None


def row_name(kind: ServerKind, route: Route) -> str:
    """The name of a server's row in a table."""
    return f"{kind.name} {route.label}" if route.label else kind.name


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def fetch(port: int, path: str, source: str = HOST, timeout: float = 10) -> Tuple[int, bytes]:
    """Status and body of one GET on a connection of its own."""
    connection = http.client.HTTPConnection(HOST, port, timeout=timeout, source_address=(source, 0))
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


class RunningServer:
    """A started server. Use it as a context: it is ready inside, and gone after."""

    def __init__(self, kind: ServerKind, logs: Path) -> None:
        self.kind = kind
        self.port = free_port()
        self._log = logs / f"{kind.name.replace(' ', '-')}.log"
        self._process: Optional["subprocess.Popen[bytes]"] = None
        self._behind: Optional[RunningServer] = None
        if kind.behind is not None:
            self._behind = RunningServer(ServerKind(f"{kind.name} behind", kind.behind, {}, ready_path=""), logs)

    def __enter__(self) -> "RunningServer":
        ports = [self.port]
        if self._behind is not None:
            self._behind.__enter__()
            ports.append(self._behind.port)
        try:
            with self._log.open("wb") as log:
                try:
                    self._process = subprocess.Popen(
                        self.kind.command(*ports), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                        env={**os.environ, **self.kind.environment}, start_new_session=True)
                except OSError as error:
                    raise MeasurementError(f"{self.kind.name} cannot be started: {error.strerror}") from None
            self._wait_until_ready()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def processor_seconds(self) -> float:
        return accounting.processor_seconds(self.pid)

    def processor_nanoseconds(self) -> int:
        return accounting.processor_nanoseconds(self.pid)

    def resident_bytes(self) -> int:
        return accounting.resident_bytes(self.pid)

    def url(self, route: Route, scheme: str = "http") -> str:
        return f"{scheme}://{HOST}:{self.port}{route.path}"

    def check_alive(self) -> None:
        """Raises when the server has ended by itself."""
        if self._process is not None and self._process.poll() is not None:
            raise MeasurementError(f"{self.kind.name} ended with status {self._process.returncode}: {self._last_words()}")

    def _last_words(self) -> str:
        lines = self._log.read_text(errors="replace").strip().splitlines()
        return lines[-1][:200] if lines else "it said nothing"

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_LIMIT
        while time.monotonic() < deadline:
            self.check_alive()
            try:
                if self._answers():
                    return
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.05)
        raise MeasurementError(f"{self.kind.name} was not ready after {START_LIMIT:.0f} s: {self._last_words()}")

    def _answers(self) -> bool:
        if self.kind.ready_path:
            return fetch(self.port, self.kind.ready_path, timeout=2)[0] == 200
        socket.create_connection((HOST, self.port), timeout=2).close()
        return True

    def _stop(self) -> None:
        if self._behind is not None:
            self._behind._stop()
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(timeout=STOP_LIMIT)
            except subprocess.TimeoutExpired:
                pass
        try:
            os.killpg(self._process.pid, signal.SIGKILL)  # the session that we made for it, and nothing else
        except ProcessLookupError:
            pass
        self._process.wait()
        self._process = None


Skipped = Dict[str, str]
