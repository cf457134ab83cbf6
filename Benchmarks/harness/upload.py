"""One large upload, read by the server as it arrives and not kept."""
from __future__ import annotations

import functools
import hashlib
import http.client
import json
import threading
import time
from dataclasses import dataclass
from typing import Optional, Tuple

from .cases import Case, Column, Sample, Settings
from .errors import MeasurementError
from .generator import Generator
from .server import HOST, Route, RunningServer

BLOCK = bytes(range(256)) * 4096  # 1 MiB
FIRST = 16  # blocks, before the server is weighed


@functools.lru_cache(maxsize=None)
def digest_of(blocks: int) -> str:
    """The oracle."""
    digest = hashlib.sha256()
    for _ in range(blocks):
        digest.update(BLOCK)
    return digest.hexdigest()


def upload(server: RunningServer, path: str, blocks: int) -> None:
    """Puts so many blocks, and checks the answer."""
    link = http.client.HTTPConnection(HOST, server.port, timeout=120)
    try:
        link.putrequest("PUT", path)
        link.putheader("Content-Length", str(blocks * len(BLOCK)))
        link.putheader("Content-Type", "application/octet-stream")
        link.endheaders()
        for _ in range(blocks):
            link.send(BLOCK)
        response = link.getresponse()
        text = response.read()
    except (OSError, http.client.HTTPException) as error:
        raise MeasurementError(f"the upload broke off: {error}") from None
    finally:
        link.close()
    if response.status != 200:
        raise MeasurementError(f"PUT {path} was answered {response.status}: {text[:120]!r}")
    if json.loads(text) != {"sha256": digest_of(blocks), "length": blocks * len(BLOCK)}:
        raise MeasurementError(f"PUT {path} was answered with another digest: {text[:120]!r}")


class Peak:
    """Follows a server's resident memory while it is entered."""

    def __init__(self, server: RunningServer) -> None:
        self.server, self.bytes, self._over = server, 0, threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def _follow(self) -> None:
        while not self._over.wait(0.05):
            self.bytes = max(self.bytes, self.server.resident_bytes())

    def __enter__(self) -> "Peak":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self.bytes = max(self.bytes, self.server.resident_bytes())


@dataclass(frozen=True)
class UploadCase(Case):
    """Sends one upload of known digest, and watches the server's memory meanwhile."""

    role: str = "digest"
    columns: Tuple[Column, ...] = (
        Column("rate", "MB per second"), Column("growth_mb", "MB more at the peak", 1), Column("per_cpu", "MB per processor second"),
        Column("before_mb", "MB before", 1), Column("seconds", "seconds", 1))
    yardstick: str = "per_cpu"

    def size(self, settings: Settings) -> Optional[int]:
        return settings.upload

    def measure(self, server: RunningServer, route: Route, generator: Generator, settings: Settings) -> Sample:
        blocks = max(1, settings.upload // len(BLOCK))
        digest_of(blocks)  # not within the measured time
        upload(server, route.path, min(FIRST, blocks))  # first-time allocations
        before, used, began = server.resident_bytes(), server.processor_seconds(), time.monotonic()
        with Peak(server) as peak:
            upload(server, route.path, blocks)
        seconds, used = time.monotonic() - began, server.processor_seconds() - used
        server.check_alive()
        if used <= 0:
            raise MeasurementError("the upload was too short for the kernel's clock of processor time")
        megabytes = blocks * len(BLOCK) / 1e6
        return {"rate": megabytes / seconds, "growth_mb": max(0, peak.bytes - before) / 1e6, "per_cpu": megabytes / used,
                "before_mb": before / 1e6, "seconds": seconds}
