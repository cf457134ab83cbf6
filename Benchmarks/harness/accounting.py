"""Processor time and memory of a process with all its descendants, from /proc."""
from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import List

PROC = Path("/proc")


def ticks_from_stat(text: str) -> int:
    """User and system ticks in a /proc/PID/stat line, those of ended and awaited children included.

    The program's name may hold blanks and parentheses, so fields are counted from its last parenthesis.
    """
    fields = text[text.rindex(")") + 2:].split()
    return sum(int(field) for field in fields[11:15])


def resident_bytes_from_rollup(text: str) -> int:
    """Resident bytes in the text of /proc/PID/smaps_rollup (`Rss:`) or /proc/PID/status (`VmRSS:`)."""
    found = re.search(r"^(?:Rss|VmRSS):\s+(\d+) kB$", text, re.MULTILINE)
    if not found:
        raise ValueError("no resident size in this text")
    return int(found.group(1)) * 1024


def tree(root: int) -> List[int]:
    """The process and its living descendants."""
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        try:
            for children in (PROC / str(pid) / "task").glob("*/children"):
                waiting.extend(int(child) for child in children.read_text().split())
        except OSError:
            continue  # it ended while it was read
    return found


def processor_seconds(root: int) -> float:
    """Processor time that the tree has used since its start."""
    ticks = 0
    for pid in tree(root):
        try:
            ticks += ticks_from_stat((PROC / str(pid) / "stat").read_text())
        except OSError:
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


def clock_of(pid: int) -> int:
    """The kernel's clock of the processor time of a process: clock_getcpuclockid(3) gives the same."""
    return (~pid << 3) | 2


def processor_nanoseconds(root: int) -> int:
    """Processor time of the tree's living processes, for short times: finer than the ticks of `processor_seconds`."""
    total = 0
    for pid in tree(root):
        try:
            total += time.clock_gettime_ns(clock_of(pid))
        except OSError:
            continue  # it ended
    return total


def peak_bytes(pid: int) -> int:
    """The most resident memory that a process had in its life."""
    found = re.search(r"^VmHWM:\s+(\d+) kB$", (PROC / str(pid) / "status").read_text(), re.MULTILINE)
    if not found:
        raise ValueError("the kernel does not tell the peak of a process's memory")
    return int(found.group(1)) * 1024


def resident_bytes(root: int) -> int:
    """Resident memory of the tree."""
    total = 0
    for pid in tree(root):
        for name in ("smaps_rollup", "status"):
            try:
                total += resident_bytes_from_rollup((PROC / str(pid) / name).read_text())
                break
            except (OSError, ValueError):
                continue
    return total
