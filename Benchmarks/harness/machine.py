"""The machine, in the words that a reader needs to judge the figures."""
from __future__ import annotations

import os
import platform
import re
from pathlib import Path
from typing import Dict


def processor_model(cpuinfo: str) -> str:
    """The processor's name in the text of /proc/cpuinfo."""
    found = re.search(r"^(?:model name|Model|Hardware)\s*:\s*(.+)$", cpuinfo, re.MULTILINE)
    return found.group(1).strip() if found else "unknown"


def memory_gib(meminfo: str) -> float:
    """The machine's memory in the text of /proc/meminfo."""
    found = re.search(r"^MemTotal:\s+(\d+) kB$", meminfo, re.MULTILINE)
    return int(found.group(1)) / (1 << 20) if found else 0.0


def system_name(os_release: str) -> str:
    """The system's name in the text of /etc/os-release."""
    found = re.search(r'^PRETTY_NAME="?([^"\n]+)"?$', os_release, re.MULTILINE)
    return found.group(1) if found else platform.system()


def _read(path: str) -> str:
    try:
        return Path(path).read_text(errors="replace")
    except OSError:
        return ""


def describe() -> Dict[str, str]:
    """The machine as it is now."""
    return {
        "Processor": processor_model(_read("/proc/cpuinfo")),
        "Cores at hand": str(len(os.sched_getaffinity(0))),
        "Memory": f"{memory_gib(_read('/proc/meminfo')):.1f} GiB",
        "System": system_name(_read("/etc/os-release")),
        "Kernel": f"{platform.system()} {platform.release()} {platform.machine()}",
        "Load average at the start": " ".join(_read("/proc/loadavg").split()[:3]) or "unknown",
    }
