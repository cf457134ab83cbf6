"""A lock that is taken in turns."""

from __future__ import annotations

import threading
from collections import deque
from typing import Deque, Optional, Tuple


class Turns:
    """A lock that its holder may take again, and that goes to whoever has waited longest.

    Python's own goes to whoever is there first, mostly to the thread that just gave it back: one that asks in a loop would keep the others
    from ever being served.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: Deque[Tuple[int, threading.Lock]] = deque()
        self._holder: Optional[int] = None
        self._depth = 0

    def __enter__(self) -> None:
        me = threading.get_ident()
        with self._guard:
            if self._holder is None:
                self._holder = me
            if self._holder == me:
                self._depth += 1
                return
            gate = threading.Lock()
            gate.acquire()
            self._waiting.append((me, gate))
        gate.acquire()

    def __exit__(self, *_: object) -> None:
        with self._guard:
            self._depth -= 1
            if self._depth:
                return
            self._holder = None
            if self._waiting:
                self._holder, gate = self._waiting.popleft()
                self._depth = 1
                gate.release()
